package capture

import "math"

// interval gathers the times between packets, in nanoseconds. Sums are exact
// enough in double precision; smallest and largest are what a record can hold.
type interval struct {
	sum, squares float64
	n            uint32
	least, most  float32
}

func (v *interval) add(d float64) {
	s := float32(d)
	if v.n == 0 || s < v.least {
		v.least = s
	}
	if v.n == 0 || s > v.most {
		v.most = s
	}
	v.n++
	v.sum += d
	v.squares += d * d
}

func (v *interval) mean() float64 { return v.sum / float64(v.n) }

// deviation is the standard deviation of the population.
func (v *interval) deviation() float64 {
	m := v.mean()
	return math.Sqrt(max(v.squares/float64(v.n)-m*m, 0))
}

// measure takes the time since the side's latest packet. Pauses of two status
// intervals or more are not part of the traffic's rhythm.
func (x *extras) measure(now int64, side int, active bool, status int64) {
	since := now - x.latest[side]
	if x.latest[side] != 0 && since <= 0 {
		return
	}
	known := x.latest[side] != 0
	x.latest[side] = now
	if !known || status <= 0 || status < math.MaxInt64/2 && since >= 2*status {
		return
	}
	if active {
		x.active[side].add(float64(since))
	} else {
		x.idle[side].add(float64(since))
	}
}
