package zeek

import (
	"bytes"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// unescape returns v with every \xHH replaced by the byte it stands for. What
// has no escape is returned as it is; the rest is built at the end of scratch,
// which is returned grown.
func unescape(v, scratch []byte) (plain, grown []byte) {
	i := bytes.IndexByte(v, '\\')
	if i < 0 {
		return v, scratch
	}
	start := len(scratch)
	for i >= 0 {
		scratch = append(scratch, v[:i]...)
		if c, ok := escapedByte(v[i:]); ok {
			scratch = append(scratch, c)
			v = v[i+4:]
		} else {
			scratch = append(scratch, '\\')
			v = v[i+1:]
		}
		i = bytes.IndexByte(v, '\\')
	}
	scratch = append(scratch, v...)
	return scratch[start:len(scratch):len(scratch)], scratch
}

// escapedByte reads \xHH.
func escapedByte(v []byte) (byte, bool) {
	if len(v) < 4 || v[1] != 'x' {
		return 0, false
	}
	hi, lo := hexDigit(v[2]), hexDigit(v[3])
	return hi<<4 | lo, hi <= 15 && lo <= 15
}

// appendEscape appends a byte as \xHH.
func appendEscape(dst []byte, c byte) []byte {
	return append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
}

// appendText appends a value of TSV: bytes that would be mistaken are escaped,
// and so is a value that reads like the marks of unset and empty values. Inside
// of sets the separator of their elements is escaped too.
func (h *Header) appendText(dst, v []byte, inSet bool) []byte {
	if len(v) == 0 && !inSet {
		return append(dst, h.Empty...)
	}
	if string(v) == h.Unset || string(v) == h.Empty {
		if len(v) == 0 {
			return dst
		}
		dst = appendEscape(dst, v[0])
		v = v[1:]
	}
	for i := 0; i < len(v); {
		c := v[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(v[i:])
			if r == utf8.RuneError && n == 1 {
				dst = appendEscape(dst, c)
			} else {
				dst = append(dst, v[i:i+n]...)
			}
			i += n
			continue
		}
		i++
		switch {
		case c < 0x20 || c == 0x7F || c == h.Separator || inSet && len(h.SetSeparator) == 1 && c == h.SetSeparator[0]:
			dst = appendEscape(dst, c)
		case c == '\\' && i < len(v) && v[i] == 'x':
			dst = appendEscape(dst, c)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
