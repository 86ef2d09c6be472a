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
}

// Cookies of the START management record.
const (
	CookieV3 = 0xE5712DCB
	CookieV5 = 0xE57150CB
	CookieV2 = 0xE5617ACB
)

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
	marIDMask    = 0x00E00000
	marInterface = 0x00100000 // flow records carry interface names
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

func (m *ManagementInfo) decode(b []byte) {
	if len(b) < ManagementSize {
		return
	}
	be := binary.BigEndian
	m.Status, m.Cookie = be.Uint32(b[4:]), be.Uint32(b[8:])
	m.LocalNet, m.NetMask, m.NextSeq = be.Uint32(b[12:]), be.Uint32(b[16:]), be.Uint32(b[20:])
	m.StartTime, m.Now = absolute(b[24:], 1000), absolute(b[32:], 1000)
	m.Major, m.Minor, m.InterfaceType, m.InterfaceUp = b[40], b[41], b[42], b[43] == 1
	m.ReportInterval, m.MARInterval = be.Uint16(b[44:]), be.Uint16(b[46:])
	m.Packets, m.Bytes, m.Drift = be.Uint64(b[48:]), be.Uint64(b[56:]), int64(be.Uint64(b[64:]))
	m.Records, m.Flows, m.Dropped = be.Uint32(b[72:]), be.Uint32(b[76:]), be.Uint32(b[80:])
	m.Queue, m.Output, m.Clients = be.Uint32(b[84:]), be.Uint32(b[88:]), be.Uint32(b[92:])
	m.Buffers, m.Memory = be.Uint32(b[96:]), be.Uint32(b[100:])
	m.SrcLimit, m.DstLimit = binary.LittleEndian.Uint16(b[104:]), binary.LittleEndian.Uint16(b[106:])
	m.RecordLength = be.Uint32(b[124:])
	m.ID = SourceID{Kind: marIDKind(m.Status)}
	if Version(b[0]&0x0F) != Version3 {
		copy(m.ID.Bytes[:m.ID.Kind.size()], b[108:124])
		return
	}
	id := b[8:12]
	if Cause(b[1]&0xF0) == Start {
		id = b[120:124]
	}
	copy(m.ID.Bytes[:4], id)
	if m.ID.Kind == IDString { // version 3 reverses a string here alone
		m.ID.Bytes[0], m.ID.Bytes[1], m.ID.Bytes[2], m.ID.Bytes[3] = id[3], id[2], id[1], id[0]
	}
}
