package record

import "bytes"

func (v *VLAN) merge(o *VLAN) bool {
	v.HasSrc = mergeTag(&v.Src, v.HasSrc, o.Src, o.HasSrc)
	v.HasDst = mergeTag(&v.Dst, v.HasDst, o.Dst, o.HasDst)
	return v.HasSrc || v.HasDst
}

func (v *VXLAN) merge(o *VXLAN) bool {
	v.HasSrc = mergeTag(&v.Src, v.HasSrc, o.Src, o.HasSrc)
	v.HasDst = mergeTag(&v.Dst, v.HasDst, o.Dst, o.HasDst)
	return v.HasSrc || v.HasDst
}

// mergeTag keeps a tag that both or only one of them has, and removes one that
// differs.
func mergeTag[T uint16 | uint32](tag *T, has bool, other T, otherHas bool) bool {
	switch {
	case !otherHas:
		return has
	case !has:
		*tag = other
		return true
	case *tag == other:
		return true
	}
	*tag = 0
	return false
}

func (m *MPLS) merge(o *MPLS) bool {
	mergeLabels(&m.Src, &m.SrcLabels, o.Src, o.SrcLabels)
	mergeLabels(&m.Dst, &m.DstLabels, o.Dst, o.DstLabels)
	return m.SrcLabels > 0 || m.DstLabels > 0
}

// mplsLabel is where the 20 bits of the label stand in a stack entry.
const mplsLabel = 0xFFFFF000

func mergeLabels(label *uint32, n *uint8, other uint32, otherN uint8) {
	switch {
	case otherN == 0:
	case *n == 0:
		*label, *n = other, otherN
	case (*label^other)&mplsLabel != 0:
		*label, *n = 0, 0
	}
}

const (
	encapsSrcChanged = 0x04
	encapsDstChanged = 0x08
)

func (e *Encaps) merge(o *Encaps) {
	e.Qualifier |= o.Qualifier
	if e.Src != o.Src {
		e.Qualifier |= encapsSrcChanged
		e.Src |= o.Src
	}
	if e.Dst != o.Dst {
		e.Qualifier |= encapsDstChanged
		e.Dst |= o.Dst
	}
}

// merge keeps the prefix that the reporting nodes share.
func (m *ICMPMapped) merge(o *ICMPMapped) {
	m.Qualifier |= o.Qualifier
	node, other, bits := EndpointFrom4(m.OuterSrc), EndpointFrom4(o.OuterSrc), uint8(32)
	node.mergePrefix(&bits, &other, bits)
	m.OuterSrc = [4]byte(node.b[:4])
}

func (k *Behavior) merge(o *Behavior) {
	if k.Kind == o.Kind {
		k.Src += o.Src
		k.Dst += o.Dst
	}
}

// merged returns u with the bytes of o behind it as far as the capture limit
// allows, in memory of its own; o alone if there is no u. Compressed data cannot
// be continued.
func (u *UserData) merged(o *UserData, has bool) UserData {
	if !has {
		c := *o
		c.Data = bytes.Clone(o.Data)
		return c
	}
	c := *u
	limit := max(int(u.Limit), len(u.Data))
	if n := min(limit-len(u.Data), len(o.Data)); n > 0 && !u.Compressed && !o.Compressed {
		c.Data = append(append(make([]byte, 0, len(u.Data)+n), u.Data...), o.Data[:n]...)
	}
	return c
}

func (c *Country) merge(o *Country) {
	c.Src = mergeCode(c.Src, o.Src)
	c.Dst = mergeCode(c.Dst, o.Dst)
}

func mergeCode(a, b [2]byte) [2]byte {
	if a != b {
		return [2]byte{}
	}
	return a
}

func (a *ASN) merge(o *ASN) {
	clearIf(&a.Src, a.Src != o.Src)
	clearIf(&a.Dst, a.Dst != o.Dst)
	clearIf(&a.Inode, a.Inode != o.Inode)
	a.words = max(a.words, o.words)
}

func (l *Local) merge(o *Local) {
	l.Src, l.HasSrc = nearest(l.Src, l.HasSrc, o.Src, o.HasSrc)
	l.Dst, l.HasDst = nearest(l.Dst, l.HasDst, o.Dst, o.HasDst)
	clearIf(&l.SrcOrg, l.SrcOrg != o.SrcOrg)
	clearIf(&l.DstOrg, l.DstOrg != o.DstOrg)
}

func nearest(a int8, hasA bool, b int8, hasB bool) (int8, bool) {
	switch {
	case !hasB:
		return a, hasA
	case !hasA:
		return b, true
	}
	return min(a, b), true
}

func (s *Score) merge(o *Score) {
	for i := range s.Values {
		s.Values[i] = max(s.Values[i], o.Values[i])
	}
}

// mergeManagement sums the counts of two periodic reports. A start stays as it
// is.
func (a *Record) mergeManagement(b *Record) {
	if a.Cause() == Start || b.Cause() == Start || len(a.buf) < ManagementSize || len(b.buf) < ManagementSize {
		return
	}
	m, o := *a.Management(), b.Management()
	first, last := m, *o
	if o.StartTime < m.StartTime {
		first = *o
	}
	if m.Now > o.Now {
		last = m
	}
	m.StartTime, m.NextSeq, m.Clients = first.StartTime, first.NextSeq, first.Clients
	m.InterfaceUp, m.Drift = first.InterfaceUp, first.Drift
	m.Now = last.Now
	m.Queue, m.Buffers, m.Memory = last.Queue, last.Buffers, last.Memory
	m.SrcLimit, m.DstLimit = last.SrcLimit, last.DstLimit
	m.Packets += o.Packets
	m.Bytes += o.Bytes
	m.Records += o.Records
	m.Flows += o.Flows
	m.Dropped += o.Dropped
	m.Output += o.Output
	a.SetManagement(m)
}
