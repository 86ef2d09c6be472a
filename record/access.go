package record

// sided is what every DSR type can do: read its stored form and exchange its
// sides. decode may leave anything behind when it fails.
type sided[T any] interface {
	*T
	decode(b []byte, v Version) bool
	flip()
}

// fill decodes a DSR into its field of r, on behalf of an accessor. A DSR that
// is absent or malformed leaves the zero value.
//
//go:noinline
func fill[T any, P sided[T]](r *Record, d DSR, p P) {
	r.cached |= d.bit()
	b := r.raw(d)
	if b == nil || !p.decode(b, r.Version()) {
		var zero T
		*p = zero
		if b != nil {
			r.fail(d)
		}
		return
	}
	if r.flipped() {
		p.flip()
	}
}

// Transport returns the source id and sequence number.
func (r *Record) Transport() *Transport {
	if r.cached&(1<<DSRTransport) == 0 {
		fill(r, DSRTransport, &r.transport)
	}
	return &r.transport
}

// SetTransport gives the record a source id and sequence number.
func (r *Record) SetTransport(t Transport) {
	t.subtype, t.read, t.hasID = 0, false, false
	r.transport = t
	r.set(DSRTransport)
}

// Aggregate returns the statistics of a merged record. Of a record that has
// packets and was never merged they are those of a single one; [Record.Has]
// tells them apart.
func (r *Record) Aggregate() *Aggregate {
	if r.cached&(1<<DSRAggregate) == 0 {
		fill(r, DSRAggregate, &r.agr)
		if !r.Has(DSRAggregate) && r.Metrics().Packets() > 0 {
			r.agr = r.madeUp()
		}
	}
	return &r.agr
}

// SetAggregate gives the record aggregation statistics.
func (r *Record) SetAggregate(a Aggregate) {
	a.read = false
	r.agr = a
	r.set(DSRAggregate)
}

// Network returns the state of the protocol.
func (r *Record) Network() *Network {
	if r.cached&(1<<DSRNetwork) == 0 {
		r.fillNetwork()
	}
	return &r.network
}

// SetNetwork gives the record protocol state.
func (r *Record) SetNetwork(n Network) {
	n.words, n.tail = 0, nil
	r.network = n
	r.set(DSRNetwork)
}

// VLAN returns the 802.1Q tags.
func (r *Record) VLAN() *VLAN {
	if r.cached&(1<<DSRVLAN) == 0 {
		fill(r, DSRVLAN, &r.vlan)
	}
	return &r.vlan
}

// SetVLAN gives the record 802.1Q tags.
func (r *Record) SetVLAN(v VLAN) { r.vlan = v; r.set(DSRVLAN) }

// MPLS returns the MPLS labels.
func (r *Record) MPLS() *MPLS {
	if r.cached&(1<<DSRMPLS) == 0 {
		fill(r, DSRMPLS, &r.mpls)
	}
	return &r.mpls
}

// SetMPLS gives the record MPLS labels.
func (r *Record) SetMPLS(m MPLS) { r.mpls = m; r.set(DSRMPLS) }

// Jitter returns the statistics of inter-packet times.
func (r *Record) Jitter() *Jitter {
	if r.cached&(1<<DSRJitter) == 0 {
		fill(r, DSRJitter, &r.jitter)
	}
	return &r.jitter
}

// SetJitter gives the record statistics of inter-packet times.
func (r *Record) SetJitter(j Jitter) {
	j.words = 0
	r.jitter = j
	r.set(DSRJitter)
}

// IPAttr returns TTL, TOS, IP id and options.
func (r *Record) IPAttr() *IPAttr {
	if r.cached&(1<<DSRIPAttr) == 0 {
		fill(r, DSRIPAttr, &r.ipattr)
	}
	return &r.ipattr
}

// SetIPAttr gives the record TTL, TOS, IP id and options.
func (r *Record) SetIPAttr(a IPAttr) { r.ipattr = a; r.set(DSRIPAttr) }

// Sizes returns the packet sizes.
func (r *Record) Sizes() *Sizes {
	if r.cached&(1<<DSRSizes) == 0 {
		fill(r, DSRSizes, &r.sizes)
	}
	return &r.sizes
}

// SetSizes gives the record packet sizes.
func (r *Record) SetSizes(s Sizes) {
	s.read = false
	r.sizes = s
	r.set(DSRSizes)
}

// MAC returns the Ethernet addresses.
func (r *Record) MAC() *MACPair {
	if r.cached&(1<<DSRMAC) == 0 {
		fill(r, DSRMAC, &r.mac)
	}
	return &r.mac
}

// SetMAC gives the record Ethernet addresses.
func (r *Record) SetMAC(m MACPair) { r.mac = m; r.set(DSRMAC) }

// ICMPMapped returns the ICMP error that was mapped to the flow.
func (r *Record) ICMPMapped() *ICMPMapped {
	if r.cached&(1<<DSRICMP) == 0 {
		fill(r, DSRICMP, &r.icmp)
	}
	return &r.icmp
}

// SetICMPMapped gives the record a mapped ICMP error.
func (r *Record) SetICMPMapped(m ICMPMapped) {
	m.words, m.stray = 0, [4]byte{}
	r.icmp = m
	r.set(DSRICMP)
}

// Encaps returns the encapsulations.
func (r *Record) Encaps() *Encaps {
	if r.cached&(1<<DSREncaps) == 0 {
		fill(r, DSREncaps, &r.encaps)
	}
	return &r.encaps
}

// SetEncaps gives the record encapsulations.
func (r *Record) SetEncaps(e Encaps) {
	e.words = 0
	r.encaps = e
	r.set(DSREncaps)
}

// Behavior returns the keystroke counts.
func (r *Record) Behavior() *Behavior {
	if r.cached&(1<<DSRBehavior) == 0 {
		fill(r, DSRBehavior, &r.behavior)
	}
	return &r.behavior
}

// SetBehavior gives the record keystroke counts.
func (r *Record) SetBehavior(b Behavior) { r.behavior = b; r.set(DSRBehavior) }

// Correlation returns the correlation of the record.
func (r *Record) Correlation() *Correlation {
	if r.cached&(1<<DSRCorrelation) == 0 {
		fill(r, DSRCorrelation, &r.cor)
	}
	return &r.cor
}

// SetCorrelation gives the record a correlation.
func (r *Record) SetCorrelation(c Correlation) { r.cor = c; r.set(DSRCorrelation) }

// Country returns the country codes.
func (r *Record) Country() *Country {
	if r.cached&(1<<DSRCountry) == 0 {
		fill(r, DSRCountry, &r.country)
	}
	return &r.country
}

// SetCountry gives the record country codes.
func (r *Record) SetCountry(c Country) { r.country = c; r.set(DSRCountry) }

// Label returns the label.
func (r *Record) Label() *Label {
	if r.cached&(1<<DSRLabel) == 0 {
		fill(r, DSRLabel, &r.label)
	}
	return &r.label
}

// SetLabel gives the record a label.
func (r *Record) SetLabel(l Label) {
	l.words = 0
	r.label = l
	r.set(DSRLabel)
}

// ASN returns the autonomous system numbers.
func (r *Record) ASN() *ASN {
	if r.cached&(1<<DSRASN) == 0 {
		fill(r, DSRASN, &r.asn)
	}
	return &r.asn
}

// SetASN gives the record autonomous system numbers.
func (r *Record) SetASN(a ASN) {
	a.words = 0
	r.asn = a
	r.set(DSRASN)
}

// Geo returns the geographic coordinates.
func (r *Record) Geo() *Geo {
	if r.cached&(1<<DSRGeo) == 0 {
		fill(r, DSRGeo, &r.geo)
	}
	return &r.geo
}

// SetGeo gives the record geographic coordinates.
func (r *Record) SetGeo(g Geo) { r.geo = g; r.set(DSRGeo) }

// Local returns the localities.
func (r *Record) Local() *Local {
	if r.cached&(1<<DSRLocal) == 0 {
		fill(r, DSRLocal, &r.local)
	}
	return &r.local
}

// SetLocal gives the record localities.
func (r *Record) SetLocal(l Local) { r.local = l; r.set(DSRLocal) }

// Hash returns the flow hash.
func (r *Record) Hash() *Hash {
	if r.cached&(1<<DSRHash) == 0 {
		fill(r, DSRHash, &r.hash)
	}
	return &r.hash
}

// SetHash gives the record a flow hash.
func (r *Record) SetHash(h Hash) { r.hash = h; r.set(DSRHash) }

// VXLAN returns the VXLAN networks.
func (r *Record) VXLAN() *VXLAN {
	if r.cached&(1<<DSRVXLAN) == 0 {
		fill(r, DSRVXLAN, &r.vxlan)
	}
	return &r.vxlan
}

// SetVXLAN gives the record VXLAN networks.
func (r *Record) SetVXLAN(v VXLAN) { r.vxlan = v; r.set(DSRVXLAN) }

// GRE returns the GRE tunnel.
func (r *Record) GRE() *GRE {
	if r.cached&(1<<DSRGRE) == 0 {
		fill(r, DSRGRE, &r.gre)
	}
	return &r.gre
}

// SetGRE gives the record a GRE tunnel.
func (r *Record) SetGRE(g GRE) {
	g.stored = nil
	r.gre = g
	r.set(DSRGRE)
}

// Geneve returns the Geneve tunnel.
func (r *Record) Geneve() *Geneve {
	if r.cached&(1<<DSRGeneve) == 0 {
		fill(r, DSRGeneve, &r.geneve)
	}
	return &r.geneve
}

// SetGeneve gives the record a Geneve tunnel.
func (r *Record) SetGeneve(g Geneve) {
	g.stored = nil
	r.geneve = g
	r.set(DSRGeneve)
}

// Score returns the scores.
func (r *Record) Score() *Score {
	if r.cached&(1<<DSRScore) == 0 {
		fill(r, DSRScore, &r.score)
	}
	return &r.score
}

// SetScore gives the record scores.
func (r *Record) SetScore(s Score) { r.score = s; r.set(DSRScore) }

// SrcData returns the user data of the source.
func (r *Record) SrcData() *UserData {
	s, _ := r.userData()
	return s
}

// DstData returns the user data of the destination.
func (r *Record) DstData() *UserData {
	_, d := r.userData()
	return d
}

// SetSrcData gives the record user data of the source.
func (r *Record) SetSrcData(u UserData) {
	r.userData()
	r.srcData = u.plain()
	r.set(r.stored(DSRSrcData))
}

// SetDstData gives the record user data of the destination.
func (r *Record) SetDstData(u UserData) {
	r.userData()
	r.dstData = u.plain()
	r.set(r.stored(DSRDstData))
}

// userData decodes both sides at once, since a flipped view exchanges them.
func (r *Record) userData() (src, dst *UserData) {
	const both = 1<<DSRSrcData | 1<<DSRDstData
	if r.cached&both == both {
		return &r.srcData, &r.dstData
	}
	src, dst = &r.srcData, &r.dstData
	if r.flipped() {
		src, dst = dst, src
	}
	r.fillUserData(DSRSrcData, src)
	r.fillUserData(DSRDstData, dst)
	return &r.srcData, &r.dstData
}

func (r *Record) fillUserData(d DSR, u *UserData) {
	if r.dirty&d.bit() != 0 {
		return
	}
	r.cached |= d.bit()
	b := r.raw(d)
	if b == nil || !u.decode(b, r.Version()) {
		*u = UserData{}
		if b != nil {
			r.fail(d)
		}
	}
}

// decodeAll decodes every DSR that the record has.
func (r *Record) decodeAll() {
	for d := DSR(0); d < numDSR; d++ {
		r.decodeField(d)
	}
}

// decodeField decodes one DSR if it is not yet.
func (r *Record) decodeField(d DSR) {
	switch d {
	case DSRTransport:
		r.Transport()
	case DSRFlow:
		r.Flow()
	case DSRTime:
		r.Times()
	case DSRMetrics:
		r.Metrics()
	case DSRAggregate:
		r.Aggregate()
	case DSRNetwork:
		r.Network()
	case DSRVLAN:
		r.VLAN()
	case DSRMPLS:
		r.MPLS()
	case DSRJitter:
		r.Jitter()
	case DSRIPAttr:
		r.IPAttr()
	case DSRSizes:
		r.Sizes()
	case DSRSrcData, DSRDstData:
		r.userData()
	case DSRMAC:
		r.MAC()
	case DSRICMP:
		r.ICMPMapped()
	case DSREncaps:
		r.Encaps()
	case DSRBehavior:
		r.Behavior()
	case DSRCorrelation:
		r.Correlation()
	case DSRCountry:
		r.Country()
	case DSRLabel:
		r.Label()
	case DSRASN:
		r.ASN()
	case DSRGeo:
		r.Geo()
	case DSRLocal:
		r.Local()
	case DSRHash:
		r.Hash()
	case DSRVXLAN:
		r.VXLAN()
	case DSRGRE:
		r.GRE()
	case DSRGeneve:
		r.Geneve()
	case DSRScore:
		r.Score()
	}
}

// Rebuild marks every DSR as set, so that the record is written from what was
// decoded rather than as the bytes that were read. What was decoded from the
// wire keeps the form in which it stood there. It is for tests of decoders and
// encoders, and for records whose buffer is about to go.
func (r *Record) Rebuild() {
	if r.Kind() == Management {
		if len(r.buf) >= ManagementSize {
			r.Management()
			r.dirty |= marBit
		}
		return
	}
	r.decodeAll()
	r.dirty |= r.have
}

// Resolve decodes everything, so that any number of goroutines may read the
// record, and reports the first DSR whose content is malformed. Such a DSR
// reads as absent.
func (r *Record) Resolve() error {
	if r.Kind() == Management {
		r.Management()
		return nil
	}
	r.decodeAll()
	if r.bad == 0 {
		return nil
	}
	for d := DSR(0); d < numDSR; d++ {
		if r.bad&d.bit() != 0 {
			return malformed(int(r.off[d])*4, "a well-formed %s DSR", d)
		}
	}
	return nil
}
