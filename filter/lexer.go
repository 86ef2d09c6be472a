package filter

import (
	"net/netip"
	"strings"
)

// MaxLength is the longest text that is accepted, in bytes.
const MaxLength = 64 << 10

// Lex splits a filter into tokens. The last token is always of kind
// [TokenEnd]. The error, if any, is an [*Error]: [IllegalCharacter],
// [UnterminatedString] or [TooComplex].
func Lex(text string) ([]Token, error) {
	if len(text) > MaxLength {
		return nil, &Error{Code: TooComplex, Span: Span{Offset: MaxLength, Length: 1}, Text: text,
			Message: "the filter is longer than 64 KiB"}
	}
	lx := lexer{text: text}
	tokens := make([]Token, 0, len(text)/4+2)
	for {
		t, err := lx.next()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.Kind == TokenEnd {
			return tokens, nil
		}
	}
}

// lexer reads tokens one by one. The longest token wins.
type lexer struct {
	text   string
	pos    int
	braces int  // depth of { }: a comma has a meaning inside only
	regexp bool // the token before was ~ or !~: a string may hold \"
}

func (lx *lexer) next() (Token, error) {
	for lx.pos < len(lx.text) && isBlank(lx.text[lx.pos]) {
		lx.pos++
	}
	if lx.pos == len(lx.text) {
		return Token{Kind: TokenEnd, Span: Span{Offset: lx.pos}}, nil
	}
	afterMatch := lx.regexp
	lx.regexp = false
	switch c := lx.text[lx.pos]; {
	case c == '"':
		return lx.quoted(afterMatch)
	case c == '\\':
		return lx.escaped()
	case isAlnum(c) || c == '.' || c == ':' || c == '+' || c == '-':
		if t, ok := lx.word(); ok {
			return t, nil
		}
	}
	return lx.punct()
}

// emit makes a token of the next n bytes.
func (lx *lexer) emit(kind TokenKind, n int) Token {
	t := Token{Kind: kind, Span: Span{Offset: lx.pos, Length: n}, Text: lx.text[lx.pos : lx.pos+n]}
	lx.pos += n
	return t
}

func (lx *lexer) fail(code Code, n int, message string, expected ...string) error {
	return &Error{Code: code, Span: Span{Offset: lx.pos, Length: n}, Text: lx.text, Message: message, Expected: expected}
}

// quoted reads a string up to the next quote on the same line.
func (lx *lexer) quoted(escapes bool) (Token, error) {
	rest := lx.text[lx.pos+1:]
	for i := 0; i < len(rest) && rest[i] != '\n'; i++ {
		if escapes && rest[i] == '\\' {
			i++
			continue
		}
		if rest[i] != '"' {
			continue
		}
		t := lx.emit(TokenString, i+2)
		t.Text, t.Escaped = rest[:i], true
		if escapes {
			t.Text = strings.ReplaceAll(t.Text, `\"`, `"`)
		}
		return t, nil
	}
	return Token{}, lx.fail(UnterminatedString, len(lx.text)-lx.pos, "the string is not closed", `"`)
}

// escaped reads a name after a backslash: never a keyword.
func (lx *lexer) escaped() (Token, error) {
	n := strings.IndexAny(lx.text[lx.pos+1:], " !()\n\t")
	if n < 0 {
		n = len(lx.text) - lx.pos - 1
	}
	if n == 0 {
		return Token{}, lx.fail(IllegalCharacter, 1, `a name must follow "\"`)
	}
	t := lx.emit(TokenName, n+1)
	t.Text, t.Escaped = t.Text[1:], true
	return t, nil
}

// word reads whatever begins with a letter, a digit, a sign, a dot or a colon:
// the longest of an address, a number and a name.
func (lx *lexer) word() (Token, bool) {
	rest := lx.text[lx.pos:]
	kind, n := scanColons(rest)
	if k, m := scanNumber(rest); m > n {
		kind, n = k, m
	}
	if m := scanName(rest); m > n {
		kind, n = nameKind(rest[:m]), m
	}
	if n == 0 {
		return Token{}, false
	}
	t := lx.emit(kind, n)
	if kind == TokenName {
		lx.fold(&t)
	}
	return t, true
}

// fold turns a name into the keyword that it spells, if any.
func (lx *lexer) fold(t *Token) {
	k, capital, ok := lookupKeyword(t.Text)
	if !ok {
		return
	}
	switch k.text {
	case "and":
		t.Kind = TokenAnd
	case "or":
		t.Kind = TokenOr
	case "not":
		t.Kind = TokenNot
	default:
		t.Kind = TokenKeyword
	}
	t.Text, t.Class, t.Capital = k.text, k.class, capital
}

// punctuation in the order of length, with its canonical spelling.
var punctuation = []struct {
	text  string
	kind  TokenKind
	canon string
	class Class
}{
	{"&&", TokenAnd, "and", ClassLogic}, {"||", TokenOr, "or", ClassLogic},
	{">=", TokenKeyword, "gte", ClassRelation}, {"<=", TokenKeyword, "lte", ClassRelation},
	{"!=", TokenKeyword, "neq", ClassRelation}, {"==", TokenKeyword, "eq", ClassRelation},
	{"<<", TokenPunct, "<<", ClassNone}, {">>", TokenPunct, ">>", ClassNone},
	{"!~", TokenPunct, "!~", ClassNone}, {"~", TokenPunct, "~", ClassNone},
	{"!", TokenNot, "not", ClassLogic}, {"=", TokenKeyword, "eq", ClassRelation},
	{"<", TokenKeyword, "lt", ClassRelation}, {">", TokenKeyword, "gt", ClassRelation},
}

func (lx *lexer) punct() (Token, error) {
	rest := lx.text[lx.pos:]
	for _, p := range punctuation {
		if strings.HasPrefix(rest, p.text) {
			t := lx.emit(p.kind, len(p.text))
			t.Text, t.Class = p.canon, p.class
			lx.regexp = p.canon == "~" || p.canon == "!~"
			return t, nil
		}
	}
	switch c := rest[0]; {
	case strings.IndexByte("+-*/:[]()&|", c) >= 0, c == ',' && lx.braces > 0:
		return lx.emit(TokenPunct, 1), nil
	case c == '{':
		lx.braces++
		return lx.emit(TokenPunct, 1), nil
	case c == '}' && lx.braces > 0:
		lx.braces--
		return lx.emit(TokenPunct, 1), nil
	}
	n := 1
	for n < len(rest) && rest[n]&0xC0 == 0x80 { // the rest of a UTF-8 character
		n++
	}
	message := "this character has no meaning in a filter"
	if isAlnum(rest[0]) {
		message = "a single letter has no meaning in a filter"
	}
	return Token{}, lx.fail(IllegalCharacter, n, message)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
func isAlnum(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }

// count returns the length of the prefix of s that ok accepts.
func count(s string, ok func(byte) bool) int {
	n := 0
	for n < len(s) && ok(s[n]) {
		n++
	}
	return n
}

// scanName returns the length of the name at the beginning of s: letters,
// digits, "-", "_" and ".", from a letter or digit to a letter, digit or dot, two at least.
func scanName(s string) int {
	if !isAlnum(s[0]) {
		return 0
	}
	n := count(s, func(c byte) bool { return isAlnum(c) || c == '-' || c == '_' || c == '.' })
	for n > 0 && (s[n-1] == '-' || s[n-1] == '_') {
		n--
	}
	if n < 2 {
		return 0
	}
	return n
}

// scanNumber returns the length of the number at the beginning of s.
func scanNumber(s string) (TokenKind, int) {
	n := 0
	if s[0] == '+' || s[0] == '-' {
		n++
	}
	if len(s) > n+2 && s[n] == '0' && s[n+1]|0x20 == 'x' && isHex(s[n+2]) {
		return TokenNumber, n + 2 + count(s[n+2:], isHex)
	}
	whole := count(s[n:], isDigit)
	n += whole
	if n < len(s) && s[n] == '.' {
		if fraction := count(s[n+1:], isDigit); fraction > 0 {
			return TokenFloat, n + 1 + fraction
		}
	}
	if whole == 0 {
		return TokenEnd, 0
	}
	return TokenNumber, n
}

// scanColons returns the length of the address with colons at the beginning of
// s, if there is one.
func scanColons(s string) (TokenKind, int) {
	groups := count(s, isHex)
	if groups > 4 || groups == len(s) || s[groups] != ':' {
		return TokenEnd, 0
	}
	n := count(s, func(c byte) bool { return isHex(c) || c == ':' || c == '.' })
	text := strings.TrimRight(s[:n], ".")
	if strings.Count(text, ":") == 1 && text != ":" && !strings.HasPrefix(text, ":") {
		return TokenColons, len(text)
	}
	if isMAC(text) {
		return TokenMAC, len(text)
	}
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is6() {
		return TokenIPv6, len(text)
	}
	if text[0] == ':' && !strings.HasPrefix(text, "::") {
		return TokenEnd, 0 // the mark ":"
	}
	return TokenColons, len(text)
}

// isMAC reports whether s is six groups of one or two digits.
func isMAC(s string) bool {
	groups := 0
	for {
		n := count(s, isHex)
		if n < 1 || n > 2 {
			return false
		}
		groups++
		s = s[n:]
		if s == "" {
			return groups == 6
		}
		if s[0] != ':' || groups == 6 {
			return false
		}
		s = s[1:]
	}
}

// isIPv4 reports whether s is four groups of digits.
func isIPv4(s string) bool {
	parts := 0
	for {
		n := count(s, isDigit)
		if n == 0 {
			return false
		}
		parts++
		s = s[n:]
		if s == "" {
			return parts == 4
		}
		if s[0] != '.' || parts == 4 {
			return false
		}
		s = s[1:]
	}
}

// isUUID reports whether s is 8-4-4-4-12 hexadecimal digits.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return false
			}
		} else if !isHex(s[i]) {
			return false
		}
	}
	return true
}

// nameKind tells an address or identifier made of name characters from a name.
func nameKind(s string) TokenKind {
	switch {
	case isIPv4(s):
		return TokenIPv4
	case isUUID(s):
		return TokenUUID
	}
	return TokenName
}
