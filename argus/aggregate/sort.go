package aggregate

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// entry is a group to be put in order.
type entry struct {
	rank  uint64 // by what it is sorted: the last change, or a stretch of its sort key
	ref   uint32
	at, n uint32 // where its sort key stands, if it has one
}

// inOrder returns the groups of bins before one, in the order of reporting, and
// their sort keys if they are not ordered by the last change alone.
func (g *group) inOrder(before int64) ([]entry, []byte, error) {
	if len(g.order.by) == 0 && !g.rules.bins {
		return g.bySeq(), nil, nil
	}
	list, keys := slices.Grow(g.list[:0], g.table.n), g.keys[:0]
	var err error
	size := blockHeader + binSize
	if len(g.order.by) > 0 {
		size = touched
	}
	g.each(size, func(ref uint32, b block) {
		if err != nil || g.rules.bins && b.bin() >= before && before != math.MaxInt64 {
			return
		}
		at := len(keys)
		if g.rules.bins {
			keys = appendBin(keys, b.bin())
		}
		if len(g.order.by) > 0 {
			if err = b.load(&g.a, &g.shapes); err != nil {
				return
			}
			g.rules.finish(&g.a)
		}
		keys = g.order.append(keys, &g.a, b.seq())
		if at == 0 { // the others are mostly as long
			keys = slices.Grow(keys, len(keys)*g.table.n)
		}
		list = append(list, entry{ref: ref, at: uint32(at), n: uint32(len(keys) - at)})
		if uint64(len(keys)) > math.MaxUint32-1<<16 {
			err = fmt.Errorf("aggregate: too many groups to sort: %d", len(list))
		}
	})
	if err != nil {
		return nil, nil, err
	}
	g.list, g.keys = list, keys
	s := sorter{keys: keys, spare: g.spareFor(list)}
	for i := range list {
		s.longest = max(s.longest, int(list[i].n))
	}
	s.sort(list, 0)
	return list, keys, nil
}

// bySeq returns all groups in the order of their last change.
func (g *group) bySeq() []entry {
	g.list = slices.Grow(g.list[:0], g.table.n)
	g.each(blockHeader, func(ref uint32, b block) { g.list = append(g.list, entry{rank: b.seq(), ref: ref}) })
	byRank(g.list, g.spareFor(g.list))
	return g.list
}

// spareFor is memory for as many entries as there are in list. It is kept, as
// list is: what is thrown away at every spill would count twice.
func (g *group) spareFor(list []entry) []entry {
	g.spare = slices.Grow(g.spare[:0], len(list))[:len(list)]
	return g.spare
}

// sorter sorts entries by their sort keys, eight bytes at a time.
type sorter struct {
	keys    []byte
	longest int
	spare   []entry
}

// sort sorts entries whose keys are the same up to a depth.
func (s *sorter) sort(list []entry, depth int) {
	for i := range list {
		list[i].rank = s.stretch(&list[i], depth)
	}
	byRank(list, s.spare[:len(list)])
	if depth += 8; depth >= s.longest {
		return
	}
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].rank == list[0].rank {
			n++
		}
		if n > 1 {
			s.sort(list[:n], depth)
		}
		list = list[n:]
	}
}

// stretch is eight bytes of a key, zeros behind its end.
func (s *sorter) stretch(e *entry, depth int) uint64 {
	key := s.keys[e.at : e.at+e.n]
	if depth+8 <= len(key) {
		return binary.BigEndian.Uint64(key[depth:])
	}
	var b [8]byte
	if depth < len(key) {
		copy(b[:], key[depth:])
	}
	return binary.BigEndian.Uint64(b[:])
}

// few is the number of entries that are sorted by insertion.
const few = 24

// byRank sorts by rank; equal ones stay in order. It goes by bytes, from the
// lowest; those that are the same in all are passed over.
func byRank(list, spare []entry) {
	if len(list) <= few {
		insertByRank(list)
		return
	}
	var all, some uint64 = math.MaxUint64, 0
	for i := range list {
		all &= list[i].rank
		some |= list[i].rank
	}
	from, to := list, spare
	for shift := 0; shift < 64; shift += 8 {
		if byte((all^some)>>shift) == 0 {
			continue
		}
		var start [257]int
		for i := range from {
			start[int(byte(from[i].rank>>shift))+1]++
		}
		for i := 1; i < 257; i++ {
			start[i] += start[i-1]
		}
		for i := range from {
			b := byte(from[i].rank >> shift)
			to[start[b]] = from[i]
			start[b]++
		}
		from, to = to, from
	}
	if len(from) > 0 && &from[0] != &list[0] {
		copy(list, from)
	}
}

func insertByRank(list []entry) {
	for i := 1; i < len(list); i++ {
		e := list[i]
		j := i
		for ; j > 0 && list[j-1].rank > e.rank; j-- {
			list[j] = list[j-1]
		}
		list[j] = e
	}
}
