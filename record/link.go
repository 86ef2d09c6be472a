package record

import "encoding/binary"

// VLAN are the 802.1Q tags of both sides (DSR 0x40, 2 words): 4 source, 6
// destination; qualifier 0x01 source valid, 0x02 destination valid. A tag is
// the whole 16 bits: priority 3, CFI 1, id 12.
type VLAN struct {
	Src, Dst       uint16
	HasSrc, HasDst bool
}

func (v *VLAN) flip() { v.Src, v.Dst, v.HasSrc, v.HasDst = v.Dst, v.Src, v.HasDst, v.HasSrc }

// MPLS are the outermost labels of both sides (DSR 0x44): qualifier high nibble
// the number of source labels, low nibble of destination labels, then a word
// for each side that has any: label 20 bits, class 3, bottom of stack 1, TTL 8.
type MPLS struct {
	Src, Dst             uint32
	SrcLabels, DstLabels uint8 // numbers of labels, 0 where there are none
	subtype              uint8
}

func (m *MPLS) flip() {
	m.Src, m.Dst, m.SrcLabels, m.DstLabels = m.Dst, m.Src, m.DstLabels, m.SrcLabels
}

// MACPair are the Ethernet addresses of the flow (DSR 0x42, 5 words): 4
// destination, 10 source, 16 type (host order), 18 dsap, 19 ssap. Qualifier
// 0x01 and 0x02: more than one pair was seen from source, destination; 0x04:
// interface indexes of a NetFlow import instead.
type MACPair struct {
	Src, Dst       MAC
	EtherType      uint16
	SrcSAP, DstSAP uint8
	Qualifier      uint8
}

func (m *MACPair) flip() {
	m.Src, m.Dst = m.Dst, m.Src
	m.Qualifier = m.Qualifier&^3 | m.Qualifier&1<<1 | m.Qualifier>>1&1
}

// Encaps are the encapsulations of both sides (DSR 0x20, 3 words): 4 source
// bits, 8 destination bits; qualifier 0x04, 0x08 changed during the flow, 0x10,
// 0x20 interface changed. Longer: 12 length, 14 length, then the bytes of the
// first packet's headers of each side, each padded to a word.
type Encaps struct {
	Src, Dst               uint32
	SrcHeaders, DstHeaders []byte
	Qualifier              uint8
}

func (e *Encaps) flip() {
	e.Src, e.Dst = e.Dst, e.Src
	e.SrcHeaders, e.DstHeaders = e.DstHeaders, e.SrcHeaders
	const src, dst = 0x14, 0x28
	e.Qualifier = e.Qualifier&^(src|dst) | e.Qualifier&src<<1 | e.Qualifier&dst>>1
}

// ICMPMapped is an ICMP error that quoted a packet of the flow (DSR 0x34, 8
// words of which 7 mean something): qualifier 1 unreachable, 2 redirect, 4 time
// exceeded; 4 type, 5 code, 6 sequence, 8 outer source, 12 outer destination,
// 16 inner source, 20 inner destination, 24 gateway, big-endian.
type ICMPMapped struct {
	ICMP
	Qualifier uint8
	tail      [4]byte
	words     uint8
}

func (m *ICMPMapped) flip() {}

func (v *VLAN) decode(b []byte, _ Version) bool {
	if len(b) < 8 {
		return false
	}
	*v = VLAN{binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:]), b[2]&1 != 0, b[2]&2 != 0}
	return true
}

func (m *MPLS) decode(b []byte, _ Version) bool {
	*m = MPLS{SrcLabels: b[2] >> 4, DstLabels: b[2] & 15, subtype: b[1]}
	at := 4
	if m.SrcLabels > 0 {
		if len(b) < at+4 {
			return false
		}
		m.Src = binary.BigEndian.Uint32(b[at:])
		at += 4
	}
	if m.DstLabels > 0 {
		if len(b) < at+4 {
			return false
		}
		m.Dst = binary.BigEndian.Uint32(b[at:])
	}
	return true
}

func (m *MACPair) decode(b []byte, _ Version) bool {
	if len(b) < 20 {
		return false
	}
	*m = MACPair{
		Dst: MAC(b[4:10]), Src: MAC(b[10:16]), EtherType: binary.LittleEndian.Uint16(b[16:]),
		DstSAP: b[18], SrcSAP: b[19], Qualifier: b[2],
	}
	return true
}

func (e *Encaps) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*e = Encaps{Src: binary.BigEndian.Uint32(b[4:]), Dst: binary.BigEndian.Uint32(b[8:]), Qualifier: b[2]}
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

func (m *ICMPMapped) decode(b []byte, _ Version) bool {
	if len(b) < 28 {
		return false
	}
	*m = ICMPMapped{Qualifier: b[2], words: uint8(len(b) / 4)}
	m.Type, m.Code = b[4], b[5]
	m.Seq = binary.BigEndian.Uint16(b[6:])
	for n, a := range []*[4]byte{&m.OuterSrc, &m.OuterDst, &m.InnerSrc, &m.InnerDst, &m.Gateway} {
		*a = [4]byte(b[8+4*n:])
	}
	copy(m.tail[:], b[28:])
	return true
}
