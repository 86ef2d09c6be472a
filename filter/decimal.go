package filter

import "github.com/seed-6ae541b3/goargus/record"

// decimal is a number with a fraction that a record holds.
type decimal uint8

// The decimal fields and their units.
const (
	decimalDuration    decimal = iota // seconds; 0 where the record has no times
	decimalMean                       // seconds, of merged durations
	decimalIntFlow                    // seconds
	decimalIntFlowDev                 // seconds
	decimalActive                     // milliseconds between packets, in bursts
	decimalIdle                       // milliseconds between packets, between bursts
	decimalActiveDev                  // milliseconds
	decimalIdleDev                    // milliseconds
	decimalLatitude                   // degrees
	decimalLongitude                  // degrees
	decimalCorDuration                // milliseconds
	decimalCorStart                   // milliseconds
	decimalCorLast                    // milliseconds
	numDecimals
)

var decimals = [numDecimals]fieldInfo{
	decimalDuration:    {"dur", "", []record.DSR{record.DSRTime}, 6},
	decimalMean:        {"mean", "", []record.DSR{record.DSRAggregate}, 6},
	decimalIntFlow:     {"intflow", "", []record.DSR{record.DSRAggregate}, 6},
	decimalIntFlowDev:  {"intflowsdev", "", []record.DSR{record.DSRAggregate}, 6},
	decimalActive:      {"sintpktact", "dintpktact", []record.DSR{record.DSRJitter}, 6},
	decimalIdle:        {"sintpktidl", "dintpktidl", []record.DSR{record.DSRJitter}, 6},
	decimalActiveDev:   {"sjitact", "djitact", []record.DSR{record.DSRJitter}, 6},
	decimalIdleDev:     {"sjitidl", "djitidl", []record.DSR{record.DSRJitter}, 6},
	decimalLatitude:    {"slat", "dlat", []record.DSR{record.DSRGeo}, 6},
	decimalLongitude:   {"slon", "dlon", []record.DSR{record.DSRGeo}, 6},
	decimalCorDuration: {"dldur", "", []record.DSR{record.DSRCorrelation}, 6},
	decimalCorStart:    {"dlstime", "", []record.DSR{record.DSRCorrelation}, 6},
	decimalCorLast:     {"dlltime", "", []record.DSR{record.DSRCorrelation}, 6},
}

// loadDecimal reads a decimal field; dst picks the side of those that have two.
func loadDecimal(r *record.Record, f decimal, dst bool) (float64, bool) {
	switch f {
	case decimalDuration:
		return float64(r.Times().Duration()) / 1e9, true
	case decimalMean, decimalIntFlow, decimalIntFlowDev:
		return loadMerged(r, f)
	case decimalLatitude, decimalLongitude:
		g := r.Geo()
		c := &g.Src
		if dst {
			c = &g.Dst
		}
		if f == decimalLatitude {
			return float64(c.Lat), c.Has
		}
		return float64(c.Lon), c.Has
	case decimalCorDuration, decimalCorStart, decimalCorLast:
		return loadCorrelation(r, f)
	}
	return loadJitter(r, f, dst)
}

func loadMerged(r *record.Record, f decimal) (float64, bool) {
	a := r.Aggregate()
	ok := r.Has(record.DSRAggregate)
	switch f {
	case decimalMean:
		return a.Active.Mean, ok
	case decimalIntFlow:
		return a.Idle.Mean, ok
	}
	return a.Idle.StdDev, ok
}

func loadJitter(r *record.Record, f decimal, dst bool) (float64, bool) {
	j := r.Jitter()
	side := &j.Src
	if dst {
		side = &j.Dst
	}
	const ms = 1e6
	switch f {
	case decimalActive:
		return side.Active.Mean / ms, side.Active.Has
	case decimalIdle:
		return side.Idle.Mean / ms, side.Idle.Has
	case decimalActiveDev:
		return side.Active.StdDev / ms, side.Active.Has
	}
	return side.Idle.StdDev / ms, side.Idle.Has
}

func loadCorrelation(r *record.Record, f decimal) (float64, bool) {
	c := r.Correlation()
	ok := r.Has(record.DSRCorrelation)
	const ms = 1e6
	switch f {
	case decimalCorDuration:
		return float64(c.Duration) / ms, ok
	case decimalCorStart:
		return float64(c.Start) / ms, ok
	}
	return float64(c.Last) / ms, ok
}
