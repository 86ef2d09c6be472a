package capture_test

import (
	"net"

	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/capture"
)

// traffic draws packets: a few hosts that talk in many ways, some frames cut,
// some damaged, some that come twice, some out of order, and plain garbage.
func traffic(t *rapid.T) []capture.Packet {
	n := rapid.IntRange(1, 120).Draw(t, "packets")
	now := int64(1_700_000_000_000_000_000)
	var out []capture.Packet
	for range n {
		now += rapid.Int64Range(-20_000_000, 3_000_000_000).Draw(t, "gap")
		p := capture.Packet{Time: now, Interface: uint16(rapid.IntRange(0, 1).Draw(t, "interface"))}
		p.Link, p.Data = frameOf(t)
		p.Length = len(p.Data)
		switch rapid.IntRange(0, 9).Draw(t, "fate") {
		case 0:
			p.Data = p.Data[:rapid.IntRange(0, len(p.Data)).Draw(t, "snap")]
		case 1:
			if len(p.Data) > 0 {
				i := rapid.IntRange(0, len(p.Data)-1).Draw(t, "at")
				p.Data[i] ^= rapid.Byte().Draw(t, "bits")
			}
		case 2:
			if len(out) > 0 {
				p = out[rapid.IntRange(0, len(out)-1).Draw(t, "again")]
				p.Time = now
			}
		case 3:
			p.Length += rapid.IntRange(0, 70000).Draw(t, "longer")
		}
		out = append(out, p)
	}
	return out
}

// frameOf draws a frame of any kind.
func frameOf(t *rapid.T) (capture.LinkType, []byte) {
	switch rapid.IntRange(0, 11).Draw(t, "link") {
	case 0:
		links := []capture.LinkType{capture.Null, capture.PPP, capture.PPPSerial, capture.CiscoHDLC, capture.IEEE80211,
			capture.Loop, capture.LinuxSLL, capture.LinuxSLL2, capture.Radiotap, capture.Prism, capture.AVS, capture.FDDI,
			capture.ATMRFC1483, capture.ARCNet, capture.JuniperEther, capture.PFLog, capture.Enc, capture.SLIP, capture.PPPEther}
		return rapid.SampledFrom(links).Draw(t, "type"), rapid.SliceOfN(rapid.Byte(), 0, 120).Draw(t, "bytes")
	case 1:
		return capture.Ethernet, rapid.SliceOfN(rapid.Byte(), 0, 120).Draw(t, "bytes")
	case 2:
		return capture.Raw, networkPacket(t, nil)
	}
	eth := &layers.Ethernet{SrcMAC: station(t), DstMAC: station(t), EthernetType: layers.EthernetTypeIPv4}
	if rapid.IntRange(0, 4).Draw(t, "vlan") == 0 {
		eth.EthernetType = layers.EthernetTypeDot1Q
		return capture.Ethernet, networkPacket(t, eth, &layers.Dot1Q{VLANIdentifier: uint16(rapid.IntRange(1, 3).Draw(t, "id"))})
	}
	return capture.Ethernet, networkPacket(t, eth)
}

func station(t *rapid.T) net.HardwareAddr {
	return net.HardwareAddr{2, 0, 0, 0, 0, byte(rapid.IntRange(1, 3).Draw(t, "station"))}
}

// networkPacket draws what is above the link layer. A link of nil is none.
func networkPacket(t *rapid.T, link *layers.Ethernet, tags ...*layers.Dot1Q) []byte {
	kind := rapid.IntRange(0, 9).Draw(t, "network")
	host := func(name string) byte { return byte(rapid.IntRange(1, 3).Draw(t, name)) }
	src, dst := host("src"), host("dst")
	typ := layers.EthernetTypeIPv4
	var stack []gopacket.SerializableLayer
	switch {
	case kind == 0 && link != nil:
		typ = layers.EthernetTypeARP
		stack = append(stack, &layers.ARP{AddrType: 1, Protocol: 0x0800, HwAddressSize: 6, ProtAddressSize: 4,
			Operation:       uint16(rapid.IntRange(1, 3).Draw(t, "operation")),
			SourceHwAddress: []byte{2, 0, 0, 0, 0, src}, SourceProtAddress: []byte{10, 0, 0, src},
			DstHwAddress: []byte{2, 0, 0, 0, 0, dst}, DstProtAddress: []byte{10, 0, 0, dst}})
	case kind == 1 && link != nil:
		typ = layers.EthernetType(rapid.SampledFrom([]int{0x88cc, 0x9000, 0x0026, 0x8847, 0x8864}).Draw(t, "ethertype"))
		stack = append(stack, gopacket.Payload(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "rest")))
	case kind < 4:
		typ = layers.EthernetTypeIPv6
		ip := &layers.IPv6{Version: 6, HopLimit: 60 + src, TrafficClass: rapid.Byte().Draw(t, "class"),
			SrcIP: net.ParseIP("2001:db8::"), DstIP: net.ParseIP("2001:db8::")}
		ip.SrcIP[15], ip.DstIP[15] = src, dst
		stack = append(stack, ip)
		stack = append(stack, transport(t, func(p layers.IPProtocol) { ip.NextHeader = p }, true)...)
	default:
		ip := &layers.IPv4{Version: 4, IHL: 5, TTL: 60 + src, Id: uint16(rapid.IntRange(0, 4).Draw(t, "id")),
			SrcIP: net.IP{10, 0, 0, src}, DstIP: net.IP{10, 0, 0, dst}}
		switch rapid.IntRange(0, 7).Draw(t, "fragment") {
		case 0:
			ip.Flags = layers.IPv4MoreFragments
		case 1:
			ip.FragOffset = uint16(rapid.IntRange(1, 20).Draw(t, "offset"))
		case 2:
			ip.Flags = layers.IPv4MoreFragments
			ip.FragOffset = uint16(rapid.IntRange(1, 20).Draw(t, "offset"))
		}
		stack = append(stack, ip)
		stack = append(stack, transport(t, func(p layers.IPProtocol) { ip.Protocol = p }, false)...)
	}
	if link != nil {
		link.EthernetType = typ
		below := []gopacket.SerializableLayer{link}
		for _, tag := range tags {
			tag.Type = typ
			link.EthernetType = layers.EthernetTypeDot1Q
			below = append(below, tag)
		}
		stack = append(below, stack...)
	}
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true}, stack...); err != nil {
		t.Fatal(err)
	}
	return append([]byte(nil), buf.Bytes()...)
}

// transport draws what is above IP.
func transport(t *rapid.T, proto func(layers.IPProtocol), six bool) []gopacket.SerializableLayer {
	port := func(name string) int {
		return rapid.SampledFrom([]int{53, 80, 4789, 6081, 1701, 3544, 5004, 40000}).Draw(t, name)
	}
	data := gopacket.Payload(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "data"))
	switch kind := rapid.IntRange(0, 8).Draw(t, "transport"); {
	case kind < 3:
		proto(layers.IPProtocolTCP)
		flags := rapid.Byte().Draw(t, "flags")
		return []gopacket.SerializableLayer{&layers.TCP{SrcPort: layers.TCPPort(port("sport")), DstPort: layers.TCPPort(port("dport")),
			Seq: rapid.Uint32().Draw(t, "seq"), Ack: rapid.Uint32().Draw(t, "ack"), Window: rapid.Uint16().Draw(t, "window"),
			FIN: flags&1 != 0, SYN: flags&2 != 0, RST: flags&4 != 0 && flags&64 != 0, PSH: flags&8 != 0, ACK: flags&16 != 0}, data}
	case kind < 5:
		proto(layers.IPProtocolUDP)
		return []gopacket.SerializableLayer{&layers.UDP{SrcPort: layers.UDPPort(port("sport")), DstPort: layers.UDPPort(port("dport"))}, data}
	case kind < 7 && six:
		proto(layers.IPProtocolICMPv6)
		return []gopacket.SerializableLayer{&layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(uint8(rapid.IntRange(126, 138).Draw(t, "type")), 0)}, data}
	case kind < 7:
		proto(layers.IPProtocolICMPv4)
		icmp := &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(uint8(rapid.IntRange(0, 19).Draw(t, "type")), uint8(rapid.IntRange(0, 4).Draw(t, "code"))),
			Id: uint16(rapid.IntRange(0, 2).Draw(t, "icmp id"))}
		if rapid.Bool().Draw(t, "quotes") {
			data = networkPacket(t, nil)
		}
		return []gopacket.SerializableLayer{icmp, data}
	case kind == 7:
		proto(layers.IPProtocol(rapid.SampledFrom([]int{2, 4, 41, 44, 50, 51, 60, 84, 132}).Draw(t, "protocol")))
		return []gopacket.SerializableLayer{data}
	}
	proto(layers.IPProtocolGRE)
	inner := layers.EthernetType(rapid.SampledFrom([]int{0x0800, 0x6558, 0x880b, 0x88be, 0x0806}).Draw(t, "inner"))
	return []gopacket.SerializableLayer{&layers.GRE{Protocol: inner, KeyPresent: rapid.Bool().Draw(t, "key")}, gopacket.Payload(networkPacket(t, nil))}
}

// configs draws a configuration.
func configs(t *rapid.T) capture.Config {
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	cfg := capture.Config{
		AppBytes: flag("app"), Jitter: flag("jitter"), MAC: flag("mac"), BidirectionalTimes: flag("times"),
		FlowHash: flag("hash"), CaptureHeaders: flag("headers"), StartRecords: flag("start"), TrackDuplicates: flag("duplicates"),
		Unidirectional: flag("unidirectional"), TunnelDiscovery: flag("discovery"), KeepTunnels: flag("keep"), ProviderTags: flag("provider"),
		UserData: rapid.SampledFrom([]int{0, -1, 1, 64, 1500}).Draw(t, "data"), ControlPlane: flag("control"),
		ControlPorts: []capture.ControlPort{{Port: 53}},
	}
	cfg.PacketSizes = flag("sizes")
	cfg.SizeHistogram = cfg.PacketSizes && flag("histogram")
	cfg.SourceID.Kind = 1
	if flag("keys") {
		cfg.Keystrokes = capture.Keystrokes{Mode: capture.KeystrokesTCP, MinPackets: 2, ClientMin: 1, ServerMin: 1}
	}
	cfg.Key = rapid.SampledFrom([]capture.Key{0, 0, 0, capture.KeyVLAN, capture.KeyLayer2 | capture.KeyVLAN, capture.KeyMPLS,
		capture.KeyMatrix, capture.KeyEther}).Draw(t, "key")
	cfg.StatusInterval = rapid.SampledFrom([]time.Duration{0, 1_500_000_000, capture.AtOnce, capture.Never}).Draw(t, "status")
	cfg.Timeouts.TCPFallow = rapid.SampledFrom([]time.Duration{0, 10_000_000_000}).Draw(t, "fallow")
	return cfg
}
