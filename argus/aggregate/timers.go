package aggregate

import (
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// timers is the queue of groups in the order of their last record.
type timers struct {
	next, before map[uint32]uint32
	head, tail   uint32
}

func newTimers() *timers {
	return &timers{next: map[uint32]uint32{}, before: map[uint32]uint32{}}
}

// push puts a block at the end.
func (t *timers) push(ref uint32) {
	if t.tail != noBlock {
		t.next[t.tail] = ref
		t.before[ref] = t.tail
	} else {
		t.head = ref
	}
	t.tail = ref
}

// remove takes a block out.
func (t *timers) remove(ref uint32) {
	b, n := t.before[ref], t.next[ref]
	delete(t.before, ref)
	delete(t.next, ref)
	if b != noBlock {
		t.link(b, n)
	} else {
		t.head = n
		delete(t.before, n)
	}
	if n == noBlock {
		t.tail = b
	}
}

func (t *timers) link(b, n uint32) {
	if n == noBlock {
		delete(t.next, b)
		return
	}
	t.next[b] = n
	t.before[n] = b
}

// move takes a block out and puts it, under its new name, at the end.
func (t *timers) move(ref, to uint32) {
	t.remove(ref)
	t.push(to)
}

// rename gives a block another name; it is moved soon after.
func (t *timers) rename(ref, to uint32) { t.move(ref, to) }

// report reports the group in g.a, and empties it, if adding the record in g.b
// would make it too long, or comes after too long a pause.
func (g *group) report(emit func(*record.Record) error) error {
	t, n := g.a.Times(), g.b.Times()
	span := time.Duration(max(t.End(), n.End()) - min(t.Start(), n.Start()))
	gap := time.Duration(record.Span{Start: t.Start(), End: t.End()}.Distance(record.Span{Start: n.Start(), End: n.End()}))
	r := g.rules
	if (r.status == 0 || span < r.status) && (r.idle == 0 || gap < r.idle) {
		return nil
	}
	if err := g.emit(emit); err != nil {
		return err
	}
	empty(&g.a, &g.b)
	return nil
}

// emit reports a copy of the record in g.a.
func (g *group) emit(emit func(*record.Record) error) error {
	c := g.a
	g.rules.finish(&c)
	return emit(&c)
}

// empty clears all of a that is about the packets that were reported, so that a
// starts again with b. What tells the flow stays.
func empty(a, b *record.Record) {
	for _, d := range [...]record.DSR{
		record.DSRTime, record.DSRMetrics, record.DSRAggregate, record.DSRNetwork, record.DSRSizes, record.DSRJitter,
		record.DSRICMP, record.DSRCorrelation, record.DSRSrcData, record.DSRDstData,
	} {
		if a.Has(d) {
			a.Drop(d)
		}
	}
	if n := b.Network(); b.Has(record.DSRNetwork) {
		a.SetNetwork(*n)
	}
}

// expire reports and forgets the groups at the head of the queue that had no
// record for the idle time before the start of an item.
func (g *group) expire(b *batch, i *item, emit func(*record.Record) error) error {
	if g.rules.idle == 0 {
		return nil
	}
	if err := b.load(i, &g.b, &g.shapes); err != nil {
		return err
	}
	now := g.b.Times().Start()
	for ref := g.timers.head; ref != noBlock; ref = g.timers.head {
		t := g.at(ref)
		if err := t.load(&g.a, &g.shapes); err != nil {
			return err
		}
		if time.Duration(now-g.a.Times().End()) < g.rules.idle {
			return nil
		}
		if err := g.emit(emit); err != nil {
			return err
		}
		g.search = t.key()
		if at, ok := g.table.find(t.hash(), g.match); ok {
			g.table.remove(at)
		}
		g.timers.remove(ref)
		g.arena.release(ref)
	}
	return nil
}
