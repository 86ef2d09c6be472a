package zeek

import "github.com/seed-6ae541b3/goargus/record"

// tcpFacts are what decides about the conn_state of a TCP connection.
type tcpFacts struct {
	syn, synAck      bool // SYN by the source, SYN-ACK by the destination
	established      bool
	srcFin, dstFin   bool
	srcRst, dstRst   bool
	normal           bool // closed, in a record without flags
	srcAnswered      bool // the source sent an ACK or FIN flag
	handshake        bool // there was one, as far as can be told
	noData           bool
	srcPkts, dstPkts uint64
}

func factsOf(n *record.Network, m *record.Metrics) tcpFacts {
	t := &n.TCP
	flags := t.Src.Flags | t.Dst.Flags
	has := func(bits record.TCPStatus) bool { return t.Status&bits != 0 }
	f := tcpFacts{
		syn:         has(record.TCPSyn),
		synAck:      t.Dst.Flags&flagSYN != 0,
		established: has(record.TCPEstablished),
		srcFin:      t.Src.Flags&flagFIN != 0,
		dstFin:      t.Dst.Flags&flagFIN != 0,
		srcRst:      has(record.TCPSrcReset),
		dstRst:      has(record.TCPDstReset),
		normal:      flags == 0 && has(record.TCPNormalClose),
		srcAnswered: t.Src.Flags&(flagACK|flagFIN) != 0,
		noData:      m.Src.AppBytes == 0 && m.Dst.AppBytes == 0,
		srcPkts:     m.Src.Packets, dstPkts: m.Dst.Packets,
	}
	if t.Dst.Flags == 0 && (flags == 0 || m.Dst.Packets > 0) { // not known: the status has to do
		f.synAck = has(record.TCPSynAck)
	}
	if has(record.TCPFin) && t.Dst.Flags == 0 && !f.normal {
		f.guessFins(flags, has(record.TCPFinAck))
	}
	acts := f.srcAnswered || m.Src.AppBytes > 0
	f.handshake = f.synAck && (f.syn || acts && f.srcPkts > 0)
	return f
}

// guessFins says who sent a FIN where the flags of the destination are not
// known: it did if both sides must have, or if nobody else can have. Without any
// flags it is the source if that sent anything.
func (f *tcpFacts) guessFins(flags uint8, both bool) {
	if flags == 0 {
		f.srcFin = both || f.srcPkts > 0
		if !both {
			f.synAck = f.srcPkts > 0 && f.dstPkts > 0
		}
	}
	f.dstFin = both || !f.srcFin
}

// state is the conn_state of a TCP connection: the first rule that holds.
func (f *tcpFacts) state() string {
	switch {
	case f.srcFin && f.dstFin:
		return "SF"
	case f.dstRst:
		return f.refused()
	case f.srcRst:
		return f.aborted()
	case f.normal:
		return "SF"
	case f.srcFin && f.synAck:
		return "S2"
	case f.srcFin:
		return "SH"
	case f.dstFin && (f.syn || f.handshake):
		return "S3"
	case f.dstFin:
		return "SHR"
	case f.syn && !f.synAck && f.dstPkts == 0:
		return "S0"
	case f.handshake:
		return "S1"
	}
	return "OTH"
}

// refused is the state after a reset by the responder.
func (f *tcpFacts) refused() string {
	switch {
	case f.syn && !f.synAck && !f.established, f.srcRst && f.noData:
		return "REJ"
	case !f.syn && !f.handshake:
		return "RSTRH"
	}
	return "RSTR"
}

// aborted is the state after a reset by the originator.
func (f *tcpFacts) aborted() string {
	switch {
	case f.synAck:
		return "RSTO"
	case f.syn && !f.srcAnswered:
		return "RSTOS0"
	case f.syn && f.established && f.dstPkts > 0:
		return "RSTO"
	}
	return "OTH"
}

// plainState is the conn_state of protocols other than TCP.
func plainState(proto record.Proto, m *record.Metrics) string {
	src, dst := m.Src.Packets > 0, m.Dst.Packets > 0
	switch {
	case proto != record.ProtoUDP:
		return "OTH"
	case src && dst:
		return "SF"
	case src:
		return "S0"
	case dst:
		return "SHR"
	}
	return "OTH"
}
