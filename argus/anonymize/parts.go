package anonymize

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// Everything below copies the parts of a record one by one, by name, into new
// values: what a value has beside them, such as bytes without a meaning that
// were read with it, stays behind.

// fill puts into dst what the rules leave of r.
func (a *Anonymizer) fill(dst, r *record.Record) error {
	rules := a.cfg.Rules
	if r.Has(record.DSRTransport) {
		a.transport(dst, r.Transport())
	}
	if r.Has(record.DSRFlow) && rules["flow"] == Keep {
		f, err := a.flow(r.Flow())
		if err != nil {
			return err
		}
		if f.Type != 0 {
			dst.SetFlow(f)
		}
	}
	cut := int64(0)
	if r.Has(record.DSRTime) && rules["time"] != Remove {
		t := r.Times()
		cut = a.cut(t)
		dst.SetTimes(record.Times{Src: a.span(t.Src, cut), Dst: a.span(t.Dst, cut)})
	}
	if r.Has(record.DSRMetrics) && rules["metric"] == Keep {
		m := r.Metrics()
		dst.SetMetrics(record.Metrics{Src: counters(m.Src), Dst: counters(m.Dst)})
	}
	if r.Has(record.DSRAggregate) && rules["agr"] == Keep {
		g := r.Aggregate()
		dst.SetAggregate(record.Aggregate{
			Count: g.Count, Metric: g.Metric, LastStart: a.less(a.time(g.LastStart), cut), Last: a.less(a.time(g.Last), cut),
			Active: stat(g.Active), Idle: stat(g.Idle),
		})
	}
	if r.Has(record.DSRNetwork) && rules["net"] == Keep {
		if n, ok := a.network(r.Network(), cut); ok {
			dst.SetNetwork(n)
		}
	}
	a.fillLink(dst, r)
	a.fillTunnels(dst, r)
	a.fillCounts(dst, r)
	return a.fillNames(dst, r)
}

// less takes the cut off a time that is one.
func (a *Anonymizer) less(t, cut int64) int64 {
	if t == 0 {
		return 0
	}
	return t - cut
}

func counters(c record.Counters) record.Counters {
	return record.Counters{Packets: c.Packets, Bytes: c.Bytes, AppBytes: c.AppBytes}
}

func stat(s record.Stat) record.Stat {
	return record.Stat{N: s.N, Min: s.Min, Mean: s.Mean, StdDev: s.StdDev, Max: s.Max, Has: s.Has}
}

func (a *Anonymizer) transport(dst *record.Record, t *record.Transport) {
	n := record.Transport{HasSeq: t.HasSeq && a.cfg.Rules["seq"] != Remove}
	if n.HasSeq {
		n.Seq = a.sequence(t.Seq)
	}
	n.ID = a.sourceID(t.ID)
	if t.HasInf && a.cfg.Rules["inf"] != Remove {
		n.HasInf = true
		n.Interface = t.Interface
		if a.cfg.Rules["inf"] == Hashed {
			copy(n.Interface[:], a.name(t.Interface[:], 4))
		}
	}
	if n != (record.Transport{}) {
		dst.SetTransport(n)
	}
}

func (a *Anonymizer) sequence(n uint32) uint32 {
	switch a.cfg.Rules["seq"] {
	case Keep:
		return n
	case Offset:
		return n + a.seq
	}
	return 0
}

// sourceID maps the id of a sensor to one of the same kind.
func (a *Anonymizer) sourceID(id record.SourceID) record.SourceID {
	switch a.cfg.Rules["srcid"] {
	case Keep:
		return record.SourceID{Kind: id.Kind, Bytes: id.Bytes}
	case Remove:
		return record.SourceID{}
	}
	if id == (record.SourceID{}) {
		return id
	}
	n := record.SourceID{Kind: id.Kind}
	x := u128{binary.BigEndian.Uint64(id.Bytes[:]), binary.BigEndian.Uint64(id.Bytes[8:])}
	switch id.Kind {
	case record.IDUUID, record.IDIPv6:
		x = a.perm.apply(x, 128, tweak("srcid"))
	case record.IDString:
		copy(n.Bytes[:], a.name(id.Bytes[:4], 4))
		return n
	default:
		x = u128{a.perm.apply(u128{0, x.hi >> 32}, 32, tweak("srcid")).lo << 32, 0}
	}
	binary.BigEndian.PutUint64(n.Bytes[:], x.hi)
	binary.BigEndian.PutUint64(n.Bytes[8:], x.lo)
	return n
}

// name is a keyed hash of a name, as n letters and digits.
func (a *Anonymizer) name(text []byte, n int) string {
	h := hmac.New(sha256.New, a.hash[:])
	h.Write(text)
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)))[:n]
}

// flow maps a key. Keys of kinds that have names and payload in them lose these.
func (a *Anonymizer) flow(f *record.Flow) (record.Flow, error) {
	ids := func(x uint64, n int) uint64 { return a.number("ids", x, n) }
	n := record.Flow{
		Proto: f.Proto, Class: f.Class, Type: f.Type, SrcBits: f.SrcBits, DstBits: f.DstBits,
		Direction: f.Direction, Masked: f.Masked, Fragment: f.Fragment, TP: f.TP, ICMPType: f.ICMPType, ICMPCode: f.ICMPCode,
		EtherType: f.EtherType, SrcSAP: f.SrcSAP, DstSAP: f.DstSAP,
		ICMPID: uint16(ids(uint64(f.ICMPID), 16)), ICMPSeq: uint16(ids(uint64(f.ICMPSeq), 16)), DNSID: uint16(ids(uint64(f.DNSID), 16)),
		SPI: uint32(ids(uint64(f.SPI), 32)),
	}
	n.FragID = uint32(ids(uint64(f.FragID&0xFFFF), 16))
	if f.Src.Family() == record.IPv6 {
		n.FragID = uint32(ids(uint64(f.FragID), 32))
	}
	var err error
	if n.Src, err = a.endpoint(f.Src); err != nil {
		return n, err
	}
	if n.Dst, err = a.endpoint(f.Dst); err != nil {
		return n, err
	}
	n.SrcPort, n.DstPort = a.port(f.SrcPort), a.port(f.DstPort)
	switch f.Type {
	case record.KeyIPv4, record.KeyIPv6, record.KeyEthernet:
	case record.KeyARP, record.KeyRARP:
		k := &f.ARP
		n.ARP = record.ARPKey{Hardware: k.Hardware, Protocol: k.Protocol, HLen: k.HLen, PLen: k.PLen, Op: k.Op}
		a.hardware(&n.ARP.Addr, &k.Addr, k.HLen)
		a.hardware(&n.ARP.Addr2, &k.Addr2, k.HLen)
	case record.KeyWLAN:
		n.WLAN.BSSID = a.mac(f.WLAN.BSSID)
	case record.KeyUDT:
		n.UDT.Socket = uint32(ids(uint64(f.UDT.Socket), 32))
	default:
		return record.Flow{}, nil // not known well enough
	}
	return n, nil
}

// hardware maps an Ethernet address; of other kinds nothing is left.
func (a *Anonymizer) hardware(dst, src *[32]byte, size uint8) {
	if size == 6 {
		m := a.mac(record.MAC(src[:6]))
		copy(dst[:], m[:])
	}
}

// network maps protocol state. What quotes packets is removed.
func (a *Anonymizer) network(n *record.Network, cut int64) (out record.Network, ok bool) {
	out.Kind, out.Qualifier = n.Kind, n.Qualifier
	switch {
	case n.Kind == record.NetworkNone:
	case n.IsTCP():
		t := &n.TCP
		out.TCP = record.TCP{
			Status: t.Status, State: t.State, Options: t.Options, SynAck: t.SynAck, AckData: t.AckData,
			Src: a.tcpSide(&t.Src, cut), Dst: a.tcpSide(&t.Dst, cut),
		}
	case n.Kind == record.NetworkESP:
		out.ESP = record.ESP{Status: n.ESP.Status, SPI: uint32(a.number("ids", uint64(n.ESP.SPI), 32)), Seq: n.ESP.Seq, Lost: n.ESP.Lost}
	case n.Kind == record.NetworkARP:
		out.ARP.Addr = a.mac(n.ARP.Addr)
	case n.Kind == record.NetworkICMP:
		out.ICMP, ok = a.icmp(&n.ICMP)
		return out, ok
	case n.Kind == record.NetworkFragment:
		f := &n.Fragment
		out.Fragment = record.Fragment{
			Count: f.Count, ID: uint32(a.number("ipid", uint64(f.ID), 32)), StartBytes: f.StartBytes, Bytes: f.Bytes, TotalBytes: f.TotalBytes,
			TotalLength: f.TotalLength, Length: f.Length, MaxLength: f.MaxLength,
		}
	default:
		return out, false
	}
	return out, true
}

// icmp maps the addresses that an ICMP error quotes.
func (a *Anonymizer) icmp(m *record.ICMP) (out record.ICMP, ok bool) {
	if a.cfg.Rules["icmp"] != Map {
		return out, false
	}
	out = record.ICMP{Type: m.Type, Code: m.Code}
	if m.Type >= 1 { // what stands in the place of the sequence number is no address
		out.Seq = uint16(a.number("ids", uint64(m.Seq), 16))
	}
	for i, from := range []*[4]byte{&m.OuterSrc, &m.OuterDst, &m.InnerSrc, &m.InnerDst, &m.Gateway} {
		b := *from
		if b != [4]byte{} && a.addrs.map4(&b) != nil {
			return out, false
		}
		*[]*[4]byte{&out.OuterSrc, &out.OuterDst, &out.InnerSrc, &out.InnerDst, &out.Gateway}[i] = b
	}
	return out, true
}

func (a *Anonymizer) tcpSide(s *record.TCPSide, cut int64) record.TCPSide {
	n := record.TCPSide{
		LastTime: a.less(a.time(s.LastTime), cut), Status: s.Status, WinUpdates: s.WinUpdates, Bytes: s.Bytes, Retrans: s.Retrans,
		AckBytes: s.AckBytes, WinBytes: s.WinBytes, Window: s.Window, Flags: s.Flags, Shift: s.Shift, MSS: s.MSS,
	}
	for _, v := range [...]struct {
		to   *uint32
		from uint32
	}{{&n.Base, s.Base}, {&n.Top, s.Top}, {&n.Ack, s.Ack}} {
		switch rule := a.cfg.Rules["tcpseq"]; {
		case v.from == 0 || rule == Remove:
		case rule == Keep:
			*v.to = v.from
		default:
			*v.to = v.from + a.tcp
		}
	}
	return n
}

// management maps a management record. Its counters stay.
func (a *Anonymizer) management(m *record.ManagementInfo) (record.ManagementInfo, error) {
	n := record.ManagementInfo{
		Status: m.Status, NetMask: m.NetMask, NextSeq: a.sequence(m.NextSeq), StartTime: a.time(m.StartTime), Now: a.time(m.Now),
		Major: m.Major, Minor: m.Minor, InterfaceType: m.InterfaceType, InterfaceUp: m.InterfaceUp,
		ReportInterval: m.ReportInterval, MARInterval: m.MARInterval, Packets: m.Packets, Bytes: m.Bytes, Drift: m.Drift,
		Records: m.Records, Flows: m.Flows, Dropped: m.Dropped, Queue: m.Queue, Output: m.Output, Clients: m.Clients,
		Buffers: m.Buffers, Memory: m.Memory, SrcLimit: m.SrcLimit, DstLimit: m.DstLimit, RecordLength: m.RecordLength,
		ID: a.sourceID(m.ID),
	}
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], m.LocalNet)
	if m.LocalNet == 0 {
		return n, nil
	}
	err := a.addrs.map4(&b)
	n.LocalNet = binary.BigEndian.Uint32(b[:])
	return n, err
}
