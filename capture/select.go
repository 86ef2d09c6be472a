package capture

import "io"

// Select returns a Source of those packets of src that keep is true for, such
// as those that match a packetfilter.Program.
func Select(src Source, keep func(*Packet) bool) Source { return &selected{src, keep} }

type selected struct {
	Source
	keep func(*Packet) bool
}

func (s *selected) ReadPackets(buf []Packet) (int, error) {
	for {
		n, err := s.Source.ReadPackets(buf)
		kept := 0
		for i := range buf[:n] {
			if s.keep(&buf[i]) {
				buf[kept] = buf[i]
				kept++
			}
		}
		// A block of which nothing is kept is no pause of the source.
		if kept > 0 || n == 0 || err != nil {
			return kept, err
		}
	}
}

// Unwrap returns the source that packets come from.
func (s *selected) Unwrap() Source { return s.Source }

// Range returns a Source of the packets of src after the first skip, up to and
// with packet number last.
func Range(src Source, skip, last uint64) Source {
	return &ranged{Source: src, skip: skip, last: last}
}

type ranged struct {
	Source
	read, skip, last uint64
}

func (r *ranged) ReadPackets(buf []Packet) (int, error) {
	for r.read < r.last {
		n, err := r.Source.ReadPackets(buf)
		first := min(uint64(n), r.skip-min(r.skip, r.read))
		end := min(uint64(n), r.last-r.read)
		r.read += uint64(n)
		if kept := copy(buf, buf[first:max(first, end)]); kept > 0 || n == 0 || err != nil {
			return kept, err
		}
	}
	return 0, io.EOF
}

// Unwrap returns the source that packets come from.
func (r *ranged) Unwrap() Source { return r.Source }
