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

	words uint8  // as read, 0 if set
	tail  []byte // opaque content and slack, as read
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
		return n.TCP.decode(b, v)
	case NetworkICMP:
		return n.ICMP.decode(b) && n.keep(b[4*icmpWords:])
	case NetworkRTP:
		return n.RTP.decode(b)
	case NetworkRTCP:
		return n.RTCP.decode(b)
	case NetworkESP:
		return n.ESP.decode(b) && n.keep(b[4*espWords:])
	case NetworkARP:
		if len(b) < 4*arpWords5 {
			return false
		}
		n.ARP.Addr = MAC(b[4:10])
		n.tail = b[10:]
	case NetworkLCP:
		return n.LCP.decode(b) && n.keep(b[4*lcpWords:])
	case NetworkUDT:
		return n.UDT.decode(b)
	case NetworkFragment:
		return n.Fragment.decode(b) && n.keep(b[fragmentSlack:])
	default:
		n.tail = b[4:]
	}
	return true
}

// keep remembers what stands behind the fields.
func (n *Network) keep(tail []byte) bool {
	n.tail = tail
	return true
}

// tcpForm is the form in which the state of TCP is written in version v: the
// one that was read from the same version, else that of v.
func (n *Network) tcpForm(v, from Version) tcpForm {
	if n.words == 0 || v != from {
		f := tcpForm{kind: n.Kind, qualifier: tcpMSS, side: tcpSide5, dest: n.words == 0 || n.Kind != NetworkTCPPerf || n.words > tcpPerfSrcWords, version: v}
		if v == Version3 {
			f.qualifier, f.side = 0, tcpSide3
		}
		return f
	}
	return storedForm(n.Kind, n.Qualifier, n.words, v)
}

// storedForm is the form of a DSR of so many words.
func storedForm(kind NetworkKind, qualifier, words uint8, v Version) tcpForm {
	f := tcpForm{kind: kind, qualifier: qualifier, side: tcpSide3, dest: true, version: v}
	wide := qualifier == tcpMSS
	if kind == NetworkTCPInit {
		wide = words >= tcpInitWords5
	}
	if wide || words == tcpPerfWords5 {
		f.side = tcpSide5
	}
	if kind == NetworkTCPPerf {
		f.dest = words > tcpPerfSrcWords
	}
	return f
}

// append writes the DSR in version v; what was read of version from keeps its
// form where v has it too.
func (n *Network) append(dst []byte, v, from Version) []byte {
	at := len(dst)
	switch n.Kind {
	case NetworkTCPInit, NetworkTCP, NetworkTCPPerf:
		return n.TCP.append(dst, n.tcpForm(v, from))
	case NetworkRTP:
		return AppendRTP(dst, &n.RTP, n.Qualifier)
	case NetworkRTCP:
		return AppendRTCP(dst, &n.RTCP)
	case NetworkARP:
		return n.ARP.append(dst, n.Qualifier, n.tail, v, from)
	case NetworkUDT:
		return n.UDT.append(dst, n.Qualifier, int(n.words))
	case NetworkFragment:
		return n.Fragment.append(dst, n.Qualifier, n.tail)
	case NetworkICMP:
		dst = AppendICMP(dst, &n.ICMP)
	case NetworkESP:
		dst = AppendESP(dst, &n.ESP)
	case NetworkLCP:
		dst = AppendLCP(dst, &n.LCP)
	default:
		dst = append(dst, DSRNetwork.Type(), byte(n.Kind), 0, 0)
	}
	dst[at+2] = n.Qualifier
	return closeDSR(append(dst, n.tail...), at)
}

// AppendNoState appends the network DSR of one word that says nothing, which
// sensors write for flows without protocol state.
func AppendNoState(dst []byte) []byte {
	return append(dst, DSRNetwork.Type(), byte(NetworkNone), 0, 1)
}

//go:noinline
func (r *Record) fillNetwork() {
	fill(r, DSRNetwork, &r.network)
	n := &r.network
	switch {
	case n.IsTCP():
		if m := r.Metrics(); r.Has(DSRMetrics) {
			n.TCP.cover(m.Src.Packets, m.Dst.Packets)
		}
	case n.Kind == NetworkRTP:
		if m := r.Metrics(); r.Flow().Proto != ProtoUDP || m.Src.Packets < rtpLeast && m.Dst.Packets < rtpLeast {
			*n = Network{} // chance made it look like RTP
			r.have &^= DSRNetwork.bit()
		}
	}
}

// mergeNetwork unites the protocol states. States of different protocols cannot
// be: the DSR is removed. A record that has none, or an empty one, as TCP over
// IPv6 has, takes that of TCP. same says that both records are of one flow, later
// that b started after a.
func (a *Record) mergeNetwork(b *Record, same, later bool) {
	m := a.Metrics()
	if a.have&(1<<DSRNetwork) != 0 && a.network.IsTCP() && a.network.TCP.uncover(m.Src.Packets, m.Dst.Packets) {
		a.set(DSRNetwork)
	}
	if b.have&(1<<DSRNetwork) == 0 {
		return
	}
	n, o := a.Network(), b.Network()
	switch {
	case b.have&(1<<DSRNetwork) == 0 || o.Kind == NetworkNone:
		return
	case a.have&(1<<DSRNetwork) == 0 || n.Kind == NetworkNone:
		if o.IsTCP() && a.Flow().Proto == ProtoTCP {
			a.SetNetwork(*o)
			a.network.TCP.uncover(m.Src.Packets, m.Dst.Packets)
		}
		return
	}
	switch {
	case n.IsTCP() && o.IsTCP():
		n.mergeTCP(o, same, later)
		n.TCP.uncover(m.Src.Packets, m.Dst.Packets) // what was taken from b
	case n.Kind != o.Kind:
		a.Drop(DSRNetwork)
		return
	case n.Kind == NetworkRTP:
		n.Qualifier |= o.Qualifier
		n.RTP.merge(&o.RTP)
	case n.Kind == NetworkESP:
		n.Qualifier |= o.Qualifier
		n.ESP.merge(&o.ESP)
	case n.Kind == NetworkUDT:
		n.UDT.merge(&o.UDT)
	default:
		return // the first record's stays
	}
	a.set(DSRNetwork)
}
