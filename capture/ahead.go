package capture

import "github.com/seed-6ae541b3/goargus/internal/packet"

// lookAhead is the number of packets that are worked on together: while one
// waits for memory, so do the others.
const lookAhead = 32

// task is what an engine has to do with a packet of a block.
type task struct {
	clock  int64 // the latest time of any packet so far: what the queues go by
	packet uint16
	role   role
	guess  ref // the flow that the packet seems to belong to
}

// work takes the packets of a block that concern the engine through the model.
// first is the number of the block's first.
func (e *engine) work(packets []Packet, tasks []task, first uint64) error {
	for len(tasks) > 0 {
		some := tasks[:min(len(tasks), lookAhead)]
		tasks = tasks[len(some):]
		for i := range some {
			t, f := &some[i], &e.frames[i]
			f.read(&packets[t.packet], e.sensor)
			f.number, f.clock, f.tick = first+uint64(t.packet), t.clock, t.role&roleTick != 0
			if t.role&roleCount != 0 && !e.note(f, &packets[t.packet]) {
				t.role &^= roleCount
			}
		}
		e.ahead(some)
		for i := range some {
			if err := e.frame(&e.frames[i], some[i].role, some[i].guess); err != nil {
				return err
			}
		}
	}
	return nil
}

// counts are of the packets of an engine.
type counts struct {
	bytes, undecoded, lost uint64
	unknown                *LinkError // of the first packet of a link type that is not known
}

// note counts a packet and reports whether it belongs to a flow.
func (e *engine) note(f *frame, p *Packet) bool {
	if f.key[4] != 0 {
		e.counts.bytes += uint64(f.Bytes)
		return true
	}
	e.counts.undecoded++
	e.counts.lost += uint64(p.wire())
	if f.Kind == packet.None && e.counts.unknown == nil && !packet.Supported(uint32(p.Link)) {
		e.counts.unknown = &LinkError{p.Link}
	}
	return false
}

// ahead loads what the frames of some tasks need of the table and of the flows.
// The loads do not depend on each other, so they wait for memory together.
func (e *engine) ahead(work []task) {
	t := &e.table
	sum := uint64(0)
	for i := range work {
		sum += t.slots[t.home(e.frames[i].hash)]
	}
	for i := range work {
		w := &work[i]
		w.guess = t.likely(e.frames[i].hash)
		if w.guess == noFlow {
			continue
		}
		sum += e.glance(w.guess)
		if e.withExtras {
			x := e.extrasOf(w.guess, false)
			sum += x.app[0] + uint64(x.active[1].n) + uint64(x.idle[1].n) + uint64(x.etherIs)
		}
	}
	e.sum += sum
}

// glance loads the cache lines of a flow.
func (e *engine) glance(r ref) uint64 {
	if r&tcpFlow == 0 {
		f := e.others.at(uint32(r))
		return f.key[0] + f.bytes[0]
	}
	c := e.connection(r)
	return c.key[0] + c.bytes[0] + uint64(c.tcp.side[0].top) + uint64(c.tcp.side[1].window)
}
