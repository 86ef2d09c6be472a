package record

import "encoding/binary"

// Times are the times of a record (DSR 0x03) by side, as readers understand
// them: nanoseconds since the epoch, 0 where there is none.
//
//	byte 1  bits 0..2 form; 0x08 source start, 0x10 source end, 0x20 destination start, 0x40 destination end
//	byte 2  0x18 microseconds, 0x19 nanoseconds
//	then    absolute times: seconds u32, fraction u32; relative ones: i32 microseconds
//
// Without direction bits there is one start and, if the DSR has five words,
// one end for both sides; what each side gets follows from the packet counts
// (format, "Canonical times").
type Times struct {
	Src, Dst Span

	wire   timeWire
	stored [2]Span // as the DSR has them, before the rules of the readers
}

// Span is the time from the first to the last packet of one side.
type Span struct{ Start, End int64 }

// Duration is the length of the span in nanoseconds.
func (s Span) Duration() int64 { return s.End - s.Start }

// timeWire is how the times stood on the wire.
type timeWire struct {
	subtype, unit uint8
	words         uint8 // 0 if set
	none          bool  // the start said "no earliest time yet"
}

const (
	timeSrcStart   = 0x08
	timeSrcEnd     = 0x10
	timeDstStart   = 0x20
	timeDstEnd     = 0x40
	timeDirections = timeSrcStart | timeDstStart
	timeForm       = 0x07

	timeAbsolute      = 1 // a time stamp
	timeRange         = 2 // absolute start and end
	timeRelativeRange = 5

	// UnitMicro and UnitNano are the units of the fraction of a time.
	UnitMicro = 0x18
	UnitNano  = 0x19

	second   = 1_000_000_000
	noSecond = 0xEFFFFFFF // a sensor's "no earliest time yet"
)

// Times returns the times of both sides.
func (r *Record) Times() *Times {
	if r.cached&(1<<DSRTime) == 0 {
		r.fillTimes()
	}
	return &r.times
}

// SetTimes gives the record times.
func (r *Record) SetTimes(t Times) {
	t.wire = timeWire{}
	r.times = t
	r.set(DSRTime)
}

//go:noinline
func (r *Record) fillTimes() {
	r.cached |= DSRTime.bit()
	b := r.raw(DSRTime)
	if b == nil {
		r.times = Times{}
		return
	}
	r.times.decode(b)
	r.times.stored = [2]Span{r.times.Src, r.times.Dst}
	if r.flipped() {
		r.times.flip()
	}
	m := r.Metrics()
	mapped := r.Has(DSRICMP)
	r.times.canonical(m.Src.Packets, m.Dst.Packets, r.Has(DSRMetrics), mapped && !r.flipped(), mapped && r.flipped())
}

func (t *Times) flip() {
	t.Src, t.Dst = t.Dst, t.Src
	if t.wire.subtype&timeDirections != 0 {
		t.stored[0], t.stored[1] = t.stored[1], t.stored[0]
		const src, dst = timeSrcStart | timeSrcEnd, timeDstStart | timeDstEnd
		t.wire.subtype = t.wire.subtype&^(src|dst) | t.wire.subtype&src<<2 | t.wire.subtype&dst>>2
	}
}

// Start is the earliest start, 0 if there is none.
func (t *Times) Start() int64 {
	switch {
	case t.Src.Start == 0:
		return t.Dst.Start
	case t.Dst.Start == 0:
		return t.Src.Start
	}
	return min(t.Src.Start, t.Dst.Start)
}

// End is the latest end, 0 if there is none.
func (t *Times) End() int64 { return max(t.Src.End, t.Dst.End) }

// Duration is the time from the first to the last packet in nanoseconds.
func (t *Times) Duration() int64 {
	start, end := t.Start(), max(t.End(), t.Src.Start, t.Dst.Start)
	return max(end-start, 0)
}

// Nano reports whether the record was written with nanoseconds.
func (t *Times) Nano() bool { return t.wire.unit == UnitNano }

// decode reads the DSR as stored: a pair without direction goes to the source.
func (t *Times) decode(b []byte) {
	t.Src, t.Dst = Span{}, Span{}
	t.wire = timeWire{subtype: b[1], unit: b[2], words: uint8(len(b) / 4)}
	scale := int64(1000)
	if b[2] == UnitNano {
		scale = 1
	}
	words := len(b) / 4
	if b[1]&timeDirections == 0 {
		t.decodePair(b, words, scale)
		return
	}
	bits := b[1] & (timeSrcStart | timeSrcEnd | timeDstStart | timeDstEnd)
	if bits&timeSrcStart == 0 {
		bits &^= timeSrcEnd
	}
	if bits&timeDstStart == 0 {
		bits &^= timeDstEnd
	}
	n := 0
	for v := bits; v != 0; v &= v - 1 {
		n++
	}
	relative := n > (words-1)/2 && n != 1 && words == n+2
	at := 4
	base, based := int64(0), false // the first time, to which the others may be relative
	for _, f := range [...]struct {
		bit uint8
		to  *int64
	}{{timeSrcStart, &t.Src.Start}, {timeSrcEnd, &t.Src.End}, {timeDstStart, &t.Dst.Start}, {timeDstEnd, &t.Dst.End}} {
		if bits&f.bit == 0 {
			continue
		}
		switch {
		case relative && based: // they fit, by the count of words
			*f.to = base + int64(int32(binary.BigEndian.Uint32(b[at:])))*1000
			at += 4
		case at+8 > len(b):
			at = len(b) // absolute, as many as fit
		default:
			*f.to = absolute(b[at:], scale)
			if !based {
				base, based = *f.to, true
			}
			at += 8
		}
	}
	if bits&timeSrcEnd == 0 {
		t.Src.End = t.Src.Start
	}
	if bits&timeDstEnd == 0 {
		t.Dst.End = t.Dst.Start
	}
}

// decodePair reads the form without direction bits.
func (t *Times) decodePair(b []byte, words int, scale int64) {
	switch {
	case words >= 5:
		t.Src = Span{absolute(b[4:], scale), absolute(b[12:], scale)}
		// A capture that starts at the epoch gives a start of "none yet".
		if binary.BigEndian.Uint32(b[4:]) == noSecond && binary.BigEndian.Uint32(b[12:]) == 0 {
			t.Src, t.wire.none = Span{}, true
		}
	case words == 4:
		start := absolute(b[4:], scale)
		t.Src = Span{start, start + int64(int32(binary.BigEndian.Uint32(b[12:])))*1000}
	case words == 3:
		start := absolute(b[4:], scale)
		t.Src = Span{start, start}
	}
}

// absolute reads seconds and a fraction. A fraction above a second is cut to
// the last unit of that second, as readers do.
func absolute(b []byte, scale int64) int64 {
	sec := int64(binary.BigEndian.Uint32(b))
	frac := int64(binary.BigEndian.Uint32(b[4:])) * scale
	if frac > second {
		frac = second - scale
	}
	return sec*second + frac
}

// StartTime is the earliest time of a flow.
func (r *Record) StartTime() Time { return Time(r.Times().Start()) }

// EndTime is the latest time of a flow.
func (r *Record) EndTime() Time { return Time(r.Times().End()) }

func (a *Record) mergeTimes(b *Record) {
	t, o := a.Times(), b.Times()
	if b.have&(1<<DSRTime) == 0 {
		return
	}
	t.Src.merge(o.Src)
	t.Dst.merge(o.Dst)
	t.wire = timeWire{unit: max(t.wire.unit, o.wire.unit)}
	a.set(DSRTime)
}

// merge makes s the span of both.
func (s *Span) merge(o Span) {
	switch {
	case o.Start == 0:
	case s.Start == 0:
		*s = o
	default:
		s.End = max(s.Start, s.End, o.Start, o.End)
		s.Start = min(s.Start, o.Start)
	}
}

// Distance is the time between two spans, 0 if they overlap.
func (s Span) Distance(o Span) int64 { return max(o.Start-s.End, s.Start-o.End, 0) }

func (s Span) minus(o Span) Span { return Span{s.Start - o.Start, s.End - o.End} }
