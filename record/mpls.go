package record

import "encoding/binary"

// MPLS are the outermost labels of both sides (DSR 0x44). A label word is the
// complete shim: label 20 bits, class 3, bottom of stack 1, TTL 8.
//
//	byte 1  0x01 source present, 0x02 destination present, 0x10 and 0x20 changed during the flow
//	byte 2  high nibble: number of source labels; low nibble: of destination labels
//	byte 3  1 to 3 words
//	then    one word for the source if its number is not 0, one for the destination likewise
type MPLS struct {
	Src, Dst             uint32
	SrcLabels, DstLabels uint8 // numbers of labels, 0 where there are none
	SrcChanged           bool
	DstChanged           bool
}

func (m *MPLS) flip() {
	m.Src, m.Dst, m.SrcLabels, m.DstLabels = m.Dst, m.Src, m.DstLabels, m.SrcLabels
	m.SrcChanged, m.DstChanged = m.DstChanged, m.SrcChanged
}

func (m *MPLS) decode(b []byte, _ Version) bool {
	*m = MPLS{
		SrcLabels: b[2] >> 4, DstLabels: b[2] & 15,
		SrcChanged: b[1]&0x10 != 0, DstChanged: b[1]&0x20 != 0,
	}
	at := 4
	for _, s := range [...]struct {
		labels uint8
		to     *uint32
	}{{m.SrcLabels, &m.Src}, {m.DstLabels, &m.Dst}} {
		if s.labels == 0 {
			continue
		}
		if len(b) < at+4 {
			return false
		}
		*s.to = binary.BigEndian.Uint32(b[at:])
		at += 4
	}
	return true
}

// AppendMPLS appends the DSR of m.
func AppendMPLS(dst []byte, m *MPLS) []byte {
	at := len(dst)
	src, d := m.SrcLabels > 0, m.DstLabels > 0
	subtype := bit(src, 0x01) | bit(d, 0x02) | bit(m.SrcChanged, 0x10) | bit(m.DstChanged, 0x20)
	dst = append(dst, DSRMPLS.Type(), subtype, m.SrcLabels<<4|m.DstLabels&15, 0)
	if src {
		dst = binary.BigEndian.AppendUint32(dst, m.Src)
	}
	if d {
		dst = binary.BigEndian.AppendUint32(dst, m.Dst)
	}
	return closeDSR(dst, at)
}

// merge keeps the labels that both or only one of them has. One that differs
// becomes 0 and stays so, whatever is merged later.
func (m *MPLS) merge(o *MPLS) {
	mergeLabels(&m.Src, &m.SrcLabels, o.Src, o.SrcLabels)
	mergeLabels(&m.Dst, &m.DstLabels, o.Dst, o.DstLabels)
}

// mplsLabel is where the 20 bits of the label stand in a stack entry.
const mplsLabel = 0xFFFFF000

func mergeLabels(label *uint32, n *uint8, other uint32, otherN uint8) {
	switch {
	case otherN == 0:
	case *n == 0:
		*label, *n = other, otherN
	case (*label^other)&mplsLabel != 0 || *label == 0:
		*label = 0
	}
}

// finish removes the labels that differed.
func (m *MPLS) finish() {
	if m.Src == 0 {
		m.SrcLabels = 0
	}
	if m.Dst == 0 {
		m.DstLabels = 0
	}
}
