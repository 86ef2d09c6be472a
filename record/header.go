package record

// Kind is the type of a record: the high nibble of its first byte.
type Kind uint8

// The kinds of record (format, "Record header").
const (
	Index      Kind = 0x20 // reserved, never written
	FlowRecord Kind = 0x10 // FAR: flow activity record, nearly all data
	NetFlow    Kind = 0x30 // a flow imported from NetFlow, sFlow or IPFIX
	Event      Kind = 0x40 // text of an event script
	AFlow      Kind = 0x50 // a flow converted from another system, such as Zeek
	DataSup    Kind = 0x60 // reserved, never written
	Archival   Kind = 0x70 // reserved, never written
	Management Kind = 0x80 // MAR: start, status, stop, error
)

func (k Kind) String() string {
	switch k {
	case FlowRecord:
		return "flow"
	case Index:
		return "index"
	case NetFlow:
		return "netflow"
	case Event:
		return "event"
	case AFlow:
		return "aflow"
	case DataSup:
		return "datasup"
	case Archival:
		return "archival"
	case Management:
		return "management"
	}
	return "unknown"
}

// hasDSRs reports whether records of the kind are made of DSRs.
func (k Kind) hasDSRs() bool {
	return k == FlowRecord || k == NetFlow || k == Event || k == AFlow
}

// Cause says why a record was written: the high nibble of its second byte.
type Cause uint8

// The causes (format, "Cause").
const (
	Start    Cause = 0x10 // first report of a flow, first record of a stream
	Status   Cause = 0x20 // a later report of a flow, a periodic management record
	Stop     Cause = 0x30 // closed; last record of a sensor
	Timeout  Cause = 0x40 // the flow was idle
	Flush    Cause = 0x50 // flushed by the system
	Shutdown Cause = 0x60 // administrative shutdown
	Closed   Cause = 0x70 // the sensor closed it
	Error    Cause = 0x80 // management: refused; flow: an impossible record
)

func (c Cause) String() string {
	switch c {
	case Start:
		return "Start"
	case Status:
		return "Status"
	case Stop:
		return "Stop"
	case Timeout:
		return "Timeout"
	case Flush:
		return "Flush"
	case Shutdown:
		return "Shutdown"
	case Closed:
		return "Closed"
	case Error:
		return "Error"
	}
	return "Unknown"
}

// Version is a version of the record format.
type Version uint8

// The versions. Mixed is what clients of version 5 write into the nibble of a
// record that they read as version 3 (3|5): the layout of version 5 with the
// microseconds of version 3. It is read, never written.
const (
	Version3 Version = 3
	Version5 Version = 5
	Mixed    Version = 7
)

// HeaderSize is the size in bytes of the header that every record starts with:
// kind and version, cause and option, length in words.
const HeaderSize = 4

// AppendHeader appends a record header. The length is left zero: [PutLength]
// fills it in when the record is complete.
func AppendHeader(dst []byte, k Kind, v Version, c Cause) []byte {
	return append(dst, byte(k)|byte(v), byte(c), 0, 0)
}

// PutLength writes the length of the whole record rec into its header. It
// reports whether the record is whole words and short enough to have one.
func PutLength(rec []byte) bool {
	n := len(rec)
	if n < HeaderSize || n%4 != 0 || n/4 > 0xFFFF {
		return false
	}
	rec[2], rec[3] = byte(n/4>>8), byte(n/4)
	return true
}
