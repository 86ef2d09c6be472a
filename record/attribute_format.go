package record

import (
	"fmt"
	"strconv"
	"strings"
)

// Format is the printf-like format that a user gives to the column of a
// number: text around one of %d, %i, %u, %x, %X and %o, with a width, "0", "-"
// and a precision.
type Format struct {
	before, after string
	verb          byte
	width, digits int
	left, zeros   bool
	alternate     bool
}

// ParseFormat reads a printf-like format.
func ParseFormat(s string) (*Format, error) {
	f := &Format{digits: 1}
	at := strings.IndexByte(s, '%')
	if at < 0 {
		return nil, fmt.Errorf("record: format %q: want a conversion such as %%d or 0x%%04x", s)
	}
	f.before = s[:at]
	rest := s[at+1:]
	for ; rest != "" && strings.IndexByte("-0#+ ", rest[0]) >= 0; rest = rest[1:] {
		f.left = f.left || rest[0] == '-'
		f.zeros = f.zeros || rest[0] == '0'
		f.alternate = f.alternate || rest[0] == '#'
	}
	f.width, rest = leadingInt(rest)
	if strings.HasPrefix(rest, ".") {
		f.digits, rest = leadingInt(rest[1:])
	}
	rest = strings.TrimLeft(rest, "hlqjzt")
	if rest == "" || strings.IndexByte("diuxXo", rest[0]) < 0 || f.width > 64 || f.digits > 64 {
		return nil, fmt.Errorf("record: format %q: want one of %%d %%u %%x %%X %%o, at most 64 wide", s)
	}
	f.verb, f.after = rest[0], rest[1:]
	if strings.Contains(f.after, "%") {
		return nil, fmt.Errorf("record: format %q: want one conversion", s)
	}
	return f, nil
}

func leadingInt(s string) (int, string) {
	n := 0
	for s != "" && s[0] >= '0' && s[0] <= '9' && n < 1000 {
		n = 10*n + int(s[0]-'0')
		s = s[1:]
	}
	return n, s
}

func (f *Format) append(dst []byte, v uint64) []byte {
	dst = append(dst, f.before...)
	at := len(dst)
	if f.alternate && (f.verb == 'x' || f.verb == 'X') {
		dst = append(dst, '0', f.verb)
	}
	var buf [24]byte
	num := strconv.AppendUint(buf[:0], v, f.base())
	if f.verb == 'X' {
		for i, c := range num {
			if c >= 'a' {
				num[i] = c - 'a' + 'A'
			}
		}
	}
	digits := f.digits
	if f.zeros && !f.left {
		digits = max(digits, f.width-(len(dst)-at))
	}
	for i := len(num); i < digits; i++ {
		dst = append(dst, '0')
	}
	dst = append(dst, num...)
	dst = pad(dst, at, f.width, f.left)
	return append(dst, f.after...)
}

func (f *Format) base() int {
	switch f.verb {
	case 'x', 'X':
		return 16
	case 'o':
		return 8
	}
	return 10
}

// pad makes what stands from dst[at] on at least width wide.
func pad(dst []byte, at, width int, left bool) []byte {
	n := width - (len(dst) - at)
	if n <= 0 {
		return dst
	}
	end := len(dst)
	for range n {
		dst = append(dst, ' ')
	}
	if !left {
		copy(dst[at+n:], dst[at:end])
		for i := range n {
			dst[at+i] = ' '
		}
	}
	return dst
}
