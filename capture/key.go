package capture

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/internal/packet"
)

// A flow key is five words. The first four hold addresses, the last one the
// kind of key and what else tells flows apart:
//
//	kind u8, protocol u8, a u16, b u16, c u16
//
//	keyIPv4, keyIPv6  TCP, UDP: a, b ports, c DNS id; ICMP: a type and code, b, c by type;
//	                  IGMP: a type and code; ESP: b, c SPI
//	keyFragment4, 6   b, c identification
//	keyARP            words 0 sender and target protocol address, 1 the fixed header, 2 and 3 hardware address
//	keyRARP           words 1 the fixed header, 2 the address asked for, 3 that of the asker
//	keyEther          words 0 first, 1 second address; a EtherType, b service points
//	keyWLAN           words 0, 1, 2 addresses; the SSID is an extension
//	keyISIS           words 0, 1 addresses, 2, 3 ids; a PDU type, version; the rest is an extension
//	keyLCP            a code and id
//
// What does not fit is an extension: more bytes, compared as well.
const keyWords = 5

// keyKind is the kind of a key; the bit keyExtended says that there is more.
type keyKind uint8

const (
	keyNone keyKind = iota
	keyIPv4
	keyIPv6
	keyFragment4
	keyFragment6
	keyARP
	keyRARP
	keyEther
	keyWLAN
	keyISIS
	keyLCP
	keyMatrix4
	keyMatrix6

	keyExtended keyKind = 0x80
)

// extension is the part of a key that its words do not hold.
type extension struct {
	bytes [64]byte
	size  uint8
}

func (x *extension) add(b []byte) {
	n := copy(x.bytes[x.size:], b)
	x.size += uint8(n)
}

// last builds the last word of a key.
func last(kind keyKind, proto uint8, a, b, c uint16) uint64 {
	return uint64(kind)<<56 | uint64(proto)<<48 | uint64(a)<<32 | uint64(b)<<16 | uint64(c)
}

func kindOf(key *[keyWords]uint64) keyKind { return keyKind(key[4]>>56) &^ keyExtended }

func protoOf(key *[keyWords]uint64) uint8 { return uint8(key[4] >> 48) }

// frame is one packet on its way through the engine.
type frame struct {
	packet.Headers
	key     [keyWords]uint64
	ext     extension
	hash    uint64
	now     int64
	clock   int64  // the latest time of any packet so far: what the queues go by
	number  uint64 // of the packet, the first is 1
	quoted  quoted // the packet that an ICMP error is about
	iface   uint16
	swapped bool // the sender is the second end of the key
	answer  bool // belongs to the flow of a request
	tick    bool // the queues run after the packet
	length  int  // declared bytes of payload that are left for the next layer
	start   int  // where they begin in Data
}

// identify builds the key. A frame without one has kind keyNone.
func (f *frame) identify(cfg *Config) {
	f.key = [keyWords]uint64{}
	if f.ext.size > 0 { // extensions are compared whole
		f.ext = extension{}
	}
	f.swapped, f.answer = false, false
	if cfg.Key&KeyEther != 0 && f.Ether != packet.NoEther {
		f.etherKey()
	} else {
		f.kindKey(cfg)
	}
	if cfg.Key&(KeyVLAN|KeyMPLS|KeyLayer2) != 0 && f.key[4] != 0 {
		f.extendKey(cfg)
	}
	if f.ext.size > 0 {
		f.key[4] |= uint64(keyExtended) << 56
	}
}

func (f *frame) kindKey(cfg *Config) {
	switch f.Kind {
	case packet.IPv4, packet.IPv6:
		f.ipKey(cfg)
		return
	case packet.ARP:
		if f.arpKey() {
			return
		}
	case packet.RARP:
		if f.rarpKey() {
			return
		}
	case packet.ISIS:
		if f.isisKey() {
			return
		}
	case packet.LCP:
		f.key[4] = last(keyLCP, 0, binary.BigEndian.Uint16(f.Data[f.Net:]), 0, 0)
		return
	case packet.WLAN:
		f.wlanKey()
		return
	}
	switch {
	case f.Ether != packet.NoEther:
		f.Kind = packet.Layer2
		f.etherKey()
	case f.WLANHeader() != nil:
		f.Kind = packet.WLAN
		f.wlanKey()
	}
}

// extendKey adds what the configuration wants told apart.
func (f *frame) extendKey(cfg *Config) {
	var b [14]byte
	if cfg.Key&KeyVLAN != 0 {
		tag := uint16(0)
		if f.HasVLAN {
			tag = f.VLAN & 0x0fff
		}
		f.ext.add(binary.BigEndian.AppendUint16(b[:0], tag))
	}
	if cfg.Key&KeyMPLS != 0 {
		label := uint32(0)
		if f.HasMPLS {
			label = f.MPLS
		}
		f.ext.add(binary.BigEndian.AppendUint32(b[:0], label))
	}
	if cfg.Key&KeyLayer2 == 0 {
		return
	}
	if h := f.EtherHeader(); h != nil {
		copy(b[:], h)
		if f.swapped {
			copy(b[:6], h[6:12])
			copy(b[6:12], h[:6])
		}
	}
	f.ext.add(b[:])
}

// ipKey orders the ends: the lower address first, of equal addresses the
// higher port.
func (f *frame) ipKey(cfg *Config) {
	frag := f.FragAt != 0
	kind := keyIPv4
	if f.Kind == packet.IPv6 {
		kind = keyIPv6
	}
	if cfg.Key&KeyMatrix != 0 {
		f.addresses(kind, !cfg.Unidirectional && f.Dst.Less(f.Src))
		f.key[4] = last(kind-keyIPv4+keyMatrix4, 0, 0, 0, 0)
		return
	}
	if frag {
		f.addresses(kind, !cfg.Unidirectional && f.Dst.Less(f.Src))
		f.key[4] = last(kind-keyIPv4+keyFragment4, f.Proto, 0, uint16(f.FragID>>16), uint16(f.FragID))
		return
	}
	switch f.Proto {
	case packet.ProtoICMP:
		if kind == keyIPv4 {
			f.icmpKey()
			return
		}
	case packet.ProtoICMPv6:
		if kind == keyIPv6 {
			f.icmp6Key(cfg)
			return
		}
	case packet.ProtoIGMP:
		if kind == keyIPv4 {
			f.igmpKey()
			return
		}
	case packet.ProtoESP:
		if p := f.Payload(); len(p) >= 4 {
			f.addresses(kind, false)
			f.key[4] = last(kind, f.Proto, 0, binary.BigEndian.Uint16(p), binary.BigEndian.Uint16(p[2:]))
			return
		}
	}
	a, b := f.SrcPort, f.DstPort
	swap := f.Dst.Less(f.Src) || f.Src == f.Dst && a < b
	if cfg.Unidirectional {
		swap = false
	}
	if swap {
		a, b = b, a
	}
	f.addresses(kind, swap)
	f.key[4] = last(kind, f.Proto, a, b, f.dnsID())
}

// addresses stores the addresses, exchanged if swap is set.
func (f *frame) addresses(kind keyKind, swap bool) {
	f.swapped = swap
	src, dst := f.Src, f.Dst
	if swap {
		src, dst = dst, src
	}
	if kind == keyIPv4 {
		f.key[0] = src.Lo<<32 | dst.Lo
		return
	}
	f.key[0], f.key[1], f.key[2], f.key[3] = src.Hi, src.Lo, dst.Hi, dst.Lo
}

// dnsID returns the identification of a DNS message over UDP, which makes each
// query a flow of its own.
func (f *frame) dnsID() uint16 {
	const port = 53
	if f.Proto != packet.ProtoUDP || f.SrcPort != port && f.DstPort != port || f.Length < 10 {
		return 0
	}
	if p := f.Payload(); len(p) >= 10 {
		return binary.BigEndian.Uint16(p[8:])
	}
	return 0
}
