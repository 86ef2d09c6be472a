package aggregate

import (
	"fmt"

	"github.com/seed-6ae541b3/goargus/record"
)

// shard is a part of the groups. Records come to it in batches; with several
// workers a goroutine of its own merges them.
type shard struct {
	owner *Aggregator
	group *group
	spill *spill
	batch *batch
	limit int64
	work  chan *batch // nil without a goroutine
	back  chan *batch // to be used again
	done  chan error
}

const (
	batchSize = 256 << 10 // bytes handed to another goroutine at once
	minLimit  = 1 << 20   // of memory: less would spill all the time
)

// newShard makes one of n shards.
func newShard(r *rules, a *Aggregator, n int) *shard {
	s := &shard{owner: a, group: newGroup(r, new(arena)), batch: new(batch)}
	if a.config.MemoryLimit > 0 {
		s.limit = max(a.config.MemoryLimit/int64(n), minLimit)
	}
	if n > 1 {
		s.back = make(chan *batch, 4)
	}
	return s
}

// full hands the batch over if it is large enough.
func (s *shard) full(emit func(*record.Record) error) error {
	if s.back == nil {
		if len(s.batch.items) < window && s.group.timers == nil {
			return nil
		}
		return s.drain(emit)
	}
	if len(s.batch.data)+itemSize*len(s.batch.items) < batchSize {
		return nil
	}
	return s.send()
}

// itemSize is about what an item takes beside its data.
const itemSize = 112

// drain merges the batch.
func (s *shard) drain(emit func(*record.Record) error) error {
	err := s.addAll(s.batch, emit)
	s.batch.reset()
	return err
}

// addAll merges a batch and spills if memory gets short.
func (s *shard) addAll(b *batch, emit func(*record.Record) error) error {
	if err := s.group.addAll(b, emit); err != nil {
		return err
	}
	if s.limit > 0 && s.group.size() > s.limit {
		return s.spillAll()
	}
	return nil
}

// size is the memory of a group, with what reporting it in order takes.
func (g *group) size() int64 {
	return g.arena.size() + g.table.size() + 48*int64(g.table.n)
}

func (s *shard) spillAll() error {
	if s.group.timers != nil {
		return fmt.Errorf("%d groups are above the memory limit of %d bytes, and groups with timers cannot be spilled", s.group.table.n, s.limit)
	}
	if s.spill == nil {
		var err error
		if s.spill, err = newSpill(s.owner.config.TempDir); err != nil {
			return err
		}
	}
	return s.spill.take(s.group)
}

// send gives the batch to the goroutine, which is started at the first one.
func (s *shard) send() error {
	if s.work == nil {
		s.work = make(chan *batch, 2)
		s.done = make(chan error, 1)
		go s.run(s.work, s.done)
	}
	s.work <- s.batch
	select {
	case s.batch = <-s.back:
	default:
		s.batch = new(batch)
	}
	return nil
}

// run is the goroutine: it merges batches until there are no more. After an error
// it goes on taking them, so that nobody waits.
func (s *shard) run(work <-chan *batch, done chan<- error) {
	var err error
	for b := range work {
		if err == nil {
			err = s.addAll(b, nil) // there are no timers
		}
		b.reset()
		select {
		case s.back <- b:
		default:
		}
	}
	done <- err
}

// finish merges what is left of the batch and waits for the goroutine.
func (s *shard) finish(emit func(*record.Record) error) error {
	if s.work == nil { // there is no goroutine, or few records
		return s.drain(emit)
	}
	if len(s.batch.items) > 0 {
		if err := s.send(); err != nil {
			return err
		}
	}
	return s.wait()
}

func (s *shard) wait() error {
	if s.work == nil {
		return nil
	}
	close(s.work)
	s.work = nil
	return <-s.done
}

// close ends the goroutine and gives everything back.
func (s *shard) close() error {
	err := s.wait()
	s.batch.reset()
	s.group.reset()
	if s.spill != nil {
		err = s.spill.close()
		s.spill = nil
	}
	return err
}

func (g *group) reset() {
	g.table.reset()
	g.arena.reset()
	if g.timers != nil {
		g.timers = newTimers()
	}
}
