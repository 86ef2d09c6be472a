package packet

import (
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// benchFrames are what an internet link carries most: TCP with and without
// options, UDP, ICMP, some of it in tags, some of it IPv6.
func benchFrames(b *testing.B) [][]byte {
	b.Helper()
	ether := &layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: layers.EthernetTypeIPv4}
	ether6, tagged := *ether, *ether
	ether6.EthernetType, tagged.EthernetType = layers.EthernetTypeIPv6, layers.EthernetTypeDot1Q
	tag := &layers.Dot1Q{VLANIdentifier: 7, Type: layers.EthernetTypeIPv4}
	v4 := func(p layers.IPProtocol) *layers.IPv4 {
		return &layers.IPv4{Version: 4, IHL: 5, TTL: 64, Id: 77, Protocol: p, SrcIP: []byte{10, 0, 0, 1}, DstIP: []byte{10, 0, 0, 2}}
	}
	v6 := func(p layers.IPProtocol) *layers.IPv6 {
		return &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: p, SrcIP: make([]byte, 16), DstIP: make([]byte, 16)}
	}
	plain := &layers.TCP{SrcPort: 40000, DstPort: 443, ACK: true, DataOffset: 5, Window: 1000}
	stamped := *plain
	stamped.Options = []layers.TCPOption{{OptionType: 1, OptionLength: 1}, {OptionType: 1, OptionLength: 1},
		{OptionType: 8, OptionLength: 10, OptionData: make([]byte, 8)}}
	udp := &layers.UDP{SrcPort: 5000, DstPort: 443}
	icmp := &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(8, 0), Id: 1}
	data := gopacket.Payload(make([]byte, 40))
	var frames [][]byte
	for _, stack := range [][]gopacket.SerializableLayer{
		{ether, v4(layers.IPProtocolTCP), plain, data},
		{ether, v4(layers.IPProtocolTCP), &stamped, data},
		{ether, v4(layers.IPProtocolTCP), plain},
		{ether, v4(layers.IPProtocolTCP), &stamped},
		{ether, v4(layers.IPProtocolUDP), udp, data},
		{ether, v4(layers.IPProtocolICMPv4), icmp, data},
		{&tagged, tag, v4(layers.IPProtocolTCP), plain, data},
		{&ether6, v6(layers.IPProtocolTCP), plain, data},
	} {
		buf := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true}, stack...); err != nil {
			b.Fatal(err)
		}
		frames = append(frames, buf.Bytes())
	}
	return frames
}

// BenchmarkWalk sets the header walk beside the fastest decoder of gopacket.
func BenchmarkWalk(b *testing.B) {
	frames := benchFrames(b)
	b.Run("walk", func(b *testing.B) {
		var h Headers
		var opt Options
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			f := frames[i%8]
			h.Walk(LinkEthernet, f, len(f), &opt)
			if h.Kind != IPv4 && h.Kind != IPv6 {
				b.Fatal("no network header")
			}
		}
	})
	b.Run("gopacket", func(b *testing.B) {
		var eth layers.Ethernet
		var tag layers.Dot1Q
		var ip4 layers.IPv4
		var ip6 layers.IPv6
		var tcp layers.TCP
		var udp layers.UDP
		var icmp layers.ICMPv4
		var payload gopacket.Payload
		p := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &eth, &tag, &ip4, &ip6, &tcp, &udp, &icmp, &payload)
		p.IgnoreUnsupported = true
		decoded := make([]gopacket.LayerType, 0, 10)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if err := p.DecodeLayers(frames[i%8], &decoded); err != nil {
				b.Fatal(err)
			}
		}
	})
}
