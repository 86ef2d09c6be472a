package record

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Label is text that programs attach (DSR 0x66): object=value[,value] joined by
// colons, zero padded to words, at most 1016 bytes.
type Label struct {
	Text               []byte // aliases the record
	subtype, qualifier uint8
}

func (l *Label) flip() {}

// Country are the country codes of both sides (DSR 0x64, 2 words): two letters
// each, zero if unknown.
type Country struct{ Src, Dst [2]byte }

func (c *Country) flip() { c.Src, c.Dst = c.Dst, c.Src }

// ASN are autonomous system numbers (DSR 0x32, 3 or 4 words): 4 source, 8
// destination, 12 of the intermediate node.
type ASN struct {
	Src, Dst, Inode    uint32
	subtype, qualifier uint8
	words              uint8
}

func (a *ASN) flip() { a.Src, a.Dst = a.Dst, a.Src }

// Geo are coordinates in degrees (DSR 0x68): qualifier 0x01 source, 0x02
// destination, 0x04 intermediate node; latitude and longitude f32 of each.
type Geo struct {
	Src, Dst, Inode Coordinates
}

// Coordinates are a place.
type Coordinates struct {
	Lat, Lon float32
	Has      bool
}

func (g *Geo) flip() { g.Src, g.Dst = g.Dst, g.Src }

// Local says how near both sides are (DSR 0x6A, 3 words): 4 status, 6 source
// locality, 7 destination locality, 8 source organisation, 10 destination
// organisation (host order); qualifier 0x01, 0x02 valid.
type Local struct {
	Status         uint16
	Src, Dst       int8
	SrcOrg, DstOrg uint16
	HasSrc, HasDst bool
}

func (l *Local) flip() {
	l.Src, l.Dst, l.SrcOrg, l.DstOrg, l.HasSrc, l.HasDst = l.Dst, l.Src, l.DstOrg, l.SrcOrg, l.HasDst, l.HasSrc
}

// Score are eight scores, the first is the record's (DSR 0x55, 3 words).
type Score struct {
	Values  [8]uint8
	subtype uint8
}

func (s *Score) flip() {}

// Correlation ties the record to that of another sensor (DSR 0x62, host order):
// id and interface, then deltas of duration, start, last in microseconds, and of
// source and destination packets.
type Correlation struct {
	ID                    SourceID
	Interface             [4]byte
	Duration, Start, Last int64 // nanoseconds
	SrcPkts, DstPkts      int32
	tail                  []byte
}

func (c *Correlation) flip() { c.SrcPkts, c.DstPkts = c.DstPkts, c.SrcPkts }

// Aggregate are statistics of the records that were merged (DSR 0x60, 20
// words): 4 count; in host order 8 last start, 16 last time, 24 active block 28,
// 52 idle block 28. A block is n, min, mean, stddev, max f32, 8 bytes histogram.
type Aggregate struct {
	Count     uint32
	Metric    uint8 // index of the attribute that Active is about; 4 is duration
	LastStart int64
	Last      int64
	Active    Stat // of the attribute, in its unit (seconds for duration)
	Idle      Stat // of gaps between records, in seconds
	qualifier uint8
}

func (a *Aggregate) flip() {}

func (l *Label) decode(b []byte, _ Version) bool {
	*l = Label{subtype: b[1], qualifier: b[2]}
	l.Text = b[4:]
	if i := bytes.IndexByte(l.Text, 0); i >= 0 {
		l.Text = l.Text[:i]
	}
	return true
}

func (c *Country) decode(b []byte, _ Version) bool {
	if len(b) < 8 {
		return false
	}
	*c = Country{[2]byte(b[4:6]), [2]byte(b[6:8])}
	return true
}

func (a *ASN) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*a = ASN{Src: binary.BigEndian.Uint32(b[4:]), Dst: binary.BigEndian.Uint32(b[8:])}
	a.subtype, a.qualifier, a.words = b[1], b[2], uint8(len(b)/4)
	if len(b) >= 16 {
		a.Inode = binary.BigEndian.Uint32(b[12:])
	}
	return true
}

func (g *Geo) decode(b []byte, _ Version) bool {
	*g = Geo{}
	at := 4
	for i, c := range [...]*Coordinates{&g.Src, &g.Dst, &g.Inode} {
		if b[2]&(1<<i) == 0 {
			continue
		}
		if at+8 > len(b) {
			return false
		}
		*c = Coordinates{
			math.Float32frombits(binary.BigEndian.Uint32(b[at:])),
			math.Float32frombits(binary.BigEndian.Uint32(b[at+4:])), true,
		}
		at += 8
	}
	return true
}

func (l *Local) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*l = Local{
		Status: binary.BigEndian.Uint16(b[4:]), Src: int8(b[6]), Dst: int8(b[7]),
		SrcOrg: binary.LittleEndian.Uint16(b[8:]), DstOrg: binary.LittleEndian.Uint16(b[10:]),
		HasSrc: b[2]&1 != 0, HasDst: b[2]&2 != 0,
	}
	return true
}

func (s *Score) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*s = Score{Values: [8]uint8(b[4:12]), subtype: b[1]}
	return true
}

func (c *Correlation) decode(b []byte, v Version) bool {
	*c = Correlation{}
	id := 20
	if v == Version3 {
		id = 4
	}
	if len(b) < 4+id+20 {
		return false
	}
	copy(c.ID.Bytes[:], b[4:4+min(id, 16)])
	if id == 20 {
		copy(c.Interface[:], b[20:24])
	}
	at := 4 + id
	le := binary.LittleEndian
	for _, t := range []*int64{&c.Duration, &c.Start, &c.Last} {
		*t = int64(int32(le.Uint32(b[at:]))) * 1000
		at += 4
	}
	c.SrcPkts, c.DstPkts = int32(le.Uint32(b[at:])), int32(le.Uint32(b[at+4:]))
	c.tail = b[at+8:]
	return true
}

// aggregateWords is the only length of the DSR that readers accept.
const aggregateWords = 20

func (a *Aggregate) decode(b []byte, v Version) bool {
	if len(b) != 4*aggregateWords {
		return false
	}
	*a = Aggregate{Count: binary.BigEndian.Uint32(b[4:]), Metric: b[1], qualifier: b[2]}
	le := binary.LittleEndian
	a.LastStart = int64(le.Uint32(b[8:]))*second + int64(le.Uint32(b[12:]))*1000
	a.Last = int64(le.Uint32(b[16:]))*second + int64(le.Uint32(b[20:]))*1000
	a.Active.decodeHost(b[24:52], 1)
	scale := 1.0
	if v == Version3 {
		scale = 1e-6
	}
	a.Idle.decodeHost(b[52:80], scale)
	return true
}

func (s *Stat) decodeHost(b []byte, scale float64) {
	le := binary.LittleEndian
	f := func(at int) float64 {
		v := math.Float32frombits(le.Uint32(b[at:]))
		if v != v {
			return 0
		}
		return float64(v) * scale
	}
	s.N = le.Uint32(b)
	s.Has = s.N > 0
	s.Min, s.Mean, s.StdDev, s.Max = f(4), f(8), f(12), f(16)
	copy(s.tail[:], b[20:28])
}
