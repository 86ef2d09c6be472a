package aggregate

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"github.com/seed-6ae541b3/goargus/record"
)

// feed yields groups in order: a shard, or a run of the spill file.
type feed interface {
	// next moves to the next group; false at the end.
	next() (bool, error)
	// order is by what the group is put in order.
	order() []byte
	// block is the group.
	block() block
	// record is the group as it is reported.
	record() (*record.Record, error)
}

// flush reports the groups of all shards.
func (a *Aggregator) flush(emit func(feed) error) error {
	for _, s := range a.shards {
		if err := s.finish(nil); err != nil {
			return err
		}
	}
	feeds, err := a.feeds()
	if err != nil {
		return err
	}
	if err := mergeFeeds(feeds, emit); err != nil {
		return err
	}
	for _, s := range a.shards {
		if s.spill != nil {
			a.stats.Spilled += s.spill.at
		}
		if err := s.close(); err != nil {
			return err
		}
	}
	return nil
}

// feeds returns the groups of all shards, each in order. They are put in order
// side by side.
func (a *Aggregator) feeds() ([]feed, error) {
	parts := make([][]feed, len(a.shards))
	errs := make([]error, len(a.shards))
	var wait sync.WaitGroup
	for i, s := range a.shards[1:] {
		wait.Go(func() { parts[i+1], errs[i+1] = s.feeds() })
	}
	parts[0], errs[0] = a.shards[0].feeds()
	wait.Wait()
	return slices.Concat(parts...), errors.Join(errs...)
}

// feeds returns the groups of the shard in order: from memory, or, if it
// spilled, in runs that its partitions were merged into.
func (s *shard) feeds() ([]feed, error) {
	if s.spill == nil {
		m, err := newMemory(s.group)
		return []feed{m}, err
	}
	if err := s.spill.take(s.group); err != nil {
		return nil, err
	}
	var runs []segment
	if err := s.spill.merge(s, func(seg segment) { runs = append(runs, seg) }); err != nil {
		return nil, err
	}
	var out []feed
	buffer := max(min(int(s.limit)/(2*len(runs)+1), spillBuffer), 4<<10)
	for _, seg := range runs {
		out = append(out, &run{in: bufio.NewReaderSize(s.spill.section(seg), buffer), group: s.group})
	}
	return out, nil
}

// merge merges each partition and writes its groups, in order, as a run.
func (s *spill) merge(sh *shard, add func(segment)) error {
	for p := range s.parts {
		if len(s.parts[p]) == 0 {
			continue
		}
		deep := &spill{file: s.file, out: s.out, at: s.at, depth: s.depth + 1}
		part := &shard{owner: sh.owner, group: sh.group, limit: sh.limit, spill: deep}
		spilled, err := part.readBack(s, p)
		if err != nil {
			return err
		}
		if spilled {
			if err := deep.take(part.group); err != nil {
				return err
			}
			if err := deep.merge(part, add); err != nil {
				return err
			}
			s.at = deep.at
			continue
		}
		seg, err := deep.writeRun(part.group)
		if err != nil {
			return err
		}
		s.at = deep.at
		part.group.reset()
		add(seg)
	}
	return nil
}

// readBack merges the groups of a partition. It reports whether they did not fit
// and were spilled again.
func (s *shard) readBack(from *spill, p int) (spilled bool, err error) {
	var some batch
	var buf []byte
	in := bufio.NewReaderSize(nil, spillBuffer)
	at := s.spill.at
	for _, seg := range from.parts[p] {
		in.Reset(from.section(seg))
		for {
			buf, err = readBlock(in, buf)
			if errors.Is(err, io.EOF) {
				break
			}
			if err == nil {
				err = some.addBlock(buf)
			}
			if err != nil {
				return false, err
			}
			if len(some.items) < window {
				continue
			}
			if err := s.addAll(&some, nil); err != nil {
				return false, err
			}
			some.reset()
		}
	}
	err = s.addAll(&some, nil)
	return s.spill.at > at, err
}

// writeRun writes the groups in order, each behind the bytes of its place.
func (s *spill) writeRun(g *group) (segment, error) {
	m, err := newMemory(g)
	if err != nil {
		return segment{}, err
	}
	at := s.at
	var head [2]byte
	for {
		ok, err := m.next()
		if err != nil || !ok {
			return segment{at, s.at - at}, errors.Join(err, s.flush())
		}
		place := m.order()
		binary.LittleEndian.PutUint16(head[:], uint16(len(place)))
		s.out.Write(head[:]) // an error stays with the writer
		s.out.Write(place)
		s.at += int64(len(head) + len(place))
		if err := s.write(m.block()); err != nil {
			return segment{}, err
		}
	}
}

// memory yields the groups of a table.
type memory struct {
	group *group
	list  []entry
	keys  []byte
	i     int
	place [8]byte
}

func newMemory(g *group) (*memory, error) {
	list, keys, err := g.inOrder(math.MaxInt64)
	return &memory{group: g, list: list, keys: keys, i: -1}, err
}

func (m *memory) next() (bool, error) {
	m.i++
	if m.i%window == 0 { // bring the next ones into the cache
		for _, e := range m.list[m.i:min(m.i+window, len(m.list))] {
			m.group.touched += m.group.glance(e.ref, touched)
		}
	}
	return m.i < len(m.list), nil
}

func (m *memory) order() []byte {
	e := &m.list[m.i]
	if e.n > 0 {
		return m.keys[e.at : e.at+e.n]
	}
	binary.BigEndian.PutUint64(m.place[:], e.rank)
	return m.place[:]
}

func (m *memory) block() block { return m.group.at(m.list[m.i].ref) }

func (m *memory) record() (*record.Record, error) {
	return m.group.load(m.group.at(m.list[m.i].ref))
}

// run yields the groups of a run of the spill file.
type run struct {
	in    *bufio.Reader
	group *group
	place []byte
	buf   []byte
}

func (r *run) next() (bool, error) {
	head, err := r.in.Peek(2)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading back groups: %w", err)
	}
	n := int(binary.LittleEndian.Uint16(head))
	r.in.Discard(2)
	r.place = slices.Grow(r.place[:0], n)[:n]
	if _, err := io.ReadFull(r.in, r.place); err != nil {
		return false, fmt.Errorf("reading back groups: %w", err)
	}
	r.buf, err = readBlock(r.in, r.buf)
	return err == nil, err
}

func (r *run) order() []byte { return r.place }

func (r *run) block() block { return r.buf }

func (r *run) record() (*record.Record, error) { return r.group.load(r.buf) }

// feedHeap has the source with the first group on top.
type feedHeap []feed

func (h feedHeap) Len() int           { return len(h) }
func (h feedHeap) Less(i, j int) bool { return bytes.Compare(h[i].order(), h[j].order()) < 0 }
func (h feedHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *feedHeap) Push(x any)        { *h = append(*h, x.(feed)) }
func (h *feedHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// mergeFeeds reports the groups of all feeds in order.
func mergeFeeds(feeds []feed, emit func(feed) error) error {
	var h feedHeap
	for _, s := range feeds {
		ok, err := s.next()
		if err != nil {
			return err
		}
		if ok {
			h = append(h, s)
		}
	}
	heap.Init(&h)
	for len(h) > 0 {
		s := h[0]
		if err := emit(s); err != nil {
			return err
		}
		ok, err := s.next()
		switch {
		case err != nil:
			return err
		case !ok:
			heap.Pop(&h)
		case len(h) > 1:
			heap.Fix(&h, 0)
		}
	}
	return nil
}
