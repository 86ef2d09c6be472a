package convert

import (
	"fmt"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// build makes rec the record of a row. rec is an empty record of its own.
func (w *row) build(rec *record.Record) error {
	if w.kind == record.Management || w.kind == record.Event {
		return errNoFlow
	}
	if err := w.setKey(); err != nil {
		return err
	}
	f := &w.key
	w.share()
	w.clock()
	w.headers(f)
	rec.SetTransport(w.transport)
	rec.SetFlow(*f)
	rec.SetTimes(w.times)
	rec.SetMetrics(w.metrics)
	w.setState(rec, f)
	if w.dsrs&(1<<record.DSRIPAttr) != 0 && f.IsIP() {
		rec.SetIPAttr(w.ip)
	}
	w.setRest(rec)
	return nil
}

// setState gives the record the state of its protocol.
func (w *row) setState(rec *record.Record, f *record.Flow) {
	if mark := place(w.flgs, 6); f.IsIP() && (mark == 'f' || mark == 'V') {
		n := record.Network{Kind: record.NetworkFragment}
		if mark == 'V' { // they overlap
			n.Qualifier = 2
		}
		rec.SetNetwork(n)
		if w.state == "INT" {
			w.cause = record.Start
		}
		return
	}
	if f.IsIP() && f.Proto == record.ProtoTCP {
		if stateless := w.dir == "<->" || w.dir == "<-"; !stateless || w.perf {
			rec.SetNetwork(w.network())
		}
		return
	}
	if w.state == "INT" {
		w.cause = record.Start
	}
	loss := [2]uint32{w.tcp.Src.Retrans, w.tcp.Dst.Retrans}
	switch {
	case w.proto == "rtp":
		n := record.Network{Kind: record.NetworkRTP}
		n.RTP.Src.Drops, n.RTP.Dst.Drops = uint16(min(loss[0], 0xFFFF)), uint16(min(loss[1], 0xFFFF))
		rec.SetNetwork(n)
	case w.proto == "rtcp":
		rec.SetNetwork(record.Network{Kind: record.NetworkRTCP})
	case f.Proto == record.ProtoESP:
		lost := int32(min(loss[0]+loss[1], 1<<31-1))
		rec.SetNetwork(record.Network{Kind: record.NetworkESP, ESP: record.ESP{SPI: f.SPI, Lost: lost, Status: espStatus(w.flgs)}})
	}
}

// place is the character at a place of flgs.
func place(flgs string, n int) byte {
	if n >= len(flgs) {
		return ' '
	}
	return flgs[n]
}

// headers takes over what flgs tells of IP headers: options, fragments, and that
// the flow is one of fragments, which have an identification for ports.
func (w *row) headers(f *record.Flow) {
	side := &w.ip.Src
	if w.metrics.Src.Packets == 0 && w.metrics.Dst.Packets > 0 {
		side = &w.ip.Dst
	}
	const letters = "RT+LDSAU" // bit by bit; O is several
	if letter := place(w.flgs, 7); letter != ' ' {
		options := uint32(0x03)
		if i := strings.IndexByte(letters, letter); i >= 0 {
			options = 1 << i
		}
		side.Options, side.HasOptions = options, true
		w.dsrs |= 1 << record.DSRIPAttr
	}
	switch place(w.flgs, 6) {
	case 'F':
		side.Fragments = true
		w.dsrs |= 1 << record.DSRIPAttr
	case 'f', 'V':
		f.Fragment = true
		if f.Type == record.KeyIPv6 {
			f.FragID = uint32(f.SrcPort)<<16 | uint32(f.DstPort)
		}
	}
}

// espStatus is what flgs tells of an ESP flow: the bits of TCP, and two of its
// own for the side that lost.
func espStatus(flgs string) uint32 {
	s := uint32(statusOf(flgs) & record.TCPOutOfOrder)
	switch place(flgs, 3) {
	case '*':
		s |= 0x30
	case 's':
		s |= 0x10
	case 'd':
		s |= 0x20
	}
	return s
}

var errNoFlow = fmt.Errorf("a management or event record, which has no flow")

func (w *row) setRest(rec *record.Record) {
	has := func(d record.DSR) bool { return w.dsrs&(1<<d) != 0 }
	if has(record.DSRVLAN) {
		rec.SetVLAN(w.vlan)
	}
	if has(record.DSRSizes) {
		rec.SetSizes(w.sizes)
	}
	several := place(w.flgs, 1) == 'M' // several pairs of addresses
	if several {
		w.mac.Qualifier = 3
	}
	if has(record.DSRMAC) || several {
		rec.SetMAC(w.mac)
	}
	if m, ok := w.mapped(); ok {
		rec.SetICMPMapped(m)
	}
	if e := encapsOf(w.flgs); e != 0 {
		rec.SetEncaps(record.Encaps{Src: e, Dst: e})
	}
	if has(record.DSRCountry) {
		rec.SetCountry(w.country)
	}
	if len(w.label) > 0 {
		rec.SetLabel(record.Label{Text: w.label})
	}
	if has(record.DSRASN) {
		rec.SetASN(w.asn)
	}
	if has(record.DSRLocal) {
		rec.SetLocal(w.local)
	}
}

// share gives the totals to the sides: what one side has not, the other has. If
// neither is known they are the source's, unless the arrow says that only the
// destination sent.
func (w *row) share() {
	s, d := &w.metrics.Src, &w.metrics.Dst
	toDst := strings.HasPrefix(w.dir, "<") && !strings.HasSuffix(w.dir, ">")
	for _, c := range [...]struct {
		total    uint64
		src, dst *uint64
	}{{w.total.Packets, &s.Packets, &d.Packets}, {w.total.Bytes, &s.Bytes, &d.Bytes}, {w.total.AppBytes, &s.AppBytes, &d.AppBytes}} {
		switch known := *c.src + *c.dst; {
		case c.total <= known:
		case *c.dst == 0 && (*c.src > 0 || toDst):
			*c.dst = c.total - known
		default:
			*c.src += c.total - known
		}
	}
}

// clock settles the times: the sides' own, or the whole range for the side that
// sent anything.
func (w *row) clock() {
	if w.last == 0 && w.hasDur && w.start != 0 {
		w.last = w.start + max(w.dur, 0)
	}
	w.last = max(w.last, w.start)
	span := record.Span{Start: w.start, End: w.last}
	if w.start == 0 || w.times != (record.Times{}) && w.times.Start() == w.start && w.times.End() == w.last {
		return
	}
	w.times = record.Times{}
	if w.metrics.Src.Packets > 0 || w.metrics.Dst.Packets == 0 {
		w.times.Src = span
	}
	if w.metrics.Dst.Packets > 0 {
		w.times.Dst = span
	}
}

// network makes the state of TCP of state, dir, flgs and what only the full
// state has.
func (w *row) network() record.Network {
	t := &w.tcp
	w.tcpState()
	if w.dir == "->" && t.Status&(record.TCPSyn|record.TCPSynAck) == 0 {
		t.Status |= record.TCPSyn
		if w.metrics.Dst.Packets > 0 && w.state != "RST" {
			t.Status |= record.TCPSynAck
		}
	}
	t.Status |= statusOf(w.flgs)
	if w.rtt > 0 && t.SynAck == 0 && t.AckData == 0 {
		t.AckData = w.rtt
		w.perf = true
	}
	kind := record.NetworkTCP
	if w.perf {
		kind = record.NetworkTCPPerf
		t.State = 4 // established: readers count the loss of a connection that has a state
		if t.Status&(record.TCPSyn|record.TCPSynAck|record.TCPEstablished) == record.TCPSyn {
			t.State = 2 // SYN sent
		}
	}
	return record.Network{Kind: kind, TCP: *t}
}

// tcpState reads the word for the state, its letters, or the flags of both
// sides joined by an underscore.
func (w *row) tcpState() {
	t := &w.tcp
	switch w.state {
	case "", "INT":
	case "REQ":
		t.Status = record.TCPSyn
	case "ACC":
		t.Status = record.TCPSyn | record.TCPSynAck
	case "CON":
		t.Status = record.TCPEstablished
	case "FIN":
		t.Status = record.TCPEstablished | record.TCPFin
	case "CLO":
		t.Status = record.TCPEstablished | record.TCPNormalClose
	case "RST":
		t.Status = record.TCPReset
	case "TIM":
		t.Status, w.cause = record.TCPEstablished, record.Timeout
	default:
		src, dst, both := strings.Cut(w.state, "_")
		if both {
			t.Src.Flags, t.Dst.Flags = flagsOf(src), flagsOf(dst)
			t.Status = statusOfFlags(t.Src.Flags, t.Dst.Flags)
			return
		}
		for i, c := range "sSEfFCR" {
			if strings.ContainsRune(w.state, c) {
				t.Status |= [...]record.TCPStatus{record.TCPSyn, record.TCPSynAck, record.TCPEstablished, record.TCPFin, record.TCPFinAck, record.TCPNormalClose, record.TCPReset}[i]
			}
		}
	}
}

func flagsOf(letters string) (flags uint8) {
	for _, c := range letters {
		if i := strings.IndexRune("FSRPAUEC", c); i >= 0 {
			flags |= 1 << i
		}
	}
	return flags
}

// statusOfFlags is the status that flags show.
func statusOfFlags(src, dst uint8) (s record.TCPStatus) {
	const fin, syn, rst, ack = 1, 2, 4, 16
	for _, f := range [...]struct {
		when bool
		bits record.TCPStatus
	}{
		{src&syn != 0, record.TCPSyn}, {dst&syn != 0, record.TCPSynAck}, {src&ack != 0 && dst&ack != 0, record.TCPEstablished},
		{(src|dst)&fin != 0, record.TCPFin}, {src&dst&fin != 0, record.TCPFinAck}, {src&rst != 0, record.TCPSrcReset}, {dst&rst != 0, record.TCPDstReset},
	} {
		if f.when {
			s |= f.bits
		}
	}
	return s
}

// letterBits are the letters of a place of flgs and what they tell of TCP.
type letterBits struct {
	place  int
	letter byte
	bits   record.TCPStatus
}

var tcpLetters = [...]letterBits{
	{3, '*', record.TCPRetrans}, {3, 's', record.TCPSrcRetrans}, {3, 'd', record.TCPDstRetrans}, {3, 'R', record.TCPPortReuse},
	{3, '&', record.TCPOutOfOrder}, {3, 'i', record.TCPSrcOOO}, {3, 'r', record.TCPDstOOO},
	{4, '@', record.TCPWindowShut}, {4, 'S', record.TCPSrcWinShut}, {4, 'D', record.TCPDstWinShut},
	{5, 'E', record.TCPECN}, {5, 'x', record.TCPSrcECN}, {5, 't', record.TCPDstECN},
}

// statusOf is what the places of flgs tell of TCP.
func statusOf(flgs string) (s record.TCPStatus) {
	for _, l := range tcpLetters {
		if place(flgs, l.place) == l.letter {
			s |= l.bits
		}
	}
	return s
}

// mapped is the ICMP error about the flow that flgs tells of, or that must have
// been, since the only packet of a flow takes no time.
func (w *row) mapped() (m record.ICMPMapped, ok bool) {
	for _, e := range [...]struct{ letter, kind, qualifier uint8 }{{'U', 3, 1}, {'R', 5, 2}, {'T', 11, 4}, {'I', 12, 1}} {
		if place(w.flgs, 2) == e.letter {
			m.Type, m.Qualifier = e.kind, e.qualifier
			return m, true
		}
	}
	lone := w.metrics.Src.Packets == 1 && w.metrics.Dst.Packets == 0 && w.times.Src.End > w.times.Src.Start
	return m, lone
}

// encapsOf are the encapsulations that flgs tells of.
func encapsOf(flgs string) uint32 {
	const letters = "mevlpiGa46HCASFsRwza  T   x g"
	letter := place(flgs, 1)
	if letter == ' ' {
		return 0
	}
	if letter == '*' { // several, of which Ethernet is one as a rule
		return record.EncapsEthernet
	}
	if i := strings.IndexByte(letters, letter); i >= 0 {
		return 1 << i
	}
	return 0
}
