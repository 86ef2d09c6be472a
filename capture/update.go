package capture

import (
	"github.com/seed-6ae541b3/goargus/internal/packet"
)

// update tells a flow of a packet. Protocol models come before the counts: they
// see what was counted before the packet. fresh says that the packet made the
// flow.
func (e *engine) update(r ref, f *flow, p *frame, fresh bool) error {
	e.begin(r, f, p)
	e.attributes(f, p)
	active := true
	switch {
	case r&tcpFlow != 0:
		var err error
		if active, err = e.tcp(r, e.connection(r), p); err != nil {
			return err
		}
		if e.cfg.Keystrokes.Mode != KeystrokesOff {
			e.keystroke(f, p)
		}
	default:
		e.model(r, f, p, fresh)
	}
	e.count(r, f, p, active)
	if p.Fragment && p.FragMore && isTransport(kindOf(&f.key)) {
		return e.firstFragment(r, f, p)
	}
	return nil
}

// begin stores the times and what belongs to the packet's link layer.
func (e *engine) begin(r ref, f *flow, p *frame) {
	side := f.side(p.swapped)
	now := p.now
	if f.first[side] == 0 {
		f.first[side] = now
		if f.first[1-side] != 0 {
			f.flags |= flagRange
		}
	} else {
		f.flags |= flagRange
	}
	f.last[side] = now
	if e.encaps[f.encaps[side]] != p.Encaps {
		e.encapsulation(f, p, side)
	}
	if p.HasVLAN || p.HasMPLS || p.Tunnel != packet.NoTunnel {
		e.labels(f, p, side)
	}
	if p.iface != 0 || e.severalFaces {
		e.face(f, p, side)
	}
	if e.cfg.CaptureHeaders {
		e.captureHeaders(f, p, side)
	}
}

// encapsulation remembers an encapsulation word of a side which is not known by
// its number.
func (e *engine) encapsulation(f *flow, p *frame, side int) {
	word := e.encapsOf(f, side)
	if word == p.Encaps {
		return
	}
	if word != 0 && f.packets[side] > 0 {
		e.aux(f).change |= encapsSrcChanged << side
	}
	e.setEncaps(f, side, word|p.Encaps)
}

// encapsOf returns the encapsulation word of a side.
func (e *engine) encapsOf(f *flow, side int) uint32 {
	if n := f.encaps[side]; n != encapsInAux {
		return e.encaps[n]
	}
	return e.auxes.at(f.aux).encaps[side]
}

// setEncaps stores an encapsulation word: its number, or, when all numbers are
// taken, the word.
func (e *engine) setEncaps(f *flow, side int, word uint32) {
	for n, w := range e.encaps[:e.encapsUsed] {
		if w == word {
			f.encaps[side] = uint8(n)
			return
		}
	}
	if e.encapsUsed < encapsInAux {
		f.encaps[side] = uint8(e.encapsUsed)
		e.encaps[e.encapsUsed] = word
		e.encapsUsed++
		return
	}
	e.aux(f).encaps[side] = word
	f.encaps[side] = encapsInAux
}

// Bits of the encapsulation DSR: the source's, the destination's is the next.
const (
	encapsSrcChanged = 0x04
	ifaceSrcChanged  = 0x10
)

// labels remembers tags, labels and the tunnel.
func (e *engine) labels(f *flow, p *frame, side int) {
	a := e.aux(f)
	if p.HasVLAN {
		a.tag[side] = p.VLAN
		a.have |= haveTag << side
	}
	if p.HasMPLS {
		a.label[side] = p.MPLS
		a.have |= haveLabel << side
	}
	if p.Tunnel != packet.NoTunnel {
		e.tunnel(a, p, side)
	}
}

// face remembers the capture interface of a side's first packet and whether
// another one follows. Most captures have the interface 0 alone.
func (e *engine) face(f *flow, p *frame, side int) {
	e.severalFaces = true
	if p.iface == 0 && f.aux == 0 {
		return
	}
	a := e.aux(f)
	switch {
	case f.packets[side] == 0:
		a.iface[side] = p.iface
	case a.iface[side] != p.iface:
		a.change |= ifaceSrcChanged << side
	}
}

// attributes remembers the IP attributes of a side.
func (e *engine) attributes(f *flow, p *frame) {
	if p.Kind != packet.IPv4 && p.Kind != packet.IPv6 || kindOf(&f.key) == keyEther {
		return
	}
	side := f.side(p.swapped)
	f.attr[side] = uint32(p.TTL)<<24 | uint32(p.TOS)<<16 | uint32(p.ID)
	f.flags |= flagSrcAttr << side
	if p.Options != 0 {
		a := e.aux(f)
		a.options[side] = p.Options
		a.have |= haveOptions << side
	}
}

// model runs the model of any protocol but TCP.
func (e *engine) model(r ref, f *flow, p *frame, fresh bool) {
	p.length, p.start = p.Length, p.Transport
	switch kindOf(&f.key) {
	case keyIPv4, keyIPv6:
		switch p.Proto {
		case packet.ProtoUDP:
			e.udp(f, p, fresh)
		case packet.ProtoICMP, packet.ProtoICMPv6:
			e.icmp(r, f, p, fresh)
		case packet.ProtoESP:
			e.esp(f, p)
		}
	case keyMatrix4, keyMatrix6, keyFragment4, keyFragment6:
	case keyARP, keyRARP:
		e.arp(f, p)
	case keyISIS:
		p.length, p.start = p.Bytes-p.Transport, p.Transport
	case keyLCP:
		p.length, p.start = p.Bytes, p.Net
	case keyWLAN:
		p.length, p.start = p.Bytes, p.Net
	default:
		p.length, p.start = p.Bytes, p.Transport
		if kindOf(&f.key) == keyEther && uint16(f.key[4]>>32) == isisProtocol {
			p.length -= p.Transport
		}
	}
}

// count adds the packet to the counters.
func (e *engine) count(r ref, f *flow, p *frame, active bool) {
	side := f.side(p.swapped)
	f.packets[side]++
	f.bytes[side] += uint64(p.Bytes)
	if e.withExtras {
		e.countExtras(r, f, p, side, active)
	}
}
