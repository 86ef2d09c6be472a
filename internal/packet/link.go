package packet

import "encoding/binary"

// Link types (LINKTYPE_ numbers) that the walk knows.
const (
	LinkNull       = 0
	LinkEthernet   = 1
	LinkARCNet     = 7
	LinkSLIP       = 8
	LinkPPP        = 9
	LinkFDDI       = 10
	LinkPPPSerial  = 50
	LinkPPPEther   = 51
	LinkATM        = 100
	LinkRaw        = 101
	LinkSLIPBSDOS  = 102
	LinkPPPBSDOS   = 103
	LinkCiscoHDLC  = 104
	LinkWLAN       = 105
	LinkLoop       = 108
	LinkEnc        = 109
	LinkSLL        = 113
	LinkPFLog      = 117
	LinkPrism      = 119
	LinkRadiotap   = 127
	LinkAVS        = 163
	LinkJuniper    = 178
	LinkIPv4       = 228
	LinkIPNet      = 226
	LinkIPv6       = 229
	LinkSLL2       = 276
	arcnetExtended = 0xff
)

// Supported reports whether Walk knows the link type.
func Supported(link uint32) bool {
	switch link {
	case LinkNull, LinkEthernet, LinkARCNet, LinkSLIP, LinkPPP, LinkFDDI, LinkPPPSerial, LinkPPPEther, LinkATM,
		LinkRaw, LinkSLIPBSDOS, LinkPPPBSDOS, LinkCiscoHDLC, LinkWLAN, LinkLoop, LinkEnc, LinkSLL, LinkPFLog,
		LinkPrism, LinkRadiotap, LinkAVS, LinkJuniper, LinkIPv4, LinkIPv6, LinkIPNet, LinkSLL2:
		return true
	}
	return false
}

// next is what stands at the present place of the walk: an EtherType, or one
// of the values below.
type next uint32

const (
	done     next = 0x10000 + iota // nothing that the walk knows
	ethernet                       // an Ethernet header
	anyIP                          // IPv4 or IPv6 by the version nibble
	ppp                            // a PPP header with or without address and control
	pppProto                       // a PPP protocol field
	llc                            // an LLC header
	wlan                           // an 802.11 header
	found                          // the walk ended at a packet of a known kind
)

// Walk describes the frame data, of the given length on the wire. Everything
// that h held before is replaced.
func (h *Headers) Walk(link uint32, data []byte, length int, opt *Options) {
	h.start(data, length)
	at := ethernet
	if link != LinkEthernet {
		at = h.link(link)
	} else if length < 14 {
		at = done
	}
	h.Bytes = length - h.base
	h.follow(at, opt)
	switch {
	case h.Kind != None:
	case h.wlan >= 0:
		h.Kind = WLAN
	case h.Ether != NoEther:
		h.Kind = Layer2
		h.Transport = h.p
	}
}

// start empties what a walk does not always set. What means something only
// beside a Tunnel or MadeEther stays.
func (h *Headers) start(data []byte, length int) {
	h.Data = data
	h.Network = Network{}
	h.Kind, h.HasVLAN, h.HasMPLS, h.LLC, h.Tunnel, h.DSAP, h.SSAP = None, false, false, false, NoTunnel, 0, 0
	h.VLAN, h.MPLS, h.Encaps = 0, 0, 0
	h.Ether, h.wlan = NoEther, -1
	h.p, h.rest, h.base = 0, length, 0
}

// follow strips headers until one ends the walk. Every step moves on by at
// least one byte or ends it, so it ends.
func (h *Headers) follow(at next, opt *Options) {
	if at == ethernet { // most frames are this and IP alone
		at = h.ethernet()
	}
	for at != found {
		if at == etherIPv4 || at == etherIPv6 {
			at = h.ip(at, opt)
			continue
		}
		switch at {
		case ethernet:
			at = h.ethernet()
		case anyIP:
			at = h.ip(at, opt)
		case etherVLAN:
			at = h.vlan()
		case etherProvider, etherQinQ:
			if !opt.Provider {
				return
			}
			at = h.vlan()
		case etherMPLS, etherMPLSMulti:
			at = h.mpls()
		case etherPPPoE, etherPPPoEDiscovery:
			at = h.pppoe()
		case etherPPP, ppp:
			at = h.ppp()
		case pppProto:
			at = h.pppProtocol()
		case etherBridge:
			at = ethernet
		case etherARP:
			at = h.arp(ARP)
		case etherRARP:
			at = h.arp(RARP)
		case llc:
			at = h.llc()
		case wlan:
			at = h.wlanFrame()
		default:
			return
		}
	}
}

// take removes n bytes of link header which are not counted as bytes of the
// flow; it reports whether they are there.
func (h *Headers) take(n int) bool {
	if h.left() < n || h.rest < n {
		return false
	}
	h.skip(n)
	h.base = h.p
	return true
}

// link removes the link type's own header and says what follows.
func (h *Headers) link(link uint32) next {
	switch link {
	case LinkRaw, LinkIPv4, LinkIPv6:
		return anyIP
	case LinkNull, LinkLoop:
		return h.linkNull()
	case LinkSLL:
		return h.linkSLL(16)
	case LinkSLL2:
		return h.linkSLL(20)
	case LinkPPP, LinkPPPBSDOS:
		return h.linkPPP()
	case LinkPPPSerial:
		return h.linkSerial()
	case LinkPPPEther:
		h.Encaps |= EncapsPPP
		return etherPPPoE
	case LinkCiscoHDLC:
		h.Encaps |= EncapsCHDLC
		return h.linkCiscoHDLC()
	case LinkSLIP, LinkSLIPBSDOS:
		h.Encaps |= EncapsSLIP
		return h.linkFixed(16)
	case LinkEnc:
		h.Encaps |= EncapsSPI
		return h.linkFixed(12)
	case LinkIPNet:
		return h.linkFixed(24)
	case LinkPFLog:
		return h.linkPFLog()
	case LinkFDDI:
		return h.linkFDDI()
	case LinkATM:
		h.Encaps |= EncapsATM
		return h.linkATM()
	case LinkARCNet:
		return h.linkARCNet()
	case LinkJuniper:
		return h.linkJuniper()
	case LinkWLAN, LinkRadiotap, LinkPrism, LinkAVS:
		return h.linkWLAN(link)
	}
	return done
}

// linkFixed removes a header that says nothing about what follows.
func (h *Headers) linkFixed(n int) next {
	if !h.take(n) {
		return done
	}
	return anyIP
}

// linkNull: a 4-byte address family, in the byte order of the host that
// captured. The numbers of IPv6 differ between systems.
func (h *Headers) linkNull() next {
	if !h.take(4) {
		return done
	}
	family := binary.BigEndian.Uint32(h.Data)
	if family > 0xffff {
		family = binary.LittleEndian.Uint32(h.Data)
	}
	switch family {
	case 2, 24, 28, 30:
		return anyIP
	}
	return done
}

// linkSLL removes a "cooked" header and makes up an Ethernet header from it.
//
//	v1: type u16, hardware type u16, address length u16, address 8, protocol u16
//	v2: protocol u16, 0 u16, interface u32, hardware type u16, type u8, address length u8, address 8
func (h *Headers) linkSLL(size int) next {
	if !h.take(size) {
		return done
	}
	d := h.Data
	kind, addr, proto := binary.BigEndian.Uint16(d), d[6:12], d[14:16]
	if size == 20 {
		kind, addr, proto = uint16(d[10]), d[12:18], d[0:2]
	}
	h.made = [14]byte{}
	switch kind {
	case 0, 3: // to us, to another host
		h.made[5] = 1
	case 1: // broadcast
		copy(h.made[:6], "\xff\xff\xff\xff\xff\xff")
	case 2: // multicast
		h.made[0] = 1
	}
	copy(h.made[6:12], addr)
	copy(h.made[12:14], proto)
	h.Ether = MadeEther
	h.Encaps |= EncapsSLL | EncapsEther
	return h.etherType(binary.BigEndian.Uint16(proto))
}

// linkPFLog: the first byte of the header is its length, which is padded to a
// multiple of four; an old form has fewer than 45 bytes.
func (h *Headers) linkPFLog() next {
	if h.left() < 1 {
		return done
	}
	return h.linkFixed(max((int(h.Data[0])+3)&^3, 45))
}

// linkFDDI: frame control, two addresses with their bits in canonical order
// reversed, then LLC.
func (h *Headers) linkFDDI() next {
	h.Encaps |= EncapsFDDI
	if !h.take(13) {
		return done
	}
	h.made = [14]byte{}
	for i := range 12 {
		h.made[i] = reverse(h.Data[1+i])
	}
	h.Ether = MadeEther
	return llc
}

// reverse turns the bits of a byte round.
func reverse(b byte) byte {
	b = b>>4 | b<<4
	b = b>>2&0x33 | b<<2&0xcc
	return b>>1&0x55 | b<<1&0xaa
}

// linkATM: LLC/SNAP, or IP at once.
func (h *Headers) linkATM() next {
	if h.left() < 8 {
		return done
	}
	if h.Data[0] == 0xaa && h.Data[1] == 0xaa {
		h.take(8)
		return next(binary.BigEndian.Uint16(h.Data[6:]))
	}
	if v := h.Data[0] >> 4; v == 4 || v == 6 {
		return anyIP
	}
	return done
}

// linkARCNet: 3, 5 or 8 bytes by the protocol byte.
func (h *Headers) linkARCNet() next {
	h.Encaps |= EncapsARCNet
	if h.left() < 3 {
		return done
	}
	size, proto := 3, h.Data[2]
	switch {
	case proto == 240 || proto == 241: // old framing
	case h.left() >= 4 && h.Data[3] == arcnetExtended:
		size = 8
	default:
		size = 5
	}
	if !h.take(size) {
		return done
	}
	switch proto {
	case 240, 212:
		return etherIPv4
	case 241, 213:
		return etherARP
	case 214:
		return etherRARP
	case 196:
		return etherIPv6
	}
	return done
}

// linkJuniper: a magic number, flags, then extensions, then Ethernet.
func (h *Headers) linkJuniper() next {
	h.Encaps |= EncapsJuni
	const withExtensions, noLayer2 = 0x80, 0x02
	if h.left() < 4 || h.Data[0] != 0x4d || h.Data[1] != 0x47 || h.Data[2] != 0x43 {
		return done
	}
	flags, size := h.Data[3], 4
	if flags&withExtensions != 0 {
		if h.left() < 6 {
			return done
		}
		size = 6 + int(h.u16(4))
	}
	if flags&noLayer2 != 0 {
		size += 4
	}
	if h.left() < size || h.rest < size {
		return done
	}
	h.skip(size)
	if flags&noLayer2 != 0 {
		return anyIP
	}
	return ethernet
}
