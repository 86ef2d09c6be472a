package record

import "encoding/binary"

// Ends are the two ends of a flow of TCP, UDP or another protocol that has no
// other numbers in the place of ports, as plain numbers, for who looks at nothing
// else of a key.
type Ends struct {
	Type             KeyType // KeyIPv4 or KeyIPv6
	Proto            Proto
	SrcPort, DstPort uint16
	src, dst         [16]byte // from the left
}

// Ends reads the ends of the flow from the bytes of the record. It reports false
// for other flows, for fragments, and for keys that were set or turned round:
// [Record.Flow] knows of all.
func (r *Record) Ends(e *Ends) bool {
	const flow = 1 << DSRFlow
	if r.have&flow == 0 || r.dirty&flow != 0 || r.state&viewCorrect != 0 {
		return false
	}
	b := dsrAt(r.buf, int(r.off[DSRFlow])*4)
	if b == nil || FlowClass(b[1]&flowClassMask) != ClassFiveTuple || b[2]&keyFragment != 0 {
		return false
	}
	e.Type = KeyType(b[2] & keyTypeMask)
	var ports []byte
	switch {
	case e.Type == KeyIPv4 && len(b) >= flow4Size:
		e.Proto, ports = Proto(b[flow4Proto]), b[14:18]
		e.src, e.dst = [16]byte{}, [16]byte{}
		copy(e.src[:4], b[4:8])
		copy(e.dst[:4], b[8:12])
	case e.Type == KeyIPv6 && len(b) >= flow6Bare:
		e.Proto, ports = Proto(b[flow6Proto]), b[40:44]
		e.src, e.dst = [16]byte(b[4:20]), [16]byte(b[20:36])
	default:
		return false
	}
	switch e.Proto {
	case ProtoICMP, ProtoIGMP, ProtoICMP6, ProtoESP:
		return false
	}
	e.SrcPort, e.DstPort = binary.BigEndian.Uint16(ports), binary.BigEndian.Uint16(ports[2:])
	if b[1]&flowReverse != 0 {
		e.src, e.dst, e.SrcPort, e.DstPort = e.dst, e.src, e.DstPort, e.SrcPort
	}
	return true
}

// Src is the address of the source in network order, 4 or 16 bytes of e.
func (e *Ends) Src() []byte { return e.src[:e.size()] }

// Dst is the address of the destination.
func (e *Ends) Dst() []byte { return e.dst[:e.size()] }

func (e *Ends) size() int {
	if e.Type == KeyIPv4 {
		return 4
	}
	return 16
}
