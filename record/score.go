package record

// Score are eight scores, the first is the record's (DSR 0x55, version 5): 3
// words, byte 1 0x04, 4 eight scores u8.
type Score struct {
	Values [8]uint8

	subtype uint8
	read    bool
}

const scoreSubtype = 0x04

func (s *Score) flip() {}

func (s *Score) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*s = Score{Values: [8]uint8(b[4:12]), subtype: b[1], read: true}
	return true
}

// AppendScore appends the DSR of s.
func AppendScore(dst []byte, s *Score) []byte {
	subtype := byte(scoreSubtype)
	if s.read {
		subtype = s.subtype
	}
	return append(append(dst, DSRScore.Type(), subtype, 0, 3), s.Values[:]...)
}

func (s *Score) merge(o *Score) {
	for i := range s.Values {
		s.Values[i] = max(s.Values[i], o.Values[i])
	}
}
