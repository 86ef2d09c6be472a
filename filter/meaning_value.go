package filter

import "github.com/seed-6ae541b3/goargus/record"

// memberMeaning tests for the elements of a set.
func (s semantics) memberMeaning(m *Member) cond {
	if m.Attribute != nil {
		return anyOf(m.resolved)
	}
	info := heads[m.Head.Kind]
	on := func(d Direction) cond {
		head := m.Head
		head.Direction = d
		if m.Set.IsFile {
			return fileMeaning(head, m.Set.resolved)
		}
		var conds anyOf
		for _, e := range m.Set.Elements {
			if e.Last == nil {
				conds = append(conds, s.constantMeaning(&Test{Head: head, Operand: e.First}, e.First))
			} else {
				conds = append(conds, s.rangeMeaning(head, e))
			}
		}
		return conds
	}
	c := eachDirection(m.Head.Direction, info, on)
	if _, special := protocolsBefore[m.Head.Kind]; special {
		return c
	}
	return qualified(m.Head, c)
}

// eachDirection applies a set to the sides: where both are meant, each side
// has to be in it.
func eachDirection(d Direction, info headInfo, on func(Direction) cond) cond {
	switch {
	case d == Both, d == NoDirection && info.jointly:
		return allOf{on(Source), on(Destination)}
	case d == LocalAndRemote:
		return allOf{on(Local), on(Remote)}
	}
	return on(d)
}

// rangeMeaning tests for a range of numbers.
func (s semantics) rangeMeaning(h Head, e Range) cond {
	low, high := e.First.resolved, e.Last.resolved
	info := heads[h.Kind]
	switch info.operand {
	case takesPort:
		return portMeaning(&Test{Head: h}, resolution{number: low.number, upper: high.number, isRange: true})
	case takesProtocol:
		return &test{op: opProto, field: fieldProto, keys: protocolKeys(h.Protocol), low: low.number, high: high.number}
	}
	if f, ok := plainFields[h.Kind]; ok {
		a, b := low.number, high.number
		if f == fieldCorrelations {
			a, b = a*perCorrelation, b*perCorrelation
		}
		return sides(h.Direction, false, func(dst bool) cond { return within(f, dst, a, b) })
	}
	a, b := low.decimal, high.decimal
	if info.operand == takesInteger {
		a, b = float64(low.number), float64(high.number)
	}
	return sides(h.Direction, info.jointly, func(dst bool) cond {
		return allOf{s.decimalTest(h.Kind, dst, GreaterOrEqual, a), s.decimalTest(h.Kind, dst, LessOrEqual, b)}
	})
}

// fileMeaning tests addresses for the networks of a file.
func fileMeaning(h Head, set *prefixSet) cond {
	keys := keyBits(record.KeyIPv4, record.KeyIPv6, record.KeyARP)
	switch h.Protocol {
	case "ip", "icmp":
		keys = ipKeys
	case "ipv4":
		keys = keyBits(record.KeyIPv4)
	case "ipv6":
		keys = keyBits(record.KeyIPv6)
	case "arp", "rarp":
		keys = keyBits(record.KeyARP, record.KeyRARP)
	}
	c := byDirection(h.Direction, func(dst bool) cond {
		return &test{op: opPrefixes, field: fieldKeyType, keys: keys, dst: dst, ref: set}
	})
	if h.Protocol == "icmp" {
		return allOf{words["icmp"], c}
	}
	return c
}
