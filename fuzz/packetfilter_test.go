package fuzz_test

import (
	"errors"
	"testing"

	"golang.org/x/net/bpf"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/packetfilter"
)

// FuzzPacketFilter compiles any text and runs what compiles on any packet, in
// two machines.
func FuzzPacketFilter(f *testing.F) {
	links := []capture.LinkType{capture.Ethernet, capture.Null, capture.Loop, capture.PPP, capture.CiscoHDLC,
		capture.Raw, capture.IPv4, capture.IPv6, capture.LinuxSLL, capture.LinuxSLL2}
	packet := []byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x81\x00\x00\x05\x08\x00\x45\x00\x00\x28\x00\x00\x00\x00\x40\x06\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x00\x50\x01\xbb\x00\x00")
	for i, expr := range []string{
		"tcp port 80 or 443 and not (host 10.0.0.1 or 2001:db8::1)", "vlan 5 and ip[ip[0] & 0xf:2] * -len % 3 != 1 << 2",
		"ether host 02:00:00:00:00:01 or ether proto 0xfe or multicast", `ip proto \gre or icmp6[icmp6type] = icmp6-echo`,
		"net 10.0.0.0/8 or 192.168.0.0 mask 255.255.0.0 or less 60", "pppoes 1 and mpls and mpls and portrange 10-20",
		"tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420", "src or dst port (domain or not (53 and 54))", "inbound or ip6 net fe80::/10",
		"atalk or ipx or isis or stp", "(((((tcp)))))", "not not not ip broadcast",
	} {
		f.Add(expr, byte(i), packet)
	}
	f.Fuzz(func(t *testing.T, expr string, link byte, data []byte) {
		p, err := packetfilter.Compile(expr, links[int(link)%len(links)], 0)
		if err != nil {
			var e *packetfilter.Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(expr) || err.Error() == "" {
				t.Fatalf("error %v of type %T", err, err)
			}
			return
		}
		instructions, ok := bpf.Disassemble(p.Instructions())
		if !ok {
			t.Fatal("instructions that no machine knows")
		}
		vm, err := bpf.NewVM(instructions)
		if err != nil {
			t.Fatal(err)
		}
		want, err := vm.Run(data)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Match(data, len(data)); got != (want != 0) {
			t.Fatalf("match %v, in the other machine %d", got, want)
		}
	})
}
