package aggregate

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// field is one part of a key. Each value begins with a byte that tells its
// shape, so that no two lists of values have the same bytes.
type field struct {
	name       string
	address    bool // takes a mask
	get, other getter
}

// getter appends a value of the record, of the side that the field names or of
// the other.
type getter func(dst []byte, r *record.Record) []byte

const (
	absent  = 0
	present = 1
)

// newField finds the field of a name. Names of keys may have more letters
// behind, as in the programs: "sports" is sport.
func newField(name string, m mask, reg *record.Registry) (field, error) {
	if f, ok := builtin[name]; ok {
		return f(m), nil
	}
	if a, ok := reg.Lookup(name); ok {
		return attribute(a, m, reg), nil
	}
	for n := len(name) - 1; n >= 4; n-- {
		if f, ok := builtin[name[:n]]; ok {
			return f(m), nil
		}
		if a, ok := reg.Lookup(name[:n]); ok && longNames[name[:n]] {
			return attribute(a, m, reg), nil
		}
	}
	if near := reg.Suggest(name); len(near) > 0 {
		return field{}, fmt.Errorf("there is no attribute %q; near it is %s", name, strings.Join(near, ", "))
	}
	return field{}, fmt.Errorf("there is no attribute %q", name)
}

// longNames are the other names that may have letters behind them.
var longNames = set("sttl", "dttl", "stos", "dtos", "stcpb", "dtcpb", "smac", "dmac", "inode", "etype", "soui", "doui", "sipid", "dipid", "snet", "dnet")

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// builtin are the fields that compare something else than the attribute of
// their name prints.
var builtin = map[string]func(mask) field{
	"srcid": func(mask) field { return same("srcid", appendSource) },
	"sid":   func(mask) field { return same("sid", appendID) },
	"inf":   func(mask) field { return same("inf", appendInterface) },
	"proto": func(mask) field { return same("proto", appendProto) },
	"saddr": func(m mask) field { return field{"saddr", true, source(m), destination(m)} },
	"daddr": func(m mask) field { return field{"daddr", true, destination(m), source(m)} },
	"sport": func(mask) field { return field{"sport", false, sourcePort, otherSourcePort} },
	"dport": func(mask) field { return field{"dport", false, destinationPort, otherDestinationPort} },
	"svlan": func(mask) field { return field{"svlan", false, sourceVLAN, destinationVLAN} },
	"dvlan": func(mask) field { return field{"dvlan", false, destinationVLAN, sourceVLAN} },
	"sdsb":  func(mask) field { return field{"sdsb", false, sourceDSB, destinationDSB} },
	"ddsb":  func(mask) field { return field{"ddsb", false, destinationDSB, sourceDSB} },
}

// same is a field that has no sides.
func same(name string, get getter) field { return field{name, false, get, get} }

func appendSource(dst []byte, r *record.Record) []byte {
	return appendInterface(appendID(dst, r), r)
}

func appendID(dst []byte, r *record.Record) []byte {
	t := r.Transport()
	if !r.Has(record.DSRTransport) {
		return append(dst, absent)
	}
	n := 4
	switch t.ID.Kind {
	case record.IDIPv6, record.IDUUID:
		n = 16
	case record.IDEthernet:
		n = 8
	}
	dst = append(dst, present, byte(t.ID.Kind))
	return append(dst, t.ID.Bytes[:n]...)
}

func appendInterface(dst []byte, r *record.Record) []byte {
	t := r.Transport()
	if !r.Has(record.DSRTransport) || !t.HasInf {
		return append(dst, absent)
	}
	return append(append(dst, present), t.Interface[:]...)
}

// Shapes of the protocol value.
const (
	protoIP = 1 + iota
	protoEthernet
	protoOther
)

func appendProto(dst []byte, r *record.Record) []byte {
	f := r.Flow()
	switch {
	case !r.Has(record.DSRFlow):
		return append(dst, absent)
	case f.IsIP() && f.Class != record.ClassARP:
		return append(dst, protoIP, byte(f.Proto))
	case f.Type == record.KeyEthernet:
		return append(dst, protoEthernet, byte(f.EtherType>>8), byte(f.EtherType))
	}
	return append(dst, protoOther, byte(f.Class), byte(f.Type))
}

func source(m mask) getter {
	return func(dst []byte, r *record.Record) []byte {
		f := r.Flow()
		return appendAddress(dst, r, f.Src, m)
	}
}

func destination(m mask) getter {
	return func(dst []byte, r *record.Record) []byte {
		f := r.Flow()
		return appendAddress(dst, r, f.Dst, m)
	}
}

func appendAddress(dst []byte, r *record.Record, e record.Endpoint, m mask) []byte {
	if !r.Has(record.DSRFlow) {
		return append(dst, absent)
	}
	if m.set {
		e = m.apply(e)
	}
	dst = append(dst, byte(r.Flow().Type)+1, byte(e.Family()))
	return append(dst, e.Bytes()...)
}

// Ports. What stands in their place in the keys of other protocols counts: the
// type and code of ICMP for the source, its identifier for the destination, as
// the SPI of ESP.
func sourcePort(dst []byte, r *record.Record) []byte {
	f := r.Flow()
	switch {
	case !r.Has(record.DSRFlow):
		return append(dst, absent)
	case f.IsIP() && isICMP(f):
		return append(dst, present, f.ICMPType, f.ICMPCode)
	case f.IsIP() && f.Proto == record.ProtoESP:
		return append(dst, present)
	case f.IsIP():
		return append(dst, present, byte(f.SrcPort>>8), byte(f.SrcPort))
	}
	return append(dst, present, f.SrcSAP)
}

func destinationPort(dst []byte, r *record.Record) []byte {
	f := r.Flow()
	switch {
	case !r.Has(record.DSRFlow):
		return append(dst, absent)
	case f.IsIP() && isICMP(f):
		return append(dst, present, byte(f.ICMPID>>8), byte(f.ICMPID))
	case f.IsIP() && f.Proto == record.ProtoESP:
		return binary.BigEndian.AppendUint32(append(dst, present), f.SPI)
	case f.IsIP():
		return append(dst, present, byte(f.DstPort>>8), byte(f.DstPort))
	}
	return append(dst, present, f.DstSAP)
}

// otherSourcePort is the source port of the record turned round. What is no port
// stays where it is.
func otherSourcePort(dst []byte, r *record.Record) []byte {
	if f := r.Flow(); f.IsIP() && (isICMP(f) || f.Proto == record.ProtoESP) {
		return sourcePort(dst, r)
	}
	return destinationPort(dst, r)
}

func otherDestinationPort(dst []byte, r *record.Record) []byte {
	if f := r.Flow(); f.IsIP() && (isICMP(f) || f.Proto == record.ProtoESP) {
		return destinationPort(dst, r)
	}
	return sourcePort(dst, r)
}

func isICMP(f *record.Flow) bool {
	return f.Proto == record.ProtoICMP || f.Proto == record.ProtoICMP6 || f.Proto == record.ProtoIGMP
}

const vlanID = 0x0FFF

func sourceVLAN(dst []byte, r *record.Record) []byte {
	v := r.VLAN()
	return appendTag(dst, v.Src&vlanID, v.HasSrc)
}

func destinationVLAN(dst []byte, r *record.Record) []byte {
	v := r.VLAN()
	return appendTag(dst, v.Dst&vlanID, v.HasDst)
}

func appendTag(dst []byte, v uint16, has bool) []byte {
	if !has {
		return append(dst, absent)
	}
	return append(dst, present, byte(v>>8), byte(v))
}

func sourceDSB(dst []byte, r *record.Record) []byte { return appendDSB(dst, &r.IPAttr().Src) }

func destinationDSB(dst []byte, r *record.Record) []byte { return appendDSB(dst, &r.IPAttr().Dst) }

func appendDSB(dst []byte, s *record.IPSide) []byte {
	if !s.Has {
		return append(dst, absent)
	}
	return append(dst, present, s.TOS>>2)
}
