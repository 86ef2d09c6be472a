package flowimport

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/record"
)

// reverse is the enterprise number of the elements that tell of the other
// direction (RFC 5103).
const reverse = 29305

// A setter takes the value of an information element. Values have any length
// from 1 byte.
type setter func(f *flow, v []byte)

// number is a value of up to 8 bytes, big-endian; of longer ones the last 8.
func number(v []byte) (n uint64) {
	for _, b := range v {
		n = n<<8 | uint64(b)
	}
	return n
}

// clipped is the number of a field of 32 bits, or the most that it holds.
func clipped(v []byte) uint32 { return uint32(min(number(v), 1<<32-1)) }

// Builders of setters.

func forward(set func(s *side, v []byte)) setter {
	return func(f *flow, v []byte) { set(&f.fwd, v) }
}

func backward(set func(s *side, v []byte)) setter {
	return func(f *flow, v []byte) { set(&f.rev, v) }
}

func src4(f *flow, v []byte) { set4(&f.src, v) }
func dst4(f *flow, v []byte) { set4(&f.dst, v) }
func src6(f *flow, v []byte) { set6(&f.src, v) }
func dst6(f *flow, v []byte) { set6(&f.dst, v) }

// set4 takes an IPv4 address. Records of both families have a field for either
// and leave that of the other 0.
func set4(e *record.Endpoint, v []byte) {
	if len(v) == 4 && (!e.IsValid() || number(v) != 0) {
		*e = record.EndpointFrom4([4]byte(v))
	}
}

func set6(e *record.Endpoint, v []byte) {
	if len(v) == 16 && (!e.IsValid() || [16]byte(v) != [16]byte{}) {
		*e = record.EndpointFrom16([16]byte(v))
	}
}

func srcMAC(f *flow, v []byte) { setMAC(&f.srcMAC, f, v) }
func dstMAC(f *flow, v []byte) { setMAC(&f.dstMAC, f, v) }

// setMAC takes a hardware address. That on the way in and that on the way out
// may both be there; either may be 0.
func setMAC(m *record.MAC, f *flow, v []byte) {
	if len(v) == 6 && record.MAC(v) != (record.MAC{}) && *m == (record.MAC{}) {
		*m = record.MAC(v)
		f.has |= hasMAC
	}
}

func input(f *flow, v []byte)  { f.input = clipped(v); f.has |= hasIndex }
func output(f *flow, v []byte) { f.output = clipped(v); f.has |= hasIndex }

// srcVLAN and dstVLAN take the id of a tag; 0 is none.
func srcVLAN(f *flow, v []byte) {
	if f.srcVLAN = uint16(number(v)); f.srcVLAN != 0 {
		f.has |= hasSrcVLAN
	}
}

func dstVLAN(f *flow, v []byte) {
	if f.dstVLAN = uint16(number(v)); f.dstVLAN != 0 {
		f.has |= hasDstVLAN
	}
}

func icmp(f *flow, v []byte)     { f.icmp = uint16(number(v)); f.has |= hasICMP }
func icmpType(f *flow, v []byte) { f.icmp = f.icmp&0xFF | uint16(v[len(v)-1])<<8; f.has |= hasICMP }
func icmpCode(f *flow, v []byte) { f.icmp = f.icmp&^0xFF | uint16(v[len(v)-1]); f.has |= hasICMP }

func srcAS(f *flow, v []byte) { f.srcAS = clipped(v); f.has |= hasAS }
func dstAS(f *flow, v []byte) { f.dstAS = clipped(v); f.has |= hasAS }

func mplsLabel(f *flow, v []byte) {
	if len(v) == 3 { // label, class and bottom of stack: the shim without its TTL
		f.mpls = uint32(number(v)) << 8
		f.has |= hasMPLS
	}
}

func interval(f *flow, v []byte) { f.sampling.interval = clipped(v) }
func space(f *flow, v []byte)    { f.sampling.space = clipped(v) }
func sampler(f *flow, v []byte)  { f.sampler = clipped(v); f.has |= hasSampler }

func duration(scale uint64) setter {
	return func(f *flow, v []byte) {
		f.duration = uint32(min(number(v)/scale, 1<<32-1))
		f.has |= hasDuration
	}
}

func bootTime(f *flow, v []byte) { f.boot = at(number(v), 1e6) }

// at is a moment of n units since the epoch, 0 if that is nonsense.
func at(n uint64, unit int64) int64 {
	if n > uint64((1<<32-1)*int64(1e9)/unit) {
		return 0
	}
	return int64(n) * unit
}

func startAt(unit int64) func(*side, []byte) {
	return func(s *side, v []byte) { s.start = at(number(v), unit) }
}

func endAt(unit int64) func(*side, []byte) {
	return func(s *side, v []byte) { s.end = at(number(v), unit) }
}

func startNTP(s *side, v []byte) { s.start = ntp(v) }
func endNTP(s *side, v []byte)   { s.end = ntp(v) }

// ntp is a time of 32 bits of seconds since 1900 and 32 bits of fraction. The
// seconds wrap in 2036.
func ntp(v []byte) int64 {
	if len(v) != 8 {
		return 0
	}
	const since1900 = 2208988800
	seconds := binary.BigEndian.Uint32(v) - since1900
	return int64(seconds)*1e9 + int64(uint64(binary.BigEndian.Uint32(v[4:]))*1e9>>32)
}

func first(s *side, v []byte)       { s.first = uint32(number(v)); s.has |= hasFirst }
func last(s *side, v []byte)        { s.last = uint32(number(v)); s.has |= hasLast }
func startBefore(s *side, v []byte) { s.before[0] = clipped(v); s.has |= hasBefore }
func endBefore(s *side, v []byte)   { s.before[1] = clipped(v); s.has |= hasBefore }

func packets(s *side, v []byte)      { s.packets = number(v) }
func octets(s *side, v []byte)       { s.bytes = number(v) }
func totalPackets(s *side, v []byte) { s.totalPackets = number(v) }
func totalOctets(s *side, v []byte)  { s.totalBytes = number(v) }
func postPackets(s *side, v []byte)  { s.postPackets = number(v) }
func postOctets(s *side, v []byte)   { s.postBytes = number(v) }

func tcpFlags(s *side, v []byte) { s.flags = v[len(v)-1]; s.has |= hasFlags }
func tos(s *side, v []byte)      { s.tos = v[len(v)-1]; s.has |= hasIP }
func ttl(s *side, v []byte)      { s.ttl = v[len(v)-1]; s.has |= hasIP }
func ipID(s *side, v []byte)     { s.id = uint16(number(v)); s.has |= hasIP }

// sided are the elements that tell of one direction: of the flow, or, under the
// enterprise number reverse, of the other.
var sided = map[uint16]func(*side, []byte){
	1: octets, 2: packets,
	85: totalOctets, 86: totalPackets,
	23: postOctets, 24: postPackets,
	6: tcpFlags, 5: tos, 52: ttl, 192: ttl, 54: ipID,
	22: first, 21: last,
	150: startAt(1e9), 151: endAt(1e9),
	152: startAt(1e6), 153: endAt(1e6),
	154: startNTP, 155: endNTP, 156: startNTP, 157: endNTP,
	158: startBefore, 159: endBefore,
}

// elements are all others, by their numbers in the registries of NetFlow
// version 9 and IPFIX, which agree. docs/imports.md has the table with names.
var elements = map[uint16]setter{
	8: src4, 12: dst4, 27: src6, 28: dst6,
	4: func(f *flow, v []byte) { f.proto = record.Proto(v[len(v)-1]) },
	7: func(f *flow, v []byte) { f.srcPort = uint16(number(v)) },
	11: func(f *flow, v []byte) {
		f.dstPort = uint16(number(v))
	},
	32: icmp, 139: icmp, 176: icmpType, 177: icmpCode, 178: icmpType, 179: icmpCode,
	33: func(f *flow, v []byte) { f.igmp = v[len(v)-1] },
	10: input, 14: output,
	16: srcAS, 17: dstAS,
	56: srcMAC, 81: srcMAC, 80: dstMAC, 57: dstMAC,
	256: func(f *flow, v []byte) { f.etherType = uint16(number(v)) },
	58:  srcVLAN, 59: dstVLAN, 243: srcVLAN, 254: dstVLAN,
	70: mplsLabel,
	34: interval, 50: interval, 305: interval, 306: space,
	48: sampler, 302: sampler,
	160: bootTime, 161: duration(1), 162: duration(1000),
	231: forward(octets), 232: backward(octets),
	298: forward(packets), 299: backward(packets),
}

// setterOf finds what takes an element, nil if nothing does.
func setterOf(enterprise uint32, id uint16) setter {
	s := sided[id]
	switch {
	case enterprise == reverse && s != nil:
		return backward(s)
	case enterprise != 0:
		return nil
	case s != nil:
		return forward(s)
	}
	return elements[id]
}
