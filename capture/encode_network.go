package capture

import (
	"github.com/seed-6ae541b3/goargus/record"
)

// Subtypes of the network DSR (docs/format.md, network).
const (
	networkTCPInit  = 0x03
	networkTCP      = 0x05
	networkRTCP     = 0x09
	networkRTP      = 0x0a
	networkARP      = 0x10
	networkICMP     = 0x34
	networkESP      = 0x38
	networkFragment = 0x45

	tcpLayout5 = 2 // qualifier: sides have a segment size
)

// appendNetwork writes the state of the protocol's model; a flow without one
// has an empty DSR.
func (e *engine) appendNetwork(b []byte, r ref, f *flow, a *aux) []byte {
	if r&tcpFlow != 0 && e.connection(r).tcp.begun {
		return appendTCP(b, &e.connection(r).tcp)
	}
	if a == nil {
		return dsr(b, record.DSRNetwork, 0, 0, 1)
	}
	w := &a.proto.words
	switch a.proto.kind {
	case protoICMP:
		b = dsr(b, record.DSRNetwork, networkICMP, 0, 7)
		b = append(b, uint8(w[0]>>24), uint8(w[0]>>16))
		b = putLE16(b, uint16(w[0]))
		for _, v := range w[1:6] {
			b = putLE32(b, v)
		}
	case protoICMPv6:
		b = dsr(b, record.DSRNetwork, networkICMP, 0, 7)
		b = append(b, uint8(w[0]>>24), uint8(w[0]>>16))
		b = putLE16(b, uint16(w[0]))
		b = fit(b, len(b)-8, 7)
	case protoARP:
		b = dsr(b, record.DSRNetwork, networkARP, 0, 3)
		b = put32(b, w[0])
		b = put32(b, w[1]&^0xffff)
	case protoESP:
		b = dsr(b, record.DSRNetwork, networkESP, 0, 5)
		for _, v := range w[:4] {
			b = put32(b, v)
		}
	case protoRTP:
		b = dsr(b, record.DSRNetwork, networkRTP, uint8(w[rtpQuiet]), 10)
		b = put32(b, w[rtpStatus])
		for _, v := range w[:6] {
			b = put32(b, v)
		}
		b = put16(b, uint16(min(w[rtpDrops], 0xffff)))
		b = put16(b, uint16(min(w[rtpDrops+1], 0xffff)))
		b = put32(b, 0)
	case protoRTCP:
		b = dsr(b, record.DSRNetwork, networkRTCP, 0, 6)
		for _, v := range [2][]uint32{w[0:2], w[3:5]} {
			b = put16(b, uint16(v[0]>>16))
			b = putLE16(b, uint16(v[0]))
			b = putLE32(b, v[1])
		}
		b = put32(b, 0)
	case protoFragment:
		b = appendFragment(b, e.frags.at(w[fragBlock]))
	default:
		b = dsr(b, record.DSRNetwork, 0, 0, 1)
	}
	return b
}

// appendTCP writes the first form for one packet, the full form for more.
func appendTCP(b []byte, t *tcpState) []byte {
	const pairs = record.TCPRetrans | record.TCPWindowShut | record.TCPReset | record.TCPOutOfOrder | record.TCPDuplicate
	if !t.perf {
		s := &t.side[0]
		b = dsr(b, record.DSRNetwork, networkTCPInit, tcpLayout5, 6)
		b = put32(b, uint32(t.status))
		b = put32(b, s.base)
		b = put32(b, uint32(t.options))
		b = put16(b, s.window)
		b = append(b, s.flags, s.shift)
		b = put16(b, s.mss)
		return put16(b, 0)
	}
	const first = record.TCPSrcRetrans | record.TCPSrcWinShut | record.TCPSrcReset | record.TCPSrcOOO | record.TCPSrcDup
	status := t.status&^pairs | t.side[0].status&first | t.side[1].status&(first<<1)
	b = dsr(b, record.DSRNetwork, networkTCP, tcpLayout5, 32)
	for _, v := range [5]uint32{uint32(status), uint32(t.state), uint32(t.options), t.synack, t.ackdat} {
		b = put32(b, v)
	}
	for i := range t.side {
		s := &t.side[i]
		if t.at[i] == 0 {
			b = put32(b, 0)
			b = put32(b, 0)
		} else {
			b = putTime(b, t.at[i])
		}
		for _, v := range [9]uint32{uint32(s.status), s.base, s.top, s.ack, s.updates, s.bytes, s.retrans, s.rolled, s.outstanding} {
			b = put32(b, v)
		}
		b = put16(b, s.window)
		b = append(b, s.flags, s.shift)
		b = put16(b, s.mss)
		b = put16(b, 0)
	}
	return b
}

// appendFragment writes the state of a fragment flow, in the order of the
// machine as sensors do.
func appendFragment(b []byte, s *fragments) []byte {
	at := len(b)
	b = dsr(b, record.DSRNetwork, networkFragment, 0, 14)
	for _, v := range [5]uint32{s.count, 0, 0, s.bytes, s.bytes} {
		b = putLE32(b, v)
	}
	b = putLE16(b, uint16(s.total))
	b = putLE16(b, 0)
	b = putLE16(b, uint16(s.longest))
	return fit(b, at, 14)
}
