package record

import "encoding/binary"

// Sizes are the packet sizes of both sides (DSR 0x12).
//
//	byte 1  0x01 source, 0x02 destination present, 0x04 histograms follow; version 3 sensors write 0
//	byte 2  encoding: 2 both sides, 6 source, 10 destination
//	byte 3  2 to 5 words
//	then    minimum u16, maximum u16 of each side that is present
//	then    a histogram word of each: 8 bins of 4 bits, the first in the high bits
type Sizes struct {
	Src, Dst     SizeRange
	HasHistogram bool

	subtype uint8
	read    bool // the DSR stood on the wire, with subtype
}

// SizeRange are the smallest and largest packet of one side, and counts of
// sizes scaled to 15 (bins below 72, 104, 168, 296, 552, 1064, 2088 bytes).
type SizeRange struct {
	Min, Max  uint16
	Has       bool
	Histogram [8]uint8
}

// Encodings of the packet size DSR.
const (
	sizesBoth = 2
	sizesSrc  = 6
	sizesDst  = 10
	sizesHist = 0x04 // in the subtype
)

func (s *Sizes) flip() {
	s.Src, s.Dst = s.Dst, s.Src
	s.subtype = s.subtype&^3 | s.subtype&1<<1 | s.subtype>>1&1
}

func (s *Sizes) decode(b []byte, _ Version) bool {
	*s = Sizes{subtype: b[1], read: true}
	q := b[2] & 0x0F
	s.Src.Has = q == sizesBoth || q == sizesSrc
	s.Dst.Has = q == sizesBoth || q == sizesDst
	sides := 1
	switch q {
	case sizesBoth:
		sides = 2
	case sizesSrc, sizesDst:
	default:
		return false
	}
	if len(b) < 4+4*sides {
		return false
	}
	at, hist := 4, 4+4*sides
	s.HasHistogram = b[1]&sizesHist != 0 && len(b) >= hist+4*sides
	for _, side := range [...]*SizeRange{&s.Src, &s.Dst} {
		if !side.Has {
			continue
		}
		side.Min, side.Max = binary.BigEndian.Uint16(b[at:]), binary.BigEndian.Uint16(b[at+2:])
		if s.HasHistogram {
			unpackNibbles(&side.Histogram, b[hist:])
		}
		at, hist = at+4, hist+4
	}
	return true
}

func unpackNibbles(bins *[8]uint8, b []byte) {
	for i := range bins {
		bins[i] = b[i/2] >> (4 * (1 - i%2)) & 15
	}
}

func appendNibbles(dst []byte, bins *[8]uint8) []byte {
	for i := 0; i < len(bins); i += 2 {
		dst = append(dst, min(bins[i], 15)<<4|min(bins[i+1], 15))
	}
	return dst
}

// append writes the form that was read. What was set is written as clients of
// version 5 do, with the histogram words.
func (s *Sizes) append(dst []byte) []byte {
	if s.read {
		return appendSizes(dst, s, s.subtype, s.HasHistogram)
	}
	return appendSizes(dst, s, bit(s.Src.Has, 1)|bit(s.Dst.Has, 2)|sizesHist, true)
}

// AppendSizes appends the DSR of s as a sensor of version 5 does, with a
// histogram if s has one.
func AppendSizes(dst []byte, s *Sizes) []byte {
	subtype := bit(s.Src.Has, 1) | bit(s.Dst.Has, 2) | bit(s.HasHistogram, sizesHist)
	return appendSizes(dst, s, subtype, s.HasHistogram)
}

func appendSizes(dst []byte, s *Sizes, subtype uint8, histogram bool) []byte {
	at := len(dst)
	q := byte(sizesBoth)
	switch {
	case !s.Dst.Has:
		q = sizesSrc
	case !s.Src.Has:
		q = sizesDst
	}
	dst = append(dst, DSRSizes.Type(), subtype, q, 0)
	sides := [...]*SizeRange{&s.Src, &s.Dst}
	for _, side := range sides {
		if side.Has || q == sizesSrc && side == &s.Src {
			dst = binary.BigEndian.AppendUint16(dst, side.Min)
			dst = binary.BigEndian.AppendUint16(dst, side.Max)
		}
	}
	if histogram {
		for _, side := range sides {
			if side.Has || q == sizesSrc && side == &s.Src {
				dst = appendNibbles(dst, &side.Histogram)
			}
		}
	}
	return closeDSR(dst, at)
}

// scaled makes the largest of the counts fit a limit.
func scaled(n []int, limit int) []int {
	most := 0
	for _, v := range n {
		most = max(most, v)
	}
	if most <= limit {
		return n
	}
	for i, v := range n {
		if v > 0 {
			n[i] = max(v*limit/most, 1)
		}
	}
	return n
}

func (s *Sizes) merge(o *Sizes) {
	s.read = false
	s.HasHistogram = s.HasHistogram || o.HasHistogram
	s.Src.merge(&o.Src)
	s.Dst.merge(&o.Dst)
}

func (s *SizeRange) merge(o *SizeRange) {
	switch {
	case !o.Has:
		return
	case !s.Has:
		*s = *o
		return
	}
	s.Min, s.Max = min(s.Min, o.Min), max(s.Max, o.Max)
	var sum [8]int
	for i := range sum {
		sum[i] = int(s.Histogram[i]) + int(o.Histogram[i])
	}
	for i, n := range scaled(sum[:], 15) {
		s.Histogram[i] = uint8(n)
	}
}
