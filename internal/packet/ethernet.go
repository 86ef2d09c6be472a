package packet

import "encoding/binary"

// EtherTypes that the walk follows.
const (
	etherIPv4           next = 0x0800
	etherARP            next = 0x0806
	etherBridge         next = 0x6558
	etherRARP           next = 0x8035
	etherVLAN           next = 0x8100
	etherIPv6           next = 0x86dd
	etherMPLS           next = 0x8847
	etherMPLSMulti      next = 0x8848
	etherPPP            next = 0x880b
	etherPPPoEDiscovery next = 0x8863
	etherPPPoE          next = 0x8864
	etherProvider       next = 0x88a8
	etherQinQ           next = 0x9100
)

// maxLength is the first value of the type/length field that is a type.
const maxLength = 1500

// ethernet reads an Ethernet or 802.3 header.
func (h *Headers) ethernet() next {
	if h.left() < 14 || h.rest < 14 {
		return done
	}
	h.Ether = h.p
	h.Encaps |= EncapsEther
	h.DSAP, h.SSAP, h.LLC = 0, 0, false
	typ := h.u16(12)
	h.skip(14)
	if typ < maxLength && h.isISL() {
		return h.isl()
	}
	return h.etherType(typ)
}

// etherType says what follows a type/length field.
func (h *Headers) etherType(typ uint16) next {
	if typ < maxLength {
		return llc
	}
	return next(typ)
}

// isISL tests the destination address of the Ethernet header just read.
func (h *Headers) isISL() bool {
	d := h.Data[h.Ether:]
	return d[0] == 1 && d[1] == 0 && d[2] == 0x0c && d[3] == 0 && d[4] == 0
}

// isl removes a Cisco Inter-Switch Link header: 26 bytes, of which 14 are read.
// The frame type is in the upper half of byte 5.
func (h *Headers) isl() next {
	if h.left() < 12 || h.rest < 12 {
		return done
	}
	h.Encaps |= EncapsISL
	typ := h.Data[h.Ether+5] >> 4
	h.skip(12)
	if typ != 0 {
		return done
	}
	return ethernet
}

// vlan reads the tag and the type after a VLAN type field.
func (h *Headers) vlan() next {
	if h.left() < 4 || h.rest < 4 {
		return done
	}
	h.VLAN, h.HasVLAN = h.u16(0), true
	h.Encaps |= EncapsVLAN
	typ := h.u16(2)
	h.skip(4)
	if typ <= maxLength {
		return llc
	}
	return next(typ)
}

// llc reads an LLC header: two service points and a control field.
func (h *Headers) llc() next {
	if h.left() < 3 || h.rest < 3 {
		return done
	}
	d := h.Data[h.p:]
	h.Encaps |= EncapsLLC
	h.LLC, h.DSAP, h.SSAP = true, d[0], d[1]
	switch {
	case d[0] != d[1] || d[2] != 3:
	case d[0] == 0xfe:
		return h.iso()
	case d[0] == 0xaa && len(d) >= 8 && h.rest >= 8:
		typ := h.u16(6)
		h.skip(8)
		return next(typ)
	}
	h.afterLLC(d)
	return done
}

// afterLLC moves to what follows an LLC header: 3 bytes with an unnumbered
// control field, 3 more of an exchange of identification, else 4.
func (h *Headers) afterLLC(d []byte) {
	const unnumbered, xid, basic = 3, 0xaf, 0x81
	size := 4
	if d[2]&3 == unnumbered {
		size = 3
		if d[2]&^0x10 == xid && len(d) >= 4 && d[3] == basic {
			size = 6
		}
	}
	if size <= len(d) && size <= h.rest {
		h.skip(size)
	}
}

// iso reads what follows the ISO service points: IS-IS is told by its first
// byte and its fixed header.
func (h *Headers) iso() next {
	h.skip(3)
	d := h.Data[h.p:]
	const isis, headerSize = 0x83, 8
	if len(d) < headerSize || d[0] != isis || d[2] != 1 || d[5] != 1 || d[3] != 0 && d[3] != 6 {
		return done
	}
	h.Kind, h.Net, h.Transport = ISIS, h.p, h.p
	return found
}

// mpls removes a label stack and guesses what it carries.
func (h *Headers) mpls() next {
	for {
		if h.left() < 4 || h.rest < 4 {
			return done
		}
		entry := h.u32(0)
		if !h.HasMPLS {
			h.MPLS, h.HasMPLS = entry, true
		}
		h.Encaps |= EncapsMPLS
		h.skip(4)
		if entry&0x100 != 0 {
			return h.underMPLS()
		}
	}
}

func (h *Headers) underMPLS() next {
	d := h.Data[h.p:]
	if len(d) < 4 {
		return done
	}
	typ := binary.BigEndian.Uint16(d[2:])
	switch {
	case d[0]>>4 == 4 && d[0]&15 >= 5 && typ >= 20:
		return etherIPv4
	case d[0]>>4 == 6 && len(d) >= 6 && binary.BigEndian.Uint16(d[4:]) <= 2048:
		return etherIPv6
	case typ == uint16(etherIPv4) || typ == uint16(etherIPv6):
		return etherVLAN
	}
	return ethernet
}

// arp checks that the fixed part of an ARP packet is there. What hangs on its
// length bytes is the reader's business.
func (h *Headers) arp(kind Kind) next {
	if h.left() < 8 {
		return done
	}
	h.Kind, h.Net = kind, h.p
	return found
}
