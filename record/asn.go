package record

import "encoding/binary"

// ASN are autonomous system numbers (DSR 0x32).
//
//	bytes 1, 2  0x01 origin, 0x02 peer, 0x04 local
//	byte 3      3 or 4 words; clients write 4
//	4           source u32, 8 destination u32, [12 intermediate node u32]
type ASN struct {
	Src, Dst, Inode uint32

	subtype, qualifier uint8
	words              uint8 // as read, 0 if set
}

func (a *ASN) flip() { a.Src, a.Dst = a.Dst, a.Src }

func (a *ASN) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*a = ASN{Src: binary.BigEndian.Uint32(b[4:]), Dst: binary.BigEndian.Uint32(b[8:])}
	a.subtype, a.qualifier, a.words = b[1], b[2], uint8(len(b)/4)
	if len(b) >= 16 {
		a.Inode = binary.BigEndian.Uint32(b[12:])
	}
	return true
}

// AppendASN appends the DSR of a.
func AppendASN(dst []byte, a *ASN) []byte {
	at := len(dst)
	dst = append(dst, DSRASN.Type(), a.subtype, a.qualifier, 0)
	dst = binary.BigEndian.AppendUint32(dst, a.Src)
	dst = binary.BigEndian.AppendUint32(dst, a.Dst)
	if a.words != 3 || a.Inode != 0 {
		dst = binary.BigEndian.AppendUint32(dst, a.Inode)
	}
	return closeDSR(dst, at)
}

func (a *ASN) merge(o *ASN) {
	clearIf(&a.Src, a.Src != o.Src)
	clearIf(&a.Dst, a.Dst != o.Dst)
	clearIf(&a.Inode, a.Inode != o.Inode)
	a.words = max(a.words, o.words)
}
