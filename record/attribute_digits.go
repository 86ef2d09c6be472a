package record

import (
	"encoding/binary"
	"math/bits"
	"strconv"
)

// Digits are looked up three at once and appended by one store of which only
// those that count are kept: no branch depends on how many there are, which no
// processor could foresee, and no value waits long for the one before it.

// thousand has for every number below 1000 its three digits, the first in the
// lowest byte, and in the highest byte how many of them count.
var thousand = func() (t [1000]uint32) {
	for v := range uint32(len(t)) {
		n := uint32(3)
		switch {
		case v < 10:
			n = 1
		case v < 100:
			n = 2
		}
		t[v] = '0' + v/100 | ('0'+v/10%10)<<8 | ('0'+v%10)<<16 | n<<24
	}
	return t
}()

func appendInt(dst []byte, v int64) []byte {
	switch {
	case uint64(v) < 1000:
		return appendSmall(dst, uint64(v))
	case v < 0:
		return appendUint(append(dst, '-'), -uint64(v))
	}
	return appendThousands(dst, uint64(v))
}

// appendUint appends v in decimal.
func appendUint(dst []byte, v uint64) []byte {
	if v < 1000 {
		return appendSmall(dst, v)
	}
	return appendThousands(dst, v)
}

// appendSmall appends v < 1000.
func appendSmall(dst []byte, v uint64) []byte {
	t := thousand[v]
	n := t >> 24
	return binary.LittleEndian.AppendUint32(dst, t<<8>>(32-8*n))[:len(dst)+int(n)]
}

func appendThousands(dst []byte, v uint64) []byte {
	switch {
	case v < 1e6:
		dst = appendUint(dst, v/1e3)
		return binary.LittleEndian.AppendUint32(dst, thousand[v%1e3])[:len(dst)+3]
	case v < 1e9:
		dst = appendUint(dst, v/1e6)
		return appendPadded(dst, v%1e6, 6)
	}
	return appendPadded(appendUint(dst, v/1e9), v%1e9, 9)
}

// sixDigits are the digits of v < 1e6, the first in the lowest byte.
func sixDigits(v uint32) uint64 {
	return uint64(thousand[v/1000]&0xFFFFFF) | uint64(thousand[v%1000]&0xFFFFFF)<<24
}

// appendPadded appends v < 10^digits as exactly digits digits, at most 9.
func appendPadded(dst []byte, v uint64, digits int) []byte {
	if digits > 6 {
		dst, v, digits = appendPadded(dst, v/1e6, digits-6), v%1e6, 6
	}
	return binary.LittleEndian.AppendUint64(dst, sixDigits(uint32(v%1e6))>>(48-8*digits))[:len(dst)+digits]
}

// appendMicro appends q / 1e6 with six digits after the point, as nearly all
// fractions are printed.
func appendMicro(dst []byte, q uint64) []byte {
	whole := q / 1e6
	if whole < 1000 {
		dst = appendSmall(dst, whole)
	} else {
		dst = appendThousands(dst, whole)
	}
	return binary.LittleEndian.AppendUint64(dst, sixDigits(uint32(q-1e6*whole))<<8|'.')[:len(dst)+7]
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

// octets256 has for every octet its digits and a period, the first character in the
// lowest byte, and in the highest byte how many characters that are.
var octets256 = func() (t [256]uint64) {
	for v := range t {
		n := uint64(thousand[v] >> 24)
		digits := uint64(thousand[v]&0xFFFFFF) >> (24 - 8*n)
		t[v] = digits | '.'<<(8*n) | (n+1)<<56
	}
	return t
}()

// appendIPv4 appends an address of four bytes in dotted form.
func appendIPv4(dst []byte, b []byte) []byte {
	_ = b[3]
	for _, v := range b[:4] {
		t := octets256[v]
		dst = binary.LittleEndian.AppendUint32(dst, uint32(t))[:len(dst)+int(t>>56)]
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
