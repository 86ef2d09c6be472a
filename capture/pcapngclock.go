package capture

import (
	"math"
	"math/bits"
)

// ngClock turns the time stamps of one pcapng interface into nanoseconds.
type ngClock struct {
	multiply uint64 // units to nanoseconds; 0 where a unit is below a nanosecond
	divide   uint64 // units to nanoseconds for these
	shift    uint   // binary units: 2 to the power of -shift seconds
	binary   bool
	offset   int64 // seconds to add
}

// newClock makes a clock of the options if_tsresol and if_tsoffset. The top
// bit of the resolution chooses powers of 2 over powers of 10.
func newClock(resolution byte, offset int64) ngClock {
	c := ngClock{offset: offset}
	exponent := uint(resolution & 0x7f)
	switch {
	case resolution&0x80 != 0:
		c.binary, c.shift = true, exponent
	case exponent <= 9:
		c.multiply = power10(9 - exponent)
	case exponent-9 <= 19:
		c.divide = power10(exponent - 9)
	default: // too fine for any time stamp to reach one nanosecond
		c.binary, c.shift = true, 127
	}
	return c
}

func power10(n uint) uint64 {
	p := uint64(1)
	for ; n > 0; n-- {
		p *= 10
	}
	return p
}

// nanoseconds returns the time of a stamp, or the nearest that can be told.
func (c *ngClock) nanoseconds(stamp uint64) int64 {
	var hi, lo uint64
	switch {
	case c.binary:
		hi, lo = bits.Mul64(stamp, 1e9)
		if c.shift >= 64 {
			hi, lo = 0, hi>>(c.shift-64)
		} else {
			hi, lo = hi>>c.shift, hi<<(64-c.shift)|lo>>c.shift
		}
	case c.multiply != 0:
		hi, lo = bits.Mul64(stamp, c.multiply)
	default:
		lo = stamp / c.divide
	}
	if c.offset != 0 {
		return withOffset(hi, lo, c.offset)
	}
	if hi != 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(lo)
}

// withOffset adds seconds to a 128-bit number of nanoseconds.
func withOffset(hi, lo uint64, seconds int64) int64 {
	magnitude := uint64(seconds)
	if seconds < 0 {
		magnitude = -magnitude
	}
	ohi, olo := bits.Mul64(magnitude, 1e9)
	if seconds < 0 {
		ohi, olo = ^ohi, -olo
		if olo == 0 {
			ohi++
		}
	}
	lo, carry := bits.Add64(lo, olo, 0)
	hi, _ = bits.Add64(hi, ohi, carry) // both are far from the 128-bit limits
	switch {
	case int64(hi) < 0 && (hi != math.MaxUint64 || lo < 1<<63):
		return math.MinInt64
	case int64(hi) >= 0 && (hi != 0 || lo > math.MaxInt64):
		return math.MaxInt64
	}
	return int64(lo)
}
