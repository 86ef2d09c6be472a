package record

import "encoding/binary"

// ESP is the state of an ESP flow (network DSR, subtype 0x38): 5 words, 4
// status u32, 8 SPI u32, 12 last sequence number u32, 16 lost packets i32.
type ESP struct {
	Status, SPI, Seq uint32
	Lost             int32
}

// Status bits of ESP.
const (
	ESPSrcDrop      = 0x00000010
	ESPRollover     = 0x00001000
	ESPSequenceFail = 0x00002000
	ESPOutOfOrder   = 0x00010000
)

const espWords = 5

func (s *ESP) decode(b []byte) bool {
	if len(b) < 4*espWords {
		return false
	}
	be := binary.BigEndian
	*s = ESP{be.Uint32(b[4:]), be.Uint32(b[8:]), be.Uint32(b[12:]), int32(be.Uint32(b[16:]))}
	return true
}

// AppendESP appends the network DSR of an ESP flow.
func AppendESP(dst []byte, s *ESP) []byte {
	dst = append(dst, DSRNetwork.Type(), byte(NetworkESP), 0, espWords)
	for _, v := range [...]uint32{s.Status, s.SPI, s.Seq, uint32(s.Lost)} {
		dst = binary.BigEndian.AppendUint32(dst, v)
	}
	return dst
}

func (e *ESP) merge(o *ESP) {
	e.Status |= o.Status
	e.Seq = o.Seq
	e.Lost += o.Lost
	if e.SPI != o.SPI {
		e.SPI = 0
	}
}
