package record

import "encoding/binary"

// VLAN are the 802.1Q tags of both sides (DSR 0x40). A tag is the whole 16
// bits: priority 3, CFI 1, id 12. Of stacked tags the last one is kept.
//
//	byte 2  0x01 source valid, 0x02 destination valid
//	byte 3  2 words
//	4       source tag u16
//	6       destination tag u16
type VLAN struct {
	Src, Dst       uint16
	HasSrc, HasDst bool
}

func (v *VLAN) flip() { v.Src, v.Dst, v.HasSrc, v.HasDst = v.Dst, v.Src, v.HasDst, v.HasSrc }

func (v *VLAN) decode(b []byte, _ Version) bool {
	if len(b) < 8 {
		return false
	}
	*v = VLAN{binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:]), b[2]&1 != 0, b[2]&2 != 0}
	return true
}

// AppendVLAN appends the DSR of v.
func AppendVLAN(dst []byte, v *VLAN) []byte {
	dst = append(dst, DSRVLAN.Type(), 0, bit(v.HasSrc, 1)|bit(v.HasDst, 2), 2)
	dst = binary.BigEndian.AppendUint16(dst, v.Src)
	return binary.BigEndian.AppendUint16(dst, v.Dst)
}

func (v *VLAN) merge(o *VLAN) bool {
	v.HasSrc = mergeTag(&v.Src, v.HasSrc, o.Src, o.HasSrc)
	v.HasDst = mergeTag(&v.Dst, v.HasDst, o.Dst, o.HasDst)
	return v.HasSrc || v.HasDst
}

// mergeTag keeps a tag that both or only one of them has, and removes one that
// differs.
func mergeTag[T uint16 | uint32](tag *T, has bool, other T, otherHas bool) bool {
	switch {
	case !otherHas:
		return has
	case !has:
		*tag = other
		return true
	case *tag == other:
		return true
	}
	*tag = 0
	return false
}
