package filter

import "fmt"

// Warning tells of a filter that is right, but may not mean what its author
// thinks.
type Warning struct {
	Span           // the piece of the text
	Message string // one sentence
}

// String is the message with its place.
func (w Warning) String() string { return fmt.Sprintf("column %d: %s", w.Offset+1, w.Message) }

// Warnings looks at a tree that Parse made for what is often meant otherwise:
// "and" and "or" side by side without parentheses, "less" and "not equal" of
// either side, and tests that no record can pass.
func (o Options) Warnings(t *Tree) []Warning {
	w := warner{}
	w.syntax(t.Root)
	if checked, err := o.Check(t); err == nil {
		w.semantics.registry = o.registry()
		w.leaves(checked.Root)
	}
	return w.warnings
}

type warner struct {
	semantics semantics
	warnings  []Warning
}

func (w *warner) add(at Span, format string, args ...any) {
	w.warnings = append(w.warnings, Warning{at, fmt.Sprintf(format, args...)})
}

// syntax warns of what can be seen before names are resolved.
func (w *warner) syntax(n Node) {
	switch n := n.(type) {
	case *And:
		for _, t := range n.Terms {
			if or, ok := t.(*Or); ok && !or.Grouped {
				w.mixed(n.Span)
			}
			w.syntax(t)
		}
	case *Or:
		for _, t := range n.Terms {
			if and, ok := t.(*And); ok && !and.Grouped {
				w.mixed(n.Span)
			}
			w.syntax(t)
		}
	case *Not:
		w.syntax(n.X)
	case *Test:
		w.eitherSide(n)
	}
}

func (w *warner) mixed(at Span) {
	w.add(at, `"and" and "or" are equal in precedence and go from the left: parentheses say what is meant`)
}

// eitherSide warns of relations that nearly every record passes with one side.
func (w *warner) eitherSide(t *Test) {
	info := heads[t.Head.Kind]
	either := t.Head.Direction == NoDirection && !info.jointly || t.Head.Direction == Either
	if !info.sided || !either {
		return
	}
	switch t.Relation {
	case NotEqual:
		w.add(t.Span, `true if either side differs: "not %s" asks that none is equal`, t.Head.Kind)
	case Less, LessOrEqual:
		w.add(t.Span, `true if either side is less: "src and dst %s" asks for both`, t.Head.Kind)
	}
}

// largest are the largest values of fields that are not numbers of 32 bits.
var largest = map[field]uint64{
	fieldTTL: 0xFF, fieldTOS: 0xFF, fieldDSB: 0x3F, fieldIPID: 0xFFFF, fieldVID: 0xFFF, fieldPriority: 7, fieldMPLS: 1<<20 - 1,
	fieldMaskLength: 128, fieldLocality: 0xFF, fieldMSS: 0xFFFF, fieldSPI: 1<<32 - 1, fieldTCPBase: 1<<32 - 1, fieldSeq: 1<<32 - 1,
}

// leaves warns of the tests of a checked tree that no record can pass.
func (w *warner) leaves(n Node) {
	switch n := n.(type) {
	case *And:
		w.each(n.Terms)
	case *Or:
		w.each(n.Terms)
	case *Not:
		w.leaves(n.X)
	case *Test:
		if optimise(possible(w.semantics.meaning(n))) == never {
			w.add(n.Span, "no record can pass this test")
		}
	}
}

func (w *warner) each(nodes []Node) {
	for _, n := range nodes {
		w.leaves(n)
	}
}

// possible replaces tests for values that a field cannot have.
func possible(c cond) cond {
	switch c := c.(type) {
	case *test:
		limit, ok := largest[c.field]
		if c.op == opPort {
			limit, ok = 0xFFFF, true
		}
		if ok && (c.op == opRange || c.op == opPort) && !c.invert && c.low > limit {
			return never
		}
	case negation:
		return negation{possible(c.x)}
	case allOf:
		return allOf(allPossible(c))
	case anyOf:
		return anyOf(allPossible(c))
	}
	return c
}

func allPossible(members []cond) []cond {
	out := make([]cond, len(members))
	for i, m := range members {
		out[i] = possible(m)
	}
	return out
}
