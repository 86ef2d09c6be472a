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
func (e *engine) appendNetwork(r ref, f *flow, a *aux) {
	if r&tcpFlow != 0 && e.connection(r).tcp.begun {
		e.appendTCP(&e.connection(r).tcp)
		return
	}
	if a == nil {
		e.dsr(record.DSRNetwork, 0, 0, 1)
		return
	}
	w := &a.proto.words
	switch a.proto.kind {
	case protoICMP:
		e.dsr(record.DSRNetwork, networkICMP, 0, 7)
		e.buf = append(e.buf, uint8(w[0]>>24), uint8(w[0]>>16))
		e.putLE16(uint16(w[0]))
		for _, v := range w[1:6] {
			e.putLE32(v)
		}
	case protoICMPv6:
		e.dsr(record.DSRNetwork, networkICMP, 0, 7)
		e.buf = append(e.buf, uint8(w[0]>>24), uint8(w[0]>>16))
		e.putLE16(uint16(w[0]))
		e.fit(len(e.buf)-8, 7)
	case protoARP:
		e.dsr(record.DSRNetwork, networkARP, 0, 3)
		e.put32(w[0])
		e.put32(w[1] &^ 0xffff)
	case protoESP:
		e.dsr(record.DSRNetwork, networkESP, 0, 5)
		for _, v := range w[:4] {
			e.put32(v)
		}
	case protoRTP:
		e.dsr(record.DSRNetwork, networkRTP, uint8(w[rtpQuiet]), 10)
		e.put32(w[rtpStatus])
		for _, v := range w[:6] {
			e.put32(v)
		}
		e.put16(uint16(min(w[rtpDrops], 0xffff)))
		e.put16(uint16(min(w[rtpDrops+1], 0xffff)))
		e.put32(0)
	case protoRTCP:
		e.dsr(record.DSRNetwork, networkRTCP, 0, 6)
		for _, v := range [2][]uint32{w[0:2], w[3:5]} {
			e.put16(uint16(v[0] >> 16))
			e.putLE16(uint16(v[0]))
			e.putLE32(v[1])
		}
		e.put32(0)
	case protoFragment:
		e.appendFragment(e.frags.at(w[fragBlock]))
	default:
		e.dsr(record.DSRNetwork, 0, 0, 1)
	}
}

// appendTCP writes the first form for one packet, the full form for more.
func (e *engine) appendTCP(t *tcpState) {
	const pairs = record.TCPRetrans | record.TCPWindowShut | record.TCPReset | record.TCPOutOfOrder | record.TCPDuplicate
	if !t.perf {
		s := &t.side[0]
		e.dsr(record.DSRNetwork, networkTCPInit, tcpLayout5, 6)
		e.put32(uint32(t.status))
		e.put32(s.base)
		e.put32(uint32(t.options))
		e.put16(s.window)
		e.buf = append(e.buf, s.flags, s.shift)
		e.put16(s.mss)
		e.put16(0)
		return
	}
	const first = record.TCPSrcRetrans | record.TCPSrcWinShut | record.TCPSrcReset | record.TCPSrcOOO | record.TCPSrcDup
	status := t.status&^pairs | t.side[0].status&first | t.side[1].status&(first<<1)
	e.dsr(record.DSRNetwork, networkTCP, tcpLayout5, 32)
	for _, v := range [5]uint32{uint32(status), uint32(t.state), uint32(t.options), t.synack, t.ackdat} {
		e.put32(v)
	}
	for i := range t.side {
		s := &t.side[i]
		if t.at[i] == 0 {
			e.put32(0)
			e.put32(0)
		} else {
			e.putTime(t.at[i])
		}
		for _, v := range [9]uint32{uint32(s.status), s.base, s.top, s.ack, s.updates, s.bytes, s.retrans, s.rolled, s.outstanding} {
			e.put32(v)
		}
		e.put16(s.window)
		e.buf = append(e.buf, s.flags, s.shift)
		e.put16(s.mss)
		e.put16(0)
	}
}

// appendFragment writes the state of a fragment flow, in the order of the
// machine as sensors do.
func (e *engine) appendFragment(s *fragments) {
	at := len(e.buf)
	e.dsr(record.DSRNetwork, networkFragment, 0, 14)
	for _, v := range [5]uint32{s.count, 0, 0, s.bytes, s.bytes} {
		e.putLE32(v)
	}
	e.putLE16(uint16(s.total))
	e.putLE16(0)
	e.putLE16(uint16(s.longest))
	e.fit(at, 14)
}
