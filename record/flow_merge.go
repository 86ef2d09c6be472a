package record

import "math/bits"

// merge makes f the key of both: what differs is cleared, addresses keep the
// prefix that they share. same reports whether the keys were equal before,
// prefix lengths and DNS ids aside. A key of another class, or of Ethernet,
// stays as it is.
func (f *Flow) merge(o *Flow) (same, changed bool) {
	if f.Class != o.Class {
		return false, false
	}
	was := flowEnds{f.Src, f.Dst, f.SrcPort, f.DstPort, f.Proto}
	same = was == flowEnds{o.Src, o.Dst, o.SrcPort, o.DstPort, o.Proto} && f.Type == o.Type
	switch {
	case f.Class == ClassARP, f.Type == KeyARP, f.Type == KeyRARP:
		return same, f.Type == o.Type && f.mergeARP(o)
	case f.IsIP():
		return same, f.mergeIP(o)
	}
	return same, false
}

// flowEnds is the comparable part of most keys.
type flowEnds struct {
	src, dst         Endpoint
	srcPort, dstPort uint16
	proto            Proto
}

func (f *Flow) mergeIP(o *Flow) (changed bool) {
	if f.Src.family == o.Src.family {
		changed = f.Src.mergePrefix(&f.SrcBits, &o.Src, o.SrcBits)
		changed = f.Dst.mergePrefix(&f.DstBits, &o.Dst, o.DstBits) || changed
	} else if f.SrcBits != 0 || f.DstBits != 0 {
		f.Src, f.Dst = Endpoint{family: f.Src.family}, Endpoint{family: f.Dst.family}
		f.SrcBits, f.DstBits = 0, 0
		changed = true
	}
	if f.Class != ClassLayer3 {
		changed = f.mergePorts(o) || changed
	}
	if !changed {
		return false
	}
	f.Masked = true
	f.DNSID, f.label = 0, 0
	if f.Proto == ProtoESP && f.Type == KeyIPv4 {
		f.SPI = 0 // prefix lengths stand in its place
	}
	if f.Type == KeyIPv6 && f.words == flow6Bare/4 {
		f.words++ // for the prefix lengths
	}
	return true
}

// mergePorts clears what differs above IP. Where the protocols differ the ports
// mean nothing.
func (f *Flow) mergePorts(o *Flow) (changed bool) {
	if f.Proto != o.Proto || f.Fragment != o.Fragment {
		fragment := f.Fragment && o.Fragment
		changed = f.Proto != 0 && f.Proto != o.Proto || f.Fragment != fragment
		f.Fragment = fragment
		if f.Proto != o.Proto {
			f.Proto = 0
		}
		return f.clearPorts() || changed
	}
	changed = clearIf(&f.SrcPort, f.SrcPort != o.SrcPort)
	changed = clearIf(&f.DstPort, f.DstPort != o.DstPort) || changed
	if f.Proto != ProtoTCP && f.Proto != ProtoUDP || f.Fragment {
		changed = clearIf(&f.TP, f.TP != o.TP) || changed
		changed = clearIf(&f.ICMPCode, f.ICMPCode != o.ICMPCode || f.ICMPType != o.ICMPType) || changed
		changed = clearIf(&f.ICMPType, f.ICMPType != o.ICMPType) || changed
		changed = clearIf(&f.ICMPID, f.ICMPID != o.ICMPID) || changed
		changed = clearIf(&f.ICMPSeq, f.ICMPSeq != o.ICMPSeq) || changed
		changed = clearIf(&f.SPI, f.SPI != o.SPI) || changed
		changed = clearIf(&f.FragID, f.FragID != o.FragID) || changed
	}
	return changed
}

// clearIf clears a value that differs and reports whether that changed it.
func clearIf[T uint8 | uint16 | uint32](p *T, differs bool) bool {
	if !differs || *p == 0 {
		return false
	}
	*p = 0
	return true
}

// clearPorts clears all that stands above the protocol.
func (f *Flow) clearPorts() (changed bool) {
	changed = f.SrcPort|f.DstPort|uint16(f.TP)|uint16(f.ICMPType)|uint16(f.ICMPCode)|f.ICMPID|f.ICMPSeq|f.DNSID != 0 ||
		f.SPI|f.FragID != 0
	f.SrcPort, f.DstPort, f.TP, f.ICMPType, f.ICMPCode, f.ICMPID, f.ICMPSeq = 0, 0, 0, 0, 0, 0, 0
	f.SPI, f.FragID, f.DNSID = 0, 0, 0
	return changed
}

// mergePrefix cuts e to the bits that it shares with o, and both prefix lengths
// at most. Equal addresses stay whole. It reports whether anything changed.
func (e *Endpoint) mergePrefix(bits *uint8, o *Endpoint, otherBits uint8) bool {
	n := min(*bits, otherBits)
	if *e != *o {
		n = min(n, e.commonBits(o))
		if n == *bits { // e ends there already
			return false
		}
		*e = e.Mask(int(n))
	}
	changed := n != *bits
	*bits = n
	return changed
}

// commonBits is the number of leading bits that two addresses share.
func (e *Endpoint) commonBits(o *Endpoint) uint8 {
	n := 0
	for i := range e.family.size() {
		if x := e.b[i] ^ o.b[i]; x != 0 {
			return uint8(n + bits.LeadingZeros8(x))
		}
		n += 8
	}
	return uint8(n)
}

// mergeARP clears what differs, addresses whole.
func (f *Flow) mergeARP(o *Flow) (changed bool) {
	if f.ARP.Addr != o.ARP.Addr {
		f.ARP.Addr = [32]byte{}
		changed = true
	}
	if f.ARP.Addr2 != o.ARP.Addr2 {
		f.ARP.Addr2 = [32]byte{}
		changed = true
	}
	if f.Src != o.Src && f.Src.Mask(0) != f.Src {
		f.Src, f.SrcBits = f.Src.Mask(0), 0
		changed = true
	}
	if f.Dst != o.Dst && f.Dst.Mask(0) != f.Dst {
		f.Dst, f.DstBits = f.Dst.Mask(0), 0
		changed = true
	}
	return changed
}
