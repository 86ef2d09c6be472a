package packet

import "encoding/binary"

// UDP ports of tunnels.
const (
	portDNS      = 53
	portL2TP     = 1701
	portVXLAN    = 4789
	portGeneve   = 6081
	portVXLANOld = 8472
)

// inside opens the tunnel that an IP packet is, if it is one. The walk goes on
// at the tunnel's payload; where that can not be followed the packet stays one
// of the outer flow.
func (h *Headers) inside(opt *Options) next {
	switch h.Proto {
	case ProtoIPv4:
		if h.Kind == IPv6 {
			h.Encaps |= EncapsIPv6
			return etherIPv4
		}
	case ProtoGRE:
		return h.gre()
	case ProtoUDP:
		if opt.Discover {
			return h.discover()
		}
	}
	return found
}

// gre reads a GRE header of version 0 (RFC 2784, 2890, with RFC 1701 routing)
// or 1 (PPTP).
func (h *Headers) gre() next {
	if h.left() < 4 || h.rest < 4 {
		return found
	}
	const checksum, routing, key, sequence, ack = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
	flags, proto, size := h.u16(0), h.u16(2), 4
	version := flags & 7
	if version > 1 {
		return found
	}
	if version == 0 && flags&(checksum|routing) != 0 {
		size += 4
	}
	if flags&key != 0 {
		size += 4
	}
	if flags&sequence != 0 {
		size += 4
	}
	if version == 1 && flags&ack != 0 {
		size += 4
	}
	if version == 0 && flags&routing != 0 {
		size = h.greRoutes(size)
	}
	if h.left() < size || h.rest < size {
		return found
	}
	h.enter(GRE, EncapsGRE)
	h.TunnelFlags, h.TunnelProto = flags, proto
	h.skip(size)
	const erspan, erspan3 = 0x88be, 0x22eb
	switch {
	case proto == erspan && flags&sequence == 0:
		return ethernet // type I has no header of its own
	case proto == erspan:
		return h.over(8)
	case proto == erspan3:
		return h.erspan3()
	}
	return next(proto)
}

// greRoutes steps over source route entries (family u16, offset u8, length u8,
// addresses) up to the empty one.
func (h *Headers) greRoutes(size int) int {
	for h.left() >= size+4 {
		n := int(h.Data[h.p+size+3])
		size += 4 + n
		if n == 0 {
			break
		}
	}
	return size
}

// erspan3 steps over an ERSPAN type III header: 12 bytes, 8 more if the last
// bit says so.
func (h *Headers) erspan3() next {
	if h.left() < 12 {
		return done
	}
	if h.Data[h.p+11]&1 != 0 {
		return h.over(20)
	}
	return h.over(12)
}

// over steps over n bytes in front of an Ethernet header.
func (h *Headers) over(n int) next {
	if h.left() < n || h.rest < n {
		return done
	}
	h.skip(n)
	return ethernet
}

// enter remembers the present packet as the carrier of a tunnel.
func (h *Headers) enter(t Tunnel, encaps uint32) {
	h.Encaps |= encaps | EncapsIPv4
	if h.Kind == IPv6 {
		h.Encaps = h.Encaps&^EncapsIPv4 | EncapsIPv6
	}
	h.Tunnel, h.TunnelFlags, h.TunnelProto, h.TunnelVNI = t, 0, 0, 0
	h.Outer = Outer{Src: h.Src, Dst: h.Dst, SrcPort: h.SrcPort, DstPort: h.DstPort, Proto: h.Proto, V6: h.Kind == IPv6}
}

// discover tries the tunnels over UDP, by destination port first.
func (h *Headers) discover() next {
	if h.left() < 16 || h.rest < 16 {
		return found
	}
	src, dst := h.SrcPort, h.DstPort
	h.skip(8)
	for _, port := range [2]uint16{dst, src} {
		var at next
		switch port {
		case portVXLAN, portVXLANOld:
			at = h.vxlan()
		case portGeneve:
			at = h.geneve()
		case portL2TP:
			at = h.l2tp()
		default:
			continue
		}
		if at != found {
			return at
		}
	}
	if src != portDNS && dst != portDNS {
		return h.teredo()
	}
	return found
}

// vxlan: flags u8 (8: the network is valid), 3 reserved, network u24, reserved.
func (h *Headers) vxlan() next {
	if h.Data[h.p] != 8 {
		return found
	}
	h.enter(VXLAN, EncapsVXLAN)
	h.TunnelVNI = h.u32(4) >> 8
	h.skip(8)
	return ethernet
}

// geneve: version (2 bits) and words of options, flags u8, protocol u16,
// network u24, reserved.
func (h *Headers) geneve() next {
	d := h.Data[h.p:]
	size := 8 + int(d[0]&0x3f)*4
	if d[0]>>6 != 0 || len(d) < size || h.rest < size {
		return found
	}
	h.enter(Geneve, EncapsGeneve)
	h.TunnelFlags, h.TunnelProto, h.TunnelVNI = uint16(d[1]), h.u16(2), h.u32(4)>>8
	h.skip(size)
	return next(h.TunnelProto)
}

// l2tp reads the header of a data message of version 2.
//
//	flags and version u16, [length u16], tunnel u16, session u16, [sequence 2 x u16], [offset u16, padding]
func (h *Headers) l2tp() next {
	const control, length, sequence, offset = 0x8000, 0x4000, 0x0800, 0x0200
	flags, size := h.u16(0), 6
	if flags&control != 0 || flags&15 != 2 {
		return found
	}
	if flags&length != 0 {
		size += 2
	}
	if flags&sequence != 0 {
		size += 4
	}
	if flags&offset != 0 {
		if h.left() < size+2 {
			return found
		}
		size += 2 + int(h.u16(size))
	}
	if h.left() < size || h.rest < size {
		return found
	}
	h.enter(NoTunnel, EncapsL2TP)
	h.skip(size)
	return ppp
}

// teredo looks for an IPv6 packet that fills the datagram, behind the optional
// authentication and origin indications of RFC 4380.
func (h *Headers) teredo() next {
	d, rest := h.Data[h.p:], h.rest
	if len(d) >= 13 && d[0] == 0 && d[1] == 1 {
		n := 13 + int(d[2]) + int(d[3])
		if n > len(d) {
			return found
		}
		d, rest = d[n:], rest-n
	}
	if len(d) >= 8 && d[0] == 0 && d[1] == 0 {
		d, rest = d[8:], rest-8
	}
	if len(d) < 40 || d[0]>>4 != 6 || int(binary.BigEndian.Uint16(d[4:]))+40 != rest {
		return found
	}
	h.enter(NoTunnel, EncapsTeredo)
	h.skip(h.rest - rest)
	return etherIPv6
}
