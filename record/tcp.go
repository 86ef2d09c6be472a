package record

import "encoding/binary"

// TCP is the state of a TCP connection (network DSR, subtypes 0x03 to 0x05).
// Times are nanoseconds whatever the wire says.
//
//	0x03 init, 5 or 6 words     4 status, 8 seqbase, 12 options, 16 window, 18 flags, 19 shift, [20 MSS, 22 pad]
//	0x04 status, 3 words        4 status, 8 source flags, 9 destination flags
//	0x05 performance, 30 or 32  4 status, 8 state, 12 options, 16 synack us, 20 ackdat us,
//	                            24 source side 48 or 52, destination side 48 or 52
//	a side                      0 last time s, 4 fraction, 8 status, 12 base, 16 top, 20 ack, 24 winnum,
//	                            28 bytes, 32 retransmitted, 36 ackbytes, 40 winbytes, 44 window,
//	                            46 flags, 47 shift, [48 MSS, 50 pad]
type TCP struct {
	Status  TCPStatus
	State   uint32     // BSD state number: 0 closed ... 10 time-wait
	Options TCPOptions // union over the connection
	SynAck  int64      // from SYN to SYN-ACK
	AckData int64      // from SYN-ACK to ACK
	Src     TCPSide
	Dst     TCPSide
}

// TCPSide is what is known of one sender.
type TCPSide struct {
	LastTime   int64 // of the last packet, nanoseconds since the epoch
	Status     TCPStatus
	Base       uint32 // sequence number that the record starts at
	Top        uint32 // highest sequence number
	Ack        uint32 // last acknowledgement less one
	WinUpdates uint32
	Bytes      uint32
	Retrans    uint32 // packets
	AckBytes   uint32 // rolled over
	WinBytes   uint32 // outstanding
	Window     uint16 // as sent, to be shifted by Shift
	Flags      uint8  // union
	Shift      uint8
	MSS        uint16 // version 5

	pad          uint16
	hidden       uint8  // flags, and
	hiddenWindow uint16 // window as stored, of a side that has no packets in the record
}

// TCPStatus is a set of what was seen of a connection.
type TCPStatus uint32

// The status bits of TCP. Where there are two, source is first.
const (
	TCPSyn         TCPStatus = 0x00000001
	TCPSynAck      TCPStatus = 0x00000002
	TCPEstablished TCPStatus = 0x00000004
	TCPFin         TCPStatus = 0x00000008
	TCPFinAck      TCPStatus = 0x00000010
	TCPNormalClose TCPStatus = 0x00000020
	TCPCloseWait   TCPStatus = 0x00000040
	TCPPortReuse   TCPStatus = 0x00000080
	TCPRetrans     TCPStatus = 0x00000300
	TCPSrcRetrans  TCPStatus = 0x00000100
	TCPDstRetrans  TCPStatus = 0x00000200
	TCPWindowShut  TCPStatus = 0x00000C00
	TCPSrcWinShut  TCPStatus = 0x00000400
	TCPDstWinShut  TCPStatus = 0x00000800
	TCPReset       TCPStatus = 0x00003000
	TCPSrcReset    TCPStatus = 0x00001000
	TCPDstReset    TCPStatus = 0x00002000
	TCPECN         TCPStatus = 0x0000C000
	TCPSrcECN      TCPStatus = 0x00004000
	TCPDstECN      TCPStatus = 0x00008000
	TCPOutOfOrder  TCPStatus = 0x00030000
	TCPSrcOOO      TCPStatus = 0x00010000
	TCPDstOOO      TCPStatus = 0x00020000
	TCPDuplicate   TCPStatus = 0x000C0000
	TCPSrcDup      TCPStatus = 0x00040000
	TCPDstDup      TCPStatus = 0x00080000
	TCPGap         TCPStatus = 0x00C00000
	TCPSrcGap      TCPStatus = 0x00400000
	TCPDstGap      TCPStatus = 0x00800000
)

// TCPOptions is a set of the options that a connection used.
type TCPOptions uint32

// The TCP options.
const (
	TCPOptMSS       TCPOptions = 0x00100000
	TCPOptWScale    TCPOptions = 0x00200000
	TCPOptSACKOK    TCPOptions = 0x00400000
	TCPOptSACK      TCPOptions = 0x00800000
	TCPOptEcho      TCPOptions = 0x01000000
	TCPOptEchoReply TCPOptions = 0x02000000
	TCPOptTimestamp TCPOptions = 0x04000000
	TCPOptCC        TCPOptions = 0x08000000
	TCPOptCCNew     TCPOptions = 0x10000000
	TCPOptCCEcho    TCPOptions = 0x20000000
	TCPOptSrcECN    TCPOptions = 0x40000000
	TCPOptDstECN    TCPOptions = 0x80000000
)

const (
	tcpSrcBits = TCPSrcRetrans | TCPSrcWinShut | TCPSrcReset | TCPSrcECN | TCPSrcOOO | TCPSrcDup | TCPSrcGap
	tcpDstBits = tcpSrcBits << 1
)

// flip exchanges the sides, their paired status bits included.
func (t *TCP) flip() {
	t.Src, t.Dst = t.Dst, t.Src
	src, dst := t.Status&tcpSrcBits, t.Status&tcpDstBits
	t.Status = t.Status&^(tcpSrcBits|tcpDstBits) | src<<1 | dst>>1
}

// Lengths in words of the forms of the TCP DSR.
const (
	tcpStatusWords  = 3
	tcpInitWords3   = 5
	tcpInitWords5   = 6
	tcpPerfWords3   = 30
	tcpPerfWords5   = 32
	tcpPerfSrcWords = 19 // or fewer: the source side alone
	tcpSide3        = 48
	tcpSide5        = 52
)

// decode reads a network DSR of one of the kinds of TCP.
func (t *TCP) decode(b []byte, v Version) bool {
	if len(b) < 12 {
		return false
	}
	switch NetworkKind(b[1]) {
	case NetworkTCP:
		*t = TCP{Status: TCPStatus(binary.BigEndian.Uint32(b[4:]))}
		t.Src.Flags, t.Dst.Flags = b[8], b[9]
		t.Src.pad = binary.BigEndian.Uint16(b[10:])
		return true
	case NetworkTCPInit:
		return t.decodeInit(b)
	}
	return t.decodePerf(b, v)
}

func (t *TCP) decodeInit(b []byte) bool {
	*t = TCP{}
	if len(b) < 4*tcpInitWords3 {
		return false
	}
	t.Status = TCPStatus(binary.BigEndian.Uint32(b[4:]))
	t.Options = TCPOptions(binary.BigEndian.Uint32(b[12:]))
	s := &t.Src
	s.Base = binary.BigEndian.Uint32(b[8:])
	s.Window = binary.BigEndian.Uint16(b[16:])
	s.Flags, s.Shift = b[18], b[19]
	if len(b) >= 4*tcpInitWords5 {
		s.MSS = binary.BigEndian.Uint16(b[20:])
		s.pad = binary.BigEndian.Uint16(b[22:])
	}
	return true
}

func (t *TCP) decodePerf(b []byte, v Version) bool {
	if len(b) < 24+tcpSide3 {
		return false
	}
	t.Status = TCPStatus(binary.BigEndian.Uint32(b[4:]))
	t.State = binary.BigEndian.Uint32(b[8:])
	t.Options = TCPOptions(binary.BigEndian.Uint32(b[12:]))
	t.SynAck = int64(binary.BigEndian.Uint32(b[16:])) * 1000
	t.AckData = int64(binary.BigEndian.Uint32(b[20:])) * 1000
	side := tcpSide3
	if b[2] == tcpMSS || len(b) == 4*tcpPerfWords5 {
		side = tcpSide5
	}
	t.Dst = TCPSide{}
	if len(b) < 24+side {
		return false
	}
	t.Src.decode(b[24:24+side], v)
	if len(b) > 4*tcpPerfSrcWords {
		if len(b) < 24+2*side {
			return false
		}
		t.Dst.decode(b[24+side:24+2*side], v)
	}
	return true
}

// cover hides what means nothing of sides without packets.
func (t *TCP) cover(src, dst uint64) {
	if src == 0 {
		t.Src.hide()
	}
	if dst == 0 {
		t.Dst.hide()
	}
}

// uncover forgets what was hidden of sides that have packets by now. It reports
// whether there was anything.
func (t *TCP) uncover(src, dst uint64) (changed bool) {
	if src > 0 {
		changed = t.Src.uncover()
	}
	if dst > 0 {
		changed = t.Dst.uncover() || changed
	}
	return changed
}

func (s *TCPSide) uncover() bool {
	had := s.hidden != 0 || s.hiddenWindow != 0
	s.hidden, s.hiddenWindow = 0, 0
	return had
}

// hide clears what means nothing of a side without packets, as readers do.
func (s *TCPSide) hide() {
	s.hidden, s.hiddenWindow = s.Flags, s.Window
	s.Flags, s.Window = 0, 0
}

// decode reads a side of 48 or 52 bytes. The fraction of its time is in
// nanoseconds in version 5, in microseconds in the others.
func (s *TCPSide) decode(b []byte, v Version) {
	_ = b[tcpSide3-1]
	scale, frac := tcpScale(v), int64(binary.BigEndian.Uint32(b[4:]))
	if frac >= second/1000 {
		scale = 1 // clients of version 5 that write version 3 leave nanoseconds
	}
	s.LastTime = int64(binary.BigEndian.Uint32(b))*second + frac*scale
	s.Status = TCPStatus(binary.BigEndian.Uint32(b[8:]))
	s.Base = binary.BigEndian.Uint32(b[12:])
	s.Top = binary.BigEndian.Uint32(b[16:])
	s.Ack = binary.BigEndian.Uint32(b[20:])
	s.WinUpdates = binary.BigEndian.Uint32(b[24:])
	s.Bytes = binary.BigEndian.Uint32(b[28:])
	s.Retrans = binary.BigEndian.Uint32(b[32:])
	s.AckBytes = binary.BigEndian.Uint32(b[36:])
	s.WinBytes = binary.BigEndian.Uint32(b[40:])
	s.Window = binary.BigEndian.Uint16(b[44:])
	s.Flags, s.Shift = b[46], b[47]
	s.MSS, s.pad, s.hidden, s.hiddenWindow = 0, 0, 0, 0
	if len(b) >= tcpSide5 {
		s.MSS = binary.BigEndian.Uint16(b[48:])
		s.pad = binary.BigEndian.Uint16(b[50:])
	}
}

// tcpScale is the unit of the fraction of a time in nanoseconds.
func tcpScale(v Version) int64 {
	if v == Version5 {
		return 1
	}
	return 1000
}

// AppendTCP appends the network DSR of a TCP flow in the form of version 5:
// NetworkTCPInit (the source alone), NetworkTCP (status and flags) or
// NetworkTCPPerf.
func AppendTCP(dst []byte, kind NetworkKind, t *TCP) []byte {
	return t.append(dst, tcpForm{kind: kind, qualifier: tcpMSS, side: tcpSide5, dest: true, version: Version5})
}

// tcpForm is how the state of TCP stands on the wire.
type tcpForm struct {
	kind      NetworkKind
	qualifier uint8
	side      int  // bytes of a side: tcpSide3 or tcpSide5
	dest      bool // there is a destination side
	version   Version
}

// tcpMSS is the qualifier of the layouts with MSS.
const tcpMSS = 2

func (t *TCP) append(dst []byte, f tcpForm) []byte {
	at := len(dst)
	be := binary.BigEndian
	q := f.qualifier
	if f.kind == NetworkTCP && f.version == Version3 {
		q = 0
	}
	dst = append(dst, DSRNetwork.Type(), byte(f.kind), q, 0)
	dst = be.AppendUint32(dst, uint32(t.Status))
	switch f.kind {
	case NetworkTCPInit:
		s := &t.Src
		dst = be.AppendUint32(dst, s.Base)
		dst = be.AppendUint32(dst, uint32(t.Options))
		dst = be.AppendUint16(dst, s.Window|s.hiddenWindow)
		dst = append(dst, s.Flags|s.hidden, s.Shift)
		if f.side == tcpSide5 {
			dst = be.AppendUint16(dst, s.MSS)
			dst = be.AppendUint16(dst, s.pad)
		}
	case NetworkTCP:
		dst = append(dst, t.Src.Flags|t.Src.hidden, t.Dst.Flags|t.Dst.hidden, byte(t.Src.pad>>8), byte(t.Src.pad))
	default:
		dst = be.AppendUint32(dst, t.State)
		dst = be.AppendUint32(dst, uint32(t.Options))
		dst = be.AppendUint32(dst, uint32(t.SynAck/1000))
		dst = be.AppendUint32(dst, uint32(t.AckData/1000))
		dst = t.Src.append(dst, f.side, f.version)
		if f.dest {
			dst = t.Dst.append(dst, f.side, f.version)
		}
	}
	return closeDSR(dst, at)
}

func (s *TCPSide) append(dst []byte, size int, v Version) []byte {
	be := binary.BigEndian
	dst = be.AppendUint32(dst, uint32(s.LastTime/second))
	dst = be.AppendUint32(dst, uint32(s.LastTime%second/tcpScale(v)))
	for _, w := range [...]uint32{
		uint32(s.Status), s.Base, s.Top, s.Ack, s.WinUpdates, s.Bytes, s.Retrans, s.AckBytes, s.WinBytes,
	} {
		dst = be.AppendUint32(dst, w)
	}
	dst = be.AppendUint16(dst, s.Window|s.hiddenWindow)
	dst = append(dst, s.Flags|s.hidden, s.Shift)
	if size == tcpSide5 {
		dst = be.AppendUint16(dst, s.MSS)
		dst = be.AppendUint16(dst, s.pad)
	}
	return dst
}

func (n *Network) mergeTCP(o *Network, same, later bool) {
	n.TCP.merge(&o.TCP, n.Kind, o.Kind, same, later)
	if n.Kind != o.Kind && n.Kind != NetworkTCPPerf {
		n.Kind, n.Qualifier = NetworkTCPPerf, 2
		n.words, n.tail = 0, nil
	}
}

// merge unites the states of two records whose DSRs are of the given kinds.
func (t *TCP) merge(u *TCP, kind, other NetworkKind, same, later bool) {
	status, state, options := t.Status|u.Status, t.State|u.State, t.Options|u.Options
	src, dst := t.Src.marks(&u.Src), t.Dst.marks(&u.Dst)
	synAck, ackData := t.SynAck, t.AckData
	if synAck == 0 {
		synAck = u.SynAck
	}
	if ackData == 0 {
		ackData = u.AckData
	}
	switch {
	case kind == NetworkTCPPerf && other == NetworkTCPPerf:
		t.Src.merge(&u.Src, same, later)
		t.Dst.merge(&u.Dst, same, later)
	case kind == NetworkTCPPerf: // the other form has nothing to add
	case other == NetworkTCPPerf, !t.Src.seen() && !t.Dst.seen():
		*t = *u
	}
	t.Status, t.State, t.Options, t.SynAck, t.AckData = status, state, options, synAck, ackData
	t.Src.Status, t.Src.Flags = src.status, src.flags
	t.Dst.Status, t.Dst.Flags = dst.status, dst.flags
}

// sideMarks are what is united of a side.
type sideMarks struct {
	status TCPStatus
	flags  uint8
}

func (s *TCPSide) marks(o *TCPSide) sideMarks {
	return sideMarks{s.Status | o.Status, s.Flags | o.Flags}
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

func (s *TCPSide) subtract(o *TCPSide) {
	s.Ack -= o.Ack
	s.Top -= o.Top
	s.WinUpdates -= o.WinUpdates
	s.Bytes -= o.Bytes
	s.Retrans -= o.Retrans
	s.AckBytes -= o.AckBytes
	s.Window -= o.Window
	s.WinBytes -= o.WinBytes
}
