package record

import "encoding/binary"

// ICMP is the state of an ICMP or ICMPv6 flow (network DSR, subtype 0x34).
//
//	byte 3  7 words
//	4       type, code
//	6       sequence number, or ICMPv6 checksum, u16 host order
//	8       outer source, 12 outer destination, host order
//	16      inner (quoted) source, 20 inner destination, host order
//	24      gateway, host order
type ICMP struct {
	Type, Code         uint8
	Seq                uint16 // ICMPv6: the checksum
	OuterSrc, OuterDst [4]byte
	InnerSrc, InnerDst [4]byte
	Gateway            [4]byte
}

const icmpWords = 7

func (i *ICMP) addresses() [5]*[4]byte {
	return [5]*[4]byte{&i.OuterSrc, &i.OuterDst, &i.InnerSrc, &i.InnerDst, &i.Gateway}
}

func (i *ICMP) decode(b []byte) bool {
	if len(b) < 4*icmpWords {
		return false
	}
	i.Type, i.Code = b[4], b[5]
	i.Seq = binary.LittleEndian.Uint16(b[6:])
	for n, a := range i.addresses() {
		*a = reversed4(b[8+4*n:])
	}
	return true
}

// reversed4 reads an address that stands in host order.
func reversed4(b []byte) [4]byte { return [4]byte{b[3], b[2], b[1], b[0]} }

// AppendICMP appends the network DSR of an ICMP or ICMPv6 flow.
func AppendICMP(dst []byte, i *ICMP) []byte {
	dst = append(dst, DSRNetwork.Type(), byte(NetworkICMP), 0, icmpWords, i.Type, i.Code)
	dst = binary.LittleEndian.AppendUint16(dst, i.Seq)
	for _, a := range i.addresses() {
		dst = append(dst, a[3], a[2], a[1], a[0])
	}
	return dst
}

// ICMPMapped is an ICMP error that quoted a packet of the flow (DSR 0x34).
//
//	byte 2  1 unreachable, 2 redirect, 4 time exceeded
//	byte 3  8 words, of which 7 mean something
//	4       type, code
//	6       sequence number u16
//	8       outer source, 12 outer destination, 16 inner source, 20 inner destination, 24 gateway
//	28      a stray word
type ICMPMapped struct {
	ICMP
	Qualifier uint8

	words uint8 // as read, 0 if set
	stray [4]byte
}

const icmpMappedWords = 8

func (m *ICMPMapped) flip() {}

func (m *ICMPMapped) decode(b []byte, _ Version) bool {
	if len(b) < 4*icmpWords {
		return false
	}
	*m = ICMPMapped{Qualifier: b[2], words: uint8(len(b) / 4)}
	m.Type, m.Code = b[4], b[5]
	m.Seq = binary.BigEndian.Uint16(b[6:])
	for n, a := range m.addresses() {
		*a = [4]byte(b[8+4*n:])
	}
	copy(m.stray[:], b[28:])
	return true
}

// AppendICMPMapped appends the DSR of m.
func AppendICMPMapped(dst []byte, m *ICMPMapped) []byte {
	words := byte(icmpMappedWords)
	if m.words == icmpWords {
		words = icmpWords
	}
	dst = append(dst, DSRICMP.Type(), 0, m.Qualifier, words, m.Type, m.Code)
	dst = binary.BigEndian.AppendUint16(dst, m.Seq)
	for _, a := range m.addresses() {
		dst = append(dst, a[:]...)
	}
	if words == icmpMappedWords {
		dst = append(dst, m.stray[:]...)
	}
	return dst
}

// merge keeps the prefix that the reporting nodes share.
func (m *ICMPMapped) merge(o *ICMPMapped) {
	m.Qualifier |= o.Qualifier
	node, other, bits := EndpointFrom4(m.OuterSrc), EndpointFrom4(o.OuterSrc), uint8(32)
	node.mergePrefix(&bits, &other, bits)
	m.OuterSrc = [4]byte(node.b[:4])
}
