package record

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// ipKey is an IP key as it can be merged in place, in the order of the flow.
type ipKey struct {
	v6       bool
	src, dst addressBits
	proto    Proto
	tp       uint8
	ports    [2]uint16 // of source and destination, or what ICMP has in their place
	tail     uint16    // the DNS id, or the sequence number of ICMP; 0 behind prefix lengths
	masked   bool
}

// addressBits is an address, left-aligned, and its prefix length.
type addressBits struct {
	hi, lo uint64
	bits   uint8
}

// Places in IP keys.
const (
	flow4Size   = 20
	flow6Masked = 48
	flow4Proto  = 12
	flow6Proto  = 36
)

// read reads a key of addresses and ports. Others are not for merging in place:
// fragments, keys that have an SPI, and those of old or short forms.
func (k *ipKey) read(b []byte) bool {
	if FlowClass(b[1]&flowClassMask) != ClassFiveTuple || b[2]&keyFragment != 0 {
		return false
	}
	k.masked = b[2]&keyMasked != 0
	be := binary.BigEndian
	switch KeyType(b[2] & keyTypeMask) {
	case KeyIPv4:
		if len(b) != flow4Size {
			return false
		}
		k.v6 = false
		k.src = addressBits{uint64(be.Uint32(b[4:])) << 32, 0, 32}
		k.dst = addressBits{uint64(be.Uint32(b[8:])) << 32, 0, 32}
		k.proto, k.tp = Proto(b[flow4Proto]), b[13]
		k.ports = [2]uint16{be.Uint16(b[14:]), be.Uint16(b[16:])}
		k.tail = be.Uint16(b[18:])
		if k.masked {
			k.src.bits, k.dst.bits, k.tail = b[18], b[19], 0
		}
	case KeyIPv6:
		if len(b) != flow6Bare && len(b) != flow6Masked {
			return false
		}
		k.v6 = true
		k.src = addressBits{be.Uint64(b[4:]), be.Uint64(b[12:]), 128}
		k.dst = addressBits{be.Uint64(b[20:]), be.Uint64(b[28:]), 128}
		k.proto, k.tp, k.tail = Proto(b[flow6Proto]), 0, 0
		k.ports = [2]uint16{be.Uint16(b[40:]), be.Uint16(b[42:])}
		if k.masked && len(b) == flow6Masked {
			k.src.bits, k.dst.bits = b[44], b[46]
		}
	default:
		return false
	}
	if k.proto == ProtoESP {
		return false
	}
	if b[1]&flowReverse != 0 {
		k.turn()
	}
	return true
}

// turn exchanges the ends.
func (k *ipKey) turn() {
	k.src, k.dst = k.dst, k.src
	if k.hasPorts() {
		k.ports[0], k.ports[1] = k.ports[1], k.ports[0]
	}
}

func (k *ipKey) hasPorts() bool {
	return k.proto != ProtoICMP && k.proto != ProtoIGMP && !(k.v6 && k.proto == ProtoICMP6)
}

// put writes a changed key over the bytes that it was read from, which have room
// for prefix lengths.
func (k ipKey) put(b []byte) {
	be := binary.BigEndian
	b[2] |= keyMasked
	if b[1]&flowReverse != 0 {
		k.turn()
	}
	if !k.v6 {
		be.PutUint32(b[4:], uint32(k.src.hi>>32))
		be.PutUint32(b[8:], uint32(k.dst.hi>>32))
		b[flow4Proto], b[13] = byte(k.proto), k.tp
		be.PutUint16(b[14:], k.ports[0])
		be.PutUint16(b[16:], k.ports[1])
		b[18], b[19] = k.src.bits, k.dst.bits
		return
	}
	b = b[:flow6Masked]
	b[3] = flow6Masked / 4
	be.PutUint64(b[4:], k.src.hi)
	be.PutUint64(b[12:], k.src.lo)
	be.PutUint64(b[20:], k.dst.hi)
	be.PutUint64(b[28:], k.dst.lo)
	be.PutUint32(b[flow6Proto:], uint32(k.proto)<<24) // no flow label
	be.PutUint16(b[40:], k.ports[0])
	be.PutUint16(b[42:], k.ports[1])
	b[44], b[45], b[46], b[47] = k.src.bits, 0, k.dst.bits, 0
}

// merge does what Flow.merge does.
func (k *ipKey) merge(o *ipKey) (changed bool) {
	changed = k.src.merge(&o.src)
	changed = k.dst.merge(&o.dst) || changed
	clearIf := func(p *uint16, differs bool) {
		if differs && *p != 0 {
			*p = 0
			changed = true
		}
	}
	switch {
	case k.proto != o.proto:
		changed = changed || k.proto != 0 || k.tp != 0 || k.ports != [2]uint16{} || k.tail != 0
		k.proto, k.tp, k.ports, k.tail = 0, 0, [2]uint16{}, 0
	case k.proto == ProtoTCP || k.proto == ProtoUDP:
		clearIf(&k.ports[0], k.ports[0] != o.ports[0])
		clearIf(&k.ports[1], k.ports[1] != o.ports[1])
	default:
		if k.tp != o.tp && k.tp != 0 {
			k.tp, changed = 0, true
		}
		clearIf(&k.ports[1], k.ports[1] != o.ports[1])
		if k.hasPorts() {
			clearIf(&k.ports[0], k.ports[0] != o.ports[0])
			break
		}
		was := k.ports[0]
		clearIf(&k.ports[0], (was^o.ports[0])&0xFF00 != 0) // the type, and then the code
		if was != o.ports[0] && k.ports[0]&0xFF != 0 {
			k.ports[0], changed = k.ports[0]&0xFF00, true
		}
		clearIf(&k.tail, k.tail != o.tail)
	}
	return changed
}

func (a *addressBits) same(o *addressBits) bool { return a.hi == o.hi && a.lo == o.lo }

// merge does what Endpoint.mergePrefix does.
func (a *addressBits) merge(o *addressBits) bool {
	n := min(a.bits, o.bits)
	if !a.same(o) {
		n = min(n, a.common(o))
		if n == a.bits { // it ends there already
			return false
		}
		a.cut(n)
	}
	changed := n != a.bits
	a.bits = n
	return changed
}

// common is the number of leading bits that two addresses share.
func (a *addressBits) common(o *addressBits) uint8 {
	if x := a.hi ^ o.hi; x != 0 {
		return uint8(bits.LeadingZeros64(x))
	}
	return 64 + uint8(bits.LeadingZeros64(a.lo^o.lo))
}

// cut clears all but the first n bits.
func (a *addressBits) cut(n uint8) {
	if n < 64 {
		a.hi, a.lo = a.hi&^(math.MaxUint64>>n), 0
	} else {
		a.lo &^= math.MaxUint64 >> (n - 64)
	}
}

// planFlow merges the keys as Flow.merge does. Equal keys of any kind stay.
func (p *merging) planFlow() bool {
	k := &p.key
	p.proto = ProtoTCP // or what cannot be told
	x, y := p.held(placeFlow), p.theirs(DSRFlow)
	switch {
	case x == nil:
		p.same, p.proto = true, 0
		return true
	case y == nil:
		return true
	case string(x) == string(y):
		p.same = true
		if proto, ok := protoOf(x); ok {
			p.proto = proto
		}
		return true
	}
	var o ipKey
	if !k.read(x) || !o.read(y) || k.v6 != o.v6 {
		return false
	}
	p.same = k.src.same(&o.src) && k.dst.same(&o.dst) && k.proto == o.proto && k.ports == o.ports
	changed := k.merge(&o)
	p.proto = k.proto
	if !changed {
		return true
	}
	p.flow = x[:len(x):p.room(placeFlow, len(x))]
	return !k.v6 || cap(p.flow) >= flow6Masked
}

// protoOf is the protocol of an IP key with ports.
func protoOf(b []byte) (Proto, bool) {
	switch t := KeyType(b[2] & keyTypeMask); {
	case FlowClass(b[1]&flowClassMask) != ClassFiveTuple:
	case t == KeyIPv4 && len(b) >= flow4Size:
		return Proto(b[flow4Proto]), true
	case t == KeyIPv6 && len(b) >= flow6Bare:
		return Proto(b[flow6Proto]), true
	}
	return 0, false
}
