package record

// Canonical makes the record what clients make of it on reading (format,
// "Canonical form") and marks all of it as set: it is then written as by the
// clients that encode every record, such as racluster and rasort. The key has
// prefix lengths and no REVERSE mark, times are by side, there are aggregation
// statistics, empty DSRs and padding are gone. Records that are not of flows
// stay as they are.
//
// Where clients lose what was in the record they are not followed: the hardware
// address of ARP keys, the SPI and sequence number of ESP and ICMP keys, and
// DSRs of unknown types stay.
func (r *Record) Canonical() {
	if !r.IsFlow() {
		return
	}
	r.decodeAll()
	corrected := r.Reversed()
	if !r.Has(DSRAggregate) && r.Has(DSRMetrics) && r.metrics.Packets() > 0 {
		r.have |= DSRAggregate.bit()
	}
	r.dirty |= r.have
	r.flow.words, r.flow.Stored = 0, 0
	r.settle()

	if corrected && r.flow.IsIP() {
		r.flow.Direction = true
	}
	r.state = viewDecided | viewCanonical
	r.times.wire = timeWire{}
	r.metrics.enc = 0
	r.agr.read = false
	r.canonicalNetwork()
	r.jitter.words = 0
	r.sizes.read = false
	if r.Has(DSRSizes) && r.sizes.Src.Max == 0 && r.sizes.Dst.Max == 0 {
		r.Drop(DSRSizes)
	}
	r.icmp.words, r.icmp.stray = 0, [4]byte{}
	r.encaps.words = 0
	r.asn.words = 0
	if r.Has(DSRLabel) && len(r.label.Text) == 0 {
		r.Drop(DSRLabel)
	}
}

func (r *Record) canonicalNetwork() {
	n := &r.network
	switch {
	case n.Kind == NetworkNone && r.bad&DSRNetwork.bit() == 0:
		r.Drop(DSRNetwork) // empty, or what chance made look like RTP
	case n.IsTCP():
		n.words = 0
		for _, s := range [...]*TCPSide{&n.TCP.Src, &n.TCP.Dst} {
			s.hidden, s.hiddenWindow, s.pad = 0, 0, 0
		}
	}
}

// madeUp are the aggregation statistics of a record that was never merged.
func (r *Record) madeUp() Aggregate {
	d := float64(r.Times().Duration()) / second
	return Aggregate{
		Count: 1, Metric: aggregateDuration,
		Active: Stat{N: 1, Min: d, Mean: d, Max: d, Has: true},
	}
}
