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
func (e *engine) appendKey(f *flow, a *aux) {
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
		e.dsr(record.DSRFlow, class, typeIPv4|mark, 5)
		e.putWords(k[:1])
		e.appendIPv4Rest(protoOf(k), x, y, z)
	case keyFragment4:
		e.dsr(record.DSRFlow, class, typeIPv4|typeFragment, 5)
		e.putWords(k[:1])
		e.buf = append(e.buf, protoOf(k), 0, 0, 0, 0, 0)
		e.putLE16(z)
	case keyIPv6:
		e.dsr(record.DSRFlow, class, typeIPv6|mark, 11)
		e.putWords(k[:4])
		e.put32(uint32(protoOf(k)) << 24)
		switch protoOf(k) {
		case packet.ProtoESP:
			e.put16(y)
			e.put16(z)
		default:
			e.put16(x)
			e.put16(y)
		}
	case keyFragment6:
		e.dsr(record.DSRFlow, class, typeIPv6|typeFragment, 11)
		e.putWords(k[:4])
		e.put32(uint32(protoOf(k)) << 24)
		e.putLE32(uint32(y)<<16 | uint32(z))
	case keyMatrix4:
		e.dsr(record.DSRFlow, classMatrix3|class&classReverse, typeIPv4, 3)
		e.putWords(k[:1])
	case keyMatrix6:
		e.dsr(record.DSRFlow, classMatrix3|class&classReverse, typeIPv6, 9)
		e.putWords(k[:4])
	case keyEther:
		e.dsr(record.DSRFlow, class, typeEther, 5)
		e.putMAC(k[0])
		e.putMAC(k[1])
		e.put16(x)
		e.put16(y)
	default:
		e.appendLinkKey(f, a, class)
	}
}

// appendIPv4Rest writes what follows the addresses of an IPv4 key.
func (e *engine) appendIPv4Rest(proto uint8, x, y, z uint16) {
	switch proto {
	case packet.ProtoICMP:
		second := uint8(0)
		switch kind, code := x>>8, x&0xff; {
		case kind == icmpUnreachable && code == 3, kind == icmpRedirect && code >= 2:
			second, z = uint8(z), 0
		}
		e.buf = append(e.buf, proto, second)
		e.put16(x)
		if kind := x >> 8; (kind == icmpUnreachable || kind == icmpRedirect) && x&0xff < 2 {
			e.put16(y) // an address
			e.put16(z)
			return
		}
		e.putLE16(y)
		e.putLE16(z)
	case packet.ProtoUDP:
		e.buf = append(e.buf, proto, 0)
		e.put16(x)
		e.put16(y)
		e.putLE16(z)
	default:
		e.buf = append(e.buf, proto, 0)
		e.put16(x)
		e.put16(y)
		e.put16(z)
	}
}

func (e *engine) putWords(words []uint64) {
	for _, w := range words {
		e.buf = binary.BigEndian.AppendUint64(e.buf, w)
	}
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
func (e *engine) appendLinkKey(f *flow, a *aux, class uint8) {
	k := &f.key
	at := len(e.buf)
	class |= classTuple
	switch kindOf(k) {
	case keyARP:
		size := int(k[1] >> 24 & 0xff)
		words := 4 + (size+3)/4 // a word short of the hardware address, as readers expect
		if class&classReverse != 0 {
			words = 5 + maxHardware/4
		}
		e.dsr(record.DSRFlow, classARP|class&classReverse, typeARP, uint8(words))
		e.putARP(k, arpRequest)
		e.putWords(k[:1])
		e.putWords(k[2:4])
		e.buf = append(e.buf, e.extensionOf(f, a)...)
		e.fit(at, words)
	case keyRARP:
		size := int(k[1] >> 24 & 0xff)
		words := 4 + (2*size+3)/4
		e.dsr(record.DSRFlow, classARP|class&classReverse, typeRARP, uint8(words))
		e.putARP(k, rarpRequest)
		told := uint32(0)
		if a != nil {
			told = a.proto.words[2]
		}
		e.put32(told)
		var b [8]byte
		for _, w := range k[2:4] {
			binary.BigEndian.PutUint64(b[:], w)
			e.buf = append(e.buf, b[:min(size, 8)]...)
		}
		e.fit(at, words)
	case keyWLAN:
		e.dsr(record.DSRFlow, class, typeWLAN, 14)
		for _, w := range k[:3] {
			e.putMAC(w)
		}
		e.buf = append(e.buf, e.wlanExtension(f, a)...)
		e.fit(at, 14)
	case keyLCP:
		e.dsr(record.DSRFlow, class, typeLCP, 5)
		e.putWords(make([]uint64, 1))
		e.put32(0)
		e.put16(0)
		e.put16(uint16(k[4] >> 32))
		e.fit(at, 5)
	case keyISIS:
		e.appendISIS(k, class)
	}
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

// fit cuts or pads the DSR that starts at buf[at] to the given words.
func (e *engine) fit(at, words int) {
	for len(e.buf) < at+4*words {
		e.buf = append(e.buf, 0)
	}
	e.buf = e.buf[:at+4*words]
}

// putARP writes the fixed part of an ARP packet with the operation of requests.
func (e *engine) putARP(k *[keyWords]uint64, op uint16) {
	e.put32(uint32(k[1] >> 32))
	e.put16(uint16(k[1] >> 16))
	e.put16(op)
}

// appendISIS writes the key of an IS-IS flow. Its ids end in the checksum.
func (e *engine) appendISIS(k *[keyWords]uint64, class uint8) {
	kind := uint8(k[4] >> 40)
	e.dsr(record.DSRFlow, class, typeISIS, 11)
	e.put32(uint32(kind))
	e.putMAC(k[1])
	e.putMAC(k[0])
	e.buf = append(e.buf, uint8(k[4]>>32), 0, 0, 0)
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], k[2])
	binary.BigEndian.PutUint64(id[8:], k[3])
	e.buf = append(e.buf, id[:14]...)
	e.buf = append(e.buf, id[14], id[15])
	e.put16(uint16(k[4] >> 16))
	e.put16(0)
}
