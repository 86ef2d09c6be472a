package record

import (
	"encoding/binary"
	"math"
)

// Aggregate are statistics of the records that were merged (DSR 0x60).
//
//	byte 1  index of the attribute that the active block is about: 4 is the duration
//	byte 2  1
//	byte 3  20 words; no other length is accepted
//	4       number of records u32
//	then    in host order:
//	8       last start, 16 last time: seconds u32, microseconds u32
//	24      active block 28: the attribute, in its unit
//	52      idle block 28: gaps between records, in seconds; in version 3 in microseconds
//	a block 0 n i32, 4 minimum, 8 mean, 12 standard deviation, 16 maximum f32, 20 histogram 8
type Aggregate struct {
	Count     uint32
	Metric    uint8 // index of the attribute that Active is about; 4 is duration
	LastStart int64
	Last      int64
	Active    Stat // of the attribute, in its unit (seconds for duration)
	Idle      Stat // of gaps between records, in seconds

	qualifier uint8
	read      bool
}

const (
	aggregateWords    = 20
	aggregateDuration = 4 // index of the duration
)

func (a *Aggregate) flip() {}

func (a *Aggregate) decode(b []byte, v Version) bool {
	if len(b) != 4*aggregateWords {
		return false
	}
	*a = Aggregate{Count: binary.BigEndian.Uint32(b[4:]), Metric: b[1], qualifier: b[2], read: true}
	le := binary.LittleEndian
	a.LastStart = int64(le.Uint32(b[8:]))*second + int64(le.Uint32(b[12:]))*1000
	a.Last = int64(le.Uint32(b[16:]))*second + int64(le.Uint32(b[20:]))*1000
	a.Active.decodeHost(b[24:52], 1)
	a.Idle.decodeHost(b[52:80], idleScale(v))
	return true
}

// idleScale is the unit of the idle block of a version in seconds.
func idleScale(v Version) float64 {
	if v == Version3 {
		return 1e-6
	}
	return 1
}

func (s *Stat) decodeHost(b []byte, scale float64) {
	le := binary.LittleEndian
	f := func(at int) float64 { return number(math.Float32frombits(le.Uint32(b[at:]))) * scale }
	s.N = le.Uint32(b)
	s.Has = s.N > 0
	s.Min, s.Mean, s.StdDev, s.Max = f(4), f(8), f(12), f(16)
	s.nan = notANumber(le.Uint32(b[12:]))
	copy(s.tail[:], b[20:28])
}

func (a *Aggregate) append(dst []byte, v Version) []byte {
	q, metric := byte(1), a.Metric
	if a.read {
		q = a.qualifier
	} else if metric == 0 {
		metric = aggregateDuration
	}
	dst = append(dst, DSRAggregate.Type(), metric, q, aggregateWords)
	dst = binary.BigEndian.AppendUint32(dst, a.Count)
	for _, t := range [...]int64{a.LastStart, a.Last} {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(t/second))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(t%second/1000))
	}
	dst = a.Active.appendHost(dst, 1)
	return a.Idle.appendHost(dst, idleScale(v))
}

// AppendAggregate appends the DSR of a in the form of version v.
func AppendAggregate(dst []byte, a *Aggregate, v Version) []byte { return a.append(dst, v) }

func (s *Stat) appendHost(dst []byte, scale float64) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, s.N)
	for _, f := range [...]float64{s.Min, s.Mean, s.StdDev, s.Max} {
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(f/scale)))
	}
	if s.nan != 0 && s.StdDev == 0 {
		binary.LittleEndian.PutUint32(dst[len(dst)-8:], s.nan)
	}
	return append(dst, s.tail[:]...)
}

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

// gap is the time between the packets of two records, of the source if both
// have any of it, else of the destination.
type gap struct {
	length int64 // 0 where they overlap
	known  bool
}

func gapBetween(a, b *Record) gap {
	m, t := a.Metrics(), a.Times()
	return gapTo([2]uint64{m.Src.Packets, m.Dst.Packets}, [2]Span{t.Src, t.Dst}, b)
}

// gapTo is gapBetween for the packets and the times by side of a record.
func gapTo(packets [2]uint64, spans [2]Span, b *Record) gap {
	m, t := b.Metrics(), b.Times()
	switch {
	case packets[0] > 0 && m.Src.Packets > 0 && spans[0].Start != 0 && t.Src.Start != 0:
		return gap{spans[0].Distance(t.Src), true}
	case packets[1] > 0 && m.Dst.Packets > 0 && spans[1].Start != 0 && t.Dst.Start != 0:
		return gap{spans[1].Distance(t.Dst), true}
	}
	return gap{}
}
