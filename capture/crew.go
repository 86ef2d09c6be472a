package capture

import (
	"errors"
	"sync/atomic"

	"github.com/seed-6ae541b3/goargus/internal/packet"
)

// crew is the engines of a sensor and how packets pass through them. With one
// engine all is done in place. With several, the caller's goroutine parses
// packets and hands them on in bundles, every engine works on the frames of its
// flows, and at last their records are merged into the order that one engine
// would have written: by the packet that led to the record, and among those
// whose time has come by the first packet in it.
type crew struct {
	sensor  *Sensor
	engines []*engine
	block   int // packets taken at a time
	only    bundle
	outputs []*output      // where each engine's records go
	work    []chan *bundle // of each engine, if there are several
	free    chan *bundle
}

// bundle is some packets on their way, or a job for every engine, and what
// became of them.
type bundle struct {
	frames  []frame
	tasks   [][]task
	job     func(*engine) error
	left    atomic.Int32 // engines that are not done with it
	outputs []output
}

// parsed counts what the packets of a bundle were.
type parsed struct {
	bytes, undecoded, lost uint64
	unknown                *LinkError
}

// Several engines get bundles of so many packets, so many of which are on their
// way: few enough to stay in the cache. Engines wait for each other after a
// block alone, whose packets the caller wants back.
const (
	bundleSize = 256
	bundles    = 6
	crewBlock  = 16 << 10
)

func (c *crew) start(s *Sensor) {
	c.sensor = s
	n := max(s.cfg.Workers, 1)
	c.engines = make([]*engine, n)
	c.outputs = make([]*output, n)
	c.renew()
	if n == 1 {
		c.block = lookAhead
		c.only = newBundle(lookAhead, 1)
		return
	}
	c.block = crewBlock
	c.free = make(chan *bundle, bundles)
	for range bundles {
		b := newBundle(bundleSize, n)
		c.free <- &b
	}
	for i := range n {
		work := make(chan *bundle, bundles)
		c.work = append(c.work, work)
		go c.serve(i, work, c.free)
	}
}

func newBundle(size, engines int) bundle {
	return bundle{frames: make([]frame, size), tasks: make([][]task, engines), outputs: make([]output, engines)}
}

// serve works for an engine.
func (c *crew) serve(i int, work <-chan *bundle, free chan<- *bundle) {
	for b := range work {
		o := &b.outputs[i]
		c.outputs[i] = o
		if b.job != nil {
			o.err = b.job(c.engines[i])
		} else {
			o.err = c.engines[i].work(b.frames, b.tasks[i])
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
		e := newEngine(cfg, &c.sensor.names)
		e.hash = c.sensor.hash
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
	b, err := c.take()
	b.job = func(e *engine) error {
		e.number = number
		return job(e)
	}
	c.hand(b)
	return errors.Join(err, c.settle())
}

// run takes a block of packets.
func (c *crew) run(packets []Packet) error {
	if len(c.engines) == 1 {
		b := &c.only
		c.prepare(b, packets)
		return c.engines[0].work(b.frames, b.tasks[0])
	}
	var err error
	for len(packets) > 0 && err == nil {
		n := min(len(packets), bundleSize)
		var b *bundle
		b, err = c.take()
		b.job = nil
		c.prepare(b, packets[:n])
		c.hand(b)
		packets = packets[n:]
	}
	return errors.Join(err, c.settle())
}

// take returns a bundle that may be used again, as soon as there is one. The
// records of the packets that it had are handed on.
func (c *crew) take() (*bundle, error) {
	b := <-c.free
	return b, c.merge(b)
}

// prepare makes a bundle of packets.
func (c *crew) prepare(b *bundle, packets []Packet) {
	b.frames = b.frames[:len(packets)]
	c.parse(packets, b.frames)
	c.share(b)
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
	var err error
	for i := range all {
		b, failed := c.take()
		if err == nil {
			err = failed
		}
		all[i] = b
	}
	for _, b := range all {
		c.free <- b
	}
	return err
}

// parse walks the headers of packets and builds their keys.
func (c *crew) parse(packets []Packet, frames []frame) {
	s := c.sensor
	n := parsed{}
	number := s.stats.Packets + 1
	for i := range packets {
		p, f := &packets[i], &frames[i]
		length := max(p.Length, len(p.Data))
		f.Walk(uint32(p.Link), p.Data, length, &s.opt)
		f.number = number + uint64(i)
		f.now = min(max(p.Time, minTime), maxTime)
		f.iface = p.Interface
		if f.Kind != packet.None {
			f.identify(&s.cfg)
		} else {
			f.key[4] = 0
			if n.unknown == nil && !packet.Supported(uint32(p.Link)) {
				n.unknown = &LinkError{p.Link}
			}
		}
		if f.key[4] == 0 {
			n.undecoded++
			n.lost += uint64(length)
			continue
		}
		n.bytes += uint64(f.Bytes)
		f.hash = s.hash.frame(f)
		if len(c.engines) > 1 {
			f.shard = s.hash.shard(f)
		}
		if f.quoted.valid = false; f.Proto == packet.ProtoICMP && kindOf(&f.key) == keyIPv4 {
			f.quote(&s.cfg, &s.hash)
		}
	}
	s.stats.Packets += uint64(len(frames))
	s.stats.Bytes += n.bytes
	s.stats.Undecoded += n.undecoded
	s.stats.LostBytes += n.lost
	if s.unknown == nil {
		s.unknown = n.unknown
	}
}

// share lets the clock run and gives each engine its tasks.
func (c *crew) share(b *bundle) {
	s := c.sensor
	for i := range b.tasks {
		b.tasks[i] = b.tasks[i][:0]
	}
	for i := range b.frames {
		f := &b.frames[i]
		s.clock = max(s.clock, f.now)
		f.clock = s.clock
		f.tick = f.clock >= s.next
		if f.tick {
			s.next = f.clock + int64(queueStep)
		}
		c.assign(b, uint16(i), f)
	}
}

// assign gives the engines their parts of a frame: one counts it, one may have
// the flow that it is an error about, and all let their queues run.
func (c *crew) assign(b *bundle, i uint16, f *frame) {
	n := uint32(len(c.engines))
	common, mine, quoted := role(0), noShard, noShard
	if f.key[4] != 0 {
		mine = f.shard % n
		if f.quoted.valid {
			quoted = f.quoted.shard % n
		}
	}
	if f.tick {
		common = roleTick
	} else if quoted == noShard {
		if mine != noShard {
			b.tasks[mine] = append(b.tasks[mine], task{frame: i, role: roleCount})
		}
		return
	}
	for e := range n {
		does := common
		if e == mine {
			does |= roleCount
		}
		if e == quoted {
			does |= roleMap
		}
		if does != 0 {
			b.tasks[e] = append(b.tasks[e], task{frame: i, role: does})
		}
	}
}

const noShard = ^uint32(0)

// output is the records of an engine for a block of packets.
type output struct {
	bytes []byte
	list  []outputRecord
	at    int // the next one to be merged
	err   error
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
func (c *crew) merge(b *bundle) error {
	var err error
	for err == nil {
		best := -1
		for i := range b.outputs {
			o := &b.outputs[i]
			if o.at < len(o.list) && (best < 0 || o.list[o.at].before(&b.outputs[best].list[b.outputs[best].at])) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		o := &b.outputs[best]
		from := 0
		if o.at > 0 {
			from = o.list[o.at-1].end
		}
		err = c.sensor.deliver(o.bytes[from:o.list[o.at].end])
		o.at++
	}
	for i := range b.outputs {
		o := &b.outputs[i]
		if err == nil {
			err = o.err
		}
		o.bytes, o.list, o.at, o.err = o.bytes[:0], o.list[:0], 0, nil
	}
	return err
}
