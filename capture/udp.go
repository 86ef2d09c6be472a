package capture

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/internal/packet"
)

const udpHeader = 8

// udp has no states; what it carries may be RTP.
func (e *engine) udp(f *flow, p *frame, fresh bool) {
	if len(p.Payload()) < udpHeader {
		return
	}
	p.length -= udpHeader
	p.start += udpHeader
	if fresh {
		e.findRTP(f, p)
	} else if f.aux != 0 {
		if a := e.auxes.at(f.aux); a.proto.kind == protoRTP {
			rtp(a, p, f.side(p.swapped))
		}
	}
	if f.packetsOf() >= 2 {
		f.flags |= flagBusy
	}
}

// RTP state (RFC 3550):
//
//	words 0..2   last header of the source
//	words 3..5   last header of the destination
//	words 6, 7   drops of each side
//	word 8       status bits
//	word 9       silence bits of the qualifier
const (
	rtpHeader = 12
	rtpDrops  = 6
	rtpStatus = 8
	rtpQuiet  = 9
)

// findRTP looks at the first packet of a UDP flow: version 2 and ports that
// media use. A chain of RTCP packets makes it RTCP, anything else RTP.
func (e *engine) findRTP(f *flow, p *frame) {
	d := p.Payload()[udpHeader:]
	if len(d) < rtpHeader || d[0]>>6 != 2 || !mediaPort(p.SrcPort) || !mediaPort(p.DstPort) {
		return
	}
	a := e.aux(f)
	side := f.side(p.swapped)
	a.proto = protoState{kind: protoRTP}
	if isRTCP(d) {
		a.proto.kind = protoRTCP
	}
	storeRTP(a, d, side)
}

func mediaPort(p uint16) bool { return p >= 1024 && (p < 7000 || p > 7010) }

// isRTCP walks a compound RTCP packet: version u8, type u8, words less one u16.
func isRTCP(d []byte) bool {
	const sender, receiver = 200, 201
	for len(d) >= 4 {
		if d[0]>>6 == 2 && (d[1] == sender || d[1] == receiver) {
			return true
		}
		n := 4 * (int(binary.BigEndian.Uint16(d[2:])) + 1)
		if n > len(d) {
			break
		}
		d = d[n:]
	}
	return false
}

func storeRTP(a *aux, d []byte, side int) {
	for i := range 3 {
		a.proto.words[3*side+i] = binary.BigEndian.Uint32(d[4*i:])
	}
}

// rtp follows the sequence numbers of a side.
func rtp(a *aux, p *frame, side int) {
	d := p.Payload()[udpHeader:]
	if len(d) < rtpHeader || d[0]>>6 != 2 {
		return
	}
	w := &a.proto.words
	known := uint16(w[3*side])
	seq, ssrc := binary.BigEndian.Uint16(d[2:]), binary.BigEndian.Uint32(d[8:])
	if known == 0 && w[3*side+2] == 0 {
		storeRTP(a, d, side)
		return
	}
	size, ok := rtpSize(d, p.length)
	if ssrc == 0 || ssrc != w[3*side+2] || !ok {
		a.proto = protoState{}
		return
	}
	switch ahead := int16(seq - known); {
	case ahead > 0:
		w[rtpDrops+side] += uint32(ahead) - 1
		storeRTP(a, d, side)
	case w[rtpDrops+side] > 0:
		w[rtpDrops+side]--
		w[rtpStatus] |= 0x00010000 << side
	}
	p.length -= size
	p.start += size
	w[rtpQuiet] |= silence(d[1]&0x7f, p.length) << side
}

// rtpSize is the size of an RTP header with its sources and its extension; ok
// is false if the datagram has no room for it.
func rtpSize(d []byte, length int) (size int, ok bool) {
	size = rtpHeader + 4*int(d[0]&15)
	if d[0]&0x10 != 0 {
		if len(d) < size+4 {
			return size, length >= size+4
		}
		size += 4 + 4*int(binary.BigEndian.Uint16(d[size+2:]))
	}
	return size, size <= length
}

// silence tells packets in which nobody speaks, by payload type.
func silence(kind byte, length int) uint32 {
	switch kind {
	case 0, 8, 9, 15, 18:
		if length <= 0 || length%10 != 0 {
			return 1
		}
	case 4:
		if length <= 0 || length == 4 {
			return 1
		}
	}
	return 0
}

// idleList is the list on which a flow waits after a report.
func (e *engine) idleList(r ref, f *flow) listID {
	switch k := kindOf(&f.key); k {
	case keyIPv4, keyIPv6:
	case keyMatrix4, keyMatrix6:
		return listIP
	case keyFragment4, keyFragment6:
		return listFragment
	case keyARP, keyRARP:
		return listARP
	default:
		return listOther
	}
	switch protoOf(&f.key) {
	case packet.ProtoTCP:
		switch e.connection(r).tcp.state {
		case stateClosed, stateTimeWait:
			return listClosed
		}
		return listTCP
	case packet.ProtoUDP:
		if f.flags&flagBusy != 0 {
			return listBusyUDP
		}
	case packet.ProtoICMP, packet.ProtoICMPv6:
		return listICMP
	case packet.ProtoIGMP:
		return listIGMP
	}
	return listIP
}
