package packetfilter

import "github.com/seed-6ae541b3/goargus/capture"

// Source returns a source of the packets of src that match an expression,
// whatever link types src has. An error in the expression is returned at once;
// a link type for which it cannot be compiled ends the reading with an error.
func Source(src capture.Source, expr string) (capture.Source, error) {
	s := &filtered{Source: src, expr: expr, programs: make(map[capture.LinkType]*Program)}
	if _, err := s.program(capture.Ethernet); err != nil {
		return nil, err
	}
	return s, nil
}

type filtered struct {
	capture.Source
	expr     string
	programs map[capture.LinkType]*Program
	link     capture.LinkType // of last
	last     *Program
}

// program compiles the expression for a link type, once.
func (s *filtered) program(link capture.LinkType) (*Program, error) {
	if s.last != nil && s.link == link {
		return s.last, nil
	}
	p := s.programs[link]
	if p == nil {
		var err error
		if p, err = Compile(s.expr, link, 0); err != nil {
			return nil, err
		}
		s.programs[link] = p
	}
	s.link, s.last = link, p
	return p, nil
}

func (s *filtered) ReadPackets(buf []capture.Packet) (int, error) {
	for {
		n, err := s.Source.ReadPackets(buf)
		kept := 0
		for i := range buf[:n] {
			p, e := s.program(buf[i].Link)
			if e != nil {
				return kept, e
			}
			if p.Match(buf[i].Data, buf[i].Length) {
				buf[kept] = buf[i]
				kept++
			}
		}
		// A block of which nothing matches is no pause of the source.
		if kept > 0 || n == 0 || err != nil {
			return kept, err
		}
	}
}

// Unwrap returns the source that packets come from.
func (s *filtered) Unwrap() capture.Source { return s.Source }
