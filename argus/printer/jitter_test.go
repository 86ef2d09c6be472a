package printer

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// jitterDefect prints an attribute of inter-packet times as the real programs
// do. They take nanoseconds, which records of version 5 hold, for microseconds;
// take the larger of two minima; leave idle times out of the extremes of the
// destination; and mix up the scale where the deviations of two sets are joined.
func jitterDefect(ra, name string) defect {
	if !strings.Contains(name, "intpkt") && !strings.Contains(name, "jit") {
		return nil
	}
	isSrc, what := name[0] == 's', name[1:]
	return func(own string, r *record.Record, o *record.TextOptions) string {
		b, whole := jitterAsRead(ra, r)
		if r.Jitter(); !r.Has(record.DSRJitter) {
			return own
		}
		if right, ok := rightJitter(what, isSrc, r); ok != (own != "") || ok && !same(own, strconv.FormatFloat(right, 'f', o.Digits(), 64)) {
			return "wrong: " + own
		}
		if r.Reversed() == isSrc {
			b[0], b[1], whole[0], whole[1] = b[2], b[3], whole[2], whole[3]
		}
		if !whole[0] && !strings.Contains(what, "idl") || !whole[1] && !strings.Contains(what, "act") {
			return jitterBehind
		}
		v, ok := referenceJitter(what, isSrc, &b[0], &b[1])
		switch {
		case !ok:
			return ""
		case math.IsNaN(v):
			return "-nan"
		}
		return strconv.FormatFloat(v, 'f', o.Digits(), 64)
	}
}

// rightJitter is what ours must be, in milliseconds, from the bytes: blocks are
// as long as they are, in the unit of the version.
func rightJitter(what string, isSrc bool, r *record.Record) (float64, bool) {
	b, _ := jitterAsRead("", r)
	if r.Reversed() == isSrc {
		b[0], b[1] = b[2], b[3]
	}
	for k := range b[:2] {
		for _, v := range []*float64{&b[k].Min, &b[k].Mean, &b[k].StdDev, &b[k].Max} {
			if math.IsNaN(*v) {
				*v = 0
			}
		}
	}
	a, i := b[0], b[1]
	n := float64(a.N) + float64(i.N)
	scale := 1e3 // microseconds
	if r.Version() == record.Version5 {
		scale = 1e6
	}
	var v float64
	switch what {
	case "intpktact":
		return a.Mean / scale, true
	case "intpktidl":
		return i.Mean / scale, true
	case "intpktactmax":
		return a.Max / scale, true
	case "intpktactmin":
		return a.Min / scale, true
	case "intpktidlmax":
		return i.Max / scale, true
	case "intpktidlmin":
		return i.Min / scale, true
	case "jitact":
		return a.StdDev / scale, a.N > 0
	case "jitidl":
		return i.StdDev / scale, i.N > 0
	case "intpkt":
		if n == 0 {
			return 0, isSrc
		}
		return (float64(a.N)*a.Mean + float64(i.N)*i.Mean) / n / scale, true
	case "intpktmax":
		return max(a.Max, i.Max) / scale, true
	case "intpktmin":
		switch {
		case a.N == 0:
			return i.Min / scale, true
		case i.N == 0:
			return a.Min / scale, true
		}
		return min(a.Min, i.Min) / scale, true
	}
	for _, s := range []record.Stat{a, i} { // the deviation of both
		v += float64(s.N) * (s.StdDev*s.StdDev + s.Mean*s.Mean)
	}
	switch {
	case n == 0:
		return 0, false
	case a.N == 0:
		return i.StdDev / scale, true
	case i.N == 0:
		return a.StdDev / scale, true
	}
	mean := (float64(a.N)*a.Mean + float64(i.N)*i.Mean) / n
	return math.Sqrt(max(0, v/n-mean*mean)) / scale, true
}

// jitterBehind stands for a value that version 5 takes from memory behind the
// statistics: nobody can know it.
const jitterBehind = "behind"

// jitterAsRead are the four blocks of a record as a program reads them: version
// 5 goes on by seven words from block to block, also where a block has five. A
// block that so reaches behind the statistics is not whole.
func jitterAsRead(ra string, r *record.Record) (blocks [4]record.Stat, whole [4]bool) {
	whole = [4]bool{true, true, true, true}
	data := r.Raw(record.DSRJitter)
	if len(data) < 4 || data[2]&15 == 0 {
		return blocks, whole
	}
	words := (int(data[3]) - 1) / bits.OnesCount8(data[2]&15)
	if ra == "ra5" {
		words = 7
	}
	float := func(at int) float64 {
		if at+4 > len(data) {
			return 0
		}
		return float64(math.Float32frombits(binary.BigEndian.Uint32(data[at:])))
	}
	at := 4
	for i := range blocks {
		if data[2]&(1<<i) == 0 {
			continue
		}
		s := &blocks[i]
		whole[i] = at+20 <= len(data)
		if at+4 <= len(data) {
			s.N = binary.BigEndian.Uint32(data[at:])
		}
		s.Min, s.Mean, s.StdDev, s.Max = float(at+4), float(at+8), float(at+12), float(at+16)
		at += 4 * words
	}
	return blocks, whole
}

// referenceJitter is the value in what the programs call milliseconds.
func referenceJitter(what string, isSrc bool, a, i *record.Stat) (float64, bool) {
	an, in := float64(a.N), float64(i.N)
	n := an + in
	mean := 0.
	if n > 0 {
		mean = (an*a.Mean + in*i.Mean) / n
	}
	switch what {
	case "intpkt":
		return mean / 1000, n > 0 || isSrc
	case "intpktact":
		return a.Mean / 1000, true
	case "intpktidl":
		return i.Mean / 1000, true
	case "intpktactmax":
		return a.Max / 1000, true
	case "intpktactmin":
		return a.Min / 1000, true
	case "intpktidlmax":
		return i.Max / 1000, true
	case "intpktidlmin":
		return i.Min / 1000, true
	case "intpktmax":
		if isSrc {
			return max(a.Max, i.Max) / 1000, true
		}
		return a.Max / 1000, true
	case "intpktmin":
		if isSrc {
			return max(a.Min, i.Min) / 1000, true
		}
		return a.Min / 1000, true
	case "jitact":
		return a.StdDev / 1000, a.N > 0
	case "jitidl":
		return i.StdDev / 1000, i.N > 0
	}
	v := 0.
	switch { // jit
	case n == 0:
		return 0, false
	case i.N == 0:
		v = a.StdDev / 1000
	case a.N == 0:
		v = i.StdDev / 1000
	default:
		squares := an*a.StdDev*a.StdDev + an*a.Mean*a.Mean + in*i.StdDev*i.StdDev + in*i.Mean*i.Mean
		v = math.Sqrt(squares/1000/n - mean/1000*mean/1000)
	}
	if isSrc && math.IsNaN(v) {
		v = 0
	}
	return v, true
}
