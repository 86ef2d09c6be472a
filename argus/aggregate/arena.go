package aggregate

import "encoding/binary"

// arena hands out blocks of bytes from slabs that hold no pointers. A block is
// named by where it starts, in units of 16 bytes: 32 bits reach 64 GiB. Freed
// blocks are chained by size and used again.
type arena struct {
	slabs [][]byte
	cur   int // the slab that new blocks come from
	used  int // of it, in bytes
	free  [freeClasses]uint32
	live  int64 // bytes in blocks that are in use
}

const (
	unit        = 16
	slabUnits   = 1 << 16 // 1 MiB
	slabSize    = unit * slabUnits
	freeClasses = 256 // blocks up to 4 KiB are used again by size
)

// noBlock is the name of no block: unit 0 is never handed out.
const noBlock = 0

// units is the number of units that hold n bytes.
func units(n int) int { return (n + unit - 1) / unit }

// at returns the memory from the start of a block on.
func (a *arena) at(ref uint32) []byte {
	return a.slabs[ref/slabUnits][ref%slabUnits*unit:]
}

// alloc returns a block of n units, with n noted in its first four bytes. What
// else is in it is left over.
func (a *arena) alloc(n int) uint32 {
	a.live += int64(n) * unit
	if n < freeClasses && a.free[n] != noBlock {
		ref := a.free[n]
		a.free[n] = binary.LittleEndian.Uint32(a.at(ref)[4:])
		return ref
	}
	ref := a.extend(n)
	binary.LittleEndian.PutUint32(a.at(ref), uint32(n))
	return ref
}

// extend takes new memory from the current slab, or from the next one. No block
// is as large as a slab: a record has at most 256 KiB, a key 64.
func (a *arena) extend(n int) uint32 {
	if len(a.slabs) == 0 {
		a.slabs = append(a.slabs, make([]byte, slabSize))
		a.used = unit
	}
	if a.used+n*unit > slabSize {
		a.cur++
		a.used = 0
		if a.cur == len(a.slabs) {
			a.slabs = append(a.slabs, make([]byte, slabSize))
		}
	}
	ref := uint32(a.cur*slabUnits + a.used/unit)
	a.used += n * unit
	return ref
}

// release gives a block back.
func (a *arena) release(ref uint32) {
	b := a.at(ref)
	n := int(binary.LittleEndian.Uint32(b))
	a.live -= int64(n) * unit
	if n < freeClasses {
		binary.LittleEndian.PutUint32(b[4:], a.free[n])
		a.free[n] = ref
	}
}

// size is the memory that blocks were handed out of.
func (a *arena) size() int64 { return int64(a.cur)*slabSize + int64(a.used) }

// reset forgets all blocks and keeps the slabs for the next ones.
func (a *arena) reset() {
	*a = arena{slabs: a.slabs, used: unit}
}
