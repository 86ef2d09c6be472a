package filter

import "fmt"

// MaxDepth is how deep parentheses and "not" may be nested.
const MaxDepth = 1000

// Parse reads a filter into a syntax tree. It looks at the grammar only: names,
// addresses and the sense of qualifiers are the matter of [Options.Check].
// Errors are of type [*Error].
func Parse(text string) (*Tree, error) {
	return parse(text, false)
}

// parse reads a filter. Classic leaves out what this package adds to the
// grammar of old, for the test that no addition changes an old meaning.
func parse(text string, classic bool) (*Tree, error) {
	tokens, err := Lex(text)
	if err != nil {
		return nil, err
	}
	p := parser{text: text, tokens: tokens, classic: classic}
	p.pairParentheses()
	if p.peek().Kind == TokenEnd {
		return &Tree{Text: text, Root: &Everything{}}, nil
	}
	n, err := p.expr()
	if err != nil {
		return nil, err
	}
	if p.peek().Kind != TokenEnd {
		return nil, p.unexpected("and", "or", "end")
	}
	return &Tree{Text: text, Root: n}, nil
}

type parser struct {
	text    string
	tokens  []Token
	pos     int
	closing []int32 // for each "(", the place of its ")", or -1
	depth   int
	classic bool

	// current is the head that a bare operand takes over; nil if there is none.
	current *Head
}

func (p *parser) peek() Token { return p.at(0) }

// at looks n tokens ahead; the end stays the end.
func (p *parser) at(n int) Token {
	return p.tokens[min(p.pos+n, len(p.tokens)-1)]
}

func (p *parser) next() Token {
	t := p.peek()
	if t.Kind != TokenEnd {
		p.pos++
	}
	return t
}

// accept takes the next token if it is this keyword or mark.
func (p *parser) accept(text string) bool {
	if p.peek().is(text) {
		p.pos++
		return true
	}
	return false
}

// source returns a token as it was written.
func (p *parser) source(t Token) string { return p.text[t.Offset:t.End()] }

func (p *parser) fail(code Code, at Span, message string, expected ...string) error {
	return &Error{Code: code, Span: at, Text: p.text, Message: message, Expected: expected}
}

// unexpected makes the error for the next token.
func (p *parser) unexpected(expected ...string) error {
	t := p.peek()
	if t.Kind == TokenEnd {
		return p.fail(UnexpectedEnd, t.Span, "the filter ends too early", expected...)
	}
	err := &Error{Code: UnexpectedToken, Span: t.Span, Text: p.text, Expected: expected,
		Message: fmt.Sprintf("%q cannot stand here", clip(p.source(t)))}
	if t.Kind == TokenName && !t.Escaped {
		err.Near = nearKeyword(t.Text)
	}
	return err
}

// clip shortens a token for a message.
func clip(s string) string {
	if len(s) > 40 {
		return s[:37] + "..."
	}
	return s
}

// enter counts one level of nesting; leave it with p.depth--.
func (p *parser) enter() error {
	if p.depth++; p.depth > MaxDepth {
		return p.fail(TooComplex, p.peek().Span, fmt.Sprintf("nested deeper than %d levels", MaxDepth))
	}
	return nil
}

// pairParentheses finds the partner of each parenthesis.
func (p *parser) pairParentheses() {
	p.closing = make([]int32, len(p.tokens))
	var open []int32
	for i := range p.tokens {
		p.closing[i] = -1
		switch {
		case p.tokens[i].is("("):
			open = append(open, int32(i))
		case p.tokens[i].is(")") && len(open) > 0:
			p.closing[open[len(open)-1]] = int32(i)
			open = open[:len(open)-1]
		}
	}
}

// expr reads terms joined by "and" and "or": equal in precedence, from the left.
func (p *parser) expr() (Node, error) {
	x, err := p.term()
	for err == nil {
		kind := p.peek().Kind
		if kind != TokenAnd && kind != TokenOr {
			return x, nil
		}
		p.pos++
		var y Node
		if y, err = p.term(); err == nil {
			x = join(kind, x, y)
		}
	}
	return nil, err
}

// join makes one node of two; a node of the same kind on the left grows.
func join(kind TokenKind, x, y Node) Node {
	span := x.Source().through(y.Source())
	if kind == TokenAnd {
		if and, ok := x.(*And); ok {
			and.Terms, and.Span, and.Grouped = append(and.Terms, y), span, false
			return and
		}
		return &And{Span: span, Terms: []Node{x, y}}
	}
	if or, ok := x.(*Or); ok {
		or.Terms, or.Span, or.Grouped = append(or.Terms, y), span, false
		return or
	}
	return &Or{Span: span, Terms: []Node{x, y}}
}

// term reads one term, or a bare operand that takes over the current head.
func (p *parser) term() (Node, error) {
	t := p.peek()
	switch {
	case t.Kind == TokenNot:
		return p.negated(p.term)
	case p.atComparison():
		return p.comparison()
	case p.current != nil && p.current.Kind == "co" && p.keywordAsName(*p.current, t) && p.endsAt(1):
		// "co US or AS": American Samoa, not the number of an autonomous system
	case t.is("("):
		return p.group()
	case t.Kind == TokenKeyword && t.Class != ClassRelation:
		return p.keywordTerm(t)
	case t.Kind == TokenKeyword && p.current == nil,
		t.Kind == TokenPunct, t.Kind == TokenEnd, t.Kind == TokenAnd, t.Kind == TokenOr:
		return nil, p.unexpected("term")
	}
	if p.current == nil {
		err := &Error{Code: NoQualifier, Span: t.Span, Text: p.text,
			Message: fmt.Sprintf("nothing says what %q is", clip(p.source(t))), Expected: []string{"term"}}
		if t.Kind == TokenName && !t.Escaped {
			err.Near = nearKeyword(t.Text)
		}
		return nil, err
	}
	head := *p.current
	head.Inherited = true
	return p.operand(head)
}

// negated reads "not" and what it negates.
func (p *parser) negated(what func() (Node, error)) (Node, error) {
	not := p.next()
	if err := p.enter(); err != nil {
		return nil, err
	}
	x, err := what()
	p.depth--
	if err != nil {
		return nil, err
	}
	return &Not{Span: not.Span.through(x.Source()), X: x}, nil
}

// group reads "( expr )". The head that was current before stays current after.
func (p *parser) group() (Node, error) {
	before := p.current
	x, err := p.parenthesised(p.expr)
	p.current = before
	switch x := x.(type) {
	case *And:
		x.Grouped = true
	case *Or:
		x.Grouped = true
	}
	return x, err
}

func (p *parser) parenthesised(what func() (Node, error)) (Node, error) {
	p.next()
	if err := p.enter(); err != nil {
		return nil, err
	}
	x, err := what()
	p.depth--
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, p.unexpected(")", "and", "or")
	}
	return x, nil
}

// keywordTerm reads a term that begins with a keyword.
func (p *parser) keywordTerm(t Token) (Node, error) {
	switch t.Class {
	case ClassDirection, ClassAddress, ClassInteger, ClassFloat, ClassProto, ClassGateway:
		return p.headed(nil)
	case ClassProtocol:
		return p.protocolTerm()
	case ClassFlag:
		p.pos++
		return &Flag{Span: t.Span, Head: Head{Span: t.Span}, Name: t.Text}, nil
	case ClassOption:
		p.pos++
		return &Word{Span: t.Span, Name: t.Text, Class: t.Class}, nil
	case ClassState, ClassPlace, ClassCast:
		p.pos++
		p.current = nil
		return &Word{Span: t.Span, Name: t.Text, Class: t.Class}, nil
	case ClassLength:
		return nil, p.fail(NotSupported, t.Span, "the length of packets is not in a record")
	}
	return nil, p.unexpected("term")
}

// protocolTerm reads a term that begins with a protocol: alone, before
// broadcast or multicast, or as the first word of a head.
func (p *parser) protocolTerm() (Node, error) {
	t := p.next()
	switch n := p.peek(); {
	case n.is("["):
		return nil, p.fail(NotSupported, t.Span, "records hold no packet bytes to compare")
	case n.Kind == TokenKeyword && n.Class == ClassCast:
		p.pos++
		p.current = nil
		return &Word{Span: t.Span.through(n.Span), Protocol: t.Text, Name: n.Text, Class: ClassCast}, nil
	case n.Kind == TokenKeyword && isHeadClass(n.Class):
		return p.headed(&t)
	case t.Text == "ether" && isOperandKind(n.Kind):
		return nil, p.unexpected("host", "src", "dst", "proto", "broadcast", "multicast")
	}
	p.current = nil
	return &Word{Span: t.Span, Name: t.Text, Class: ClassProtocol}, nil
}

func isHeadClass(c Class) bool {
	switch c {
	case ClassDirection, ClassAddress, ClassInteger, ClassFloat, ClassProto, ClassGateway:
		return true
	}
	return false
}

// isOperandKind reports whether a token can be an operand by itself.
func isOperandKind(k TokenKind) bool {
	switch k {
	case TokenNumber, TokenFloat, TokenIPv4, TokenIPv6, TokenMAC, TokenUUID, TokenColons, TokenString, TokenName:
		return true
	}
	return false
}

// headed reads a head and its operand, or a direction and its flag.
func (p *parser) headed(protocol *Token) (Node, error) {
	first := p.peek()
	head := Head{}
	if protocol != nil {
		first = *protocol
		head.Protocol = protocol.Text
	}
	if p.peek().Class == ClassDirection {
		if err := p.direction(&head); err != nil {
			return nil, err
		}
	}
	t := p.peek()
	takesKind := t.Class == ClassAddress || t.Class == ClassInteger || t.Class == ClassFloat ||
		head.Direction == NoDirection && (t.Class == ClassProto || t.Class == ClassGateway)
	switch {
	case t.Kind == TokenKeyword && takesKind:
		p.pos++
		head.Kind = t.Text
	case t.Kind == TokenKeyword && t.Class == ClassFlag && !head.Direction.byLocality():
		p.pos++
		head.Span, head.Kind = first.Span.through(t.Span), "host"
		p.current = &head
		flagHead := head
		flagHead.Kind = ""
		return &Flag{Span: head.Span, Head: flagHead, Name: t.Text}, nil
	default:
		head.Kind = "host"
	}
	head.Span = first.Span.through(p.tokens[p.pos-1].Span)
	p.current = &head
	return p.operand(head)
}

// direction reads src, dst, lcl, rmt and their pairs: "src or dst", "lcl and rmt".
func (p *parser) direction(head *Head) error {
	single := map[string]Direction{"src": Source, "dst": Destination, "lcl": Local, "rmt": Remote}
	partner := map[string]string{"src": "dst", "dst": "src", "lcl": "rmt", "rmt": "lcl"}
	first := p.next()
	head.Direction = single[first.Text]
	joint := p.peek().Kind
	if joint != TokenAnd && joint != TokenOr {
		return nil
	}
	p.pos++
	second := p.peek()
	switch {
	case second.is(partner[first.Text]):
	case joint == TokenAnd && first.is("dst") && second.is("lcl"): // as the grammar of old has it
		head.Direction = Local
	default:
		return p.unexpected(partner[first.Text])
	}
	p.pos++
	either, both := Either, Both
	if head.Direction.byLocality() {
		either, both = LocalOrRemote, LocalAndRemote
	}
	if joint == TokenOr {
		head.Direction = either
	} else {
		head.Direction = both
	}
	return nil
}

// nearKeyword returns the keyword that a name nearly spells.
func nearKeyword(name string) string {
	return nearest(name, func(yield func(string) bool) {
		for word := range keywords {
			if !yield(word) {
				return
			}
		}
	})
}
