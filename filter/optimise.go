package filter

import (
	"cmp"
	"net/netip"
	"slices"
	"sort"

	"github.com/seed-6ae541b3/goargus/record"
)

// optimise simplifies a condition without changing its answer for any record:
// nested conditions of a kind become one, constants and repetitions go,
// alternatives of one value become a set, and cheap tests come first. Tests have
// no effects, so their order is free.
func optimise(c cond) cond {
	switch c := c.(type) {
	case negation:
		return negated(optimise(c.x))
	case allOf:
		return simplify(c, true)
	case anyOf:
		return simplify(c, false)
	}
	return c
}

func negated(c cond) cond {
	switch c := c.(type) {
	case constant:
		return !c
	case negation:
		return c.x
	}
	return negation{c}
}

// group is an optimised allOf or anyOf, with what it costs.
type group struct {
	all     bool
	members []cond
	cost    int
}

// simplify optimises the members of an allOf (all is true) or anyOf.
func simplify(members []cond, all bool) cond {
	f := flattener{all: all, seen: map[test]bool{}}
	for _, m := range members {
		if !f.add(optimise(m)) {
			return constant(!all) // it decides the whole
		}
	}
	out := f.out
	if !all {
		out = mergeNetworks(mergeRanges(out))
	}
	switch len(out) {
	case 0:
		return constant(all)
	case 1:
		return out[0]
	}
	slices.SortStableFunc(out, func(a, b cond) int { return cmp.Compare(cost(a), cost(b)) })
	g := &group{all: all, members: out}
	for _, m := range out {
		g.cost += cost(m)
	}
	return g
}

// flattener collects the members of a condition, those of nested conditions of
// the same kind one by one, without constants and repetitions.
type flattener struct {
	all  bool
	out  []cond
	seen map[test]bool
}

// add reports false if the member decides the whole.
func (f *flattener) add(m cond) bool {
	switch m := m.(type) {
	case constant:
		return bool(m) == f.all
	case *group:
		if m.all == f.all {
			for _, n := range m.members {
				f.add(n)
			}
			return true
		}
	case *test:
		if f.seen[*m] {
			return true
		}
		f.seen[*m] = true
	}
	f.out = append(f.out, m)
	return true
}

// ranges are numbers, in order and apart from each other.
type ranges struct {
	list []span
}

type span struct{ low, high uint64 }

func (r *ranges) contain(v uint64) bool {
	i := sort.Search(len(r.list), func(i int) bool { return r.list[i].high >= v })
	return i < len(r.list) && r.list[i].low <= v
}

// newRanges puts spans in order and joins those that touch.
func newRanges(list []span) *ranges {
	slices.SortFunc(list, func(a, b span) int { return cmp.Compare(a.low, b.low) })
	out := list[:0]
	for _, s := range list {
		if n := len(out); n > 0 && (s.low <= out[n-1].high || s.low == out[n-1].high+1) {
			out[n-1].high = max(out[n-1].high, s.high)
			continue
		}
		out = append(out, s)
	}
	return &ranges{slices.Clip(out)}
}

// mergeAbove is the number of alternatives from which a set is faster.
const mergeAbove = 3

// mergeRanges makes one test of alternatives for the same number: "port 80 or
// 443 or 8080".
func mergeRanges(members []cond) []cond {
	groups := map[test][]span{}
	for _, m := range members {
		if key, s, ok := rangeKey(m); ok {
			groups[key] = append(groups[key], s)
		}
	}
	out := members[:0]
	for _, m := range members {
		key, _, ok := rangeKey(m)
		if !ok || len(groups[key]) < mergeAbove && groups[key] != nil {
			out = append(out, m)
			continue
		}
		if group := groups[key]; group != nil {
			set := key
			set.ref = newRanges(group)
			out = append(out, &set)
			groups[key] = nil
		}
	}
	return out
}

// rangeKey returns the test for a set that an alternative may become a part
// of, and its part.
func rangeKey(c cond) (key test, s span, ok bool) {
	t, ok := c.(*test)
	if !ok || t.invert || t.op != opRange && t.op != opPort {
		return test{}, span{}, false
	}
	key, s = *t, span{t.low, t.high}
	key.low, key.high = 0, 0
	key.op = opRanges
	if t.op == opPort {
		key.op = opPorts
	}
	return key, s, true
}

// tableAbove is the number of networks from which a table is faster.
const tableAbove = 8

// mergeNetworks makes one test of many networks for the same address.
func mergeNetworks(members []cond) []cond {
	groups := map[test]*prefixSet{}
	for _, m := range members {
		if key, n, ok := networkKey(m); ok {
			if groups[key] == nil {
				groups[key] = &prefixSet{}
			}
			groups[key].add(n)
		}
	}
	out := members[:0]
	done := map[test]bool{}
	for _, m := range members {
		key, _, ok := networkKey(m)
		if !ok || groups[key].prefixes < tableAbove {
			out = append(out, m)
			continue
		}
		if !done[key] {
			done[key] = true
			set := key
			set.ref = groups[key]
			out = append(out, &set)
		}
	}
	return out
}

// networkKey returns the test for a table that an alternative may become a
// part of, and its part.
func networkKey(c cond) (key test, p netip.Prefix, ok bool) {
	t, ok := c.(*test)
	if !ok || t.invert {
		return test{}, netip.Prefix{}, false
	}
	var n network
	switch t.op {
	case opIPv4:
		n = network4(uint32(t.low), uint32(t.high))
	case opIPv6:
		n = *t.ref.(*network)
	default:
		return test{}, netip.Prefix{}, false
	}
	length, ok := n.prefixLength()
	key = *t
	key.op, key.low, key.high, key.ref = opPrefixes, 0, 0, nil
	if t.op == opIPv6 {
		key.keys = keyBits(record.KeyIPv6)
	}
	return key, netip.PrefixFrom(n.base(), length), ok
}

// cost estimates what a condition costs to decide.
func cost(c cond) int {
	switch c := c.(type) {
	case *test:
		return c.cost()
	case negation:
		return cost(c.x)
	case *group:
		return c.cost
	}
	return 0
}

func (t *test) cost() int {
	switch t.op {
	case opPresent:
		return 1
	case opDecimal:
		return int(decimals[t.decimal].cost)
	case opPrefixes, opPorts, opRanges:
		return int(fields[t.field].cost) + 2
	case opOuter, opARPMAC:
		return 6
	case opCompare:
		return t.ref.(*comparison).cost()
	case opAttributeIn:
		return 10
	case opSearch:
		return 100
	}
	return int(fields[t.field].cost)
}

func (c *comparison) cost() int {
	switch c.kind {
	case compareText, compareTexts:
		return 40
	case compareFormulas:
		return 6 * (len(c.left.steps) + len(c.right.steps))
	}
	return 10
}
