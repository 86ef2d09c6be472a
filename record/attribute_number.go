package record

import (
	"math"
	"math/bits"
	"strconv"
)

var pow10 = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// AppendFixed appends v with exactly digits digits after the point, rounded
// half to even on the exact binary value, as C's %.*f and strconv do. It is
// some three times as fast as strconv, without a difference in any digit.
func AppendFixed(dst []byte, v float64, digits int) []byte {
	b := math.Float64bits(v)
	exp := int(b >> 52 & 0x7FF)
	if exp == 0x7FF || uint(digits) >= uint(len(pow10)) {
		return strconv.AppendFloat(dst, v, 'f', digits, 64)
	}
	mant := b & (1<<52 - 1)
	if exp == 0 {
		exp = 1
	} else {
		mant |= 1 << 52
	}
	// |v| = mant * 2^-shift. The digits are those of mant * 10^digits >> shift.
	shift := 1075 - exp
	hi, lo := bits.Mul64(mant, pow10[digits])
	var q uint64
	switch {
	case shift >= 128: // mant * 10^9 < 2^83: rounds to zero
	case shift >= 64:
		s := uint(shift - 64)
		q = hi >> s
		rest, half := hi&(1<<s-1), uint64(1)<<s>>1
		if s == 0 {
			if lo > 1<<63 || lo == 1<<63 && q&1 == 1 {
				q++
			}
		} else if rest > half || rest == half && (lo != 0 || q&1 == 1) {
			q++
		}
	case shift > 0:
		s := uint(shift)
		if hi>>(s-1) != 0 { // 64 bits or more
			return strconv.AppendFloat(dst, v, 'f', digits, 64)
		}
		q = hi<<(64-s) | lo>>s
		rest, half := lo&(1<<s-1), uint64(1)<<(s-1)
		if rest > half || rest == half && q&1 == 1 {
			q++
		}
	default:
		return strconv.AppendFloat(dst, v, 'f', digits, 64)
	}
	if b>>63 != 0 {
		dst = append(dst, '-')
	}
	return appendPoint(dst, q, digits)
}

// appendPoint appends q / 10^digits.
func appendPoint(dst []byte, q uint64, digits int) []byte {
	if digits == 0 {
		return strconv.AppendUint(dst, q, 10)
	}
	p := pow10[digits]
	dst = strconv.AppendUint(dst, q/p, 10)
	dst = append(dst, '.')
	return appendPadded(dst, q%p, digits)
}

// appendPadded appends v as exactly digits digits.
func appendPadded(dst []byte, v uint64, digits int) []byte {
	at := len(dst)
	for range digits {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; i >= at && v > 0; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
	return dst
}

// appendDuration appends nanoseconds as seconds, rounded half to even.
func appendDuration(dst []byte, ns int64, digits int) []byte {
	if digits > 9 {
		digits = 9
	}
	u := uint64(ns)
	if ns < 0 {
		dst = append(dst, '-')
		u = -u
	}
	unit := pow10[9-digits]
	q, rest := u/unit, u%unit
	if 2*rest > unit || 2*rest == unit && q&1 == 1 {
		q++
	}
	return appendPoint(dst, q, digits)
}

func appendInt(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }

// appendHex appends 0x and at least digits lower case digits.
func appendHex(dst []byte, v uint64, digits int) []byte {
	dst = append(dst, "0x"...)
	for n := (bits.Len64(v|1) + 3) / 4; n < digits; n++ {
		dst = append(dst, '0')
	}
	return strconv.AppendUint(dst, v, 16)
}

// appendAbbreviated appends a number with a suffix K, M, G, ... for every three
// digits that it is shortened by. Below 1000 it is the plain number.
func appendAbbreviated(dst []byte, v float64, digits int, whole bool) []byte {
	const suffixes = "KMGTPEZY"
	steps := 0
	for math.Abs(v) >= 1000 && steps < len(suffixes) {
		v /= 1000
		steps++
	}
	switch {
	case steps > 0:
		return append(AppendFixed(dst, v, min(digits, 3)), suffixes[steps-1])
	case whole:
		return appendInt(dst, int64(v))
	}
	return AppendFixed(dst, v, digits)
}
