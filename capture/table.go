package capture

// ref names a flow: the number of its block, and in the top bit which slab the
// block is in.
type ref uint32

const (
	noFlow  ref = 0
	tcpFlow ref = 1 << 31
)

// table finds flows by the hash of their key. A slot is one word: the upper 32
// bits of the hash and the ref of the flow, 0 if empty. The place of a slot is
// taken from the upper bits, too, so growth and deletion need not look at the
// flows. Collisions go to the next slot; deletion moves the rest of a run back,
// so that there are no graves.
type table struct {
	slots []uint64
	shift uint // 64 less the binary logarithm of len(slots)
	count int
}

const minTable = 10 // binary logarithm of the first size

func makeTable() table {
	return table{slots: make([]uint64, 1<<minTable), shift: 64 - minTable}
}

// home is the slot where the search for a hash starts. At most 2^32 slots are
// ever used, so the tag of a slot tells its home.
func (t *table) home(hash uint64) uint64 { return hash >> t.shift }

// likely returns the first flow near the home of a hash that has its tag.
func (t *table) likely(hash uint64) ref {
	const near = 8
	mask := uint64(len(t.slots) - 1)
	at := t.home(hash)
	for range near {
		slot := t.slots[at&mask]
		if slot == 0 {
			break
		}
		if slot>>32 == hash>>32 {
			return ref(slot)
		}
		at++
	}
	return noFlow
}

// insert adds a flow that is not in the table.
func (t *table) insert(hash uint64, r ref) {
	if t.count >= len(t.slots)/4*3 {
		t.grow()
	}
	t.place(hash&^0xffffffff | uint64(r))
	t.count++
}

func (t *table) place(slot uint64) {
	mask := uint64(len(t.slots) - 1)
	i := t.home(slot)
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = slot
}

func (t *table) grow() {
	old := t.slots
	t.slots = make([]uint64, 2*len(old))
	t.shift--
	for _, slot := range old {
		if slot != 0 {
			t.place(slot)
		}
	}
}

// remove deletes a flow.
func (t *table) remove(hash uint64, r ref) {
	mask := uint64(len(t.slots) - 1)
	want := hash&^0xffffffff | uint64(r)
	i := t.home(hash)
	for t.slots[i] != want {
		if t.slots[i] == 0 {
			return
		}
		i = (i + 1) & mask
	}
	for hole := i; ; {
		i = (i + 1) & mask
		slot := t.slots[i]
		if slot == 0 {
			t.slots[hole] = 0
			break
		}
		// The slot may move to the hole if its home is not after the hole.
		if (i-t.home(slot))&mask >= (i-hole)&mask {
			t.slots[hole] = slot
			hole = i
		}
	}
	t.count--
}
