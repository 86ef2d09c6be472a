package record

// networkRows are the state of the protocol: the word for it, and TCP.
func networkRows() []Attribute {
	n := Set(DSRNetwork)
	return []Attribute{
		word("state", "State", 5, TextValue, NoSide, Set(DSRNetwork, DSRMetrics, DSRFlow), appendState, "state of the transaction: CON, FIN, INT, ..."),
		word("flgs", "Flgs", 9, FlagsValue, NoSide, Set(DSRNetwork, DSRMAC, DSREncaps, DSRIPAttr), appendFlags, "nine places of letters: what is special in the flow").padded(),
		integer("swin", "SrcWin", 6, "byte", Source, n, srcWindow, "window that the source offers").abbreviated(),
		integer("dwin", "DstWin", 6, "byte", Dest, n, dstWindow, "window that the destination offers").abbreviated(),
		integer("smss", "SrcMss", 6, "byte", Source, n, ofTCP(func(t *TCP) int64 { return int64(t.Src.MSS) }), "maximum segment size that the source accepts").abbreviated(),
		integer("dmss", "DstMss", 6, "byte", Dest, n, ofTCP(func(t *TCP) int64 { return int64(t.Dst.MSS) }), "maximum segment size that the destination accepts").abbreviated(),
		integer("stcpb", "SrcTCPBase", 12, "", Source, n, ofTCP(func(t *TCP) int64 { return int64(t.Src.Base) }), "TCP sequence number that the source starts at").noZero(),
		integer("dtcpb", "DstTCPBase", 12, "", Dest, n, dstBase, "TCP sequence number that the destination starts at"),
		integer("sgap", "SrcGap", 8, "byte", Source, n, gapOf(Source), "bytes of the source that the sensor did not see").abbreviated(),
		integer("dgap", "DstGap", 8, "byte", Dest, n, gapOf(Dest), "bytes of the destination that the sensor did not see").abbreviated(),
		duration("tcprtt", "TcpRtt", 12, Both, n, ofTCP(func(t *TCP) int64 { return t.SynAck + t.AckData }), "time to set up a TCP connection: synack + ackdat").orZero().abbreviated(),
		duration("synack", "SynAck", 12, Both, n, ofTCP(func(t *TCP) int64 { return t.SynAck }), "time from SYN to SYN-ACK").orZero().abbreviated(),
		duration("ackdat", "AckDat", 12, Both, n, ofTCP(func(t *TCP) int64 { return t.AckData }), "time from SYN-ACK to ACK").orZero().abbreviated(),
		decimal("stcpmax", "STcpMax", 10, "bit/s", Source, n, maxRate(Source), "most that the source can send: window of the destination over the round trip time").orZero().abbreviated(),
		decimal("dtcpmax", "DTcpMax", 10, "bit/s", Dest, n, maxRate(Dest), "most that the destination can send: window of the source over the round trip time").orZero().abbreviated(),
		word("tcpopt", "TcpOpt", 12, FlagsValue, NoSide, n, appendTCPOptions, "TCP options that were used, a place each"),
		reserved("tcpext", "", 12, NoSide, ""),
		reserved("jdelay", "JDelay", 12, NoSide, "s"),
		reserved("ldelay", "LDelay", 12, NoSide, "s"),
		word("resp", "Response", 12, AddressValue, NoSide, n, appendResponse, "Ethernet address that answered an ARP request"),
	}
}

// noNetwork is the state of a record that has none. Nobody writes to it.
var noNetwork Network

// network is r.Network for those who only look: a record without it costs
// nothing.
func network(r *Record) *Network {
	if r.have&(1<<DSRNetwork) == 0 {
		return &noNetwork
	}
	if r.cached&(1<<DSRNetwork) == 0 {
		r.fillNetwork()
	}
	return &r.network
}

// tcp is the TCP state of a record, nil if it has none.
func tcp(r *Record) *TCP {
	n := network(r)
	if !n.IsTCP() || r.Flow().Proto != ProtoTCP {
		return nil
	}
	return &n.TCP
}

func ofTCP(get func(*TCP) int64) func(*Record) (int64, bool) {
	return func(r *Record) (int64, bool) {
		if t := tcp(r); t != nil {
			return get(t), true
		}
		return 0, false
	}
}

// dstBase gets the first sequence number of the destination. None is 0, which
// the programs show of IPv6 alone.
func dstBase(r *Record) (int64, bool) {
	t := tcp(r)
	if t == nil || t.Dst.Base == 0 && r.Flow().Src.family != IPv6 {
		return 0, false
	}
	return int64(t.Dst.Base), true
}

// window is a TCP window in bytes, in 32 bits as readers compute it.
func (s *TCPSide) window() uint32 { return uint32(s.Window) << (s.Shift & 31) }

func srcWindow(r *Record) (int64, bool) {
	if n := network(r); n.Kind == NetworkUDT && r.Has(DSRNetwork) {
		return int64(n.UDT.Src[udtBufferSize]), true
	}
	if t := tcp(r); t != nil && r.Metrics().Src.Packets > 0 {
		return int64(t.Src.window()), true
	}
	return 0, false
}

func dstWindow(r *Record) (int64, bool) {
	m := r.Metrics()
	if t := tcp(r); t != nil && m.Src.Packets > 0 && m.Dst.Packets > 0 {
		return int64(t.Dst.window()), true
	}
	return 0, false
}

// gapOf gets the sequence space of one side that neither its bytes nor its
// retransmissions account for.
func gapOf(side Side) func(*Record) (int64, bool) {
	return func(r *Record) (int64, bool) {
		t := tcp(r)
		switch {
		case t == nil:
			return 0, false
		case network(r).Kind != NetworkTCPPerf:
			return 0, true
		case side == Source:
			return t.Src.gap(), true
		}
		return t.Dst.gap(), true
	}
}

func (s *TCPSide) gap() int64 {
	if s.Base == s.AckBytes || s.Top == 0 || s.Retrans > 0 {
		return 0
	}
	g := s.Top - s.Base
	if g == s.Bytes || g == s.Bytes-s.WinBytes {
		return 0
	}
	if missing := int64(g) - int64(s.Bytes); missing > 0 {
		return missing - 1
	}
	return 0
}

// maxRate is the most that a side can send: the window of the other in each
// round trip time.
func maxRate(side Side) func(*Record) (float64, bool) {
	return func(r *Record) (float64, bool) {
		t := tcp(r)
		if t == nil {
			return 0, false
		}
		m := r.Metrics()
		window, heard := t.Dst.window(), m.Dst.Packets > 0
		if side == Dest {
			window, heard = t.Src.window(), m.Src.Packets > 0
		}
		rtt := t.roundTrip()
		if rtt == 0 || !heard {
			return 0, true
		}
		return 8 * float64(window) * second / float64(rtt), true
	}
}

// roundTrip is the round trip time as a single sensor can tell it. A half below
// 0.1 ms says that the sensor stood next to that end, so that the other half is
// all of it.
func (t *TCP) roundTrip() int64 {
	const near = 100_000
	switch {
	case t.AckData < near:
		return t.SynAck
	case t.SynAck < near:
		return t.AckData
	}
	return t.SynAck + t.AckData
}

// appendTCPOptions writes a letter for each option at its place.
func appendTCPOptions(dst []byte, r *Record, _ *TextOptions) []byte {
	t := tcp(r)
	if t == nil {
		return dst
	}
	return t.Options.appendTo(dst)
}

func (s TCPOptions) appendTo(dst []byte) []byte {
	const letters = "MwsSeETcNOSD"
	for i := range len(letters) {
		c := byte(' ')
		if s&(TCPOptMSS<<i) != 0 {
			c = letters[i]
		}
		dst = append(dst, c)
	}
	return dst
}

func appendResponse(dst []byte, r *Record, o *TextOptions) []byte {
	n := network(r)
	if f := r.Flow(); !r.Has(DSRNetwork) || n.Kind != NetworkARP || f.Class != ClassARP {
		return dst
	}
	return o.appendMAC(dst, n.ARP.Addr)
}
