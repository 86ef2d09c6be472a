package record

import "encoding/binary"

// Hash is the flow hash of the sensor and its place in the table (DSR 0x07,
// version 5): 3 words, 4 hash u32, 8 index u32.
type Hash struct{ Hash, Index uint32 }

func (h *Hash) flip() {}

func (h *Hash) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*h = Hash{binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])}
	return true
}

// AppendHash appends the DSR of h.
func AppendHash(dst []byte, h *Hash) []byte {
	dst = append(dst, DSRHash.Type(), 0, 0, 3)
	dst = binary.BigEndian.AppendUint32(dst, h.Hash)
	return binary.BigEndian.AppendUint32(dst, h.Index)
}
