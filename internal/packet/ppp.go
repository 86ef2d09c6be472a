package packet

import "encoding/binary"

// PPP protocol numbers that the walk follows.
const (
	pppIPv4 = 0x0021
	pppIPv6 = 0x0057
	pppMPLS = 0x0281
	pppLCP  = 0xc021
)

// pppoe reads a PPPoE header: version and type, code, session, length. Only
// session packets (code 0) carry PPP.
func (h *Headers) pppoe() next {
	h.Encaps |= EncapsEther | EncapsPPP
	if h.left() < 6 || h.rest < 6 || h.Data[h.p+1] != 0 {
		return done
	}
	h.skip(6)
	return pppProto
}

// ppp reads a PPP header whose address and control bytes may be left out.
func (h *Headers) ppp() next {
	h.Encaps |= EncapsPPP
	if h.left() >= 2 && h.rest >= 2 && h.Data[h.p+1] == 3 {
		if a := h.Data[h.p]; a == 0 || a == 1 || a == 0xff {
			h.skip(2)
		}
	}
	return pppProto
}

// pppProtocol reads a PPP protocol field: one byte if that is odd, else two.
func (h *Headers) pppProtocol() next {
	if h.left() < 1 {
		return done
	}
	proto, size := uint16(h.Data[h.p]), 1
	if proto&1 == 0 {
		if h.left() < 2 {
			return done
		}
		proto, size = h.u16(0), 2
	}
	if h.rest < size {
		return done
	}
	h.skip(size)
	switch proto {
	case pppIPv4:
		return etherIPv4
	case pppIPv6:
		return etherIPv6
	case pppMPLS:
		return etherMPLS
	case pppLCP:
		return h.lcp()
	}
	return done
}

// lcp takes a link control packet that no Ethernet frame carries for a flow of
// its own kind: code, identifier, length.
func (h *Headers) lcp() next {
	if h.Ether != NoEther || h.Kind != None || h.left() < 2 {
		return done
	}
	h.Kind, h.Net = LCP, h.p
	return found
}

// linkPPP: address and control if they are there, then the protocol. Captures
// of serial lines give the same link type to Cisco HDLC.
func (h *Headers) linkPPP() next {
	if h.left() >= 2 && h.Data[0]&0x7f == 0x0f && h.Data[1] == 0 {
		h.Encaps |= EncapsCHDLC
		return h.linkCiscoHDLC()
	}
	h.Encaps |= EncapsPPP
	if h.left() >= 2 && h.rest >= 2 && h.Data[0] == 0xff && h.Data[1] == 3 {
		h.skip(2)
	}
	at := h.pppProtocol()
	h.base = h.p
	return at
}

// linkSerial: PPP in HDLC-like framing, or else Cisco HDLC.
func (h *Headers) linkSerial() next {
	if h.left() < 2 {
		return done
	}
	if h.Data[0] != 0xff || h.Data[1] != 3 {
		h.Encaps |= EncapsCHDLC
		return h.linkCiscoHDLC()
	}
	h.Encaps |= EncapsHDLC | EncapsPPP
	h.skip(2)
	at := h.pppProtocol()
	h.base = h.p
	return at
}

// linkCiscoHDLC: address, control, EtherType.
func (h *Headers) linkCiscoHDLC() next {
	if !h.take(4) {
		return done
	}
	switch typ := next(binary.BigEndian.Uint16(h.Data[2:])); typ {
	case etherIPv4, etherIPv6, etherMPLS, etherMPLSMulti:
		return typ
	}
	return done
}
