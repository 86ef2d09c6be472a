package record

import "encoding/binary"

// Keys of flows below or beside IP.

// ARPKey is the rest of an ARP or RARP key. Replies are folded to requests, so
// Op is 1 (ARP) or 3 (RARP).
//
//	ARP, class 6 type 4:  4 hrd, 6 pro, 8 hln, 9 pln, 10 op, 12 spa, 16 tpa, 20 sender address
//	RARP, class 6 type 5: 4 hrd, 6 pro, 8 hln, 9 pln, 10 op, 12 tpa, 16 first address, 16+hln second
//
// Writers make the DSR one word short: of a six-byte ARP sender address four
// bytes are stored. Addr and Addr2 hold what is there, zero filled.
type ARPKey struct {
	Hardware, Protocol uint16
	HLen, PLen         uint8
	Op                 uint16
	Addr               [32]byte // ARP: sender; RARP: first hardware address
	Addr2              [32]byte // RARP: second

	stored  uint8    // bytes of Addr on the wire
	rest    [32]byte // what stands behind it
	restLen uint8
}

// Sender returns the stored bytes of the hardware address of the asker, of an
// ARP key, or the first of a RARP key. It may be shorter than HLen.
func (k *ARPKey) Sender() []byte { return k.Addr[:min(int(k.stored), int(k.HLen), len(k.Addr))] }

// WLANKey is the rest of an 802.11 key: 14 words, 4 dst 6, 10 src 6, 16 BSSID 6,
// 22 SSID 32, 54 pad.
type WLANKey struct {
	BSSID MAC
	SSID  [32]byte
	pad   [2]byte
}

// ISISKey is the rest of an IS-IS key: 11 words, 4 PDU type, 8 src 6, 14 dst 6,
// 20 version, 24 ids by PDU 14, 38 checksum, 42 pad.
type ISISKey struct {
	PDU      uint32
	Version  uint8
	ID       [14]byte
	Checksum uint32
	pad      [5]byte // bytes 21..23 and 42..43
}

// LCPKey is the rest of an LCP key: 5 words, 4 Ethernet header 14, 18 code, 19 id.
type LCPKey struct {
	Header   [14]byte
	Code, ID uint8
}

// UDTKey is the rest of a key of UDT over Ethernet: 6 words, an Ethernet key
// and the socket id in host order.
type UDTKey struct{ Socket uint32 }

func (f *Flow) decodeLink(b []byte) bool {
	f.Src, f.Dst = Endpoint{}, Endpoint{}
	f.SrcBits, f.DstBits = 0, 0
	switch {
	case f.Type == KeyEthernet || f.Type == KeyUDT:
		return f.decodeEthernet(b)
	case f.Class == ClassARP && (f.Type == KeyARP || f.Type == KeyRARP):
		return f.decodeARP(b)
	case f.Class == ClassARP || f.Type == KeyARP || f.Type == KeyRARP:
		return f.decodeOldARP(b)
	case f.Type == KeyWLAN:
		if len(b) < 56 {
			return false
		}
		f.Dst, f.Src = endpointMAC(b[4:]), endpointMAC(b[10:])
		f.WLAN.BSSID = MAC(b[16:22])
		f.WLAN.SSID = [32]byte(b[22:54])
		f.WLAN.pad = [2]byte(b[54:])
	case f.Type == KeyISIS:
		return f.decodeISIS(b)
	case f.Type == KeyLCP:
		if len(b) < 20 {
			return false
		}
		f.LCP = LCPKey{Header: [14]byte(b[4:18]), Code: b[18], ID: b[19]}
		f.Dst, f.Src = endpointMAC(b[4:]), endpointMAC(b[10:])
	default:
		f.body = b[4:]
	}
	return true
}

func endpointMAC(b []byte) Endpoint { return EndpointFromMAC(MAC(b[:6])) }

func (f *Flow) decodeEthernet(b []byte) bool {
	if len(b) < 20 {
		return false
	}
	f.Dst, f.Src = endpointMAC(b[4:]), endpointMAC(b[10:])
	f.EtherType = binary.BigEndian.Uint16(b[16:])
	f.DstSAP, f.SrcSAP = b[18], b[19]
	if f.Type == KeyUDT {
		if len(b) < 24 {
			return false
		}
		f.UDT.Socket = binary.LittleEndian.Uint32(b[20:])
	}
	return true
}

func (f *Flow) decodeARP(b []byte) bool {
	if len(b) < 16 {
		return false
	}
	k := &f.ARP
	*k = ARPKey{
		Hardware: binary.BigEndian.Uint16(b[4:]), Protocol: binary.BigEndian.Uint16(b[6:]),
		HLen: b[8], PLen: b[9], Op: binary.BigEndian.Uint16(b[10:]),
	}
	hln := int(k.HLen)
	if hln > len(k.Addr) {
		return false
	}
	if f.Type == KeyRARP {
		f.Dst.set4(b[12:16])
		rest := b[16:]
		rest = rest[copy(k.Addr[:hln], rest):]
		rest = rest[copy(k.Addr2[:hln], rest):]
		k.restLen = uint8(copy(k.rest[:], rest))
		return true
	}
	f.Src.set4(b[12:16])
	if len(b) < 20 {
		return true
	}
	f.Dst.set4(b[16:20])
	f.SrcBits, f.DstBits = 32, 32
	k.stored = uint8(copy(k.Addr[:hln], b[20:]))
	k.restLen = uint8(copy(k.rest[:], b[20+int(k.stored):]))
	return true
}

// decodeOldARP reads the forms that early writers used: class 1, or class 6
// with another type.
func (f *Flow) decodeOldARP(b []byte) bool {
	k := &f.ARP
	*k = ARPKey{Hardware: 1, Protocol: 0x0800, HLen: 6, PLen: 4, Op: 1}
	switch {
	case f.Class == ClassARP:
		if len(b) < 16 {
			return false
		}
		k.Protocol, k.HLen, k.PLen = binary.BigEndian.Uint16(b[4:]), b[6], b[7]
		f.Src.set4(b[8:12])
		f.Dst.set4(b[12:16])
		if int(k.HLen) > len(k.Addr) {
			return false
		}
		copy(k.Addr[:k.HLen], b[16:])
	case f.Type == KeyARP:
		if len(b) < 18 {
			return false
		}
		f.Src.set4(b[4:8])
		f.Dst.set4(b[8:12])
		copy(k.Addr[:6], b[12:])
	default:
		if len(b) < 20 {
			return false
		}
		k.Op = 3
		f.Dst.set4(b[4:8])
		copy(k.Addr[:6], b[8:])
		copy(k.Addr2[:6], b[14:])
	}
	f.body = b[4:]
	return true
}

func (f *Flow) decodeISIS(b []byte) bool {
	if len(b) < 42 {
		return false
	}
	k := &f.ISIS
	k.PDU = binary.BigEndian.Uint32(b[4:])
	f.Src, f.Dst = endpointMAC(b[8:]), endpointMAC(b[14:])
	k.Version = b[20]
	k.ID = [14]byte(b[24:38])
	k.Checksum = binary.BigEndian.Uint32(b[38:])
	copy(k.pad[:3], b[21:24])
	if len(b) >= 44 {
		copy(k.pad[3:], b[42:44])
	}
	return true
}

// maxHardware is the room for the hardware address in ARP keys of clients.
const maxHardware = 32

func (f *Flow) appendLink(dst []byte, client bool) []byte {
	if f.body != nil {
		return append(dst, f.body...)
	}
	src, d := f.Src.b[:6], f.Dst.b[:6]
	switch {
	case f.Type == KeyEthernet || f.Type == KeyUDT:
		dst = append(append(dst, d...), src...)
		dst = append(binary.BigEndian.AppendUint16(dst, f.EtherType), f.DstSAP, f.SrcSAP)
		if f.Type == KeyUDT {
			dst = binary.LittleEndian.AppendUint32(dst, f.UDT.Socket)
		}
	case f.Type == KeyARP || f.Type == KeyRARP:
		return f.appendARP(dst, client)
	case f.Type == KeyWLAN:
		dst = append(append(dst, d...), src...)
		dst = append(append(dst, f.WLAN.BSSID[:]...), f.WLAN.SSID[:]...)
		dst = append(dst, f.WLAN.pad[:]...)
	case f.Type == KeyISIS:
		k := &f.ISIS
		dst = binary.BigEndian.AppendUint32(dst, k.PDU)
		dst = append(append(dst, src...), d...)
		dst = append(append(dst, k.Version), k.pad[:3]...)
		dst = binary.BigEndian.AppendUint32(append(dst, k.ID[:]...), k.Checksum)
		dst = append(dst, k.pad[3:]...)
	case f.Type == KeyLCP:
		dst = append(append(dst, f.LCP.Header[:]...), f.LCP.Code, f.LCP.ID)
	}
	return dst
}

// appendARP writes an ARP or RARP key. As sensors write it the ARP key holds
// four bytes of the sender's address; as clients do, all of it in a field of 32.
func (f *Flow) appendARP(dst []byte, client bool) []byte {
	k := &f.ARP
	be := binary.BigEndian
	dst = be.AppendUint16(dst, k.Hardware)
	dst = be.AppendUint16(dst, k.Protocol)
	dst = append(dst, k.HLen, k.PLen)
	dst = be.AppendUint16(dst, k.Op)
	hln := min(int(k.HLen), maxHardware)
	if f.Type == KeyRARP {
		dst = append(dst, f.Dst.b[:4]...)
		dst = append(append(dst, k.Addr[:hln]...), k.Addr2[:hln]...)
		return append(dst, k.rest[:k.restLen]...)
	}
	dst = append(append(dst, f.Src.b[:4]...), f.Dst.b[:4]...)
	switch {
	case f.words != 0:
		return append(append(dst, k.Addr[:k.stored]...), k.rest[:k.restLen]...)
	case client:
		return append(dst, k.Addr[:]...)
	}
	return append(dst, k.Addr[:max((hln+3)/4*4-4, 0)]...)
}
