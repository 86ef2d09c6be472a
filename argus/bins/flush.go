package bins

import (
	"maps"
	"math"
	"slices"

	"github.com/seed-6ae541b3/goargus/record"
)

// flush reports the bins before one.
func (b *Bins) flush(before int64, emit func(*record.Record) error) error {
	manage := b.manageBefore(before)
	err := b.groups.FlushBins(before, func(bin int64, r *record.Record) error {
		for len(manage) > 0 && manage[0] < bin {
			if err := b.reportManagement(manage[0], emit); err != nil {
				return err
			}
			manage = manage[1:]
		}
		if err := b.enter(bin, emit); err != nil {
			return err
		}
		return emit(r)
	})
	if err != nil {
		return err
	}
	for _, bin := range manage {
		if err := b.reportManagement(bin, emit); err != nil {
			return err
		}
	}
	b.closed = max(b.closed, before)
	if before == math.MaxInt64 { // the end: ready for another run
		b.closed, b.any, b.current, b.filled = math.MinInt64, false, 0, 0
	}
	return nil
}

// enter counts a bin that is reported, and reports the empty bins before it.
func (b *Bins) enter(bin int64, emit func(*record.Record) error) error {
	if b.any && bin == b.last {
		return nil
	}
	b.stats.Bins++
	if b.config.Zero && b.any && b.last < bin && b.last != 0 {
		_, at := b.peek(b.last)
		for at < bin {
			start, end := b.peek(at)
			if err := emit(b.zero(start, end)); err != nil {
				return err
			}
			at = end
		}
	}
	if !b.any || bin > b.last {
		b.last = bin
	}
	b.any = true
	return nil
}

// zero is the record of an empty bin.
func (b *Bins) zero(start, end int64) *record.Record {
	r := record.New(record.FlowRecord, b.version, record.Start)
	r.SetTimes(record.Times{Src: record.Span{Start: start, End: end}})
	r.SetMetrics(record.Metrics{})
	return r
}

// manageBefore is the bins before one that have management records, in order.
func (b *Bins) manageBefore(before int64) []int64 {
	var bins []int64
	for _, bin := range slices.Sorted(maps.Keys(b.manage)) {
		if bin < before {
			bins = append(bins, bin)
		}
	}
	return bins
}

func (b *Bins) reportManagement(bin int64, emit func(*record.Record) error) error {
	r := b.manage[bin]
	delete(b.manage, bin)
	return emit(r)
}
