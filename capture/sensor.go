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
	cfg     Config
	opt     packet.Options
	emit    func(*record.Record) error
	engine  *engine
	stats   Stats
	names   names
	rec     record.Record
	seq     uint32
	clock   int64
	frames  [lookAhead]frame
	one     [1]Packet
	err     error
	unknown *LinkError // of the packets in hand
	closed  bool
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

// lookAhead is the number of packets that are worked on together: while one
// waits for memory, so do the others.
const lookAhead = 32

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
	s := &Sensor{cfg: cfg, emit: emit, clock: minTime}
	s.opt = packet.Options{Discover: cfg.TunnelDiscovery, Provider: cfg.ProviderTags, Shut: cfg.KeepTunnels}
	s.start()
	return s, nil
}

// start gives the sensor an empty table.
func (s *Sensor) start() {
	s.engine = newEngine(&s.cfg, &s.stats, &s.names)
	s.engine.sink = s.deliver
}

// Restart reports all flows that have something to report and forgets all
// flows, because another capture begins. Records go on to be numbered, and
// counters to count.
func (s *Sensor) Restart() error {
	if err := s.Flush(); err != nil {
		return err
	}
	s.clock = minTime
	s.start()
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
	s.unknown = nil
	for len(packets) > 0 && s.err == nil {
		n := min(len(packets), lookAhead)
		s.err = s.block(packets[:n])
		packets = packets[n:]
	}
	if s.err == nil && s.unknown != nil {
		return s.unknown
	}
	return s.err
}

// block takes up to lookAhead packets: all are parsed and hashed, then what
// they need of the table is loaded, then they are worked on one by one.
func (s *Sensor) block(packets []Packet) error {
	for i := range packets {
		s.parse(&s.frames[i], &packets[i])
	}
	frames := s.frames[:len(packets)]
	s.engine.ahead(frames)
	for i := range frames {
		if err := s.engine.frame(&frames[i]); err != nil {
			return err
		}
	}
	return nil
}

// parse walks the headers of a packet and builds its key.
func (s *Sensor) parse(f *frame, p *Packet) {
	if !packet.Supported(uint32(p.Link)) && s.unknown == nil {
		s.unknown = &LinkError{p.Link}
	}
	length := max(p.Length, len(p.Data))
	f.Walk(uint32(p.Link), p.Data, length, &s.opt)
	s.stats.Packets++
	f.number = s.stats.Packets
	f.now = min(max(p.Time, minTime), maxTime)
	f.iface = p.Interface
	s.clock = f.now
	if f.Kind != packet.None {
		f.identify(&s.cfg)
	} else {
		f.key[4] = 0
	}
	if f.key[4] == 0 {
		s.stats.Undecoded++
		s.stats.LostBytes += uint64(length)
		return
	}
	s.stats.Bytes += uint64(f.Bytes)
	f.hash = s.engine.hashFrame(f)
}

// Tick tells the sensor the time when no packet comes, in nanoseconds since
// the epoch: a live capture calls it every half second or so. Reading a file
// needs no ticks.
func (s *Sensor) Tick(now int64) error {
	if s.closed {
		return ErrClosed
	}
	if s.err == nil && now > s.clock {
		s.err = s.engine.tick(min(now, maxTime))
	}
	return s.err
}

// Flush reports all flows that have something to report. The flows stay.
func (s *Sensor) Flush() error {
	if s.closed {
		return ErrClosed
	}
	if s.err == nil {
		s.err = s.engine.flush(s.clock)
	}
	return s.err
}

// Close reports all flows that have something to report and releases the
// memory of the sensor. Closing twice is fine.
func (s *Sensor) Close() error {
	if s.closed {
		return nil
	}
	err := s.Flush()
	s.Stats()
	s.closed = true
	s.engine = nil
	return err
}

// Stats returns the counters.
func (s *Sensor) Stats() Stats {
	if s.engine != nil {
		s.stats.Active, s.stats.Pending = s.engine.flows, s.engine.pending
	}
	return s.stats
}

// deliver numbers a record and hands it on.
func (s *Sensor) deliver(_ *engine, _ [2]int64, b []byte) error {
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
