package order

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/seed-6ae541b3/goargus/record"
)

// A run is some records that follow each other in the input, and what they are
// sorted by. Records stand in slabs, whole, as they came; one word before each
// has its flags.
type run struct {
	slabs   [][]byte
	n       int // records
	bytes   int // of them
	entries []entry
	keys    [][]byte // blocks of keyWidth bytes for each record, by its number in the run
	err     error    // of sorting
}

// entry stands for a record while it is moved about.
type entry struct {
	prefix uint64 // first bytes of the key, or the number that is the key
	at     uint32 // slab and word in it
	number uint32 // in the run; the top bits are noNumber and deep
}

const (
	slabSize   = 1 << 20
	slabWords  = slabSize / 4
	slabBits   = 18      // words in a slab
	noNumber   = 1 << 31 // there is no number to sort by
	deep       = 1 << 30 // the key goes beyond the prefix
	entrySize  = 16
	maxRecord  = 0xFFFF * 4
	flagsSize  = 4
	reversed   = 1
	keyPrefix  = 8
	maxEntries = 1 << 24
)

// keyWidth is how much of a key is kept beyond its prefix. What is longer is
// made again from the record where all this is equal.
const keyWidth = 24

// keyBlock is the number of records whose keys are kept together: keys take no
// more memory than there are, since what has been written is never moved.
const keyBlock = 1 << 14

// room makes sure that a record fits the last slab. It takes a slab from free
// if there is one.
func (r *run) room(size int, free *[][]byte) {
	if n := len(r.slabs); n > 0 && len(r.slabs[n-1])+size <= cap(r.slabs[n-1]) {
		return
	}
	if n := len(*free); n > 0 {
		r.slabs = append(r.slabs, (*free)[n-1][:0])
		*free = (*free)[:n-1]
		return
	}
	r.slabs = append(r.slabs, make([]byte, 0, slabSize))
}

// add copies a record to the run.
func (r *run) add(rec *record.Record, free *[][]byte) error {
	r.room(len(rec.Bytes())+flagsSize, free)
	last := len(r.slabs) - 1
	at := len(r.slabs[last])
	slab, err := appendRecord(r.slabs[last], rec)
	if err != nil {
		return err
	}
	size := len(slab) - at
	if cap(slab) != cap(r.slabs[last]) { // grown by what was set: too long for the slab
		r.room(size, free)
		last = len(r.slabs) - 1
		slab = append(r.slabs[last], slab[at:]...)
	}
	r.slabs[last] = slab
	r.bytes += size
	r.n++
	return nil
}

// index makes the entries of all records.
func (r *run) index(keys *Keys) error {
	if cap(r.entries) < r.n {
		r.entries = make([]entry, 0, withSpare(r.n))
	}
	var rec record.Record
	var shapes record.Shapes
	var scratch []byte
	for i, slab := range r.slabs {
		for at := 0; at < len(slab); {
			n := recordSize(slab[at:])
			if err := loadLike(&rec, slab[at:at+n], &shapes); err != nil {
				return err
			}
			scratch = r.enter(&rec, keys, uint32(i<<slabBits|at/4), scratch)
			at += n
		}
	}
	return nil
}

// enter notes a record that stands at a place.
func (r *run) enter(rec *record.Record, keys *Keys, at uint32, scratch []byte) []byte {
	e := entry{at: at, number: uint32(len(r.entries))}
	if keys.number() {
		v, ok := keys.keys[0].value(rec)
		if e.prefix = v; !ok {
			e.prefix, e.number = 0, e.number|noNumber
		}
	} else {
		scratch = keys.Append(scratch[:0], rec)
		e.prefix = prefixOf(scratch)
		if len(r.entries) == len(r.keys)*keyBlock {
			r.keys = append(r.keys, make([]byte, keyBlock*keyWidth))
		}
		rest := r.rest(e)
		n := copy(rest, scratch[min(len(scratch), keyPrefix):])
		clear(rest[n:]) // of a record that was here before
		if n > 0 {
			e.number |= deep
		}
	}
	r.entries = append(r.entries, e)
	return scratch
}

// full reports whether a run has what one may have.
func (r *run) full(size int) bool {
	return r.bytes >= size || r.n == maxEntries || len(r.slabs) == 1<<(32-slabBits)-1
}

// memory is what the run takes up when it is sorted, in bytes.
func (r *run) memory(keys *Keys) int {
	n := len(r.slabs)*slabSize + max(cap(r.entries), withSpare(r.n))*entrySize
	if !keys.number() {
		n += max(len(r.keys), (r.n+keyBlock-1)/keyBlock) * keyBlock * keyWidth
	}
	return n
}

// withSpare is how many entries memory is made for, so that it does for the next
// runs, too.
func withSpare(n int) int { return n + n/16 }

// prefixOf is the first bytes of a key as a number.
func prefixOf(key []byte) uint64 {
	var b [keyPrefix]byte
	copy(b[:], key)
	return binary.BigEndian.Uint64(b[:])
}

// appendRecord appends the flags and the bytes of a record.
func appendRecord(dst []byte, rec *record.Record) ([]byte, error) {
	at := len(dst)
	dst, err := rec.AppendTo(append(dst, 0, 0, 0, 0), rec.Version())
	if err != nil {
		return dst[:at], err
	}
	if rec.Reversed() {
		dst[at] = reversed
	}
	return dst, nil
}

// loadRecord makes rec the record at the start of b.
func loadRecord(rec *record.Record, b []byte) error {
	return turn(rec, b, rec.Load(b[flagsSize:]))
}

// loadLike is loadRecord for the bytes of one record after another.
func loadLike(rec *record.Record, b []byte, shapes *record.Shapes) error {
	return turn(rec, b, rec.LoadLike(b[flagsSize:], shapes))
}

// turn turns a record round that was loaded, if its flags say so.
func turn(rec *record.Record, b []byte, err error) error {
	if err == nil && b[0]&reversed != 0 {
		rec.Reverse()
	}
	return err
}

// recordSize is the length of the stored form of a record.
func recordSize(b []byte) int { return flagsSize + 4*int(binary.BigEndian.Uint16(b[flagsSize+2:])) }

// record is the stored form of a record, and what follows it in the slab.
func (r *run) record(e entry) []byte {
	return r.slabs[e.at>>slabBits][e.at%slabWords*4:]
}

// rest is what is kept of a key beyond its prefix.
func (r *run) rest(e entry) []byte {
	n := int(e.number % maxEntries)
	return r.keys[n/keyBlock][n%keyBlock*keyWidth:][:keyWidth]
}

// sort makes the entries and puts them in order: by the number or prefix in
// them, then, where keys are longer, those that are equal in it. other is memory
// for as many, or nil; sort returns memory for the next run.
func (r *run) sort(keys *Keys, other []entry) []entry {
	if r.err = r.index(keys); r.err != nil {
		return other
	}
	if len(other) < len(r.entries) {
		other = make([]entry, withSpare(len(r.entries)))
	}
	sorted, spare := radix(r.entries, other[:len(r.entries)])
	r.entries = sorted
	if keys.number() {
		return spare[:cap(spare)]
	}
	s := restSorter{run: r, keys: keys, long: keys.long()}
	for first := 0; first < len(sorted); {
		end := first + 1
		for end < len(sorted) && sorted[end].prefix == sorted[first].prefix {
			end++
		}
		if end-first > 1 && sorted[first].number&deep != 0 {
			s.sort(sorted[first:end], spare[first:end], 0)
		}
		first = end
	}
	return spare[:cap(spare)]
}

// fewEntries are put in order by comparing them.
const fewEntries = 128

// sort puts entries with equal prefixes in order by what is kept of their keys,
// from byte at on: many of them by the next eight bytes in the place of the
// prefix, and then those that are equal in these.
func (s *restSorter) sort(a, other []entry, at int) {
	if len(a) < fewEntries || at == keyWidth {
		slices.SortFunc(a, s.compare)
		return
	}
	prefix := a[0].prefix
	for i := range a {
		a[i].prefix = binary.BigEndian.Uint64(s.run.rest(a[i])[at:])
	}
	sorted, spare := radix(a, other)
	if &sorted[0] != &a[0] {
		copy(a, sorted)
		spare = other
	}
	for first := 0; first < len(a); {
		end := first + 1
		for end < len(a) && a[end].prefix == a[first].prefix {
			end++
		}
		if end-first > 1 {
			s.sort(a[first:end], spare[first:end], at+keyPrefix)
		}
		first = end
	}
	for i := range a {
		a[i].prefix = prefix
	}
}

// restSorter compares records with equal prefixes. Since no key is the beginning
// of another, their keys go beyond the prefix all or none.
type restSorter struct {
	run  *run
	keys *Keys
	long bool
	a, b comparer
}

func (s *restSorter) compare(a, b entry) int {
	if c := bytes.Compare(s.run.rest(a), s.run.rest(b)); c != 0 {
		return c
	}
	if s.long {
		if c := bytes.Compare(s.a.key(s.keys, s.run.record(a)), s.b.key(s.keys, s.run.record(b))); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.number, b.number)
}

// long reports whether keys may be longer than what is kept of them.
func (k *Keys) long() bool {
	n := 0
	for i := range k.keys {
		switch one := &k.keys[i]; {
		case one.numeric():
			n += 9
		case one.attr.Name == protoName:
			n += 2
		case one.attr.Address != nil:
			n += 19
		default:
			return true
		}
	}
	return n > keyPrefix+keyWidth
}

// comparer makes the whole key of a stored record.
type comparer struct {
	rec record.Record
	buf []byte
}

func (c *comparer) key(keys *Keys, b []byte) []byte {
	if err := loadRecord(&c.rec, b); err != nil {
		return nil // was loaded before
	}
	c.buf = keys.Append(c.buf[:0], &c.rec)
	return c.buf
}

// radix sorts by number, byte by byte from the lowest, and entries without a
// number behind the others. Bytes that are equal in all are passed over. It
// returns the sorted entries and the other slice.
func radix(a, b []entry) (sorted, other []entry) {
	var some, all uint64 = 0, ^uint64(0)
	var lack uint32
	var last uint64
	inOrder := true
	for i := range a {
		p := a[i].prefix
		some |= p
		all &= p
		lack |= a[i].number
		inOrder = inOrder && last <= p
		last = p
	}
	if inOrder && lack&noNumber == 0 {
		return a, b
	}
	for shift := 0; shift < 64; shift += 8 {
		if byte((some^all)>>shift) == 0 {
			continue
		}
		var start [257]uint32
		for i := range a {
			start[int(byte(a[i].prefix>>shift))+1]++
		}
		for i := 1; i < 257; i++ {
			start[i] += start[i-1]
		}
		for i := range a {
			d := byte(a[i].prefix >> shift)
			b[start[d]] = a[i]
			start[d]++
		}
		a, b = b, a
	}
	if lack&noNumber == 0 {
		return a, b
	}
	n := 0
	for _, want := range [2]uint32{0, noNumber} {
		for i := range a {
			if a[i].number&noNumber == want {
				b[n] = a[i]
				n++
			}
		}
	}
	return b, a
}
