package packet

import "encoding/binary"

// Kind is the kind of flow that a frame belongs to.
type Kind uint8

// The kinds of frames.
const (
	None   Kind = iota // nothing that can be told apart was found
	IPv4               // Src, Dst, Proto, ...
	IPv6               // likewise, with wide addresses
	ARP                // body at Net, 8 fixed bytes captured
	RARP               // likewise
	Layer2             // an Ethernet or 802.3 frame of any other protocol
	WLAN               // an 802.11 frame without a network packet to follow
	ISIS               // an IS-IS packet at Net
	LCP                // a PPP link control packet at Net
)

// Bits of the encapsulation word (docs/format.md, encapsulation).
const (
	EncapsMPLS   = 1 << 0
	EncapsEther  = 1 << 1
	EncapsVLAN   = 1 << 2
	EncapsLLC    = 1 << 3
	EncapsPPP    = 1 << 4
	EncapsISL    = 1 << 5
	EncapsGRE    = 1 << 6
	EncapsAH     = 1 << 7
	EncapsIPv4   = 1 << 8
	EncapsIPv6   = 1 << 9
	EncapsHDLC   = 1 << 10
	EncapsCHDLC  = 1 << 11
	EncapsATM    = 1 << 12
	EncapsSLL    = 1 << 13
	EncapsFDDI   = 1 << 14
	EncapsSLIP   = 1 << 15
	EncapsARCNet = 1 << 16
	EncapsWLAN   = 1 << 17
	EncapsPrism  = 1 << 18
	EncapsAVS    = 1 << 19
	EncapsTeredo = 1 << 22
	EncapsSPI    = 1 << 24
	EncapsJuni   = 1 << 25
	EncapsVXLAN  = 1 << 26
	EncapsL2TP   = 1 << 27
	EncapsGeneve = 1 << 28
)

// Protocol numbers that the walk and the flow models know by name.
const (
	ProtoHopByHop = 0
	ProtoICMP     = 1
	ProtoIGMP     = 2
	ProtoIPv4     = 4
	ProtoTCP      = 6
	ProtoUDP      = 17
	ProtoIPv6     = 41
	ProtoRouting  = 43
	ProtoFragment = 44
	ProtoGRE      = 47
	ProtoESP      = 50
	ProtoAH       = 51
	ProtoICMPv6   = 58
	ProtoDestOpts = 60
)

// Addr is an IP address as two big-endian words; an IPv4 address is in Lo.
type Addr struct{ Hi, Lo uint64 }

// Less orders addresses as numbers.
func (a Addr) Less(b Addr) bool { return a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo }

// Network is a network header and where its payload is.
type Network struct {
	Src, Dst Addr
	Proto    uint8 // after extension headers
	TTL, TOS uint8 // of IPv6: hop limit and traffic class
	Options  uint8 // IPv4 option set (docs/format.md, IP attributes)

	ID        uint16 // IPv4 identification
	Fragment  bool   // a fragment: FragID, FragAt and FragMore mean something
	FragMore  bool   // more fragments follow
	FragAt    uint16 // place of the payload in the datagram, in bytes
	FragID    uint32
	SrcPort   uint16 // TCP and UDP, if 4 bytes are captured
	DstPort   uint16
	Net       int // offset of the header
	Transport int // offset of what follows, possibly beyond the captured bytes
	Length    int // declared length from Transport on; may be negative
}

// plain empties what few packets have, because a header inside a tunnel takes
// the place of the one outside.
func (n *Network) plain() {
	n.Options, n.Fragment, n.FragMore, n.FragAt, n.FragID = 0, false, false, 0, 0
	n.SrcPort, n.DstPort = 0, 0
}

// Tunnel is the kind of tunnel whose header is remembered.
type Tunnel uint8

// Tunnels with a header of their own in the record.
const (
	NoTunnel Tunnel = iota
	GRE
	VXLAN
	Geneve
)

// Headers describes one frame.
type Headers struct {
	Network
	Data    []byte // the captured bytes
	Bytes   int    // what the frame adds to byte counters
	Ether   int    // offset of the last Ethernet header, or one of the values below
	Kind    Kind
	HasVLAN bool
	HasMPLS bool
	LLC     bool
	Tunnel  Tunnel
	DSAP    uint8  // LLC service points
	SSAP    uint8  // likewise
	VLAN    uint16 // last tag: priority, CFI and id
	MPLS    uint32 // first label stack entry
	Encaps  uint32

	p    int // where the walk stands
	rest int // declared bytes from p on
	wlan int // offset of the 802.11 header, -1 without
	base int // bytes in front of the walk's start that are not counted

	// The tunnel's own header and the packet that carries it; with a Tunnel
	// alone.
	TunnelFlags uint16
	TunnelProto uint16
	TunnelVNI   uint32
	Outer       Outer

	made [14]byte // with MadeEther alone
}

// Outer is the flow that carries a tunnel.
type Outer struct {
	Src, Dst         Addr
	SrcPort, DstPort uint16
	Proto            uint8
	V6               bool
}

// Special values of Headers.Ether.
const (
	NoEther   = -1 // no Ethernet header
	MadeEther = -2 // one made up from the header of a cooked capture
)

// Options chooses what the walk follows.
type Options struct {
	Discover bool // look into UDP for VXLAN, Geneve, L2TP and Teredo
	Provider bool // take the tags 0x88a8 and 0x9100 for VLAN tags
	Shut     bool // open no tunnel at all
}

// Payload returns the captured bytes from the transport header on.
func (h *Headers) Payload() []byte {
	if h.Transport >= len(h.Data) {
		return nil
	}
	return h.Data[h.Transport:]
}

// EtherHeader returns the 14 bytes of the last Ethernet header, nil if there
// was none.
func (h *Headers) EtherHeader() []byte {
	switch {
	case h.Ether >= 0:
		return h.Data[h.Ether : h.Ether+14]
	case h.Ether == MadeEther:
		return h.made[:]
	}
	return nil
}

// WLANHeader returns the captured 802.11 frame, nil if there was none.
func (h *Headers) WLANHeader() []byte {
	if h.wlan < 0 {
		return nil
	}
	return h.Data[h.wlan:]
}

// left is the number of captured bytes from the present place on.
func (h *Headers) left() int { return len(h.Data) - h.p }

// skip moves on by n bytes.
func (h *Headers) skip(n int) {
	h.p += n
	h.rest -= n
}

// u16 reads two bytes at offset n from the present place; they must be there.
func (h *Headers) u16(n int) uint16 { return binary.BigEndian.Uint16(h.Data[h.p+n:]) }

// u32 reads four bytes at offset n from the present place; they must be there.
func (h *Headers) u32(n int) uint32 { return binary.BigEndian.Uint32(h.Data[h.p+n:]) }
