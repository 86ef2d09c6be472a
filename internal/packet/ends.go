package packet

import "encoding/binary"

// Ends returns the addresses of an Ethernet frame that the walk will take for
// one of IPv4 or IPv6, with TCP or UDP right behind it. It reports false for
// whatever it takes more than a glance to tell.
func Ends(link uint32, data []byte, opt *Options) (src, dst Addr, ok bool) {
	const ether = 14
	if link != LinkEthernet || len(data) < ether+20 {
		return src, dst, false
	}
	be := binary.BigEndian
	h, kind := data[ether:], next(be.Uint16(data[12:]))
	switch version := h[0] >> 4; {
	case kind == etherIPv4 && version == 4:
		size, total := int(h[0]&15)*4, int(be.Uint16(h[2:]))
		src.Lo, dst.Lo = uint64(be.Uint32(h[12:])), uint64(be.Uint32(h[16:]))
		return src, dst, size >= 20 && total >= size && isEnd(h[9], opt)
	case kind == etherIPv6 && version == 6 && len(h) >= 40:
		src = Addr{be.Uint64(h[8:]), be.Uint64(h[16:])}
		dst = Addr{be.Uint64(h[24:]), be.Uint64(h[32:])}
		return src, dst, isEnd(h[6], opt)
	}
	return src, dst, false
}

// isEnd reports whether the walk ends at a protocol.
func isEnd(proto uint8, opt *Options) bool {
	return proto == ProtoTCP || proto == ProtoUDP && !opt.Discover
}
