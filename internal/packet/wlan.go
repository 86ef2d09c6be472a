package packet

import "encoding/binary"

// linkWLAN removes what capture systems put in front of an 802.11 frame. Only
// the radiotap header is left out of the byte count.
func (h *Headers) linkWLAN(link uint32) next {
	h.Encaps |= EncapsWLAN
	pad := false
	switch link {
	case LinkRadiotap:
		n, padded := h.radiotap()
		if n == 0 || !h.take(n) {
			return done
		}
		pad = padded
	case LinkPrism:
		n := 144
		if h.left() >= 4 && h.u32(0) == avsCookie {
			n = 64
		}
		if h.left() < n || h.rest < n {
			return done
		}
		h.skip(n)
	case LinkAVS:
		if h.left() < 64 || h.rest < 64 {
			return done
		}
		h.skip(64)
	}
	if h.left() < 10 || h.rest < 10 {
		return done
	}
	h.wlan = h.p
	if pad {
		h.TunnelFlags = 1 // read once, by wlanFrame
	}
	return wlan
}

const avsCookie = 0x80211001

// radiotap returns the length of a radiotap header and whether the frame's
// header is padded to a multiple of four.
//
//	version u8, pad u8, length u16 LE, present u32 LE (bit 31: another follows), fields
func (h *Headers) radiotap() (size int, padded bool) {
	if h.left() < 8 {
		return 0, false
	}
	d := h.Data
	size = int(binary.LittleEndian.Uint16(d[2:]))
	if size < 8 || size > len(d) {
		return 0, false
	}
	present, at := binary.LittleEndian.Uint32(d[4:]), 8
	for p := present; p&(1<<31) != 0; at += 4 {
		if at+4 > size {
			return size, false
		}
		p = binary.LittleEndian.Uint32(d[at:])
	}
	const tsft, flags, dataPad = 1, 2, 0x20
	if present&flags == 0 {
		return size, false
	}
	if present&tsft != 0 {
		at = (at+7)&^7 + 8
	}
	return size, at < size && d[at]&dataPad != 0
}

// 802.11 frame types.
const (
	wlanManagement = 0
	wlanControl    = 1
	wlanData       = 2
)

// wlanFrame reads an 802.11 header. Data frames that are neither empty nor
// protected go on with LLC.
func (h *Headers) wlanFrame() next {
	pad := h.TunnelFlags == 1
	h.TunnelFlags = 0
	control, flags := h.Data[h.p], h.Data[h.p+1]
	typ, subtype := control>>2&3, control>>4
	const null, qos, protected, order, bothDS = 4, 8, 0x40, 0x80, 3
	if typ != wlanData || subtype&null != 0 || flags&protected != 0 {
		return done
	}
	size := 24
	if flags&bothDS == bothDS {
		size = 30
	}
	if subtype&qos != 0 {
		size += 2
		if flags&order != 0 {
			size += 4 // HT control
		}
	}
	if pad {
		size = (size + 3) &^ 3
	}
	if h.left() < size || h.rest < size {
		return done
	}
	h.skip(size)
	return llc
}
