package filter

import (
	"math"
	"strconv"
	"strings"
)

// unit is a suffix of a number: a power of thousand or a unit of time.
type unit struct {
	factor float64 // times are in seconds
	time   bool
}

var units = map[string]unit{
	"k": {1e3, false}, "K": {1e3, false}, "M": {1e6, false}, "G": {1e9, false}, "T": {1e12, false},
	"us": {1e-6, true}, "ms": {1e-3, true}, "s": {1, true}, "m": {60, true}, "h": {3600, true}, "d": {86400, true},
}

// splitUnit takes a name like "10k" or "1.5h" apart.
func splitUnit(s string) (number string, u unit, ok bool) {
	kind, n := TokenEnd, 0
	if s != "" {
		kind, n = scanNumber(s)
	}
	if kind == TokenEnd || n == len(s) || strings.HasPrefix(s[:n], "0x") {
		return "", unit{}, false
	}
	u, ok = units[s[n:]]
	return s[:n], u, ok
}

// scale is what suffixes the operand of a head may have.
type scale uint8

const (
	noScale      scale = iota
	counts             // k, K, M, G, T
	seconds            // us, ms, s, m, h, d; the plain number is seconds
	milliseconds       // likewise, the plain number is milliseconds
)

// expected names the suffixes for messages.
func (s scale) expected(what string) string {
	switch s {
	case counts:
		return what + ", or with k, M, G or T"
	case seconds:
		return what + " of seconds, or with us, ms, s, m, h or d"
	case milliseconds:
		return what + " of milliseconds, or with us, ms, s, m, h or d"
	}
	return what
}

// factor returns what a suffix multiplies by, in the unit of the scale.
func (s scale) factor(u unit) (float64, bool) {
	switch s {
	case counts:
		return u.factor, !u.time
	case seconds:
		return u.factor, u.time
	case milliseconds:
		return u.factor * 1000, u.time
	}
	return 0, false
}

// parseInteger reads an unsigned integer: decimal, 0x hexadecimal, or octal
// after a leading zero, of 64 bits.
func parseInteger(s string) (uint64, bool) {
	s = strings.TrimPrefix(s, "+")
	base := 10
	switch {
	case len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x':
		s, base = s[2:], 16
	case len(s) > 1 && s[0] == '0':
		base = 8
	}
	v, err := strconv.ParseUint(s, base, 64)
	return v, err == nil
}

// parseFloat reads a number with or without a fraction; integers may be
// hexadecimal or octal.
func parseFloat(s string) (float64, bool) {
	sign := 1.0
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	if !strings.Contains(s, ".") {
		if v, ok := parseInteger(s); ok {
			return sign * float64(v), true
		}
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return sign * v, err == nil
}

// micro rounds to the six decimals in which decimal numbers are compared.
// Values too large for decimals stay as they are.
func micro(x float64) float64 {
	if v := math.Round(x * 1e6); !math.IsInf(v, 0) {
		return v
	}
	return x
}

// formatFloat is the shortest decimal text of a number, without an exponent.
func formatFloat(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
