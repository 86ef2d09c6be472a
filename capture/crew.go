package capture

import (
	"sync"
	"sync/atomic"

	"github.com/seed-6ae541b3/goargus/internal/packet"
)

// crew is the engines of a sensor and how packets pass through them. With one
// engine all is done in place. With several, the caller's goroutine finds out
// which packet belongs to whom and hands them on in bundles, every engine works
// on the packets of its flows, and their records are merged into the order that
// one engine would have written: by the packet that led to the record, and among
// those whose time has come by the first packet in it.
type crew struct {
	sensor  *Sensor
	engines []*engine
	block   int // packets taken at a time
	only    bundle
	outputs []*output      // where each engine's records go
	rooms   []rooms        // and memory for them
	work    []chan *bundle // of each engine, if there are several
	free    chan *bundle
	frame   frame // of a packet whose flow takes a closer look to tell
	failed  error // of handing records on: no more are
}

// bundle is some packets on their way, or a job for every engine, and what
// became of them.
type bundle struct {
	packets []Packet
	first   uint64   // number of the first
	tasks   [][]task // of each engine
	job     func(*engine) error
	left    atomic.Int32 // engines that are not done with it
	outputs []output
}

// Several engines get bundles of so many packets, so many of which are on their
// way. Engines wait for each other after a block alone, whose packets the caller
// wants back.
const (
	bundleSize = 512
	bundles    = 16
	crewBlock  = 64 << 10
)

func (c *crew) start(s *Sensor) {
	c.sensor = s
	n := max(s.cfg.Workers, 1)
	c.engines = make([]*engine, n)
	c.outputs = make([]*output, n)
	c.rooms = make([]rooms, n)
	c.renew()
	if n == 1 {
		c.block = lookAhead
		c.only.tasks = make([][]task, 1)
		return
	}
	c.block = crewBlock
	c.free = make(chan *bundle, bundles)
	for range bundles {
		c.free <- &bundle{tasks: make([][]task, n), outputs: make([]output, n)}
	}
	for i := range n {
		work := make(chan *bundle, bundles)
		c.work = append(c.work, work)
		go c.serve(i, work, c.free)
	}
}

// serve works for an engine.
func (c *crew) serve(i int, work <-chan *bundle, free chan<- *bundle) {
	for b := range work {
		o := &b.outputs[i]
		c.outputs[i] = o
		o.room = c.rooms[i].take()
		if b.job != nil {
			o.err = b.job(c.engines[i])
		} else {
			o.err = c.engines[i].work(b.packets, b.tasks[i], b.first)
		}
		if b.left.Add(-1) == 0 {
			free <- b
		}
	}
}

// renew gives every engine an empty table.
func (c *crew) renew() {
	cfg := &c.sensor.cfg
	for i := range c.engines {
		e := newEngine(c.sensor)
		e.ordered = len(c.engines) > 1
		if cfg.TableLimit > 0 {
			e.limit = max(cfg.TableLimit/len(c.engines), 1)
		}
		e.sink = func(_ *engine, _ outputStage, _ uint64, b []byte) error { return c.sensor.deliver(b) }
		if e.ordered {
			e.sink = func(e *engine, stage outputStage, first uint64, b []byte) error {
				return c.outputs[i].add(e, stage, first, b)
			}
		}
		c.engines[i] = e
	}
}

// stop ends the workers, who have nothing to do.
func (c *crew) stop() {
	for _, work := range c.work {
		close(work)
	}
	*c = crew{}
}

// each runs a job of every engine which is not about a packet, and hands the
// records on.
func (c *crew) each(job func(*engine) error) error {
	if len(c.engines) == 1 {
		return job(c.engines[0])
	}
	number := c.sensor.stats.Packets
	b := c.take()
	b.job = func(e *engine) error {
		e.number = number
		return job(e)
	}
	c.hand(b)
	return c.settle()
}

// flush reports all flows. The records are merged as they are made: there may be
// millions.
func (c *crew) flush(now int64) error {
	if len(c.engines) == 1 {
		return c.engines[0].flush(now)
	}
	b := c.take()
	for i, e := range c.engines {
		e.number = c.sensor.stats.Packets
		o := &b.outputs[i]
		c.outputs[i] = o
		o.room = c.rooms[i].take()
		o.more = func() (err error) {
			for more := true; more && err == nil && len(o.list) == 0; {
				more, err = e.flushSome(now, bundleSize)
			}
			return err
		}
	}
	c.merge(b)
	for i := range b.outputs {
		b.outputs[i].more = nil
	}
	c.free <- b
	return c.failed
}

// run takes a block of packets.
func (c *crew) run(packets []Packet) error {
	if len(c.engines) == 1 {
		b := &c.only
		c.share(b, packets)
		return c.engines[0].work(b.packets, b.tasks[0], b.first)
	}
	for len(packets) > 0 && c.failed == nil {
		n := min(len(packets), bundleSize)
		b := c.take()
		b.job = nil
		c.share(b, packets[:n])
		c.hand(b)
		packets = packets[n:]
	}
	return c.settle()
}

// unknown is about the first packet since the last call that is of a link type
// which is not known: nil if there is none. The first engine counts those.
func (c *crew) unknown() *LinkError {
	n := &c.engines[0].counts
	err := n.unknown
	n.unknown = nil
	return err
}

// take returns a bundle that may be used again, as soon as there is one. The
// records of the packets that it had are handed on.
func (c *crew) take() *bundle {
	b := <-c.free
	c.merge(b)
	return b
}

// hand gives a bundle to the engines.
func (c *crew) hand(b *bundle) {
	b.left.Store(int32(len(c.engines)))
	for _, work := range c.work {
		work <- b
	}
}

// settle waits until the engines have done all they were given, and hands the
// records on.
func (c *crew) settle() error {
	var all [bundles]*bundle
	for i := range all {
		all[i] = c.take()
	}
	for _, b := range all {
		c.free <- b
	}
	return c.failed
}

// share makes a bundle of packets: it lets the clock run and gives each engine
// its tasks.
func (c *crew) share(b *bundle, packets []Packet) {
	s := c.sensor
	b.packets, b.first = packets, s.stats.Packets+1
	s.stats.Packets += uint64(len(packets))
	for i := range b.tasks {
		b.tasks[i] = b.tasks[i][:0]
	}
	for i := range packets {
		p := &packets[i]
		s.clock = max(s.clock, p.clamped())
		t := task{packet: uint16(i), clock: s.clock}
		if s.clock >= s.next {
			s.next = s.clock + int64(queueStep)
			t.role = roleTick
		}
		if len(c.engines) == 1 {
			t.role |= roleCount | roleMap
			b.tasks[0] = append(b.tasks[0], t)
			continue
		}
		c.assign(b, t, p)
	}
}

// assign gives the engines their parts of a packet: one counts it, one may have
// the flow that it is an error about, and all let their queues run.
func (c *crew) assign(b *bundle, t task, p *Packet) {
	mine, quoted := c.route(p)
	if t.role == 0 && quoted == noShard {
		t.role = roleCount
		b.tasks[mine] = append(b.tasks[mine], t)
		return
	}
	for e := range b.tasks {
		does := t
		if uint32(e) == mine {
			does.role |= roleCount
		}
		if uint32(e) == quoted {
			does.role |= roleMap
		}
		if does.role != 0 {
			b.tasks[e] = append(b.tasks[e], does)
		}
	}
}

// route tells the engine of a packet, and that of the flow that it is an error
// about. Packets of no flow are counted by the first engine.
func (c *crew) route(p *Packet) (mine, quoted uint32) {
	s := c.sensor
	n := uint32(len(c.engines))
	if s.cfg.Key&KeyEther == 0 {
		if src, dst, ok := packet.Ends(uint32(p.Link), p.Data, &s.opt); ok {
			return s.hash.pair(src, dst) % n, noShard
		}
	}
	f := &c.frame
	f.read(p, s)
	if f.key[4] == 0 {
		return 0, noShard
	}
	quoted = noShard
	if f.quoted.valid {
		quoted = f.quoted.shard % n
	}
	return s.hash.shard(f) % n, quoted
}

// clamped is the time of a packet, such that differences do not overflow.
func (p *Packet) clamped() int64 { return min(max(p.Time, minTime), maxTime) }

// wire is the length of a packet on the wire.
func (p *Packet) wire() int { return max(p.Length, len(p.Data)) }

// read walks the headers of a packet and builds its key. A frame of no flow has
// a last word of zero in its key.
func (f *frame) read(p *Packet, s *Sensor) {
	f.Walk(uint32(p.Link), p.Data, p.wire(), &s.opt)
	f.now = p.clamped()
	f.iface = p.Interface
	if f.Kind != packet.None {
		f.identify(&s.cfg)
	} else {
		f.key[4] = 0
	}
	if f.quoted.valid = false; f.key[4] == 0 {
		return
	}
	f.hash = s.hash.frame(f)
	if f.Proto == packet.ProtoICMP && kindOf(&f.key) == keyIPv4 {
		f.quote(&s.cfg, &s.hash)
	}
}

const noShard = ^uint32(0)

// output is the records of an engine for a block of packets.
type output struct {
	room
	at   int // the next one to be merged
	err  error
	more func() error // makes more when all are merged; nil if there are none
}

// room is memory for records.
type room struct {
	bytes []byte
	list  []outputRecord
}

// rooms is memory that is used again, the last one first: it is still in the
// cache, and few become large.
type rooms struct {
	mu   sync.Mutex
	free []room
}

func (r *rooms) take() (m room) {
	r.mu.Lock()
	if last := len(r.free) - 1; last >= 0 {
		m, r.free = r.free[last], r.free[:last]
	}
	r.mu.Unlock()
	return m
}

func (r *rooms) give(m room) {
	r.mu.Lock()
	r.free = append(r.free, m)
	r.mu.Unlock()
}

// outputRecord is where a record is and what it is ordered by.
type outputRecord struct {
	packet uint64
	first  uint64
	stage  outputStage
	end    int
}

// add takes a record of an engine.
func (o *output) add(e *engine, stage outputStage, first uint64, record []byte) error {
	if stage == stageAtOnce {
		first = 0
	}
	o.bytes = append(o.bytes, record...)
	o.list = append(o.list, outputRecord{e.number, first, stage, len(o.bytes)})
	return nil
}

// before orders records.
func (a *outputRecord) before(b *outputRecord) bool {
	switch {
	case a.packet != b.packet:
		return a.packet < b.packet
	case a.stage != b.stage:
		return a.stage < b.stage
	}
	return a.first < b.first
}

// merge hands the records of a bundle on, in order. Bundles come back in the
// order in which they were handed out.
func (c *crew) merge(b *bundle) {
	for c.failed == nil {
		best := -1
		for i := range b.outputs {
			if o := &b.outputs[i]; o.ready() && (best < 0 || o.list[o.at].before(&b.outputs[best].list[b.outputs[best].at])) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		c.failed = c.sensor.deliver(b.outputs[best].next())
	}
	for i := range b.outputs {
		o := &b.outputs[i]
		if c.failed == nil {
			c.failed = o.err
		}
		o.reset()
		if cap(o.list) > 0 {
			c.rooms[i].give(o.room)
		}
		o.room, o.err = room{}, nil
	}
}

func (o *output) reset() { o.bytes, o.list, o.at = o.bytes[:0], o.list[:0], 0 }

// ready reports whether there is a record to be merged.
func (o *output) ready() bool {
	if o.at < len(o.list) {
		return true
	}
	if o.more == nil || o.err != nil {
		return false
	}
	o.reset()
	o.err = o.more()
	return o.err == nil && len(o.list) > 0
}

// next takes the next record.
func (o *output) next() []byte {
	from := 0
	if o.at > 0 {
		from = o.list[o.at-1].end
	}
	o.at++
	return o.bytes[from:o.list[o.at-1].end]
}
