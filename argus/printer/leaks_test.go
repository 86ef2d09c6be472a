package printer

import (
	"math/big"
	"net/netip"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// leaks are what version 5 carries from record to record.
type leaks struct {
	rank int64 // of the line at hand

	start, before int64 // of the record at hand, and of the one before
	idle          record.Stat
}

// next takes a record into account, once for each line.
func (l *leaks) next(r *record.Record, o *record.TextOptions) {
	if o.Position == nil || o.Position.Rank == l.rank {
		return
	}
	l.rank = o.Position.Rank
	l.before, l.start = l.start, int64(r.StartTime())
	if r.Kind() == record.Management {
		l.start = r.Management().StartTime
	}
	if a := r.Aggregate(); r.Has(record.DSRAggregate) {
		l.idle = a.Idle
		return
	}
	l.idle.Min = 1e10 // the only one that is set where statistics are made up
}

// defect is what version 5 prints in a column because of a leak.
func (l *leaks) defect(name string) defect {
	number := func(get func() float64) defect {
		return func(own string, r *record.Record, o *record.TextOptions) string {
			l.next(r, o)
			if !r.IsFlow() {
				return own
			}
			right := ofIdle(name, r)
			if own != "" && !same(own, strconv.FormatFloat(right, 'f', o.Digits(), 64)) || own == "" && r.Has(record.DSRAggregate) {
				return "wrong: " + own
			}
			return strconv.FormatFloat(get(), 'f', o.Digits(), 64)
		}
	}
	switch name {
	case "idlemean", "intflow":
		return number(func() float64 { return l.idle.Mean })
	case "idlemin":
		return number(func() float64 { return l.idle.Min })
	case "intflowmin":
		return number(func() float64 { return l.idle.Min / 1000 })
	case "idlemax", "intflowmax":
		return number(func() float64 { return l.idle.Max })
	case "idlestddev", "intflowsdev":
		return number(func() float64 { return l.idle.StdDev })
	case "dlstime":
		return func(own string, r *record.Record, o *record.TextOptions) string {
			l.next(r, o)
			if own != "" || l.before == 0 {
				return own
			}
			return strconv.FormatFloat(float64(l.start-l.before)/1e9, 'f', o.Digits(), 64)
		}
	}
	return nil
}

// ofIdle is what ours must be: 0 without statistics.
func ofIdle(name string, r *record.Record) float64 {
	idle := r.Aggregate().Idle
	switch {
	case !r.Has(record.DSRAggregate):
		return 0
	case strings.HasSuffix(name, "max"):
		return idle.Max
	case strings.HasSuffix(name, "min"):
		return idle.Min
	case strings.HasSuffix(name, "dev"):
		return idle.StdDev
	}
	return idle.Mean
}

// hostName is what version 5 prints for the name of an address: those of the
// machine are resolved at every level, and IPv6 is one decimal number.
func hostName(own string, r *record.Record, o *record.TextOptions) string {
	a, err := netip.ParseAddr(own)
	switch {
	case err != nil:
		return own
	case a.Is6():
		b := a.As16()
		return new(big.Int).SetBytes(b[:]).String()
	case own == "127.0.0.1":
		return "localhost"
	}
	return own
}
