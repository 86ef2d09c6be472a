package convert

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"github.com/seed-6ae541b3/goargus/internal/names"
	"github.com/seed-6ae541b3/goargus/record"
)

// row is a line of text on its way to a record: values that mean something only
// together are kept as text until all are there.
type row struct {
	parse func(string) (int64, error) // of times

	kind        record.Kind
	cause       record.Cause
	start, last int64
	dur         int64
	hasDur      bool
	times       record.Times

	proto, saddr, daddr, sport, dport string
	dir, state, flgs                  string

	key     record.Flow
	metrics record.Metrics
	total   record.Counters

	tcp  record.TCP
	perf bool
	rtt  int64

	ip        record.IPAttr
	mac       record.MACPair
	vlan      record.VLAN
	sizes     record.Sizes
	country   record.Country
	asn       record.ASN
	local     record.Local
	transport record.Transport
	label     []byte
	dsrs      uint32
}

// reset makes the row ready for another line.
func (w *row) reset() {
	label, parse := w.label[:0], w.parse
	*w = row{parse: parse, label: label, kind: record.FlowRecord, cause: record.Status}
}

func (w *row) setKind(v string) error {
	switch strings.ToLower(v) {
	case "flow", "flo", "far":
		w.kind = record.FlowRecord
	case "netflow", "netf", "net", "nflow", "nfl":
		w.kind = record.NetFlow
	case "aflow", "aflo", "afl":
		w.kind = record.AFlow
	case "man", "mar":
		w.kind = record.Management
	case "event", "evnt", "evt", "eve":
		w.kind = record.Event
	default:
		return fmt.Errorf("expected flow, netflow, aflow, man or event, found %q", v)
	}
	return nil
}

func (w *row) setCause(v string) error {
	for c := record.Start; c <= record.Error && c != 0; c += 0x10 {
		if strings.EqualFold(c.String(), v) {
			w.cause = c
			return nil
		}
	}
	return fmt.Errorf("expected a cause such as Start, Status or Stop, found %q", v)
}

func (w *row) setSource(v string) error {
	text, inf, _ := strings.Cut(v, "/")
	if prefix, rest, ok := strings.Cut(v, ":/"); ok && !strings.Contains(prefix, ".") { // type:/id
		text, inf, _ = strings.Cut(rest, "/")
	}
	id, err := record.ParseSourceID(text)
	if err != nil && len(text) <= 4 {
		id, err = record.ParseSourceID(`"` + text + `"`)
	}
	if err != nil {
		return err
	}
	w.transport.ID = id
	if inf != "" && len(inf) <= 4 {
		copy(w.transport.Interface[:], inf)
		w.transport.HasInf = true
	}
	w.dsrs |= 1 << record.DSRTransport
	return nil
}

// addLabel joins labels by a colon, the form of labels.
func (w *row) addLabel(v string) error {
	if len(w.label) > 0 {
		w.label = append(w.label, ':')
	}
	w.label = append(w.label, v...)
	w.dsrs |= 1 << record.DSRLabel
	return nil
}

// setKey makes the key.
func (w *row) setKey() (err error) {
	switch {
	case isARP(w.proto):
		w.key, err = w.arp()
		return err
	case w.proto == "rarp" || w.proto == "32821":
		w.key, err = w.rarp()
		return err
	}
	f := &w.key
	f.Class = record.ClassFiveTuple
	if f.Src, f.SrcBits, err = parseAddress(w.saddr); err != nil {
		return err
	}
	if f.Dst, f.DstBits, err = parseAddress(w.daddr); err != nil {
		return err
	}
	if f.Src.Family() != f.Dst.Family() {
		return fmt.Errorf("expected two addresses of one kind, found %q and %q", w.saddr, w.daddr)
	}
	switch f.Src.Family() {
	case record.Ethernet:
		f.Type = record.KeyEthernet
		return w.ethernet(f)
	case record.IPv6:
		f.Type = record.KeyIPv6
	case record.IPv4:
		f.Type = record.KeyIPv4
	default:
		return fmt.Errorf("expected a source and a destination address, found none")
	}
	if f.Proto, err = parseProto(w.proto); err != nil {
		return err
	}
	f.Masked = true
	return w.ports(f)
}

// parseAddress reads an IP address, with a prefix length or without, or an
// Ethernet address.
func parseAddress(v string) (e record.Endpoint, bits uint8, err error) {
	if m, ok := parseMAC(v); ok {
		return record.EndpointFromMAC(m), 0, nil
	}
	if v == "" || v == "*" {
		return e, 0, nil
	}
	if strings.Contains(v, "/") {
		p, err := netip.ParsePrefix(v)
		if err != nil {
			return e, 0, fmt.Errorf("expected an address, found %q", v)
		}
		return record.EndpointFromAddr(p.Addr()), uint8(p.Bits()), nil
	}
	a, err := netip.ParseAddr(v)
	if err != nil || a.Zone() != "" {
		return e, 0, fmt.Errorf("expected an address, found %q", v)
	}
	return record.EndpointFromAddr(a), uint8(a.BitLen()), nil
}

// parseProto reads the number or name of an IP protocol. Names that programs
// give to what runs over UDP are UDP.
func parseProto(v string) (record.Proto, error) {
	switch v {
	case "tcp":
		return record.ProtoTCP, nil
	case "udp", "rtp", "rtcp", "udt":
		return record.ProtoUDP, nil
	case "ipnip":
		return 4, nil
	case "", "*":
		return 0, nil
	case "unas": // a number without a name: one that has none
		return unassigned, nil
	}
	if n, ok := names.ProtocolNumber(v); ok {
		return record.Proto(n), nil
	}
	n, err := parseNumber(v, 8)
	if err != nil {
		return 0, fmt.Errorf("expected an IP protocol, found %q", v)
	}
	return record.Proto(n), nil
}

// unassigned is the protocol of which text says only that it has no name.
const unassigned record.Proto = 255

// unknownType is the Ethernet type of which text says only that it has no name.
const unknownType = 0xFFFE

func isARP(proto string) bool { return proto == "arp" || proto == "2054" }

// arp makes the key of an ARP flow.
func (w *row) arp() (f record.Flow, err error) {
	f.Class, f.Type = record.ClassARP, record.KeyARP
	if f.Src, f.SrcBits, err = parseAddress(w.saddr); err != nil {
		return f, err
	}
	if f.Dst, f.DstBits, err = parseAddress(w.daddr); err != nil {
		return f, err
	}
	if f.Src.Family() != record.IPv4 || f.Dst.Family() != record.IPv4 {
		return f, fmt.Errorf("expected two IPv4 addresses for ARP, found %q and %q", w.saddr, w.daddr)
	}
	f.ARP = record.ARPKey{Hardware: 1, Protocol: 0x0800, HLen: 6, PLen: 4, Op: 1}
	copy(f.ARP.Addr[:], w.mac.Src[:])
	return f, nil
}

// rarp makes the key of a RARP flow, whose ends are Ethernet addresses.
func (w *row) rarp() (f record.Flow, err error) {
	src, ok1 := parseMAC(w.saddr)
	dst, ok2 := parseMAC(w.daddr)
	if !ok1 || !ok2 {
		return f, fmt.Errorf("expected two Ethernet addresses for RARP, found %q and %q", w.saddr, w.daddr)
	}
	f.Class, f.Type = record.ClassARP, record.KeyRARP
	f.ARP = record.ARPKey{Hardware: 1, Protocol: 0x0800, HLen: 6, PLen: 4, Op: 3}
	copy(f.ARP.Addr[:], dst[:])
	copy(f.ARP.Addr2[:], src[:])
	return f, nil
}

// ethernet fills in the rest of a key of Ethernet addresses.
func (w *row) ethernet(f *record.Flow) error {
	n, ok := names.EtherTypeNumber(w.proto)
	if w.proto == "unknown" {
		n, ok = unknownType, true
	}
	if !ok && w.proto != "llc" {
		v, err := parseNumber(w.proto, 16)
		if err != nil {
			return fmt.Errorf("expected an Ethernet type, found %q", w.proto)
		}
		n = uint16(v)
	}
	f.EtherType = n
	for _, p := range [...]struct {
		text string
		to   *uint8
	}{{w.sport, &f.SrcSAP}, {w.dport, &f.DstSAP}} {
		if p.text == "" {
			continue
		}
		if sap, ok := named(sapNames(), p.text); ok {
			*p.to = sap
			continue
		}
		v, err := parseNumber(p.text, 8)
		if err != nil {
			return err
		}
		*p.to = uint8(v)
	}
	return nil
}

// ports reads what stands in the place of the ports.
func (w *row) ports(f *record.Flow) error {
	switch {
	case f.Proto == record.ProtoICMP && f.Type == record.KeyIPv4:
		f.Masked = false
		return w.icmp(f)
	case f.Proto == record.ProtoICMP6 && f.Type == record.KeyIPv6:
		t, err := parsePort(w.sport, 0)
		if err != nil {
			return err
		}
		code, err := parsePort(w.dport, 0)
		f.ICMPType, f.ICMPCode = uint8(t), uint8(code)
		return err
	case f.Proto == record.ProtoESP:
		f.Masked = f.Type == record.KeyIPv6
		if w.dport == "" {
			return nil
		}
		spi, err := parseNumber(w.dport, 32)
		f.SPI = uint32(spi)
		return err
	}
	var err error
	if f.SrcPort, err = parsePort(w.sport, f.Proto); err != nil {
		return err
	}
	f.DstPort, err = parsePort(w.dport, f.Proto)
	return err
}

// icmp reads type and code. Version 3 prints both as one number, the code above
// the type, and the identifier in the place of the destination port; version 5
// prints type and code. A number that is no code is taken for the identifier.
func (w *row) icmp(f *record.Flow) error {
	if t, ok := named(icmpNames(), w.sport); ok {
		f.ICMPType = t
		if code, ok := icmpCode(t, w.dport); ok {
			f.ICMPCode = code
			return nil
		}
	} else {
		n, err := parsePort(w.sport, 0)
		if err != nil {
			return err
		}
		f.ICMPType, f.ICMPCode = uint8(n), uint8(n>>8)
	}
	d, err := parsePort(w.dport, 0)
	if d <= 0xFF && f.ICMPCode == 0 {
		f.ICMPCode = uint8(d)
	} else {
		f.ICMPID = d
	}
	return err
}

// named finds a number by its name.
func named(table map[string]uint8, name string) (uint8, bool) {
	n, ok := table[name]
	return n, ok && name != ""
}

// numbersOf turns round a function that names numbers; of several numbers of a
// name the first counts.
func numbersOf(name func(uint8) string) map[string]uint8 {
	m := map[string]uint8{}
	for n := range 256 {
		if s := name(uint8(n)); s != "" {
			if _, ok := m[s]; !ok {
				m[s] = uint8(n)
			}
		}
	}
	return m
}

var (
	icmpNames = sync.OnceValue(func() map[string]uint8 { return numbersOf(names.ICMPType) })
	sapNames  = sync.OnceValue(func() map[string]uint8 { return numbersOf(names.SAP) })
)

// icmpCode finds a code of a type by its name.
func icmpCode(t uint8, name string) (uint8, bool) {
	if name == "" {
		return 0, true
	}
	for code := range 256 {
		if names.ICMPCode(t, uint8(code)) == name {
			return uint8(code), true
		}
	}
	return 0, false
}

// parsePort reads a number, decimal or hexadecimal after 0x, or the name of a
// service.
func parsePort(v string, proto record.Proto) (uint16, error) {
	if v == "" || v == "*" {
		return 0, nil
	}
	n, err := parseNumber(v, 16)
	if err == nil {
		return uint16(n), nil
	}
	if p, ok := names.Service(v); ok {
		if proto == record.ProtoUDP && p.HasUDP || !p.HasTCP {
			return p.UDP, nil
		}
		return p.TCP, nil
	}
	return 0, fmt.Errorf("expected a port or a service, found %q", v)
}
