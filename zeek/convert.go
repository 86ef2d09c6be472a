package zeek

import (
	"github.com/seed-6ae541b3/goargus/internal/names"
	"github.com/seed-6ae541b3/goargus/record"
)

// Conversion says how rows become records and records rows. The zero value is
// the lossless conversion.
type Conversion struct {
	// Kind of the records: record.AFlow, which is the default and tells where
	// they come from, or record.FlowRecord.
	Kind record.Kind
	// Source is the source id of the records. Without one it is the name of the
	// Zeek node, where the log has it (_system_name, _node_name): a UUID or up to
	// four characters.
	Source record.SourceID
	// Labels says what is kept in labels.
	Labels Labels
	// BothSides gives the times of a connection to both sides, where by default
	// only the source has them.
	BothSides bool
	// Overhead is added to the bytes of each packet: Zeek counts IP packets,
	// Argus counts those of the link.
	Overhead uint64
	// Infer counts the packets that a history proves where the log has no counts:
	// a lower bound.
	Infer bool
	// Locality, if set, gives local_orig and local_resp a place on the scale of
	// localities.
	Locality *Locality
}

// Locality are two values of the scale of localities, on which a larger value
// is nearer.
type Locality struct{ Local, Remote int8 }

// Labels says what of a row is kept in the label of its record.
type Labels uint8

// The choices for labels.
const (
	AllLabels Labels = iota // everything that the record has no other place for
	MinLabels               // uid, conn_state, history, service
	NoLabels
)

// Converter turns rows into records and records into rows. The zero value is
// ready. What it returns is valid until the next call.
type Converter struct {
	Conversion

	rec      record.Record
	buf      []byte
	conn     Conn // of a record
	told     Conn // what the record that is being made tells without a label
	scratch  []byte
	hash     []byte  // what the uid of a record is made of
	state    [6]byte // conn_state of a record
	merged   bool    // the record at hand has the labels of several
	fromZeek bool    // the record at hand was a row of a log
	node     nodeID

	seq             uint32
	records         int64
	truncated       int64
	earliest, final int64
}

// Truncated is the number of records whose label had no room for everything.
func (v *Converter) Truncated() int64 { return v.truncated }

// maxWireTime is the end of what the seconds of a record can tell.
const maxWireTime = (1<<32 - 1) * second

// Record makes a record of a row. What the row has and the record would not give
// back by itself is kept in the label.
func (v *Converter) Record(c *Conn) (*record.Record, error) {
	kind, cause := v.Kind, record.Status
	if kind == 0 {
		kind = record.AFlow
	}
	if c.Has(State) && isClosed(c.State) {
		cause = record.Stop
	}
	v.seq++
	if v.seq == 0xFFFFFFFF {
		v.seq = 1
	}
	flow := flowOf(c)
	metrics := v.metricsOf(c)
	b := record.AppendHeader(v.buf[:0], kind, record.Version5, cause)
	b = record.AppendTransport(b, &record.Transport{ID: v.sourceOf(c), Seq: v.seq, HasSeq: true})
	b = record.AppendFlow(b, &flow)
	b = v.appendTimes(b, c, &metrics)
	b = record.AppendMetrics(b, metrics.Src, metrics.Dst, true)
	if flow.Proto == record.ProtoTCP {
		b = appendTCP(b, c)
	}
	b = appendLink(b, c, &flow)
	b = v.appendEnrichment(b, c)
	if v.Labels != NoLabels {
		record.PutLength(b)
		if err := v.rec.Load(b); err != nil {
			return nil, err
		}
		tell(&v.told, &v.rec, 0, 0)
		b = v.appendLabel(b, c)
	}
	b = v.appendLocality(b, c)
	record.PutLength(b)
	v.buf = b
	v.note(c)
	return &v.rec, v.rec.Load(b)
}

// note counts a record for the management records.
func (v *Converter) note(c *Conn) {
	end := c.Time
	if c.Has(Duration) && c.Duration > 0 {
		end += c.Duration
	}
	if v.records == 0 || c.Time < v.earliest {
		v.earliest = c.Time
	}
	if v.records == 0 || end > v.final {
		v.final = end
	}
	v.records++
}

// start is the management record before the first row.
func (v *Converter) start(c *Conn) *record.Record {
	return record.NewManagement(record.Version5, record.Start, record.ManagementInfo{
		StartTime: c.Time, Now: c.Time, ID: v.Source, NextSeq: 1,
	})
}

// stop is the management record after the last row. It counts the records.
func (v *Converter) stop() *record.Record {
	return record.NewManagement(record.Version5, record.Stop, record.ManagementInfo{
		StartTime: v.earliest, Now: v.final, ID: v.Source, NextSeq: v.seq + 1,
		Records: uint32(v.records), Flows: uint32(v.records),
	})
}

// flowOf is the flow key of a row.
func flowOf(c *Conn) record.Flow {
	f := record.Flow{
		Src: c.Orig, Dst: c.Resp, Class: record.ClassFiveTuple, Type: record.KeyIPv4,
		SrcBits: 32, DstBits: 32, Masked: true, Proto: protoOf(c),
	}
	if c.Orig.Family() == record.IPv6 {
		f.Type, f.SrcBits, f.DstBits = record.KeyIPv6, 128, 128
	}
	switch {
	case isICMP(f.Proto, f.Type):
		f.Masked = f.Type == record.KeyIPv6 // IPv4 has the sequence number there
		f.ICMPType = uint8(c.OrigPort)
		if reply, ok := record.ICMPCounterpart(f.Src.Family(), f.ICMPType); !ok || c.RespPort != uint16(reply) {
			f.ICMPCode = uint8(c.RespPort)
		}
	case f.Proto == record.ProtoESP:
		f.Masked = f.Type == record.KeyIPv6
	case f.Proto != record.ProtoIGMP || f.Type == record.KeyIPv6:
		f.SrcPort, f.DstPort = c.OrigPort, c.RespPort
	}
	return f
}

// isICMP reports whether keys of a protocol have ICMP types for ports.
func isICMP(p record.Proto, t record.KeyType) bool {
	return p == record.ProtoICMP && t == record.KeyIPv4 || p == record.ProtoICMP6 && t == record.KeyIPv6
}

// noProto is the protocol of rows that do not tell it.
const noProto record.Proto = 255

// protoOf is the protocol of a row: proto says it, and ip_proto where proto
// cannot.
func protoOf(c *Conn) record.Proto {
	switch string(c.Proto) {
	case "tcp":
		return record.ProtoTCP
	case "udp":
		return record.ProtoUDP
	case "icmp":
		if c.Orig.Family() == record.IPv6 {
			return record.ProtoICMP6
		}
		return record.ProtoICMP
	}
	if c.Has(IPProto) {
		return record.Proto(c.IPProto)
	}
	if n, ok := parseCount(c.Proto); ok && n <= 0xFF {
		return record.Proto(n)
	}
	if n, ok := names.ProtocolNumber(string(c.Proto)); ok {
		return record.Proto(n)
	}
	return noProto
}

// metricsOf are the counters of a row.
func (v *Converter) metricsOf(c *Conn) (m record.Metrics) {
	count := func(f Field, n uint64) uint64 {
		if c.Has(f) {
			return n
		}
		return 0
	}
	m.Src = record.Counters{Packets: count(OrigPackets, c.OrigPackets), Bytes: count(OrigIPBytes, c.OrigIPBytes), AppBytes: count(OrigBytes, c.OrigBytes)}
	m.Dst = record.Counters{Packets: count(RespPackets, c.RespPackets), Bytes: count(RespIPBytes, c.RespIPBytes), AppBytes: count(RespBytes, c.RespBytes)}
	if v.Infer && c.Has(History) && !c.Has(OrigPackets) && !c.Has(RespPackets) {
		m.Src.Packets, m.Dst.Packets = provenPackets(c.History)
	}
	m.Src.Bytes += m.Src.Packets * v.Overhead
	m.Dst.Bytes += m.Dst.Packets * v.Overhead
	return m
}

// provenPackets counts the events of a history that are packets of their own.
func provenPackets(h []byte) (orig, resp uint64) {
	for _, c := range h {
		switch c {
		case 'S', 'H', 'A', 'D', 'F', 'R', 'I', 'Q', 'C':
			orig++
		case 's', 'h', 'a', 'd', 'f', 'r', 'i', 'q', 'c':
			resp++
		}
	}
	return orig, resp
}

// appendTimes appends the times: those of the source unless only the
// destination sent anything.
func (v *Converter) appendTimes(b []byte, c *Conn, m *record.Metrics) []byte {
	span := record.Span{Start: c.Time, End: c.Time}
	if c.Has(Duration) && c.Duration > 0 {
		span.End += c.Duration
	}
	if span.Start < 0 || span.End > maxWireTime {
		span.Start = min(max(span.Start, 0), maxWireTime)
		span.End = min(max(span.End, span.Start), maxWireTime)
	}
	t := record.Times{Src: span}
	onlyDst := m.Src.Packets == 0 && m.Dst.Packets > 0
	both := v.BothSides && m.Src.Packets > 0 && m.Dst.Packets > 0
	switch {
	case onlyDst:
		t.Src, t.Dst = record.Span{}, span
	case both:
		t.Dst = span
	}
	return record.AppendTimesShort(b, &t)
}

// appendTCP appends what a row tells of a TCP connection. Bytes that Zeek missed
// on one side alone are a gap in sequence numbers that count from 0.
func appendTCP(b []byte, c *Conn) []byte {
	t := c.tcpStatus()
	kind := record.NetworkTCP
	if c.Has(MissedBytes) && c.MissedBytes > 0 && c.Has(History) {
		o, r := splitHistory(c.History)
		switch {
		case o.has('G') && !r.has('G') && c.Has(OrigBytes) && gap(&t.Src, c.OrigBytes, c.MissedBytes):
			kind = record.NetworkTCPPerf
		case r.has('G') && !o.has('G') && c.Has(RespBytes) && gap(&t.Dst, c.RespBytes, c.MissedBytes):
			kind = record.NetworkTCPPerf
		}
	}
	return record.AppendTCP(b, kind, &t)
}

// gap makes the sequence numbers of a side show that of n bytes some were
// missed. It reports whether they can.
func gap(s *record.TCPSide, n, missed uint64) bool {
	if n >= 1<<32-1 || missed > n {
		return false
	}
	s.Top = uint32(n) + 1 // the SYN counts
	s.Bytes = uint32(n - missed)
	s.AckBytes = uint32(n)
	return true
}

// appendLink appends VLAN tag and Ethernet addresses.
func appendLink(b []byte, c *Conn, f *record.Flow) []byte {
	if c.Has(VLAN) && c.VLAN >= 0 && c.VLAN <= maxVLAN {
		tag := uint16(c.VLAN)
		b = record.AppendVLAN(b, &record.VLAN{Src: tag, Dst: tag, HasSrc: true, HasDst: true})
	}
	src, okSrc := macOf(c, OrigMAC, c.OrigMAC)
	dst, okDst := macOf(c, RespMAC, c.RespMAC)
	if !okSrc && !okDst {
		return b
	}
	pair := record.MACPair{Src: src, Dst: dst, EtherType: 0x0800}
	if f.Type == record.KeyIPv6 {
		pair.EtherType = 0x86DD
	}
	return record.AppendMAC(b, &pair)
}

const maxVLAN = 0x0FFF

// macOf reads an Ethernet address as Zeek writes it.
func macOf(c *Conn, f Field, text []byte) (m record.MAC, ok bool) {
	if !c.Has(f) || len(text) != 17 {
		return m, false
	}
	for i := range m {
		hi, lo := hexDigit(text[3*i]), hexDigit(text[3*i+1])
		if hi > 15 || lo > 15 || i < 5 && text[3*i+2] != ':' {
			return record.MAC{}, false
		}
		m[i] = hi<<4 | lo
	}
	return m, true
}

// appendEnrichment appends country codes.
func (v *Converter) appendEnrichment(b []byte, c *Conn) []byte {
	var cc record.Country
	src, dst := c.Has(OrigCountry) && len(c.OrigCountry) == 2, c.Has(RespCountry) && len(c.RespCountry) == 2
	if src {
		cc.Src = [2]byte(c.OrigCountry)
	}
	if dst {
		cc.Dst = [2]byte(c.RespCountry)
	}
	if src || dst {
		return record.AppendCountry(b, &cc)
	}
	return b
}

// appendLocality appends localities, if they are asked for.
func (v *Converter) appendLocality(b []byte, c *Conn) []byte {
	if v.Locality == nil || !c.Has(LocalOrig) && !c.Has(LocalResp) {
		return b
	}
	level := func(local bool) int8 {
		if local {
			return v.Locality.Local
		}
		return v.Locality.Remote
	}
	return record.AppendLocal(b, &record.Local{
		Src: level(c.LocalOrig), HasSrc: c.Has(LocalOrig),
		Dst: level(c.LocalResp), HasDst: c.Has(LocalResp),
	})
}

// nodeID remembers what the name of the Zeek node was read as.
type nodeID struct {
	name string
	id   record.SourceID
}

// sourceOf is the source id of the record of a row.
func (v *Converter) sourceOf(c *Conn) record.SourceID {
	if v.Source.Kind != record.IDNone {
		return v.Source
	}
	for i := range c.Extra {
		e := &c.Extra[i]
		if string(e.Name) != "_system_name" && string(e.Name) != "_node_name" || len(e.Value) > 64 {
			continue
		}
		if string(e.Value) != v.node.name {
			id, err := record.ParseSourceID(string(e.Value)) // quoted, as it stands
			if err != nil && len(e.Value) > 2 {
				id, _ = record.ParseSourceID(string(e.Value[1 : len(e.Value)-1]))
			}
			v.node = nodeID{string(e.Value), id}
		}
		return v.node.id
	}
	return record.SourceID{}
}
