package record

// Network is the state of the protocol above IP, or of fragments (DSR 0x30).
// Kind says which of the members means something.
type Network struct {
	Kind      NetworkKind
	Qualifier uint8 // layout of TCP; silence marks of RTP; marks of fragments

	TCP      TCP
	ICMP     ICMP
	RTP      RTP
	RTCP     RTCP
	ESP      ESP
	ARP      ARPResponse
	Fragment Fragment
	LCP      LCP
	UDT      UDT

	words uint8
	tail  []byte // opaque content and slack, kept as read
}

// NetworkKind is the subtype of the network DSR.
type NetworkKind uint8

// The kinds of network DSR.
const (
	NetworkNone     NetworkKind = 0x00 // one word: no state
	NetworkTCPInit  NetworkKind = 0x03
	NetworkTCP      NetworkKind = 0x04 // status and flags alone
	NetworkTCPPerf  NetworkKind = 0x05
	NetworkRTCP     NetworkKind = 0x09
	NetworkRTP      NetworkKind = 0x0A
	NetworkUDT      NetworkKind = 0x0D
	NetworkARP      NetworkKind = 0x10
	NetworkICMP     NetworkKind = 0x34
	NetworkISIS     NetworkKind = 0x36 // opaque
	NetworkESP      NetworkKind = 0x38
	NetworkLCP      NetworkKind = 0x39
	NetworkFragment NetworkKind = 0x45
)

// IsTCP reports whether the TCP member is set.
func (n *Network) IsTCP() bool {
	return n.Kind == NetworkTCPInit || n.Kind == NetworkTCP || n.Kind == NetworkTCPPerf
}

func (n *Network) flip() {
	switch {
	case n.IsTCP():
		n.TCP.flip()
	case n.Kind == NetworkRTP:
		n.RTP.Src, n.RTP.Dst = n.RTP.Dst, n.RTP.Src
	case n.Kind == NetworkRTCP:
		n.RTCP.Src, n.RTCP.Dst = n.RTCP.Dst, n.RTCP.Src
	}
}

func (n *Network) decode(b []byte, v Version) bool {
	n.Kind = NetworkKind(b[1])
	n.Qualifier = b[2]
	n.words = uint8(len(b) / 4)
	n.tail = nil
	switch n.Kind {
	case NetworkTCPInit, NetworkTCP, NetworkTCPPerf:
		return n.decodeTCP(b, v)
	case NetworkICMP:
		return n.ICMP.decode(b)
	case NetworkRTP:
		return n.RTP.decode(b)
	case NetworkRTCP:
		return n.RTCP.decode(b)
	case NetworkESP:
		return n.ESP.decode(b)
	case NetworkARP:
		if len(b) < 12 {
			return false
		}
		n.ARP.Addr = MAC(b[4:10])
		n.tail = b[10:]
	case NetworkLCP:
		return n.LCP.decode(b)
	case NetworkUDT:
		return n.UDT.decode(b)
	case NetworkFragment:
		if !n.Fragment.decode(b) {
			return false
		}
		n.tail = b[30:]
	default:
		n.tail = b[4:]
	}
	return true
}
