package record

import "encoding/binary"

// Geneve is the tunnel that the flow was in (DSR 0x45, version 5).
//
//	byte 3  3 words and the length of the flow DSR
//	4       version and length of the options u8
//	5       flags u8: 0x40 critical options
//	6       protocol u16: Ethernet type of the inner packet
//	8       network identifier u32; the sensor of version 5 leaves it 0
//	12      the flow DSR of the outer packet, addresses and ports in host order
type Geneve struct {
	Version, Flags uint8
	Protocol       uint16
	VNI            uint32
	Outer          Flow

	stored []byte
}

func (g *Geneve) flip() { g.Outer.flip() }

func (g *Geneve) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	g.Version, g.Flags = b[4], b[5]
	g.Protocol, g.VNI = binary.BigEndian.Uint16(b[6:]), binary.BigEndian.Uint32(b[8:])
	g.stored = b[12:]
	decodeOuter(&g.Outer, b[12:])
	return true
}

// AppendGeneve appends the DSR of g.
func AppendGeneve(dst []byte, g *Geneve) []byte {
	at := len(dst)
	dst = append(dst, DSRGeneve.Type(), 0, 0, 0, g.Version, g.Flags)
	dst = binary.BigEndian.AppendUint16(dst, g.Protocol)
	dst = binary.BigEndian.AppendUint32(dst, g.VNI)
	dst = appendOuter(dst, &g.Outer, g.stored)
	return closeDSR(dst, at)
}
