package capture

import (
	"sync"

	"github.com/seed-6ae541b3/goargus/internal/packet"
)

// crew is the engines of a sensor and how a block of packets passes through
// them. With one engine all is done in place. With several, the block is parsed
// in equal shares, then every engine works on the frames of its flows, and at
// last their records are merged into the order that one engine would have
// written: by the packet that led to the record, and among those whose time has
// come by the first packet in it.
type crew struct {
	sensor  *Sensor
	engines []*engine
	frames  []frame
	tasks   [][]task
	counts  []parsed
	block   int // packets worked on together
	outputs []output
	orders  []chan func(int) // one for each engine but the first
	wait    sync.WaitGroup
}

// parsed counts what a share of a block was.
type parsed struct {
	bytes, undecoded, lost uint64
	unknown                *LinkError
}

// crewBlock is the number of packets that several engines share at a time: many
// enough that their meeting costs little, few enough to stay in the cache.
const crewBlock = 1024

func (c *crew) start(s *Sensor) {
	c.sensor = s
	n := max(s.cfg.Workers, 1)
	c.block = lookAhead
	if n > 1 {
		c.block = crewBlock
	}
	c.frames = make([]frame, c.block)
	c.tasks = make([][]task, n)
	c.counts = make([]parsed, n)
	c.outputs = make([]output, n)
	c.engines = make([]*engine, n)
	c.renew()
	for i := 1; i < n; i++ {
		jobs := make(chan func(int))
		c.orders = append(c.orders, jobs)
		go func() {
			for job := range jobs {
				job(i)
				c.wait.Done()
			}
		}()
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
			e.sink = c.outputs[i].add
		}
		c.engines[i] = e
	}
}

// stop ends the workers.
func (c *crew) stop() {
	for _, jobs := range c.orders {
		close(jobs)
	}
	*c = crew{}
}

// all runs a job for every engine at the same time.
func (c *crew) all(job func(i int)) {
	c.wait.Add(len(c.orders))
	for _, jobs := range c.orders {
		jobs <- job
	}
	job(0)
	c.wait.Wait()
}

// each runs a job of every engine which is not about a packet, and hands the
// records on.
func (c *crew) each(job func(*engine) error) error {
	if len(c.engines) == 1 {
		return job(c.engines[0])
	}
	number := c.sensor.stats.Packets
	c.all(func(i int) {
		c.engines[i].number = number
		c.outputs[i].err = job(c.engines[i])
	})
	return c.merge()
}

// run takes a block of packets.
func (c *crew) run(packets []Packet) error {
	frames := c.frames[:len(packets)]
	n := len(c.engines)
	first := c.sensor.stats.Packets + 1
	if n == 1 {
		c.parse(0, packets, frames, first)
	} else {
		c.all(func(i int) {
			from, to := len(packets)*i/n, len(packets)*(i+1)/n
			c.parse(i, packets[from:to], frames[from:to], first+uint64(from))
		})
	}
	c.share(frames)
	if n == 1 {
		return c.engines[0].work(frames, c.tasks[0])
	}
	c.all(func(i int) { c.outputs[i].err = c.engines[i].work(frames, c.tasks[i]) })
	return c.merge()
}

// parse walks the headers of packets and builds their keys.
func (c *crew) parse(share int, packets []Packet, frames []frame, number uint64) {
	s := c.sensor
	n := parsed{}
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
	c.counts[share] = n
}

// share counts the packets of a block, lets the clock run, and gives each
// engine its tasks.
func (c *crew) share(frames []frame) {
	s := c.sensor
	for i := range c.counts {
		n := &c.counts[i]
		s.stats.Bytes += n.bytes
		s.stats.Undecoded += n.undecoded
		s.stats.LostBytes += n.lost
		if s.unknown == nil {
			s.unknown = n.unknown
		}
	}
	s.stats.Packets += uint64(len(frames))
	for i := range c.tasks {
		c.tasks[i] = c.tasks[i][:0]
	}
	for i := range frames {
		f := &frames[i]
		s.clock = max(s.clock, f.now)
		f.clock = s.clock
		f.tick = f.clock >= s.next
		if f.tick {
			s.next = f.clock + int64(queueStep)
		}
		c.assign(uint16(i), f)
	}
}

// assign gives the engines their parts of a frame: one counts it, one may have
// the flow that it is an error about, and all let their queues run.
func (c *crew) assign(i uint16, f *frame) {
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
			c.tasks[mine] = append(c.tasks[mine], task{frame: i, role: roleCount})
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
			c.tasks[e] = append(c.tasks[e], task{frame: i, role: does})
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

// merge hands the records of all engines on in their order.
func (c *crew) merge() error {
	var err error
	for err == nil {
		best := -1
		for i := range c.outputs {
			o := &c.outputs[i]
			if o.at < len(o.list) && (best < 0 || o.list[o.at].before(&c.outputs[best].list[c.outputs[best].at])) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		o := &c.outputs[best]
		from := 0
		if o.at > 0 {
			from = o.list[o.at-1].end
		}
		err = c.sensor.deliver(o.bytes[from:o.list[o.at].end])
		o.at++
	}
	for i := range c.outputs {
		o := &c.outputs[i]
		if err == nil {
			err = o.err
		}
		o.bytes, o.list, o.at, o.err = o.bytes[:0], o.list[:0], 0, nil
	}
	return err
}
