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
