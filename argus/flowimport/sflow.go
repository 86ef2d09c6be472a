package flowimport

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"github.com/netsampler/goflow2/v2/decoders/sflow"

	"github.com/seed-6ae541b3/goargus/internal/packet"
	"github.com/seed-6ae541b3/goargus/record"
)

// cursor reads words of 32 bits; reading beyond the end gives 0 and is noted.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) word() uint32 {
	if len(c.b) < 4 {
		c.b, c.short = nil, true
		return 0
	}
	n := binary.BigEndian.Uint32(c.b)
	c.b = c.b[4:]
	return n
}

// take returns the next n bytes, as many as there are.
func (c *cursor) take(n uint32) []byte {
	if uint64(n) > uint64(len(c.b)) {
		n, c.short = uint32(len(c.b)), true
	}
	b := c.b[:n]
	c.b = c.b[n:]
	return b
}

// opaque returns what the next type and length say.
func (c *cursor) opaque() (kind uint32, b []byte) {
	kind = c.word()
	return kind, c.take(c.word())
}

// sflow decodes a datagram of sFlow. What a sample holds is decoded by the
// library; how samples and their parts follow each other is checked here, so
// that counts and lengths mean no more than there is, and what is not known is
// passed over. sFlow tells no time: samples are of when they arrive.
func (d *Decoder) sflow(dst []byte, dg *Datagram) []byte {
	c := cursor{b: dg.Data[4:]}
	from := dg.From
	switch version := c.word(); version {
	case 1:
		from = agent(c.take(4), from)
	case 2:
		from = agent(c.take(16), from)
	default:
		d.damaged("sFlow agent of address type %d", version)
		return dst
	}
	sub := c.word()
	c.word() // number of the datagram: those of the samples say more
	c.word() // uptime
	n := c.word()
	for i := uint32(0); i < n && !c.short; i++ {
		format, body := c.opaque()
		if c.short {
			break
		}
		switch format {
		case sflow.SAMPLE_FORMAT_FLOW, sflow.SAMPLE_FORMAT_EXPANDED_FLOW:
			dst = d.sample(dst, dg, from, sub, format, body)
		default:
			d.stats.Skipped++
		}
	}
	if c.short {
		d.damaged("sFlow of %d samples is cut", n)
	}
	return dst
}

// agent is the address that an agent gives itself, if it knows it.
func agent(b []byte, from netip.Addr) netip.Addr {
	if a, ok := netip.AddrFromSlice(b); ok && !a.IsUnspecified() {
		return a
	}
	return from
}

// sample makes a record of a packet that was sampled.
func (d *Decoder) sample(dst []byte, dg *Datagram, from netip.Addr, sub, format uint32, body []byte) []byte {
	c := cursor{b: body}
	number, source := c.word(), uint64(c.word())
	if format == sflow.SAMPLE_FORMAT_EXPANDED_FLOW {
		source = source<<32 | uint64(c.word())
	}
	f := &d.flow
	*f = flow{}
	f.sampling.interval = c.word()
	c.word() // packets that could have been sampled
	c.word() // samples that the agent dropped; their numbers are missing
	f.input, f.output = port(&c, format), port(&c, format)
	if f.input != 0 || f.output != 0 {
		f.has |= hasIndex
	}
	parts := c.word()
	if c.short {
		d.damaged("sFlow sample of %d bytes", len(body))
		return dst
	}
	e := d.exporter(exporterKey{from, sflow5, uint64(sub)<<32 ^ source}, dg.Time)
	d.sequence(e, number, 1)
	for ; parts > 0 && !c.short; parts-- {
		kind, part := c.opaque()
		if c.short {
			break
		}
		d.part(f, kind, part)
	}
	if c.short {
		d.damaged("sFlow sample is cut")
	}
	f.fwd.start, f.fwd.end = dg.Time, dg.Time
	f.resolve(clock{export: dg.Time})
	return d.add(dst, f, from, f.sampling.rate())
}

// port is the index of an interface. The compact form has the kind of port in
// the two highest bits; other kinds say that a packet was dropped or copied.
func port(c *cursor, format uint32) uint32 {
	const index = 0
	if format == sflow.SAMPLE_FORMAT_EXPANDED_FLOW {
		kind, value := c.word(), c.word()
		if kind != index {
			return 0
		}
		return value
	}
	value := c.word()
	if value>>30 != index {
		return 0
	}
	return value
}

// part takes one part of a sample.
func (d *Decoder) part(f *flow, kind uint32, b []byte) {
	switch kind {
	case sflow.FLOW_TYPE_RAW, sflow.FLOW_TYPE_ETH, sflow.FLOW_TYPE_IPV4, sflow.FLOW_TYPE_IPV6,
		sflow.FLOW_TYPE_EXT_SWITCH, sflow.FLOW_TYPE_EXT_GATEWAY:
	default:
		return
	}
	p, err := sflow.DecodeFlowRecord(&sflow.RecordHeader{DataFormat: kind, Length: uint32(len(b))}, bytes.NewBuffer(b))
	if err != nil {
		d.damaged("%v", err)
		return
	}
	switch p := p.Data.(type) {
	case sflow.SampledHeader:
		d.header(f, &p)
	case sflow.SampledEthernet:
		setMAC(&f.srcMAC, f, p.SrcMac)
		setMAC(&f.dstMAC, f, p.DstMac)
		f.etherType = uint16(p.EthType)
		f.count(uint64(p.Length))
	case sflow.SampledIPv4:
		set4(&f.src, p.SrcIP)
		set4(&f.dst, p.DstIP)
		f.sampledIP(&p.SampledIPBase, p.Tos)
	case sflow.SampledIPv6:
		set6(&f.src, p.SrcIP)
		set6(&f.dst, p.DstIP)
		f.sampledIP(&p.SampledIPBase, p.Priority)
	case sflow.ExtendedSwitch:
		f.srcVLAN, f.dstVLAN = uint16(p.SrcVlan&0xFFF|p.SrcPriority&7<<13), uint16(p.DstVlan&0xFFF|p.DstPriority&7<<13)
		f.has |= hasSrcVLAN | hasDstVLAN
	case sflow.ExtendedGateway:
		f.srcAS = p.SrcAS
		if n := len(p.ASPath); n > 0 {
			f.dstAS = p.ASPath[n-1]
		}
		f.has |= hasAS
	}
}

// count makes the flow one packet of so many bytes, unless the header of it
// told already.
func (f *flow) count(bytes uint64) {
	if f.fwd.packets == 0 {
		f.fwd.packets, f.fwd.bytes = 1, bytes
	}
}

func (f *flow) sampledIP(p *sflow.SampledIPBase, tos uint32) {
	f.count(uint64(p.Length))
	f.proto, f.srcPort, f.dstPort = record.Proto(p.Protocol), uint16(p.SrcPort), uint16(p.DstPort)
	f.fwd.flags, f.fwd.tos = uint8(p.TcpFlags), uint8(tos)
	f.fwd.has |= hasFlags | hasIP
}

// links are the link types of what headers begin with.
var links = map[uint32]uint32{
	1: packet.LinkEthernet, 4: packet.LinkFDDI, 7: packet.LinkPPP,
	11: packet.LinkIPv4, 12: packet.LinkIPv6,
}

// header reads the first bytes of a packet. Its length is that of the frame
// without what the agent stripped, such as the checksum of Ethernet.
func (d *Decoder) header(f *flow, s *sflow.SampledHeader) {
	link, ok := links[s.Protocol]
	if !ok {
		return
	}
	length := s.FrameLength - min(s.Stripped, s.FrameLength)
	f.fwd.packets, f.fwd.bytes = 1, uint64(length)
	data := s.HeaderData[:min(uint64(len(s.HeaderData)), uint64(s.OriginalLength))]
	h := &d.headers
	h.Walk(link, data, int(min(length, 1<<24)), &packet.Options{})
	if e := h.EtherHeader(); e != nil {
		f.dstMAC, f.srcMAC = record.MAC(e[:6]), record.MAC(e[6:12])
		f.has |= hasMAC
		if t := binary.BigEndian.Uint16(e[12:]); t >= 0x600 { // below it is a length
			f.etherType = t
		}
	}
	if h.HasVLAN && f.has&hasSrcVLAN == 0 {
		f.srcVLAN = h.VLAN
		f.has |= hasSrcVLAN
	}
	if h.HasMPLS {
		f.mpls = h.MPLS
		f.has |= hasMPLS
	}
	f.srcSAP, f.dstSAP = h.SSAP, h.DSAP
	switch h.Kind {
	case packet.IPv4:
		f.src, f.dst = endpoint4(h.Src), endpoint4(h.Dst)
	case packet.IPv6:
		f.src, f.dst = endpoint6(h.Src), endpoint6(h.Dst)
	default:
		return
	}
	f.proto, f.srcPort, f.dstPort = record.Proto(h.Proto), h.SrcPort, h.DstPort
	f.fwd.tos, f.fwd.ttl, f.fwd.id = h.TOS, h.TTL, h.ID
	f.fwd.has |= hasIP
	f.transport(h)
}

// transport takes what the header above IP says, if the packet has it.
func (f *flow) transport(h *packet.Headers) {
	b := h.Payload()
	if h.Fragment && h.FragAt != 0 {
		return
	}
	switch {
	case f.proto == record.ProtoTCP && len(b) > 13:
		f.fwd.flags = b[13]
		f.fwd.has |= hasFlags
	case (f.proto == record.ProtoICMP || f.proto == record.ProtoICMP6) && len(b) >= 2:
		f.icmp = binary.BigEndian.Uint16(b)
		f.has |= hasICMP
	case f.proto == record.ProtoESP && len(b) >= 4:
		f.spi = binary.BigEndian.Uint32(b)
	case f.proto == record.ProtoIGMP && len(b) > 0:
		f.igmp = b[0]
	}
}

func endpoint4(a packet.Addr) record.Endpoint {
	return record.EndpointFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(a.Lo))))
}

func endpoint6(a packet.Addr) record.Endpoint {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 16), a.Hi)
	return record.EndpointFrom16([16]byte(binary.BigEndian.AppendUint64(b, a.Lo)))
}
