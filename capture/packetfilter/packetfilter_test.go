package packetfilter_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/net/bpf"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/packetfilter"
)

func TestErrors(t *testing.T) {
	tests := []struct {
		expr   string
		offset int
		want   string // part of the message
	}{
		{"foo", 0, `"foo" needs a word before it that says what it is`},
		{"1.2.3.4", 0, `"1.2.3.4" needs a word before it`},
		{"tcp 80", 4, `unexpected "80", expected "and", "or" or the end`},
		{"tcp or 80", 7, `"80" needs a word before it`},
		{"(port 80 or 443) or 53", 20, `"53" needs a word before it`},
		{"port 80 or (443 or tcp)", 19, `unexpected "tcp", expected a port number or name`},
		{"host", 4, "unexpected the end of the expression, expected an address"},
		{"host example.org", 5, `"example.org" is a name, and names are not resolved here`},
		{"net localnet", 4, "names are not resolved here: expected a network such as 10.0.0.0/8"},
		{"host 1.2.3.256", 5, "256 is more than 255"},
		{"host 1.2.3.4/32", 5, "only a network has a mask"},
		{"host ::1/64", 5, "only a network has a mask"},
		{"src 10.0.0.0/8", 4, `expected "net" before`},
		{"net 10.0.0.1/8", 4, "has bits set outside its mask"},
		{"net 10.0.0.0/33", 4, "a mask of 33 bits, expected at most 32"},
		{"net 2001:db8::1/32", 4, "has bits set outside its mask"},
		{"net 2001:db8::/129", 4, "a mask of 129 bits, expected at most 128"},
		{"net 10.0.0.0/x", 13, "expected the number of bits of the mask"},
		{"net 10.0.0.0 mask 5", 18, "expected a mask such as 255.255.255.0"},
		{"net 10.0.0.1 mask 255.0.0.0", 4, "has bits set outside its mask"},
		{"net 10/8", 6, `unexpected "/"`},
		{"tcp host 1.2.3.4", 9, "tcp has no IPv4 addresses"},
		{"ip host ::1", 8, "ip has no IPv6 addresses"},
		{"ether host 1.2.3.4", 11, "ether has no IPv4 addresses"},
		{"host 1:2:3:4:5:6", 5, `expected "ether host" before it`},
		{"port 70000", 5, "port 70000, expected at most 65535"},
		{"port 1.2.3.4", 5, "expected a port number or name"},
		{"port no-such-port", 5, "unknown port"},
		{"udp port ftp-data", 9, "is one of tcp, not of udp"},
		{"ip port 80", 8, "ip has no ports"},
		{"portrange 1-70000", 10, "port 70000, expected at most 65535"},
		{"portrange http-https", 10, "expected two port numbers such as 1000-2000"},
		{"portrange 1-2-3", 10, "expected two port numbers"},
		{"ip proto tcp", 9, `a name after a backslash such as \tcp`},
		{`ip proto \nothing`, 9, "unknown protocol"},
		{"tcp proto 5", 10, "tcp carries no other protocol"},
		{"src proto 6", 4, "proto has no direction"},
		{"ether", 0, `"ether": says nothing alone`},
		{"port", 4, "expected a port number or name"},
		{"tcp and", 7, "unexpected the end of the expression, expected a condition"},
		{"and tcp", 0, `unexpected "and", expected a condition`},
		{"tcp tcp", 4, `unexpected "tcp"`},
		{"(tcp", 0, `"(" is never closed`},
		{"tcp)", 3, `")" closes nothing`},
		{"ip[0)", 4, `")" closes nothing`},
		{"()", 1, `unexpected ")", expected a condition`},
		{"ip[0]", 5, "expected an operator or a comparison"},
		{"ip[0] = ", 8, "expected a number, len or bytes of a header"},
		{"ip[0:3] = 1", 5, "expected a size of 1, 2 or 4 bytes"},
		{"ip[0:] = 1", 5, "expected a size of 1, 2 or 4 bytes"},
		{"ip[tcp] = 1", 6, `expected "["`},
		{"ip[-1] = 0", 0, "offset -1 lies beyond any packet"},
		{"ip[300000] = 0", 0, "offset 300000 lies beyond any packet"},
		{"ip[0] / 0 = 1", 6, "division by zero"},
		{"ip[0] % 0 = 1", 6, "division by zero"},
		{"ip[0] << 32 = 1", 6, "shift by 32 bits, expected at most 31"},
		{"esp[0] = 1", 0, "bytes of this protocol are not offered"},
		{"isis[0] = 1", 0, "bytes of this protocol are not offered"},
		{"port 99999999999", 5, "99999999999 is no number of 32 bits"},
		{"port 09", 5, "09 is no number of 32 bits"},
		{"ip6 protochain 6", 4, `"protochain" is not offered by this filter`},
		{"gateway 1.2.3.4", 0, `"gateway" is not offered by this filter`},
		{"geneve", 0, `"geneve" is not offered by this filter`},
		{"byte 3 = 4", 0, `"byte" is not offered by this filter`},
		{"wlan type mgt", 5, `"type" is not offered by this filter`},
		{"vlan 4096", 0, "VLAN 4096, expected at most 4095"},
		{"mpls 1048576", 0, "MPLS label 1048576, expected at most 1048575"},
		{"pppoes 65536", 0, "PPPoE session 65536, expected at most 65535"},
		{"mpls and vlan", 9, "vlan can not come after mpls"},
		{"mpls and arp", 9, "after mpls only ip and ip6 can be told apart"},
		{"pppoes and vlan", 11, "there is no vlan on PPP"},
		{"inbound", 0, "EN10MB frames do not tell their direction"},
		{"tcp broadcast", 4, "tcp has no broadcast"},
		{"arp multicast", 4, "arp has no multicast"},
		{"less", 4, "expected a length in bytes"},
		{"tcp; udp", 3, `unknown character ';'`},
		{"host \xff", 5, "unknown character"},
		{`proto \`, 6, "a backslash must have a name after it"},
		{strings.Repeat("(", 300) + "tcp" + strings.Repeat(")", 300), 200, "nested more than 200 deep"},
		{strings.Repeat("not ", 1000) + "tcp", 1600, "nested more than 400 deep"},
		{strings.Repeat("-", 1000) + "1 = 1", 399, "nested more than 400 deep"},
		{strings.Repeat(" ", 65537), 65536, "the expression is longer than 65536 bytes"},
	}
	for _, test := range tests {
		_, err := packetfilter.Compile(test.expr, capture.Ethernet, 0)
		var e *packetfilter.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: error %v", test.expr, err)
			continue
		}
		if e.Offset != test.offset || !strings.Contains(e.Message, test.want) {
			t.Errorf("%q: offset %d: %s\n   expected %d: %s", test.expr, e.Offset, e.Message, test.offset, test.want)
		}
	}
}

func TestErrorShowsPlace(t *testing.T) {
	_, err := packetfilter.Compile("tcp port 80 andd udp", capture.Ethernet, 0)
	const want = `packet filter, column 13: unexpected "andd", expected "and", "or" or the end
  tcp port 80 andd udp
              ^`
	if err == nil || err.Error() != want {
		t.Errorf("error\n%v\nexpected\n%s", err, want)
	}
	// A long expression is shown around the place.
	_, err = packetfilter.Compile(strings.Repeat("tcp or ", 100)+"fou\tnd\n"+strings.Repeat(" or tcp", 100), capture.Ethernet, 0)
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 || len(lines[1]) > 130 || lines[1][len(lines[2])-1:][:3] != "fou" {
		t.Errorf("error\n%v", err)
	}
}

func TestOtherLinks(t *testing.T) {
	for link, exprs := range map[capture.LinkType][]string{
		capture.Raw:      {"ether host 1:2:3:4:5:6", "broadcast", "multicast", "vlan", "mpls", "inbound"},
		capture.LinuxSLL: {"ether host 1:2:3:4:5:6", "broadcast", "multicast", "vlan", "mpls"},
	} {
		for _, expr := range exprs {
			if _, err := packetfilter.Compile(expr, link, 0); err == nil {
				t.Errorf("%s: %q compiles", link, expr)
			}
		}
	}
	if _, err := packetfilter.Compile("tcp", capture.IEEE80211, 0); err == nil || !strings.Contains(err.Error(), "IEEE802_11") {
		t.Errorf("802.11: %v", err)
	}
	if _, err := packetfilter.Compile("tcp", capture.Ethernet, -1); err == nil {
		t.Error("a negative snapshot length compiles")
	}
	// A condition that no frame of a link can meet is no error: a capture may
	// have several links.
	p, err := packetfilter.Compile("arp", capture.Raw, 0)
	if err != nil || p.Match([]byte{0x45}, 1) {
		t.Errorf("arp on raw IP: %v", err)
	}
	if p, err := packetfilter.Compile("udp", 12, 0); err != nil || p.Link() != capture.Raw {
		t.Errorf("DLT 12 is not taken for raw IP: %v", err)
	}
}

// TestInstructions runs programs on another machine for the same instructions.
func TestInstructions(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, link := range filterable {
		tr := madeUp(r, link, 300)
		for i := range tr.packets {
			tr.packets[i].Length = len(tr.packets[i].Data) // that machine knows no other length
		}
		for range 200 {
			p, err := packetfilter.Compile(expression(r, 3), link, 96)
			if err != nil {
				continue
			}
			instructions, ok := bpf.Disassemble(p.Instructions())
			if !ok {
				t.Fatalf("%q: not all instructions known", p)
			}
			vm, err := bpf.NewVM(instructions)
			if err != nil {
				t.Fatalf("%q: %v", p, err)
			}
			for _, packet := range tr.packets {
				want, err := vm.Run(packet.Data)
				if err != nil {
					t.Fatal(err)
				}
				if got := p.Match(packet.Data, packet.Length); got != (want != 0) || want != 0 && want != 96 {
					t.Fatalf("%s: %q on %x: %v, the other machine %d", link, p, packet.Data, got, want)
				}
			}
		}
	}
}

// TestLongPrograms: jumps over more than 255 instructions, forwards from
// everywhere, do what short ones do.
func TestLongPrograms(t *testing.T) {
	udp := func(port int) []byte {
		b := make([]byte, 42)
		binary.BigEndian.PutUint16(b[12:], 0x800)
		b[14], b[23] = 0x45, 17
		binary.BigEndian.PutUint16(b[34:], uint16(port))
		return b
	}
	const n = 1200
	var ports, groups []string
	for i := range n {
		ports = append(ports, fmt.Sprint(1000+2*i))
		groups = append(groups, fmt.Sprintf("(src port %d and not (tcp or less 20))", 1000+2*i))
	}
	for _, expr := range []string{
		"port " + strings.Join(ports, " or "),
		strings.Join(groups, " or "),
		"not (ip6 or not (" + strings.Join(groups, " or ") + "))",
	} {
		p, err := packetfilter.Compile(expr, capture.Ethernet, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(p.Instructions()); n < 4*255 {
			t.Errorf("%d instructions only", n)
		}
		for port := 990; port < 1000+2*n+10; port++ {
			want := port >= 1000 && port < 1000+2*n && port%2 == 0
			if got := p.Match(udp(port), 42); got != want {
				t.Fatalf("%.40s...: port %d: %v", expr, port, got)
			}
		}
	}
}

func TestNoAllocation(t *testing.T) {
	p, err := packetfilter.Compile("tcp port 80 or ip[ip[0] & 0xf] + (ip[1] - (ip[2] + len)) > 5", capture.Ethernet, 0)
	if err != nil {
		t.Fatal(err)
	}
	tr := madeUp(rand.New(rand.NewPCG(5, 6)), capture.Ethernet, 50)
	if n := testing.AllocsPerRun(10, func() {
		for _, packet := range tr.packets {
			p.Match(packet.Data, packet.Length)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkMatch(b *testing.B) {
	tr := madeUp(rand.New(rand.NewPCG(7, 8)), capture.Ethernet, 1024)
	for _, expr := range []string{"ip", "tcp", "host 192.0.2.1", "port 53", "tcp[tcpflags] & tcp-syn != 0",
		"net 10.0.0.0/8 and (port 80 or 443 or 8080) and not host 10.0.0.1"} {
		b.Run(expr, func(b *testing.B) {
			p, err := packetfilter.Compile(expr, capture.Ethernet, 0)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := range b.N {
				packet := &tr.packets[i%len(tr.packets)]
				p.Match(packet.Data, packet.Length)
			}
		})
	}
}
