package record

import "encoding/binary"

// AppendTimePair appends the time DSR of a flow without directions, as sensors
// write it unless told otherwise: earliest start and latest end in nanoseconds,
// the end only if it differs. form is 1 after a single time, 2 after more.
func AppendTimePair(dst []byte, form uint8, start, end int64) []byte {
	at := len(dst)
	dst = append(dst, DSRTime.Type(), form&timeForm, UnitNano, 0)
	dst = appendTime(dst, start, 1)
	if end != start {
		dst = appendTime(dst, end, 1)
	}
	return closeDSR(dst, at)
}

// AppendTimes appends the time DSR of both directions in nanoseconds: each time
// of t that is not 0 has its bit and stands there in full.
func AppendTimes(dst []byte, form uint8, t *Times) []byte {
	at := len(dst)
	dst = append(dst, DSRTime.Type(), form&timeForm, UnitNano, 0)
	for i, v := range [...]int64{t.Src.Start, t.Src.End, t.Dst.Start, t.Dst.End} {
		if v/second != 0 {
			dst[at+1] |= timeSrcStart << i
			dst = appendTime(dst, v, 1)
		}
	}
	return closeDSR(dst, at)
}

// appendTime writes seconds and a fraction in units of scale nanoseconds.
func appendTime(dst []byte, t, scale int64) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(t/second))
	return binary.BigEndian.AppendUint32(dst, uint32(t%second/scale))
}

// append writes the form that was read, in microseconds if version 3 is made of
// another, or what was set by the rules of the clients. src and d say whether a
// side has packets.
func (t *Times) append(dst []byte, v, from Version, src, d bool) []byte {
	if t.wire.words != 0 {
		return t.appendStored(dst, v == Version3 && from != Version3)
	}
	return t.appendClient(dst, v, src, d)
}

func (t *Times) appendStored(dst []byte, micro bool) []byte {
	at := len(dst)
	unit, scale := t.wire.unit, int64(1000)
	switch {
	case unit == UnitNano && micro:
		unit = UnitMicro
	case unit == UnitNano:
		scale = 1
	}
	dst = append(dst, DSRTime.Type(), t.wire.subtype, unit, 0)
	src, d := t.stored[0], t.stored[1]
	words := int(t.wire.words)
	if t.wire.subtype&timeDirections == 0 {
		switch {
		case t.wire.none:
			dst = binary.BigEndian.AppendUint32(dst, noSecond)
			dst = append(dst, make([]byte, 12)...)
		case words >= 5:
			dst = appendTime(appendTime(dst, src.Start, scale), src.End, scale)
		case words == 4:
			dst = appendTime(dst, src.Start, scale)
			dst = appendRelative(dst, src.End-src.Start)
		case words == 3:
			dst = appendTime(dst, src.Start, scale)
		}
		return closeDSR(dst, at)
	}
	bits := t.wire.subtype
	if bits&timeSrcStart == 0 {
		bits &^= timeSrcEnd
	}
	if bits&timeDstStart == 0 {
		bits &^= timeDstEnd
	}
	all := [4]int64{src.Start, src.End, d.Start, d.End}
	n := 0
	for i := range all {
		if bits&(timeSrcStart<<i) != 0 {
			n++
		}
	}
	relative := n > (words-1)/2 && n != 1 && words == n+2
	return appendDirected(dst, at, bits, &all, relative, scale)
}

// appendDirected writes the times whose bits are set, the first in full and the
// others in full or relative to it.
func appendDirected(dst []byte, at int, bits uint8, all *[4]int64, relative bool, scale int64) []byte {
	base := int64(0)
	for i, v := range all {
		switch {
		case bits&(timeSrcStart<<i) == 0:
		case relative && base != 0:
			dst = appendRelative(dst, v-base)
		default:
			dst = appendTime(dst, v, scale)
			if base == 0 {
				base = v
			}
		}
	}
	return closeDSR(dst, at)
}

func appendRelative(dst []byte, d int64) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(int32(d/1000)))
}

// Longest durations that clients write relative to the start.
const (
	maxRelative3 = 0x7FFFFFFF * 1000
	maxRelative5 = 1_000_000_000 * 1000
)

// appendClient chooses the form as clients do: relative microseconds unless the
// record is too long for them or has nanoseconds to keep.
func (t *Times) appendClient(dst []byte, v Version, src, d bool) []byte {
	at := len(dst)
	all := [4]int64{t.Src.Start, t.Src.End, t.Dst.Start, t.Dst.End}
	bits := byte(0)
	if src {
		bits |= spanBits(t.Src, timeSrcStart)
	}
	if d {
		bits |= spanBits(t.Dst, timeDstStart)
	}
	n, nano := 0, false
	for i, v := range all {
		if bits&(timeSrcStart<<i) != 0 {
			n++
			nano = nano || v%1000 != 0
		}
	}
	longest, scale, unit := int64(maxRelative5), int64(1000), byte(UnitMicro)
	if v == Version3 {
		longest = maxRelative3
	} else if nano {
		scale, unit = 1, UnitNano
	}
	form := byte(timeAbsolute)
	switch {
	case n < 2 || unit == UnitNano:
	case t.Duration() > longest:
		form = timeRange
	default:
		form = timeRelativeRange
	}
	dst = append(dst, DSRTime.Type(), form|bits, unit, 0)
	return appendDirected(dst, at, bits, &all, form == timeRelativeRange, scale)
}

// spanBits says which times of a side are written: no end that is the start.
func spanBits(s Span, start uint8) uint8 {
	bits := bit(s.Start/second > 0, start)
	return bits | bit(s.End/second > 0 && s.End != s.Start, start<<1)
}

// AppendTimesShort appends the time DSR of both directions as clients write it:
// the first time in full and the others in microseconds relative to it, unless
// they are too far away or not whole microseconds. Times that are 0 are left
// out, and so is an end that is the start.
func AppendTimesShort(dst []byte, t *Times) []byte {
	return t.appendClient(dst, Version5, true, true)
}
