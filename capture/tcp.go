package capture

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/record"
)

// The states of a connection, numbered as records number them. The sensor
// reaches only some of them.
const (
	stateClosed      = 0
	stateListen      = 1
	stateSynSent     = 2
	stateSynReceived = 3
	stateEstablished = 4
	stateCloseWait   = 5
	stateFinWait1    = 6
	stateClosing     = 7
	stateLastAck     = 8
	stateFinWait2    = 9
	stateTimeWait    = 10
)

// TCP flags.
const (
	flagFIN = 0x01
	flagSYN = 0x02
	flagRST = 0x04
	flagPSH = 0x08
	flagACK = 0x10
	flagURG = 0x20
	flagECE = 0x40
	flagCWR = 0x80
)

// tcpState is the state of a connection.
type tcpState struct {
	at      [2]int64 // last packet of each side
	side    [2]tcpSide
	status  record.TCPStatus
	options record.TCPOptions
	synack  uint32 // SYN to SYN+ACK, microseconds
	ackdat  uint32 // SYN+ACK to ACK, microseconds
	state   uint8
	begun   bool // the first packet was seen
	perf    bool // and a second one
}

// tcpSide is what a side did. Sequence numbers are as on the wire.
type tcpSide struct {
	status      record.TCPStatus // both bits of a pair mark one thing
	base        uint32           // first sequence number of the record
	top         uint32           // highest one
	ack         uint32           // last acknowledgement, less one
	updates     uint32           // acknowledgements that freed data
	bytes       uint32
	retrans     uint32 // packets
	rolled      uint32 // bytes before the last restart of top
	outstanding uint32 // bytes not acknowledged
	window      uint16
	mss         uint16
	lastID      uint16 // IP id of the last data packet, as little-endian memory has it
	flags       uint8  // union
	shift       uint8
}

// segment is a TCP header.
type segment struct {
	seq, ack uint32
	n        uint32 // payload bytes
	window   uint16
	mss      uint16
	flags    uint8
	shift    uint8 // noShift if there is no such option
	options  record.TCPOptions
}

const (
	tcpHeader = 20
	noShift   = 0xff
)

// tcp runs the model of a connection on a packet: accounting of sequence
// numbers, then the state machine. It reports whether the packet counts as
// active for inter-packet times.
func (e *engine) tcp(r ref, c *connection, p *frame) (active bool, err error) {
	p.length, p.start = p.Length, p.Transport
	d := p.Payload()
	if len(d) < tcpHeader {
		return true, nil
	}
	var g segment
	g.parse(d, p.Length)
	t := &c.tcp
	size := 4 * int(d[12]>>4)
	p.length -= size
	p.start += size
	if !t.begun {
		t.open(&g, c.side(p.swapped), p.now)
		return true, nil
	}
	if g.flags == flagSYN && reusable(t.state) {
		return true, e.reuse(r, c, &g, p)
	}
	side := c.side(p.swapped)
	active, result := t.later(&g, side, p, e.cfg.TrackDuplicates)
	t.at[side] = p.now
	switch {
	case result == tcpReopen && g.flags == flagSYN:
		return true, e.reuse(r, c, &g, p)
	case result == tcpTurn:
		e.turn(r, c)
	}
	return active, nil
}

// parse reads a header into an empty segment; length is the declared one of
// header and payload.
func (g *segment) parse(d []byte, length int) {
	h := (*[tcpHeader]byte)(d)
	size := 4 * int(h[12]>>4)
	g.seq, g.ack = binary.BigEndian.Uint32(h[4:]), binary.BigEndian.Uint32(h[8:])
	g.flags, g.window, g.shift = h[13], binary.BigEndian.Uint16(h[14:]), noShift
	if length > size {
		g.n = uint32(length - size)
	}
	if size > tcpHeader && len(d) > tcpHeader {
		g.parseOptions(d[tcpHeader:min(size, len(d))])
	}
}

// parseOptions reads the options up to the first malformed one. Most packets
// have a time stamp and nothing else, aligned by two fillers.
func (g *segment) parseOptions(d []byte) {
	const stampOnly = 0x0101080a
	if len(d) == 12 && binary.BigEndian.Uint32(d) == stampOnly {
		g.options = record.TCPOptTimestamp
		return
	}
	for len(d) > 0 && d[0] != 0 {
		kind := d[0]
		if kind == 1 {
			d = d[1:]
			continue
		}
		if len(d) < 2 || d[1] < 2 {
			return
		}
		body := d[2:min(int(d[1]), len(d))]
		switch kind {
		case 2:
			if len(body) >= 2 {
				g.options |= record.TCPOptMSS
				g.mss = binary.BigEndian.Uint16(body)
			}
		case 3:
			if len(body) >= 1 {
				g.options |= record.TCPOptWScale
				g.shift = body[0]
			}
		case 4:
			g.options |= record.TCPOptSACKOK
		case 5:
			g.options |= record.TCPOptSACK
		case 6:
			g.options |= record.TCPOptEcho
		case 7:
			g.options |= record.TCPOptEchoReply
		case 8:
			g.options |= record.TCPOptTimestamp
		case 11:
			g.options |= record.TCPOptCC
		case 12:
			g.options |= record.TCPOptCCNew
		case 13:
			g.options |= record.TCPOptCCEcho
		}
		d = d[min(int(d[1]), len(d)):]
	}
}

// learn stores what the options of a packet say.
func (t *tcpState) learn(g *segment, me *tcpSide) {
	t.options |= g.options
	if g.shift != noShift {
		me.shift = g.shift
	}
	if g.options&record.TCPOptMSS != 0 {
		me.mss = g.mss
	}
}

// open handles the first packet of a connection; its sender is the source.
func (t *tcpState) open(g *segment, side int, now int64) {
	me, peer := &t.side[side], &t.side[1-side]
	t.begun = true
	t.learn(g, me)
	me.bytes, me.flags, me.window = g.n, g.flags, g.window
	me.base, me.top = g.seq-1, g.seq+g.n
	switch flags := g.flags &^ (flagECE | flagCWR); {
	case flags&flagRST != 0:
		t.state, t.status = stateListen, record.TCPReset
		me.window = 0
		if g.seq == 0 {
			me.base, me.top = g.ack-1, g.ack-1
		}
		peer.ack = g.ack - 1
	case flags == flagSYN:
		t.state, t.status = stateSynSent, record.TCPSyn
		me.base, me.top = g.seq, g.seq
		if g.flags&flagECE != 0 && g.flags&flagCWR != 0 {
			t.options |= record.TCPOptSrcECN
		}
	case flags == flagSYN|flagACK, flags == flagSYN|flagACK|flagPSH, flags == flagSYN|flagACK|flagPSH|flagURG:
		t.state, t.status = stateSynReceived, record.TCPSynAck
		me.base, me.top = g.seq, g.seq
		peer.ack = g.ack - 1
		if g.flags&flagECE != 0 && g.flags&flagCWR == 0 {
			t.options |= record.TCPOptDstECN
		}
	case flags&flagFIN == flagFIN && flags&flagSYN == 0 && (flags == flagFIN || flags&flagACK != 0):
		t.state, t.status = stateFinWait1, record.TCPFin
	default:
		t.state, t.status = stateEstablished, record.TCPEstablished
		if flags&(flagSYN|flagACK) == flagACK {
			peer.ack = g.ack - 1
		}
	}
	me.status |= t.status
	t.at[side] = now
}

// reusable tells the states in which a SYN opens another connection.
func reusable(state uint8) bool {
	switch state {
	case stateListen, stateCloseWait, stateFinWait1, stateClosing, stateLastAck, stateFinWait2, stateTimeWait:
		return true
	}
	return false
}

// tcpResult is what the state machine wants done.
type tcpResult uint8

const (
	tcpGoOn   tcpResult = iota
	tcpReopen           // a SYN opens another connection
	tcpTurn             // a SYN shows that the destination opened the connection
)

// later handles any packet after the first.
func (t *tcpState) later(g *segment, side int, p *frame, duplicates bool) (active bool, result tcpResult) {
	me := &t.side[side]
	t.perf = true
	t.learn(g, me)
	me.flags |= g.flags
	if t.options&(record.TCPOptSrcECN|record.TCPOptDstECN) != 0 && g.flags&(flagECE|flagACK) == flagECE|flagACK {
		t.status |= record.TCPSrcECN << side
	}
	active, duplicate := t.account(g, side, p.ID, duplicates)
	if !duplicate {
		result = t.machine(g, side, p.now)
	}
	return active, result
}

// microseconds is a difference of times as records hold it.
func microseconds(from, to int64) uint32 {
	d := to - from
	if d < 0 {
		d = -d
	}
	return uint32(min(d/1000, 0xffffffff))
}

// reuse closes the record of a connection whose ports another one takes over
// and opens that one: its sender is the source.
func (e *engine) reuse(r ref, c *connection, g *segment, p *frame) error {
	if c.packetsOf() > 0 {
		if err := e.emit(r, &c.flow, record.Stop, stageAtOnce); err != nil {
			return err
		}
	}
	c.flags &^= flagReported
	if c.side(p.swapped) == 1 {
		e.turn(r, c)
	}
	e.pull(&c.flow)
	e.push(r, &c.flow, listStatus, p.clock)
	e.begin(r, &c.flow, p)
	e.attributes(&c.flow, p)
	c.tcp = tcpState{}
	c.tcp.open(g, 0, p.now)
	c.tcp.status |= record.TCPPortReuse
	return nil
}

// turn exchanges the sides of a connection.
func (e *engine) turn(r ref, c *connection) {
	f := &c.flow
	f.flags ^= flagReverse
	if src, dst := f.flags&flagSrcAttr != 0, f.flags&flagDstAttr != 0; src != dst {
		f.flags ^= flagSrcAttr | flagDstAttr
	}
	f.first[0], f.first[1] = f.first[1], f.first[0]
	f.last[0], f.last[1] = f.last[1], f.last[0]
	f.bytes[0], f.bytes[1] = f.bytes[1], f.bytes[0]
	f.packets[0], f.packets[1] = f.packets[1], f.packets[0]
	f.attr[0], f.attr[1] = f.attr[1], f.attr[0]
	f.encaps[0], f.encaps[1] = f.encaps[1], f.encaps[0]
	if f.aux != 0 {
		e.auxes.at(f.aux).turn()
	}
	if e.withExtras {
		e.extrasOf(r, false).turn()
	}
	t := &c.tcp
	t.at[0], t.at[1] = t.at[1], t.at[0]
	t.side[0], t.side[1] = t.side[1], t.side[0]
	if ecn := t.status & record.TCPECN; ecn == record.TCPSrcECN || ecn == record.TCPDstECN {
		t.status ^= record.TCPECN
	}
}
