package record

// appendState writes the word for the state of the transaction.
func appendState(dst []byte, r *Record, o *TextOptions) []byte {
	if r.Kind() == Management {
		return append(dst, managementState(r)...)
	}
	if r.Cause() == Error && r.Option() == 0 {
		return append(dst, "ERR"...)
	}
	f := r.Flow()
	if !r.Has(DSRFlow) {
		return dst
	}
	switch {
	case f.isARP():
		return append(dst, arpState(r)...)
	case f.IsIP() && f.Class != ClassLayer3 && f.Proto == ProtoTCP:
		return appendTCPState(dst, r, o)
	case f.isICMP() && f.Proto == ProtoICMP:
		return appendICMPState(dst, r)
	case f.isICMP():
		return append(dst, icmp6State(icmpType(r))...)
	case f.Type == KeyISIS:
		return append(dst, isisState(f.ISIS.PDU)...)
	}
	return append(dst, exchangeState(r)...)
}

func managementState(r *Record) string {
	switch r.Cause() {
	case Start:
		return "STA"
	case Status:
		return "CON"
	case Stop:
		return "STP"
	case Shutdown:
		return "SHT"
	case Error:
		switch r.Option() {
		case 1:
			return "ADN"
		case 2:
			return "MAX"
		}
		return "ERR"
	}
	return ""
}

// causeBits are the bits of the cause as readers test them: a timeout and a
// shutdown share one, a start and a stop another.
const (
	causeEnds   = 0x40 // timeout, flush, shutdown, closed
	causeBorder = 0x10 // start, stop and others
)

// exchangeState is the state of a flow whose protocol tells none: who was heard.
func exchangeState(r *Record) string {
	m := r.Metrics()
	switch {
	case !r.Has(DSRMetrics):
		return ""
	case m.Src.Packets > 0 && m.Dst.Packets > 0:
		return "CON"
	case m.Src.Packets > 0:
		return requestState(r)
	}
	return "RSP"
}

// requestState is the state of a flow that nobody answered: new, or going on.
func requestState(r *Record) string {
	if r.Cause()&causeBorder != 0 {
		return "INT"
	}
	return "REQ"
}

func arpState(r *Record) string {
	m := r.Metrics()
	switch {
	case !r.Has(DSRMetrics):
		return "INT"
	case m.Src.Packets > 0 && m.Dst.Packets > 0:
		return "CON"
	case m.Src.Packets > 0:
		return requestState(r)
	}
	return "RSP"
}

func appendTCPState(dst []byte, r *Record, o *TextOptions) []byte {
	t := tcp(r)
	if t == nil {
		t = &TCP{}
	}
	switch o.TCPState {
	case StateLetters:
		return t.Status.appendLetters(dst)
	case StateSrcFlags, StateDstFlags, StateFlags:
		return t.appendFlags(dst, r.Metrics(), o.TCPState)
	}
	return append(dst, t.word(r)...)
}

func (t *TCP) word(r *Record) string {
	s := t.Status
	switch {
	case s&TCPReset != 0:
		return "RST"
	case s&(TCPFin|TCPFinAck) != 0:
		return "FIN"
	case s&TCPNormalClose != 0:
		return "CLO"
	case s != 0 && r.Cause()&causeEnds != 0:
		return "TIM"
	case s&TCPEstablished != 0:
		return "CON"
	case s&TCPSynAck != 0:
		return "ACC"
	case s&TCPSyn != 0:
		return "REQ"
	case s != 0:
		return "CON"
	}
	if m := r.Metrics(); m.Src.Packets > 0 && m.Dst.Packets > 0 {
		return "CON"
	}
	return "INT"
}

func (s TCPStatus) appendLetters(dst []byte) []byte {
	for _, l := range [...]struct {
		bits   TCPStatus
		letter byte
	}{{TCPSyn, 's'}, {TCPSynAck, 'S'}, {TCPEstablished, 'E'}, {TCPFin, 'f'}, {TCPFinAck, 'F'}, {TCPNormalClose, 'C'}, {TCPReset, 'R'}} {
		if s&l.bits != 0 {
			dst = append(dst, l.letter)
		}
	}
	return dst
}

// appendFlags writes the TCP flags that were seen. Where the side that has
// flags is not the one that has packets, the sides are exchanged.
func (t *TCP) appendFlags(dst []byte, m *Metrics, style TCPStateStyle) []byte {
	src, to := t.Src.Flags, t.Dst.Flags
	if src != 0 && m.Src.Packets == 0 || to != 0 && m.Dst.Packets == 0 {
		src, to = to, src
	}
	if style != StateDstFlags {
		dst = appendTCPFlags(dst, src)
	}
	if style == StateFlags {
		dst = append(dst, '_')
	}
	if style != StateSrcFlags {
		dst = appendTCPFlags(dst, to)
	}
	return dst
}

func appendTCPFlags(dst []byte, flags uint8) []byte {
	const letters = "FSRPAUEC"
	for i := range len(letters) {
		if flags>>i&1 != 0 {
			dst = append(dst, letters[i])
		}
	}
	return dst
}

// icmpType returns type and code: of the error that was mapped to the flow if
// there is one, else of the key.
func icmpType(r *Record) (t, code uint8) {
	if m := r.ICMPMapped(); r.Has(DSRICMP) {
		return m.Type, m.Code
	}
	f := r.Flow()
	return f.ICMPType, f.ICMPCode
}

var icmpStates = [...]string{
	0: "ECR", 3: "UR", 4: "SRC", 5: "RED", 6: "AHA", 8: "ECO", 9: "RTA", 10: "RTS", 11: "TXD", 12: "PAR",
	13: "TST", 14: "TSR", 15: "IRQ", 16: "IRR", 17: "MAS", 18: "MSR", 19: "SEC",
	20: "ROB", 21: "ROB", 22: "ROB", 23: "ROB", 24: "ROB", 25: "ROB", 26: "ROB", 27: "ROB", 28: "ROB", 29: "ROB",
	30: "TRC", 31: "DCE", 32: "MHR", 33: "WAY", 34: "IAH", 35: "MRQ", 36: "MRP", 37: "DNQ", 38: "DNP", 39: "SKP",
	40: "PHO", 41: "EXM", 42: "EEO", 43: "EER", 46: "",
}

var unreachable = [...]string{
	"N", "H", "O", "P", "F", "S", "NU", "HU", "ISO", "NPRO", "HPRO", "NTOS", "HTOS", "FIL", "PRE", "CUT",
}

func appendICMPState(dst []byte, r *Record) []byte {
	t, code := icmpType(r)
	if int(t) >= len(icmpStates) {
		return append(dst, "UNK"...)
	}
	dst = append(dst, icmpStates[t]...)
	if t == 3 && int(code) < len(unreachable) {
		dst = append(dst, unreachable[code]...)
	}
	return dst
}

func icmp6State(t, code uint8) string {
	pick := func(words ...string) string {
		if int(code) < len(words) {
			return words[code]
		}
		return "UNK"
	}
	switch t {
	case 1:
		return pick("URNR", "URAD", "URBS", "URAR", "URP", "URSF", "URRR", "URES")
	case 2:
		return "PTB"
	case 3:
		return pick("TXT", "TXR")
	case 4:
		return pick("PPH", "PPNH", "PPO")
	case 128:
		return "ECO"
	case 129:
		return "ECR"
	case 130:
		return "MRQ"
	case 131, 143:
		return "MHR"
	case 133:
		return "NRS"
	case 134:
		return "NRA"
	case 135:
		return "NNS"
	case 136:
		return "NNA"
	case 137:
		return "RED"
	}
	return "UNK"
}

func isisState(pdu uint32) string {
	switch pdu {
	case 15:
		return "L1-IIH"
	case 16:
		return "L2-IIH"
	case 17:
		return "P2P-IIH"
	case 18:
		return "L1-LSP"
	case 20:
		return "L2-LSP"
	case 24:
		return "L1-CSNP"
	case 25:
		return "L2-CSNP"
	case 26:
		return "L1-PSNP"
	case 27:
		return "L2-PSNP"
	}
	return ""
}

// appendDir writes the arrow between the ends.
func appendDir(dst []byte, r *Record, _ *TextOptions) []byte {
	m := r.Metrics()
	f := r.Flow()
	if !r.Has(DSRMetrics) || !r.Has(DSRFlow) {
		return dst
	}
	switch {
	case f.Type == KeyRARP && f.Class != ClassARP:
		return append(dst, "tel"...)
	case f.isARP():
		return append(dst, "who"...)
	}
	t := tcp(r)
	if t != nil && t.Status&(TCPSyn|TCPSynAck) != 0 {
		return append(dst, " ->"...) // the source is who opened it
	}
	arrow := [3]byte{'<', '-', '>'}
	if m.Dst.Packets == 0 {
		arrow[0] = ' '
	}
	if m.Src.Packets == 0 {
		arrow[2] = ' '
	}
	switch {
	case t != nil:
		arrow[1] = '?'
	case m.Packets() == 0:
		arrow[1] = ' '
	}
	return append(dst, arrow[:]...)
}
