package record

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// Jitter are statistics of inter-packet times in nanoseconds (DSR 0x46). Active
// are the gaps within bursts, idle those between them.
//
//	byte 1  0x01, 0x02 blocks have a histogram word
//	byte 2  blocks that follow, in this order: 0x01 source active, 0x02 source idle,
//	        0x04 destination active, 0x08 destination idle
//	byte 3  1 and 5 to 7 words a block
//	a block 0 n u32, 4 minimum, 8 mean, 12 standard deviation, 16 maximum f32, [20 histogram]
//
// A block has 5 words in version 3 and 7 in version 5, the last two zero. Its
// unit is the microsecond, in records of version 5 the nanosecond.
type Jitter struct {
	Src, Dst JitterSide

	subtype uint8
	words   uint8 // of a block as read; 0 if set
}

// JitterSide are the statistics of one side.
type JitterSide struct {
	Active, Idle Stat
}

// Stat are statistics of N values.
type Stat struct {
	N                      uint32
	Min, Mean, StdDev, Max float64
	Has                    bool

	nan  uint32  // the deviation as read if it was not a number, else 0
	tail [8]byte // histogram words, as read
}

const (
	jitterWords3 = 5
	jitterWords5 = 7
)

func (j *Jitter) flip() { j.Src, j.Dst = j.Dst, j.Src }

func (j *Jitter) blocks() [4]*Stat {
	return [4]*Stat{&j.Src.Active, &j.Src.Idle, &j.Dst.Active, &j.Dst.Idle}
}

func (j *Jitter) decode(b []byte, v Version) bool {
	*j = Jitter{subtype: b[1], words: jitterWords3}
	n := bits.OnesCount8(b[2] & 0x0F)
	if n == 0 {
		return true
	}
	j.words = uint8((len(b)/4 - 1) / n)
	if j.words < jitterWords3 || j.words > jitterWords5 {
		return false
	}
	scale := jitterScale(v)
	b, q := b[4:], b[2]
	for i, s := range j.blocks() {
		if q&(1<<i) == 0 {
			continue
		}
		s.decode(b[:4*int(j.words)], scale)
		b = b[4*int(j.words):]
	}
	return true
}

// HasDistribution reports whether a block of seven words says more than the five
// that version 3 has.
func (j *Jitter) HasDistribution() bool {
	for _, s := range j.blocks() {
		if j.words == jitterWords5 && s.Has && s.tail != [8]byte{} {
			return true
		}
	}
	return false
}

// jitterScale is the unit of the times of a version in nanoseconds.
func jitterScale(v Version) float64 {
	if v == Version5 {
		return 1
	}
	return 1000
}

func (s *Stat) decode(b []byte, scale float64) {
	f := func(at int) float64 { return number(math.Float32frombits(binary.BigEndian.Uint32(b[at:]))) * scale }
	s.Has = true
	s.N = binary.BigEndian.Uint32(b)
	s.Min, s.Mean, s.StdDev, s.Max = f(4), f(8), f(12), f(16)
	s.nan = notANumber(binary.BigEndian.Uint32(b[12:]))
	copy(s.tail[:], b[20:])
}

// number makes 0 of a NaN. Sensors of version 5 write one for a deviation whose
// square came out negative.
func number(f float32) float64 {
	if f != f {
		return 0
	}
	return float64(f)
}

// notANumber returns the bits of a float that is none, and else 0.
func notANumber(bits uint32) uint32 {
	if f := math.Float32frombits(bits); f != f {
		return bits
	}
	return 0
}

// append writes blocks of the size that was read; of what was set or comes from
// another version, those of version v.
func (j *Jitter) append(dst []byte, v, from Version) []byte {
	words := int(j.words)
	if words != 6 && (words == 0 || v != from) {
		words = jitterWords5
		if v == Version3 {
			words = jitterWords3
		}
	}
	return appendJitter(dst, j, words, jitterScale(v))
}

// AppendJitter appends the DSR of j in the form of version 5, with the blocks
// that have values.
func AppendJitter(dst []byte, j *Jitter) []byte {
	return appendJitter(dst, j, jitterWords5, 1)
}

func appendJitter(dst []byte, j *Jitter, words int, scale float64) []byte {
	at := len(dst)
	dst = append(dst, DSRJitter.Type(), j.subtype, 0, 0)
	for i, s := range j.blocks() {
		if s.Has {
			dst[at+2] |= 1 << i
			dst = s.append(dst, words, scale)
		}
	}
	return closeDSR(dst, at)
}

func (s *Stat) append(dst []byte, words int, scale float64) []byte {
	dst = binary.BigEndian.AppendUint32(dst, s.N)
	for _, f := range [...]float64{s.Min, s.Mean, s.StdDev, s.Max} {
		dst = binary.BigEndian.AppendUint32(dst, math.Float32bits(float32(f/scale)))
	}
	if s.nan != 0 && s.StdDev == 0 {
		binary.BigEndian.PutUint32(dst[len(dst)-8:], s.nan)
	}
	return append(dst, s.tail[:4*(words-jitterWords3)]...)
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
