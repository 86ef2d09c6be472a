package capture

import "math/bits"

// sizeRange is the smallest and largest packet of a side, and how many there
// were of each magnitude.
type sizeRange struct {
	seen        bool
	least, most uint16
	bins        [8]uint8
}

func (s *sizeRange) add(n int, spread bool) {
	v := uint16(min(n, 0xffff))
	if !s.seen || v < s.least {
		s.least = v
	}
	if !s.seen || v > s.most {
		s.most = v
	}
	s.seen = true
	if !spread {
		return
	}
	bin := &s.bins[sizeBin(n)]
	*bin++
	if *bin < 254 {
		return
	}
	for i, c := range s.bins {
		if c > 1 {
			s.bins[i] = c / 2
		}
	}
}

// sizeBin is the magnitude of a packet: 0 below 72 bytes, 1 below 104, and so
// on by doubling what is above 40 bytes, 7 from 2088 on.
func sizeBin(n int) int {
	if n <= 40 {
		return 0
	}
	return min(max(bits.Len(uint(n-40))-5, 0), 7)
}

// histogram packs the bins into a word, four bits each. Counts above 15 are
// scaled; none that is not zero becomes so.
func (s *sizeRange) histogram() (word uint32) {
	most := uint32(0)
	for _, c := range s.bins {
		most = max(most, uint32(c))
	}
	for _, c := range s.bins {
		v := uint32(c)
		if most > 15 && v > 0 {
			v = max(v*15/most, 1)
		}
		word = word<<4 | v
	}
	return word
}

// merge adds the packets of another range.
func (s *sizeRange) merge(o *sizeRange) {
	if !o.seen {
		return
	}
	if !s.seen || o.least < s.least {
		s.least = o.least
	}
	if !s.seen || o.most > s.most {
		s.most = o.most
	}
	s.seen = true
	for i, c := range o.bins {
		s.bins[i] = uint8(min(int(s.bins[i])+int(c), 253))
	}
}
