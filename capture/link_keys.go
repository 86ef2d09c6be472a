package capture

import (
	"bytes"
	"encoding/binary"
)

// etherKey builds the key of a layer-2 flow: both addresses, the lower as the
// source, and the type or the service points.
func (f *frame) etherKey() {
	h := f.EtherHeader()
	dst, src := mac(h), mac(h[6:])
	if dst < src {
		f.swapped = true
		src, dst = dst, src
	}
	f.key[0], f.key[1] = dst, src
	typ := binary.BigEndian.Uint16(h[12:])
	if f.LLC {
		typ = 0
		if f.isIntermediateSystem() {
			typ = isisProtocol
		}
	}
	f.key[4] = last(keyEther, 0, typ, uint16(f.DSAP)<<8|uint16(f.SSAP), 0)
}

// isIntermediateSystem tells IS-IS packets that have no key of their own: of
// the protocols behind the ISO service points it alone is named by the key.
func (f *frame) isIntermediateSystem() bool {
	return f.DSAP == 0xfe && f.SSAP == 0xfe && f.Transport < len(f.Data) && f.Data[f.Transport] == isisProtocol
}

// mac reads an Ethernet address as a number.
func mac(b []byte) uint64 {
	return uint64(binary.BigEndian.Uint16(b))<<32 | uint64(binary.BigEndian.Uint32(b[2:]))
}

// wlanKey builds the key of an 802.11 flow: receiver, transmitter, the third
// address and the network's name. Control frames have fewer addresses.
func (f *frame) wlanKey() {
	d := f.WLANHeader()
	f.Net = len(f.Data) - len(d)
	for i := range 3 {
		if at := 4 + 6*i; len(d) >= at+6 && at+6 <= wlanHeader(d[0]) {
			f.key[i] = mac(d[at:])
		}
	}
	f.key[4] = last(keyWLAN, 0, 0, 0, 0)
	if name := wlanName(d); len(name) > 0 {
		f.ext.add(name)
	}
}

// wlanHeader is the size of the addresses of a frame by its first byte.
func wlanHeader(control byte) int {
	const controlFrame, cts, ack = 1, 12, 13
	if control>>2&3 != controlFrame {
		return 24
	}
	switch control >> 4 {
	case cts, ack:
		return 10
	}
	return 16
}

// wlanName returns the SSID of the management frames that carry one: fixed
// fields by subtype, then elements of id, length, value.
func wlanName(d []byte) []byte {
	if d[0]&0x0c != 0 {
		return nil
	}
	at := 24
	switch d[0] >> 4 {
	case 0: // association request
		at += 4
	case 1, 3: // association response, reassociation response
		at += 6
	case 2: // reassociation request
		at += 10
	case 4: // probe request
	case 5, 8: // probe response, beacon
		at += 12
	default:
		return nil
	}
	for at+2 <= len(d) {
		id, size := d[at], int(d[at+1])
		at += 2
		if at+size > len(d) {
			return nil
		}
		switch id {
		case 0:
			return bytes.TrimRight(d[at:at+min(size, 32)], "\x00")
		case 1, 3, 4, 5, 16: // rates, channel, contention free, traffic map, challenge
		default:
			return nil
		}
		at += size
	}
	return nil
}

// IS-IS packets: the fixed header of 8 bytes, its fifth byte the type.
const (
	isisHello1   = 15
	isisHello2   = 16
	isisLink1    = 18
	isisLink2    = 20
	isisCSNP1    = 24
	isisCSNP2    = 25
	isisPSNP1    = 26
	isisPSNP2    = 27
	isisProtocol = 0x83
)

// isisKey builds the key of an IS-IS flow: every different packet is one.
//
//	hello     8 circuit u8, 9 source 6, 15 hold u16, 17 length u16, 19 priority u8, 20 LAN id 7
//	link      8 length u16, 10 lifetime u16, 12 id 8, 20 sequence u32, 24 checksum u16
//	sequence  8 length u16, 10 source 7, (complete: 17 start id 8, 25 end id 8)
func (f *frame) isisKey() bool {
	d := f.Data[f.Net:]
	kind := d[4] & 0x1f
	var id [18]byte
	switch kind {
	case isisHello1, isisHello2:
		if len(d) < 27 {
			return false
		}
		copy(id[:6], d[9:15])
		copy(id[6:13], d[20:27])
		binary.BigEndian.PutUint32(id[14:], uint32(isisChecksum(d)))
	case isisLink1, isisLink2:
		if len(d) < 27 {
			return false
		}
		copy(id[:8], d[12:20])
		binary.LittleEndian.PutUint32(id[8:], binary.BigEndian.Uint32(d[20:]))
		binary.BigEndian.PutUint32(id[14:], uint32(binary.BigEndian.Uint16(d[24:])))
	case isisCSNP1, isisCSNP2, isisPSNP1, isisPSNP2:
		if len(d) < 17 {
			return false
		}
		copy(id[:7], d[10:17])
		binary.BigEndian.PutUint32(id[14:], uint32(isisChecksum(d)))
	default:
		return false
	}
	if h := f.EtherHeader(); h != nil {
		f.key[0], f.key[1] = mac(h), mac(h[6:])
	}
	f.key[2], f.key[3] = packBytes(id[:16])
	f.key[4] = last(keyISIS, 0, uint16(kind)<<8|uint16(d[5]), binary.BigEndian.Uint16(id[16:]), 0)
	return true
}

// isisChecksum is the Fletcher checksum of a packet.
func isisChecksum(d []byte) uint16 {
	var a, b uint32
	for _, c := range d {
		a = (a + uint32(c)) % 255
		b = (b + a) % 255
	}
	return uint16(b<<8 | a)
}
