package packetfilter

// precedences of the arithmetic operators, as they are in C. "%" and "^" have
// none in libpcap's grammar, which makes them take everything to their right
// and only one operand to their left.
var precedences = map[string]int{
	"|": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5, "/": 5,
}

func isGreedy(t token) bool { return t.isOneOf("%", "^") }

// isArithmetic reports whether a token goes on with, or ends, the number before
// it as part of a relation.
func isArithmetic(t token) bool {
	_, ok := precedences[t.text]
	return t.kind == tokenOperator && (ok || isGreedy(t) || isRelation(t))
}

func isRelation(t token) bool { return t.isOneOf("=", "!=", "<", "<=", ">", ">=") }

// startsNumber reports whether the next token begins a relation, rather than
// another condition.
func (p *parser) startsNumber() bool {
	t := p.peek()
	switch {
	case t.isOneOf("-", "len", "length"):
		return true
	case t.kind == tokenNumber:
		return isArithmetic(p.peekAt(1))
	case t.is("("):
		return isArithmetic(p.tokens[p.closing[p.at]+1])
	}
	_, named := protocolWords[t.text]
	return named && t.kind == tokenWord && p.peekAt(1).is("[")
}

// relation parses two numbers and what is between them.
func (p *parser) relation() (expr, error) {
	left, err := p.number(0)
	if err != nil {
		return nil, err
	}
	t := p.next()
	if !isRelation(t) {
		return nil, p.fail(t, "unexpected %s, expected an operator or a comparison: = != < <= > >=", t)
	}
	right, err := p.number(0)
	return &relation{operator: t.text, left: left, right: right, at: t}, err
}

// number parses operands joined by operators that bind tighter than precedence.
func (p *parser) number(precedence int) (number, error) {
	left, err := p.unary()
	for err == nil {
		t := p.peek()
		binds, ok := precedences[t.text]
		switch {
		case isGreedy(t):
			binds = 0
		case !ok || t.kind != tokenOperator || binds <= precedence:
			return left, nil
		}
		p.next()
		var right number
		right, err = p.number(binds)
		left = &operation{operator: t.text, left: left, right: right, at: t}
	}
	return left, err
}

const tightest = 6

func (p *parser) unary() (number, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	t := p.next()
	switch {
	case t.is("-"):
		of, err := p.number(tightest)
		return &minus{of: of}, err
	case t.is("("):
		n, err := p.number(0)
		if err == nil && !p.accept(")") {
			err = p.fail(p.peek(), "unexpected %s, expected an operator or \")\"", p.peek())
		}
		return n, err
	case t.isOneOf("len", "length"):
		return length{}, nil
	case t.kind == tokenNumber:
		return constant(t.number), nil
	}
	protocol, named := protocolWords[t.text]
	if !named || t.kind != tokenWord {
		return nil, p.fail(t, "unexpected %s, expected a number, len or bytes of a header such as ip[8]", t)
	}
	return p.access(t, protocol)
}

// access parses what follows the protocol in "tcp[12:2]".
func (p *parser) access(at token, protocol protocol) (number, error) {
	if !p.accept("[") {
		return nil, p.fail(p.peek(), "unexpected %s, expected \"[\"", p.peek())
	}
	index, err := p.number(0)
	if err != nil {
		return nil, err
	}
	a := &access{protocol: protocol, index: index, size: 1, at: at}
	if p.accept(":") {
		size := p.next()
		if size.kind != tokenNumber || size.number != 1 && size.number != 2 && size.number != 4 {
			return nil, p.fail(size, "unexpected %s, expected a size of 1, 2 or 4 bytes", size)
		}
		a.size = size.number
	}
	if !p.accept("]") {
		return nil, p.fail(p.peek(), "unexpected %s, expected an operator or \"]\"", p.peek())
	}
	return a, nil
}
