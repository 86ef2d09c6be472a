package capture

import (
	"math"
	"math/bits"

	"github.com/seed-6ae541b3/goargus/internal/packet"
)

// userData is what is kept of the application bytes of one side.
type userData struct {
	block uint32 // in the store, 0 for none
	limit uint16 // bytes wanted
	count uint16 // bytes kept
	class uint8  // size class of the block
	seen  bool   // there were application bytes
}

// store keeps byte blocks of sizes that are powers of two, from 16 bytes to 64
// KiB, in large pieces: memory follows what was kept, not what might be.
type store struct {
	classes [storeClasses]byteSlab
}

const (
	storeLeast   = 4 // binary logarithm of the smallest block
	storeClasses = 16 - storeLeast + 1
	storePiece   = 20 // binary logarithm of a piece
)

type byteSlab struct {
	pieces [][]byte
	used   uint32
	free   []uint32
}

// classFor is the smallest class that holds n bytes.
func classFor(n int) uint8 {
	return uint8(max(bits.Len(uint(max(n, 1)-1)), storeLeast) - storeLeast)
}

// take gives out a block of a class; its number is never 0.
func (s *store) take(class uint8) uint32 {
	c := &s.classes[class]
	if n := len(c.free); n > 0 {
		i := c.free[n-1]
		c.free = c.free[:n-1]
		return i
	}
	perPiece := uint32(1) << (storePiece - storeLeast - class)
	if c.used/perPiece >= uint32(len(c.pieces)) {
		c.pieces = append(c.pieces, make([]byte, 1<<storePiece))
	}
	c.used++
	return c.used
}

// at returns the bytes of a block.
func (s *store) at(class uint8, block uint32) []byte {
	size := uint(storeLeast) + uint(class)
	perPiece := uint32(1) << (storePiece - size)
	i := block - 1
	from := int(i%perPiece) << size
	return s.classes[class].pieces[i/perPiece][from : from+1<<size]
}

func (s *store) give(class uint8, block uint32) {
	c := &s.classes[class]
	c.free = append(c.free, block)
}

// append adds bytes to a side's data.
func (s *store) append(u *userData, b []byte) {
	need := int(u.count) + len(b)
	if class := classFor(need); u.block == 0 || class > u.class {
		block := s.take(class)
		if u.block != 0 {
			copy(s.at(class, block), s.at(u.class, u.block)[:u.count])
			s.give(u.class, u.block)
		}
		u.block, u.class = block, class
	}
	copy(s.at(u.class, u.block)[u.count:], b)
	u.count = uint16(need)
}

// keepData keeps application bytes until the side has enough of them.
func (e *engine) keepData(x *extras, f *flow, p *frame, side int) {
	u := &x.data[side]
	if !u.seen {
		u.seen = true
		u.limit = e.dataLimitOf(f, p)
	}
	want := min(int(u.limit)-int(u.count), p.length, len(p.Data)-p.start)
	if want > 0 {
		e.data.append(u, p.Data[p.start:p.start+want])
	}
}

// dataLimitOf is the number of bytes wanted of a side, whose first packet with
// data is p.
func (e *engine) dataLimitOf(f *flow, p *frame) uint16 {
	if e.cfg.ControlPlane && e.isControl(f, p) {
		return math.MaxUint16
	}
	if e.cfg.UserData < 0 {
		return uint16(min(p.length, math.MaxUint16))
	}
	return uint16(e.cfg.UserData)
}

// isControl tells control plane traffic.
func (e *engine) isControl(f *flow, p *frame) bool {
	switch kindOf(&f.key) {
	case keyARP, keyRARP, keyISIS, keyLCP:
		return true
	case keyIPv4, keyIPv6:
	default:
		return false
	}
	if p.Proto != packet.ProtoTCP && p.Proto != packet.ProtoUDP {
		return false
	}
	for _, c := range e.cfg.ControlPorts {
		if (c.Proto == 0 || c.Proto == p.Proto) && (c.Port == p.SrcPort || c.Port == p.DstPort) {
			return true
		}
	}
	return false
}

// dropData gives the blocks of a flow back.
func (e *engine) dropData(x *extras) {
	for side := range x.data {
		e.emptyData(&x.data[side])
	}
}

// emptyData gives the block of a side back.
func (e *engine) emptyData(u *userData) {
	if u.block != 0 {
		e.data.give(u.class, u.block)
	}
	*u = userData{}
}
