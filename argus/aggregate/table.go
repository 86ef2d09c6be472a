package aggregate

// table finds blocks by the hash of their key. A slot is 8 bytes: the upper half
// of the hash and the name of the block, 0 if it is empty. Linear probing, grown
// at three quarters; a slot's home is given by the upper bits of the hash, so
// that growing looks at the slots alone.
type table struct {
	slots []uint64
	shift uint // 64 - log2(len(slots))
	n     int
}

const (
	firstSlots = 16
	refMask    = 0xFFFFFFFF
)

func (t *table) home(hash uint64) uint { return uint(hash >> t.shift) }

// touch loads the slots where a search for hash would start, so that the caches
// have them when the search comes. The value means nothing.
func (t *table) touch(hash uint64) uint64 {
	if len(t.slots) == 0 {
		return 0
	}
	return t.slots[t.home(hash)]
}

// likely returns the first block in reach whose hash is the same, or noBlock.
func (t *table) likely(hash uint64) uint32 {
	if len(t.slots) == 0 {
		return noBlock
	}
	mask := uint(len(t.slots) - 1)
	at := t.home(hash)
	for range 8 {
		s := t.slots[at&mask]
		if s == 0 {
			break
		}
		if (s^hash)>>32 == 0 {
			return uint32(s & refMask)
		}
		at++
	}
	return noBlock
}

// find returns the place of the first slot from at on whose hash is the same and
// that matches.
func (t *table) find(hash uint64, match func(ref uint32) bool) (at uint, ok bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	mask := uint(len(t.slots) - 1)
	for at = t.home(hash); ; at = (at + 1) & mask {
		s := t.slots[at]
		if s == 0 {
			return at, false
		}
		if (s^hash)>>32 == 0 && match(uint32(s&refMask)) {
			return at, true
		}
	}
}

// insert adds a block that is not in the table.
func (t *table) insert(hash uint64, ref uint32) {
	if t.n >= len(t.slots)/4*3 {
		t.grow()
	}
	t.n++
	t.put(hash&^refMask | uint64(ref))
}

func (t *table) put(slot uint64) {
	mask := uint(len(t.slots) - 1)
	at := t.home(slot)
	for t.slots[at] != 0 {
		at = (at + 1) & mask
	}
	t.slots[at] = slot
}

// grow doubles the table. More than 2^32 slots would need more of the hash than
// a slot has.
func (t *table) grow() {
	old := t.slots
	t.slots = make([]uint64, max(2*len(old), firstSlots))
	if t.shift == 0 {
		t.shift = 60 // 16 slots
	} else {
		t.shift--
	}
	for _, s := range old {
		if s != 0 {
			t.put(s)
		}
	}
}

// remove empties a slot and closes the gap behind it.
func (t *table) remove(at uint) {
	t.n--
	mask := uint(len(t.slots) - 1)
	for next := (at + 1) & mask; ; next = (next + 1) & mask {
		s := t.slots[next]
		if s == 0 {
			break
		}
		if (next-t.home(s))&mask >= (next-at)&mask {
			t.slots[at] = s
			at = next
		}
	}
	t.slots[at] = 0
}

// set replaces the block of a slot.
func (t *table) set(at uint, ref uint32) {
	t.slots[at] = t.slots[at]&^refMask | uint64(ref)
}

// size is the memory that the table takes.
func (t *table) size() int64 { return int64(len(t.slots)) * 8 }

func (t *table) reset() {
	clear(t.slots)
	t.n = 0
}
