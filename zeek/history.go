package zeek

import "github.com/seed-6ae541b3/goargus/record"

// Flags of the TCP header.
const (
	flagFIN = 0x01
	flagSYN = 0x02
	flagRST = 0x04
	flagACK = 0x10
)

// letters are the events of one side: bit 0 for the letter A.
type letters uint32

func (l letters) has(c byte) bool { return l&(1<<(c-'A')) != 0 }

// any reports whether one of the events of s is there.
func (l letters) any(s string) bool {
	for i := range len(s) {
		if l.has(s[i]) {
			return true
		}
	}
	return false
}

// flags are the flags of TCP that a side must have sent.
func (l letters) flags() (f uint8) {
	for _, e := range [...]struct {
		event byte
		flags uint8
	}{
		{'S', flagSYN}, {'H', flagSYN | flagACK}, {'A', flagACK}, {'D', flagACK},
		{'F', flagFIN | flagACK}, {'R', flagRST}, {'I', flagFIN | flagRST}, {'Q', flagSYN},
	} {
		if l.has(e.event) {
			f |= e.flags
		}
	}
	return f
}

// splitHistory sorts the events of a history by side. Repeats and flips say
// nothing of TCP.
func splitHistory(h []byte) (orig, resp letters) {
	for _, c := range h {
		switch {
		case c-'A' < 26:
			orig |= 1 << (c - 'A')
		case c-'a' < 26:
			resp |= 1 << (c - 'a')
		}
	}
	return orig, resp
}

// tellsTCP are the events that say something about a connection.
const tellsTCP = "SHADFRTWIQ"

// historyStatus is the state of a TCP connection that a history proves. ok is
// false if it says nothing.
func historyStatus(h []byte) (t record.TCP, ok bool) {
	o, r := splitHistory(h)
	if !o.any(tellsTCP) && !r.any(tellsTCP) {
		return t, false
	}
	t.Src.Flags, t.Dst.Flags = o.flags(), r.flags()
	set := func(when bool, bits record.TCPStatus) {
		if when {
			t.Status |= bits
		}
	}
	syn, synAck := o.has('S') || r.has('S'), o.has('H') || r.has('H')
	midstream := !syn && !synAck && o.any("ADF") && r.any("ADF")
	set(syn, record.TCPSyn)
	set(synAck, record.TCPSynAck)
	set(syn && synAck && (o.any("ADF") || r.any("ADF")) || midstream, record.TCPEstablished)
	set(o.any("FI") || r.any("FI"), record.TCPFin)
	set(o.has('F') && r.has('F'), record.TCPFinAck)
	set(o.any("RI"), record.TCPSrcReset)
	set(r.any("RI"), record.TCPDstReset)
	set(o.has('T'), record.TCPSrcRetrans)
	set(r.has('T'), record.TCPDstRetrans)
	set(o.has('W'), record.TCPSrcWinShut)
	set(r.has('W'), record.TCPDstWinShut)
	return t, true
}

// stateStatus is the state of a TCP connection as far as conn_state tells.
func stateStatus(state []byte) (t record.TCP) {
	const open = record.TCPSyn | record.TCPSynAck | record.TCPEstablished
	switch string(state) {
	case "S0":
		t.Status = record.TCPSyn
	case "S1":
		t.Status = open
	case "S2":
		t.Status, t.Src.Flags = open|record.TCPFin, flagFIN
	case "S3":
		t.Status, t.Dst.Flags = open|record.TCPFin, flagFIN
	case "SF":
		t.Status = open | record.TCPFin | record.TCPFinAck | record.TCPNormalClose
	case "REJ":
		t.Status = record.TCPSyn | record.TCPDstReset
	case "RSTO":
		t.Status = open | record.TCPSrcReset
	case "RSTR":
		t.Status = record.TCPEstablished | record.TCPDstReset
	case "RSTOS0":
		t.Status = record.TCPSyn | record.TCPSrcReset
	case "RSTRH":
		t.Status = record.TCPSynAck | record.TCPDstReset
	case "SH":
		t.Status = record.TCPSyn | record.TCPFin
	case "SHR":
		t.Status = record.TCPSynAck | record.TCPFin
	}
	return t
}

// tcpStatus is the state of a TCP connection that a row tells: by its history,
// which is the better witness, or else by its conn_state.
func (c *Conn) tcpStatus() record.TCP {
	if c.Has(History) {
		if t, ok := historyStatus(c.History); ok {
			if c.Has(State) && string(c.State) == "SF" {
				t.Status |= record.TCPNormalClose
			}
			return t
		}
	}
	if c.Has(State) {
		return stateStatus(c.State)
	}
	return record.TCP{}
}

// isClosed reports whether a conn_state is one of connections that ended.
func isClosed(state []byte) bool {
	switch string(state) {
	case "SF", "REJ", "RSTO", "RSTR", "RSTOS0", "RSTRH":
		return true
	}
	return false
}

// appendHistory appends a history of TCP made from what a record knows. Letters
// stand in a fixed order, since records do not keep that of the packets.
func appendHistory(dst []byte, t *record.TCP, m *record.Metrics, turned bool) []byte {
	letter := func(when bool, c byte) {
		if when {
			dst = append(dst, c)
		}
	}
	status, src, d := t.Status, t.Src.Flags, t.Dst.Flags
	syn, synAck := status&record.TCPSyn != 0, status&record.TCPSynAck != 0
	letter(turned, '^')
	letter(syn, 'S')
	letter(synAck && (syn || src&flagSYN == 0), 'h')
	letter(synAck && !syn && src&flagSYN != 0, 'H')
	letter(src&flagACK != 0, 'A')
	letter(m.Src.AppBytes > 0, 'D')
	letter(d&flagACK != 0, 'a')
	letter(m.Dst.AppBytes > 0, 'd')
	for _, e := range [...]struct {
		bit    record.TCPStatus
		letter byte
	}{
		{record.TCPSrcRetrans, 'T'}, {record.TCPDstRetrans, 't'},
		{record.TCPSrcWinShut, 'W'}, {record.TCPDstWinShut, 'w'},
		{record.TCPSrcGap, 'G'}, {record.TCPDstGap, 'g'},
	} {
		letter(status&e.bit != 0, e.letter)
	}
	letter(src&flagFIN != 0, 'F')
	letter(d&flagFIN != 0, 'f')
	letter(status&record.TCPSrcReset != 0, 'R')
	letter(status&record.TCPDstReset != 0, 'r')
	return dst
}
