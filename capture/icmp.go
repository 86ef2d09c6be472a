package capture

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/internal/packet"
)

// ICMP types with a rule of their own.
const (
	icmpEchoReply   = 0
	icmpUnreachable = 3
	icmpQuench      = 4
	icmpRedirect    = 5
	icmpEcho        = 8
	icmpRouterAdv   = 9
	icmpRouterSol   = 10
	icmpTimeExceed  = 11
	icmpParameter   = 12
	icmpTimestamp   = 13
	icmpMaskReply   = 18
	icmpHeader      = 8
)

// icmpState is what an ICMP DSR tells.
type icmpState struct {
	kind, code    uint8
	seq           uint16
	outer         [2]uint32 // addresses of the message
	inner         [2]uint32 // addresses of the packet that it quotes
	gateway       uint32
	quoted, valid bool
}

// icmpKey builds the key of an ICMP message. Answers belong to the flow of
// their request; otherwise the ends stay as they are, so that A that asks B and
// B that asks A are two flows.
func (f *frame) icmpKey() {
	d := f.Payload()
	if len(d) < 4 {
		f.addresses(keyIPv4, false)
		f.key[4] = last(keyIPv4, f.Proto, 0, 0, 0)
		return
	}
	kind, code := d[0], d[1]
	if kind == icmpEchoReply || kind >= icmpTimestamp && kind <= icmpMaskReply && (kind-icmpTimestamp)%2 == 1 {
		f.answer = true
		if kind == icmpEchoReply {
			kind = icmpEcho
		} else {
			kind--
		}
	}
	f.addresses(keyIPv4, f.answer)
	var id, seq uint16
	switch kind {
	case icmpEcho:
		code = 0
		if len(d) >= icmpHeader {
			id, seq = binary.BigEndian.Uint16(d[4:]), binary.BigEndian.Uint16(d[6:])
		}
	case icmpTimestamp, icmpTimestamp + 2, icmpTimestamp + 4, icmpRouterAdv, icmpRouterSol:
		code = 0
	case icmpUnreachable, icmpRedirect:
		id, seq = icmpQuoted(kind, code, d)
	}
	f.key[4] = last(keyIPv4, f.Proto, uint16(kind)<<8|uint16(code), id, seq)
}

// icmpQuoted takes the words of the key from the packet that an error quotes.
// Of an unreachable port the protocol comes second; the record has it elsewhere.
func icmpQuoted(kind, code uint8, d []byte) (id, seq uint16) {
	const network, host, protocol, port, tosNetwork = 0, 1, 2, 3, 2
	if len(d) < icmpHeader+20 {
		return 0, 0
	}
	inner := d[icmpHeader:]
	switch {
	case code == network || code == host:
		return binary.BigEndian.Uint16(inner[16:]), binary.BigEndian.Uint16(inner[18:])
	case kind == icmpRedirect && code >= tosNetwork:
		return 0, uint16(inner[1])
	case code == protocol:
		return uint16(inner[9]), 0
	case code == port:
		size := int(inner[0]&15) * 4
		if len(inner) >= size+4 {
			id = binary.BigEndian.Uint16(inner[size+2:])
		}
		return id, uint16(inner[9])
	}
	return 0, 0
}

// icmp6Key builds the key of an ICMPv6 message: answers have the type of their
// request.
func (f *frame) icmp6Key(cfg *Config) {
	swap := !cfg.Unidirectional && f.Dst.Less(f.Src)
	f.addresses(keyIPv6, swap)
	var kind, code uint8
	if d := f.Payload(); len(d) >= 2 {
		kind, code = d[0], d[1]
	}
	switch kind {
	case 129: // echo reply
		kind = 128
	case 131, 132: // listener report, done
		kind = 130
	case 134: // router advertisement
		kind = 133
	case 136: // neighbour advertisement
		kind = 135
	case 145: // home agent address reply
		kind = 144
	}
	f.key[4] = last(keyIPv6, f.Proto, uint16(kind)<<8|uint16(code), 0, 0)
}

// igmpKey builds the key of an IGMP message. Its destination is the group that
// the message names.
func (f *frame) igmpKey() {
	const query, report3 = 0x11, 0x22
	var kind, code uint8
	d := f.Payload()
	if len(d) >= 2 {
		kind, code = d[0], d[1]
	}
	if len(d) >= 8 && kind != report3 {
		if group := binary.BigEndian.Uint32(d[4:]); group != 0 || kind != query {
			f.Dst.Lo = uint64(group)
		}
	}
	f.addresses(keyIPv4, false)
	f.key[4] = last(keyIPv4, f.Proto, uint16(kind)<<8|uint16(code), 0, 0)
}

// icmp remembers what the first message says. An echo request that is sent
// again takes the place of the one before in the user data.
func (e *engine) icmp(r ref, f *flow, p *frame, fresh bool) {
	d := p.Payload()
	if len(d) < 4 {
		return
	}
	a := e.aux(f)
	if kindOf(&f.key) == keyIPv6 {
		if a.proto.kind == protoNone {
			a.proto.kind = protoICMPv6
			a.proto.words[0] = uint32(d[0])<<24 | uint32(d[1])<<16 | uint32(binary.BigEndian.Uint16(d[2:]))
		}
		return
	}
	s := icmpMessage(p, d)
	if s.kind == icmpEcho && !fresh && e.withExtras {
		e.emptyData(&e.extrasOf(r, false).data[f.side(p.swapped)])
	}
	if a.proto.kind == protoNone && len(d) >= icmpHeader+20 {
		a.proto.kind = protoICMP
		s.store(&a.proto)
	}
	if s.quoted {
		// The application bytes of an error are those of the packet that it quotes.
		inner := d[icmpHeader:]
		size := int(inner[0]&15) * 4
		p.length = int(binary.BigEndian.Uint16(inner[2:])) - size
		p.start = p.Transport + icmpHeader + size
	}
}

func icmpMessage(p *frame, d []byte) icmpState {
	s := icmpState{kind: d[0], code: d[1], outer: [2]uint32{uint32(p.Src.Lo), uint32(p.Dst.Lo)}}
	if len(d) >= icmpHeader {
		s.seq = binary.BigEndian.Uint16(d[6:])
		if s.isError() {
			s.gateway = binary.BigEndian.Uint32(d[4:])
		}
	}
	if s.isError() && len(d) >= icmpHeader+20 {
		s.quoted = true
		s.inner = [2]uint32{binary.BigEndian.Uint32(d[icmpHeader+12:]), binary.BigEndian.Uint32(d[icmpHeader+16:])}
	}
	return s
}

// isError reports whether the message quotes a packet.
func (s *icmpState) isError() bool {
	switch s.kind {
	case icmpUnreachable, icmpQuench, icmpRedirect, icmpTimeExceed, icmpParameter:
		return true
	}
	return false
}

// store keeps the message in the words of a protoState:
//
//	0 type u8, code u8, sequence u16; 1, 2 outer addresses; 3, 4 inner addresses; 5 gateway
func (s *icmpState) store(p *protoState) {
	w := &p.words
	w[0] = uint32(s.kind)<<24 | uint32(s.code)<<16 | uint32(s.seq)
	w[1], w[2], w[3], w[4], w[5] = s.outer[0], s.outer[1], s.inner[0], s.inner[1], s.gateway
}

// quoted is the key of the packet that an ICMP error quotes.
type quoted struct {
	key   [keyWords]uint64
	hash  uint64
	shard uint32
	valid bool
}

// quote builds the key of the packet that an ICMP error quotes, as if that
// packet had come.
func (f *frame) quote(cfg *Config, h *hasher) {
	f.quoted.valid = false
	d := f.Payload()
	if len(d) < icmpHeader+20 {
		return
	}
	if s := (icmpState{kind: d[0]}); !s.isError() {
		return
	}
	var q frame
	opt := packet.Options{Shut: true}
	q.Walk(packet.LinkIPv4, d[icmpHeader:], len(d)-icmpHeader, &opt)
	if q.Kind != packet.IPv4 {
		return
	}
	q.identify(cfg)
	if q.key[4] != 0 && q.ext.size == 0 {
		f.quoted = quoted{key: q.key, hash: h.key(&q.key), shard: h.shard(&q), valid: true}
	}
}

// mapError tells the flow of a quoted packet of the error. Only a flow with
// something to report can take it.
func (e *engine) mapError(p *frame) {
	r := e.find(&p.quoted.key, &p.ext, p.quoted.hash)
	if r == noFlow {
		return
	}
	f := e.flow(r)
	if f.list != listStatus {
		return
	}
	a := e.aux(f)
	a.mapped = icmpMessage(p, p.Payload())
	a.mapped.valid = true
	a.mappedQual = 0
	switch a.mapped.kind {
	case icmpUnreachable:
		a.mappedQual = 1
	case icmpRedirect:
		a.mappedQual = 2
	case icmpTimeExceed:
		a.mappedQual = 4
	}
	if f.first[0] == 0 {
		f.first[0] = p.now
	}
	f.last[0] = p.now
	f.flags |= flagRange
}
