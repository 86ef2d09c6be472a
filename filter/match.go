package filter

import (
	"bytes"
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/record"
)

// match makes the test on a record.
func (t *test) match(r *record.Record) bool {
	switch t.op {
	case opPort:
		return t.matchPort(r.Flow())
	case opProto:
		f := r.Flow()
		v := uint64(f.Proto)
		return t.keys>>f.Type&1 != 0 && (v-t.low <= t.high-t.low) != t.invert
	case opIPv4:
		return t.matchIPv4(r.Flow())
	case opKeyTypes:
		return t.keys>>r.Flow().Type&1 != 0
	case opRange:
		v, ok := load(r, t.field, t.dst)
		return ok && (v-t.low <= t.high-t.low) != t.invert
	case opBits:
		v, ok := load(r, t.field, t.dst)
		return ok && v&t.low != 0
	case opDecimal:
		v, ok := loadDecimal(r, t.decimal, t.dst)
		return ok && relates(micro(v), t.relation, t.number)
	case opPresent:
		return r.Has(record.DSR(t.low))
	}
	return t.matchRare(r)
}

// matchRare makes the tests that are seldom asked for.
func (t *test) matchRare(r *record.Record) bool {
	switch t.op {
	case opMasked:
		v, ok := load(r, t.field, t.dst)
		return ok && (v&t.low == t.high) != t.invert
	case opRanges:
		v, ok := load(r, t.field, t.dst)
		return ok && t.ref.(*ranges).contain(v)
	case opPorts:
		return t.matchPorts(r.Flow())
	case opIPv6:
		return t.matchIPv6(r.Flow())
	case opPrefixes:
		return t.matchPrefixes(r.Flow())
	case opOuter:
		return t.matchOuter(r)
	case opCompare:
		return t.ref.(*comparison).match(r)
	case opAttributeIn:
		return t.ref.(*attributeSet).match(r)
	case opSearch:
		return t.ref.(*searcher).match(r)
	case opSource:
		match, ok := t.ref.(*sourceID).match(r)
		return ok && match != t.invert
	case opInterface:
		match, ok := matchInterface(r, *t.ref.(*string))
		return ok && match != t.invert
	case opARPMAC:
		match, ok := matchARP(r, t.low)
		return ok && match != t.invert
	}
	return false
}

// portProtocol is the mark of the protocol of a flow with ports, 0 for others.
func portProtocol(f *record.Flow) uint16 {
	if !isIP(f) {
		return 0
	}
	switch f.Proto {
	case record.ProtoTCP:
		return tcpPorts
	case record.ProtoUDP:
		return udpPorts
	}
	return 0
}

func (t *test) matchPort(f *record.Flow) bool {
	if portProtocol(f)&t.keys == 0 {
		return false
	}
	span := t.high - t.low
	return t.sides&srcSide != 0 && (uint64(f.SrcPort)-t.low <= span) != t.invert ||
		t.sides&dstSide != 0 && (uint64(f.DstPort)-t.low <= span) != t.invert
}

func (t *test) matchPorts(f *record.Flow) bool {
	if portProtocol(f)&t.keys == 0 {
		return false
	}
	set := t.ref.(*ranges)
	return t.sides&srcSide != 0 && set.contain(uint64(f.SrcPort)) || t.sides&dstSide != 0 && set.contain(uint64(f.DstPort))
}

// side is the endpoint that the test is about.
func (t *test) side(f *record.Flow) *record.Endpoint {
	if t.dst {
		return &f.Dst
	}
	return &f.Src
}

func (t *test) matchIPv4(f *record.Flow) bool {
	if t.keys>>f.Type&1 == 0 {
		return false
	}
	b := t.side(f).Bytes()
	if len(b) != 4 {
		return false
	}
	return (uint64(binary.BigEndian.Uint32(b))&t.high == t.low) != t.invert
}

func (t *test) matchIPv6(f *record.Flow) bool {
	if f.Type != record.KeyIPv6 {
		return false
	}
	return t.ref.(*network).contains(t.side(f)) != t.invert
}

// contains reports whether an address is in the network.
func (n *network) contains(e *record.Endpoint) bool {
	b := e.Bytes()
	switch {
	case n.is4:
		return len(b) == 4 && e.Family() == record.IPv4 && uint64(binary.BigEndian.Uint32(b))&n.mask[1] == n.addr[1]
	case len(b) != 16:
		return false
	}
	return binary.BigEndian.Uint64(b)&n.mask[0] == n.addr[0] && binary.BigEndian.Uint64(b[8:])&n.mask[1] == n.addr[1]
}

func (t *test) matchPrefixes(f *record.Flow) bool {
	return t.keys>>f.Type&1 != 0 && t.ref.(*prefixSet).containsEndpoint(t.side(f))
}

// matchOuter tests an outer address of the tunnel that the flow was in.
func (t *test) matchOuter(r *record.Record) bool {
	var outer *record.Flow
	if record.DSR(t.keys) == record.DSRGRE {
		outer = &r.GRE().Outer
	} else {
		outer = &r.Geneve().Outer
	}
	b := t.side(outer).Bytes()
	if !r.Has(record.DSR(t.keys)) || len(b) != 4 {
		return false
	}
	return (uint64(binary.BigEndian.Uint32(b))&t.high == t.low) != t.invert
}

// match tests the id of the sensor; ok says that there is one.
func (s *sourceID) match(r *record.Record) (match, ok bool) {
	if r.Kind() == record.Management {
		m := r.Management()
		return s.equals(&m.ID), m.ID.Kind != record.IDNone
	}
	t := r.Transport()
	if !r.Has(record.DSRTransport) || !r.IsFlow() && r.Kind() != record.Event {
		return false, false
	}
	if s.hasInf {
		return s.equals(&t.ID) && isInterface(t, s.inf), true
	}
	switch s.kind {
	case record.IDString:
		return s.equals(&t.ID) || isInterface(t, s.text), true
	case record.IDIPv4:
		return s.equals(&t.ID) || t.HasInf && bytes.Equal(t.Interface[:], s.bytes[:4]), true
	}
	return s.equals(&t.ID), true
}

// equals compares ids. A text is compared with the characters of an id, an
// address with any id of four bytes.
func (s *sourceID) equals(id *record.SourceID) bool {
	switch s.kind {
	case record.IDString:
		return s.text != "" && s.text == string(bytes.TrimRight(id.Bytes[:4], "\x00")) && fourBytes(id.Kind)
	case record.IDIPv4:
		return fourBytes(id.Kind) && bytes.Equal(id.Bytes[:4], s.bytes[:4])
	case record.IDIPv6:
		return id.Kind == record.IDIPv6 && id.Bytes == s.bytes
	}
	return id.Kind == record.IDUUID && id.Bytes == s.bytes
}

func fourBytes(k record.IDKind) bool {
	return k == record.IDIPv4 || k == record.IDInt || k == record.IDString || k == record.IDNone
}

// isInterface compares the name of an interface, of which records hold four
// characters.
func isInterface(t *record.Transport, name string) bool {
	stored := bytes.TrimRight(t.Interface[:], "\x00")
	return t.HasInf && name != "" && string(stored) == name[:min(len(name), len(t.Interface))]
}

func matchInterface(r *record.Record, name string) (match, ok bool) {
	t := r.Transport()
	return isInterface(t, name), t.HasInf && r.IsFlow()
}

// matchARP looks for a hardware address in an ARP flow: that of the asker, of
// which records may hold the first bytes only, or that of the answer.
func matchARP(r *record.Record, mac uint64) (match, ok bool) {
	f := r.Flow()
	if f.Type != record.KeyARP {
		return false, false
	}
	var want [8]byte
	binary.BigEndian.PutUint64(want[:], mac<<16)
	if stored := f.ARP.Sender(); len(stored) >= 4 && bytes.HasPrefix(want[:6], stored) {
		return true, true
	}
	n := r.Network()
	return n.Kind == record.NetworkARP && bytes.Equal(n.ARP.Addr[:], want[:6]), true
}
