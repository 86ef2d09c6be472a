package capture

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/internal/packet"
	"github.com/seed-6ae541b3/goargus/record"
)

// Flow classes and key types of the flow DSR (docs/format.md, flow key).
const (
	classTuple   = 0x01
	classMatrix3 = 0x03
	classARP     = 0x06
	classReverse = 0x40

	typeIPv4     = 0x01
	typeIPv6     = 0x02
	typeEther    = 0x03
	typeARP      = 0x04
	typeRARP     = 0x05
	typeWLAN     = 0x08
	typeLCP      = 0x09
	typeISIS     = 0x0a
	typeAnswer   = 0x20
	typeFragment = 0x80
)

// appendKey writes the flow DSR: the key as it is, ends in the order of the
// table, and the mark that they are to be exchanged.
func (e *engine) appendKey(b []byte, f *flow, a *aux) []byte {
	k := &f.key
	class, mark := uint8(classTuple), uint8(0)
	if f.flags&flagReverse != 0 {
		class |= classReverse
	}
	if f.flags&flagAnswer != 0 {
		mark = typeAnswer
	}
	x, y, z := uint16(k[4]>>32), uint16(k[4]>>16), uint16(k[4])
	switch kindOf(k) {
	case keyIPv4:
		b = dsr(b, record.DSRFlow, class, typeIPv4|mark, 5)
		b = putWords(b, k[:1])
		b = appendIPv4Rest(b, protoOf(k), x, y, z)
	case keyFragment4:
		b = dsr(b, record.DSRFlow, class, typeIPv4|typeFragment, 5)
		b = putWords(b, k[:1])
		b = append(b, protoOf(k), 0, 0, 0, 0, 0)
		b = putLE16(b, z)
	case keyIPv6:
		b = dsr(b, record.DSRFlow, class, typeIPv6|mark, 11)
		b = putWords(b, k[:4])
		b = put32(b, uint32(protoOf(k))<<24)
		switch protoOf(k) {
		case packet.ProtoESP:
			b = put16(b, y)
			b = put16(b, z)
		default:
			b = put16(b, x)
			b = put16(b, y)
		}
	case keyFragment6:
		b = dsr(b, record.DSRFlow, class, typeIPv6|typeFragment, 11)
		b = putWords(b, k[:4])
		b = put32(b, uint32(protoOf(k))<<24)
		b = putLE32(b, uint32(y)<<16|uint32(z))
	case keyMatrix4:
		b = dsr(b, record.DSRFlow, classMatrix3|class&classReverse, typeIPv4, 3)
		b = putWords(b, k[:1])
	case keyMatrix6:
		b = dsr(b, record.DSRFlow, classMatrix3|class&classReverse, typeIPv6, 9)
		b = putWords(b, k[:4])
	case keyEther:
		b = dsr(b, record.DSRFlow, class, typeEther, 5)
		b = putMAC(b, k[0])
		b = putMAC(b, k[1])
		b = put16(b, x)
		b = put16(b, y)
	default:
		b = e.appendLinkKey(b, f, a, class)
	}
	return b
}

// appendIPv4Rest writes what follows the addresses of an IPv4 key.
func appendIPv4Rest(b []byte, proto uint8, x, y, z uint16) []byte {
	switch proto {
	case packet.ProtoICMP:
		second := uint8(0)
		switch kind, code := x>>8, x&0xff; {
		case kind == icmpUnreachable && code == 3, kind == icmpRedirect && code >= 2:
			second, z = uint8(z), 0
		}
		b = append(b, proto, second)
		b = put16(b, x)
		if kind := x >> 8; (kind == icmpUnreachable || kind == icmpRedirect) && x&0xff < 2 {
			b = put16(b, y) // an address
			return put16(b, z)
		}
		b = putLE16(b, y)
		b = putLE16(b, z)
	case packet.ProtoUDP:
		b = append(b, proto, 0)
		b = put16(b, x)
		b = put16(b, y)
		b = putLE16(b, z)
	default:
		b = append(b, proto, 0)
		b = put16(b, x)
		b = put16(b, y)
		b = put16(b, z)
	}
	return b
}

// extensionOf returns the extension of a flow's key, nil if it has none.
func (e *engine) extensionOf(f *flow, a *aux) []byte {
	if keyKind(f.key[4]>>56)&keyExtended == 0 || a == nil {
		return nil
	}
	x := e.exts.at(a.extension)
	return x.bytes[:x.size]
}

// appendLinkKey writes the flow DSR of flows without an IP or Ethernet key.
func (e *engine) appendLinkKey(b []byte, f *flow, a *aux, class uint8) []byte {
	k := &f.key
	at := len(b)
	class |= classTuple
	switch kindOf(k) {
	case keyARP:
		size := int(k[1] >> 24 & 0xff)
		words := 4 + (size+3)/4 // a word short of the hardware address, as readers expect
		if class&classReverse != 0 {
			words = 5 + maxHardware/4
		}
		b = dsr(b, record.DSRFlow, classARP|class&classReverse, typeARP, uint8(words))
		b = putARP(b, k, arpRequest)
		b = putWords(b, k[:1])
		b = putWords(b, k[2:4])
		b = append(b, e.extensionOf(f, a)...)
		b = fit(b, at, words)
	case keyRARP:
		size := int(k[1] >> 24 & 0xff)
		words := 4 + (2*size+3)/4
		b = dsr(b, record.DSRFlow, classARP|class&classReverse, typeRARP, uint8(words))
		b = putARP(b, k, rarpRequest)
		told := uint32(0)
		if a != nil {
			told = a.proto.words[2]
		}
		b = put32(b, told)
		var address [8]byte
		for _, w := range k[2:4] {
			binary.BigEndian.PutUint64(address[:], w)
			b = append(b, address[:min(size, 8)]...)
		}
		b = fit(b, at, words)
	case keyWLAN:
		b = dsr(b, record.DSRFlow, class, typeWLAN, 14)
		for _, w := range k[:3] {
			b = putMAC(b, w)
		}
		b = append(b, e.wlanExtension(f, a)...)
		b = fit(b, at, 14)
	case keyLCP:
		b = dsr(b, record.DSRFlow, class, typeLCP, 5)
		b = putWords(b, make([]uint64, 1))
		b = put32(b, 0)
		b = put16(b, 0)
		b = put16(b, uint16(k[4]>>32))
		b = fit(b, at, 5)
	case keyISIS:
		b = appendISIS(b, k, class)
	}
	return b
}

// wlanExtension is the network name, without what the configuration added.
func (e *engine) wlanExtension(f *flow, a *aux) []byte {
	x := e.extensionOf(f, a)
	added := 0
	if e.cfg.Key&KeyVLAN != 0 {
		added += 2
	}
	if e.cfg.Key&KeyMPLS != 0 {
		added += 4
	}
	if e.cfg.Key&KeyLayer2 != 0 {
		added += 14
	}
	return x[:max(len(x)-added, 0)]
}

// putARP writes the fixed part of an ARP packet with the operation of requests.
func putARP(b []byte, k *[keyWords]uint64, op uint16) []byte {
	b = put32(b, uint32(k[1]>>32))
	b = put16(b, uint16(k[1]>>16))
	return put16(b, op)
}

// appendISIS writes the key of an IS-IS flow. Its ids end in the checksum.
func appendISIS(b []byte, k *[keyWords]uint64, class uint8) []byte {
	kind := uint8(k[4] >> 40)
	b = dsr(b, record.DSRFlow, class, typeISIS, 11)
	b = put32(b, uint32(kind))
	b = putMAC(b, k[1])
	b = putMAC(b, k[0])
	b = append(b, uint8(k[4]>>32), 0, 0, 0)
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], k[2])
	binary.BigEndian.PutUint64(id[8:], k[3])
	b = append(b, id[:14]...)
	b = append(b, id[14], id[15])
	b = put16(b, uint16(k[4]>>16))
	return put16(b, 0)
}
