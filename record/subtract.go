package record

// Subtract takes b from a: counters, and the counts of the protocol state. What
// tells the key and the source stays; statistics of several values, which cannot
// be undone, are removed, times become the differences of starts and ends.
// Results below zero wrap, as counters do.
//
// The counters of Merge(a, b) are those of a again after Subtract(a, b). The
// error is ErrKinds, and then nothing was changed.
func Subtract(a, b *Record) error {
	if a.Kind() != b.Kind() {
		return ErrKinds
	}
	if !a.IsFlow() {
		return nil
	}
	a.Times() // before the counters that it depends on
	b.Times()
	m, o := a.Metrics(), b.Metrics()
	if a.Has(DSRMetrics) || b.Has(DSRMetrics) {
		m.Src.subtract(&o.Src)
		m.Dst.subtract(&o.Dst)
		m.enc = 0
		a.set(DSRMetrics)
	}
	if t, u := a.Times(), b.Times(); a.Has(DSRTime) && b.Has(DSRTime) {
		a.SetTimes(Times{Src: t.Src.minus(u.Src), Dst: t.Dst.minus(u.Dst)})
	}
	a.subtractNetwork(b)
	a.subtractRest(b)
	for _, d := range [...]DSR{DSRAggregate, DSRJitter} {
		if a.Has(d) {
			a.Drop(d)
		}
	}
	return nil
}

func (a *Record) subtractNetwork(b *Record) {
	n, o := a.Network(), b.Network()
	if !a.Has(DSRNetwork) || !b.Has(DSRNetwork) || n.Kind != o.Kind {
		return
	}
	switch {
	case n.IsTCP():
		n.TCP.Src.subtract(&o.TCP.Src)
		n.TCP.Dst.subtract(&o.TCP.Dst)
	case n.Kind == NetworkRTP:
		n.RTP.Src.Drops -= o.RTP.Src.Drops
		n.RTP.Dst.Drops -= o.RTP.Dst.Drops
	case n.Kind == NetworkESP:
		n.ESP.Seq -= o.ESP.Seq
		n.ESP.Lost -= o.ESP.Lost
		clearIf(&n.ESP.SPI, n.ESP.SPI != o.ESP.SPI)
	default:
		return
	}
	a.set(DSRNetwork)
}

func (a *Record) subtractRest(b *Record) {
	if x, y := a.Sizes(), b.Sizes(); a.Has(DSRSizes) && b.Has(DSRSizes) {
		for _, p := range [...]struct{ s, o *SizeRange }{{&x.Src, &y.Src}, {&x.Dst, &y.Dst}} {
			p.s.Min -= p.o.Min
			p.s.Max -= p.o.Max
		}
		a.set(DSRSizes)
	}
	if x, y := a.IPAttr(), b.IPAttr(); a.Has(DSRIPAttr) && b.Has(DSRIPAttr) {
		for _, p := range [...]struct{ s, o *IPSide }{{&x.Src, &y.Src}, {&x.Dst, &y.Dst}} {
			p.s.TOS -= p.o.TOS
			p.s.TTL -= p.o.TTL
		}
		a.set(DSRIPAttr)
	}
}
