// Package address reads tables of networks: which are near ([Localities]), to
// which country they belong ([Countries]).
package address

import (
	"cmp"
	"net/netip"
	"slices"
	"sort"
)

// entry is what a table says of a network.
type entry[V any] struct {
	prefix netip.Prefix
	value  V
	order  int // of reading
}

// table finds the most specific network that an address belongs to. It is made
// once and then read, by any number of goroutines.
type table[V any] struct {
	starts []netip.Addr // of stretches of addresses with the same answer
	values []int        // index of the entry for it, or none
	all    []entry[V]
}

const none = -1

// newTable makes a table. Of two entries for the same network the later counts.
// visit, if not nil, is called for each entry with those that enclose it, the
// widest first.
func newTable[V any](all []entry[V], visit func(e *entry[V], around []int, all []entry[V])) *table[V] {
	slices.SortStableFunc(all, func(a, b entry[V]) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()))
	})
	t := &table[V]{all: all}
	var around []int // entries that enclose the place at hand
	leave := func() {
		last := lastOf(all[around[len(around)-1]].prefix)
		around = around[:len(around)-1]
		if next := last.Next(); next.IsValid() {
			outer := none
			if len(around) > 0 {
				outer = around[len(around)-1]
			}
			t.begin(next, outer)
		}
	}
	for i := range all {
		first := all[i].prefix.Addr()
		for len(around) > 0 && !all[around[len(around)-1]].prefix.Contains(first) {
			leave()
		}
		if visit != nil {
			visit(&all[i], around, all)
		}
		if len(around) > 0 && all[around[len(around)-1]].prefix == all[i].prefix {
			around = around[:len(around)-1] // the later counts
		}
		around = append(around, i)
		t.begin(first, i)
	}
	for len(around) > 0 {
		leave()
	}
	return t
}

// begin ends a stretch and begins another.
func (t *table[V]) begin(at netip.Addr, value int) {
	if n := len(t.starts); n > 0 && t.starts[n-1] == at {
		t.values[n-1] = value
		return
	}
	t.starts, t.values = append(t.starts, at), append(t.values, value)
}

// lookup returns the value for an address.
func (t *table[V]) lookup(a netip.Addr) (value *V, ok bool) {
	a = a.Unmap().WithZone("")
	i := sort.Search(len(t.starts), func(i int) bool { return a.Less(t.starts[i]) }) - 1
	if i < 0 || t.values[i] == none || t.starts[i].Is4() != a.Is4() {
		return nil, false
	}
	return &t.all[t.values[i]].value, true
}

// lastOf is the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}

// appendRange appends the networks that make up the addresses first to last.
func appendRange(dst []netip.Prefix, first, last netip.Addr) []netip.Prefix {
	for first.IsValid() && !last.Less(first) {
		bits := 0
		for ; bits < first.BitLen(); bits++ {
			p := netip.PrefixFrom(first, bits)
			if p.Masked().Addr() == first && !last.Less(lastOf(p)) {
				break
			}
		}
		p := netip.PrefixFrom(first, bits)
		dst = append(dst, p)
		first = lastOf(p).Next()
	}
	return dst
}
