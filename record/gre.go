package record

import "encoding/binary"

// GRE is the tunnel that the flow was in (DSR 0x41, version 5).
//
//	byte 3  2 words and the length of the flow DSR
//	4       flags u16
//	6       protocol u16: Ethernet type of the inner packet
//	8       the flow DSR of the outer packet, addresses and ports in host order
type GRE struct {
	Flags, Protocol uint16
	Outer           Flow

	stored []byte // the outer flow as it stood on the wire; nil if set
}

func (g *GRE) flip() { g.Outer.flip() }

func (g *GRE) decode(b []byte, _ Version) bool {
	if len(b) < 8 {
		return false
	}
	g.Flags, g.Protocol = binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:])
	g.stored = b[8:]
	decodeOuter(&g.Outer, b[8:])
	return true
}

// AppendGRE appends the DSR of g.
func AppendGRE(dst []byte, g *GRE) []byte {
	at := len(dst)
	dst = append(dst, DSRGRE.Type(), 0, 0, 0)
	dst = binary.BigEndian.AppendUint16(dst, g.Flags)
	dst = binary.BigEndian.AppendUint16(dst, g.Protocol)
	dst = appendOuter(dst, &g.Outer, g.stored)
	return closeDSR(dst, at)
}

// decodeOuter reads the flow DSR of an outer packet, whose addresses and ports
// stand in host order. What is no IP flow key leaves f empty.
func decodeOuter(f *Flow, b []byte) {
	var swapped [48]byte
	n := min(len(b), len(swapped))
	copy(swapped[:], b[:n])
	if n < 12 || b[0] != DSRFlow.Type() || int(b[3])*4 > n || int(b[3]) < 3 {
		*f = Flow{}
		return
	}
	key := swapped[:int(b[3])*4]
	f.decodeMarks(key)
	if !swapOuter(key) || f.Class == ClassARP || !f.decodeIP(key) {
		*f = Flow{}
		return
	}
	if f.Stored != 0 {
		f.flip()
	}
}

// appendOuter writes the flow DSR of an outer packet: the one that was read, or
// f with its addresses and ports turned to host order.
func appendOuter(dst []byte, f *Flow, stored []byte) []byte {
	if stored != nil {
		return append(dst, stored...)
	}
	at := len(dst)
	dst = AppendFlow(dst, f)
	swapOuter(dst[at:])
	return dst
}

// swapOuter exchanges the bytes of the addresses and ports of an IP flow key.
func swapOuter(key []byte) bool {
	addr := 0
	switch KeyType(key[2] & keyTypeMask) {
	case KeyIPv4:
		addr = 4
	case KeyIPv6:
		addr = 16
	default:
		return false
	}
	ports := 4 + 2*addr
	if len(key) < ports {
		return false
	}
	swapWords(key[4:ports])
	if addr == 4 {
		ports += 2 // behind the protocol
	} else {
		ports += 4
	}
	if len(key) >= ports+4 {
		swapShorts(key[ports : ports+4])
	}
	return true
}

func swapWords(b []byte) {
	for ; len(b) >= 4; b = b[4:] {
		b[0], b[1], b[2], b[3] = b[3], b[2], b[1], b[0]
	}
}

func swapShorts(b []byte) {
	for ; len(b) >= 2; b = b[2:] {
		b[0], b[1] = b[1], b[0]
	}
}
