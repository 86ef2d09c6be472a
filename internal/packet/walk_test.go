package packet

import (
	"fmt"
	"strings"
	"testing"
)

// hexFrame turns hexadecimal text with blanks into bytes.
func hexFrame(t testing.TB, s string) []byte {
	t.Helper()
	var out []byte
	for _, f := range strings.Fields(s) {
		for ; len(f) >= 2; f = f[2:] {
			var b byte
			if _, err := fmt.Sscanf(f[:2], "%02x", &b); err != nil {
				t.Fatal(err)
			}
			out = append(out, b)
		}
	}
	return out
}

const (
	macs  = "020000000001 020000000002 "
	ip4   = "45000020 00010000 40110000 0a000001 0a000002 "
	ports = "30391f90 000c0000 70696e67"
	ip6   = "6b800000 000c1140 20010db8000000000000000000000001 20010db8000000000000000000000002 "
)

// describe is what a walk found, in a line.
func describe(h *Headers) string {
	s := fmt.Sprintf("kind %d bytes %d encaps %x", h.Kind, h.Bytes, h.Encaps)
	if h.Kind == IPv4 || h.Kind == IPv6 {
		s += fmt.Sprintf(" proto %d %d>%d ttl %d tos %d length %d at %d", h.Proto, h.SrcPort, h.DstPort, h.TTL, h.TOS, h.Length, h.Transport)
	}
	if h.HasVLAN {
		s += fmt.Sprintf(" vlan %d", h.VLAN)
	}
	if h.HasMPLS {
		s += fmt.Sprintf(" mpls %x", h.MPLS)
	}
	if h.Tunnel != NoTunnel {
		s += fmt.Sprintf(" tunnel %d vni %d", h.Tunnel, h.TunnelVNI)
	}
	if h.Fragment {
		s += fmt.Sprintf(" fragment %x at %d more %t", h.FragID, h.FragAt, h.FragMore)
	}
	return s
}

func TestWalk(t *testing.T) {
	all := Options{Discover: true, Provider: true}
	udp4 := "proto 17 12345>8080 ttl 64 tos 0 length 12"
	for _, c := range []struct {
		name, frame string
		link        uint32
		opt         Options
		want        string
	}{
		{"Ethernet", macs + "0800" + ip4 + ports, LinkEthernet, Options{}, "kind 1 bytes 46 encaps 2 " + udp4 + " at 34"},
		{"raw", ip4 + ports, LinkRaw, Options{}, "kind 1 bytes 32 encaps 0 " + udp4 + " at 20"},
		{"IPv6", macs + "86dd" + ip6 + ports, LinkEthernet, Options{}, "kind 2 bytes 66 encaps 2 proto 17 12345>8080 ttl 64 tos 184 length 12 at 54"},
		{"IPv6 under the type of IPv4", macs + "0800" + ip6 + ports, LinkEthernet, Options{}, "kind 2 bytes 66 encaps 2 proto 17 12345>8080 ttl 64 tos 184 length 12 at 54"},
		{"IPv4 under the type of IPv6", macs + "86dd" + ip4 + ports, LinkEthernet, Options{}, "kind 5 bytes 46 encaps 2"},
		{"header length of 4 words", macs + "0800 44" + ip4[2:] + ports, LinkEthernet, Options{}, "kind 5 bytes 46 encaps 2"},
		{"ports cut off", macs + "0800" + ip4 + "3039", LinkEthernet, Options{}, "kind 1 bytes 36 encaps 2 proto 17 0>0 ttl 64 tos 0 length 12 at 34"},
		{"header cut off", macs + "0800 4500", LinkEthernet, Options{}, "kind 5 bytes 16 encaps 2"},
		{"runt", "020000000001 0200", LinkEthernet, Options{}, "kind 0 bytes 8 encaps 0"},
		{"VLAN", macs + "8100 600a 0800" + ip4 + ports, LinkEthernet, Options{}, "kind 1 bytes 50 encaps 6 " + udp4 + " at 38 vlan 24586"},
		{"provider tag, not asked for", macs + "88a8 0001 8100 0002 0800" + ip4 + ports, LinkEthernet, Options{}, "kind 5 bytes 54 encaps 2"},
		{"provider tag", macs + "88a8 0001 8100 0002 0800" + ip4 + ports, LinkEthernet, all, "kind 1 bytes 54 encaps 6 " + udp4 + " at 42 vlan 2"},
		{"MPLS, two labels", macs + "8847 00010040 00020140" + ip4 + ports, LinkEthernet, Options{}, "kind 1 bytes 54 encaps 3 " + udp4 + " at 42 mpls 10040"},
		{"PPPoE", macs + "8864 1100 0001 0022 0021" + ip4 + ports, LinkEthernet, Options{}, "kind 1 bytes 54 encaps 12 " + udp4 + " at 42"},
		{"SNAP", macs + "0028 aaaa03 000000 0800" + ip4 + ports, LinkEthernet, Options{}, "kind 1 bytes 54 encaps a " + udp4 + " at 42"},
		{"spanning tree", macs + "0026 424203 0000", LinkEthernet, Options{}, "kind 5 bytes 19 encaps a"},
		{"later fragment", macs + "0800 45000020 00012003 40110000 0a000001 0a000002" + ports, LinkEthernet, Options{},
			"kind 1 bytes 46 encaps 2 proto 17 0>0 ttl 64 tos 0 length 12 at 34 fragment 1 at 24 more true"},
		{"authentication header of 24 bytes", macs + "0800 45000038 00010000 40330000 0a000001 0a000002 11040000 00000001 00000001 00000000 00000000 00000000" + ports,
			LinkEthernet, Options{}, "kind 1 bytes 70 encaps 82 proto 17 12345>8080 ttl 64 tos 0 length 36 at 58"},
		{"GRE with a key", macs + "0800 4500003c 00010000 402f0000 cb007101 cb007102 20000800 00000007" + ip4 + ports, LinkEthernet, Options{},
			"kind 1 bytes 74 encaps 142 " + udp4 + " at 62 tunnel 1 vni 0"},
		{"GRE kept shut", macs + "0800 4500003c 00010000 402f0000 cb007101 cb007102 20000800 00000007" + ip4 + ports, LinkEthernet, Options{Shut: true},
			"kind 1 bytes 74 encaps 2 proto 47 0>0 ttl 64 tos 0 length 40 at 34"},
		{"VXLAN", macs + "0800 45000052 00010000 40110000 cb007101 cb007102 c00012b5 003e0000 08000000 00002a00" + macs + "0800" + ip4 + ports, LinkEthernet, all,
			"kind 1 bytes 96 encaps 4000102 " + udp4 + " at 84 tunnel 2 vni 42"},
		{"cooked", "0000 0001 0006 020000000002 0000 0800" + ip4 + ports, LinkSLL, Options{}, "kind 1 bytes 32 encaps 2002 " + udp4 + " at 36"},
		{"cooked 2", "0800 0000 00000001 0001 00 06 020000000002 0000" + ip4 + ports, LinkSLL2, Options{}, "kind 1 bytes 32 encaps 2002 " + udp4 + " at 40"},
		{"loopback", "02000000" + ip4 + ports, LinkNull, Options{}, "kind 1 bytes 32 encaps 0 " + udp4 + " at 24"},
		{"Cisco HDLC on a PPP capture", "0f000800" + ip4 + ports, LinkPPP, Options{}, "kind 1 bytes 32 encaps 800 " + udp4 + " at 24"},
		{"PPP with MPLS", "ff030281 00010140" + ip4 + ports, LinkPPP, Options{}, "kind 1 bytes 36 encaps 11 " + udp4 + " at 28 mpls 10140"},
		{"LCP", "ff03c021 01010004", LinkPPPSerial, Options{}, "kind 8 bytes 4 encaps 410"},
		{"802.11 data", "08010000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800" + ip4 + ports, LinkWLAN, Options{}, "kind 1 bytes 64 encaps 20008 " + udp4 + " at 52"},
		{"802.11 acknowledgement", "d4000000 020000000001", LinkWLAN, Options{}, "kind 6 bytes 10 encaps 20000"},
		{"unknown link", ip4 + ports, 147, Options{}, "kind 0 bytes 32 encaps 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := hexFrame(t, c.frame)
			var h Headers
			h.Walk(c.link, data, len(data), &c.opt)
			if got := describe(&h); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for n := range data { // cut anywhere, it must not read beyond
				h.Walk(c.link, data[:n:n], len(data), &c.opt)
			}
		})
	}
}

func ExampleHeaders_Walk() {
	frame := []byte{
		0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2, // IPv4
		0x30, 0x39, 0x1f, 0x90, 0, 12, 0, 0, 'p', 'i', 'n', 'g', // UDP
	}
	var h Headers
	h.Walk(LinkRaw, frame, len(frame), &Options{})
	fmt.Println(h.Proto, h.SrcPort, h.DstPort, string(h.Payload()[8:]))
	// Output: 17 12345 8080 ping
}
