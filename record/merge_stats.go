package record

import "math"

// mergeStatistics adds the statistics of b to those of a. A record that was
// never merged counts as one value, that of its own metric; a record without
// packets counts as none. Values of two attributes are never mixed.
func (m *Merger) mergeStatistics(a, b *Record, gap gap) {
	s := a.Aggregate()
	if a.have&(1<<DSRAggregate) == 0 {
		if a.Metrics().Packets() == 0 {
			if o := m.statistics(b); o.Count > 0 {
				a.SetAggregate(o)
			}
			return
		}
		*s = m.single(a)
		a.set(DSRAggregate)
	}
	o := b.Aggregate()
	switch {
	case b.have&(1<<DSRAggregate) != 0:
		if metricOf(s.Metric) != metricOf(o.Metric) {
			return
		}
		s.Active.merge(&o.Active)
		s.Idle.merge(&o.Idle)
		s.Count += o.Count
		s.LastStart, s.Last = max(s.LastStart, o.LastStart), max(s.Last, o.Last)
	case b.Metrics().Packets() == 0:
		return
	default:
		v, index := m.value(b)
		if metricOf(s.Metric) != metricOf(index) {
			return
		}
		s.Active.add(v)
		s.Count++
		s.LastStart, s.Last = max(s.LastStart, b.times.Start()), max(s.Last, b.times.End())
	}
	if gap.known {
		s.Idle.add(float64(gap.length) / second)
	}
	a.set(DSRAggregate)
}

// statistics returns the aggregation statistics of a record, made up if it was
// never merged.
func (m *Merger) statistics(r *Record) Aggregate {
	a := r.Aggregate()
	if r.have&(1<<DSRAggregate) != 0 {
		return *a
	}
	if r.Metrics().Packets() == 0 {
		return Aggregate{}
	}
	return m.single(r)
}

// value is what the statistics are about, and its number.
func (m *Merger) value(r *Record) (float64, uint8) {
	if m.Metric == nil {
		return float64(r.Times().Duration()) / second, aggregateDuration
	}
	v, _ := m.Metric.Float64(r)
	return v, m.MetricIndex
}

// single is the statistics of one record: one value.
func (m *Merger) single(r *Record) Aggregate {
	t := r.Times()
	v, index := m.value(r)
	return Aggregate{
		Count: 1, Metric: index, LastStart: t.Start(), Last: t.End(),
		Active: Stat{N: 1, Min: v, Mean: v, Max: v, Has: true},
	}
}

// Single gives the record the statistics of a record that was never merged, if
// it has none and any packets: parts of it then tell of the whole.
func (m *Merger) Single(r *Record) {
	r.Aggregate()
	if r.IsFlow() && r.have&(1<<DSRAggregate) == 0 && r.Metrics().Packets() > 0 {
		r.SetAggregate(m.single(r))
	}
}

// metricOf makes one of the two numbers of the duration.
func metricOf(index uint8) uint8 {
	if index <= 1 {
		return aggregateDuration
	}
	return index
}

// merge makes s the statistics of both populations (their exact mean and
// standard deviation, by the method of Chan et al.).
func (s *Stat) merge(o *Stat) {
	switch {
	case o.N == 0:
		return
	case s.N == 0:
		*s = *o
		return
	}
	x, y := float64(s.N), float64(o.N)
	n := x + y
	delta := o.Mean - s.Mean
	squares := s.squares() + o.squares() + delta*delta*x*y/n
	s.Mean += delta * y / n
	s.StdDev = math.Sqrt(max(squares, 0) / n)
	s.Min = min(s.Min, o.Min)
	s.Max = max(s.Max, o.Max)
	s.N += o.N
	s.Has = true
}

// add adds one value, as merge does with a population of one.
func (s *Stat) add(v float64) {
	if s.N == 0 {
		*s = Stat{N: 1, Min: v, Mean: v, Max: v, Has: true}
		return
	}
	x := float64(s.N)
	n := x + 1
	delta := v - s.Mean
	squares := s.squares() + delta*delta*x/n
	s.Mean += delta / n
	s.StdDev = math.Sqrt(squares / n)
	s.Min, s.Max = min(s.Min, v), max(s.Max, v)
	s.N++
}

// squares is the sum of squared deviations. One value has none, whatever stands
// in the record: 3.0.8.2 leaves that of an earlier record there.
func (s *Stat) squares() float64 {
	if s.N <= 1 {
		return 0
	}
	return float64(s.N) * s.StdDev * s.StdDev
}

// gap is the time between the packets of two records, of the source if both
// have any of it, else of the destination.
type gap struct {
	length int64 // 0 where they overlap
	known  bool
}

func gapBetween(a, b *Record) gap {
	m, o := a.Metrics(), b.Metrics()
	t, u := a.Times(), b.Times()
	switch {
	case m.Src.Packets > 0 && o.Src.Packets > 0 && t.Src.Start != 0 && u.Src.Start != 0:
		return gap{t.Src.Distance(u.Src), true}
	case m.Dst.Packets > 0 && o.Dst.Packets > 0 && t.Dst.Start != 0 && u.Dst.Start != 0:
		return gap{t.Dst.Distance(u.Dst), true}
	}
	return gap{}
}

// Distance is the time between two spans, 0 if they overlap.
func (s Span) Distance(o Span) int64 { return max(o.Start-s.End, s.Start-o.End, 0) }

func (j *Jitter) merge(o *Jitter) {
	histogram := j.subtype&3 != 0 && o.subtype&3 != 0
	for i, s := range j.blocks() {
		t := o.blocks()[i]
		if !t.Has {
			continue
		}
		bins := mergeBins(s.tail, t.tail, s.Has && t.Has)
		s.merge(t)
		s.Has = true
		s.tail = [8]byte{}
		if histogram {
			s.tail = bins
		}
	}
}

// mergeBins sums the bins of a histogram, kept as nibbles, and scales them to
// fit: a bin that counted anything never becomes empty.
func mergeBins(a, b [8]byte, both bool) [8]byte {
	if !both {
		if a == ([8]byte{}) {
			return b
		}
		return a
	}
	var sum [16]int
	for i := range sum {
		shift := 4 * (1 - i%2)
		sum[i] = int(a[i/2]>>shift&15) + int(b[i/2]>>shift&15)
	}
	var out [8]byte
	for i, n := range scaled(sum[:], 15) {
		out[i/2] |= byte(n) << (4 * (1 - i%2))
	}
	return out
}

// scaled makes the largest of the counts fit a limit.
func scaled(n []int, limit int) []int {
	most := 0
	for _, v := range n {
		most = max(most, v)
	}
	if most <= limit {
		return n
	}
	for i, v := range n {
		if v > 0 {
			n[i] = max(v*limit/most, 1)
		}
	}
	return n
}

func (s *Sizes) merge(o *Sizes) {
	s.read = false
	s.HasHistogram = s.HasHistogram || o.HasHistogram
	s.Src.merge(&o.Src)
	s.Dst.merge(&o.Dst)
}

func (s *SizeRange) merge(o *SizeRange) {
	switch {
	case !o.Has:
		return
	case !s.Has:
		*s = *o
		return
	}
	s.Min, s.Max = min(s.Min, o.Min), max(s.Max, o.Max)
	var sum [8]int
	for i := range sum {
		sum[i] = int(s.Histogram[i]) + int(o.Histogram[i])
	}
	for i, n := range scaled(sum[:], 15) {
		s.Histogram[i] = uint8(n)
	}
}
