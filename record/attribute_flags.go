package record

import mathbits "math/bits"

// appendFlags writes the nine places of flgs. Each place has a letter for what
// it is about; later rules write over earlier ones.
func appendFlags(dst []byte, r *Record, _ *TextOptions) []byte {
	at := len(dst)
	dst = append(dst, "         "...)
	if !r.IsFlow() {
		return dst
	}
	p := dst[at : at+9]
	switch r.Kind() {
	case NetFlow:
		p[0] = 'N'
	case AFlow:
		p[0] = 'A'
	}
	p[1] = encapsLetter(r)
	p[2] = mappedLetter(r)
	n := network(r)
	if n.Kind != NetworkNone {
		networkFlags(p, r, n)
	}
	p[6] = fragmentLetter(r, n)
	if r.Has(DSRIPAttr) {
		a := r.IPAttr()
		if options := a.Src.Options | a.Dst.Options; options != 0 {
			p[7] = optionLetter(options)
		}
	}
	if r.Has(DSRCorrelation) {
		p[8] = '1'
	}
	return dst
}

// encapsLetters are the letters of the encapsulations, from bit 0 on; a blank
// has none.
const encapsLetters = "mevlpiGa46HCASFsRwza  T  Jx g"

func encapsLetter(r *Record) byte {
	if r.Has(DSRMAC) && r.MAC().Qualifier&3 != 0 {
		return 'M'
	}
	if !r.Has(DSREncaps) {
		return layerLetter(r)
	}
	e := r.Encaps()
	switch bits := e.Src | e.Dst; {
	case !r.Has(DSREncaps): // malformed
		return layerLetter(r)
	case bits&(bits-1) != 0:
		return '*'
	default:
		if i := mathbits.TrailingZeros32(bits); i < len(encapsLetters) {
			return encapsLetters[i]
		}
	}
	return ' '
}

// layerLetter is the letter of a record without encapsulations.
func layerLetter(r *Record) byte {
	switch {
	case r.Has(DSRVLAN):
		return 'v'
	case r.Has(DSRMAC):
		return 'e'
	case r.Has(DSRMPLS):
		return 'm'
	}
	return ' '
}

// mappedLetter tells of an ICMP error that was mapped to the flow.
func mappedLetter(r *Record) byte {
	if !r.Has(DSRICMP) { // most have none: do not even look
		return ' '
	}
	m := r.ICMPMapped()
	if m.Qualifier&7 == 0 {
		return ' '
	}
	switch m.Type {
	case 3:
		return 'U'
	case 5:
		return 'R'
	case 11:
		return 'T'
	}
	return 'I'
}

// either picks the letter for both sides, source or destination.
func either(src, dst bool, letters string, otherwise byte) byte {
	switch {
	case src && dst:
		return letters[0]
	case src:
		return letters[1]
	case dst:
		return letters[2]
	}
	return otherwise
}

func networkFlags(p []byte, r *Record, n *Network) {
	switch {
	case n.IsTCP():
		if t := tcp(r); t != nil {
			tcpFlags(p, t, n.Kind == NetworkTCPPerf)
		}
	case isRTP(r):
		s := &n.RTP
		p[3] = either(s.Src.Drops > 0, s.Dst.Drops > 0, "*sd", ' ')
		p[4] = either(n.Qualifier&rtpSrcSilence != 0, n.Qualifier&rtpDstSilence != 0, "*sd", ' ')
	case n.Kind == NetworkESP:
		if n.ESP.Lost > 0 {
			p[3] = either(n.ESP.Status&0x10 != 0, n.ESP.Status&0x20 != 0, "*sd", ' ')
		}
		p[3] = either(n.ESP.Status&espSrcOOO != 0, n.ESP.Status&espDstOOO != 0, "&ir", p[3])
	case n.Kind == NetworkUDT:
		udtFlags(p, &n.UDT)
	}
}

// Marks of media streams and of ESP.
const (
	rtpSrcSilence = 0x01
	rtpDstSilence = 0x02
	espSrcOOO     = uint32(TCPSrcOOO)
	espDstOOO     = uint32(TCPDstOOO)
)

func tcpFlags(p []byte, t *TCP, perf bool) {
	s := t.Status
	switch {
	case s&TCPPortReuse != 0:
		p[3] = 'R'
	case s&TCPRetrans != 0:
		p[3] = either(s&TCPSrcRetrans != 0, s&TCPDstRetrans != 0, "*sd", ' ')
	case perf && (t.Src.gap() > 0 || t.Dst.gap() > 0):
		p[3] = 'g'
	default:
		p[3] = either(s&TCPSrcOOO != 0, s&TCPDstOOO != 0, "&ir", ' ')
	}
	p[4] = either(s&TCPSrcWinShut != 0, s&TCPDstWinShut != 0, "@SD", ' ')
	p[5] = either(s&TCPSrcECN != 0, s&TCPDstECN != 0, "Ext", ' ')
}

// udtFlags reads the status of UDT, whose bits are those of TCP.
func udtFlags(p []byte, u *UDT) {
	s := TCPStatus(u.Status)
	if s&TCPOutOfOrder != 0 {
		p[3] = 'i'
	}
	if s&TCPRetrans != 0 || u.Src[udtDrops] > 0 {
		p[3] = 's'
	}
	if s&TCPWindowShut != 0 {
		p[4] = 'S'
	}
	if s&TCPECN != 0 {
		p[5] = 'E'
	}
}

// fragmentLetter tells of fragments in the flow, or that it is one of
// fragments.
func fragmentLetter(r *Record, n *Network) byte {
	const overlap = 0x02
	if n.Kind == NetworkFragment {
		if n.Qualifier&overlap != 0 {
			return 'V'
		}
		return 'f'
	}
	f := r.Flow()
	switch {
	case !f.IsIP():
	case f.Fragment:
		return 'F'
	case r.Has(DSRIPAttr):
		if a := r.IPAttr(); a.Src.Fragments || a.Dst.Fragments {
			return 'F'
		}
	}
	return ' '
}

// optionLetter is the letter of the IP options that were seen.
func optionLetter(options uint32) byte {
	if options&(options-1) != 0 {
		return 'O'
	}
	switch options {
	case 0x01:
		return 'R'
	case 0x02:
		return 'T'
	case 0x04:
		return '+'
	case 0x08:
		return 'L'
	case 0x10:
		return 'D'
	case 0x20:
		return 'S'
	case 0x40:
		return 'A'
	}
	return 'U'
}
