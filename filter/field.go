package filter

import "github.com/seed-6ae541b3/goargus/record"

// field is an integer that a record holds, for one side or for the whole.
type field uint8

// The fields. A field is absent, and a test of it false, where the record does
// not have it; the comment names a condition beyond the presence of the DSR.
const (
	fieldKind         field = iota // kind of record
	fieldCause                     // cause of record
	fieldOption                    // low half of the cause byte
	fieldKeyType                   // type of the flow key
	fieldKeyClass                  // class of the flow key; flow records
	fieldProto                     // IP protocol; IPv4, IPv6
	fieldTCPPort                   // TCP
	fieldUDPPort                   // UDP
	fieldPort                      // TCP, UDP
	fieldEtherKey                  // type of an Ethernet flow
	fieldSPI                       // ESP
	fieldIGMPType                  // IGMP
	fieldPDU                       // IS-IS
	fieldMaskLength                // keys that hold prefix lengths
	fieldPackets                   //
	fieldBytes                     //
	fieldAppBytes                  //
	fieldNetwork                   // kind of network DSR
	fieldTCPFlags                  // TCP
	fieldTCPStatus                 // TCP
	fieldTCPOptions                // TCP
	fieldTCPBase                   // TCP
	fieldMSS                       // TCP
	fieldESPStatus                 // ESP
	fieldICMPType                  // ICMP
	fieldMappedKind                // marks of a mapped ICMP error
	fieldMappedType                // its type
	fieldMappedCode                // its code
	fieldInode                     // its sender; flow records
	fieldTTL                       // IPv4
	fieldTOS                       // IPv4
	fieldDSB                       // IPv4
	fieldIPID                      // IPv4
	fieldFragments                 // IPv4
	fieldMAC                       //
	fieldEtherType                 //
	fieldMultipath                 //
	fieldVID                       //
	fieldPriority                  //
	fieldMPLS                      // label
	fieldPresence                  // of a DSR, which stands in the operand
	fieldTrans                     //
	fieldSeq                       // flow records
	fieldKeystrokes                //
	fieldCorrelations              // words after the header of the correlation
	fieldCountry                   //
	fieldASN                       //
	fieldLocality                  //
	fieldLocalStatus               //
	fieldSource                    // sensor and interface; read by their own tests
	fieldNone                      // what no file holds
	numFields
)

// fieldInfo is what the optimiser and Explain know of a field: the attribute
// by side, the DSRs that it needs, and what it costs, 1 for a glance at the header.
type fieldInfo struct {
	src, dst string
	dsrs     []record.DSR
	cost     uint8
}

var fields = [numFields]fieldInfo{
	fieldKind:         {"type", "", nil, 1},
	fieldCause:        {"cause", "", nil, 1},
	fieldOption:       {"cause", "", nil, 1},
	fieldKeyType:      {"proto", "", flowDSR, 2},
	fieldKeyClass:     {"proto", "", flowDSR, 2},
	fieldProto:        {"proto", "", flowDSR, 2},
	fieldTCPPort:      {"sport", "dport", flowDSR, 3},
	fieldUDPPort:      {"sport", "dport", flowDSR, 3},
	fieldPort:         {"sport", "dport", flowDSR, 3},
	fieldEtherKey:     {"etype", "", flowDSR, 3},
	fieldSPI:          {"dport", "", flowDSR, 3},
	fieldIGMPType:     {"proto", "", flowDSR, 3},
	fieldPDU:          {"proto", "", flowDSR, 3},
	fieldMaskLength:   {"saddr", "daddr", flowDSR, 3},
	fieldPackets:      {"spkts", "dpkts", []record.DSR{record.DSRMetrics}, 4},
	fieldBytes:        {"sbytes", "dbytes", []record.DSR{record.DSRMetrics}, 4},
	fieldAppBytes:     {"sappbytes", "dappbytes", []record.DSR{record.DSRMetrics}, 4},
	fieldNetwork:      {"state", "", networkDSR, 6},
	fieldTCPFlags:     {"state", "state", networkDSR, 6},
	fieldTCPStatus:    {"state", "", networkDSR, 6},
	fieldTCPOptions:   {"tcpopt", "", networkDSR, 6},
	fieldTCPBase:      {"stcpb", "dtcpb", networkDSR, 6},
	fieldMSS:          {"smss", "dmss", networkDSR, 6},
	fieldESPStatus:    {"state", "", networkDSR, 6},
	fieldICMPType:     {"state", "", networkDSR, 6},
	fieldMappedKind:   {"inode", "", []record.DSR{record.DSRICMP}, 5},
	fieldMappedType:   {"inode", "", []record.DSR{record.DSRICMP}, 5},
	fieldMappedCode:   {"inode", "", []record.DSR{record.DSRICMP}, 5},
	fieldInode:        {"inode", "", []record.DSR{record.DSRICMP}, 5},
	fieldTTL:          {"sttl", "dttl", ipDSR, 5},
	fieldTOS:          {"stos", "dtos", ipDSR, 5},
	fieldDSB:          {"sdsb", "ddsb", ipDSR, 5},
	fieldIPID:         {"sipid", "dipid", ipDSR, 5},
	fieldFragments:    {"flgs", "flgs", ipDSR, 5},
	fieldMAC:          {"smac", "dmac", []record.DSR{record.DSRMAC}, 5},
	fieldEtherType:    {"etype", "", []record.DSR{record.DSRMAC}, 5},
	fieldMultipath:    {"flgs", "flgs", []record.DSR{record.DSRMAC}, 5},
	fieldVID:          {"svid", "dvid", []record.DSR{record.DSRVLAN}, 5},
	fieldPriority:     {"svpri", "dvpri", []record.DSR{record.DSRVLAN}, 5},
	fieldMPLS:         {"smpls", "dmpls", []record.DSR{record.DSRMPLS}, 5},
	fieldPresence:     {"dsrs", "", nil, 1},
	fieldTrans:        {"trans", "", []record.DSR{record.DSRAggregate}, 5},
	fieldSeq:          {"seq", "", []record.DSR{record.DSRTransport}, 4},
	fieldKeystrokes:   {"snstroke", "dnstroke", []record.DSR{record.DSRBehavior}, 5},
	fieldCorrelations: {"cor", "", []record.DSR{record.DSRCorrelation}, 5},
	fieldCountry:      {"sco", "dco", []record.DSR{record.DSRCountry}, 5},
	fieldASN:          {"sas", "das", []record.DSR{record.DSRASN}, 5},
	fieldLocality:     {"sloc", "dloc", []record.DSR{record.DSRLocal}, 5},
	fieldLocalStatus:  {"loc", "", []record.DSR{record.DSRLocal}, 5},
	fieldSource:       {"srcid", "", []record.DSR{record.DSRTransport}, 4},
	fieldNone:         {"", "", nil, 1},
}

var (
	flowDSR    = []record.DSR{record.DSRFlow}
	networkDSR = []record.DSR{record.DSRFlow, record.DSRNetwork}
	ipDSR      = []record.DSR{record.DSRFlow, record.DSRIPAttr}
)

// load reads a field; dst picks the side of those that have two. It reports
// false where the record does not have it.
func load(r *record.Record, f field, dst bool) (uint64, bool) {
	switch f {
	case fieldKind:
		return uint64(r.Kind()), true
	case fieldCause:
		return uint64(r.Cause()), true
	case fieldOption:
		return uint64(r.Option()), true
	case fieldPackets, fieldBytes, fieldAppBytes:
		return loadCounter(r, f, dst)
	case fieldTTL, fieldTOS, fieldDSB, fieldIPID, fieldFragments:
		return loadIP(r, f, dst)
	case fieldNetwork, fieldTCPFlags, fieldTCPStatus, fieldTCPOptions, fieldTCPBase, fieldMSS, fieldESPStatus, fieldICMPType:
		return loadNetwork(r, f, dst)
	case fieldMappedKind, fieldMappedType, fieldMappedCode, fieldInode:
		return loadMapped(r, f)
	case fieldMAC, fieldEtherType, fieldMultipath, fieldVID, fieldPriority, fieldMPLS:
		return loadLink(r, f, dst)
	case fieldTrans, fieldSeq, fieldKeystrokes, fieldCorrelations:
		return loadCount(r, f, dst)
	case fieldCountry, fieldASN, fieldLocality, fieldLocalStatus:
		return loadPlace(r, f, dst)
	case fieldSource, fieldNone:
		return 0, false
	}
	return loadFlow(r, f, dst)
}

func pick[T any](src, dst T, d bool) T {
	if d {
		return dst
	}
	return src
}

// isIP reports whether a flow key has IP addresses and a protocol.
func isIP(f *record.Flow) bool {
	return f.Type == record.KeyIPv4 || f.Type == record.KeyIPv6
}

func isTCP(f *record.Flow) bool { return f.Proto == record.ProtoTCP && isIP(f) }

func loadFlow(r *record.Record, f field, dst bool) (uint64, bool) {
	flow := r.Flow()
	switch f {
	case fieldKeyType:
		return uint64(flow.Type), r.Has(record.DSRFlow)
	case fieldKeyClass:
		return uint64(flow.Class), r.Has(record.DSRFlow) && r.IsFlow()
	case fieldProto:
		return uint64(flow.Proto), isIP(flow)
	case fieldTCPPort:
		return uint64(pick(flow.SrcPort, flow.DstPort, dst)), isTCP(flow)
	case fieldUDPPort:
		return uint64(pick(flow.SrcPort, flow.DstPort, dst)), flow.Proto == record.ProtoUDP && isIP(flow)
	case fieldPort:
		return uint64(pick(flow.SrcPort, flow.DstPort, dst)),
			(flow.Proto == record.ProtoTCP || flow.Proto == record.ProtoUDP) && isIP(flow)
	case fieldEtherKey:
		return uint64(flow.EtherType), flow.Type == record.KeyEthernet
	case fieldSPI:
		return uint64(flow.SPI), flow.Proto == record.ProtoESP && isIP(flow)
	case fieldIGMPType:
		return uint64(flow.ICMPType), flow.Proto == record.ProtoIGMP && isIP(flow)
	case fieldPDU:
		return uint64(flow.ISIS.PDU), flow.Type == record.KeyISIS
	case fieldMaskLength:
		return uint64(pick(flow.SrcBits, flow.DstBits, dst)), flow.Masked && isIP(flow)
	}
	return 0, false
}

func loadCounter(r *record.Record, f field, dst bool) (uint64, bool) {
	m := r.Metrics()
	c := &m.Src
	if dst {
		c = &m.Dst
	}
	ok := r.Has(record.DSRMetrics)
	switch f {
	case fieldPackets:
		return c.Packets, ok
	case fieldBytes:
		return c.Bytes, ok
	}
	return c.AppBytes, ok
}

func loadIP(r *record.Record, f field, dst bool) (uint64, bool) {
	a := r.IPAttr()
	s := &a.Src
	if dst {
		s = &a.Dst
	}
	ok := r.Has(record.DSRIPAttr) && r.Flow().Type == record.KeyIPv4
	switch f {
	case fieldTTL:
		return uint64(s.TTL), ok
	case fieldTOS:
		return uint64(s.TOS), ok
	case fieldDSB:
		return uint64(s.TOS >> 2), ok
	case fieldIPID:
		return uint64(s.ID), ok
	}
	if s.Fragments {
		return 1, ok
	}
	return 0, ok
}

func loadNetwork(r *record.Record, f field, dst bool) (uint64, bool) {
	n, flow := r.Network(), r.Flow()
	switch f {
	case fieldNetwork:
		return uint64(n.Kind), r.Has(record.DSRNetwork)
	case fieldESPStatus:
		return uint64(n.ESP.Status), n.Kind == record.NetworkESP && flow.Proto == record.ProtoESP && isIP(flow)
	case fieldICMPType:
		return uint64(n.ICMP.Type), n.Kind == record.NetworkICMP && flow.Proto == record.ProtoICMP && isIP(flow)
	}
	if !isTCP(flow) || !n.IsTCP() || !r.Has(record.DSRNetwork) {
		return 0, false
	}
	side := &n.TCP.Src
	if dst {
		side = &n.TCP.Dst
	}
	switch f {
	case fieldTCPFlags:
		return uint64(side.Flags), true
	case fieldTCPStatus:
		return uint64(n.TCP.Status), true
	case fieldTCPOptions:
		return uint64(n.TCP.Options), n.Kind != record.NetworkTCP
	}
	known := n.Kind != record.NetworkTCP
	if f == fieldTCPBase {
		return uint64(side.Base), known
	}
	return uint64(side.MSS), known
}

func loadMapped(r *record.Record, f field) (uint64, bool) {
	m := r.ICMPMapped()
	ok := r.Has(record.DSRICMP)
	switch f {
	case fieldMappedKind:
		return uint64(m.Qualifier), ok
	case fieldMappedType:
		return uint64(m.Type), ok
	case fieldMappedCode:
		return uint64(m.Code), ok
	}
	a := m.OuterSrc
	return uint64(a[0])<<24 | uint64(a[1])<<16 | uint64(a[2])<<8 | uint64(a[3]), ok && r.IsFlow()
}

func loadLink(r *record.Record, f field, dst bool) (uint64, bool) {
	switch f {
	case fieldVID, fieldPriority:
		v := r.VLAN()
		tag := uint64(pick(v.Src, v.Dst, dst))
		ok := pick(v.HasSrc, v.HasDst, dst)
		if f == fieldVID {
			return tag & 0x0FFF, ok
		}
		return tag >> 13, ok
	case fieldMPLS:
		m := r.MPLS()
		return uint64(pick(m.Src, m.Dst, dst) >> 12), pick(m.SrcLabels, m.DstLabels, dst) > 0
	}
	m := r.MAC()
	ok := r.Has(record.DSRMAC)
	switch f {
	case fieldMAC:
		return macNumber(pick(m.Src, m.Dst, dst)), ok
	case fieldEtherType:
		return uint64(m.EtherType), ok
	}
	return uint64(m.Qualifier >> pick(0, 1, dst) & 1), ok
}

// macNumber is an Ethernet address as a number of 48 bits.
func macNumber(m record.MAC) (v uint64) {
	for _, b := range m {
		v = v<<8 | uint64(b)
	}
	return v
}

func loadCount(r *record.Record, f field, dst bool) (uint64, bool) {
	switch f {
	case fieldTrans:
		a := r.Aggregate()
		if !r.Has(record.DSRAggregate) {
			return 1, r.Kind() != record.Management // nothing was merged
		}
		return uint64(a.Count), true
	case fieldSeq:
		t := r.Transport()
		return uint64(t.Seq), t.HasSeq && r.IsFlow()
	case fieldKeystrokes:
		b := r.Behavior()
		return uint64(pick(b.Src, b.Dst, dst)), r.Has(record.DSRBehavior)
	}
	raw := r.Raw(record.DSRCorrelation)
	return uint64(max(len(raw)/4-1, 0)), raw != nil
}

func loadPlace(r *record.Record, f field, dst bool) (uint64, bool) {
	switch f {
	case fieldCountry:
		c := r.Country()
		code := pick(c.Src, c.Dst, dst)
		return uint64(code[0])<<8 | uint64(code[1]), r.Has(record.DSRCountry)
	case fieldASN:
		a := r.ASN()
		return uint64(pick(a.Src, a.Dst, dst)), r.Has(record.DSRASN)
	}
	l := r.Local()
	if f == fieldLocalStatus {
		return uint64(l.Status & 3), r.Has(record.DSRLocal)
	}
	return uint64(uint8(pick(l.Src, l.Dst, dst))), pick(l.HasSrc, l.HasDst, dst)
}
