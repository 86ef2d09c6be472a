package record

import (
	"encoding/binary"
	"math"

	"github.com/seed-6ae541b3/goargus/internal/wire"
)

// A held record is one that others are merged into, as bytes without pointers,
// for who keeps millions of them. Counters, times and statistics stand in front
// in full precision; behind them is the record without them. Words of padding
// stand where a DSR was, or may grow, so that most records can be merged in
// place. All but the record is little-endian:
//
//	  0  which of metrics, times and statistics there are u8, number of the
//	     statistics' attribute u8, 1 if the places below cannot be told u8, 0 u8
//	  4  number of merged records u32
//	  8  packets, bytes, application bytes of the source, of the destination u64
//	 56  start and end of the source, of the destination i64
//	 88  last start and last time of the statistics i64
//	104  number of values, active and idle u32
//	112  active minimum, mean, sum of squared deviations, maximum f64
//	144  idle likewise
//	176  word where a DSR stands in the record, 0 if it has none, u8 each:
//	     transport, flow, network, VLAN, IP attributes, MAC, encapsulation; 0 u8
//	184  the record
const (
	heldHas     = 0
	heldMetric  = 1
	heldFar     = 2
	heldCount   = 4
	heldTraffic = 8
	heldTimes   = 56
	heldLast    = 88
	heldN       = 104
	heldActive  = 112
	heldIdle    = 144
	heldPlaces  = 176
	heldSize    = 184
)

// inTally are the DSRs that stand in front of a held record.
const inTally = 1<<DSRTime | 1<<DSRMetrics | 1<<DSRAggregate

// Bits of the first byte of a held record.
const (
	tallyMetrics = 1 << iota
	tallyTimes
	tallyStatistics
)

// Places of DSRs in a held record.
const (
	placeTransport = iota
	placeFlow
	placeNetwork
	placeVLAN
	placeIPAttr
	placeMAC
	placeEncaps
	numPlaces
)

// placeOf is the place of a DSR, numPlaces if it has none.
var placeOf = func() (t [numDSR]uint8) {
	for d := range t {
		t[d] = numPlaces
	}
	for i, d := range [numPlaces]DSR{DSRTransport, DSRFlow, DSRNetwork, DSRVLAN, DSRIPAttr, DSRMAC, DSREncaps} {
		t[d] = uint8(i)
	}
	return t
}()

// spread are the statistics of n values: a Stat with the sum of the squared
// deviations in place of their root, which nobody needs before the end.
type spread struct {
	n                       uint32
	min, mean, squares, max float64
}

// tally is what stands in front of a held record.
type tally struct {
	has             uint8
	metric          uint8
	count           uint32
	src, dst        Counters
	srcSpan         Span
	dstSpan         Span
	lastStart, last int64
	active, idle    spread
}

// tally is what the record counts for.
func (r *Record) tally() (t tally) {
	m, s, a := r.Metrics(), r.Times(), r.Aggregate()
	t.src, t.dst, t.srcSpan, t.dstSpan = m.Src, m.Dst, s.Src, s.Dst
	t.has = bit(r.have&(1<<DSRMetrics) != 0, tallyMetrics) | bit(r.have&(1<<DSRTime) != 0, tallyTimes)
	if r.have&(1<<DSRAggregate) == 0 {
		return t
	}
	t.has |= tallyStatistics
	t.metric, t.count, t.lastStart, t.last = a.Metric, a.Count, a.LastStart, a.Last
	t.active, t.idle = a.Active.spread(), a.Idle.spread()
	return t
}

func (s *Stat) spread() spread { return spread{s.N, s.Min, s.Mean, s.squares(), s.Max} }

// stat makes s the statistics of a spread.
func (p *spread) stat(s *Stat) {
	*s = Stat{N: p.n, Min: p.min, Mean: p.mean, Max: p.max, Has: p.n > 0}
	if p.n > 1 {
		s.StdDev = math.Sqrt(max(p.squares, 0) / float64(p.n))
	}
}

var le = binary.LittleEndian

func (t *tally) put(b []byte) {
	b = b[:heldPlaces]
	b[heldHas], b[heldMetric] = t.has, t.metric
	le.PutUint32(b[heldCount:], t.count)
	t.src.put(b[heldTraffic:])
	t.dst.put(b[heldTraffic+24:])
	t.srcSpan.put(b[heldTimes:])
	t.dstSpan.put(b[heldTimes+16:])
	le.PutUint64(b[heldLast:], uint64(t.lastStart))
	le.PutUint64(b[heldLast+8:], uint64(t.last))
	le.PutUint32(b[heldN:], t.active.n)
	le.PutUint32(b[heldN+4:], t.idle.n)
	t.active.put(b[heldActive:])
	t.idle.put(b[heldIdle:])
}

func (t *tally) get(b []byte) {
	b = b[:heldPlaces]
	t.has, t.metric = b[heldHas], b[heldMetric]
	t.count = le.Uint32(b[heldCount:])
	t.src.get(b[heldTraffic:])
	t.dst.get(b[heldTraffic+24:])
	t.srcSpan.get(b[heldTimes:])
	t.dstSpan.get(b[heldTimes+16:])
	t.lastStart, t.last = int64(le.Uint64(b[heldLast:])), int64(le.Uint64(b[heldLast+8:]))
	t.active.n, t.idle.n = le.Uint32(b[heldN:]), le.Uint32(b[heldN+4:])
	t.active.get(b[heldActive:])
	t.idle.get(b[heldIdle:])
}

func (c *Counters) put(b []byte) {
	b = b[:24]
	le.PutUint64(b, c.Packets)
	le.PutUint64(b[8:], c.Bytes)
	le.PutUint64(b[16:], c.AppBytes)
}

func (c *Counters) get(b []byte) {
	b = b[:24]
	c.Packets, c.Bytes, c.AppBytes = le.Uint64(b), le.Uint64(b[8:]), le.Uint64(b[16:])
}

func (s *Span) put(b []byte) {
	b = b[:16]
	le.PutUint64(b, uint64(s.Start))
	le.PutUint64(b[8:], uint64(s.End))
}

func (s *Span) get(b []byte) {
	b = b[:16]
	s.Start, s.End = int64(le.Uint64(b)), int64(le.Uint64(b[8:]))
}

func (p *spread) put(b []byte) {
	b = b[:32]
	le.PutUint64(b, math.Float64bits(p.min))
	le.PutUint64(b[8:], math.Float64bits(p.mean))
	le.PutUint64(b[16:], math.Float64bits(p.squares))
	le.PutUint64(b[24:], math.Float64bits(p.max))
}

func (p *spread) get(b []byte) {
	b = b[:32]
	p.min, p.mean = math.Float64frombits(le.Uint64(b)), math.Float64frombits(le.Uint64(b[8:]))
	p.squares, p.max = math.Float64frombits(le.Uint64(b[16:])), math.Float64frombits(le.Uint64(b[24:]))
}

// AppendHeld appends a record in the form that MergeHeld merges into, and that
// LoadHeld reads. It is for memory and temporary files of one program.
func (m *Merger) AppendHeld(dst []byte, r *Record) ([]byte, error) {
	at := len(dst)
	t := r.tally()
	dst = append(dst, make([]byte, heldSize)...)
	t.put(dst[at:])
	from := r.buf
	if r.dirty|uint32(r.state&viewCorrect) != 0 || r.Version() == Mixed {
		var err error
		if m.scratch, err = r.appendRest(m.scratch[:0]); err != nil {
			return dst[:at], err
		}
		from = m.scratch
	}
	dst, err := appendSpaced(dst, from)
	if err != nil {
		return dst[:at], err
	}
	return dst, nil
}

// appendRest appends the record, in its own version, without what stands in
// front of a held record.
func (r *Record) appendRest(dst []byte) ([]byte, error) {
	r.dirty |= inTally // a changed record is turned round for good
	r.settle()
	have, dirty := r.have, r.dirty
	r.have &^= inTally
	dst, err := r.AppendTo(dst, r.Version())
	r.have, r.dirty = have, dirty
	return dst, err
}

// padding is a DSR of one word that says nothing.
const padding = "\x00\x00\x00\x01"

// appendSpaced appends a record behind the head of a held one: without the DSRs
// that are in front, and with room where others may grow.
func appendSpaced(dst, from []byte) ([]byte, error) {
	start := len(dst)
	var places [numPlaces]uint8
	far := uint8(0)
	dst = append(dst, from[:HeaderSize]...)
	for at := HeaderSize; at+wire.WordSize <= len(from); {
		n := wire.DSRLen(from[at:]) * wire.WordSize
		if n == 0 || n > len(from)-at {
			return dst, malformed(at, "a DSR of 1 to %d words, found %d", (len(from)-at)/wire.WordSize, n/wire.WordSize)
		}
		b := from[at : at+n]
		at += n
		d := dsrOfType[b[0]]
		if d < numDSR && inTally&d.bit() != 0 || string(b) == padding {
			continue
		}
		if d < numDSR && placeOf[d] < numPlaces && n >= int(dsrTable[d].min)*wire.WordSize {
			word := (len(dst) - start) / wire.WordSize
			if places[placeOf[d]] != 0 || word > math.MaxUint8 {
				far = 1
			}
			places[placeOf[d]] = uint8(word)
		}
		dst = append(dst, b...)
		if d == DSRFlow && n == flow6Bare && KeyType(b[2]&keyTypeMask) == KeyIPv6 || d == DSRIPAttr && n == 8 {
			dst = append(dst, padding...)
		}
	}
	head := dst[start-heldSize : start]
	head[heldFar] = far
	copy(head[heldPlaces:], places[:])
	if !PutLength(dst[start:]) {
		return dst, malformed(0, "a record of at most %d bytes with room to grow, found %d", wire.MaxRecord, len(dst)-start)
	}
	return dst, nil
}

// heldLen is the length of the record that is held in h.
func heldLen(h []byte) int {
	return heldSize + wire.WordSize*int(binary.BigEndian.Uint16(h[heldSize+2:]))
}

// LoadHeld makes r the record that is held at the start of b. It aliases b. The
// shapes are those of earlier records that are held.
func (r *Record) LoadHeld(b []byte, shapes *Shapes) error {
	if len(b) < heldSize+HeaderSize || heldLen(b) > len(b) {
		return malformed(0, "a held record, found %d bytes", len(b))
	}
	if err := r.LoadLike(b[heldSize:heldLen(b)], shapes); err != nil {
		return err
	}
	r.state |= viewCanonical // padding is room, not part of the record
	var t tally
	t.get(b)
	r.setTally(&t)
	return nil
}

// setTally gives a record what stood in front of it.
func (r *Record) setTally(t *tally) {
	set := uint32(0)
	if t.has&tallyMetrics != 0 {
		set |= 1 << DSRMetrics
	}
	if t.has&tallyTimes != 0 {
		set |= 1 << DSRTime
	}
	if t.has&tallyStatistics != 0 {
		set |= 1 << DSRAggregate
		r.agr = Aggregate{Count: t.count, Metric: t.metric, LastStart: t.lastStart, Last: t.last}
		t.active.stat(&r.agr.Active)
		t.idle.stat(&r.agr.Idle)
		r.cached |= 1 << DSRAggregate
	}
	r.metrics = Metrics{Src: t.src, Dst: t.dst}
	r.times = Times{Src: t.srcSpan, Dst: t.dstSpan}
	r.have = r.have&^inTally | set
	r.cached |= 1<<DSRMetrics | 1<<DSRTime
	r.dirty |= set
}
