package record

import "encoding/binary"

// VXLAN are the network identifiers of both sides (DSR 0x43, version 5): 3
// words, 4 source u32, 8 destination u32; byte 2: 0x01, 0x02 valid.
type VXLAN struct {
	Src, Dst       uint32
	HasSrc, HasDst bool
}

func (x *VXLAN) flip() { x.Src, x.Dst, x.HasSrc, x.HasDst = x.Dst, x.Src, x.HasDst, x.HasSrc }

func (x *VXLAN) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*x = VXLAN{binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:]), b[2]&1 != 0, b[2]&2 != 0}
	return true
}

// AppendVXLAN appends the DSR of x.
func AppendVXLAN(dst []byte, x *VXLAN) []byte {
	dst = append(dst, DSRVXLAN.Type(), 0, bit(x.HasSrc, 1)|bit(x.HasDst, 2), 3)
	dst = binary.BigEndian.AppendUint32(dst, x.Src)
	return binary.BigEndian.AppendUint32(dst, x.Dst)
}

func (x *VXLAN) merge(o *VXLAN) {
	x.HasSrc = mergeTag(&x.Src, x.HasSrc, o.Src, o.HasSrc)
	x.HasDst = mergeTag(&x.Dst, x.HasDst, o.Dst, o.HasDst)
}

func (x *VXLAN) finish() {
	x.HasSrc, x.HasDst = x.HasSrc && x.Src != 0, x.HasDst && x.Dst != 0
}
