package filter

import "strings"

// atComparison reports whether the next term is a comparison of values, a
// search or a set of an attribute: what begins with a number, a name or a
// parenthesis and goes on with an operator. None of these forms is a filter in
// the grammar of old, but for numbers compared by signs.
func (p *parser) atComparison() bool {
	t := p.peek()
	switch {
	case t.is("("):
		end := p.closing[p.pos]
		if end < 0 {
			return false
		}
		n := int(end) - p.pos + 1
		return p.operatorAt(n) || p.relationAt(n)
	case t.Kind == TokenNumber || t.Kind == TokenFloat:
		if p.current != nil && p.current.Kind == "net" && p.at(1).is("/") {
			return false
		}
		return p.operatorAt(1) || p.relationAt(1)
	case p.classic:
		return false
	case t.Kind == TokenName:
		return p.operatorAt(1) || p.relationAt(1) || p.searchAt(1) || p.setAt(1)
	case t.Kind == TokenKeyword:
		return p.keywordAsAttribute(t)
	}
	return false
}

// keywordAsAttribute reports whether a keyword stands for the attribute of
// its name: before an arithmetic operator or a search, where no keyword could
// stand, and before a relation or set for the words that take none.
func (p *parser) keywordAsAttribute(t Token) bool {
	switch t.Class {
	case ClassRelation, ClassLength, ClassMask, ClassProtocol, ClassCast, ClassReserved:
		return false
	}
	if p.searchAt(1) || p.operatorAt(1) && p.at(1).Kind == TokenPunct {
		return true
	}
	switch t.Class {
	case ClassState, ClassFlag, ClassOption:
		return p.relationAt(1) || p.setAt(1)
	}
	return false
}

// operatorAt reports whether an arithmetic operator is n tokens ahead; a number
// with a sign counts as one.
func (p *parser) operatorAt(n int) bool {
	t := p.at(n)
	if t.Kind == TokenPunct {
		return precedence(t.Text) > 0
	}
	return !p.classic && isSigned(t)
}

func isSigned(t Token) bool {
	return (t.Kind == TokenNumber || t.Kind == TokenFloat) && (t.Text[0] == '-' || t.Text[0] == '+')
}

func (p *parser) searchAt(n int) bool {
	return p.at(n).is("~") || p.at(n).is("!~")
}

// precedence of the arithmetic operators, from the loosest; 0 for others.
func precedence(operator string) int {
	switch operator {
	case "|":
		return 1
	case "&":
		return 2
	case "<<", ">>":
		return 3
	case "+", "-":
		return 4
	case "*", "/":
		return 5
	}
	return 0
}

// comparison reads "value relation value", a search or a set of an attribute.
func (p *parser) comparison() (Node, error) {
	p.current = nil
	x, err := p.value(0)
	if err != nil {
		return nil, err
	}
	attribute, isAttribute := x.(*Attribute)
	switch {
	case isAttribute && p.searchAt(0):
		return p.search(attribute)
	case isAttribute && p.atSet():
		set, err := p.set()
		if err != nil {
			return nil, err
		}
		return &Member{Span: x.Source().through(set.Span), Attribute: attribute, Set: set}, nil
	case !p.atRelation():
		return nil, p.unexpected("relation")
	}
	relation := p.relation()
	y, err := p.value(0)
	if err != nil {
		return nil, err
	}
	return &Compare{Span: x.Source().through(y.Source()), X: x, Relation: relation, Y: y}, nil
}

func (p *parser) search(a *Attribute) (Node, error) {
	negated := p.next().is("!~")
	t := p.peek()
	if t.Kind != TokenString {
		return nil, p.unexpected("quoted regular expression")
	}
	p.pos++
	return &Search{Span: a.Span.through(t.Span), Attribute: a, Negated: negated, Pattern: t.Text, Operand: t.Span}, nil
}

// value reads arithmetic whose operators bind tighter than the given precedence.
func (p *parser) value(loosest int) (Value, error) {
	x, err := p.primary()
	for err == nil {
		operator, binds, signed := p.operator()
		if binds <= loosest {
			return x, nil
		}
		if !signed { // the sign of a signed number is the operator: the number stays
			p.pos++
		}
		var y Value
		if y, err = p.value(binds); err == nil {
			x = &Binary{Span: x.Source().through(y.Source()), Operator: operator, X: x, Y: y}
		}
	}
	return nil, err
}

// operator looks at the next operator. A signed number after a value is a sum.
func (p *parser) operator() (operator string, binds int, signed bool) {
	t := p.peek()
	if t.Kind == TokenPunct {
		return t.Text, precedence(t.Text), false
	}
	if !p.classic && isSigned(t) {
		return "+", precedence("+"), true
	}
	return "", 0, false
}

// primary reads a number, a literal, an attribute or a parenthesis.
func (p *parser) primary() (Value, error) {
	t := p.peek()
	switch {
	case t.is("("):
		var x Value
		_, err := p.parenthesised(func() (Node, error) {
			var err error
			x, err = p.value(0)
			return nil, err
		})
		return x, err
	case t.Kind == TokenNumber || t.Kind == TokenFloat:
		p.pos++
		return &Constant{Span: t.Span, Kind: t.Kind, Text: t.Text}, nil
	case t.is("len"):
		return nil, p.fail(NotSupported, t.Span, "the length of packets is not in a record")
	case t.Kind == TokenKeyword && t.Class == ClassProtocol && p.at(1).is("["):
		return nil, p.fail(NotSupported, t.Span, "records hold no packet bytes to compare")
	case p.classic:
		return nil, p.unexpected("number")
	case t.Kind == TokenName:
		if _, _, ok := splitUnit(t.Text); ok && !t.Escaped || looksLikeAddress(t.Text) {
			return p.constant()
		}
		p.pos++
		return &Attribute{Span: t.Span, Name: t.Text, Escaped: t.Escaped}, nil
	case t.Kind == TokenKeyword && t.Class != ClassRelation && t.Class != ClassMask:
		p.pos++
		return &Attribute{Span: t.Span, Name: strings.ToLower(p.source(t))}, nil
	case isOperandKind(t.Kind):
		return p.constant()
	}
	return nil, p.unexpected("number")
}

// looksLikeAddress reports whether a name is digits and dots only, like 192.168.1.
func looksLikeAddress(s string) bool {
	return isDigit(s[0]) && count(s, func(c byte) bool { return isDigit(c) || c == '.' }) == len(s)
}
