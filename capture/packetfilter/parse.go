package packetfilter

import "fmt"

const (
	maxLength  = 64 << 10 // of an expression, in bytes
	maxNesting = 200      // of parentheses, brackets and prefix operators
)

// parser turns tokens into a tree by recursive descent.
type parser struct {
	expr    string
	tokens  []token
	at      int
	closing []int // for each opening parenthesis or bracket the token that closes it
	depth   int
}

// parse returns nil for an expression without tokens.
func parse(text string) (expr, error) {
	if len(text) > maxLength {
		return nil, &Error{Expr: text, Offset: maxLength, Message: fmt.Sprintf("the expression is longer than %d bytes", maxLength)}
	}
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{expr: text, tokens: tokens}
	if err := p.pair(); err != nil {
		return nil, err
	}
	if len(tokens) == 1 {
		return nil, nil
	}
	tree, _, err := p.condition(qualifier{})
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, p.fail(t, "unexpected %s, expected \"and\", \"or\" or the end", t)
	}
	return tree, nil
}

// pair finds out which parentheses and brackets belong together, so that the
// parser can look beyond them.
func (p *parser) pair() error {
	p.closing = make([]int, len(p.tokens))
	var open []int
	for i, t := range p.tokens {
		switch {
		case t.isOneOf("(", "["):
			open = append(open, i)
			if len(open) > maxNesting {
				return p.fail(t, "nested more than %d deep", maxNesting)
			}
		case t.isOneOf(")", "]"):
			if len(open) == 0 || p.tokens[open[len(open)-1]].is("(") != t.is(")") {
				return p.fail(t, "%s closes nothing", t)
			}
			p.closing[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t := p.tokens[open[len(open)-1]]
		return p.fail(t, "%s is never closed", t)
	}
	return nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

// peekAt looks n tokens ahead.
func (p *parser) peekAt(n int) token { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// accept consumes the next token if it is one of these.
func (p *parser) accept(texts ...string) bool {
	if p.peek().isOneOf(texts...) {
		p.at++
		return true
	}
	return false
}

func (p *parser) fail(t token, format string, args ...any) error {
	return &Error{Expr: p.expr, Offset: t.offset, Message: fmt.Sprintf(format, args...)}
}

// enter counts nesting that pair does not see.
func (p *parser) enter() error {
	if p.depth++; p.depth > 2*maxNesting {
		return p.fail(p.peek(), "nested more than %d deep", 2*maxNesting)
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// condition parses operands joined by "and" and "or", which have the same
// precedence. A value without qualifiers takes those of the operand before it;
// the first one takes q. The qualifiers of the last operand are returned.
func (p *parser) condition(q qualifier) (expr, qualifier, error) {
	left, q, err := p.operand(q)
	for err == nil && p.peek().isOneOf("and", "or") {
		or := p.next().text == "or"
		var right expr
		right, q, err = p.operand(q)
		left = &combination{or: or, left: left, right: right}
	}
	return left, q, err
}

func (p *parser) operand(q qualifier) (expr, qualifier, error) {
	if err := p.enter(); err != nil {
		return nil, q, err
	}
	defer p.leave()
	t := p.peek()
	switch {
	case p.startsNumber():
		tree, err := p.relation()
		return tree, qualifier{}, err
	case p.accept("not"):
		of, q, err := p.operand(q)
		return &negation{of: of}, q, err
	case t.is("(") && q.kind != noKind && p.groupsValues():
		tree, err := p.values(q)
		return tree, q, err
	case p.accept("("):
		tree, _, err := p.condition(q)
		if err == nil && !p.accept(")") {
			err = p.fail(p.peek(), "unexpected %s, expected \"and\", \"or\" or \")\"", p.peek())
		}
		return tree, q, err // what follows a group goes on from what was before it
	case p.startsValue():
		if q.kind == noKind {
			return nil, q, p.fail(t, "%s needs a word before it that says what it is, such as host, net, port or proto", t)
		}
		v, err := p.value(q)
		return &primitive{qualifier: q, value: v}, q, err
	case t.kind == tokenWord:
		return p.phrase()
	}
	return nil, q, p.fail(t, "unexpected %s, expected a condition", t)
}

// groupsValues reports whether the group that begins here is one of values, as
// in "port 80 or (53 or 443)".
func (p *parser) groupsValues() bool {
	start := p.at
	defer func() { p.at = start }()
	for !p.startsNumber() {
		if !p.accept("(", "not") {
			return p.startsValue()
		}
	}
	return false
}

// startsValue reports whether the next token is a value, or a word that is no
// word of the language and so can only be meant as a value.
func (p *parser) startsValue() bool {
	t := p.peek()
	switch t.kind {
	case tokenName, tokenNumber, tokenIPv4, tokenIPv6, tokenMAC:
		return true
	case tokenWord:
		return !isLanguage(t.text)
	}
	return false
}

// isLanguage reports whether a word belongs to the language.
func isLanguage(word string) bool {
	if _, ok := protocolWords[word]; ok {
		return true
	}
	if _, ok := valueKinds[word]; ok {
		return true
	}
	switch word {
	case "src", "dst", "and", "or", "not", "mask", "len", "length", "broadcast", "multicast", "less", "greater",
		"vlan", "mpls", "pppoed", "pppoes", "inbound", "outbound":
		return true
	}
	return refusedWords[word]
}

// phrase parses what begins with a word of the language.
func (p *parser) phrase() (expr, qualifier, error) {
	t := p.peek()
	if refusedWords[t.text] {
		return nil, qualifier{}, p.fail(t, "%s is not offered by this filter", t)
	}
	protocol, named := protocolWords[t.text]
	if named {
		p.next()
	}
	switch word := p.peek(); {
	case word.isOneOf("broadcast", "multicast"):
		p.next()
		return &special{word: word.text, protocol: protocol, at: word}, qualifier{}, nil
	case !named && word.isOneOf("less", "greater", "vlan", "mpls", "pppoed", "pppoes", "inbound", "outbound"):
		tree, err := p.special()
		return tree, qualifier{}, err
	}
	q, qualified, err := p.qualifiers(protocol)
	switch {
	case err != nil:
		return nil, q, err
	case qualified:
		tree, err := p.values(q)
		return tree, q, err
	case named:
		return &presence{protocol: protocol, at: t}, qualifier{}, nil
	}
	return nil, q, p.fail(t, "unexpected %s, expected a condition", t)
}

// special parses a condition with a word of its own.
func (p *parser) special() (expr, error) {
	t := p.next()
	s := &special{word: t.text, at: t}
	if t.isOneOf("inbound", "outbound", "pppoed") {
		return s, nil
	}
	if p.peek().kind == tokenNumber && !isArithmetic(p.peekAt(1)) {
		s.number, s.hasNumber = p.next().number, true
	} else if t.isOneOf("less", "greater") {
		return nil, p.fail(p.peek(), "unexpected %s, expected a length in bytes", p.peek())
	}
	return s, nil
}

// qualifiers parses direction and kind. It reports whether any was there.
func (p *parser) qualifiers(protocol protocol) (qualifier, bool, error) {
	q := qualifier{protocol: protocol, kind: anyKind}
	start := p.at
	if t := p.peek(); p.accept("src", "dst") {
		other := map[string]string{"src": "dst", "dst": "src"}[t.text]
		switch {
		case p.peek().is("or") && p.peekAt(1).is(other):
			p.at += 2
		case p.peek().is("and") && p.peekAt(1).is(other):
			p.at += 2
			q.direction = both
		case t.text == "src":
			q.direction = source
		default:
			q.direction = destination
		}
	}
	t := p.peek()
	if t.kind == tokenWord && refusedWords[t.text] {
		return q, false, p.fail(t, "%s is not offered by this filter", t)
	}
	if kind, ok := valueKinds[t.text]; ok && t.kind == tokenWord {
		if kind == protoKind && p.at > start {
			return q, false, p.fail(t, "proto has no direction, expected host, net, port or portrange")
		}
		q.kind = kind
		p.next()
	}
	return q, p.at > start, nil
}

// values parses the value after qualifiers, or several in parentheses.
func (p *parser) values(q qualifier) (expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	if p.accept("not") {
		of, err := p.values(q)
		return &negation{of: of}, err
	}
	if !p.accept("(") {
		v, err := p.value(q)
		return &primitive{qualifier: q, value: v}, err
	}
	left, err := p.values(q)
	for err == nil && p.peek().isOneOf("and", "or") {
		or := p.next().text == "or"
		var right expr
		right, err = p.values(q)
		left = &combination{or: or, left: left, right: right}
	}
	if err == nil && !p.accept(")") {
		err = p.fail(p.peek(), "unexpected %s, expected \"and\", \"or\" or \")\"", p.peek())
	}
	return left, err
}

// expectations tells what value each kind takes.
var expectations = map[valueKind]string{
	anyKind:       "an address",
	hostKind:      "an address",
	netKind:       "a network such as 10.0.0.0/8",
	portKind:      "a port number or name",
	portRangeKind: "two port numbers such as 1000-2000",
	protoKind:     "a protocol number, or a name after a backslash such as \\tcp",
}

// value parses one value with its mask.
func (p *parser) value(q qualifier) (value, error) {
	t := p.peek()
	if !p.startsValue() {
		return value{}, p.fail(t, "unexpected %s, expected %s", t, expectations[q.kind])
	}
	v := value{token: p.next()}
	switch {
	case v.kind != tokenIPv4 && v.kind != tokenIPv6:
	case p.accept("/"):
		bits := p.next()
		if bits.kind != tokenNumber {
			return v, p.fail(bits, "unexpected %s, expected the number of bits of the mask", bits)
		}
		v.hasMask, v.maskBits = true, bits.number
	case v.kind == tokenIPv4 && p.accept("mask"):
		mask := p.next()
		if mask.kind != tokenIPv4 {
			return v, p.fail(mask, "unexpected %s, expected a mask such as 255.255.255.0", mask)
		}
		v.hasMask, v.mask = true, &mask
	}
	return v, nil
}
