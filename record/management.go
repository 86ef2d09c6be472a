package record

import "encoding/binary"

// ManagementInfo is the body of a management record (MAR), 128 bytes (format,
// "Management records"). Counters are since the management record before.
type ManagementInfo struct {
	Status            uint32 // ID kind and marks
	Cookie            uint32 // bytes 8..11: the cookie, or the id in later records of version 3
	LocalNet, NetMask uint32
	NextSeq           uint32
	StartTime         int64 // nanoseconds since the epoch
	Now               int64
	Major, Minor      uint8
	InterfaceType     uint8
	InterfaceUp       bool
	ReportInterval    uint16 // seconds
	MARInterval       uint16 // seconds
	Packets, Bytes    uint64
	Drift             int64 // microseconds; a version 5 sensor holds two counts here
	Records, Flows    uint32
	Dropped, Queue    uint32
	Output, Clients   uint32
	Buffers, Memory   uint32
	SrcLimit          uint16 // user data bytes
	DstLimit          uint16
	ID                SourceID
	RecordLength      uint32

	read Version // the body stood on the wire in this version; 0 if it was set
}

// Cookies of the START management record.
const (
	CookieV3 = 0xE5712DCB
	CookieV5 = 0xE57150CB
	CookieV2 = 0xE5617ACB
)

// StatusInterfaces in the status of a management record says that the source
// ids of flow records carry interface names.
const StatusInterfaces = 0x00100000

// StatusSASL in the status of a START management record says that the server
// wants clients to authenticate.
const StatusSASL = 0x1000

// ManagementSize is the size of a management record other than the one-word
// refusal.
const ManagementSize = 128

// Management returns the body of a management record; it is zero for other
// kinds and for the one-word refusal.
func (r *Record) Management() *ManagementInfo {
	if r.cached&marBit == 0 {
		r.cached |= marBit
		r.mar = ManagementInfo{}
		if r.Kind() == Management {
			r.mar.decode(r.buf)
		}
	}
	return &r.mar
}

const (
	anyLength = 0xFFFFFFFF // of a record
	marIDMask = 0x00E00000
)

// marIDKind maps the bits of the status word to the kind of source id.
func marIDKind(status uint32) IDKind {
	switch status & marIDMask {
	case 0x00200000:
		return IDString
	case 0x00400000:
		return IDInt
	case 0x00600000:
		return IDIPv6
	case 0x00800000:
		return IDIPv4
	case 0x00A00000:
		return IDUUID
	}
	return IDNone
}

// marStatusOf maps a kind of source id to the bits of the status word.
func marStatusOf(k IDKind) uint32 {
	switch k {
	case IDString:
		return 0x00200000
	case IDInt:
		return 0x00400000
	case IDIPv6:
		return 0x00600000
	case IDIPv4:
		return 0x00800000
	case IDUUID:
		return 0x00A00000
	}
	return 0
}

// Cookie returns the number that the START management record of a version has.
func Cookie(v Version) uint32 {
	if v == Version3 {
		return CookieV3
	}
	return CookieV5
}

// NewManagement returns a management record of version v. What info leaves 0
// and a record cannot be without is filled in: the cookie, the major version,
// the bits of the id's kind, the record length.
func NewManagement(v Version, c Cause, info ManagementInfo) *Record {
	r := new(Record)
	_ = r.Load(AppendManagement(make([]byte, 0, ManagementSize), v, c, &info)) // sound by construction
	return r
}

// SetManagement gives a management record a body.
func (r *Record) SetManagement(m ManagementInfo) {
	m.read = 0
	r.mar = m
	r.cached |= marBit
	r.dirty |= marBit
}

func (m *ManagementInfo) decode(b []byte) {
	if len(b) < ManagementSize {
		return
	}
	var be binary.ByteOrder = binary.BigEndian
	if isSwappedCookie(b) {
		be = binary.LittleEndian
	}
	time := func(at int) int64 { return int64(be.Uint32(b[at:]))*second + int64(be.Uint32(b[at+4:]))*1000 }
	m.Status, m.Cookie = be.Uint32(b[4:]), be.Uint32(b[8:])
	m.LocalNet, m.NetMask, m.NextSeq = be.Uint32(b[12:]), be.Uint32(b[16:]), be.Uint32(b[20:])
	m.StartTime, m.Now = time(24), time(32)
	m.Major, m.Minor, m.InterfaceType, m.InterfaceUp = b[40], b[41], b[42], b[43] == 1
	m.ReportInterval, m.MARInterval = be.Uint16(b[44:]), be.Uint16(b[46:])
	m.Packets, m.Bytes, m.Drift = be.Uint64(b[48:]), be.Uint64(b[56:]), int64(be.Uint64(b[64:]))
	m.Records, m.Flows, m.Dropped = be.Uint32(b[72:]), be.Uint32(b[76:]), be.Uint32(b[80:])
	m.Queue, m.Output, m.Clients = be.Uint32(b[84:]), be.Uint32(b[88:]), be.Uint32(b[92:])
	m.Buffers, m.Memory = be.Uint32(b[96:]), be.Uint32(b[100:])
	m.SrcLimit, m.DstLimit = binary.LittleEndian.Uint16(b[104:]), binary.LittleEndian.Uint16(b[106:])
	m.RecordLength = be.Uint32(b[124:])
	m.read = Version(b[0] & 0x0F)
	m.ID = SourceID{Kind: marIDKind(m.Status)}
	at := marID(Version(b[0]&0x0F), Cause(b[1]&0xF0))
	n := m.ID.Kind.size()
	if at != marID5 {
		n = 4
	}
	copy(m.ID.Bytes[:n], b[at:])
	if m.ID.Kind == IDString && at != marID5 { // version 3 reverses a string here alone
		m.ID.Bytes[0], m.ID.Bytes[1], m.ID.Bytes[2], m.ID.Bytes[3] = b[at+3], b[at+2], b[at+1], b[at]
	}
}

// Where the source id stands in a management record.
const (
	marCookie = 8   // of version 3, in all but START
	marID5    = 108 // version 5
	marID3    = 120 // START of version 3
)

func marID(v Version, c Cause) int {
	switch {
	case v != Version3:
		return marID5
	case c == Start:
		return marID3
	}
	return marCookie
}

// isSwappedCookie reports whether a START record is one of those whose numbers
// are all little-endian, as the clients of both versions write when they import
// NetFlow.
func isSwappedCookie(b []byte) bool {
	c := binary.LittleEndian.Uint32(b[marCookie:])
	return c == CookieV3 || c == CookieV5
}

// AppendManagement appends a management record of version v. What m leaves 0
// and a record cannot be without is filled in.
func AppendManagement(dst []byte, v Version, c Cause, m *ManagementInfo) []byte {
	start := len(dst)
	dst = AppendHeader(dst, Management, v, c)
	dst = append(dst, make([]byte, ManagementSize-HeaderSize)...)
	b := dst[start:]
	PutLength(b)
	be := binary.BigEndian
	time := func(at int, t int64) {
		be.PutUint32(b[at:], uint32(t/second))
		be.PutUint32(b[at+4:], uint32(t%second/1000))
	}
	id := m.ID
	if v == Version3 {
		id = id.short()
	}
	status := m.Status
	if id.Kind != IDNone {
		status = status&^marIDMask | marStatusOf(id.Kind)
	}
	if v == Version3 {
		status &^= StatusInterfaces
	}
	be.PutUint32(b[4:], status)
	cookie, major := Cookie(v), byte(v)
	switch {
	case m.read == v:
		cookie, major = m.Cookie, m.Major
	case v == Version3 && c != Start:
		cookie = 0 // the id stands there
	}
	be.PutUint32(b[8:], cookie)
	be.PutUint32(b[12:], m.LocalNet)
	be.PutUint32(b[16:], m.NetMask)
	be.PutUint32(b[20:], m.NextSeq)
	time(24, m.StartTime)
	time(32, m.Now)
	b[40], b[41], b[42], b[43] = major, m.Minor, m.InterfaceType, bit(m.InterfaceUp, 1)
	be.PutUint16(b[44:], m.ReportInterval)
	be.PutUint16(b[46:], m.MARInterval)
	be.PutUint64(b[48:], m.Packets)
	be.PutUint64(b[56:], m.Bytes)
	be.PutUint64(b[64:], uint64(m.Drift))
	for i, n := range [...]uint32{
		m.Records, m.Flows, m.Dropped, m.Queue, m.Output, m.Clients, m.Buffers, m.Memory,
	} {
		be.PutUint32(b[72+4*i:], n)
	}
	binary.LittleEndian.PutUint16(b[104:], m.SrcLimit)
	binary.LittleEndian.PutUint16(b[106:], m.DstLimit)
	if length := m.RecordLength; length != 0 || m.read == v {
		be.PutUint32(b[124:], length)
	} else {
		be.PutUint32(b[124:], anyLength)
	}
	putMARID(b, v, c, id)
	return dst
}

func putMARID(b []byte, v Version, c Cause, id SourceID) {
	at := marID(v, c)
	if at == marID5 {
		copy(b[at:], id.Bytes[:])
		return
	}
	a := id.Bytes[:4]
	if id.Kind == IDString {
		a = []byte{a[3], a[2], a[1], a[0]}
	}
	copy(b[at:at+4], a)
}

// appendManagement appends a management record in version v: a changed body, or
// the bytes that were read with what the versions place differently moved.
func (r *Record) appendManagement(dst []byte, v Version) []byte {
	start := len(dst)
	cause := r.Cause()
	switch {
	case len(r.buf) < ManagementSize && r.dirty == 0:
		dst = append(dst, r.buf...)
		dst[start] = dst[start]&^0x0F | byte(v)
		return dst
	case r.dirty != 0 || isSwappedCookie(r.buf):
		dst = AppendManagement(dst, v, cause, r.Management())
		dst[start+1] |= r.Option()
		return dst
	}
	from := r.Version()
	dst = append(dst, r.buf...)
	b := dst[start:]
	b[0] = b[0]&^0x0F | byte(v)
	if (from == Version3) == (v == Version3) {
		return dst // as Mixed to Version5
	}
	be := binary.BigEndian
	id := SourceID{Kind: marIDKind(be.Uint32(b[4:]))}
	at := marID(from, cause)
	n := 4
	if at == marID5 {
		n = 16
	}
	copy(id.Bytes[:n], b[at:])
	if at != marID5 && id.Kind == IDString {
		id.Bytes[0], id.Bytes[1], id.Bytes[2], id.Bytes[3] = b[at+3], b[at+2], b[at+1], b[at]
	}
	clear(b[at : at+n])
	if b[40] == byte(from) {
		b[40] = byte(v)
	}
	if v == Version3 {
		id = id.short()
		status := be.Uint32(b[4:]) &^ (marIDMask | StatusInterfaces)
		be.PutUint32(b[4:], status|marStatusOf(id.Kind))
	}
	switch {
	case v == Version3 && cause != Start: // the id goes there
	case from == Version3 && cause != Start, be.Uint32(b[marCookie:]) == Cookie(from):
		be.PutUint32(b[marCookie:], Cookie(v))
	}
	putMARID(b, v, cause, id)
	return dst
}

// mergeManagement sums the counts of two periodic reports. A start stays as it
// is.
func (a *Record) mergeManagement(b *Record) {
	if a.Cause() == Start || b.Cause() == Start || len(a.buf) < ManagementSize || len(b.buf) < ManagementSize {
		return
	}
	m, o := *a.Management(), b.Management()
	first, last := m, *o
	if o.StartTime < m.StartTime {
		first = *o
	}
	if m.Now > o.Now {
		last = m
	}
	m.StartTime, m.NextSeq, m.Clients = first.StartTime, first.NextSeq, first.Clients
	m.InterfaceUp, m.Drift = first.InterfaceUp, first.Drift
	m.Now = last.Now
	m.Queue, m.Buffers, m.Memory = last.Queue, last.Buffers, last.Memory
	m.SrcLimit, m.DstLimit = last.SrcLimit, last.DstLimit
	m.Packets += o.Packets
	m.Bytes += o.Bytes
	m.Records += o.Records
	m.Flows += o.Flows
	m.Dropped += o.Dropped
	m.Output += o.Output
	a.SetManagement(m)
}
