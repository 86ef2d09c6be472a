package filter

import "strings"

// operand reads what follows a head: a value with or without a relation, a set,
// a negation, or alternatives in parentheses.
func (p *parser) operand(head Head) (Node, error) {
	t := p.peek()
	switch {
	case t.Kind == TokenNot:
		return p.negated(func() (Node, error) { return p.operand(head) })
	case t.is("("):
		return p.parenthesised(func() (Node, error) { return p.alternatives(head) })
	case p.atSet():
		set, err := p.set()
		if err != nil {
			return nil, err
		}
		return &Member{Span: head.Span.through(set.Span), Head: head, Set: set}, nil
	case p.atRelation():
		relation := p.relation()
		v, err := p.related(head)
		if err != nil {
			return nil, err
		}
		return &Test{Span: p.testSpan(head, t.Span, v), Head: head, Relation: relation, Explicit: true, Operand: v}, nil
	}
	c, err := p.simple(head)
	if err != nil {
		return nil, err
	}
	return &Test{Span: p.testSpan(head, c.Span, c), Head: head, Operand: c}, nil
}

// testSpan is the span of a test: from its head, or where the head is
// inherited, from its first token.
func (p *parser) testSpan(head Head, first Span, v Value) Span {
	if !head.Inherited && head.Offset <= first.Offset {
		first = head.Span
	}
	return first.through(v.Source())
}

// alternatives reads operands joined by "and" and "or", all of one head.
func (p *parser) alternatives(head Head) (Node, error) {
	if p.atRelation() {
		return nil, p.unexpected("operand")
	}
	x, err := p.operand(head)
	head.Inherited = true
	for err == nil {
		kind := p.peek().Kind
		if kind != TokenAnd && kind != TokenOr {
			return x, nil
		}
		p.pos++
		var y Node
		if y, err = p.operand(head); err == nil {
			x = join(kind, x, y)
		}
	}
	return nil, err
}

// simple reads one operand without a relation.
func (p *parser) simple(head Head) (*Constant, error) {
	t := p.peek()
	if !isOperandKind(t.Kind) && !p.keywordAsName(head, t) {
		switch {
		case head.Direction != NoDirection && head.Kind == "host" && !head.Inherited:
			return nil, p.unexpected("operand", "flag")
		case t.Kind == TokenEnd && p.pos > 0 && (p.tokens[p.pos-1].Kind == TokenOr || p.tokens[p.pos-1].Kind == TokenAnd):
			return nil, p.unexpected("term", "operand")
		}
		return nil, p.unexpected("operand")
	}
	return p.constant()
}

// keywordAsName reports whether a keyword stands for itself as a name: a
// protocol after "proto", a country code, or a word that was not written in
// lower case directly after the head of a name.
func (p *parser) keywordAsName(head Head, t Token) bool {
	if t.Kind != TokenKeyword && t.Kind != TokenOr || p.source(t) == "" || !isAlnum(p.source(t)[0]) {
		return false
	}
	switch head.Kind {
	case "proto":
		return t.Class == ClassProtocol || t.Capital
	case "co":
		return t.Capital && t.Length == 2
	case "host", "net", "srcid", "node", "inf", "gateway", "port":
		return t.Capital && t.Kind == TokenKeyword && !head.Inherited
	}
	return false
}

// constant reads a literal, with its prefix length, mask or interface.
func (p *parser) constant() (*Constant, error) {
	t := p.next()
	c := &Constant{Span: t.Span, Kind: t.Kind, Text: t.Text}
	if t.Kind == TokenKeyword || t.Kind == TokenOr {
		c.Kind, c.Text = TokenName, p.source(t)
	}
	switch {
	case t.Kind == TokenName && !strings.Contains(t.Text, "."), t.Kind == TokenString, t.Kind == TokenColons, t.Kind == TokenKeyword:
		return c, nil
	case t.Kind == TokenUUID && p.peek().is("/"):
		return c, p.suffix(c, "interface name", TokenString)
	case p.peek().is("/"):
		return c, p.suffix(c, "prefix length", TokenNumber)
	case t.Kind == TokenIPv4 && p.peek().is("mask"):
		return c, p.mask(c)
	}
	return c, nil
}

// suffix reads "/" and what follows.
func (p *parser) suffix(c *Constant, what string, kind TokenKind) error {
	p.pos++
	if p.peek().Kind != kind {
		return p.unexpected(what)
	}
	t := p.next()
	c.Suffix, c.At = t.Text, t.Span
	c.Span = c.Span.through(t.Span)
	return nil
}

// mask reads "mask" and an address.
func (p *parser) mask(c *Constant) error {
	p.pos++
	t := p.peek()
	if t.Kind != TokenIPv4 {
		if isOperandKind(t.Kind) {
			return p.fail(BadAddress, t.Span, "a mask is written like an address", "IPv4 mask")
		}
		return p.unexpected("IPv4 mask")
	}
	p.pos++
	c.Suffix, c.At, c.Mask = t.Text, t.Span, true
	c.Span = c.Span.through(t.Span)
	return nil
}

// atRelation reports whether a relation comes next. The words ge, le and ne
// are names unless something that can be compared follows.
func (p *parser) atRelation() bool { return p.relationAt(0) }

func (p *parser) relationAt(n int) bool {
	t := p.at(n)
	if t.Kind == TokenKeyword && t.Class == ClassRelation {
		// "co LT" is Lithuania, not a relation without its operand.
		return !t.Capital || !p.endsAt(n+1)
	}
	if p.classic || t.Kind != TokenName || t.Escaped {
		return false
	}
	_, ok := relationSynonyms[strings.ToLower(t.Text)]
	return ok && !p.endsAt(n+1)
}

// endsAt reports whether a term ends before the token n ahead.
func (p *parser) endsAt(n int) bool {
	t := p.at(n)
	return t.Kind == TokenEnd || t.Kind == TokenAnd || t.Kind == TokenOr || t.is(")")
}

func (p *parser) relation() Relation {
	t := p.next()
	if t.Kind == TokenName {
		return relationOf(relationSynonyms[strings.ToLower(t.Text)])
	}
	return relationOf(t.Text)
}

// related reads what follows a relation: a number, or any value of arithmetic.
func (p *parser) related(head Head) (Value, error) {
	if p.classic {
		return p.classicNumber()
	}
	return p.value(0)
}

// classicNumber reads a number in any number of parentheses.
func (p *parser) classicNumber() (Value, error) {
	opened := 0
	for p.accept("(") {
		opened++
	}
	if k := p.peek().Kind; k != TokenNumber && k != TokenFloat {
		return nil, p.unexpected("number")
	}
	c, err := p.constant()
	for ; opened > 0 && err == nil; opened-- {
		if !p.accept(")") {
			err = p.unexpected(")")
		}
	}
	return c, err
}

// atSet reports whether "in {" or "in file" comes next.
func (p *parser) atSet() bool { return p.setAt(0) }

func (p *parser) setAt(n int) bool {
	t := p.at(n)
	if p.classic || t.Kind != TokenName || t.Escaped || !strings.EqualFold(t.Text, "in") {
		return false
	}
	next := p.at(n + 1)
	return next.is("{") || next.Kind == TokenName && strings.EqualFold(next.Text, "file") && p.at(n+2).Kind == TokenString
}

// set reads "in { element , ... }" or "in file "name"".
func (p *parser) set() (Set, error) {
	in := p.next()
	if !p.accept("{") {
		p.pos++
		name := p.next()
		return Set{Span: in.Span.through(name.Span), File: name.Text, IsFile: true}, nil
	}
	set := Set{}
	for {
		element, err := p.element()
		if err != nil {
			return set, err
		}
		set.Elements = append(set.Elements, element)
		if p.accept(",") {
			continue
		}
		if !p.accept("}") {
			return set, p.unexpected(",", "}")
		}
		set.Span = in.Span.through(p.tokens[p.pos-1].Span)
		return set, nil
	}
}

// element reads a value or a range: 80, 80-90, 192.0.2.1 - 192.0.2.9.
func (p *parser) element() (Range, error) {
	t := p.peek()
	if !isOperandKind(t.Kind) && (t.Kind != TokenKeyword || t.Class == ClassRelation && !t.Capital) {
		return Range{}, p.unexpected("element of a set")
	}
	first, err := p.constant()
	if err != nil {
		return Range{}, err
	}
	if first.Kind == TokenName && !t.Escaped {
		if a, b, ok := splitRange(first); ok {
			return Range{First: a, Last: b}, nil
		}
	}
	if !p.accept("-") {
		return Range{First: first}, nil
	}
	if !isOperandKind(p.peek().Kind) {
		return Range{}, p.unexpected("end of the range")
	}
	last, err := p.constant()
	return Range{First: first, Last: last}, err
}

// splitRange takes a name like "80-90" or "192.0.2.1-192.0.2.9" apart.
func splitRange(c *Constant) (first, last *Constant, ok bool) {
	a, b, ok := strings.Cut(c.Text, "-")
	if !ok || !isRangeEnd(a) || !isRangeEnd(b) {
		return nil, nil, false
	}
	part := func(text string, offset int) *Constant {
		return &Constant{Span: Span{Offset: offset, Length: len(text)}, Kind: rangeEndKind(text), Text: text}
	}
	return part(a, c.Offset), part(b, c.Offset+len(a)+1), true
}

func isRangeEnd(s string) bool {
	return s != "" && isDigit(s[0]) && rangeEndKind(s) != TokenEnd
}

// rangeEndKind tells what kind of number or address a part of a range is.
func rangeEndKind(s string) TokenKind {
	if isIPv4(s) {
		return TokenIPv4
	}
	if kind, n := scanNumber(s); n == len(s) {
		return kind
	}
	if _, _, ok := splitUnit(s); ok {
		return TokenName
	}
	return TokenEnd
}
