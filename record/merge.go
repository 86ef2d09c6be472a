package record

import (
	"bytes"
	"errors"

	"github.com/seed-6ae541b3/goargus/internal/wire"
)

// ErrKinds is the error of merging or subtracting records of different kinds.
var ErrKinds = errors.New("record: records of different kinds cannot be combined")

// Merge adds b to a with the duration as what the aggregation statistics are
// about. See [Merger.Merge].
func Merge(a, b *Record) error {
	var m Merger
	return m.Merge(a, b)
}

// Merger merges records. The zero value keeps statistics of durations.
type Merger struct {
	// Metric is the attribute that the aggregation statistics are about; nil is
	// the duration.
	Metric *Attribute
	// MetricIndex is its number in the aggregate DSR (see [MetricIndex]); not
	// used for the duration.
	MetricIndex uint8

	scratch []byte  // of AppendHeld
	work    merging // of MergeHeld
}

// Merge adds b to a: counters are summed, times are spanned, states are united,
// and what differs between the two and cannot be summed is removed. b is not
// changed. The header of a stays: its cause is that of the first record.
//
// The result does not depend on the order of merging, except for what can only
// be had from one of the two: user data (the first bytes in merge order), the
// last window and acknowledgement of TCP (those of the record merged last), the
// sequence number, the IP id, and the first known of handshake times and of
// flow keys of different classes. Statistics of idle times are about neighbours
// and depend on the order by nature.
//
// Management records are merged if both are status reports; a start is kept as
// it is. The error is ErrKinds, and then nothing was changed.
func (m *Merger) Merge(a, b *Record) error {
	if a.Kind() != b.Kind() {
		return ErrKinds
	}
	switch {
	case a.Kind() == Management:
		a.mergeManagement(b)
		return nil
	case !a.IsFlow():
		return nil
	}
	gap := gapBetween(a, b)
	later := a.Times().Start() <= b.Times().Start()
	m.mergeStatistics(a, b, gap)
	a.mergeTransport(b)
	same := a.mergeFlow(b)
	a.mergeTimes(b)
	if a.have&(1<<DSRNetwork) != 0 {
		a.Network() // by the packets that a had
	}
	a.mergeMetrics(b)
	a.mergeNetwork(b, same, later)
	a.mergeIPAttr(b)
	a.mergeMAC(b)
	if (a.have|b.have)&rarelyMerged != 0 {
		a.mergeRare(b)
	}
	if b.have&(1<<DSRSrcData|1<<DSRDstData) != 0 {
		a.mergeUserData(b)
	}
	return nil
}

// rarelyMerged are the DSRs that most records have not.
const rarelyMerged = 1<<DSRVLAN | 1<<DSRMPLS | 1<<DSRJitter | 1<<DSRSizes |
	1<<DSRICMP | 1<<DSREncaps | 1<<DSRBehavior | 1<<DSRCountry | 1<<DSRLabel | 1<<DSRASN | 1<<DSRGeo |
	1<<DSRLocal | 1<<DSRVXLAN | 1<<DSRScore

func (a *Record) mergeRare(b *Record) {
	for set := (a.have | b.have) & rarelyMerged; set != 0; set &= set - 1 {
		d := lowest(set)
		if !sums(d) && a.sameBytes(b, d) {
			continue
		}
		a.decodeField(d)
		b.decodeField(d)
		switch has, other := a.have&d.bit() != 0, b.have&d.bit() != 0; {
		case other && !has:
			a.takeDSR(b, d)
		case other && has:
			a.mergeDSR(b, d)
		}
	}
}

// sums reports whether merging equal contents changes them.
func sums(d DSR) bool {
	switch d {
	case DSRJitter, DSRSizes, DSRBehavior:
		return true
	}
	return false
}

// sameBytes reports whether a DSR stands in both records with the same bytes
// and means the same in both.
func (a *Record) sameBytes(b *Record, d DSR) bool {
	if a.found&b.found&^(a.dirty|b.dirty)&d.bit() == 0 || a.buf[0] != b.buf[0] || a.flipped() != b.flipped() {
		return false
	}
	x, y := a.buf[int(a.off[d])*wire.WordSize:], b.buf[int(b.off[d])*wire.WordSize:]
	if x[0] != y[0] || x[1] != y[1] || x[2] != y[2] || x[3] != y[3] {
		return false
	}
	n := wire.DSRLen(x) * wire.WordSize
	return n <= len(y) && string(x[:n]) == string(y[:n])
}

// takeDSR copies a DSR that a has not.
func (a *Record) takeDSR(b *Record, d DSR) {
	switch d {
	case DSRVLAN:
		a.SetVLAN(b.vlan)
	case DSRMPLS:
		a.SetMPLS(b.mpls)
	case DSRJitter:
		a.SetJitter(b.jitter)
	case DSRSizes:
		a.SetSizes(b.sizes)
	case DSRICMP:
		a.SetICMPMapped(b.icmp)
	case DSREncaps:
		e := b.encaps
		e.SrcHeaders, e.DstHeaders = bytes.Clone(e.SrcHeaders), bytes.Clone(e.DstHeaders)
		a.SetEncaps(e)
	case DSRBehavior:
		a.SetBehavior(b.behavior)
	case DSRCountry:
		a.SetCountry(b.country)
	case DSRLabel:
		l := b.label
		l.Text = bytes.Clone(l.Text)
		a.SetLabel(l)
	case DSRASN:
		a.SetASN(b.asn)
	case DSRGeo:
		a.SetGeo(b.geo)
	case DSRLocal:
		a.SetLocal(b.local)
	case DSRVXLAN:
		a.SetVXLAN(b.vxlan)
	case DSRScore:
		a.SetScore(b.score)
	}
}

// mergeDSR merges a DSR that both have.
func (a *Record) mergeDSR(b *Record, d DSR) {
	switch d {
	case DSRVLAN:
		a.vlan.merge(&b.vlan)
	case DSRMPLS:
		a.mpls.merge(&b.mpls)
	case DSRJitter:
		a.jitter.merge(&b.jitter)
	case DSRSizes:
		a.sizes.merge(&b.sizes)
	case DSRICMP:
		a.icmp.merge(&b.icmp)
	case DSREncaps:
		a.encaps.merge(&b.encaps)
	case DSRBehavior:
		a.behavior.merge(&b.behavior)
	case DSRCountry:
		a.country.merge(&b.country)
	case DSRLabel:
		a.label.merge(&b.label)
	case DSRASN:
		a.asn.merge(&b.asn)
	case DSRGeo:
		return // that of the first
	case DSRLocal:
		a.local.merge(&b.local)
	case DSRVXLAN:
		a.vxlan.merge(&b.vxlan)
	case DSRScore:
		a.score.merge(&b.score)
	}
	a.set(d)
}

// Finish removes what merging left of tags and labels that differ: zeros, so that
// they stay removed whatever is merged later. It is for records to which nothing
// more will be added.
func (m *Merger) Finish(r *Record) {
	if r.have&(1<<DSRVLAN|1<<DSRMPLS|1<<DSRVXLAN) == 0 || r.dirty == 0 {
		return
	}
	if v := *r.VLAN(); r.Has(DSRVLAN) {
		v.finish()
		r.settleTags(DSRVLAN, v != r.vlan, v.HasSrc || v.HasDst)
		r.vlan = v
	}
	if l := *r.MPLS(); r.Has(DSRMPLS) {
		l.finish()
		r.settleTags(DSRMPLS, l != r.mpls, l.SrcLabels > 0 || l.DstLabels > 0)
		r.mpls = l
	}
	if x := *r.VXLAN(); r.Has(DSRVXLAN) {
		x.finish()
		r.settleTags(DSRVXLAN, x != r.vxlan, x.HasSrc || x.HasDst)
		r.vxlan = x
	}
}

// settleTags notes that a DSR of tags was changed, or that nothing is left of it.
func (r *Record) settleTags(d DSR, changed, any bool) {
	switch {
	case !changed:
	case any:
		r.set(d)
	default:
		r.Drop(d)
	}
}

// mergeFlow merges the keys and reports whether they were the same.
func (a *Record) mergeFlow(b *Record) bool {
	if a.have&(1<<DSRFlow) == 0 || a.sameBytes(b, DSRFlow) && (a.state|b.state)&viewCorrect == 0 {
		return true
	}
	f, g := a.Flow(), b.Flow()
	if (a.have&b.have)&(1<<DSRFlow) == 0 {
		return false
	}
	same, changed := f.merge(g)
	if changed {
		a.set(DSRFlow)
	}
	return same
}
