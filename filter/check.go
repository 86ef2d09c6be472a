package filter

import (
	"fmt"
	"slices"
	"strings"
)

// Check resolves the names of a tree and finds everything wrong with it that
// is not a matter of grammar. The tree that it returns is canonical: every
// operand with its own head, numbers in decimal, names resolved. Errors are of
// type [*Error].
func (o Options) Check(t *Tree) (*Tree, error) {
	if t.checked {
		return t, nil
	}
	c := checker{Options: o, text: t.Text}
	root, err := c.node(t.Root)
	if err != nil {
		return nil, err
	}
	return &Tree{Text: t.Text, Root: root, checked: true}, nil
}

type checker struct {
	Options
	text string
}

func (c *checker) fail(code Code, at Span, message string, expected ...string) error {
	return &Error{Code: code, Span: at, Text: c.text, Message: message, Expected: expected}
}

// near adds a suggestion to an error.
func near(err error, word string, candidates func(func(string) bool)) error {
	if e, ok := err.(*Error); ok {
		e.Near = nearest(word, candidates)
	}
	return err
}

func (c *checker) node(n Node) (Node, error) {
	switch n := n.(type) {
	case *And:
		terms, err := c.terms(n.Terms, true)
		return &And{Span: n.Span, Terms: terms}, err
	case *Or:
		terms, err := c.terms(n.Terms, false)
		return &Or{Span: n.Span, Terms: terms}, err
	case *Not:
		x, err := c.node(n.X)
		return &Not{Span: n.Span, X: x}, err
	case *Word:
		return c.word(n)
	case *Flag:
		return c.flag(n)
	case *Test:
		return c.test(n)
	case *Member:
		return c.member(n)
	case *Compare:
		return c.compare(n)
	case *Search:
		return c.search(n)
	}
	return n, nil
}

// terms checks the terms of an And, or of an Or. Those of a term of the same
// kind become terms of their own.
func (c *checker) terms(terms []Node, and bool) ([]Node, error) {
	var checked []Node
	for _, t := range terms {
		x, err := c.node(t)
		if err != nil {
			return nil, err
		}
		switch x := x.(type) {
		case *And:
			if and {
				checked = append(checked, x.Terms...)
				continue
			}
		case *Or:
			if !and {
				checked = append(checked, x.Terms...)
				continue
			}
		}
		checked = append(checked, x)
	}
	return checked, nil
}

func (c *checker) word(w *Word) (Node, error) {
	switch {
	case w.Class == ClassCast && w.Protocol != "ip" && w.Protocol != "ether":
		return nil, c.fail(BadQualifier, w.Span, fmt.Sprintf("%s of what?", w.Name), "ether", "ip")
	case w.Class == ClassProtocol && w.Name == "ether":
		return nil, c.fail(BadQualifier, w.Span, "the link layer alone is no test", "host", "src", "dst", "proto", "broadcast", "multicast")
	case w.Name == "anon", w.Name == "svc":
		return nil, c.fail(NotSupported, w.Span, fmt.Sprintf("nothing in a record answers %q", w.Name))
	}
	return w, nil
}

// Flags that have no side.
var sidelessFlags = []string{"reuse", "fragonly", "hello", "lsp", "csnp", "psnp"}

func (c *checker) flag(f *Flag) (Node, error) {
	if f.Name == "dup" {
		return nil, c.fail(NotSupported, f.Span, `nothing in a record answers "dup"`)
	}
	head := f.Head
	if err := c.condition(head); err != nil {
		return nil, err
	}
	// After a protocol a flag needs a direction, if only for the grammar.
	if sideless := slices.Contains(sidelessFlags, f.Name); head.Direction == Either || sideless {
		head.Direction = NoDirection
		if head.Protocol != "" {
			head.Direction = Either
		}
	}
	return &Flag{Span: f.Span, Head: head, Name: f.Name}, nil
}

// condition checks a protocol that is one more condition of a test.
func (c *checker) condition(h Head) error {
	switch h.Protocol {
	case "ether":
		return c.fail(BadQualifier, h.Span, "the link layer has no such test", "host", "src", "dst", "proto", "broadcast", "multicast")
	case "anon":
		return c.fail(NotSupported, h.Span, `nothing in a record answers "anon"`)
	}
	return nil
}

// head checks the qualifiers of a head and brings it to its canonical form.
func (c *checker) head(h Head) (Head, headInfo, error) {
	info := heads[h.Kind]
	if info.operand == takesNothing {
		return h, info, c.fail(NotSupported, h.Span,
			fmt.Sprintf(`%q has no test of this form; the attribute is written \%s`, h.Kind, h.Kind))
	}
	if h.Direction.byLocality() && h.Kind != "host" && h.Kind != "net" {
		return h, info, c.fail(BadQualifier, h.Span, "only host and net can be local or remote", "src", "dst")
	}
	if h.Direction.byLocality() && h.Protocol != "" && !strings.HasPrefix(h.Protocol, "ip") {
		return h, info, c.fail(BadQualifier, h.Span, fmt.Sprintf("%s addresses are not local or remote", h.Protocol), "ip")
	}
	allowed, special := protocolsBefore[h.Kind]
	switch {
	case special && h.Protocol != "" && !slices.Contains(allowed, h.Protocol):
		return h, info, c.fail(BadQualifier, h.Span, fmt.Sprintf("%q does not go with %q", h.Protocol, h.Kind), allowed...)
	case !special:
		if err := c.condition(h); err != nil {
			return h, info, err
		}
	}
	if !info.sided || h.Direction == Either && !info.jointly {
		h.Direction = NoDirection
	}
	if h.Direction == Both && info.jointly {
		h.Direction = NoDirection
	}
	h.Inherited = false
	return h, info, nil
}

// test checks a head with its operand.
func (c *checker) test(t *Test) (Node, error) {
	head, info, err := c.head(t.Head)
	if err != nil {
		return nil, err
	}
	checked := &Test{Span: t.Span, Head: head, Relation: t.Relation, Explicit: t.Explicit}
	operand := t.Operand
	if a, ok := operand.(*Attribute); ok && c.isName(head, info, a) {
		operand = &Constant{Span: a.Span, Kind: TokenName, Text: c.text[a.Offset:a.End()]}
	}
	if constant, ok := operand.(*Constant); ok {
		return c.operand(checked, info, constant)
	}
	return c.arithmeticTest(checked, info, operand)
}

// isName reports whether what reads like an attribute is the name of an
// operand: after heads that take names, and where there is no such attribute.
func (c *checker) isName(head Head, info headInfo, a *Attribute) bool {
	switch info.operand {
	case takesInteger, takesFloat, takesASN:
		return !c.hasAttribute(a)
	case takesPort:
		_, service := c.service(a.Name)
		return service || !c.hasAttribute(a)
	}
	return !a.Escaped
}

// operand checks a constant by what the head takes.
func (c *checker) operand(t *Test, info headInfo, k *Constant) (Node, error) {
	ordered := false
	switch info.operand {
	case takesInteger, takesFloat, takesPort, takesProtocol, takesCodePoint, takesASN:
		ordered = true
	}
	if !ordered && t.Relation != Equal && t.Relation != NotEqual {
		return nil, c.fail(BadQualifier, k.Span, fmt.Sprintf("%q cannot be greater or less", t.Head.Kind), "eq", "neq")
	}
	switch info.operand {
	case takesInteger:
		return c.integer(t, info, k)
	case takesFloat:
		return c.float(t, info, k)
	case takesPort:
		return c.port(t, k)
	case takesHost, takesNet, takesInode:
		return c.address(t, k)
	case takesProtocol:
		return c.protocol(t, k)
	case takesCodePoint:
		return c.codePoint(t, k)
	case takesCountry:
		return c.country(t, k)
	case takesASN:
		return c.asn(t, k)
	case takesClass:
		return c.class(t, k)
	case takesSourceID, takesUUID, takesNode:
		return c.sourceID(t, info, k)
	case takesInterface:
		return c.interfaceName(t, k)
	}
	return c.gateway(t, k)
}

// with completes a test with a resolved operand.
func (t *Test) with(k *Constant) *Test {
	t.Operand = k
	return t
}

// resolvedNumber is a constant whose text is the decimal number v.
func resolvedNumber(at Span, v uint64) *Constant {
	return &Constant{Span: at, Kind: TokenNumber, Text: string(appendInt(nil, v)), resolved: resolution{number: v}}
}

// number reads the integer of a constant, with a suffix if the scale has any.
func (c *checker) number(k *Constant, s scale) (uint64, error) {
	switch k.Kind {
	case TokenNumber:
		if v, ok := parseInteger(k.Text); ok && k.Suffix == "" {
			return v, nil
		}
		return 0, c.fail(BadNumber, k.Span, fmt.Sprintf("%q is not an unsigned integer", clip(k.Text)), s.expected("integer"))
	case TokenName:
		digits, u, ok := splitUnit(k.Text)
		if !ok && (k.Text == "" || !isDigit(k.Text[0])) {
			break
		}
		factor, fits := s.factor(u)
		v, numeric := parseFloat(digits)
		if x := v * factor; ok && fits && numeric && x >= 0 && x < 1<<63 && x == float64(uint64(x)) {
			return uint64(x), nil
		}
		return 0, c.fail(BadNumber, k.Span, fmt.Sprintf("%q is not a number that fits here", clip(k.Text)), s.expected("integer"))
	}
	return 0, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not an integer", clip(k.Text)), s.expected("integer"))
}

func (c *checker) integer(t *Test, info headInfo, k *Constant) (Node, error) {
	v, err := c.number(k, info.scale)
	if err != nil {
		return nil, err
	}
	return t.with(resolvedNumber(k.Span, v)), nil
}

// decimal reads a number with or without a fraction.
func (c *checker) decimal(k *Constant, s scale) (float64, error) {
	switch k.Kind {
	case TokenNumber, TokenFloat:
		if v, ok := parseFloat(k.Text); ok && k.Suffix == "" {
			return v, nil
		}
		return 0, c.fail(BadNumber, k.Span, fmt.Sprintf("%q is not a number", clip(k.Text)), s.expected("number"))
	case TokenName:
		digits, u, ok := splitUnit(k.Text)
		if !ok && (k.Text == "" || !isDigit(k.Text[0])) {
			break
		}
		factor, fits := s.factor(u)
		if v, numeric := parseFloat(digits); ok && fits && numeric {
			return v * factor, nil
		}
		return 0, c.fail(BadNumber, k.Span, fmt.Sprintf("%q is not a number that fits here", clip(k.Text)), s.expected("number"))
	}
	return 0, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not a number", clip(k.Text)), s.expected("number"))
}

func (c *checker) float(t *Test, info headInfo, k *Constant) (Node, error) {
	v, err := c.decimal(k, info.scale)
	if err != nil {
		return nil, err
	}
	// With its point even where there is no fraction: for some tests of old,
	// whole numbers are something else.
	text := formatFloat(v)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return t.with(&Constant{Span: k.Span, Kind: TokenFloat, Text: text, resolved: resolution{decimal: v}}), nil
}
