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

// merge keeps the tags that both or only one of them has. One that differs
// becomes 0 and stays so, whatever is merged later.
func (v *VLAN) merge(o *VLAN) {
	v.HasSrc = mergeTag(&v.Src, v.HasSrc, o.Src, o.HasSrc)
	v.HasDst = mergeTag(&v.Dst, v.HasDst, o.Dst, o.HasDst)
}

func mergeTag[T uint16 | uint32](tag *T, has bool, other T, otherHas bool) bool {
	switch {
	case !otherHas:
	case !has:
		*tag = other
	case *tag != other:
		*tag = 0
	}
	return has || otherHas
}

// finish removes the tags that differed.
func (v *VLAN) finish() {
	v.HasSrc, v.HasDst = v.HasSrc && v.Src != 0, v.HasDst && v.Dst != 0
}
