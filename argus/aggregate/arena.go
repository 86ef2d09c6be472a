package aggregate

// arena hands out blocks of bytes from slabs that hold no pointers. A block is
// named by where it starts, in units of 16 bytes: 32 bits reach 64 GiB. Freed
// blocks are chained by size and used again.
type arena struct {
	slabs [][]byte
	ends  []int // bytes of each slab that were handed out
	cur   int   // the slab that new blocks come from
	free  [freeClasses]uint32
}

const (
	unit        = 16
	slabUnits   = 1 << 21 // 32 MiB
	slabSize    = unit * slabUnits
	firstSlab   = 1 << 20 // and twice as much in each of the next
	freeClasses = 256     // blocks up to 4 KiB are used again by size
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
	if n < freeClasses && a.free[n] != noBlock {
		ref := a.free[n]
		a.free[n] = le.Uint32(a.at(ref)[4:])
		return ref
	}
	ref := a.extend(n)
	le.PutUint32(a.at(ref), uint32(n))
	return ref
}

// extend takes new memory from the current slab, or from the next one. No block
// is as large as a slab: a record has at most 256 KiB, a key 64.
func (a *arena) extend(n int) uint32 {
	if len(a.slabs) == 0 {
		a.grow()
		a.ends[0] = unit
	}
	if a.ends[a.cur]+n*unit > len(a.slabs[a.cur]) {
		a.cur++
		if a.cur == len(a.slabs) {
			a.grow()
		}
	}
	ref := uint32(a.cur*slabUnits + a.ends[a.cur]/unit)
	a.ends[a.cur] += n * unit
	return ref
}

func (a *arena) grow() {
	n := min(firstSlab<<min(len(a.slabs), 16), slabSize)
	a.slabs = append(a.slabs, make([]byte, n))
	a.ends = append(a.ends, 0)
}

// release gives a block back.
func (a *arena) release(ref uint32) {
	b := a.at(ref)
	if n := le.Uint32(b); n < freeClasses {
		le.PutUint32(b[4:], a.free[n])
		a.free[n] = ref
	}
}

// size is the memory that blocks were handed out of.
func (a *arena) size() (n int64) {
	for _, end := range a.ends {
		n += int64(end)
	}
	return n
}

// reset forgets all blocks and keeps the slabs for the next ones.
func (a *arena) reset() {
	a.cur = 0
	a.free = [freeClasses]uint32{}
	clear(a.ends)
	if len(a.ends) > 0 {
		a.ends[0] = unit
	}
}
