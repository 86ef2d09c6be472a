package record

import "math"

// timingRows are statistics of inter-packet times, in milliseconds.
func timingRows() []Attribute {
	rows := []Attribute{}
	for _, s := range []struct {
		side              Side
		prefix, title     string
		short, jitter, of string
		get               func(*Record) *JitterSide
	}{
		{Source, "s", "S", "SIP", "Src", " of the source", func(r *Record) *JitterSide { return &r.Jitter().Src }},
		{Dest, "d", "D", "DIP", "Dst", " of the destination", func(r *Record) *JitterSide { return &r.Jitter().Dst }},
	} {
		active := func(r *Record) *Stat { return &s.get(r).Active }
		idle := func(r *Record) *Stat { return &s.get(r).Idle }
		row := func(name, title string, get func(*Record) (float64, bool), doc string) {
			rows = append(rows, decimal(s.prefix+name, title, 12, "ms", s.side, Set(DSRJitter), millis(get), doc+s.of))
		}
		row("intpkt", s.title+"IntPkt", merged(s.get, (*JitterSide).mean, s.side == Source), "mean time between packets")
		row("intpktact", s.title+"IntPktAct", part(active, statMean), "mean time between packets within bursts")
		row("intpktidl", s.title+"IntPktIdl", part(idle, statMean), "mean time between bursts")
		row("intpktmax", s.title+"IntPktMax", merged(s.get, (*JitterSide).max, true), "longest time between packets")
		row("intpktmin", s.title+"IntPktMin", merged(s.get, (*JitterSide).min, true), "shortest time between packets")
		row("intpktactmax", s.short+"ActMax", part(active, statMax), "longest time between packets within bursts")
		row("intpktactmin", s.short+"ActMin", part(active, statMin), "shortest time between packets within bursts")
		row("intpktidlmax", s.short+"IdlMax", part(idle, statMax), "longest time between bursts")
		row("intpktidlmin", s.short+"IdlMin", part(idle, statMin), "shortest time between bursts")
		row("jit", s.jitter+"Jitter", merged(s.get, (*JitterSide).deviation, false), "standard deviation of the times between packets")
		row("jitact", s.jitter+"JitAct", counted(active, statDeviation), "standard deviation of the times between packets within bursts")
		row("jitidl", s.jitter+"JitIdl", counted(idle, statDeviation), "standard deviation of the times between bursts")

		histogram := func(name, title string, width int, get func(*Record) ([8]uint32, bool), doc string) {
			rows = append(rows, histogramRow(s.prefix+name, title, width, s.side, DSRJitter, get, doc+s.of))
		}
		histogram("intdist", s.title+"IntDist", 8, func(r *Record) ([8]uint32, bool) {
			j := s.get(r)
			bins, ok := j.Active.histogram(r)
			more, ok2 := j.Idle.histogram(r)
			for i := range bins {
				bins[i] += more[i]
			}
			return bins, ok || ok2
		}, "histogram of the times between packets")
		histogram("intdistact", s.title+"IntActDist", 11, func(r *Record) ([8]uint32, bool) { return active(r).histogram(r) }, "histogram of the times between packets within bursts")
		histogram("intdistidl", s.title+"IntIdlDist", 11, func(r *Record) ([8]uint32, bool) { return idle(r).histogram(r) }, "histogram of the times between bursts")
	}
	return rows
}

func statMean(s *Stat) float64      { return s.Mean }
func statMin(s *Stat) float64       { return s.Min }
func statMax(s *Stat) float64       { return s.Max }
func statDeviation(s *Stat) float64 { return s.StdDev }

// millis turns nanoseconds into milliseconds.
func millis(get func(*Record) (float64, bool)) func(*Record) (float64, bool) {
	return func(r *Record) (float64, bool) {
		v, ok := get(r)
		return v / 1e6, ok
	}
}

// part gets a number of one set, which is there whenever the DSR is.
func part(set func(*Record) *Stat, get func(*Stat) float64) func(*Record) (float64, bool) {
	return func(r *Record) (float64, bool) {
		v := get(set(r))
		return v, r.Has(DSRJitter)
	}
}

// counted gets a number of one set if it has any packets.
func counted(set func(*Record) *Stat, get func(*Stat) float64) func(*Record) (float64, bool) {
	return func(r *Record) (float64, bool) {
		s := set(r)
		return get(s), s.N > 0 && r.Has(DSRJitter)
	}
}

// merged gets a number of both sets; empty says whether it is there, as zero,
// without packets.
func merged(side func(*Record) *JitterSide, get func(*JitterSide) float64, empty bool) func(*Record) (float64, bool) {
	return func(r *Record) (float64, bool) {
		s := side(r)
		if s.count() == 0 {
			return 0, empty && r.Has(DSRJitter)
		}
		return get(s), true
	}
}

func (s *JitterSide) count() uint64 { return uint64(s.Active.N) + uint64(s.Idle.N) }

func (s *JitterSide) mean() float64 {
	a, i := &s.Active, &s.Idle
	return (float64(a.N)*a.Mean + float64(i.N)*i.Mean) / float64(s.count())
}

func (s *JitterSide) max() float64 {
	return math.Max(s.Active.Max, s.Idle.Max)
}

func (s *JitterSide) min() float64 {
	switch {
	case s.Active.N == 0:
		return s.Idle.Min
	case s.Idle.N == 0:
		return s.Active.Min
	}
	return math.Min(s.Active.Min, s.Idle.Min)
}

// deviation is the standard deviation over both sets.
func (s *JitterSide) deviation() float64 {
	a, i := &s.Active, &s.Idle
	switch {
	case a.N == 0:
		return i.StdDev
	case i.N == 0:
		return a.StdDev
	}
	squares := func(t *Stat) float64 { return float64(t.N) * (t.StdDev*t.StdDev + t.Mean*t.Mean) }
	mean := s.mean()
	return math.Sqrt(math.Max(0, (squares(a)+squares(i))/float64(s.count())-mean*mean))
}

// histogram gets the bins of a set, which stand behind its numbers as nibbles,
// or as bytes in the long form.
func (s *Stat) histogram(r *Record) (bins [8]uint32, ok bool) {
	j := r.Jitter()
	if !r.Has(DSRJitter) || j.words < 6 || s.N == 0 {
		return bins, false
	}
	for i := range bins {
		if j.words == 6 {
			bins[i] = uint32(s.tail[i/2] >> (4 * (1 - i%2)) & 15)
		} else {
			bins[i] = uint32(s.tail[i])
		}
	}
	return bins, bins != [8]uint32{}
}

// sizeRows are the sizes of packets.
func sizeRows() []Attribute {
	p := Set(DSRSizes)
	src := func(r *Record) *SizeRange { return &r.Sizes().Src }
	dst := func(r *Record) *SizeRange { return &r.Sizes().Dst }
	size := func(side func(*Record) *SizeRange, get func(*SizeRange) uint16) func(*Record) (int64, bool) {
		return func(r *Record) (int64, bool) { s := side(r); return int64(get(s)), s.Has && get(s) > 0 }
	}
	least := func(s *SizeRange) uint16 { return s.Min }
	most := func(s *SizeRange) uint16 { return s.Max }
	bins := func(side func(*Record) *SizeRange) func(*Record) ([8]uint32, bool) {
		return func(r *Record) (bins [8]uint32, ok bool) {
			s := side(r)
			for i, v := range s.Histogram {
				bins[i] = uint32(v)
			}
			return bins, r.Sizes().HasHistogram
		}
	}
	return []Attribute{
		histogramRow("spktsz", "sPktSz", 12, Source, DSRSizes, bins(src), "histogram of the packet sizes of the source"),
		histogramRow("dpktsz", "dPktSz", 12, Dest, DSRSizes, bins(dst), "histogram of the packet sizes of the destination"),
		integer("smaxsz", "sMaxPktSz", 12, "byte", Source, p, size(src, most), "largest packet of the source"),
		integer("sminsz", "sMinPktSz", 12, "byte", Source, p, size(src, least), "smallest packet of the source"),
		integer("dmaxsz", "dMaxPktSz", 12, "byte", Dest, p, size(dst, most), "largest packet of the destination"),
		integer("dminsz", "dMinPktSz", 12, "byte", Dest, p, size(dst, least), "smallest packet of the destination"),
	}
}

// histogramRow prints eight bins, each as one hexadecimal digit, or as two if
// the column is 16 wide or more.
func histogramRow(name, title string, width int, side Side, from DSR, get func(*Record) ([8]uint32, bool), doc string) Attribute {
	return word(name, title, width, HistogramValue, side, Set(from), func(dst []byte, r *Record, o *TextOptions) []byte {
		bins, ok := get(r)
		if !ok {
			return dst
		}
		digits, top := 1, uint32(15)
		if o.width(width) >= 16 {
			digits, top = 2, 255
		}
		largest := uint32(0)
		for _, b := range bins {
			largest = max(largest, b)
		}
		for _, b := range bins {
			if largest > top && b > 0 {
				b = max(1, b*top/largest)
			}
			dst = appendHexDigits(dst, b, digits)
		}
		return dst
	}, doc)
}

func appendHexDigits(dst []byte, v uint32, n int) []byte {
	const digits = "0123456789abcdef"
	for n--; n >= 0; n-- {
		dst = append(dst, digits[v>>(4*n)&15])
	}
	return dst
}
