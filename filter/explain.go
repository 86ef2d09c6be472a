package filter

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-6ae541b3/goargus/record"
)

// Explain shows a program as a tree: a line for each node of the filter, and
// behind each test the attributes that it looks at and the DSRs that they come
// from.
//
//	and
//	├─ tcp                proto (flow)
//	└─ or
//	   ├─ dst port 443    dport (flow)
//	   └─ pkts gt 100     spkts, dpkts (metric)
func Explain(p *Program) string {
	e := explainer{semantics: p.semantics}
	e.node(p.tree.Root, "", "")
	width := 0
	for _, l := range e.lines {
		if l.tests != "" {
			width = max(width, utf8.RuneCountInString(l.text))
		}
	}
	var b strings.Builder
	for _, l := range e.lines {
		b.WriteString(l.text)
		if l.tests != "" {
			b.WriteString(strings.Repeat(" ", width-utf8.RuneCountInString(l.text)+4))
			b.WriteString(l.tests)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

type explainer struct {
	semantics semantics
	lines     []explained
}

// explained is a line: a node, and what it looks at.
type explained struct{ text, tests string }

// node adds the lines of a node. First stands before its own line, rest before
// those below it.
func (e *explainer) node(n Node, first, rest string) {
	switch n := n.(type) {
	case *Everything:
		e.lines = append(e.lines, explained{first + "every record", ""})
	case *And:
		e.inner("and", n.Terms, first, rest)
	case *Or:
		e.inner("or", n.Terms, first, rest)
	case *Not:
		e.inner("not", []Node{n.X}, first, rest)
	default:
		e.lines = append(e.lines, explained{first + string(n.AppendText(nil)), looksAt(e.semantics.meaning(n))})
	}
}

func (e *explainer) inner(word string, nodes []Node, first, rest string) {
	e.lines = append(e.lines, explained{first + word, ""})
	for i, n := range nodes {
		if i < len(nodes)-1 {
			e.node(n, rest+"├─ ", rest+"│  ")
		} else {
			e.node(n, rest+"└─ ", rest+"   ")
		}
	}
}

// looksAt lists the attributes of a condition, and the DSRs that they need.
func looksAt(c cond) string {
	var attributes, dsrs []string
	for t := range testsIn(c) {
		names, from := t.looksAt()
		for _, name := range names {
			if name != "" && !slices.Contains(attributes, name) {
				attributes = append(attributes, name)
			}
		}
		for d := record.DSR(0); d < record.DSRScore+1; d++ {
			if from.Has(d) && !slices.Contains(dsrs, d.String()) {
				dsrs = append(dsrs, d.String())
			}
		}
	}
	switch {
	case len(attributes) == 0:
		return "never true"
	case len(dsrs) == 0:
		return strings.Join(attributes, ", ") + " (header)"
	}
	return fmt.Sprintf("%s (%s)", strings.Join(attributes, ", "), strings.Join(dsrs, ", "))
}

// testsIn yields the tests of a condition.
func testsIn(c cond) func(func(*test) bool) {
	return func(yield func(*test) bool) { eachTest(c, yield) }
}

func eachTest(c cond, yield func(*test) bool) bool {
	var members []cond
	switch c := c.(type) {
	case *test:
		return yield(c)
	case negation:
		return eachTest(c.x, yield)
	case allOf:
		members = c
	case anyOf:
		members = c
	case *group:
		members = c.members
	}
	for _, m := range members {
		if !eachTest(m, yield) {
			return false
		}
	}
	return true
}

// looksAt lists the attributes of a test, and the DSRs that they need.
func (t *test) looksAt() ([]string, record.DSRSet) {
	switch t.op {
	case opPresent:
		return []string{"dsrs"}, record.Set(record.DSR(t.low))
	case opPort, opPorts:
		return portNames(t.sides), record.Set(record.DSRFlow)
	case opIPv4, opIPv6, opPrefixes:
		return []string{pick("saddr", "daddr", t.dst)}, record.Set(record.DSRFlow)
	case opOuter:
		names := map[record.DSR][2]string{record.DSRGRE: {"sgreaddr", "dgreaddr"}, record.DSRGeneve: {"sgenaddr", "dgenaddr"}}
		pair := names[record.DSR(t.keys)]
		return []string{pick(pair[0], pair[1], t.dst)}, record.Set(record.DSR(t.keys))
	case opARPMAC:
		return []string{"saddr", "state"}, record.Set(record.DSRFlow, record.DSRNetwork)
	case opInterface:
		return []string{"inf"}, record.Set(record.DSRTransport)
	case opDecimal:
		return decimals[t.decimal].looksAt(t.dst)
	case opCompare:
		return t.ref.(*comparison).looksAt()
	case opAttributeIn:
		a := t.ref.(*attributeSet).attr
		return []string{a.Name}, a.From
	case opSearch:
		return t.ref.(*searcher).looksAt()
	}
	return fields[t.field].looksAt(t.dst)
}

func portNames(sides uint8) []string {
	switch sides {
	case srcSide:
		return []string{"sport"}
	case dstSide:
		return []string{"dport"}
	}
	return []string{"sport", "dport"}
}

func (f *fieldInfo) looksAt(dst bool) ([]string, record.DSRSet) {
	name := f.src
	if dst && f.dst != "" {
		name = f.dst
	}
	return []string{name}, record.Set(f.dsrs...)
}

func (c *comparison) looksAt() (names []string, from record.DSRSet) {
	attributes := []*record.Attribute{c.attr, c.other}
	for _, f := range []*formula{c.left, c.right} {
		if f != nil {
			attributes = append(attributes, f.attrs...)
		}
	}
	for _, a := range attributes {
		if a != nil {
			names, from = append(names, a.Name), from|a.From
		}
	}
	return names, from
}

func (s *searcher) looksAt() ([]string, record.DSRSet) {
	switch s.source {
	case searchData:
		return []string{"suser", "duser"}, record.Set(record.DSRSrcData, record.DSRDstData)
	}
	return []string{s.attr.Name}, s.attr.From
}
