package record

import "encoding/binary"

// Local says how near both sides are (DSR 0x6A, version 5).
//
//	byte 2  0x01, 0x02 source, destination valid
//	byte 3  3 words
//	4       status u16
//	6       source locality i8, 7 destination locality i8
//	8       source organisation u16, 10 destination organisation u16, host order
type Local struct {
	Status         uint16
	Src, Dst       int8
	SrcOrg, DstOrg uint16
	HasSrc, HasDst bool
}

func (l *Local) flip() {
	l.Src, l.Dst, l.SrcOrg, l.DstOrg, l.HasSrc, l.HasDst = l.Dst, l.Src, l.DstOrg, l.SrcOrg, l.HasDst, l.HasSrc
}

func (l *Local) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*l = Local{
		Status: binary.BigEndian.Uint16(b[4:]), Src: int8(b[6]), Dst: int8(b[7]),
		SrcOrg: binary.LittleEndian.Uint16(b[8:]), DstOrg: binary.LittleEndian.Uint16(b[10:]),
		HasSrc: b[2]&1 != 0, HasDst: b[2]&2 != 0,
	}
	return true
}

// AppendLocal appends the DSR of l.
func AppendLocal(dst []byte, l *Local) []byte {
	dst = append(dst, DSRLocal.Type(), 0, bit(l.HasSrc, 1)|bit(l.HasDst, 2), 3)
	dst = binary.BigEndian.AppendUint16(dst, l.Status)
	dst = append(dst, byte(l.Src), byte(l.Dst))
	dst = binary.LittleEndian.AppendUint16(dst, l.SrcOrg)
	return binary.LittleEndian.AppendUint16(dst, l.DstOrg)
}

func (l *Local) merge(o *Local) {
	l.Src, l.HasSrc = nearest(l.Src, l.HasSrc, o.Src, o.HasSrc)
	l.Dst, l.HasDst = nearest(l.Dst, l.HasDst, o.Dst, o.HasDst)
	clearIf(&l.SrcOrg, l.SrcOrg != o.SrcOrg)
	clearIf(&l.DstOrg, l.DstOrg != o.DstOrg)
}

func nearest(a int8, hasA bool, b int8, hasB bool) (int8, bool) {
	switch {
	case !hasB:
		return a, hasA
	case !hasA:
		return b, true
	}
	return min(a, b), true
}
