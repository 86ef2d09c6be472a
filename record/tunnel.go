package record

import "encoding/binary"

// VXLAN are the network identifiers of both sides (DSR 0x43, 3 words): 4
// source, 8 destination; qualifier 0x01, 0x02 valid.
type VXLAN struct {
	Src, Dst       uint32
	HasSrc, HasDst bool
}

func (v *VXLAN) flip() { v.Src, v.Dst, v.HasSrc, v.HasDst = v.Dst, v.Src, v.HasDst, v.HasSrc }

// GRE is the tunnel that the flow was in (DSR 0x41): 4 flags, 6 protocol, 8 a
// flow DSR of the outer packet, its addresses and ports in host order.
type GRE struct {
	Flags, Protocol uint16
	Outer           Flow
	tail            []byte
}

func (g *GRE) flip() { g.Outer.flip() }

// Geneve is the tunnel that the flow was in (DSR 0x45): 4 version and option
// length, 5 flags, 6 protocol, 8 network identifier, 12 a flow DSR as for GRE.
type Geneve struct {
	Version, Flags uint8
	Protocol       uint16
	VNI            uint32
	Outer          Flow
	tail           []byte
}

func (g *Geneve) flip() { g.Outer.flip() }

func (x *VXLAN) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*x = VXLAN{binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:]), b[2]&1 != 0, b[2]&2 != 0}
	return true
}

func (g *GRE) decode(b []byte, _ Version) bool {
	if len(b) < 8 {
		return false
	}
	*g = GRE{Flags: binary.BigEndian.Uint16(b[4:]), Protocol: binary.BigEndian.Uint16(b[6:])}
	g.tail = decodeOuter(&g.Outer, b[8:])
	return true
}

func (g *Geneve) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*g = Geneve{
		Version: b[4], Flags: b[5], Protocol: binary.BigEndian.Uint16(b[6:]), VNI: binary.BigEndian.Uint32(b[8:]),
	}
	g.tail = decodeOuter(&g.Outer, b[12:])
	return true
}

// decodeOuter reads the flow DSR of the outer packet, whose addresses and ports
// stand in host order. What is no flow key is returned as it stands.
func decodeOuter(f *Flow, b []byte) (tail []byte) {
	var swapped [48]byte
	n := min(len(b), len(swapped))
	copy(swapped[:], b[:n])
	if n < 12 || b[0] != DSRFlow.Type() || int(b[3])*4 > n {
		return b
	}
	switch KeyType(b[2] & keyTypeMask) {
	case KeyIPv4:
		swapWords(swapped[4:12])
		if n >= 20 {
			swapShorts(swapped[14:18])
		}
	case KeyIPv6:
		swapWords(swapped[4:min(36, n)])
		if n >= 44 {
			swapShorts(swapped[40:44])
		}
	default:
		return b
	}
	if !f.decode(swapped[:int(b[3])*4]) {
		*f = Flow{}
		return b
	}
	if f.Stored != 0 {
		f.flip()
	}
	return b
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
