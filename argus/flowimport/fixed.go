package flowimport

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/record"
)

// The versions of NetFlow before 9 differ in little; numbers are offsets.
//
//	header   0 version  2 number of flows  4 clock  8 seconds  12 nanoseconds
//	         16 sequence number  20 engine  22 sampling: interval in 14 bits
//	flow     0 source  4 destination  8 next hop  12, 14 interfaces
//	         16 packets  20 bytes  24 first  28 last  32, 34 ports
//	         37 TCP flags  38 protocol  39 TOS  40, 42 AS numbers
//
// In version 1 the header ends before the sequence number, TCP flags are at 40,
// and there are no AS numbers. Versions 6 and 7 add 4 bytes to a flow, and 7 has
// no engine.
type layout struct {
	header, flow, flags int
	sequence, as        bool
	engine, sampling    bool
}

var layouts = map[protocol]*layout{
	netflow1: {header: 16, flow: 48, flags: 40},
	netflow5: {header: 24, flow: 48, flags: 37, sequence: true, as: true, engine: true, sampling: true},
	netflow6: {header: 24, flow: 52, flags: 37, sequence: true, as: true, engine: true},
	netflow7: {header: 24, flow: 52, flags: 37, sequence: true, as: true},
}

// whole reports whether b is a datagram of just the flows that it tells of. That
// its version is 1, 6 or 7 says little of a datagram that may be anything.
func (l *layout) whole(b []byte) bool { return len(b) > l.header && len(b) == l.length(b) }

// length is that of a datagram, by the number of flows that its header tells.
func (l *layout) length(b []byte) int { return l.header + l.flow*int(binary.BigEndian.Uint16(b[2:])) }

// fixed decodes a datagram of a version before 9.
func (d *Decoder) fixed(dst []byte, dg *Datagram, kind protocol) []byte {
	b, be, l := dg.Data, binary.BigEndian, layouts[kind]
	if len(b) < l.header {
		d.damaged("%d bytes are no header of NetFlow %d", len(b), be.Uint16(b))
		return dst
	}
	told := int(be.Uint16(b[2:]))
	n := min(told, (len(b)-l.header)/l.flow)
	if n < told {
		d.damaged("%d flows of %d", n, told)
	}
	c := clock{export: int64(be.Uint32(b[8:]))*1e9 + int64(min(be.Uint32(b[12:]), 999_999_999)), uptime: be.Uint32(b[4:]), has: true}
	var engine uint64
	if l.engine {
		engine = uint64(be.Uint16(b[20:]))
	}
	if l.sequence {
		e := d.exporter(exporterKey{dg.From, kind, engine}, dg.now(c.export))
		d.sequence(e, be.Uint32(b[16:]), uint32(told))
	}
	var rate uint32
	if l.sampling {
		const interval = 0x3FFF // the bits above are the mode
		rate = uint32(be.Uint16(b[22:]) & interval)
	}
	for i := range n {
		f := &d.flow
		f.ofFixed(b[l.header+i*l.flow:], l)
		f.resolve(c)
		dst = d.add(dst, f, dg.From, rate)
	}
	return dst
}

func (f *flow) ofFixed(b []byte, l *layout) {
	be := binary.BigEndian
	*f = flow{
		src: record.EndpointFrom4([4]byte(b)), dst: record.EndpointFrom4([4]byte(b[4:])), proto: record.Proto(b[38]),
		srcPort: be.Uint16(b[32:]), dstPort: be.Uint16(b[34:]),
		fwd: side{
			packets: uint64(be.Uint32(b[16:])), bytes: uint64(be.Uint32(b[20:])),
			first: be.Uint32(b[24:]), last: be.Uint32(b[28:]),
			flags: b[l.flags], tos: b[39], has: hasFirst | hasLast | hasFlags | hasIP,
		},
		input: uint32(be.Uint16(b[12:])), output: uint32(be.Uint16(b[14:])),
		has: hasIndex,
	}
	if l.as {
		f.srcAS, f.dstAS = uint32(be.Uint16(b[40:])), uint32(be.Uint16(b[42:]))
		f.has |= hasAS
	}
}
