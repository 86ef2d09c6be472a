package order

import (
	"bytes"
)

// cursor walks the sorted records of a run or segment.
type cursor struct {
	prefix uint64
	lack   bool   // there is no number
	rest   []byte // of the key, beyond the prefix
	stored []byte // the record
	rank   int    // of two equal records that of the lower rank comes first

	run     *run
	next    int // entry
	touched uint32
	segment *reader
	comparer
}

// advance goes to the next record. It reports false at the end.
func (c *cursor) advance(keys *Keys) (bool, error) {
	if c.run != nil {
		return c.advanceRun(keys), nil
	}
	b, err := c.segment.next()
	if b == nil || err != nil {
		return false, err
	}
	c.stored = b
	if keys.number() {
		if err := loadRecord(&c.rec, b); err != nil {
			return false, err
		}
		v, ok := keys.keys[0].value(&c.rec)
		if c.prefix, c.lack = v, !ok; !ok {
			c.prefix = 0
		}
		return true, nil
	}
	key := c.key(keys, b)
	c.prefix, c.rest = prefixOf(key), key[min(len(key), keyPrefix):]
	return true, nil
}

// lookAhead is how many records ahead of the one that is asked for are brought
// into the cache: they lie about in memory, and waiting for several at a time
// takes no longer than for one.
const lookAhead = 16

func (c *cursor) advanceRun(keys *Keys) bool {
	r := c.run
	if c.next == len(r.entries) {
		return false
	}
	if c.next%lookAhead == 0 {
		c.touch(r)
	}
	e := r.entries[c.next]
	c.next++
	c.prefix, c.lack, c.stored = e.prefix, e.number&noNumber != 0, r.record(e)
	if c.rest = nil; e.number&deep == 0 {
		return true
	}
	if c.rest = r.rest(e); keys.long() {
		key := c.key(keys, c.stored)
		c.rest = key[min(len(key), keyPrefix):]
	}
	return true
}

// touch brings records into the cache: the beginnings of those that are far off,
// and of those that come next, whose length is known by then, all of it.
func (c *cursor) touch(r *run) {
	near := min(c.next+lookAhead, len(r.entries))
	from := near
	if c.next == 0 {
		from = 0
	}
	for _, e := range r.entries[from:min(near+lookAhead, len(r.entries))] {
		c.touched += uint32(r.record(e)[flagsSize])
	}
	for _, e := range r.entries[c.next:near] {
		b := r.record(e)
		for at := cacheLine; at < min(recordSize(b), maxTouch); at += cacheLine {
			c.touched += uint32(b[at])
		}
	}
}

const (
	cacheLine = 64
	maxTouch  = 1024 // the processor sees a longer walk coming
)

// before reports whether the record of c comes before that of o.
func (c *cursor) before(o *cursor) bool {
	if c.prefix != o.prefix && c.lack == o.lack {
		return c.prefix < o.prefix
	}
	if c.lack != o.lack {
		return o.lack
	}
	if n := compareRest(c.rest, o.rest); n != 0 {
		return n < 0
	}
	return c.rank < o.rank
}

// compareRest compares what follows the prefix of two keys. What a run keeps of
// a short key is filled up with zeros.
func compareRest(a, b []byte) int {
	n := min(len(a), len(b))
	if len(a)+len(b) == 0 {
		return 0
	}
	if c := bytes.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	long, sign := a, 1
	if len(b) > n {
		long, sign = b, -1
	}
	for _, x := range long[n:] {
		if x != 0 {
			return sign
		}
	}
	return 0
}

// merge passes the stored form of all records of segments and runs to emit, in
// order, until it returns false or an error. Segments are older than runs.
func (j *job) merge(segments []*segment, runs []*run, emit func(b []byte) (bool, error)) error {
	heap := make([]*cursor, 0, len(segments)+len(runs))
	push := func(c *cursor) error {
		c.rank = cap(heap) - len(segments) - len(runs) + len(heap)
		ok, err := c.advance(j.keys)
		if ok {
			heap = append(heap, c)
		}
		return err
	}
	for _, s := range segments {
		if err := push(&cursor{segment: s.reader()}); err != nil {
			return err
		}
	}
	for _, r := range runs {
		if err := push(&cursor{run: r}); err != nil {
			return err
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(heap, i)
	}
	for len(heap) > 0 {
		top := heap[0]
		if more, err := emit(top.stored[:recordSize(top.stored)]); err != nil || !more {
			return err
		}
		ok, err := top.advance(j.keys)
		if err != nil {
			return err
		}
		if !ok {
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		}
		sink(heap, 0)
	}
	return nil
}

// sink moves a cursor down to its place.
func sink(heap []*cursor, i int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && heap[child+1].before(heap[child]) {
			child++
		}
		if !heap[child].before(heap[i]) {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}
