package packetfilter

import (
	"math/bits"

	"github.com/seed-6ae541b3/goargus/capture"
)

// EtherTypes and LLC service access points that are recognised in a way of
// their own.
const (
	etherTypeIP     = 0x0800
	etherTypeIP6    = 0x86dd
	etherTypeATalk  = 0x809b
	etherTypeAARP   = 0x80f3
	etherTypeIPX    = 0x8137
	etherTypeMPLS   = 0x8847
	etherTypePPPoED = 0x8863
	etherTypePPPoES = 0x8864
	pppMPLS         = 0x0281
	maxEtherLength  = 1500 // EtherTypes up to it are lengths of 802.3 frames

	sapIP      = 0x06
	sapSTP     = 0x42
	sapIPX     = 0xe0
	sapNetBEUI = 0xf0
	sapISO     = 0xfe
)

// framing is a family of link layers that tell the network protocol alike.
type framing int

const (
	etherFraming  framing = iota // EtherType or length
	pppFraming                   // PPP protocol number
	hdlcFraming                  // EtherType; LLC SAP doubled
	sllFraming                   // Linux cooked: EtherType or a small number for the rest
	typeFraming                  // EtherType and nothing else
	familyFraming                // 4 bytes of address family
	rawFraming                   // version nibble of the IP header
	mplsFraming                  // last label, then the version nibble
)

// linkLayer says where things are in a frame. vlan, mpls and pppoes change it.
type linkLayer struct {
	name      string
	framing   framing
	headerAt  uint32 // offset of the link header
	typeAt    uint32 // offset of the protocol type
	payloadAt uint32 // offset of what follows the link layer, without MPLS labels
	labels    uint32 // MPLS labels passed
	only      uint32 // of raw links with one protocol: its EtherType
	mplsType  uint32 // protocol type of MPLS; 0 where there is none
	isEther   bool   // has Ethernet addresses at 0
	outAt     uint32 // offset of the direction of a cooked frame
	outSize   uint32 // size of that; 0 where there is none
	swapped   bool   // address family in network byte order, and never otherwise
}

// linkLayers are the link types that a filter can be compiled for.
var linkLayers = map[capture.LinkType]linkLayer{
	capture.Ethernet:  {framing: etherFraming, typeAt: 12, payloadAt: 14, mplsType: etherTypeMPLS, isEther: true},
	capture.Null:      {framing: familyFraming, payloadAt: 4},
	capture.Loop:      {framing: familyFraming, payloadAt: 4, swapped: true},
	capture.PPP:       {framing: pppFraming, typeAt: 2, payloadAt: 4, mplsType: pppMPLS},
	capture.PPPSerial: {framing: pppFraming, typeAt: 2, payloadAt: 4},
	capture.CiscoHDLC: {framing: hdlcFraming, typeAt: 2, payloadAt: 4, mplsType: etherTypeMPLS},
	capture.Raw:       {framing: rawFraming},
	capture.IPv4:      {framing: rawFraming, only: etherTypeIP},
	capture.IPv6:      {framing: rawFraming, only: etherTypeIP6},
	capture.LinuxSLL:  {framing: sllFraming, typeAt: 14, payloadAt: 16, outAt: 0, outSize: 2},
	capture.LinuxSLL2: {framing: typeFraming, typeAt: 0, payloadAt: 20, outAt: 10, outSize: 1},
}

// network is the offset of the network header.
func (l *linkLayer) network() uint32 { return l.payloadAt + 4*l.labels }

// protocol tests for an EtherType, or for an LLC SAP where it is a small
// number.
func (l *linkLayer) protocol(number uint32) *cond {
	switch l.framing {
	case etherFraming:
		return l.etherProtocol(number)
	case sllFraming:
		return l.cookedProtocol(number)
	case pppFraming:
		return equal(l.typeAt, 2, pppNumber(number))
	case hdlcFraming:
		if number == sapISO {
			number |= number << 8
		}
		return equal(l.typeAt, 2, number)
	case typeFraming:
		return equal(l.typeAt, 2, number)
	case familyFraming:
		return l.familyProtocol(number)
	case mplsFraming:
		return and(masked(l.network()-2, 1, 1, 1), ipVersion(l.network(), number))
	}
	if l.only != 0 {
		if number == l.only {
			return always
		}
		return never
	}
	return ipVersion(l.payloadAt, number)
}

// ipVersion tests the first nibble of an IP header.
func ipVersion(at, number uint32) *cond {
	switch number {
	case etherTypeIP:
		return masked(at, 1, 0xf0, 0x40)
	case etherTypeIP6:
		return masked(at, 1, 0xf0, 0x60)
	}
	return never
}

func (l *linkLayer) etherProtocol(number uint32) *cond {
	is802 := not(compare(jumpGreater, l.typeAt, 2, maxEtherLength))
	llc := l.payloadAt
	switch number {
	case sapISO, sapIP, sapNetBEUI:
		return and(is802, equal(llc, 2, number<<8|number))
	case sapIPX:
		return or(equal(l.typeAt, 2, etherTypeIPX),
			and(is802, or(snap(llc, 0, etherTypeIPX), equal(llc, 1, sapIPX), equal(llc, 2, 0xffff))))
	case etherTypeATalk:
		return or(equal(l.typeAt, 2, number), and(is802, snap(llc, 0x080007, number)))
	case etherTypeAARP:
		return or(equal(l.typeAt, 2, number), and(is802, snap(llc, 0, number)))
	}
	if number <= maxEtherLength {
		return and(is802, equal(llc, 1, number))
	}
	return equal(l.typeAt, 2, number)
}

// Small numbers in the protocol field of cooked frames.
const (
	cooked8023 = 1 // 802.3 without LLC, which is Novell's IPX
	cookedLLC  = 4
)

func (l *linkLayer) cookedProtocol(number uint32) *cond {
	isLLC := equal(l.typeAt, 2, cookedLLC)
	llc := l.payloadAt
	switch number {
	case sapISO, sapIP, sapNetBEUI:
		return and(isLLC, equal(llc, 2, number<<8|number))
	case sapIPX:
		return or(equal(l.typeAt, 2, etherTypeIPX), equal(l.typeAt, 2, cooked8023),
			and(isLLC, or(equal(llc, 1, sapIPX), snap(llc, 0, etherTypeIPX))))
	case etherTypeATalk:
		return or(equal(l.typeAt, 2, number), and(isLLC, snap(llc, 0x080007, number)))
	case etherTypeAARP:
		return or(equal(l.typeAt, 2, number), and(isLLC, snap(llc, 0, number)))
	}
	if number <= maxEtherLength {
		return and(isLLC, equal(llc, 1, number))
	}
	return equal(l.typeAt, 2, number)
}

// snap tests for an LLC header of SNAP with a protocol of an organisation.
func snap(llc, organisation, number uint32) *cond {
	return and(equal(llc+4, 4, organisation<<16|number), equal(llc, 4, 0xaaaa0300|organisation>>16))
}

// pppNumber maps EtherTypes and SAPs to the numbers of PPP.
func pppNumber(number uint32) uint32 {
	switch number {
	case etherTypeIP:
		return 0x21
	case etherTypeIP6:
		return 0x57
	case 0x6003: // DECnet
		return 0x27
	case etherTypeATalk:
		return 0x29
	case 0x0600: // XNS
		return 0x25
	case sapISO:
		return 0x23
	case sapSTP:
		return 0x31
	case sapIPX:
		return 0x2b
	}
	return number
}

// familyProtocol tests the address family of a loopback frame. IPv6 has
// another number on each BSD.
func (l *linkLayer) familyProtocol(number uint32) *cond {
	switch number {
	case etherTypeIP:
		return l.family(2)
	case etherTypeIP6:
		return or(l.family(30), l.family(24), l.family(28))
	}
	return never
}

// family tests for an address family, which Null has in the byte order of the
// host that captured.
func (l *linkLayer) family(number uint32) *cond {
	if l.swapped {
		return equal(0, 4, number)
	}
	return or(equal(0, 4, bits.ReverseBytes32(number)), equal(0, 4, number))
}
