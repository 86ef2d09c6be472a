package capture

import "strconv"

// LinkType says how the bytes of a frame begin. The values are the LINKTYPE_
// numbers of pcap and pcapng files.
type LinkType uint32

// The link types that have a name here. The zero value is Null, so a Packet
// built by hand must state its link type.
const (
	Null          LinkType = 0   // 4-byte address family in host byte order (BSD loopback)
	Ethernet      LinkType = 1   // Ethernet II or 802.3, from the destination address
	TokenRing     LinkType = 6   // IEEE 802.5
	ARCNet        LinkType = 7   // ARCNET with BSD-style header
	SLIP          LinkType = 8   // SLIP with a 16-byte header
	PPP           LinkType = 9   // PPP, perhaps with address and control bytes
	FDDI          LinkType = 10  // FDDI, addresses bit-reversed
	PPPSerial     LinkType = 50  // PPP in HDLC-like framing, or Cisco HDLC
	PPPEther      LinkType = 51  // PPPoE session, from the PPPoE header
	ATMRFC1483    LinkType = 100 // LLC/SNAP over ATM
	Raw           LinkType = 101 // IPv4 or IPv6, told by the version nibble
	SLIPBSDOS     LinkType = 102 // SLIP of BSD/OS
	PPPBSDOS      LinkType = 103 // PPP of BSD/OS
	CiscoHDLC     LinkType = 104 // Cisco HDLC
	IEEE80211     LinkType = 105 // IEEE 802.11
	ATMClip       LinkType = 106 // classical IP over ATM of Linux
	FrameRelay    LinkType = 107 // Frame Relay LAPF
	Loop          LinkType = 108 // 4-byte address family in network byte order (OpenBSD loopback)
	Enc           LinkType = 109 // OpenBSD enc(4), 12-byte header
	LinuxSLL      LinkType = 113 // Linux "cooked" capture, 16-byte header
	LocalTalk     LinkType = 114 // Apple LocalTalk
	PFLog         LinkType = 117 // OpenBSD pf log
	Prism         LinkType = 119 // IEEE 802.11 after a Prism header
	IPOverFC      LinkType = 122 // RFC 2625 IP over Fibre Channel
	Radiotap      LinkType = 127 // IEEE 802.11 after a radiotap header
	AVS           LinkType = 163 // IEEE 802.11 after an AVS header
	JuniperEther  LinkType = 178 // Ethernet after a Juniper header
	IEEE802154    LinkType = 195 // IEEE 802.15.4 with FCS
	IEEE802154PHY LinkType = 215 // IEEE 802.15.4 with a non-ASK PHY header
	IPNet         LinkType = 226 // Solaris ipnet
	IPv4          LinkType = 228 // IPv4, from its header
	IPv6          LinkType = 229 // IPv6, from its header
	IEEE802154Raw LinkType = 230 // IEEE 802.15.4 without FCS
	NFLog         LinkType = 239 // Linux netfilter log
	IPoIB         LinkType = 242 // IP over InfiniBand
	InfiniBand    LinkType = 247 // InfiniBand, from the local route header
	LinuxSLL2     LinkType = 276 // Linux "cooked" capture v2, 20-byte header
	IEEE802154TAP LinkType = 283 // IEEE 802.15.4 after a TAP header
	userLinkFirst LinkType = 147 // LINKTYPE_USER0
	userLinkLast  LinkType = 162 // LINKTYPE_USER15
)

var linkNames = map[LinkType]string{
	Null: "NULL", Ethernet: "EN10MB", TokenRing: "IEEE802", ARCNet: "ARCNET", SLIP: "SLIP", PPP: "PPP",
	FDDI: "FDDI", PPPSerial: "PPP_SERIAL", PPPEther: "PPP_ETHER", ATMRFC1483: "ATM_RFC1483", Raw: "RAW",
	SLIPBSDOS: "SLIP_BSDOS", PPPBSDOS: "PPP_BSDOS", CiscoHDLC: "C_HDLC", IEEE80211: "IEEE802_11",
	ATMClip: "ATM_CLIP", FrameRelay: "FRELAY", Loop: "LOOP", Enc: "ENC", LinuxSLL: "LINUX_SLL",
	LocalTalk: "LTALK", PFLog: "PFLOG", Prism: "PRISM_HEADER", IPOverFC: "IP_OVER_FC",
	Radiotap: "IEEE802_11_RADIO", AVS: "IEEE802_11_RADIO_AVS", JuniperEther: "JUNIPER_ETHER",
	IEEE802154: "IEEE802_15_4", IEEE802154PHY: "IEEE802_15_4_NONASK_PHY", IPNet: "IPNET", IPv4: "IPV4",
	IPv6: "IPV6", IEEE802154Raw: "IEEE802_15_4_NOFCS", NFLog: "NFLOG", IPoIB: "IPOIB",
	InfiniBand: "INFINIBAND", LinuxSLL2: "LINUX_SLL2", IEEE802154TAP: "IEEE802_15_4_TAP",
}

// String returns the name that libpcap gives the link type, without its DLT_
// prefix, or "LINKTYPE_n" where this package has no name for it.
func (l LinkType) String() string {
	if name, ok := linkNames[l]; ok {
		return name
	}
	if userLinkFirst <= l && l <= userLinkLast {
		return "USER" + strconv.Itoa(int(l-userLinkFirst))
	}
	return "LINKTYPE_" + strconv.FormatUint(uint64(l), 10)
}

// Canonical maps the DLT_ numbers that some systems write into files to the
// LINKTYPE_ number of the same framing: 12 and 14 are Raw, 11 is ATMRFC1483,
// 13 and 15 are SLIPBSDOS, 16 is PPPBSDOS, 19 is ATMClip. Every other value is
// returned as it is. The readers of this package hand out canonical values.
func (l LinkType) Canonical() LinkType {
	switch l {
	case 12, 14:
		return Raw
	case 11:
		return ATMRFC1483
	case 13, 15:
		return SLIPBSDOS
	case 16:
		return PPPBSDOS
	case 19:
		return ATMClip
	}
	return l
}
