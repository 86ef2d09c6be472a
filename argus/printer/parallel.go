package printer

import "github.com/seed-6ae541b3/goargus/record"

// Printing by several goroutines. The caller's collects records in portions, the
// workers make lines of them, each with a printer of its own, and the caller's
// writes what they made in the order of the records. Records that were changed
// since they were loaded are printed by the caller's, between two portions.

// portion is some records one behind the other, and the lines made of them.
type portion struct {
	data  []byte
	items []item
	pos   record.Position // before the first line
	begun bool            // lines were printed before
	lines []byte
	done  chan struct{} // gets a value when the lines are there
}

// item is a record of a portion.
type item struct {
	size   int
	turned bool // by Reverse or Correct
	offset int64
}

// portionSize is the bytes of records that are handed over together: about a
// millisecond of work.
const portionSize = 128 << 10

// pool is the workers of a printer. They are started when the first portion is
// full, so that few records cost nothing.
type pool struct {
	workers int
	queued  []*portion // given to the workers, in order
	spare   []*portion
	next    *portion // that is being filled; nil if there is nothing in it
	work    chan *portion
}

// add appends a record to the portion at hand.
func (p *Printer) add(r *record.Record, offset int64) error {
	q := &p.pool
	if q.next == nil {
		if err := p.write(); err != nil {
			return err
		}
		q.next = q.empty()
		q.next.pos, q.next.begun = p.pos, p.begun
	}
	if !p.begun {
		p.begun = true
		p.pos.Origin = int64(r.StartTime()) // as the first portion finds by itself
	}
	p.pos.Rank++
	if p.twice(r) {
		p.pos.Rank++
	}
	n := q.next
	n.items = append(n.items, item{len(r.Bytes()), r.Reversed(), offset})
	n.data = append(n.data, r.Bytes()...)
	if len(n.data) < portionSize {
		return nil
	}
	return p.hand()
}

// hand gives the portion at hand to the workers, and writes the oldest if they
// have enough to do.
func (p *Printer) hand() error {
	q := &p.pool
	if q.work == nil {
		if err := p.start(); err != nil {
			return err
		}
	}
	if len(q.queued) == cap(q.work) {
		if err := p.take(); err != nil {
			return err
		}
	}
	q.work <- q.next
	q.queued, q.next = append(q.queued, q.next), nil
	return nil
}

// start makes the workers.
func (p *Printer) start() error {
	cfg := p.given
	cfg.Workers = 1
	work := make(chan *portion, 3*p.pool.workers)
	for range p.pool.workers {
		w, err := New(nil, cfg)
		if err != nil {
			return err
		}
		go w.serve(work)
	}
	p.pool.work = work
	return nil
}

// serve is a worker.
func (p *Printer) serve(work <-chan *portion) {
	for n := range work {
		p.print(n)
		n.done <- struct{}{}
	}
}

// print makes the lines of a portion.
func (p *Printer) print(n *portion) {
	p.pos, p.begun = n.pos, n.begun
	p.buf = n.lines[:0]
	data := n.data
	for _, i := range n.items {
		// The bytes are those of a record that was loaded before.
		if p.rec.LoadLike(data[:i.size], &p.shapes) == nil {
			if i.turned {
				p.rec.Reverse()
			}
			p.lineOf(&p.rec, i.offset)
		}
		data = data[i.size:]
	}
	n.lines, p.buf = p.buf, nil
}

// take waits for the oldest portion and writes its lines.
func (p *Printer) take() error {
	q := &p.pool
	n := q.queued[0]
	q.queued = q.queued[:copy(q.queued, q.queued[1:])]
	<-n.done
	if p.reason == nil && len(n.lines) > 0 {
		_, p.reason = p.w.Write(n.lines)
	}
	q.spare = append(q.spare, n)
	return p.reason
}

// drain prints and writes all that was collected.
func (p *Printer) drain() error {
	q := &p.pool
	if q.next != nil && q.work != nil {
		if err := p.hand(); err != nil {
			return err
		}
	}
	for len(q.queued) > 0 {
		if err := p.take(); err != nil {
			return err
		}
	}
	if n := q.next; n != nil { // there are no workers yet
		q.next = nil
		end := p.pos
		p.print(n)
		p.pos, p.begun = end, true
		p.buf, n.lines = n.lines, nil
		q.spare = append(q.spare, n)
	}
	return p.write()
}

// empty returns a portion to fill.
func (q *pool) empty() *portion {
	last := len(q.spare) - 1
	if last < 0 {
		return &portion{done: make(chan struct{}, 1)}
	}
	n := q.spare[last]
	q.spare = q.spare[:last]
	n.items, n.data = n.items[:0], n.data[:0]
	return n
}

// stop ends the workers.
func (q *pool) stop() {
	if q.work != nil {
		close(q.work)
		q.work = nil
	}
	q.queued, q.next = nil, nil
}
