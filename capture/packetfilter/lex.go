package packetfilter

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// tokenKind tells what a token is.
type tokenKind int

const (
	tokenEnd      tokenKind = iota
	tokenWord               // a word of the language, or a name
	tokenName               // a name that no word of the language is meant by: \tcp
	tokenNumber             // 80, 0x50, tcp-syn
	tokenIPv4               // 10.1.2.3, or 2 or 3 parts of it
	tokenIPv6               // 2001:db8::1
	tokenMAC                // 00:11:22:33:44:55
	tokenOperator           // punctuation
)

// token is one word of an expression.
type token struct {
	kind   tokenKind
	text   string
	offset int    // in the expression
	number uint32 // of tokenNumber; of tokenIPv4 the address, its parts at the low end
	bits   int    // of tokenIPv4: 8 for each part
	ip6    netip.Addr
	mac    [6]byte
}

func (t token) String() string {
	if t.kind == tokenEnd {
		return "the end of the expression"
	}
	return strconv.Quote(t.text)
}

// is reports whether the token is this operator or word.
func (t token) is(text string) bool {
	return t.text == text && (t.kind == tokenWord || t.kind == tokenOperator)
}

// isOneOf reports whether the token is one of these operators or words.
func (t token) isOneOf(texts ...string) bool {
	for _, text := range texts {
		if t.is(text) {
			return true
		}
	}
	return false
}

// lexer cuts an expression into tokens.
type lexer struct {
	expr   string
	at     int
	tokens []token
}

func lex(expr string) ([]token, error) {
	l := lexer{expr: expr}
	for {
		for l.at < len(expr) && strings.IndexByte(" \t\r\n", expr[l.at]) >= 0 {
			l.at++
		}
		if l.at == len(expr) {
			l.tokens = append(l.tokens, token{offset: l.at})
			return l.tokens, nil
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

// operators with two characters come before their beginnings.
var operators = []string{"&&", "||", "<<", ">>", "<=", ">=", "!=", "==",
	"(", ")", "[", "]", ":", "+", "-", "*", "/", "%", "&", "|", "^", "<", ">", "=", "!"}

var operatorWords = map[string]string{"&&": "and", "||": "or", "!": "not", "==": "="}

func (l *lexer) next() error {
	rest := l.expr[l.at:]
	if n := len(addressRun(rest)); n > 0 {
		if t, ok := colonAddress(rest[:n]); ok {
			return l.take(n, t)
		}
	}
	if n := len(wordRun(rest)); n > 0 {
		t, err := l.classify(rest[:n])
		if err != nil {
			return err
		}
		return l.take(n, t)
	}
	if rest[0] == '\\' {
		n := 1
		for n < len(rest) && strings.IndexByte(" !()\t\r\n", rest[n]) < 0 {
			n++
		}
		if n == 1 {
			return l.fail("a backslash must have a name after it")
		}
		t := token{kind: tokenName}
		err := l.take(n, t)
		l.tokens[len(l.tokens)-1].text = rest[1:n]
		return err
	}
	for _, operator := range operators {
		if strings.HasPrefix(rest, operator) {
			err := l.take(len(operator), token{kind: tokenOperator})
			if word, ok := operatorWords[operator]; ok {
				l.tokens[len(l.tokens)-1].text = word
			}
			return err
		}
	}
	return l.fail("unknown character %q", []rune(rest)[0])
}

// take appends a token of n bytes.
func (l *lexer) take(n int, t token) error {
	t.text, t.offset = l.expr[l.at:l.at+n], l.at
	l.at += n
	l.tokens = append(l.tokens, t)
	return nil
}

func (l *lexer) fail(format string, args ...any) error {
	return &Error{Expr: l.expr, Offset: l.at, Message: fmt.Sprintf(format, args...)}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// addressRun returns the longest beginning that an address with colons could
// consist of.
func addressRun(s string) string {
	n := 0
	for n < len(s) && (isHex(s[n]) || s[n] == ':' || s[n] == '.') {
		n++
	}
	return s[:n]
}

// colonAddress recognises IPv6 addresses and MAC addresses with colons.
func colonAddress(s string) (token, bool) {
	if strings.Count(s, ":") < 2 {
		return token{}, false
	}
	if addr, err := netip.ParseAddr(s); err == nil {
		return token{kind: tokenIPv6, ip6: addr}, true
	}
	if mac, ok := macAddress(s, ":"); ok {
		return token{kind: tokenMAC, mac: mac}, true
	}
	return token{}, false
}

// macAddress reads six numbers of one or two hexadecimal digits.
func macAddress(s, separator string) (mac [6]byte, ok bool) {
	parts := strings.Split(s, separator)
	if len(parts) != len(mac) {
		return mac, false
	}
	for i, part := range parts {
		v, err := strconv.ParseUint(part, 16, 8)
		if err != nil || len(part) > 2 {
			return mac, false
		}
		mac[i] = byte(v)
	}
	return mac, true
}

// wordRun returns the longest beginning that is a word: letters, digits, and
// inside also - _ and dots.
func wordRun(s string) string {
	if !isAlphanumeric(s[0]) {
		return ""
	}
	n := 1
	for n < len(s) && (isAlphanumeric(s[n]) || strings.IndexByte("-_.", s[n]) >= 0) {
		n++
	}
	return strings.TrimRight(s[:n], "-_")
}

// classify tells what a word is.
func (l *lexer) classify(word string) (token, error) {
	if mac, ok := plainMAC(word); ok {
		return token{kind: tokenMAC, mac: mac}, nil
	}
	if isDigits(word) || len(word) > 2 && (word[:2] == "0x" || word[:2] == "0X") && isHexadecimal(word[2:]) {
		v, err := strconv.ParseUint(word, 0, 32) // a leading 0 is octal, as in C
		if err != nil {
			return token{}, l.fail("%s is no number of 32 bits", word)
		}
		return token{kind: tokenNumber, number: uint32(v)}, nil
	}
	if t, ok, err := l.dotted(word); ok || err != nil {
		return t, err
	}
	if v, ok := numberWords[word]; ok {
		return token{kind: tokenNumber, number: v}, nil
	}
	return token{kind: tokenWord}, nil
}

func isDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func isHexadecimal(s string) bool {
	for i := range len(s) {
		if !isHex(s[i]) {
			return false
		}
	}
	return true
}

// dotted reads an IPv4 address or the first 2 or 3 parts of one.
func (l *lexer) dotted(word string) (token, bool, error) {
	parts := strings.Split(word, ".")
	if len(parts) < 2 || len(parts) > 4 {
		return token{}, false, nil
	}
	t := token{kind: tokenIPv4, bits: 8 * len(parts)}
	for _, part := range parts {
		if part == "" || !isDigits(part) {
			return token{}, false, nil
		}
	}
	for _, part := range parts {
		v, err := strconv.ParseUint(part, 10, 8)
		if err != nil {
			return token{}, false, l.fail("invalid IPv4 address %q: %s is more than 255", word, part)
		}
		t.number = t.number<<8 | uint32(v)
	}
	return t, true, nil
}

// plainMAC recognises the forms without colons: 00-11-22-33-44-55,
// 00.11.22.33.44.55, 0011.2233.4455 and 001122334455.
func plainMAC(word string) (mac [6]byte, ok bool) {
	if mac, ok = macAddress(word, "-"); ok {
		return mac, ok
	}
	if mac, ok = macAddress(word, "."); ok {
		return mac, ok
	}
	digits := word
	if parts := strings.Split(word, "."); len(parts) == 3 {
		digits = ""
		for _, part := range parts {
			if len(part) != 4 {
				return mac, false
			}
			digits += part
		}
	}
	if len(digits) != 12 {
		return mac, false
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return mac, false
	}
	copy(mac[:], b)
	return mac, true
}
