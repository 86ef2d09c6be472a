package capture

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/seed-6ae541b3/goargus/internal/packet"
	"github.com/seed-6ae541b3/goargus/record"
)

// Sensor turns packets into flow records. It has no goroutines unless asked
// for workers, no clock but the time stamps of the packets, and no state beyond
// itself: any number of sensors may live in one process. A Sensor is used by
// one goroutine at a time.
type Sensor struct {
	cfg    Config
	opt    packet.Options
	emit   func(*record.Record) error
	hash   hasher
	crew   crew
	stats  Stats
	names  names
	rec    record.Record
	seq    uint32
	clock  int64
	next   int64 // when the queues run next
	one    [1]Packet
	err    error
	closed bool
}

// Stats counts what a sensor has seen and done. Every packet is in Packets, and
// either in a flow record or in Undecoded.
type Stats struct {
	Packets   uint64 // all packets
	Bytes     uint64 // and their bytes, counted as flows count them
	Undecoded uint64 // packets that belong to no flow: runts and what has no header that tells flows apart
	LostBytes uint64 // and their bytes on the wire
	Flows     uint64 // flows that began
	Records   uint64 // flow records
	Evicted   uint64 // flows that had to make room, see Config.TableLimit
	Active    int    // flows in the table
	Pending   int    // flows with something to report
}

// ErrClosed is returned for packets that come after Close.
var ErrClosed = errors.New("capture: the sensor is closed")

// LinkError is returned for packets of a link type that the sensor does not
// know.
type LinkError struct{ Link LinkType }

func (e *LinkError) Error() string {
	return fmt.Sprintf("capture: link type %v is not supported", e.Link)
}

// NewSensor makes a sensor that hands its records to emit. A record and its
// bytes are valid until emit returns; who keeps it clones it. An error of emit
// ends the work of the sensor and is returned by the method that led to it.
func NewSensor(cfg Config, emit func(*record.Record) error) (*Sensor, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.Keystrokes.fill()
	s := &Sensor{cfg: cfg, emit: emit, hash: newHasher(), clock: minTime, next: minTime}
	s.opt = s.cfg.walkOptions()
	s.crew.start(s)
	return s, nil
}

// Restart reports all flows that have something to report and forgets all
// flows, because another capture begins. Records go on to be numbered, and
// counters to count.
func (s *Sensor) Restart() error {
	if err := s.Flush(); err != nil {
		return err
	}
	s.gather()
	s.clock, s.next = minTime, minTime
	s.crew.renew()
	return nil
}

// SetInterfaces names the capture interfaces that packets refer to. Names may
// be added while packets come; those that are known stay.
func (s *Sensor) SetInterfaces(interfaces []Interface) { s.names.declare(interfaces) }

// Packet takes one packet. Its data are not kept. Many packets at a time, see
// Packets, are faster.
func (s *Sensor) Packet(p Packet) error {
	s.one[0] = p
	err := s.Packets(s.one[:])
	s.one[0].Data = nil
	return err
}

// Packets takes packets in their order. Their data are not kept. The error is
// that of emit, which ends the work, or a [*LinkError] for the first packet of a
// link type that the sensor does not know: such packets are counted as
// undecoded, all others have been worked on.
func (s *Sensor) Packets(packets []Packet) error {
	if s.closed {
		return ErrClosed
	}
	for len(packets) > 0 && s.err == nil {
		n := min(len(packets), s.crew.block)
		s.err = s.crew.run(packets[:n])
		packets = packets[n:]
	}
	if unknown := s.crew.unknown(); unknown != nil && s.err == nil {
		return unknown
	}
	return s.err
}

// Tick tells the sensor the time when no packet comes, in nanoseconds since
// the epoch: a live capture calls it every half second or so. Reading a file
// needs no ticks.
func (s *Sensor) Tick(now int64) error {
	if s.closed {
		return ErrClosed
	}
	now = min(now, maxTime)
	if s.err == nil && now > s.clock && now >= s.next {
		s.clock, s.next = now, now+int64(queueStep)
		s.err = s.crew.each(func(e *engine) error { return e.expire(now) })
	}
	return s.err
}

// Flush reports all flows that have something to report. The flows stay.
func (s *Sensor) Flush() error {
	if s.closed {
		return ErrClosed
	}
	if s.err == nil {
		s.err = s.crew.flush(s.clock)
	}
	return s.err
}

// Close reports all flows that have something to report, ends the workers and
// releases the memory of the sensor. Closing twice is fine.
func (s *Sensor) Close() error {
	if s.closed {
		return nil
	}
	err := s.Flush()
	s.gather()
	s.closed = true
	s.crew.stop()
	return err
}

// Stats returns the counters.
func (s *Sensor) Stats() Stats {
	all := s.stats
	for _, e := range s.crew.engines {
		all.Bytes += e.counts.bytes
		all.Undecoded += e.counts.undecoded
		all.LostBytes += e.counts.lost
		all.Flows += e.begun
		all.Evicted += e.evicted
		all.Active += e.flows
		all.Pending += e.pending
	}
	return all
}

// gather adds to the counters what the engines counted, which are about to go.
func (s *Sensor) gather() {
	s.stats = s.Stats()
	s.stats.Active, s.stats.Pending = 0, 0
}

// deliver numbers a record and hands it on.
func (s *Sensor) deliver(b []byte) error {
	s.stats.Records++
	s.seq++
	if s.seq == 0xffffffff {
		s.seq = 0
	}
	if s.cfg.SourceID.Kind != record.IDNone {
		at := record.HeaderSize + 4 + sourceIDSize(s.cfg.SourceID.Kind) + 4
		binary.BigEndian.PutUint32(b[at:], s.seq)
	}
	if err := s.rec.Load(b); err != nil {
		return fmt.Errorf("capture: encoding a record: %w", err)
	}
	return s.emit(&s.rec)
}
