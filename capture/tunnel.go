package capture

import (
	"github.com/seed-6ae541b3/goargus/internal/packet"
	"github.com/seed-6ae541b3/goargus/record"
)

// tunnelState is what a record tells of the tunnel that its packets came
// through, and the headers that were stripped off.
type tunnelState struct {
	kind    packet.Tunnel
	have    uint8 // sides that a network id is known of
	flags   uint16
	proto   uint16
	vni     [2]uint32
	outer   packet.Outer
	headers [2]userData
}

func (e *engine) tunnelOf(a *aux) *tunnelState {
	if a.tunnel == 0 {
		a.tunnel = e.tuns.take()
	}
	return e.tuns.at(a.tunnel)
}

// tunnel remembers the tunnel of the record's first packet and the network ids
// of all.
func (e *engine) tunnel(a *aux, p *frame, side int) {
	t := e.tunnelOf(a)
	if t.kind == packet.NoTunnel {
		t.kind, t.flags, t.proto, t.outer = p.Tunnel, p.TunnelFlags, p.TunnelProto, p.Outer
		t.vni[side] = p.TunnelVNI
	}
	if p.Tunnel == packet.VXLAN {
		t.vni[side] = p.TunnelVNI
		t.have |= 1 << side
	}
}

// captureHeaders keeps the bytes in front of the network header of a side's
// first packet, or what was stripped off a frame that has none.
func (e *engine) captureHeaders(f *flow, p *frame, side int) {
	size := p.Net
	if p.Kind == packet.Layer2 {
		size = p.Transport
	}
	if f.packets[side] > 0 || size <= 0 {
		return
	}
	u := &e.tunnelOf(e.aux(f)).headers[side]
	if u.count == 0 {
		const most = 400 // the DSR counts its words in one byte
		e.data.append(u, p.Data[:min(size, len(p.Data), most)])
	}
}

func (e *engine) dropTunnel(a *aux) {
	t := e.tuns.at(a.tunnel)
	for i := range t.headers {
		if u := &t.headers[i]; u.block != 0 {
			e.data.give(u.class, u.block)
		}
	}
	e.tuns.give(a.tunnel)
	a.tunnel = 0
}

// appendHeaders writes the captured headers of both sides.
func (e *engine) appendHeaders(b []byte, a *aux) []byte {
	t := e.tuns.at(a.tunnel)
	b = put16(b, t.headers[0].count)
	b = put16(b, t.headers[1].count)
	for i := range t.headers {
		u := &t.headers[i]
		if u.count == 0 {
			continue
		}
		b = append(b, e.data.at(u.class, u.block)[:u.count]...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	return b
}

// appendTunnel writes the DSR of the tunnel.
func (e *engine) appendTunnel(b []byte, a *aux) []byte {
	t := e.tuns.at(a.tunnel)
	at := len(b)
	switch t.kind {
	case packet.VXLAN:
		b = dsr(b, record.DSRVXLAN, 0, t.have, 3)
		b = put32(b, t.vni[0])
		b = put32(b, t.vni[1])
	case packet.GRE:
		b = dsr(b, record.DSRGRE, 0, 0, 2)
		b = put16(b, t.flags)
		b = put16(b, t.proto)
		b = appendOuter(b, &t.outer)
		b[at+3] = uint8((len(b) - at) / 4)
	case packet.Geneve:
		b = dsr(b, record.DSRGeneve, 0, 0, 3)
		b = append(b, 0, uint8(t.flags))
		b = put16(b, t.proto)
		b = put32(b, t.vni[0]|t.vni[1])
		b = appendOuter(b, &t.outer)
		b[at+3] = uint8((len(b) - at) / 4)
	}
	return b
}

// appendOuter writes the flow DSR of the packets that carry a tunnel. Its
// numbers are in the order of the machine, as sensors leave them.
func appendOuter(b []byte, o *packet.Outer) []byte {
	src, dst, sport, dport := o.Src, o.Dst, o.SrcPort, o.DstPort
	class := uint8(classTuple)
	if dst.Less(src) || src == dst && sport < dport {
		src, dst, sport, dport = dst, src, dport, sport
		class |= classReverse
	}
	if o.V6 {
		b = dsr(b, record.DSRFlow, class, typeIPv6, 11)
		b = putWords(b, []uint64{src.Hi, src.Lo, dst.Hi, dst.Lo})
		b = putLE32(b, uint32(o.Proto)<<24)
		b = putLE16(b, sport)
		return putLE16(b, dport)
	}
	b = dsr(b, record.DSRFlow, class, typeIPv4, 5)
	b = putLE32(b, uint32(src.Lo))
	b = putLE32(b, uint32(dst.Lo))
	b = append(b, o.Proto, 0)
	b = putLE16(b, sport)
	b = putLE16(b, dport)
	return put16(b, 0)
}
