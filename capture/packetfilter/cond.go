package packetfilter

// cond is a condition as a tree of tests on the bytes of a packet. It is what
// the syntax tree means for one link type.
//
// The order matters: a program that reads beyond the captured bytes rejects the
// packet at once, whatever stands around the test.
type cond struct {
	kind condKind
	a, b *cond
	test test
}

type condKind int

const (
	testCond condKind = iota
	andCond           // b only if a
	orCond            // b only if not a
	notCond
	alwaysCond
	neverCond
)

// test computes something in the accumulator, and perhaps in the index
// register, and compares.
type test struct {
	code []instruction
	jump uint16 // a BPF jump
	k    uint32 // with what the accumulator is compared
}

var (
	always = &cond{kind: alwaysCond}
	never  = &cond{kind: neverCond}
)

// A condition whose outcome is known still reads what stands before it: "c and
// never" and "c or always" stay as they are.

func and(conds ...*cond) *cond {
	result := always
	for _, c := range conds {
		switch {
		case result.kind == alwaysCond:
			result = c
		case result.kind != neverCond && c.kind != alwaysCond:
			result = &cond{kind: andCond, a: result, b: c}
		}
	}
	return result
}

func or(conds ...*cond) *cond {
	result := never
	for _, c := range conds {
		switch {
		case result.kind == neverCond:
			result = c
		case result.kind != alwaysCond && c.kind != neverCond:
			result = &cond{kind: orCond, a: result, b: c}
		}
	}
	return result
}

func not(c *cond) *cond {
	switch c.kind {
	case alwaysCond:
		return never
	case neverCond:
		return always
	case notCond:
		return c.a
	}
	return &cond{kind: notCond, a: c}
}

// compare tests size bytes at an absolute offset.
func compare(jump uint16, offset, size, k uint32) *cond {
	return &cond{test: test{code: []instruction{{op: loadOp(size), k: offset}}, jump: jump, k: k}}
}

func equal(offset, size, k uint32) *cond { return compare(jumpEqual, offset, size, k) }

// masked tests bits of size bytes at an absolute offset. A mask of no bits is
// always met, and nothing is read.
func masked(offset, size, mask, k uint32) *cond {
	switch mask {
	case 0:
		return always
	case sizeMask(size):
		return equal(offset, size, k)
	}
	return &cond{test: test{
		code: []instruction{{op: loadOp(size), k: offset}, {op: andK, k: mask}},
		jump: jumpEqual,
		k:    k,
	}}
}

// anySet tests whether any of the bits of a mask is set.
func anySet(offset, size, mask uint32) *cond { return compare(jumpSet, offset, size, mask) }

func sizeMask(size uint32) uint32 { return uint32(1<<(8*size) - 1) }
