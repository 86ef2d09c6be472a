package record

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/internal/wire"
)

// Merging into held records. MergeHeld does what Merge does, on the bytes: it
// decodes of b what is summed, and of the rest looks at what differs. What it
// has no way for in place it leaves to Merge.

// inPlace are the DSRs that can be merged in place, and notMerged those of which
// a record keeps its own, whatever b has.
const (
	inPlace   = inTally | 1<<DSRTransport | 1<<DSRFlow | 1<<DSRNetwork | 1<<DSRVLAN | 1<<DSRIPAttr | 1<<DSRMAC | 1<<DSREncaps
	notMerged = 1<<DSRTimeAdjust | 1<<DSRCorrelation | 1<<DSRHash | 1<<DSRGRE | 1<<DSRGeneve
)

// MergeHeld adds b to the record that is held at the start of h, in place. It
// reports false, and then h is unchanged, if that cannot be: then LoadHeld,
// Merge and AppendHeld do it.
func (m *Merger) MergeHeld(h []byte, b *Record) bool {
	if len(h) < heldSize+HeaderSize || heldLen(h) > len(h) || h[heldFar] != 0 || b.have&^(inPlace|notMerged) != 0 ||
		b.dirty&^inTally != 0 || b.state&viewCorrect != 0 || len(b.buf) < HeaderSize || b.buf[0] != h[heldSize] {
		return false
	}
	if v := b.Version(); v != Version3 && v != Version5 || !b.IsFlow() || b.flipped() {
		return false
	}
	p := &m.work
	p.begin(h, b)
	metrics, times := b.Metrics(), b.Times()
	p.later = p.t.start() <= times.Start()
	if b.bad != 0 || !p.plan(m) {
		return false
	}
	p.statistics()
	if b.have&(1<<DSRTime) != 0 {
		p.t.srcSpan.merge(times.Src)
		p.t.dstSpan.merge(times.Dst)
		p.t.has |= tallyTimes
	}
	if b.have&(1<<DSRMetrics) != 0 {
		p.t.src.add(&metrics.Src)
		p.t.dst.add(&metrics.Dst)
		p.t.has |= tallyMetrics
	}
	p.t.put(h)
	p.apply()
	if p.dropped {
		copy(h[heldPlaces:], p.places[:])
	}
	return true
}

// merging is one record that is being merged into a held one.
type merging struct {
	t       tally
	rest    []byte // the held record
	places  [numPlaces]uint8
	b       *Record
	same    bool  // both are of one flow
	proto   Proto // of the key that both have, TCP if that cannot be told
	later   bool  // b started after the held one
	dropped bool  // a DSR of the held record was removed

	// What is to be done with the DSRs; nil or false where there is nothing.
	flow          []byte
	key           ipKey
	network       []byte
	tcp           TCP
	form          tcpForm
	ipattr        []byte
	ipattrB       []byte // nil if attributes has the result
	attributes    IPAttr
	vlan, vlanB   []byte
	mac, macB     []byte
	encaps        []byte
	encapsB       []byte
	dropTransport bool
	dropNetwork   bool
	dropMAC       bool
}

// begin forgets the record before. What is written only if it is to be used
// stays.
func (p *merging) begin(h []byte, b *Record) {
	p.rest, p.places, p.b = h[heldSize:heldLen(h)], [numPlaces]uint8(h[heldPlaces:]), b
	p.t.get(h)
	p.same, p.dropped = false, false
	p.flow, p.network, p.ipattr, p.ipattrB, p.vlan, p.mac, p.encaps = nil, nil, nil, nil, nil, nil, nil
	p.dropTransport, p.dropNetwork, p.dropMAC = false, false, false
}

// theirs returns the bytes of a DSR of b.
func (p *merging) theirs(d DSR) []byte {
	if p.b.have&d.bit() == 0 {
		return nil
	}
	return dsrAt(p.b.buf, int(p.b.off[d])*wire.WordSize)
}

// held returns the bytes of a DSR of the held record.
func (p *merging) held(place int) []byte {
	return dsrAt(p.rest, int(p.places[place])*wire.WordSize)
}

// plan decides what is to be done. It reports false, with nothing changed, if
// something cannot be done in place.
func (p *merging) plan(m *Merger) bool {
	if p.t.has&tallyStatistics == 0 && p.t.packets() > 0 && m.Metric != nil ||
		p.b.have&(1<<DSRAggregate) == 0 && m.Metric != nil {
		return false
	}
	return p.planTransport() && p.planFlow() && p.planNetwork() && p.planIPAttr() && p.planVLAN() && p.planMAC() && p.planEncaps()
}

// apply does what was planned for the DSRs.
func (p *merging) apply() {
	if p.dropTransport {
		p.drop(placeTransport)
	}
	if p.flow != nil {
		p.key.put(p.flow)
	}
	switch {
	case p.dropNetwork:
		p.drop(placeNetwork)
	case p.network != nil:
		p.tcp.append(p.network[:0], p.form)
	}
	if p.ipattr != nil {
		p.applyIPAttr()
	}
	if p.encaps != nil {
		mergeEncapsBytes(p.encaps, p.encapsB)
	}
	if p.vlan != nil {
		mergeVLANBytes(p.vlan, p.vlanB)
	}
	switch {
	case p.dropMAC:
		p.drop(placeMAC)
	case p.mac != nil:
		mergeMACBytes(p.mac, p.macB)
	}
}

// drop makes padding of a DSR.
func (p *merging) drop(place int) {
	b := p.held(place)
	for len(b) >= len(padding) {
		b = b[copy(b, padding):]
	}
	p.places[place] = 0
	p.dropped = true
}

func (t *tally) packets() uint64 { return t.src.Packets + t.dst.Packets }

func (t *tally) start() int64 {
	s := Times{Src: t.srcSpan, Dst: t.dstSpan}
	return s.Start()
}

// statistics adds b to the statistics, as mergeStatistics does.
func (p *merging) statistics() {
	t, b := &p.t, p.b
	gap := gapTo([2]uint64{t.src.Packets, t.dst.Packets}, [2]Span{t.srcSpan, t.dstSpan}, b)
	packets := b.Metrics().Packets()
	if t.has&tallyStatistics == 0 {
		if t.packets() == 0 {
			p.takeStatistics(packets)
			return
		}
		s := Times{Src: t.srcSpan, Dst: t.dstSpan}
		t.single(&s)
	}
	switch {
	case b.have&(1<<DSRAggregate) != 0:
		o := b.Aggregate()
		if metricOf(t.metric) != metricOf(o.Metric) {
			return
		}
		active, idle := o.Active.spread(), o.Idle.spread()
		t.active.merge(&active)
		t.idle.merge(&idle)
		t.count += o.Count
		t.lastStart, t.last = max(t.lastStart, o.LastStart), max(t.last, o.Last)
	case packets == 0:
		return
	default:
		if metricOf(t.metric) != aggregateDuration {
			return
		}
		u := b.Times()
		t.active.add(float64(u.Duration()) / second)
		t.count++
		t.lastStart, t.last = max(t.lastStart, u.Start()), max(t.last, u.End())
	}
	if gap.known {
		t.idle.add(float64(gap.length) / second)
	}
}

// takeStatistics gives the held record, which has no packets, those of b.
func (p *merging) takeStatistics(packets uint64) {
	t, b := &p.t, p.b
	switch {
	case b.have&(1<<DSRAggregate) != 0:
		o := b.Aggregate()
		if o.Count == 0 {
			return
		}
		t.metric, t.count, t.lastStart, t.last = o.Metric, o.Count, o.LastStart, o.Last
		t.active, t.idle = o.Active.spread(), o.Idle.spread()
		t.has |= tallyStatistics
	case packets > 0:
		t.single(b.Times())
	}
}

// single makes the statistics those of one record.
func (t *tally) single(s *Times) {
	v := float64(s.Duration()) / second
	t.metric, t.count, t.lastStart, t.last = aggregateDuration, 1, s.Start(), s.End()
	t.active, t.idle = spread{n: 1, min: v, mean: v, max: v}, spread{}
	t.has |= tallyStatistics
}

// merge makes p the statistics of both populations.
func (p *spread) merge(o *spread) {
	switch {
	case o.n == 0:
		return
	case p.n == 0:
		*p = *o
		return
	}
	x, y := float64(p.n), float64(o.n)
	delta := o.mean - p.mean
	part := y / (x + y)
	p.squares += o.squares + delta*delta*x*part
	p.mean += delta * part
	p.min, p.max = min(p.min, o.min), max(p.max, o.max)
	p.n += o.n
}

// add adds one value.
func (p *spread) add(v float64) {
	if p.n == 0 {
		*p = spread{n: 1, min: v, mean: v, max: v}
		return
	}
	x := float64(p.n)
	delta := v - p.mean
	step := delta / (x + 1)
	p.mean += step
	p.squares += delta * step * x
	p.min, p.max = min(p.min, v), max(p.max, v)
	p.n++
}

// planTransport: that of the held record stays but for another source.
func (p *merging) planTransport() bool {
	x := p.held(placeTransport)
	if x == nil {
		return true
	}
	y := p.theirs(DSRTransport)
	if y == nil {
		p.dropTransport = true
		return true
	}
	return string(x) == string(y) || sameSource(x, y)
}

func (p *merging) planEncaps() bool {
	y := p.theirs(DSREncaps)
	if y == nil {
		return true
	}
	x := p.held(placeEncaps)
	switch {
	case string(x) == string(y):
		return true
	case len(x) != 12 || len(y) != 12:
		return false
	}
	p.encaps, p.encapsB = x, y
	return true
}

// mergeEncapsBytes does what Encaps.merge does.
func mergeEncapsBytes(x, y []byte) {
	var e, o Encaps
	e.decode(x, 0)
	o.decode(y, 0)
	e.merge(&o)
	x[2] = e.Qualifier
	binary.BigEndian.PutUint32(x[4:], e.Src)
	binary.BigEndian.PutUint32(x[8:], e.Dst)
}

// planIPAttr: no side of b may need more room than there is.
func (p *merging) planIPAttr() bool {
	y := p.theirs(DSRIPAttr)
	if y == nil {
		return true
	}
	x := p.held(placeIPAttr)
	if x == nil {
		return false
	}
	if len(x) == 12 && len(y) == 12 && x[2] == y[2] && x[2] == ipAttrSrc|ipAttrDst {
		p.ipattr, p.ipattrB = x, y
		return true
	}
	a, o := &p.attributes, new(IPAttr)
	if !a.decode(x, 0) || !o.decode(y, 0) {
		return false
	}
	was := *a
	a.Src.merge(&o.Src)
	a.Dst.merge(&o.Dst)
	if *a == was {
		return true
	}
	p.ipattr = x
	return a.size() <= p.room(placeIPAttr, len(x))
}

// applyIPAttr writes what was planned.
func (p *merging) applyIPAttr() {
	if p.ipattrB == nil {
		AppendIPAttr(p.ipattr[:0], &p.attributes)
		return
	}
	for at := 4; at < 12; at += 4 { // TTL and TOS of the usual form
		x, y := p.ipattr[at:at+2], p.ipattrB[at:at+2]
		x[0], x[1] = mergeTTL(x[0], y[0]), mergeTOS(x[1], y[1])
	}
}

// room is the bytes that a DSR of n bytes may grow to.
func (p *merging) room(place, n int) int {
	rest := p.rest[int(p.places[place])*wire.WordSize+n:]
	if len(rest) >= len(padding) && string(rest[:len(padding)]) == padding {
		n += len(padding)
	}
	return n
}

func (p *merging) planVLAN() bool {
	y := p.theirs(DSRVLAN)
	if y == nil {
		return true
	}
	x := p.held(placeVLAN)
	if len(x) != 8 || len(y) != 8 {
		return false
	}
	if string(x) != string(y) {
		p.vlan, p.vlanB = x, y
	}
	return true
}

// mergeVLANBytes does what VLAN.merge does.
func mergeVLANBytes(x, y []byte) {
	var v, o VLAN
	v.decode(x, 0)
	o.decode(y, 0)
	v.merge(&o)
	x[2] = bit(v.HasSrc, 1) | bit(v.HasDst, 2)
	binary.BigEndian.PutUint16(x[4:], v.Src)
	binary.BigEndian.PutUint16(x[6:], v.Dst)
}

func (p *merging) planMAC() bool {
	x := p.held(placeMAC)
	if x == nil {
		return true
	}
	y := p.theirs(DSRMAC)
	switch {
	case y == nil:
		p.dropMAC = true
	case len(x) != 20 || len(y) != 20:
		return false
	case string(x) != string(y):
		p.mac, p.macB = x, y
	}
	return true
}

// mergeMACBytes does what MACPair.merge does.
func mergeMACBytes(x, y []byte) {
	for _, f := range [...][2]int{{4, 10}, {10, 16}, {16, 18}} {
		if string(x[f[0]:f[1]]) != string(y[f[0]:f[1]]) {
			clear(x[f[0]:f[1]])
		}
	}
}
