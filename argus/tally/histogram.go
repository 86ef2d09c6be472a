package tally

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/seed-6ae541b3/goargus/record"
)

// Histogram counts records by classes of the value of an attribute: Bins classes
// of equal width between Low and High, or of equal ratio if Log is set. A class
// has its lower border in it, not its upper one. What is below or above is
// counted as an outlier. Records without a value are not counted.
type Histogram struct {
	Attribute *record.Attribute
	Abs       bool // of the absolute value
	Bins      int
	Log       bool
	Low, High float64

	counts   []uint64 // below, the classes, above
	in, all  stats
	values   []float64 // between the borders, or a sample of them
	outliers []float64
}

// MaxBins is the largest number of classes.
const MaxBins = 1 << 20

// SetRange sets the borders so that values up to max fit, as rahisto does: from 0
// or the smallest value on, by a width of two digits.
func (h *Histogram) SetRange(smallest, largest float64) {
	h.Low = math.Min(smallest, 0)
	width := (largest - h.Low) / float64(h.Bins)
	if h.Log {
		h.Low, h.High = math.Max(smallest, 0), largest*(1+1e-9)
		return
	}
	scale := 1.0
	for width > 0 && width*scale < 10 && scale < 1e15 {
		scale *= 10
	}
	rounded := math.Ceil(width * scale)
	if rounded == width*scale { // the largest value is not to be the border
		rounded++
	}
	h.High = h.Low + float64(h.Bins)*rounded/scale
}

// Check reports what is wrong with the configuration.
func (h *Histogram) Check() error {
	switch {
	case h.Attribute == nil:
		return errors.New("tally: a histogram needs an attribute")
	case h.Attribute.Int == nil && h.Attribute.Float == nil:
		return fmt.Errorf("tally: %s is not a number", h.Attribute.Name)
	case h.Bins < 1 || h.Bins > MaxBins:
		return fmt.Errorf("tally: %d classes: want 1 to %d", h.Bins, MaxBins)
	case !(h.Low < h.High) || math.IsInf(h.High-h.Low, 0):
		return fmt.Errorf("tally: a range from %g to %g is empty", h.Low, h.High)
	case h.Log && h.Low < 0:
		return fmt.Errorf("tally: a logarithmic range cannot begin at %g", h.Low)
	}
	return nil
}

// Value is the number by which a record is counted.
func (h *Histogram) Value(r *record.Record) (float64, bool) {
	if r.Kind() == record.Management {
		return 0, false
	}
	v, ok := h.Attribute.Float64(r)
	if h.Abs {
		v = math.Abs(v)
	}
	return v, ok && v == v
}

// Add counts a record.
func (h *Histogram) Add(r *record.Record) {
	if v, ok := h.Value(r); ok {
		h.AddValue(v)
	}
}

// AddValue counts a value.
func (h *Histogram) AddValue(v float64) {
	if h.counts == nil {
		h.counts = make([]uint64, h.Bins+2)
	}
	i := h.class(v)
	h.counts[i]++
	h.all.add(v)
	if i == 0 || i == h.Bins+1 {
		keep(&h.outliers, v, h.all.n-h.in.n)
		return
	}
	h.in.add(v)
	keep(&h.values, v, h.in.n)
}

// class is the number of the class of a value: 0 is below all, Bins+1 above.
func (h *Histogram) class(v float64) int {
	low, high := h.borders()
	if h.Log {
		if v <= 0 {
			return 0
		}
		v = math.Log10(v)
	}
	switch x := (v - low) / (high - low) * float64(h.Bins); {
	case v < low:
		return 0
	case x >= float64(h.Bins):
		return h.Bins + 1
	default:
		return 1 + int(x)
	}
}

// borders are the lowest and highest border, as logarithms if need be.
func (h *Histogram) borders() (low, high float64) {
	if !h.Log {
		return h.Low, h.High
	}
	if h.Low > 0 {
		low = math.Log10(h.Low)
	}
	return low, math.Log10(h.High)
}

// maxValues is how many values are kept for quantiles. Of more, a sample of as
// many is kept.
const maxValues = 1 << 22

// keep adds the n-th value to a uniform sample.
func keep(values *[]float64, v float64, n uint64) {
	if len(*values) < maxValues {
		*values = append(*values, v)
		return
	}
	if i := mix(n) % n; i < maxValues {
		(*values)[i] = v
	}
}

// mix scatters a number, the same way each time.
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// Class is one class of a histogram.
type Class struct {
	Low, High float64 // infinite at the ends of outliers
	Count     uint64
}

// Classes are the classes in order, with those of the outliers if asked for.
func (h *Histogram) Classes(outliers bool) []Class {
	out := make([]Class, h.Bins+2)
	low, high := h.borders()
	border := func(i int) float64 {
		b := low + (high-low)*float64(i)/float64(h.Bins)
		if h.Log {
			return math.Pow(10, b)
		}
		return b
	}
	for i := range out {
		out[i] = Class{Low: border(i - 1), High: border(i)}
		if h.counts != nil {
			out[i].Count = h.counts[i]
		}
	}
	out[0].Low, out[h.Bins+1].High = math.Inf(-1), math.Inf(1)
	if !outliers {
		out = out[1 : h.Bins+1]
	}
	return out
}

// Stats are statistics of the values that were counted.
type Stats struct {
	N         uint64
	Mean      float64
	StdDev    float64 // of these values, not an estimate for others
	Min, Max  float64
	Median    float64
	P95       float64   // 95 of 100 values are not above it
	Modes     []float64 // the most frequent values, if one comes more than twice
	Estimated bool      // the quantiles and modes are those of a sample
}

// Stats returns the statistics of all values, or of those that are no outliers.
func (h *Histogram) Stats(outliers bool) Stats {
	s, values := h.in, h.values
	if outliers {
		s, values = h.all, slices.Concat(h.values, h.outliers)
	}
	out := Stats{N: s.n, Mean: s.mean, Min: s.min, Max: s.max, Estimated: s.n > uint64(len(values))}
	if s.n == 0 {
		return out
	}
	out.StdDev = math.Sqrt(s.squares / float64(s.n))
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	out.Median = (values[(n-1)/2] + values[n/2]) / 2
	out.P95 = values[min(n*95/100, n-1)]
	out.Modes = modes(values)
	return out
}

// maxModes is how many values are told of that are equally frequent.
const maxModes = 8

func modes(sorted []float64) (out []float64) {
	best := 3
	for i := 0; i < len(sorted); {
		end := i + 1
		for end < len(sorted) && sorted[end] == sorted[i] {
			end++
		}
		if n := end - i; n > best {
			best, out = n, append(out[:0], sorted[i])
		} else if n == best && len(out) < maxModes {
			out = append(out, sorted[i])
		}
		i = end
	}
	return out
}

// stats are sums that statistics come from, updated without loss of precision.
type stats struct {
	n             uint64
	mean, squares float64 // squares of the distances from the mean
	min, max      float64
}

func (s *stats) add(v float64) {
	if s.n++; s.n == 1 {
		s.min, s.max = v, v
	}
	s.min, s.max = math.Min(s.min, v), math.Max(s.max, v)
	d := v - s.mean
	s.mean += d / float64(s.n)
	s.squares += d * (v - s.mean)
}
