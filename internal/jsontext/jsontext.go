package jsontext

import (
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of JSON values.
const maxDepth = 64

// SkipSpace returns where the next token of JSON begins.
func SkipSpace(b []byte, at int) int {
	for at < len(b) && (b[at] == ' ' || b[at] == '\t' || b[at] == '\r' || b[at] == '\n') {
		at++
	}
	return at
}

// SkipValue returns the end of the JSON value at b[at]. A value that is not
// sound gives the place of the fault and what belongs there.
func SkipValue(b []byte, at, depth int) (end int, want string) {
	if at >= len(b) {
		return at, "a value"
	}
	switch c := b[at]; {
	case c == '"':
		return SkipString(b, at)
	case c == '{' || c == '[':
		if depth >= maxDepth {
			return at, "less nesting"
		}
		return skipList(b, at, depth+1)
	case c == '-' || c-'0' <= 9:
		return skipNumber(b, at)
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if len(b)-at >= len(word) && string(b[at:at+len(word)]) == word {
			return at + len(word), ""
		}
	}
	return at, "a value"
}

// skipList passes over an object or an array.
func skipList(b []byte, at, depth int) (end int, want string) {
	object := b[at] == '{'
	closing := byte(']')
	if object {
		closing = '}'
	}
	at = SkipSpace(b, at+1)
	if at < len(b) && b[at] == closing {
		return at + 1, ""
	}
	for {
		if object {
			if at, want = SkipKey(b, at); want != "" {
				return at, want
			}
		}
		if at, want = SkipValue(b, at, depth); want != "" {
			return at, want
		}
		at = SkipSpace(b, at)
		switch {
		case at < len(b) && b[at] == closing:
			return at + 1, ""
		case at < len(b) && b[at] == ',':
			at = SkipSpace(b, at+1)
		default:
			return at, "a comma or the end of the list"
		}
	}
}

// SkipKey passes over a name, the colon and the white space around it.
func SkipKey(b []byte, at int) (end int, want string) {
	if at >= len(b) || b[at] != '"' {
		return at, "a name in double quotes"
	}
	if at, want = SkipString(b, at); want != "" {
		return at, want
	}
	at = SkipSpace(b, at)
	if at >= len(b) || b[at] != ':' {
		return at, "a colon"
	}
	return SkipSpace(b, at+1), ""
}

// SkipString returns the end of the string at b[at].
func SkipString(b []byte, at int) (end int, want string) {
	for at++; at < len(b); at++ {
		switch c := b[at]; {
		case c == '"':
			return at + 1, ""
		case c == '\\':
			n := escapeLen(b[at:])
			if n == 0 {
				return at, "an escape"
			}
			at += n - 1
		case c < 0x20:
			return at, "an escape for a control character"
		}
	}
	return at, "a double quote"
}

// escapeLen is the length of the escape at the start of b, 0 if it is none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := unit(b); ok {
			return 6
		}
	}
	return 0
}

// unit reads \uHHHH.
func unit(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	r := rune(0)
	for _, c := range b[2:6] {
		d := hexDigit(c)
		if d > 15 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

func skipNumber(b []byte, at int) (end int, want string) {
	digits := func() bool {
		first := at
		for at < len(b) && b[at]-'0' <= 9 {
			at++
		}
		return at > first
	}
	if b[at] == '-' {
		at++
	}
	if at < len(b) && b[at] == '0' {
		at++
	} else if !digits() {
		return at, "a digit"
	}
	if at < len(b) && b[at] == '.' {
		at++
		if !digits() {
			return at, "a digit"
		}
	}
	if at < len(b) && b[at]|0x20 == 'e' {
		at++
		if at < len(b) && (b[at] == '+' || b[at] == '-') {
			at++
		}
		if !digits() {
			return at, "a digit"
		}
	}
	return at, ""
}

// IsNumber reports whether text can stand as a number in JSON.
func IsNumber(b []byte) bool {
	if len(b) == 0 || b[0] != '-' && b[0]-'0' > 9 {
		return false
	}
	end, want := skipNumber(b, 0)
	return want == "" && end == len(b)
}

// Unquote returns the bytes that a sound JSON string, quotes included, stands
// for. The escape of a lone surrogate from U+DC80 to U+DCFF is a byte that is
// not UTF-8: that is how AppendQuoted writes such bytes. A string without
// escapes is returned as it is; others are built at the end of scratch.
func Unquote(s, scratch []byte) (plain, grown []byte) {
	s = s[1 : len(s)-1]
	escape := false
	for _, c := range s {
		if c == '\\' {
			escape = true
			break
		}
	}
	if !escape {
		return s, scratch
	}
	start := len(scratch)
	for at := 0; at < len(s); {
		if s[at] != '\\' {
			scratch = append(scratch, s[at])
			at++
			continue
		}
		if s[at+1] == 'u' {
			n := 0
			scratch, n = appendUnits(scratch, s[at:])
			at += n
			continue
		}
		scratch = append(scratch, unescapeJSON(s[at+1]))
		at += 2
	}
	return scratch[start:len(scratch):len(scratch)], scratch
}

// appendUnits appends what one \uHHHH, or a pair of surrogates, stands for, and
// returns how long it is.
func appendUnits(dst, b []byte) ([]byte, int) {
	r, _ := unit(b)
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(dst, r), 6
	}
	if low, ok := unit(b[6:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return utf8.AppendRune(dst, pair), 12
		}
	}
	if r >= 0xDC80 && r <= 0xDCFF {
		return append(dst, byte(r)), 6
	}
	return append(dst, 0xE0|byte(r>>12), 0x80|byte(r>>6&0x3F), 0x80|byte(r&0x3F)), 6
}

func unescapeJSON(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// AppendQuoted appends bytes as a JSON string. Bytes that are not UTF-8 become
// lone surrogates, U+DC80 to U+DCFF, so that Unquote gives them back.
func AppendQuoted(dst, v []byte) []byte {
	dst = append(dst, '"')
	for at := 0; at < len(v); {
		run := at
		for run < len(v) && plainASCII[v[run]] {
			run++
		}
		if dst = append(dst, v[at:run]...); run == len(v) {
			break
		}
		at = run
		c := v[at]
		if c < utf8.RuneSelf {
			dst = appendASCII(dst, c)
			at++
			continue
		}
		r, n := utf8.DecodeRune(v[at:])
		if r == utf8.RuneError && n == 1 {
			dst = append(dst, `\udc`...)
			dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
		} else {
			dst = append(dst, v[at:at+n]...)
		}
		at += n
	}
	return append(dst, '"')
}

// plainASCII are the bytes that stand for themselves in a JSON string.
var plainASCII = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

func appendASCII(dst []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\r':
		return append(dst, `\r`...)
	case c == '\t':
		return append(dst, `\t`...)
	case c < 0x20:
		dst = append(dst, `\u00`...)
		return append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return append(dst, c)
}

const hexDigits = "0123456789abcdef"

// hexDigit is the value of a hexadecimal digit, above 15 for other bytes.
func hexDigit(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case c-'a' <= 5:
		return c - 'a' + 10
	case c-'A' <= 5:
		return c - 'A' + 10
	}
	return 0xFF
}
