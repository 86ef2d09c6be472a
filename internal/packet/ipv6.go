package packet

import "encoding/binary"

// ipv6 reads an IPv6 header and its extension headers. If the fixed header is
// not there nothing of h changes.
//
//	0 version, class, label  4 payload length  6 next header  7 hop limit  8 source  24 destination
func (h *Headers) ipv6() bool {
	const size = 40
	if h.left() < size {
		return false
	}
	d := h.Data[h.p:]
	payload := int(binary.BigEndian.Uint16(d[4:]))
	if payload == 0 || payload > h.rest-size {
		payload = h.rest - size
	}
	n := &h.Network
	n.Src = Addr{binary.BigEndian.Uint64(d[8:]), binary.BigEndian.Uint64(d[16:])}
	n.Dst = Addr{binary.BigEndian.Uint64(d[24:]), binary.BigEndian.Uint64(d[32:])}
	n.Proto, n.TTL, n.TOS, n.ID = d[6], d[7], uint8(binary.BigEndian.Uint16(d)>>4), 0
	n.Net = h.p
	n.plain()
	h.Kind = IPv6
	h.skip(size)
	h.rest = payload
	auth := h.extensions()
	// Application bytes begin at the authentication headers.
	h.Transport, h.Length = h.p, h.rest+auth
	if h.FragAt != 0 {
		return true
	}
	h.ports()
	return true
}

// extensions steps over the extension headers that are wholly captured. The
// first that is not, or the payload, becomes the protocol. It returns the bytes
// of authentication headers.
func (h *Headers) extensions() (auth int) {
	n := &h.Network
	for {
		switch n.Proto {
		case ProtoHopByHop, ProtoDestOpts, ProtoRouting:
			if h.left() < 2 || !h.extension(8*(int(h.Data[h.p+1])+1)) {
				return auth
			}
		case ProtoAH:
			at := h.p
			if h.left() < 2 || !h.extension(4*(int(h.Data[h.p+1])+2)) {
				return auth
			}
			h.Encaps |= EncapsAH
			auth += 4 * (int(h.Data[at+1]) + 2)
		case ProtoFragment:
			if h.left() < 8 {
				return auth
			}
			at := h.u16(2)
			id := h.u32(4)
			if !h.extension(8) {
				return auth
			}
			if at&^6 != 0 { // not an "atomic" fragment, the whole of a datagram
				n.Fragment, n.FragMore, n.FragAt, n.FragID = true, at&1 != 0, at&^7, id
			}
			if n.FragAt != 0 {
				return auth
			}
		default:
			return auth
		}
	}
}

// extension steps over an extension header of the given size, whose first byte
// names what follows.
func (h *Headers) extension(size int) bool {
	if h.left() < size {
		return false
	}
	h.Proto = h.Data[h.p]
	h.skip(size)
	return true
}
