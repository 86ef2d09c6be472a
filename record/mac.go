package record

import "encoding/binary"

// MACPair are the Ethernet addresses of the flow (DSR 0x42), in flow order
// whatever the key's REVERSE mark says.
//
//	byte 2  0x01, 0x02 more than one pair was seen from the source, from the destination;
//	        0x04 interface indexes of a NetFlow import stand in the addresses
//	byte 3  5 words
//	4       destination 6
//	10      source 6
//	16      Ethernet type u16, host order
//	18      destination, source service access point
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

// AppendMAC appends the DSR of m.
func AppendMAC(dst []byte, m *MACPair) []byte {
	dst = append(dst, DSRMAC.Type(), 0, m.Qualifier, 5)
	dst = append(dst, m.Dst[:]...)
	dst = append(dst, m.Src[:]...)
	dst = binary.LittleEndian.AppendUint16(dst, m.EtherType)
	return append(dst, m.DstSAP, m.SrcSAP)
}

// mergeMAC clears the addresses that differ, and removes them all if one record
// has none.
func (a *Record) mergeMAC(b *Record) {
	if a.have&(1<<DSRMAC) == 0 || a.sameBytes(b, DSRMAC) {
		return
	}
	x, y := a.MAC(), b.MAC()
	if a.have&b.have&(1<<DSRMAC) == 0 {
		a.Drop(DSRMAC)
		return
	}
	if x.merge(y) {
		a.set(DSRMAC)
	}
}

func (m *MACPair) merge(o *MACPair) (changed bool) {
	was := *m
	if m.Src != o.Src {
		m.Src = MAC{}
	}
	if m.Dst != o.Dst {
		m.Dst = MAC{}
	}
	if m.EtherType != o.EtherType {
		m.EtherType = 0
	}
	return *m != was
}
