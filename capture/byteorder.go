package capture

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// byteOrder reads the numbers of a capture file. A flag is faster than an
// interface here: it is the same for all of a file.
type byteOrder struct{ swapped bool }

var bigEndian = byteOrder{swapped: true}

func (o byteOrder) u16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if o.swapped {
		v = bits.ReverseBytes16(v)
	}
	return v
}

func (o byteOrder) u32(b []byte) uint32 {
	v := le32(b)
	if o.swapped {
		v = bits.ReverseBytes32(v)
	}
	return v
}

func (o byteOrder) u64(b []byte) uint64 {
	v := binary.LittleEndian.Uint64(b)
	if o.swapped {
		v = bits.ReverseBytes64(v)
	}
	return v
}

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// wireLength returns the length of a frame of which the capture states two: no
// frame was shorter than what was captured of it.
func wireLength(captured, wire uint32) int {
	return int(min(max(captured, wire), math.MaxInt32))
}
