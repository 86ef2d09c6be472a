package packet

import "encoding/binary"

// ip reads an IPv4 or IPv6 header. What stands under the wrong EtherType is
// read by its version nibble, but IPv4 never under the type of IPv6.
func (h *Headers) ip(at next, opt *Options) next {
	if h.left() < 1 {
		return done
	}
	switch h.Data[h.p] >> 4 {
	case 4:
		if at == etherIPv6 || !h.ipv4() {
			return done
		}
	case 6:
		if !h.ipv6() {
			return done
		}
	default:
		return done
	}
	if opt.Shut || h.Fragment && h.FragAt != 0 {
		return found
	}
	return h.inside(opt)
}

// ipv4 reads an IPv4 header. If it is malformed nothing of h changes.
//
//	0 version, words  1 TOS  2 total length  4 id  6 flags, fragment offset
//	8 TTL  9 protocol  10 checksum  12 source  16 destination  20 options
func (h *Headers) ipv4() bool {
	if h.left() < 20 {
		return false
	}
	d := h.Data[h.p:]
	size := int(d[0]&15) * 4
	total := int(binary.BigEndian.Uint16(d[2:]))
	if total == 0 { // left to the network adapter to fill in
		total = h.rest
	}
	if size < 20 || total < size {
		return false
	}
	n := &h.Network
	n.Src.Hi, n.Src.Lo = 0, uint64(binary.BigEndian.Uint32(d[12:]))
	n.Dst.Hi, n.Dst.Lo = 0, uint64(binary.BigEndian.Uint32(d[16:]))
	n.Proto, n.TTL, n.TOS, n.ID = d[9], d[8], d[1], binary.BigEndian.Uint16(d[4:])
	n.Net, n.Transport, n.Length = h.p, h.p+size, total-size
	n.plain()
	h.Kind = IPv4
	if f := binary.BigEndian.Uint16(d[6:]); f&0x3fff != 0 {
		n.Fragment, n.FragMore, n.FragAt = true, f&0x2000 != 0, f<<3
		n.FragID = uint32(n.ID)
	}
	if size > 20 {
		n.Options = ipOptions(d[20:min(size, len(d))])
	}
	h.p, h.rest = n.Transport, n.Length
	if n.FragAt != 0 {
		return true
	}
	if n.Proto == ProtoAH {
		h.authHeader()
	}
	h.ports()
	return true
}

// ipOptions gathers the set of known options.
func ipOptions(d []byte) (set uint8) {
	const end, noOp = 0, 1
	for len(d) > 0 && d[0] != end {
		if d[0] == noOp {
			d = d[1:]
			continue
		}
		switch d[0] {
		case 7:
			set |= 0x01
		case 68:
			set |= 0x02
		case 130:
			set |= 0x04
		case 131:
			set |= 0x08
		case 136:
			set |= 0x10
		case 137:
			set |= 0x20
		case 148:
			set |= 0x40
		}
		if len(d) < 2 || d[1] == 0 || int(d[1]) > len(d) {
			break
		}
		d = d[d[1]:]
	}
	return set
}

// authHeader steps over authentication headers. Length stays: application
// bytes begin at the first of them.
func (h *Headers) authHeader() {
	n := &h.Network
	for n.Proto == ProtoAH && h.left() >= 2 {
		size := 4 * (int(h.Data[h.p+1]) + 2)
		if h.left() < size {
			return
		}
		h.Encaps |= EncapsAH
		n.Proto = h.Data[h.p]
		n.Transport += size
		h.skip(size)
	}
}

// ports reads the ports of TCP and UDP.
func (h *Headers) ports() {
	n := &h.Network
	if (n.Proto == ProtoTCP || n.Proto == ProtoUDP) && h.left() >= 4 {
		n.SrcPort, n.DstPort = h.u16(0), h.u16(2)
	}
}
