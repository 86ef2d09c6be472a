package live

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/capture"
	"golang.org/x/sys/unix"
)

// The layout of a block and of a frame in it, as linux/if_packet.h has it for
// TPACKET_V3, in the byte order of the machine:
//
//	block     0 version  4 offset of private data  8 status  12 frames
//	          16 offset of the first frame  20 bytes in use  24 sequence number
//	frame     0 offset of the next  4 seconds  8 nanoseconds  12 captured
//	          16 length  20 status  24 u16 link header  26 u16 network header
//	          28 hash  32 VLAN tag  36 u16 VLAN TPID
//	address   48 u16 family  50 u16 protocol (big endian)  52 interface
//	          56 u16 hardware type  58 u8 packet type  59 u8 address length
//	          60 address, 8 bytes
const (
	blockStatus = 8
	blockFrames = 12
	blockFirst  = 16
	blockHeader = 48
	frameHeader = 68 // with the address

	statusVLAN = 0x10 // the VLAN tag is in the header
	statusTPID = 0x40 // and its TPID

	vlanSize   = 4
	cookedSize = 20
	reserve    = 32 // bytes in front of a frame that the kernel leaves to us

	packetOutgoing = 4
)

// Hardware types of interfaces (ARPHRD_ in linux/if_arp.h).
const (
	hardwareEther    = 1
	hardwareLoopback = 772
	hardwareWLAN     = 801
	hardwarePrism    = 802
	hardwareRadiotap = 803
	hardwareRawIP    = 519
	hardwareTunnel   = 768
	hardwareTunnel6  = 769
	hardwareSIT      = 776
	hardwareNone     = 0xfffe
)

// linkOf is the link type of an interface's frames; cooked is that of those
// which are known to have no, or no useful, link header.
func linkOf(hardware uint16) capture.LinkType {
	switch hardware {
	case hardwareEther, hardwareLoopback:
		return capture.Ethernet
	case hardwareRawIP, hardwareTunnel, hardwareTunnel6, hardwareSIT, hardwareNone:
		return capture.Raw
	case hardwareWLAN:
		return capture.IEEE80211
	case hardwarePrism:
		return capture.Prism
	case hardwareRadiotap:
		return capture.Radiotap
	}
	return capture.LinuxSLL2
}

var native = binary.NativeEndian

// frame is a frame in a ring. The slice begins with its header.
type frame []byte

// timestamp is in nanoseconds since the epoch.
func (f frame) timestamp() int64 {
	return int64(native.Uint32(f[4:]))*1e9 + int64(native.Uint32(f[8:]))
}

func (f frame) hardware() uint16 { return native.Uint16(f[56:]) }

func (f frame) index() int { return int(int32(native.Uint32(f[52:]))) }

func (f frame) tagged() bool { return native.Uint32(f[20:])&statusVLAN != 0 }

// echo reports whether the frame was sent to the machine itself: it comes a
// second time, as received.
func (f frame) echo() bool {
	return f[58] == packetOutgoing && f.hardware() == hardwareLoopback
}

// packet describes the frame, with the link header that its link type asks for.
// It is not ok if what the header says does not fit the block.
func (f frame) packet(link capture.LinkType) (p capture.Packet, ok bool) {
	captured, length := int(native.Uint32(f[12:])), int(native.Uint32(f[16:]))
	mac, net := int(native.Uint16(f[24:])), int(native.Uint16(f[26:]))
	if mac < frameHeader || captured < 0 || length < captured || mac+captured > len(f) {
		return p, false
	}
	p = capture.Packet{Time: f.timestamp(), Link: link}
	switch {
	case link == capture.LinuxSLL2:
		if net < mac || net > mac+captured || net-cookedSize < frameHeader {
			return p, false
		}
		f.cook(f[net-cookedSize : net])
		p.Data, p.Length = f[net-cookedSize:mac+captured], length-(net-mac)+cookedSize
	case f.tagged() && link == capture.Ethernet && captured >= 12 && mac-vlanSize >= frameHeader:
		f.tag(mac)
		p.Data, p.Length = f[mac-vlanSize:mac+captured], length+vlanSize
	default:
		p.Data, p.Length = f[mac:mac+captured], length
	}
	return p, true
}

// tag puts the VLAN tag back behind the addresses, which move forward.
func (f frame) tag(mac int) {
	tci, tpid := uint16(native.Uint32(f[32:])), uint16(unix.ETH_P_8021Q)
	if native.Uint32(f[20:])&statusTPID != 0 {
		tpid = native.Uint16(f[36:])
	}
	copy(f[mac-vlanSize:], f[mac:mac+12])
	binary.BigEndian.PutUint16(f[mac+8:], tpid)
	binary.BigEndian.PutUint16(f[mac+10:], tci)
}

// cook writes a cooked header: protocol, 2 bytes reserved, interface, hardware
// type, packet type, address length, address.
func (f frame) cook(h []byte) {
	var b [cookedSize]byte
	be := binary.BigEndian
	copy(b[:2], f[50:52])
	be.PutUint32(b[4:], native.Uint32(f[52:]))
	be.PutUint16(b[8:], f.hardware())
	b[10], b[11] = f[58], min(f[59], 8)
	copy(b[12:], f[60:68])
	copy(h, b[:])
}
