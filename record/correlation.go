package record

import "encoding/binary"

// Correlation ties the record to that of another sensor (DSR 0x62). All of it
// is in host order.
//
//	byte 3  11 words, in version 3 8
//	4       source id 16 and interface name 4; in version 3 source id 4
//	then    i32: duration, start, last (microseconds), source packets, destination packets; all deltas
type Correlation struct {
	ID                    SourceID
	Interface             [4]byte
	Duration, Start, Last int64 // nanoseconds
	SrcPkts, DstPkts      int32

	subtype, qualifier uint8
	rest               []byte // further entries, as read
}

const (
	correlationID3 = 4
	correlationID5 = 20
)

func (c *Correlation) flip() { c.SrcPkts, c.DstPkts = c.DstPkts, c.SrcPkts }

func (c *Correlation) decode(b []byte, v Version) bool {
	*c = Correlation{subtype: b[1], qualifier: b[2]}
	id := correlationID5
	if v == Version3 {
		id = correlationID3
	}
	if len(b) < 4+id+20 {
		return false
	}
	copy(c.ID.Bytes[:], b[4:4+min(id, 16)])
	if id == correlationID5 {
		copy(c.Interface[:], b[20:24])
	}
	b = b[4+id:]
	le := binary.LittleEndian
	c.Duration, c.Start, c.Last = micros(le.Uint32(b)), micros(le.Uint32(b[4:])), micros(le.Uint32(b[8:]))
	c.SrcPkts, c.DstPkts = int32(le.Uint32(b[12:])), int32(le.Uint32(b[16:]))
	c.rest = b[20:]
	return true
}

// micros reads a signed number of microseconds as nanoseconds.
func micros(v uint32) int64 { return int64(int32(v)) * 1000 }

func (c *Correlation) append(dst []byte, v, from Version) []byte {
	at := len(dst)
	dst = append(dst, DSRCorrelation.Type(), c.subtype, c.qualifier, 0)
	if v == Version3 {
		dst = append(dst, c.ID.Bytes[:correlationID3]...)
	} else {
		dst = append(append(dst, c.ID.Bytes[:]...), c.Interface[:]...)
	}
	for _, n := range [...]int64{c.Duration / 1000, c.Start / 1000, c.Last / 1000, int64(c.SrcPkts), int64(c.DstPkts)} {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(n))
	}
	if (v == Version3) == (from == Version3) {
		dst = append(dst, c.rest...)
	}
	return closeDSR(dst, at)
}
