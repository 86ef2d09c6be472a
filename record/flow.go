package record

import "encoding/binary"

// Flow is the key of a flow (DSR 0x02): its two ends, its protocol, and what
// else tells it from other flows. The source is the end that sent the first
// packet, as far as the sensor could tell.
//
//	byte 1  bits 0..5 class, 0x40 REVERSE: the ends are stored exchanged
//	byte 2  bits 0..4 type of the key, 0x20 DIRECTION, 0x40 MASKLEN, 0x80 FRAGMENT
//
//	IPv4, 5 words      4 src, 8 dst, 12 proto, 13 tp, 14 sport, 16 dport, 18 smask, 19 dmask
//	  ICMP             14 type, 15 code, 16 id, 18 sequence (host order)
//	  IGMP             14 type, 15 code, 18 IP id
//	  ESP              16 SPI
//	  fragment         18 IP id (host order)
//	IPv4 matrix, 3     4 src, 8 dst
//	IPv6, 11 or 12     4 src, 20 dst, 36 proto, 37..39 flow label, 40 sport, 42 dport, [44 smask, 46 dmask host order]
//	IPv6 matrix, 9     4 src, 20 dst
//	Ethernet, 5        4 dst, 10 src, 16 type, 18 dsap, 19 ssap
//	ARP, RARP          4 hrd, 6 pro, 8 hln, 9 pln, 10 op, 12 ...
//
// The layouts of ARP, RARP, WLAN, IS-IS, LCP and UDT keys are in flow_link.go.
type Flow struct {
	Src, Dst         Endpoint
	SrcPort, DstPort uint16 // TCP, UDP and other IP protocols that have none of the forms below
	Proto            Proto  // IP protocol; 0 for keys below IP
	Class            FlowClass
	Type             KeyType
	SrcBits, DstBits uint8 // prefix lengths, 32 or 128 where the record does not say

	Stored    uint8 // the REVERSE mark as stored: flowReverse or 0
	Direction bool  // the sensor saw the answer first
	Masked    bool  // the record says the prefix lengths
	Fragment  bool  // key of later fragments whose first one was not seen

	TP        uint8  // ICMP unreachable port: protocol of the quoted packet
	ICMPType  uint8  // ICMP, ICMPv6, IGMP
	ICMPCode  uint8  // ICMP, ICMPv6, IGMP
	ICMPID    uint16 // bytes 16, 17 big-endian, as readers print them: little-endian sensors store the identifier swapped
	ICMPSeq   uint16 // bytes 18, 19, likewise; IGMP: the IP id
	SPI       uint32 // ESP
	FragID    uint32 // IP identification of a fragment key
	DNSID     uint16 // bytes 18, 19 of a key without masks, as stored; the DNS query id, swapped
	EtherType uint16 // Ethernet keys; 0 for 802.2 frames
	SrcSAP    uint8  // 802.2 service access points
	DstSAP    uint8

	ARP  ARPKey
	WLAN WLANKey
	ISIS ISISKey
	LCP  LCPKey
	UDT  UDTKey

	words uint8  // length on the wire, 0 if set by a user
	label uint32 // IPv6: bytes 37..39
	tail6 uint32 // IPv6: bytes 44..47 of a key without masks
	body  []byte // a key of a reserved type or an old form, kept whole
}

// FlowClass says which parts of the headers make the key.
type FlowClass uint8

// The flow classes.
const (
	ClassFiveTuple   FlowClass = 0x01
	ClassLayer2      FlowClass = 0x02
	ClassLayer3      FlowClass = 0x03 // addresses alone
	ClassMPLS        FlowClass = 0x04
	ClassVLAN        FlowClass = 0x05
	ClassARP         FlowClass = 0x06
	flowClassMask              = 0x3F
	flowReverse                = 0x40
	keyDirection               = 0x20
	keyMasked                  = 0x40
	keyFragment                = 0x80
	keyTypeMask                = 0x1F
	flowHeaderOffset           = 4
	flow6Bare                  = 44 // bytes of an IPv6 key without prefix lengths
)

// KeyType is the kind of addresses in a flow key.
type KeyType uint8

// The key types.
const (
	KeyIPv4     KeyType = 0x01
	KeyIPv6     KeyType = 0x02
	KeyEthernet KeyType = 0x03
	KeyARP      KeyType = 0x04
	KeyRARP     KeyType = 0x05
	KeyMPLS     KeyType = 0x06
	KeyVLAN     KeyType = 0x07
	KeyWLAN     KeyType = 0x08
	KeyLCP      KeyType = 0x09
	KeyISIS     KeyType = 0x0A
	KeyIBLocal  KeyType = 0x0B
	KeyIBGlobal KeyType = 0x0C
	KeyUDT      KeyType = 0x0D
)

// Flow returns the flow key.
func (r *Record) Flow() *Flow {
	if r.cached&(1<<DSRFlow) == 0 {
		r.fillFlow()
	}
	return &r.flow
}

// SetFlow gives the record a flow key. A key that is set is written in flow
// order, without the REVERSE mark.
func (r *Record) SetFlow(f Flow) {
	r.flipped() // decided by the key that is there
	f.Stored, f.words, f.body = 0, 0, nil
	r.flow = f
	r.set(DSRFlow)
}

//go:noinline
func (r *Record) fillFlow() {
	r.cached |= DSRFlow.bit()
	b := r.raw(DSRFlow)
	if b == nil {
		r.flow = Flow{}
		return
	}
	if !r.flow.decode(b) {
		r.flow = Flow{}
		r.fail(DSRFlow)
		return
	}
	if r.flow.Stored != 0 && r.flow.Class != ClassARP {
		r.flow.flip()
	}
	if r.state&viewCorrect != 0 {
		r.flow.flip()
	}
}

// flip exchanges the ends. Fields that belong to no end stay.
func (f *Flow) flip() {
	f.Src, f.Dst = f.Dst, f.Src
	f.SrcPort, f.DstPort = f.DstPort, f.SrcPort
	f.SrcBits, f.DstBits = f.DstBits, f.SrcBits
}

// decode reads a flow DSR as stored: the ends are not exchanged yet.
func (f *Flow) decode(b []byte) bool {
	f.decodeMarks(b)
	if f.Type == KeyIPv6 || f.Type == KeyIPv4 && f.Class != ClassARP {
		return f.decodeIP(b)
	}
	return f.decodeLink(b)
}

// decodeIP reads a key of IP addresses after its marks. Unlike other keys it
// keeps nothing of b.
func (f *Flow) decodeIP(b []byte) bool {
	if f.Type == KeyIPv6 {
		return f.decode6(b)
	}
	return f.decode4(b)
}

// decodeMarks reads what all keys begin with.
func (f *Flow) decodeMarks(b []byte) {
	f.clearRare()
	f.Class = FlowClass(b[1] & flowClassMask)
	f.Stored = b[1] & flowReverse
	q := b[2]
	f.Type = KeyType(q & keyTypeMask)
	f.Direction = q&keyDirection != 0
	f.Masked = q&keyMasked != 0
	f.Fragment = q&keyFragment != 0
	f.words = uint8(len(b) / 4)
}

// clearRare clears what most keys have not, so that a reused Flow shows
// nothing of the record before.
func (f *Flow) clearRare() {
	f.SrcPort, f.DstPort = 0, 0
	f.TP, f.ICMPType, f.ICMPCode = 0, 0, 0
	f.ICMPID, f.ICMPSeq, f.DNSID = 0, 0, 0
	f.SPI, f.FragID, f.label, f.tail6 = 0, 0, 0, 0
	f.EtherType, f.SrcSAP, f.DstSAP = 0, 0, 0
	f.Proto = 0
	f.body = nil
}

func (f *Flow) decode4(b []byte) bool {
	if len(b) < 12 {
		return false
	}
	f.Src.set4(b[4:8])
	f.Dst.set4(b[8:12])
	f.SrcBits, f.DstBits = 32, 32
	if f.Class == ClassLayer3 || len(b) < 20 {
		return true
	}
	b = b[:20]
	f.Proto = Proto(b[12])
	f.TP = b[13]
	if f.Masked {
		f.SrcBits, f.DstBits = b[18], b[19]
	} else {
		f.DNSID = binary.BigEndian.Uint16(b[18:])
	}
	switch {
	case f.Fragment:
		f.FragID = uint32(f.DNSID)
	case f.Proto == ProtoICMP || f.Proto == ProtoIGMP:
		f.ICMPType, f.ICMPCode = b[14], b[15]
		f.ICMPID = binary.BigEndian.Uint16(b[16:])
		f.ICMPSeq = binary.BigEndian.Uint16(b[18:])
	case f.Proto == ProtoESP:
		f.SPI = binary.BigEndian.Uint32(b[16:])
	default:
		f.SrcPort = binary.BigEndian.Uint16(b[14:])
		f.DstPort = binary.BigEndian.Uint16(b[16:])
	}
	return true
}

func (f *Flow) decode6(b []byte) bool {
	if len(b) < 36 {
		return false
	}
	f.Src.set16(b[4:20])
	f.Dst.set16(b[20:36])
	f.SrcBits, f.DstBits = 128, 128
	if f.Class == ClassLayer3 || len(b) < 44 {
		return true
	}
	f.Proto = Proto(b[36])
	f.label = binary.BigEndian.Uint32(b[36:]) & 0x00FFFFFF
	if f.Masked && len(b) >= 48 {
		f.SrcBits, f.DstBits = uint8(binary.LittleEndian.Uint16(b[44:])), uint8(binary.LittleEndian.Uint16(b[46:]))
	} else if len(b) >= 48 {
		f.tail6 = binary.BigEndian.Uint32(b[44:])
	}
	switch {
	case f.Fragment:
		f.FragID = binary.BigEndian.Uint32(b[40:])
	case f.Proto == ProtoICMP6:
		f.ICMPType, f.ICMPCode = b[40], b[41]
		f.ICMPID = binary.BigEndian.Uint16(b[42:])
	case f.Proto == ProtoESP:
		f.SPI = binary.BigEndian.Uint32(b[40:])
	default:
		f.SrcPort = binary.BigEndian.Uint16(b[40:])
		f.DstPort = binary.BigEndian.Uint16(b[42:])
	}
	return true
}

// IsIP reports whether the key is of IPv4 or IPv6 addresses.
func (f *Flow) IsIP() bool { return f.Src.family == IPv4 || f.Src.family == IPv6 }
