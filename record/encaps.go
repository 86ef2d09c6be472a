package record

import "encoding/binary"

// Encaps are the encapsulations of both sides (DSR 0x20).
//
//	byte 2  0x04, 0x08 source, destination changed during the flow; 0x10, 0x20 interface changed
//	byte 3  3 words, more with captured headers (version 5)
//	4       source bits u32
//	8       destination bits u32
//	12      length u16 of the source's headers, 14 of the destination's
//	16      the headers of the first packet of each side, each zero padded to a word
type Encaps struct {
	Src, Dst               uint32
	SrcHeaders, DstHeaders []byte // alias the record
	Qualifier              uint8

	words uint8 // as read, 0 if set
}

// Bits of the encapsulation words.
const (
	EncapsMPLS      = 0x00000001
	EncapsEthernet  = 0x00000002
	Encaps8021Q     = 0x00000004
	EncapsLLC       = 0x00000008
	EncapsPPP       = 0x00000010
	EncapsISL       = 0x00000020
	EncapsGRE       = 0x00000040
	EncapsAH        = 0x00000080
	EncapsIP        = 0x00000100
	EncapsIPv6      = 0x00000200
	EncapsHDLC      = 0x00000400
	EncapsCiscoHDLC = 0x00000800
	EncapsATM       = 0x00001000
	EncapsSLL       = 0x00002000
	EncapsFDDI      = 0x00004000
	EncapsSLIP      = 0x00008000
	EncapsARCNET    = 0x00010000
	Encaps80211     = 0x00020000
	EncapsPrism     = 0x00040000
	EncapsAVS       = 0x00080000
	EncapsIBLRH     = 0x00100000
	EncapsIBGRH     = 0x00200000
	EncapsTeredo    = 0x00400000
	EncapsUDT       = 0x00800000
	EncapsSPI       = 0x01000000
	EncapsJuniper   = 0x02000000
	EncapsVXLAN     = 0x04000000
	EncapsL2TP      = 0x08000000
	EncapsGeneve    = 0x10000000
)

func (e *Encaps) flip() {
	e.Src, e.Dst = e.Dst, e.Src
	e.SrcHeaders, e.DstHeaders = e.DstHeaders, e.SrcHeaders
	const src, dst = 0x14, 0x28
	e.Qualifier = e.Qualifier&^(src|dst) | e.Qualifier&src<<1 | e.Qualifier&dst>>1
}

func (e *Encaps) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*e = Encaps{
		Src: binary.BigEndian.Uint32(b[4:]), Dst: binary.BigEndian.Uint32(b[8:]),
		Qualifier: b[2], words: uint8(len(b) / 4),
	}
	if len(b) < 16 {
		return true
	}
	slen, dlen := int(binary.BigEndian.Uint16(b[12:])), int(binary.BigEndian.Uint16(b[14:]))
	rest := b[16:]
	dst := (slen + 3) &^ 3
	if dst > len(rest) || dst+dlen > len(rest) {
		return false
	}
	e.SrcHeaders, e.DstHeaders = rest[:slen], rest[dst:dst+dlen]
	return true
}

func (e *Encaps) append(dst []byte, v Version) []byte {
	if v == Version3 { // which has three words alone
		short := *e
		short.SrcHeaders, short.DstHeaders, short.words = nil, nil, 0
		return AppendEncaps(dst, &short)
	}
	return AppendEncaps(dst, e)
}

// maxHeaders is what the one-byte length of the DSR leaves for headers.
const maxHeaders = 255*4 - 16

// AppendEncaps appends the DSR of e, with the captured headers if there are
// any. Headers that do not fit are cut.
func AppendEncaps(dst []byte, e *Encaps) []byte {
	at := len(dst)
	dst = append(dst, DSREncaps.Type(), 0, e.Qualifier, 0)
	dst = binary.BigEndian.AppendUint32(dst, e.Src)
	dst = binary.BigEndian.AppendUint32(dst, e.Dst)
	if len(e.SrcHeaders)+len(e.DstHeaders) == 0 && e.words < 4 {
		return closeDSR(dst, at)
	}
	src := e.SrcHeaders[:min(len(e.SrcHeaders), maxHeaders)]
	d := e.DstHeaders[:min(len(e.DstHeaders), maxHeaders-(len(src)+3)&^3)]
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(src)))
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(d)))
	dst = append(dst, src...)
	for (len(dst)-at)%4 != 0 {
		dst = append(dst, 0)
	}
	return closeDSR(append(dst, d...), at)
}

const (
	encapsSrcChanged = 0x04
	encapsDstChanged = 0x08
)

func (e *Encaps) merge(o *Encaps) {
	e.Qualifier |= o.Qualifier
	if e.Src != o.Src {
		e.Qualifier |= encapsSrcChanged
		e.Src |= o.Src
	}
	if e.Dst != o.Dst {
		e.Qualifier |= encapsDstChanged
		e.Dst |= o.Dst
	}
}
