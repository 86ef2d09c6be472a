package record

import (
	"encoding/binary"
	"math/bits"
	"strconv"
)

// Digits are made eight at once, as the bytes of a word, and appended by one
// store of which only those that count are kept. No branch depends on how many
// there are, which no processor could foresee; and that number is found without
// the digits, so that the next value need not wait for them.

// asciiZeros are eight digits 0.
const asciiZeros = 0x3030303030303030

// eightDigits are the decimal digits of v < 1e8, the first in the lowest byte.
func eightDigits(v uint32) uint64 {
	d := uint64(v/10000) | uint64(v%10000)<<32
	h := d * 10486 >> 20 & 0x7F0000007F // hundreds of each half
	d = h | (d-100*h)<<16
	t := d * 103 >> 10 & 0x000F000F000F000F // tens of each quarter
	return t | (d-10*t)<<8
}

func appendInt(dst []byte, v int64) []byte {
	if v < 0 {
		return appendUint(append(dst, '-'), -uint64(v))
	}
	return appendUint(dst, uint64(v))
}

// appendUint appends v in decimal.
func appendUint(dst []byte, v uint64) []byte {
	if v >= 1e8 {
		return appendPadded(appendUint(dst, v/1e8), v%1e8, 8)
	}
	n := decimals(uint32(v))
	d := eightDigits(uint32(v)) | asciiZeros
	return binary.LittleEndian.AppendUint64(dst, d>>(64-8*n))[:len(dst)+n]
}

// appendMicro appends q / 1e6 with six digits after the point, as nearly all
// fractions are printed.
func appendMicro(dst []byte, q uint64) []byte {
	whole := q / 1e6
	dst = appendUint(dst, whole)
	d := (eightDigits(uint32(q-1e6*whole))|asciiZeros)>>16<<8 | '.'
	return binary.LittleEndian.AppendUint64(dst, d)[:len(dst)+7]
}

// decimals is the number of digits of v: the upper half of v plus an entry of
// the table, by the highest bit of v, which carries where a digit more begins.
func decimals(v uint32) int {
	return int((uint64(v) + decimalTable[bits.Len32(v|1)-1&31]) >> 32)
}

var decimalTable = func() (t [32]uint64) {
	digits, next := uint64(1), uint64(10)
	for i := range t {
		if next < 1<<(i+1) { // numbers of this length have either
			t[i] = (digits+1)<<32 - next
			digits, next = digits+1, 10*next
			continue
		}
		t[i] = digits << 32
	}
	return t
}()

// appendPadded appends v as exactly digits digits, at most 9.
func appendPadded(dst []byte, v uint64, digits int) []byte {
	if digits > 8 {
		dst = append(dst, byte('0'+v/1e8))
		v, digits = v%1e8, 8
	}
	d := eightDigits(uint32(v)) | asciiZeros
	return binary.LittleEndian.AppendUint64(dst, d>>(64-8*digits))[:len(dst)+digits]
}

// fourHexDigits are the lower case digits of v, the first in the lowest byte.
func fourHexDigits(v uint16) uint32 {
	d := uint32(v)>>12 | uint32(v)>>8&15<<8 | uint32(v)>>4&15<<16 | uint32(v)&15<<24
	letters := (d + 0x06060606) >> 4 & 0x01010101
	return d + 0x30303030 + letters*('a'-'0'-10)
}

// appendHex appends 0x and at least digits lower case digits.
func appendHex(dst []byte, v uint64, digits int) []byte {
	dst = append(dst, '0', 'x')
	n := (bits.Len64(v|1) + 3) / 4
	if digits = max(digits, n); digits > 4 {
		for ; n < digits; n++ {
			dst = append(dst, '0')
		}
		return strconv.AppendUint(dst, v, 16)
	}
	return binary.LittleEndian.AppendUint32(dst, fourHexDigits(uint16(v))>>(32-8*digits))[:len(dst)+digits]
}

// octetText is every octet in decimal with a period behind it, the first
// character in the lowest byte; octetLen is how long that is.
var octetText, octetLen = octets256()

func octets256() (text [256]uint32, length [256]uint8) {
	for v := range text {
		b := append(appendUint(nil, uint64(v)), '.')
		length[v] = uint8(len(b))
		text[v] = binary.LittleEndian.Uint32(append(b, 0, 0, 0)[:4])
	}
	return text, length
}

// appendIPv4 appends an address of four bytes in dotted form.
func appendIPv4(dst []byte, b []byte) []byte {
	_ = b[3]
	for _, v := range b[:4] {
		dst = binary.LittleEndian.AppendUint32(dst, octetText[v])[:len(dst)+int(octetLen[v])]
	}
	return dst[:len(dst)-1]
}

// appendIPv6 appends an address by RFC 5952: the longest run of zeros, the first
// of equals, is left out. It is netip's text, which tests compare, without what
// zones and checks cost.
func appendIPv6(dst []byte, b *[16]byte) []byte {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	if hi == 0 && lo>>32 == 0xFFFF { // an IPv4 address
		return appendIPv4(append(dst, "::ffff:"...), b[12:])
	}
	from, to := zeroRun(hi, lo)
	for i := 0; i < 8; i++ {
		if i == from {
			if i == 0 {
				dst = append(dst, ':')
			}
			dst = append(dst, ':')
			if i = to; i == 8 {
				return dst
			}
		}
		v := group(hi, lo, i)
		n := (bits.Len16(v|1) + 3) / 4
		d := uint64(fourHexDigits(v)) | ':'<<32
		dst = binary.LittleEndian.AppendUint64(dst, d>>(32-8*n))[:len(dst)+n+1]
	}
	return dst[:len(dst)-1]
}

// zeroRun finds the longest run of two or more groups of zeros; without one from
// is 8.
func zeroRun(hi, lo uint64) (from, to int) {
	from, to = 8, 8
	longest := 1
	for i := 0; i < 8; {
		j := i
		for j < 8 && group(hi, lo, j) == 0 {
			j++
		}
		if j-i > longest {
			longest, from, to = j-i, i, j
		}
		i = j + 1
	}
	return from, to
}

// group is one of the eight parts of an IPv6 address.
func group(hi, lo uint64, i int) uint16 {
	if i > 3 {
		hi = lo
	}
	return uint16(hi >> (48 - 16*(i&3)))
}
