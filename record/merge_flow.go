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
	case f.IsIP():
		if o.Type == f.Type && f.DNSID == o.DNSID && f.ICMPID == o.ICMPID && f.ICMPSeq == o.ICMPSeq &&
			f.FragID == o.FragID && f.SPI == o.SPI && f.ICMPType == o.ICMPType && f.ICMPCode == o.ICMPCode &&
			same && f.SrcBits == o.SrcBits && f.DstBits == o.DstBits {
			return true, false
		}
		f.mergeIP(o)
		return same, true
	case f.Type == KeyARP && o.Type == KeyARP, f.Type == KeyRARP && o.Type == KeyRARP:
		return same, f.mergeARP(o)
	}
	return same, false
}

// flowEnds is the comparable part of most keys.
type flowEnds struct {
	src, dst         Endpoint
	srcPort, dstPort uint16
	proto            Proto
}

func (f *Flow) mergeIP(o *Flow) {
	if f.Src.family == o.Src.family {
		f.SrcBits = f.Src.mergePrefix(o.Src, min(f.SrcBits, o.SrcBits))
		f.DstBits = f.Dst.mergePrefix(o.Dst, min(f.DstBits, o.DstBits))
	} else {
		f.Src, f.Dst = Endpoint{family: f.Src.family}, Endpoint{family: f.Dst.family}
		f.SrcBits, f.DstBits = 0, 0
	}
	f.Masked = true
	f.DNSID, f.label = 0, 0
	if f.Class == ClassLayer3 {
		return
	}
	if f.Proto != o.Proto || f.Fragment != o.Fragment { // what is above IP is of different shapes
		if f.Proto != o.Proto {
			f.Proto = 0
		}
		f.Fragment = f.Fragment && o.Fragment
		f.clearPorts()
		return
	}
	clearIf(&f.SrcPort, f.SrcPort != o.SrcPort)
	clearIf(&f.DstPort, f.DstPort != o.DstPort)
	clearIf(&f.TP, f.TP != o.TP)
	clearIf(&f.ICMPCode, f.ICMPCode != o.ICMPCode || f.ICMPType != o.ICMPType)
	clearIf(&f.ICMPType, f.ICMPType != o.ICMPType)
	clearIf(&f.ICMPID, f.ICMPID != o.ICMPID)
	clearIf(&f.ICMPSeq, f.ICMPSeq != o.ICMPSeq)
	clearIf(&f.SPI, f.SPI != o.SPI)
	clearIf(&f.FragID, f.FragID != o.FragID)
}

func clearIf[T uint8 | uint16 | uint32](p *T, differs bool) {
	if differs {
		*p = 0
	}
}

// clearPorts clears all that stands above the protocol.
func (f *Flow) clearPorts() {
	f.SrcPort, f.DstPort, f.TP, f.ICMPType, f.ICMPCode, f.ICMPID, f.ICMPSeq = 0, 0, 0, 0, 0, 0, 0
	f.SPI, f.FragID, f.DNSID = 0, 0, 0
}

// mergePrefix cuts e to the bits that it shares with o, limit at most, and
// returns their number. Equal addresses stay whole.
func (e *Endpoint) mergePrefix(o Endpoint, limit uint8) uint8 {
	if *e == o {
		return limit
	}
	n := 0
	for i := range e.family.size() {
		if x := e.b[i] ^ o.b[i]; x != 0 {
			n += bits.LeadingZeros8(x)
			break
		}
		n += 8
	}
	n = min(n, int(limit))
	*e = e.Mask(n)
	return uint8(n)
}

// mergeARP clears what differs. A sender that differs is cleared whole, the
// target keeps the common prefix, as the programs do.
func (f *Flow) mergeARP(o *Flow) (changed bool) {
	if f.ARP.Addr != o.ARP.Addr {
		f.ARP.Addr = [32]byte{}
		changed = true
	}
	if f.ARP.Addr2 != o.ARP.Addr2 {
		f.ARP.Addr2 = [32]byte{}
		changed = true
	}
	if f.Src != o.Src {
		f.Src = Endpoint{family: f.Src.family}
		f.SrcBits = 0
		changed = true
	}
	if f.Dst != o.Dst {
		f.DstBits = f.Dst.mergePrefix(o.Dst, 32)
		changed = true
	}
	return changed
}
