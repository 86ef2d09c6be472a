package filter

// TokenKind says what a token is.
type TokenKind uint8

// The kinds of token.
const (
	TokenEnd     TokenKind = iota // the end of the text
	TokenKeyword                  // a word of the language, of any case
	TokenAnd                      // and, &&
	TokenOr                       // or, ||
	TokenNot                      // not, !
	TokenNumber                   // 80, 0x50, 0120, -5
	TokenFloat                    // 1.5, .5, -0.5
	TokenIPv4                     // 192.0.2.1
	TokenIPv6                     // 2001:db8::1
	TokenMAC                      // 00:08:5d:01:02:03
	TokenUUID                     // 2f3e5a70-3b1c-4c5e-9f2a-0123456789ab
	TokenColons                   // hexadecimal groups and colons that are no address
	TokenString                   // "text"
	TokenName                     // a name, or \name
	TokenPunct                    // + - * / : [ ] < > ( ) & | = >= <= != == << >> { } , ~ !~
)

var tokenKindNames = [...]string{
	TokenEnd: "end", TokenKeyword: "keyword", TokenAnd: "and", TokenOr: "or", TokenNot: "not",
	TokenNumber: "number", TokenFloat: "decimal number", TokenIPv4: "IPv4 address",
	TokenIPv6: "IPv6 address", TokenMAC: "Ethernet address", TokenUUID: "UUID",
	TokenColons: "malformed address", TokenString: "string", TokenName: "name", TokenPunct: "punctuation",
}

// String returns a name for messages.
func (k TokenKind) String() string {
	if int(k) < len(tokenKindNames) {
		return tokenKindNames[k]
	}
	return "unknown"
}

// Span is a piece of the source text: a byte offset from 0 and a length.
type Span struct {
	Offset, Length int
}

// End is the offset of the first byte after the span.
func (s Span) End() int { return s.Offset + s.Length }

// Source returns the span itself; nodes of the tree embed a Span and so have this method.
func (s Span) Source() Span { return s }

// through spans from the beginning of s to the end of t.
func (s Span) through(t Span) Span {
	return Span{Offset: s.Offset, Length: t.End() - s.Offset}
}

// Token is one token of a filter.
type Token struct {
	Span
	Kind TokenKind

	// Text is what the token means: the canonical spelling of a keyword or
	// operator, a string without its quotes, a name without its backslash,
	// and the source text of everything else.
	Text string

	// Class is the class of a keyword.
	Class Class

	// Escaped marks a name that was written with a backslash and a string
	// that was written with quotes.
	Escaped bool

	// Capital marks a keyword that was not written in lower case. It stays
	// a name where a name is due: the country code AS, a host called NET.
	Capital bool
}

// is reports whether the token is the keyword, operator or mark of this canonical text.
func (t Token) is(text string) bool {
	return (t.Kind == TokenKeyword || t.Kind == TokenPunct) && t.Text == text
}
