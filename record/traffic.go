package record

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// IPAttr are attributes of the IP headers (DSR 0x48), by side, of the last
// packet: a word for each qualifier bit, in this order: 0x01 source ttl, tos,
// id; 0x04 source options; 0x02 destination ttl, tos, id; 0x08 destination
// options. 0x10, 0x20: fragments were seen.
type IPAttr struct {
	Src, Dst IPSide
}

// IPSide are the attributes of one side.
type IPSide struct {
	TTL, TOS   uint8
	ID         uint16 // big-endian reading of the wire, which sensors store swapped
	Options    uint32
	Has        bool // TTL, TOS and ID are known
	HasOptions bool
	Fragments  bool
}

func (a *IPAttr) flip() { a.Src, a.Dst = a.Dst, a.Src }

// Sizes are the packet sizes of both sides (DSR 0x12): qualifier encoding 2
// both, 6 source, 10 destination; u16 minimum and maximum of each; subtype 0x04
// then a word of 8 nibbles a side: a histogram.
type Sizes struct {
	Src, Dst     SizeRange
	HasHistogram bool
	subtype      uint8
	known        bool // subtype says how the DSR stood on the wire
}

// SizeRange are the smallest and largest packet of one side, and counts of
// sizes scaled to 15 (bins below 72, 104, 168, 296, 552, 1064, 2088 bytes).
type SizeRange struct {
	Min, Max  uint16
	Has       bool
	Histogram [8]uint8
}

func (s *Sizes) flip() { s.Src, s.Dst = s.Dst, s.Src }

// Jitter are statistics of inter-packet times in nanoseconds (DSR 0x46):
// qualifier 0x01 source active, 0x02 source idle, 0x04 destination active, 0x08
// destination idle; a block each of n u32, min, mean, stddev, max f32 and 0 to 2
// more words. Version 3 holds microseconds, version 5 nanoseconds.
type Jitter struct {
	Src, Dst JitterSide
	words    uint8 // of a block on the wire
	subtype  uint8
}

// JitterSide are the statistics of one side: within bursts, and between them.
type JitterSide struct {
	Active, Idle Stat
}

// Stat are statistics of N values.
type Stat struct {
	N                      uint32
	Min, Mean, StdDev, Max float64
	Has                    bool
	tail                   [8]byte // histogram words, as read
}

func (j *Jitter) flip() { j.Src, j.Dst = j.Dst, j.Src }

// UserData are captured bytes of one side (DSR 0x50, long form): 4 capture
// limit u16, 6 count u16, 8 data, zero padded.
type UserData struct {
	Data       []byte
	Limit      uint16
	Compressed bool // zlib, in events
	subtype    uint8
	short      bool
}

// Behavior are counts of keystrokes (DSR 0x54, 3 words): subtype 1 TCP, 2 SSH;
// 4 source, 8 destination.
type Behavior struct {
	Kind     uint8
	Src, Dst uint32
}

func (b *Behavior) flip() { b.Src, b.Dst = b.Dst, b.Src }

// Hash is the flow hash of the sensor (DSR 0x07, 3 words).
type Hash struct{ Hash, Index uint32 }

func (h *Hash) flip() {}

func (a *IPAttr) decode(b []byte, _ Version) bool {
	q := b[2]
	*a = IPAttr{}
	a.Src.Fragments, a.Dst.Fragments = q&0x10 != 0, q&0x20 != 0
	at := 4
	for _, w := range [...]struct {
		bit     uint8
		side    *IPSide
		options bool
	}{{0x01, &a.Src, false}, {0x04, &a.Src, true}, {0x02, &a.Dst, false}, {0x08, &a.Dst, true}} {
		if q&w.bit == 0 {
			continue
		}
		if at+4 > len(b) {
			return false
		}
		if w.options {
			w.side.HasOptions, w.side.Options = true, binary.BigEndian.Uint32(b[at:])
		} else {
			w.side.Has = true
			w.side.TTL, w.side.TOS = b[at], b[at+1]
			w.side.ID = binary.BigEndian.Uint16(b[at+2:])
		}
		at += 4
	}
	return true
}

// Encodings of the packet size DSR.
const (
	sizesBoth = 2
	sizesSrc  = 6
	sizesDst  = 10
)

func (s *Sizes) decode(b []byte, _ Version) bool {
	*s = Sizes{subtype: b[1], known: true}
	sides := []*SizeRange{&s.Src, &s.Dst}
	switch b[2] & 0x0F {
	case sizesBoth:
	case sizesSrc:
		sides = sides[:1]
	case sizesDst:
		sides = sides[1:]
	default:
		return false
	}
	if len(b) < 4+4*len(sides) {
		return false
	}
	for i, side := range sides {
		side.Has = true
		side.Min, side.Max = binary.BigEndian.Uint16(b[4+4*i:]), binary.BigEndian.Uint16(b[6+4*i:])
	}
	at := 4 + 4*len(sides)
	s.HasHistogram = b[1]&4 != 0 && len(b) >= at+4*len(sides)
	if s.HasHistogram {
		for i, side := range sides {
			for bin := range side.Histogram {
				side.Histogram[bin] = b[at+4*i+bin/2] >> (4 * (1 - bin%2)) & 15
			}
		}
	}
	return true
}

func (j *Jitter) decode(b []byte, v Version) bool {
	*j = Jitter{subtype: b[1]}
	blocks := bits.OnesCount8(b[2] & 0x0F)
	if blocks == 0 {
		return true
	}
	j.words = uint8((len(b)/4 - 1) / blocks)
	if j.words < 5 || j.words > 7 {
		return false
	}
	scale := 1000.0
	if v == Version5 {
		scale = 1
	}
	at := 4
	for i, s := range [...]*Stat{&j.Src.Active, &j.Src.Idle, &j.Dst.Active, &j.Dst.Idle} {
		if b[2]&(1<<i) == 0 {
			continue
		}
		s.decodeBlock(b[at:at+4*int(j.words)], scale)
		at += 4 * int(j.words)
	}
	return true
}

func (s *Stat) decodeBlock(b []byte, scale float64) {
	s.Has = true
	s.N = binary.BigEndian.Uint32(b)
	s.Min, s.Mean = float(b[4:])*scale, float(b[8:])*scale
	s.StdDev, s.Max = float(b[12:])*scale, float(b[16:])*scale
	copy(s.tail[:], b[20:])
}

// float reads an f32. Sensors of version 5 write NaN for a deviation whose
// square came out negative: it is 0.
func float(b []byte) float64 {
	f := math.Float32frombits(binary.BigEndian.Uint32(b))
	if f != f {
		return 0
	}
	return float64(f)
}

func (u *UserData) decode(b []byte, _ Version) bool {
	if len(b) < 8 {
		return false
	}
	*u = UserData{Limit: binary.BigEndian.Uint16(b[4:]), subtype: b[1], short: b[1]&0x80 == 0}
	u.Compressed = !u.short && b[1]&0x0F == 0x08
	n := min(int(binary.BigEndian.Uint16(b[6:])), len(b)-8)
	u.Data = b[8 : 8+n]
	return true
}

// isDstData reports whether a user data DSR is the destination's. The short
// form, older than version 3, has the mark in the qualifier.
func isDstData(b []byte) bool {
	if b[1]&0x80 == 0 {
		return b[2]&0x10 == 0
	}
	return b[1]&0x20 != 0
}

func (k *Behavior) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*k = Behavior{b[1], binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])}
	return true
}

func (h *Hash) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*h = Hash{binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])}
	return true
}
