package record

// mergeNetwork unites the protocol states. States of different protocols cannot
// be: the DSR is removed. A record that has none, or an empty one, as TCP over
// IPv6 has, takes that of TCP. same says that both records are of one flow, later
// that b started after a.
func (a *Record) mergeNetwork(b *Record, same, later bool) {
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
		}
		return
	}
	switch {
	case n.IsTCP() && o.IsTCP():
		n.mergeTCP(o, same, later)
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

func (n *Network) mergeTCP(o *Network, same, later bool) {
	t, u := &n.TCP, &o.TCP
	united := TCP{Status: t.Status | u.Status, State: t.State | u.State, Options: t.Options | u.Options}
	united.Src.Status, united.Dst.Status = t.Src.Status|u.Src.Status, t.Dst.Status|u.Dst.Status
	united.Src.Flags, united.Dst.Flags = t.Src.Flags|u.Src.Flags, t.Dst.Flags|u.Dst.Flags
	if t.SynAck == 0 {
		t.SynAck = u.SynAck
	}
	if t.AckData == 0 {
		t.AckData = u.AckData
	}
	united.SynAck, united.AckData = t.SynAck, t.AckData
	switch {
	case n.Kind == NetworkTCPPerf && o.Kind == NetworkTCPPerf:
		t.Src.merge(&u.Src, same, later)
		t.Dst.merge(&u.Dst, same, later)
	case n.Kind == NetworkTCPPerf: // the other form has nothing to add
	case o.Kind == NetworkTCPPerf, !t.Src.seen() && !t.Dst.seen():
		*t = *u
	}
	if n.Kind != o.Kind && n.Kind != NetworkTCPPerf {
		n.Kind, n.Qualifier = NetworkTCPPerf, 2
		n.words, n.tail = 0, nil
	}
	united.Src, united.Dst = t.Src.with(&united.Src), t.Dst.with(&united.Dst)
	*t = united
}

// with is the side with the status and flags of another.
func (s *TCPSide) with(o *TCPSide) TCPSide {
	r := *s
	r.Status, r.Flags = o.Status, o.Flags
	return r
}

// seen reports whether anything but flags is known of the side.
func (s *TCPSide) seen() bool { return s.Base != 0 || s.Top != 0 || s.LastTime != 0 || s.Bytes != 0 }

// merge unites two records of what one side sent, but for status and flags.
// Sequence numbers are kept only if both are of one connection; without them no
// gap can be told.
func (s *TCPSide) merge(o *TCPSide, same, later bool) {
	switch {
	case !o.seen():
		return
	case !s.seen():
		*s = *o
		return
	}
	if !same || s.newConnection(o, later) {
		s.Base, s.Top, s.AckBytes = 0, 0, 0
	} else {
		s.mergeSpace(o)
	}
	s.LastTime = max(s.LastTime, o.LastTime)
	s.Ack, s.Window, s.WinBytes = o.Ack, o.Window, o.WinBytes
	s.WinUpdates += o.WinUpdates
	s.Bytes += o.Bytes
	s.Retrans += o.Retrans
	if s.MSS == 0 {
		s.MSS = o.MSS
	}
}

const tcpFlagSYN = 0x02

// newConnection reports whether o belongs to another connection of the same
// ports than s: a SYN stands before all else of a connection.
func (s *TCPSide) newConnection(o *TCPSide, later bool) bool {
	if s.Base == 0 && s.Top == 0 && s.Bytes > 0 || o.Base == 0 && o.Top == 0 && o.Bytes > 0 {
		return true // already of several
	}
	first, second := s, o
	if !later {
		first, second = o, s
	}
	return second.Flags&tcpFlagSYN != 0 && first.Base != second.Base
}

// mergeSpace spans two stretches of one sequence space, which may wrap.
func (s *TCPSide) mergeSpace(o *TCPSide) {
	if int32(o.Base-s.Base) < 0 {
		s.Base = o.Base
		s.AckBytes = max(s.AckBytes, o.AckBytes)
	} else if o.AckBytes > s.AckBytes {
		s.AckBytes = o.AckBytes
	}
	if int32(o.Top-s.Top) > 0 && o.Top != 0 || s.Top == 0 {
		s.Top = o.Top
	}
}

func (t *RTP) merge(o *RTP) {
	src, dst := t.Src.Drops+o.Src.Drops, t.Dst.Drops+o.Dst.Drops
	*t = *o
	t.Src.Drops, t.Dst.Drops = src, dst
}

func (e *ESP) merge(o *ESP) {
	e.Status |= o.Status
	e.Seq = o.Seq
	e.Lost += o.Lost
	if e.SPI != o.SPI {
		e.SPI = 0
	}
}

// udtCounts are the words of a side that count: solo, first, middle and last
// packets, drops, retransmissions, negative acknowledgements.
const udtCounts = 0x7F << 10

// merge sums the counts and clears what differs in the handshake.
func (u *UDT) merge(o *UDT) {
	u.Status |= o.Status
	for i := range u.Handshake {
		clearIf(&u.Handshake[i], u.Handshake[i] != o.Handshake[i])
	}
	for i := range u.Src {
		if udtCounts&(1<<i) != 0 {
			u.Src[i] += o.Src[i]
			u.Dst[i] += o.Dst[i]
		}
	}
}
