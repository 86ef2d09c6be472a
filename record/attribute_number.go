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
	if b == 0 && digits == 6 {
		return append(dst, "0.000000"...)
	}
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
	if digits == 6 {
		return appendMicro(dst, q)
	}
	return appendPoint(dst, q, digits)
}

// appendPoint appends q / 10^digits.
func appendPoint(dst []byte, q uint64, digits int) []byte {
	switch digits {
	case 0:
		return appendUint(dst, q)
	case 6:
		return appendMicro(dst, q)
	}
	p := pow10[digits]
	dst = append(appendUint(dst, q/p), '.')
	return appendPadded(dst, q%p, digits)
}

// appendDuration appends nanoseconds as seconds, rounded half to even.
func appendDuration(dst []byte, ns int64, digits int) []byte {
	digits = min(digits, 9)
	u := uint64(ns)
	if ns < 0 {
		dst = append(dst, '-')
		u = -u
	}
	if digits == 6 {
		return appendMicro(dst, roundHalfEven(u/1000, u%1000, 1000))
	}
	unit := pow10[9-digits]
	return appendPoint(dst, roundHalfEven(u/unit, u%unit, unit), digits)
}

func roundHalfEven(q, rest, unit uint64) uint64 {
	if 2*rest > unit || 2*rest == unit && q&1 == 1 {
		q++
	}
	return q
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
