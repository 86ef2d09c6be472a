package flowimport

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/seed-6ae541b3/goargus/record"
)

// flow is what an exporter says of one flow, whatever the protocol.
type flow struct {
	src, dst         record.Endpoint
	proto            record.Proto
	srcPort, dstPort uint16
	icmp             uint16 // type and code
	igmp             uint8
	spi              uint32
	etherType        uint16
	srcSAP, dstSAP   uint8

	fwd, rev side // what the source sent, and what it was sent where that is told

	srcMAC, dstMAC record.MAC
	input, output  uint32 // indexes of interfaces
	srcVLAN        uint16
	dstVLAN        uint16
	mpls           uint32
	srcAS, dstAS   uint32

	sampling sampling
	sampler  uint32 // which of the exporter's samplers

	boot     int64  // start of the exporter's clock, 0 if the datagram tells
	duration uint32 // milliseconds
	has      has
}

// sampling is what an exporter says of the packets that it looks at.
type sampling struct {
	interval uint32 // one of so many; with a space: so many in a row
	space    uint32 // packets that are passed over after those
}

// rate is the number of packets that one packet stands for, 0 if nothing is
// known.
func (s sampling) rate() uint32 {
	if s.space == 0 {
		return s.interval
	}
	interval := max(uint64(s.interval), 1)
	return uint32(min((interval+uint64(s.space))/interval, 1<<32-1))
}

// has says which members of a flow were told.
type has uint16

const (
	hasICMP has = 1 << iota
	hasMAC
	hasIndex
	hasSrcVLAN
	hasDstVLAN
	hasMPLS
	hasAS
	hasSampler
	hasDuration
)

// side is one direction of a flow.
type side struct {
	packets, bytes           uint64
	totalPackets, totalBytes uint64 // since the flow began, where there are no others
	postPackets, postBytes   uint64 // behind what the exporter did to them

	start, end  int64  // nanoseconds since the epoch
	first, last uint32 // on the clock of the exporter, milliseconds
	before      [2]uint32
	has         sideHas

	flags, tos, ttl uint8
	id              uint16
}

type sideHas uint8

const (
	hasFirst  sideHas = 1 << iota
	hasLast           // first and last
	hasBefore         // microseconds before the export
	hasFlags
	hasIP
)

// clock relates the exporter's clock to the world.
type clock struct {
	export int64 // when the datagram was made
	uptime uint32
	has    bool // uptime means something
	boot   int64
}

// at is the moment of a reading of the exporter's clock. That wraps after 49
// days, and the header may be a little older than the flows that it reports.
func (c *clock) at(ms uint32) (int64, bool) {
	switch {
	case c.has:
		return c.export - int64(int32(c.uptime-ms))*1e6, true
	case c.boot != 0:
		return c.boot + int64(ms)*1e6, true
	}
	return 0, false
}

// resolve settles when a side was seen, from whichever way it was told.
func (s *side) resolve(c *clock, duration int64) {
	if s.has&hasBefore != 0 {
		s.start, s.end = c.export-int64(s.before[0])*1000, c.export-int64(s.before[1])*1000
	}
	if t, ok := c.at(s.first); ok && s.has&hasFirst != 0 {
		s.start = t
	}
	if t, ok := c.at(s.last); ok && s.has&hasLast != 0 {
		s.end = t
	}
	if s.start == 0 && s.end == 0 && s.has&(hasFirst|hasLast) == hasFirst|hasLast {
		// A clock that began nobody knows when: lengths are right all the same.
		s.end = c.export
		s.start = s.end - int64(s.last-s.first)*1e6
	}
	switch {
	case s.start == 0 && s.end != 0:
		s.start = s.end - duration
	case s.end == 0 && s.start != 0:
		s.end = s.start + duration
	}
	s.end = max(s.end, s.start)
	if s.packets == 0 && s.bytes == 0 {
		s.packets, s.bytes = s.totalPackets, s.totalBytes
	}
	if s.packets == 0 && s.bytes == 0 {
		s.packets, s.bytes = s.postPackets, s.postBytes
	}
}

func (s *side) counters(rate uint64) record.Counters {
	return record.Counters{Packets: times(s.packets, rate), Bytes: times(s.bytes, rate)}
}

// times is the product, or the most that there is.
func times(n, rate uint64) uint64 {
	hi, lo := bits.Mul64(n, rate)
	if hi != 0 {
		return math.MaxUint64
	}
	return lo
}

// resolve settles the times of both sides.
func (f *flow) resolve(c clock) {
	if f.boot != 0 {
		c.boot, c.has = f.boot, false
	}
	f.fwd.resolve(&c, int64(f.duration)*1e6)
	f.rev.resolve(&c, int64(f.duration)*1e6)
	if f.fwd.start == 0 && f.rev.start == 0 {
		f.fwd.start, f.fwd.end = c.export-int64(f.duration)*1e6, c.export
	}
	if f.rev.start == 0 {
		f.rev.start, f.rev.end = f.fwd.start, f.fwd.end
	}
	if f.fwd.start == 0 {
		f.fwd.start, f.fwd.end = f.rev.start, f.rev.end
	}
}

// complete reports whether the flow has two ends. One without addresses is of
// its Ethernet addresses.
func (f *flow) complete() bool {
	if !f.src.IsValid() && !f.dst.IsValid() && f.has&hasMAC != 0 {
		f.src, f.dst = record.EndpointFromMAC(f.srcMAC), record.EndpointFromMAC(f.dstMAC)
	}
	return f.src.IsValid() && f.src.Family() == f.dst.Family()
}

// appendTo appends the flow as a record.
func (f *flow) appendTo(dst []byte, exporter record.SourceID, rate uint32) []byte {
	at := len(dst)
	dst = record.AppendHeader(dst, record.NetFlow, record.Version5, record.Status)
	if exporter.Kind != record.IDNone {
		dst = record.AppendTransport(dst, &record.Transport{ID: exporter})
	}
	key := f.key()
	dst = record.AppendFlow(dst, &key)
	scale := uint64(max(rate, 1))
	fwd, rev := f.fwd.counters(scale), f.rev.counters(scale)
	dst = record.AppendTimesShort(dst, f.times(rev.Packets != 0 || rev.Bytes != 0))
	dst = record.AppendMetrics(dst, fwd, rev, false)
	if key.IsIP() && f.proto == record.ProtoTCP && (f.fwd.has|f.rev.has)&hasFlags != 0 {
		tcp := record.TCP{Status: f.status()}
		tcp.Src.Flags, tcp.Dst.Flags = f.fwd.flags, f.rev.flags
		dst = record.AppendTCP(dst, record.NetworkTCP, &tcp)
	}
	dst = f.appendLink(dst)
	if f.has&hasAS != 0 {
		dst = record.AppendASN(dst, &record.ASN{Src: f.srcAS, Dst: f.dstAS})
	}
	if rate > 1 {
		var text [24]byte
		dst = record.AppendLabel(dst, &record.Label{Text: strconv.AppendUint(append(text[:0], "sampling="...), uint64(rate), 10)})
	}
	record.PutLength(dst[at:])
	return dst
}

func (f *flow) times(rev bool) *record.Times {
	t := &record.Times{Src: record.Span{Start: f.fwd.start, End: f.fwd.end}}
	if rev {
		t.Dst = record.Span{Start: f.rev.start, End: f.rev.end}
	}
	return t
}

// key is the flow key. Prefix lengths of exporters are those of routes, not of
// the addresses, which are whole.
func (f *flow) key() record.Flow {
	k := record.Flow{Src: f.src, Dst: f.dst, Proto: f.proto, Class: record.ClassFiveTuple, Type: record.KeyIPv4}
	switch f.src.Family() {
	case record.IPv6:
		k.Type = record.KeyIPv6
	case record.Ethernet:
		k.Type, k.EtherType, k.SrcSAP, k.DstSAP = record.KeyEthernet, f.etherType, f.srcSAP, f.dstSAP
		return k
	}
	switch f.proto {
	case record.ProtoICMP, record.ProtoICMP6:
		icmp := f.icmp
		if f.has&hasICMP == 0 { // exporters without a field for it use the port
			icmp = f.dstPort
		}
		k.ICMPType, k.ICMPCode = uint8(icmp>>8), uint8(icmp)
	case record.ProtoIGMP:
		k.ICMPType = f.igmp
	case record.ProtoESP:
		k.SPI = f.spi
	default:
		k.SrcPort, k.DstPort = f.srcPort, f.dstPort
	}
	return k
}

// appendLink appends what the headers below TCP and UDP say.
func (f *flow) appendLink(dst []byte) []byte {
	if (f.fwd.has|f.rev.has)&hasIP != 0 {
		a := record.IPAttr{Src: f.fwd.ip(), Dst: f.rev.ip()}
		dst = record.AppendIPAttr(dst, &a)
	}
	if f.has&(hasSrcVLAN|hasDstVLAN) != 0 {
		dst = record.AppendVLAN(dst, &record.VLAN{Src: f.srcVLAN, Dst: f.dstVLAN, HasSrc: f.has&hasSrcVLAN != 0, HasDst: f.has&hasDstVLAN != 0})
	}
	if f.has&hasMPLS != 0 {
		dst = record.AppendMPLS(dst, &record.MPLS{Src: f.mpls, SrcLabels: 1})
	}
	switch {
	case f.has&hasMAC != 0:
		dst = record.AppendMAC(dst, &record.MACPair{Src: f.srcMAC, Dst: f.dstMAC, EtherType: f.frameType(), SrcSAP: f.srcSAP, DstSAP: f.dstSAP})
	case f.has&hasIndex != 0:
		dst = record.AppendMAC(dst, &record.MACPair{Src: indexMAC(f.input), Dst: indexMAC(f.output), Qualifier: macIndex})
	}
	return dst
}

// frameType is the Ethernet type, which follows from the addresses if it was not
// told.
func (f *flow) frameType() uint16 {
	switch {
	case f.etherType != 0:
		return f.etherType
	case f.src.Family() == record.IPv4:
		return 0x0800
	case f.src.Family() == record.IPv6:
		return 0x86DD
	}
	return 0
}

func (s *side) ip() record.IPSide {
	return record.IPSide{TTL: s.ttl, TOS: s.tos, ID: s.id<<8 | s.id>>8, Has: s.has&hasIP != 0}
}

// macIndex marks interface indexes in the place of Ethernet addresses.
const macIndex = 4

func indexMAC(i uint32) record.MAC {
	return record.MAC{2: byte(i >> 24), 3: byte(i >> 16), 4: byte(i >> 8), 5: byte(i)}
}

// Flags of TCP as exporters give them.
const (
	finFlag = 0x01
	synFlag = 0x02
	rstFlag = 0x04
	pshFlag = 0x08
	ackFlag = 0x10
	urgFlag = 0x20
)

// status is what the flags of all packets say of the connection.
func (f *flow) status() record.TCPStatus {
	s := sideStatus(f.fwd.flags) | sideStatus(f.rev.flags)
	if f.fwd.flags&rstFlag != 0 {
		s |= record.TCPSrcReset
	}
	if f.rev.flags&rstFlag != 0 {
		s |= record.TCPDstReset
	}
	return s
}

func sideStatus(flags uint8) (s record.TCPStatus) {
	if flags&(synFlag|ackFlag) == synFlag|ackFlag {
		s |= record.TCPSynAck
	} else {
		if flags&synFlag != 0 {
			s |= record.TCPSyn
		}
		if flags&(ackFlag|pshFlag|urgFlag) != 0 {
			s |= record.TCPEstablished
		}
	}
	if flags&finFlag != 0 {
		s |= record.TCPFin
	}
	return s
}
