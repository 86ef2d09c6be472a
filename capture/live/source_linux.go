package live

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-6ae541b3/goargus/capture"
)

const (
	// pause is how long ReadPackets waits for packets before it says that
	// there are none.
	pause = 500 * time.Millisecond
	// hold is how long a packet of one ring waits for earlier ones of others:
	// the kernel keeps these back for no longer.
	hold = (2*retire + 10) * time.Millisecond
	// settle is how long packets may still be on their way past a filter that
	// another has replaced.
	settle = 5 * time.Millisecond
	// patience is the longest that Stop waits for the kernel.
	patience = 2 * time.Second
)

// Source is a capture from interfaces, a [capture.Source] and [capture.Dropper].
// One goroutine reads packets; Stop, Stats and Dropped may be called by others.
type Source struct {
	cfg        Config
	log        *slog.Logger
	devices    []*device
	rings      []*ring
	selection  *selection
	interfaces []capture.Interface
	byIndex    map[int]uint16 // interfaces of Any
	polled     []unix.PollFd

	wake     int // eventfd of Stop
	stopped  atomic.Bool
	draining time.Time // when Stop was noticed
	looked   time.Time // when interfaces were looked for last
}

// Open begins to capture. It fails if an interface does not exist; one that is
// down is waited for. Without the capability CAP_NET_RAW the error wraps
// [os.ErrPermission].
func Open(cfg Config) (*Source, error) {
	cfg.Interfaces = append([]string(nil), cfg.Interfaces...)
	if len(cfg.Interfaces) == 0 {
		name, err := DefaultInterface()
		if err != nil {
			return nil, fmt.Errorf("live: %w", err)
		}
		cfg.Interfaces = []string{name}
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	selection, err := newSelection(cfg.Filter, cfg.SnapLen)
	if err != nil {
		return nil, err
	}
	handler := cfg.Log
	if handler == nil {
		handler = slog.DiscardHandler
	}
	s := &Source{cfg: cfg, log: slog.New(handler), selection: selection, byIndex: map[int]uint16{}, looked: time.Now()}
	if s.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return nil, fmt.Errorf("live: %w", err)
	}
	for i, name := range cfg.Interfaces {
		if err := s.openDevice(&device{name: name, iface: uint16(i)}); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// openDevice opens the rings of an interface. They receive when all is well.
func (s *Source) openDevice(d *device) error {
	s.devices = append(s.devices, d)
	for range s.cfg.Rings {
		r, err := openRing(d, &s.cfg)
		if err != nil {
			return err
		}
		s.rings = append(s.rings, r)
		d.rings = append(d.rings, r)
	}
	index, up, link, err := d.find(d.rings[0].fd)
	if err != nil {
		return err
	}
	d.index, d.up, d.link = index, up, link
	if d.name != Any {
		s.interfaces = append(s.interfaces, capture.Interface{Name: d.name, Link: d.link, SnapLen: s.cfg.SnapLen})
	}
	if !d.up {
		s.log.Warn("interface is down, waiting for it", "interface", d.name)
	}
	return s.start(d)
}

// Interfaces lists the interfaces asked for; with Any, those that sent packets
// so far.
func (s *Source) Interfaces() []capture.Interface { return s.interfaces }

// Stop ends the capture in good order: ReadPackets returns what the kernel has
// received so far and then io.EOF.
func (s *Source) Stop() {
	if !s.stopped.Swap(true) {
		_, _ = unix.Write(s.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	}
}

// Close releases the rings.
func (s *Source) Close() error {
	for _, r := range s.rings {
		r.dev.count(r)
		r.close()
	}
	s.rings = nil
	if s.wake >= 0 {
		_ = unix.Close(s.wake)
		s.wake = -1
	}
	return nil
}

// Stats returns the counters of the interfaces as they were half a second ago or
// later.
func (s *Source) Stats() []Stats {
	stats := make([]Stats, 0, len(s.devices))
	for _, d := range s.devices {
		d.mu.Lock()
		stats = append(stats, Stats{Interface: d.name, Up: d.up, Received: d.received, Dropped: d.dropped})
		d.mu.Unlock()
	}
	return stats
}

// Dropped is the number of packets that the kernel lost because a ring was
// full.
func (s *Source) Dropped() uint64 {
	sum := uint64(0)
	for _, one := range s.Stats() {
		sum += one.Dropped
	}
	return sum
}

// ReadPackets waits for packets for half a second at most.
func (s *Source) ReadPackets(buf []capture.Packet) (int, error) {
	now := time.Now()
	if now.Sub(s.looked) >= pause {
		s.look(now)
	}
	if s.stopped.Load() && s.draining.IsZero() {
		if err := s.drain(now); err != nil {
			return 0, err
		}
	}
	for _, r := range s.rings {
		if r.spent {
			r.release()
		}
	}
	deadline := now.Add(pause)
	for {
		n, wait, err := s.fill(buf, now)
		if n > 0 || err != nil || len(buf) == 0 {
			return n, err
		}
		if !s.draining.IsZero() {
			if wait == math.MaxInt64 && s.drained(now) {
				return 0, io.EOF
			}
			wait = min(wait, retire*time.Millisecond)
		}
		if !now.Before(deadline) {
			s.look(now)
			return 0, nil
		}
		if err := s.poll(min(wait, deadline.Sub(now))); err != nil {
			return 0, err
		}
		now = time.Now()
		if s.stopped.Load() && s.draining.IsZero() {
			return 0, nil
		}
	}
}

// fill hands out packets in the order of their time, until a block ends. wait
// is how long the first packet has to wait for earlier ones of other rings; it
// is the largest duration where there is none.
func (s *Source) fill(buf []capture.Packet, now time.Time) (n int, wait time.Duration, err error) {
	for n < len(buf) {
		r, all := s.earliest()
		if r == nil {
			return n, math.MaxInt64, nil
		}
		f := r.frame()
		// A time stamp in the future is one from before the clock was set back.
		if age := time.Duration(now.UnixNano() - f.timestamp()); !all && age >= 0 && age < hold {
			return n, hold - age, nil
		}
		kept, err := s.take(r, f, &buf[n])
		r.advance()
		if err != nil {
			return n, 0, err
		}
		if kept {
			n++
		}
		if r.spent {
			if n > 0 {
				break
			}
			r.release()
		}
	}
	return n, 0, nil
}

// earliest is the ring with the earliest packet, and whether all rings have
// packets.
func (s *Source) earliest() (first *ring, all bool) {
	all = true
	for _, r := range s.rings {
		switch {
		case !r.load():
			all = all && !r.dev.up
		case first == nil || r.frame().timestamp() < first.frame().timestamp():
			first = r
		}
	}
	return first, all || len(s.rings) == 1
}

// take describes a frame, if it is wanted.
func (s *Source) take(r *ring, f frame, p *capture.Packet) (bool, error) {
	if f.echo() {
		return false, nil
	}
	d := r.dev
	link, iface := d.link, d.iface
	if d.name == Any {
		link, iface = s.ofAny(f)
	}
	var ok bool
	if *p, ok = f.packet(link); !ok {
		return false, nil
	}
	p.Interface = iface
	return s.selection.matches(d, f, p)
}

// ofAny is the link type of a frame from all interfaces, and which of them it
// came from.
func (s *Source) ofAny(f frame) (capture.LinkType, uint16) {
	link := linkOf(f.hardware())
	if link != capture.Ethernet && link != capture.Raw {
		link = capture.LinuxSLL2
	}
	iface, known := s.byIndex[f.index()]
	if !known && len(s.interfaces) < math.MaxUint16 {
		iface = uint16(len(s.interfaces))
		s.byIndex[f.index()] = iface
		s.interfaces = append(s.interfaces, capture.Interface{Name: nameOf(f.index()), Link: link, SnapLen: s.cfg.SnapLen})
	}
	return link, iface
}

// poll waits until a ring without packets has some, or something else happens.
func (s *Source) poll(wait time.Duration) error {
	s.polled = append(s.polled[:0], unix.PollFd{Fd: int32(s.wake), Events: unix.POLLIN})
	if s.stopped.Load() {
		s.polled = s.polled[:0]
	}
	first := len(s.polled)
	for _, r := range s.rings {
		if r.left == 0 && r.dev.up {
			s.polled = append(s.polled, unix.PollFd{Fd: int32(r.fd), Events: unix.POLLIN})
		}
	}
	millis := int((wait + time.Millisecond - 1) / time.Millisecond)
	_, err := unix.Poll(s.polled, millis)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("live: waiting for packets: %w", err)
	}
	for _, p := range s.polled[first:] {
		if p.Revents&(unix.POLLERR|unix.POLLNVAL|unix.POLLHUP) != 0 {
			if err := s.failed(int(p.Fd)); err != nil {
				return err
			}
		}
	}
	return nil
}

// drain shuts the rings to new packets.
func (s *Source) drain(now time.Time) error {
	s.draining = now
	for _, r := range s.rings {
		if err := r.filter(rejectAll); err != nil {
			return fmt.Errorf("live: %s: %w", r.dev.name, err)
		}
	}
	return nil
}

// drained reports whether all that came before the rings were shut has been
// read. A kernel that does not hand over what it counted is not waited for any
// longer than that takes at worst.
func (s *Source) drained(now time.Time) bool {
	all := true
	for _, r := range s.rings {
		r.dev.count(r)
		all = all && r.placed == r.taken
	}
	took := now.Sub(s.draining)
	return all && took >= settle || took >= patience
}
