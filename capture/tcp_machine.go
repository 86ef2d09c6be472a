package capture

import "github.com/seed-6ae541b3/goargus/record"

// before reports whether sequence number a comes before b, wrapping included.
func before(a, b uint32) bool { return int32(a-b) < 0 }

// later returns the later of two sequence numbers.
func laterSeq(a, b uint32) uint32 {
	if before(a, b) {
		return b
	}
	return a
}

// retransmit counts a packet of a side as sent again.
func (s *tcpSide) retransmit() {
	s.retrans++
	s.status |= record.TCPRetrans
}

// account follows windows, sequence numbers and acknowledgements. active is
// false for packets that carry nothing new: those count as idle for
// inter-packet times. duplicate means that the packet was captured twice.
func (t *tcpState) account(g *segment, side int, id uint16, duplicates bool) (active, duplicate bool) {
	if g.flags == flagSYN {
		return true, false
	}
	me, peer := &t.side[side], &t.side[1-side]
	active = true
	if g.flags&(flagFIN|flagRST) == 0 {
		if g.window == 0 {
			me.status |= record.TCPWindowShut
			active = false
		} else {
			me.window = g.window
		}
	}
	if g.n > 0 && peer.window != 0 {
		me.bytes += g.n
		if me.outstanding == 0 {
			active = false
		}
		if me.flags&flagFIN != 0 {
			if before(g.seq, me.top) {
				me.retransmit()
			} else if g.flags&flagFIN == 0 {
				me.status |= record.TCPOutOfOrder
			}
		}
		if g.flags&flagSYN == 0 {
			me.outstanding += g.n
		}
	} else {
		active = false
	}
	id = id>>8 | id<<8
	if t.position(g, side, id, duplicates, &active) {
		return active, true
	}
	if g.flags&flagACK != 0 && g.ack != 0 {
		me.acknowledge(peer, g)
	}
	return active, false
}

// position places the payload in the stream of a side.
func (t *tcpState) position(g *segment, side int, id uint16, duplicates bool, active *bool) (duplicate bool) {
	me, peer := &t.side[side], &t.side[1-side]
	next := g.seq + g.n
	switch {
	case next < g.seq: // the numbers start again
		me.rolled += me.top - me.base
		me.base, me.top = next, next
	case me.base == 0:
		me.base, me.top = g.seq, next
	case g.n == 0:
	case duplicates && id != 0 && id == me.lastID:
		if side == 0 {
			me.status |= record.TCPSrcDup
		} else {
			peer.status |= record.TCPDstDup
		}
		return true
	case peer.window == 0:
		me.lastID = id
	case peer.ack != 0 && before(g.seq, peer.ack):
		if peer.ack-g.seq < uint32(me.window)>>me.shift {
			me.retransmit()
			me.outstanding -= g.n
			*active = false
		}
		me.lastID = id
	default:
		me.advance(peer, g, id, active)
		me.lastID = id
	}
	return false
}

// advance handles data at or after what the peer has acknowledged.
func (s *tcpSide) advance(peer *tcpSide, g *segment, id uint16, active *bool) {
	next := g.seq + g.n
	top := laterSeq(next, s.top)
	if s.window != 0 {
		switch ahead := int(id) - int(s.lastID); {
		case -5000 < ahead && ahead < 0:
			s.status |= record.TCPOutOfOrder
		case s.outstanding > top-1-peer.ack:
			s.retransmit()
			s.outstanding -= g.n
			*active = false
		case before(next, s.top) && g.seq == peer.ack+1:
			s.retransmit()
			s.outstanding -= g.n
		case before(next, s.top):
			s.status |= record.TCPOutOfOrder
		}
	}
	s.top = top
}

// acknowledge takes what a side acknowledges off what the peer has outstanding.
func (s *tcpSide) acknowledge(peer *tcpSide, g *segment) {
	if s.ack != 0 && peer.top != 0 && before(s.ack, peer.top) {
		peer.outstanding = peer.top - 1 - s.ack
	}
	if s.ack == g.ack-1 {
		return
	}
	switch {
	case s.ack == 0 || peer.top == g.ack:
		peer.outstanding = 0
		if peer.top == g.ack {
			peer.updates++
		}
	case g.flags&flagSYN == 0:
		peer.outstanding -= min(peer.outstanding, g.ack-1-s.ack)
		peer.updates++
	}
	s.ack = g.ack - 1
}

// machine is the state machine.
func (t *tcpState) machine(g *segment, side int, now int64) tcpResult {
	me, peer := &t.side[side], &t.side[1-side]
	const mask = flagSYN | flagACK | flagRST | flagFIN
	flags := g.flags & mask
	syn, ack, fin := flags&flagSYN != 0, flags&flagACK != 0, flags&flagFIN != 0
	mark := func(s record.TCPStatus) {
		t.status |= s
		me.status |= s
	}
	if flags&flagRST != 0 {
		t.reset(g, side)
		return tcpGoOn
	}
	switch t.state {
	case stateListen, stateSynSent:
		switch {
		case flags == flagSYN:
			me.retransmit()
		case flags == flagSYN|flagACK && me.status&record.TCPSyn != 0:
			mark(record.TCPSynAck)
		case flags == flagSYN|flagACK:
			t.state = stateSynReceived
			mark(record.TCPSynAck)
			if peer.top == me.ack {
				t.synack = microseconds(t.at[1-side], now)
			}
		case fin:
			t.state = stateFinWait1
			mark(record.TCPFin)
		case ack:
			t.state = stateEstablished
			mark(record.TCPEstablished)
		}
	case stateSynReceived:
		switch {
		case fin:
			t.state = stateFinWait1
			mark(record.TCPFin)
		case ack && !syn:
			t.state = stateEstablished
			mark(record.TCPEstablished)
			if me.top == peer.ack {
				t.ackdat = microseconds(t.at[1-side], now)
			}
		case syn && ack && t.status&record.TCPSyn != 0:
			me.status |= record.TCPRetrans
			mark(record.TCPSyn)
		case syn:
			me.status |= record.TCPOutOfOrder
			turn := side == 1 && t.status&(record.TCPSyn|record.TCPSynAck) == record.TCPSynAck
			mark(record.TCPSyn)
			if turn {
				return tcpTurn
			}
		}
	case stateEstablished:
		switch {
		case fin:
			t.state = stateFinWait1
			mark(record.TCPFin)
		case syn:
			me.retransmit()
			if ack {
				t.status |= record.TCPSynAck | record.TCPEstablished
			}
		}
	default:
		return t.closing(g, side)
	}
	return tcpGoOn
}

// reset handles a RST.
func (t *tcpState) reset(g *segment, side int) {
	me, peer := &t.side[side], &t.side[1-side]
	t.status |= record.TCPReset
	me.status |= record.TCPReset
	switch {
	case t.state == stateSynSent:
		if peer.top != me.ack {
			t.state = stateClosing
		}
	case g.seq-me.ack < uint32(me.window)>>me.shift:
		t.state = stateClosed
	default:
		t.state = stateClosing
	}
}

// closing handles a packet in one of the states after a FIN.
func (t *tcpState) closing(g *segment, side int) tcpResult {
	me, peer := &t.side[side], &t.side[1-side]
	syn, ack, fin := g.flags&flagSYN != 0, g.flags&flagACK != 0, g.flags&flagFIN != 0
	switch t.state {
	case stateCloseWait, stateFinWait1, stateLastAck, stateFinWait2:
		if syn && !ack && (t.state == stateCloseWait || t.state == stateFinWait1) {
			return tcpReopen
		}
		if fin && !ack && peer.status&record.TCPFinAck != 0 {
			me.retransmit()
		}
		if fin && ack {
			t.status |= record.TCPFin
			me.status |= record.TCPFin
		}
		if ack && g.n == 0 && peer.status&record.TCPFin != 0 && peer.top == me.ack {
			t.state = stateFinWait2
			t.status |= record.TCPFinAck
			peer.status |= record.TCPFinAck
		}
	case stateClosing, stateTimeWait:
		switch {
		case syn && !ack:
			return tcpReopen
		case ack && me.top == me.ack && peer.top == me.ack:
			t.state = stateClosed
		}
	case stateClosed:
		if syn && !ack {
			return tcpReopen
		}
	}
	return tcpGoOn
}
