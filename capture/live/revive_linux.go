package live

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// start gives the rings of an interface their filter and binds them.
func (s *Source) start(d *device) error {
	code, err := s.selection.forKernel(d)
	if err != nil {
		return err
	}
	for _, r := range d.rings {
		if err := s.startRing(r, code); err != nil {
			return fmt.Errorf("live: %s: %w", d.name, err)
		}
	}
	return nil
}

// grouped reports whether the rings of an interface share its packets.
func (s *Source) grouped() bool { return s.cfg.Fanout != 0 || s.cfg.Rings > 1 }

// startRing lets a ring receive. One of a group receives nothing before it has
// joined, so that no packet comes twice.
func (s *Source) startRing(r *ring, code program) error {
	if !s.grouped() {
		if err := r.filter(code); err != nil {
			return err
		}
		return r.bind(&s.cfg)
	}
	if err := r.filter(rejectAll); err != nil {
		return err
	}
	if err := r.bind(&s.cfg); err != nil || !r.dev.up {
		return err // joining waits until the interface is up
	}
	if err := s.join(r); err != nil {
		return fmt.Errorf("joining a fanout group: %w", err)
	}
	return r.filter(code)
}

// join makes the ring one of a group: of the number that was asked for, or of
// one of its own interface.
func (s *Source) join(r *ring) error {
	set := func(group uint16, mode int) error {
		return unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_FANOUT, int(group)|mode<<16)
	}
	d := r.dev
	switch {
	case s.cfg.Fanout != 0:
		return set(s.cfg.Fanout, unix.PACKET_FANOUT_HASH|unix.PACKET_FANOUT_FLAG_DEFRAG)
	case r != d.rings[0]:
		return set(d.group, unix.PACKET_FANOUT_CPU)
	}
	if err := set(0, unix.PACKET_FANOUT_CPU|unix.PACKET_FANOUT_FLAG_UNIQUEID); err != nil {
		return err
	}
	id, err := unix.GetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_FANOUT)
	d.group = uint16(id)
	return err
}

// failed looks into the error of a socket: an interface that went away is waited
// for.
func (s *Source) failed(fd int) error {
	for _, r := range s.rings {
		if r.fd != fd {
			continue
		}
		switch err := r.failure(); {
		case err == nil:
		case errors.Is(err, unix.ENETDOWN), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
			if !r.dev.up {
				break // another ring of it told
			}
			s.setUp(r.dev, false)
			s.log.Warn("interface went down, waiting for it", "interface", r.dev.name)
		default:
			return fmt.Errorf("live: %s: %w", r.dev.name, err)
		}
	}
	return nil
}

// look reads the counters and looks for interfaces that are down.
func (s *Source) look(now time.Time) {
	s.looked = now
	for _, r := range s.rings {
		r.dev.count(r)
	}
	for _, d := range s.devices {
		if d.up {
			continue
		}
		if err := s.revive(d); err != nil && d.trouble != err.Error() {
			d.trouble = err.Error()
			s.log.Error("interface is back, but can not be captured from", "interface", d.name, "error", err)
		}
	}
}

// revive captures from an interface that is up again. Where only the kernel's
// number of it has changed the sockets are bound again, which takes no
// privileges.
func (s *Source) revive(d *device) error {
	for _, r := range d.rings {
		if r.load() || r.spent {
			return nil // what it sent before it went comes first
		}
	}
	index, up, link, err := d.find(d.rings[0].fd)
	if errors.Is(err, ErrInterface) || err == nil && !up {
		return nil
	}
	if err != nil {
		return err
	}
	same := index == d.index
	d.index, d.link = index, link
	if same && !s.grouped() {
		s.setUp(d, true)
	} else if err := s.restart(d); err != nil {
		return err
	}
	s.interfaces[d.iface].Link = link
	d.trouble = ""
	s.log.Info("interface is up", "interface", d.name)
	return nil
}

func (s *Source) restart(d *device) error {
	s.setUp(d, true)
	err := s.reopen(d)
	if err == nil {
		err = s.start(d)
	}
	if err != nil {
		s.setUp(d, false)
	}
	return err
}

// reopen opens the rings of a group again: a socket that was in one can not be
// bound again.
func (s *Source) reopen(d *device) error {
	if !s.grouped() {
		return nil
	}
	for _, r := range d.rings {
		fresh, err := openRing(d, &s.cfg)
		if err != nil {
			return err
		}
		d.count(r)
		r.close()
		*r = *fresh
	}
	return nil
}

func (s *Source) setUp(d *device, up bool) {
	d.mu.Lock()
	d.up = up
	d.mu.Unlock()
}
