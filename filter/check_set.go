package filter

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/gaissmai/bart"

	"github.com/seed-6ae541b3/goargus/record"
)

// prefixSet is a table of networks.
type prefixSet struct {
	table    bart.Lite
	has4     bool // there are IPv4 networks
	has6     bool
	prefixes int
}

func (s *prefixSet) add(p netip.Prefix) {
	s.table.Insert(p)
	s.prefixes++
	if p.Addr().Is4() {
		s.has4 = true
	} else {
		s.has6 = true
	}
}

// member checks a set: of what a head names, or of an attribute.
func (c *checker) member(m *Member) (Node, error) {
	if m.Attribute != nil {
		return c.attributeMember(m)
	}
	head, info, err := c.head(m.Head)
	if err != nil {
		return nil, err
	}
	if m.Set.IsFile {
		if info.operand != takesHost && info.operand != takesNet ||
			slices.Contains([]string{"ether", "gre", "geneve"}, head.Protocol) {
			return nil, c.fail(BadQualifier, m.Set.Span, "a file holds networks", "host", "net")
		}
		set, err := c.file(m.Set)
		if err != nil {
			return nil, err
		}
		return &Member{Span: m.Span, Head: head, Set: Set{Span: m.Set.Span, File: m.Set.File, IsFile: true, resolved: set}}, nil
	}
	if head.Kind == "host" && slices.ContainsFunc(m.Set.Elements, func(e Range) bool { return e.Last != nil }) {
		head.Kind = "net" // ranges of addresses are made of networks
	}
	out := &Member{Span: m.Span, Head: head, Set: Set{Span: m.Set.Span}}
	var limited []*Test // elements that hold for one protocol only
	for _, e := range m.Set.Elements {
		if e.Last != nil {
			r, err := c.elementRange(head, info, e)
			if err != nil {
				return nil, err
			}
			out.Set.Elements = append(out.Set.Elements, r...)
			continue
		}
		n, err := c.operand(&Test{Span: e.First.Span, Head: head}, info, e.First)
		if err != nil {
			return nil, err
		}
		for _, t := range testsOf(n) {
			if t.Head.Protocol != head.Protocol {
				limited = append(limited, t)
				continue
			}
			out.Head.Kind = t.Head.Kind
			out.Set.Elements = append(out.Set.Elements, Range{First: t.Operand.(*Constant)})
		}
	}
	return c.withLimited(out, info, limited)
}

// testsOf are the tests that an operand was resolved to.
func testsOf(n Node) []*Test {
	switch n := n.(type) {
	case *Test:
		return []*Test{n}
	case *Or:
		var tests []*Test
		for _, t := range n.Terms {
			tests = append(tests, testsOf(t)...)
		}
		return tests
	}
	return nil
}

// withLimited joins a set with the elements that hold for one protocol only.
func (c *checker) withLimited(m *Member, info headInfo, limited []*Test) (Node, error) {
	if len(limited) == 0 {
		if len(m.Set.Elements) == 0 {
			return nil, c.fail(BadQualifier, m.Set.Span, fmt.Sprintf("%q takes no set", m.Head.Kind))
		}
		return m, nil
	}
	on := func(d Direction) Node {
		var terms []Node
		if len(m.Set.Elements) > 0 {
			one := *m
			one.Head.Direction = d
			terms = append(terms, &one)
		}
		for _, t := range limited {
			one := *t
			one.Head.Direction = d
			terms = append(terms, &one)
		}
		if len(terms) == 1 {
			return terms[0]
		}
		return &Or{Span: m.Span, Terms: terms}
	}
	if m.Head.Direction != Both {
		return on(m.Head.Direction), nil
	}
	return &And{Span: m.Span, Terms: []Node{on(Source), on(Destination)}}, nil
}

// elementRange checks a range of numbers or addresses. One of addresses
// becomes the networks that it is made of.
func (c *checker) elementRange(head Head, info headInfo, e Range) ([]Range, error) {
	at := e.First.Span.through(e.Last.Span)
	switch info.operand {
	case takesHost, takesNet:
		return c.addressRange(e, at)
	case takesPort, takesInteger, takesProtocol, takesCodePoint, takesASN:
		if head.Protocol == "ether" || head.Protocol == "arp" && info.operand == takesProtocol {
			break
		}
		low, err := c.number(e.First, info.scale)
		if err != nil {
			return nil, err
		}
		high, err := c.number(e.Last, info.scale)
		if err != nil {
			return nil, err
		}
		if info.operand == takesPort && high > 0xFFFF {
			return nil, c.fail(BadNumber, e.Last.Span, fmt.Sprintf("%d is not a port", high), "0-65535")
		}
		if high < low {
			return nil, c.fail(BadNumber, at, "the range ends before it begins")
		}
		return []Range{{First: resolvedNumber(e.First.Span, low), Last: resolvedNumber(e.Last.Span, high)}}, nil
	case takesFloat:
		low, high, err := c.decimalRange(e, info.scale)
		if err != nil {
			return nil, err
		}
		return []Range{{First: resolvedDecimal(e.First.Span, low), Last: resolvedDecimal(e.Last.Span, high)}}, nil
	}
	return nil, c.fail(TypeMismatch, at, fmt.Sprintf("%q has no ranges", head.Kind))
}

func resolvedDecimal(at Span, v float64) *Constant {
	return &Constant{Span: at, Kind: TokenFloat, Text: formatFloat(v), resolved: resolution{decimal: v}}
}

func (c *checker) decimalRange(e Range, s scale) (low, high float64, err error) {
	if low, err = c.decimal(e.First, s); err != nil {
		return 0, 0, err
	}
	if high, err = c.decimal(e.Last, s); err != nil {
		return 0, 0, err
	}
	if high < low {
		return 0, 0, c.fail(BadNumber, e.First.Span.through(e.Last.Span), "the range ends before it begins")
	}
	return low, high, nil
}

// addressRange turns a range of addresses into networks.
func (c *checker) addressRange(e Range, at Span) ([]Range, error) {
	var ends [2]netip.Addr
	for i, k := range []*Constant{e.First, e.Last} {
		if k.Suffix != "" || k.Kind != TokenIPv4 && k.Kind != TokenIPv6 {
			return nil, c.fail(BadAddress, k.Span, fmt.Sprintf("%q is not an address", clip(k.Text)), "address")
		}
		n, err := c.network(&Test{Head: Head{Kind: "host"}}, k)
		if err != nil {
			return nil, err
		}
		ends[i] = n.base()
	}
	if ends[0].Is4() != ends[1].Is4() || ends[1].Less(ends[0]) {
		return nil, c.fail(BadAddress, at, "the range ends before it begins")
	}
	var elements []Range
	for p := range prefixesOf(ends[0], ends[1]) {
		k := networkOf(p).constant(at, false)
		elements = append(elements, Range{First: k})
	}
	return elements, nil
}

// prefixesOf yields the fewest networks that make up a range of addresses.
func prefixesOf(first, last netip.Addr) func(func(netip.Prefix) bool) {
	return func(yield func(netip.Prefix) bool) {
		for first.IsValid() && !last.Less(first) {
			p := netip.PrefixFrom(first, first.BitLen())
			for p.Bits() > 0 {
				wider := netip.PrefixFrom(first, p.Bits()-1)
				if wider.Masked().Addr() != first || last.Less(lastOf(wider)) {
					break
				}
				p = wider
			}
			if !yield(p) {
				return
			}
			first = lastOf(p).Next()
		}
	}
}

// lastOf is the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// file reads a file of networks: one address or network at the beginning of
// each line, "#" begins a comment.
func (c *checker) file(s Set) (*prefixSet, error) {
	if c.ReadFile == nil {
		return nil, c.fail(NotSupported, s.Span, "this filter may not read files")
	}
	data, err := c.ReadFile(s.File)
	if err != nil {
		return nil, &Error{Code: UnknownName, Span: s.Span, Text: c.text, Message: "the file of networks cannot be read", Err: err}
	}
	set := &prefixSet{}
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		p, err := parsePrefix(words[0])
		if err != nil {
			return nil, &Error{Code: BadAddress, Span: s.Span, Text: c.text, Err: err,
				Message: fmt.Sprintf("line %d of %q is not a network", number, s.File)}
		}
		set.add(p)
	}
	return set, nil
}

func parsePrefix(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	if a.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("address %q has a zone", s)
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// attributeMember checks a set of values of an attribute.
func (c *checker) attributeMember(m *Member) (Node, error) {
	checked, attr, err := c.attribute(m.Attribute)
	if err != nil {
		return nil, err
	}
	out := &Member{Span: m.Span, Attribute: checked, Set: Set{Span: m.Set.Span, File: m.Set.File, IsFile: m.Set.IsFile}}
	if m.Set.IsFile {
		if attr.Kind != record.AddressValue {
			return nil, c.fail(BadQualifier, m.Set.Span, "a file holds networks", "address")
		}
		set, err := c.file(m.Set)
		if err != nil {
			return nil, err
		}
		out.resolved = []cond{&test{op: opAttributeIn, ref: &attributeSet{attr, set}}}
		return out, nil
	}
	var networks *prefixSet
	for _, e := range m.Set.Elements {
		elements, cmps, err := c.attributeElement(attr, e)
		if err != nil {
			return nil, err
		}
		out.Set.Elements = append(out.Set.Elements, elements...)
		for _, cmp := range cmps {
			length, whole := cmp.net.prefixLength()
			if cmp.kind != compareAddress || cmp.mac.bytes > 0 || !whole {
				out.resolved = append(out.resolved, &test{op: opCompare, ref: cmp})
				continue
			}
			if networks == nil {
				networks = &prefixSet{}
				out.resolved = append(out.resolved, &test{op: opAttributeIn, ref: &attributeSet{attr, networks}})
			}
			networks.add(netip.PrefixFrom(cmp.net.base(), length))
		}
	}
	return out, nil
}

// attributeElement checks one element of a set of an attribute.
func (c *checker) attributeElement(attr *record.Attribute, e Range) ([]Range, []*comparison, error) {
	if e.Last == nil {
		cmp, k, err := c.against(attr, Equal, e.First)
		return []Range{{First: k}}, []*comparison{cmp}, err
	}
	at := e.First.Span.through(e.Last.Span)
	switch {
	case attr.Kind == record.AddressValue:
		elements, err := c.addressRange(e, at)
		var cmps []*comparison
		for _, r := range elements {
			cmps = append(cmps, &comparison{kind: compareAddress, attr: attr, net: r.First.resolved.net})
		}
		return elements, cmps, err
	case isNumeric(attr):
		low, high, err := c.decimalRange(e, scaleOf(attr))
		elements := []Range{{First: resolvedDecimal(e.First.Span, low), Last: resolvedDecimal(e.Last.Span, high)}}
		return elements, []*comparison{{kind: compareRange, attr: attr, number: micro(low), upper: micro(high)}}, err
	}
	return nil, nil, c.fail(TypeMismatch, at, fmt.Sprintf("%q has no ranges", attr.Name))
}

// attributeSet is a test whether the address of an attribute is in a set.
type attributeSet struct {
	attr *record.Attribute
	set  *prefixSet
}

func (s *attributeSet) match(r *record.Record) bool {
	e, ok := s.attr.Endpoint(r)
	return ok && s.set.containsEndpoint(&e)
}

func (s *prefixSet) containsEndpoint(e *record.Endpoint) bool {
	a := e.Addr()
	return a.IsValid() && s.table.Contains(a)
}

// userData is the name, in searches, of the captured bytes of either side.
const userData = "user"

// search checks a regular expression.
func (c *checker) search(n *Search) (Node, error) {
	pattern, err := regexp.Compile(n.Pattern)
	if err != nil {
		return nil, &Error{Code: BadPattern, Span: n.Operand, Text: c.text, Message: "this is not a regular expression", Err: err}
	}
	out := &Search{Span: n.Span, Negated: n.Negated, Pattern: n.Pattern, Operand: n.Operand}
	s := &searcher{pattern: pattern, negated: n.Negated}
	out.resolved = s
	if n.Attribute.Name == userData {
		if _, taken := c.registry().Lookup(userData); !taken {
			out.Attribute, s.source = n.Attribute, searchData
			return out, nil
		}
	}
	checked, attr, err := c.attribute(n.Attribute)
	if err != nil {
		return nil, err
	}
	out.Attribute, s.attr = checked, attr
	switch attr.Name {
	case "label":
		s.source = searchLabel
	case "suser":
		s.source = searchSrcData
	case "duser":
		s.source = searchDstData
	}
	return out, nil
}
