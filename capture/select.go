package capture

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

// Dropped is the number of packets that src lost, if it knows.
func (s *selected) Dropped() uint64 {
	if d, ok := s.Source.(Dropper); ok {
		return d.Dropped()
	}
	return 0
}
