package aggregate

import (
	"encoding/binary"
	"math"

	"github.com/seed-6ae541b3/goargus/record"
)

// Bins. An aggregator can keep the groups of many bins apart: the number of the
// bin comes first in the key. Package bins decides which record goes where.

// binSize is the number of bytes that the bin takes in a key.
const binSize = 8

// appendBin appends a bin so that bytes are in the order of bins.
func appendBin(dst []byte, bin int64) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(bin)^1<<63)
}

func binOf(key []byte) int64 { return int64(binary.BigEndian.Uint64(key) ^ 1<<63) }

// NewBins makes an aggregator whose groups are of a key and a bin: records are
// to be added by AddTo, and groups come out in the order of bins.
func NewBins(k *Key, c Config) (*Aggregator, error) {
	a, err := NewByKey(k, c)
	if err != nil {
		return nil, err
	}
	a.rules.bins = true
	return a, nil
}

// AddTo aggregates a record within a bin. See Add.
func (a *Aggregator) AddTo(bin int64, rec *record.Record) error {
	a.bin = bin
	return a.Add(rec, nil)
}

// FlushBins calls emit with every group of the bins before one, in the order of
// bins and then in that of the aggregator, and removes them. All are flushed
// before math.MaxInt64.
func (a *Aggregator) FlushBins(before int64, emit func(bin int64, r *record.Record) error) error {
	if a.err != nil {
		return a.err
	}
	report := func(f feed) error {
		r, err := f.record()
		if err != nil {
			return err
		}
		a.stats.Groups++
		bin := int64(0)
		if a.rules.bins {
			bin = f.block().bin()
		}
		return emit(bin, r)
	}
	if err := a.flushSome(before, report); err != nil {
		return a.fail(err)
	}
	return nil
}

func (a *Aggregator) flushSome(before int64, report func(feed) error) error {
	if before == math.MaxInt64 {
		return a.flush(report)
	}
	for _, s := range a.shards {
		if err := s.finish(nil); err != nil {
			return err
		}
		if s.spill != nil {
			return a.rebuild(before, report)
		}
	}
	var feeds []feed
	for _, s := range a.shards {
		list, keys, err := s.group.inOrder(before)
		if err != nil {
			return err
		}
		feeds = append(feeds, &memory{group: s.group, list: list, keys: keys, i: -1})
	}
	if err := mergeFeeds(feeds, report); err != nil {
		return err
	}
	for _, f := range feeds {
		m := f.(*memory)
		for _, e := range m.list {
			m.group.forget(e.ref)
		}
	}
	return nil
}

// rebuild flushes groups that were spilled: what is not reported goes into new
// tables.
func (a *Aggregator) rebuild(before int64, report func(feed) error) error {
	old := *a
	a.shards = nil
	for range old.shards {
		a.shards = append(a.shards, newShard(&a.rules, a, len(old.shards)))
	}
	n := uint64(len(a.shards))
	err := old.flush(func(f feed) error {
		b := f.block()
		if b.bin() < before {
			return report(f)
		}
		s := a.shards[uint64(b.share())*n>>32]
		if err := s.batch.addBlock(b); err != nil {
			return err
		}
		return s.full(nil)
	})
	a.stats.Spilled = old.stats.Spilled
	return err
}

// forget removes a group.
func (g *group) forget(ref uint32) {
	b := g.at(ref)
	g.search = b.key()
	if at, ok := g.table.find(b.hash(), g.match); ok {
		g.table.remove(at)
	}
	g.arena.release(ref)
}
