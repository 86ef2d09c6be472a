package capture

import (
	"errors"
	"io"
)

// ErrNextCapture is returned by a Source that goes on with another capture: the
// packets that follow have nothing to do with those before, so that no flow
// goes on from one to the other. Flows reports what it knows and starts anew;
// records go on to be numbered, and counters to count.
var ErrNextCapture = errors.New("capture: the next capture begins")

// OpenFiles opens captures, one after the other as they are read, as one
// Source. Between two of them ReadPackets returns ErrNextCapture. A capture that
// is missing or damaged does not keep from those that follow: all such errors
// are returned together at the end, in place of io.EOF.
func OpenFiles(names ...string) Source { return &sequence{names: names} }

type sequence struct {
	names      []string
	opened     int
	current    *Reader
	errs       []error
	interfaces []Interface // of the captures before and of the current one
	before     int         // how many of them are of captures before
}

func (s *sequence) ReadPackets(buf []Packet) (int, error) {
	if s.current == nil {
		if s.opened == len(s.names) {
			return 0, s.end()
		}
		s.opened++
		r, err := OpenFile(s.names[s.opened-1])
		if err != nil {
			s.errs = append(s.errs, err)
			return 0, s.end()
		}
		s.current = r
		s.before = len(s.interfaces)
	}
	n, err := s.current.ReadPackets(buf)
	s.declare(buf[:n])
	if err == nil {
		return n, nil
	}
	if err != io.EOF {
		s.errs = append(s.errs, err)
	}
	if err := s.current.Close(); err != nil {
		s.errs = append(s.errs, err)
	}
	s.current = nil
	return n, s.end()
}

// end is what the end of a capture means: another one, or all errors.
func (s *sequence) end() error {
	switch {
	case s.opened < len(s.names):
		return ErrNextCapture
	case len(s.errs) == 0:
		return io.EOF
	}
	return errors.Join(s.errs...)
}

// declare adds the interfaces of the current capture to those before.
func (s *sequence) declare(packets []Packet) {
	s.interfaces = append(s.interfaces[:s.before], s.current.Interfaces()...)
	if s.before == 0 {
		return
	}
	for i := range packets {
		packets[i].Interface += uint16(s.before)
	}
}

func (s *sequence) Interfaces() []Interface { return s.interfaces }

func (s *sequence) Close() error {
	s.opened = len(s.names)
	if s.current == nil {
		return nil
	}
	err := s.current.Close()
	s.current = nil
	return err
}
