package aggregate

import (
	"fmt"

	"github.com/seed-6ae541b3/goargus/record"
)

// shard is a part of the groups. Records come to it in chunks of blocks; with
// several workers a goroutine of its own merges them.
type shard struct {
	owner *Aggregator
	group *group
	spill *spill
	chunk []byte
	limit int64
	work  chan []byte // nil without a goroutine
	back  chan []byte // chunks to be used again
	done  chan error
}

const (
	chunkSize = 256 << 10
	batchSize = 16 << 10 // without a goroutine: small enough for the cache

	minLimit = 1 << 20 // of memory: less would spill all the time
)

func newShard(r *rules, a *Aggregator, parallel bool) *shard {
	s := &shard{owner: a, group: newGroup(r, new(arena))}
	if a.config.MemoryLimit > 0 {
		s.limit = max(a.config.MemoryLimit/int64(max(a.config.Workers, 1)), minLimit)
	}
	if parallel {
		s.back = make(chan []byte, 4)
	}
	return s
}

// full hands the chunk over if it is large enough.
func (s *shard) full(emit func(*record.Record) error) error {
	if s.back == nil {
		if len(s.chunk) < batchSize && s.group.timers == nil {
			return nil
		}
		return s.drain(emit)
	}
	if len(s.chunk) < chunkSize {
		return nil
	}
	return s.send()
}

// drain merges the chunk.
func (s *shard) drain(emit func(*record.Record) error) error {
	err := s.addAll(s.chunk, emit)
	s.chunk = s.chunk[:0]
	return err
}

// addAll merges a chunk and spills if memory gets short.
func (s *shard) addAll(chunk []byte, emit func(*record.Record) error) error {
	if err := s.group.addAll(chunk, emit); err != nil {
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

// send gives the chunk to the goroutine, which is started at the first one.
func (s *shard) send() error {
	if s.work == nil {
		s.work = make(chan []byte, 2)
		s.done = make(chan error, 1)
		go s.run(s.work, s.done)
	}
	s.work <- s.chunk
	select {
	case s.chunk = <-s.back:
	default:
		s.chunk = make([]byte, 0, chunkSize+chunkSize/4)
	}
	return nil
}

// run is the goroutine: it merges chunks until there are no more. After an error
// it goes on taking them, so that nobody waits.
func (s *shard) run(work <-chan []byte, done chan<- error) {
	var err error
	for chunk := range work {
		if err == nil {
			err = s.addAll(chunk, nil) // there are no timers
		}
		select {
		case s.back <- chunk[:0]:
		default:
		}
	}
	done <- err
}

// finish merges what is left of the chunk and waits for the goroutine.
func (s *shard) finish(emit func(*record.Record) error) error {
	if s.back == nil {
		return s.drain(emit)
	}
	if len(s.chunk) > 0 {
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
	s.chunk = s.chunk[:0]
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
