package record

import (
	"net/netip"
	"testing"
)

// The ids are those published with the specification of community ids.
func TestCommunityID(t *testing.T) {
	cases := []struct {
		src, dst     string
		proto        Proto
		sport, dport uint16
		want         string
	}{
		{"128.232.110.120", "66.35.250.204", ProtoTCP, 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{"66.35.250.204", "128.232.110.120", ProtoTCP, 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{"192.168.1.52", "8.8.8.8", ProtoUDP, 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
		{"192.168.0.89", "192.168.0.1", ProtoICMP, 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
		{"192.168.0.1", "192.168.0.89", ProtoICMP, 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
		{"192.168.170.8", "192.168.170.56", protoSCTP, 7, 80, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
		{"fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", ProtoICMP6, 135, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
	}
	for _, c := range cases {
		r := New(FlowRecord, Version5, Status)
		f := Flow{
			Src: EndpointFromAddr(netip.MustParseAddr(c.src)), Dst: EndpointFromAddr(netip.MustParseAddr(c.dst)),
			Class: ClassFiveTuple, Type: KeyIPv4, Proto: c.proto, SrcPort: c.sport, DstPort: c.dport,
			ICMPType: uint8(c.sport), ICMPCode: uint8(c.dport),
		}
		if f.Src.Family() == IPv6 {
			f.Type = KeyIPv6
		}
		r.SetFlow(f)
		got, ok := r.AppendCommunityID(nil, 0)
		if !ok || string(got) != c.want {
			t.Errorf("%s %d > %s %d %s: %s, want %s", c.src, c.sport, c.dst, c.dport, c.proto, got, c.want)
		}
	}
}
