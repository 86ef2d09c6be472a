package packetfilter_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
)

// Made-up packets and expressions draw from the same few values, so that many
// tests are met and many fail by one value only.

var (
	someAddresses4 = []string{"10.0.0.1", "10.1.2.3", "192.0.2.1", "192.0.2.129", "198.51.100.5", "224.0.0.5", "255.255.255.255", "0.0.0.0"}
	someAddresses6 = []string{"::1", "2001:db8::1", "2001:db8::8000:0:0:2", "2001:db8:0:1::2", "fe80::1", "ff02::1", "::ffff:1.2.3.4"}
	somePorts      = []int{0, 20, 22, 53, 80, 123, 443, 5060, 8080, 65535}
	someProtocols  = []int{1, 2, 6, 9, 17, 44, 47, 50, 51, 58, 89, 103, 112, 132}
	someEtherTypes = []int{0x0800, 0x86dd, 0x0806, 0x8035, 0x8100, 0x88a8, 0x9100, 0x8847, 0x8863, 0x8864, 0x809b, 0x80f3, 0x8137, 0x6001, 0x6002,
		0x6003, 0x6004, 0x6007, 0x88cc, 1, 4, 40, 1500, 1501}
	someMACs   = []string{"02:00:00:00:00:01", "02:00:00:00:00:02", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:05", "01:80:c2:00:00:00"}
	someSAPs   = [][]byte{{0x42, 0x42, 3}, {0xfe, 0xfe, 3, 0x83}, {0xfe, 0xfe, 3, 0x81}, {0xfe, 0xfe, 3, 0x82}, {0xe0, 0xe0, 3}, {0xff, 0xff}, {0xf0, 0xf0, 3}, {6, 6, 3}, {0xaa, 0xaa, 3, 0, 0, 0, 0x81, 0x37}, {0xaa, 0xaa, 3, 8, 0, 7, 0x80, 0x9b}, {0xaa, 0xaa, 3, 0, 0, 0, 0x80, 0xf3}}
	somePPP    = []int{0x21, 0x57, 0x29, 0x2b, 0x23, 0x27, 0x31, 0x281, 0x806}
	someTagIDs = []int{5, 10, 100, 4095}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func u16(b []byte, v int) []byte { return binary.BigEndian.AppendUint16(b, uint16(v)) }

func u32(b []byte, v uint32) []byte { return binary.BigEndian.AppendUint32(b, v) }

// frame makes a frame of a link type.
func frame(r *rand.Rand, link capture.LinkType) []byte {
	var b []byte
	switch link {
	case capture.Ethernet:
		b = append(append(b, mac(pick(r, someMACs))...), mac(pick(r, someMACs))...)
		return etherPayload(r, b)
	case capture.LinuxSLL:
		b = u16(u16(u16(b, r.IntN(5)), 1), 6)
		return etherPayload(r, append(b, make([]byte, 8)...))
	case capture.LinuxSLL2:
		kind := pick(r, someEtherTypes)
		b = append(u16(b, kind), 0, 0, 0, 0, 0, 3, 0, 1, byte(r.IntN(5)), 6)
		return network(r, append(b, make([]byte, 8)...), kind)
	case capture.CiscoHDLC:
		return etherPayload(r, append(b, 0x0f, 0))
	case capture.PPP, capture.PPPSerial:
		return pppPayload(r, append(b, 0xff, 3))
	case capture.Null:
		return network(r, binary.LittleEndian.AppendUint32(b, pick(r, []uint32{2, 24, 28, 30, 7})), 0)
	case capture.Loop:
		return network(r, u32(b, pick(r, []uint32{2, 2, 2, 7})), 0)
	}
	return network(r, b, 0)
}

func mac(s string) []byte {
	var m [6]byte
	if _, err := fmt.Sscanf(s, "%x:%x:%x:%x:%x:%x", &m[0], &m[1], &m[2], &m[3], &m[4], &m[5]); err != nil {
		panic(err)
	}
	return m[:]
}

// etherPayload appends an EtherType and what belongs to it.
func etherPayload(r *rand.Rand, b []byte) []byte {
	kind := pick(r, someEtherTypes)
	b = u16(b, kind)
	switch kind {
	case 0x8100, 0x88a8, 0x9100:
		return etherPayload(r, u16(b, r.IntN(2)<<13|pick(r, someTagIDs)))
	case 0x8847:
		return labels(r, b)
	case 0x8864:
		return pppPayload(r, u16(u16(u16(b, 0x1100), 1+r.IntN(2)), 40))
	case 1, 4, 40, 1500:
		b = append(b, pick(r, someSAPs)...)
		return append(b, noise(r, 20)...)
	}
	return network(r, b, kind)
}

func labels(r *rand.Rand, b []byte) []byte {
	for {
		last := r.IntN(2)
		b = u32(b, uint32(pick(r, []int{3, 16, 100})<<12|last<<8|64))
		if last == 1 {
			return network(r, b, 0)
		}
	}
}

func pppPayload(r *rand.Rand, b []byte) []byte {
	kind := pick(r, somePPP)
	b = u16(b, kind)
	switch kind {
	case 0x281:
		return labels(r, b)
	case 0x21:
		return network(r, b, 0x800)
	case 0x57:
		return network(r, b, 0x86dd)
	}
	return network(r, b, kind)
}

// network appends what an EtherType stands for; 0 is either IP.
func network(r *rand.Rand, b []byte, kind int) []byte {
	switch kind {
	case 0:
		return network(r, b, pick(r, []int{0x800, 0x86dd}))
	case 0x800:
		return transport(r, ip4(r, b))
	case 0x86dd:
		return transport(r, ip6(r, b))
	case 0x806, 0x8035:
		b = append(b, 0, 1, 8, 0, 6, 4, 0, byte(1+r.IntN(4)))
		b = append(append(b, mac(pick(r, someMACs))...), address(pick(r, someAddresses4))...)
		return append(append(b, mac(pick(r, someMACs))...), address(pick(r, someAddresses4))...)
	}
	return append(b, noise(r, 40)...)
}

func address(s string) []byte { return netip.MustParseAddr(s).AsSlice() }

func ip4(r *rand.Rand, b []byte) []byte {
	words := 5 + r.IntN(4)*r.IntN(2)
	b = u16(u16(append(b, byte(0x40|words), byte(r.IntN(3))), 20+r.IntN(1000)), r.IntN(1<<16))
	b = u16(b, pick(r, []int{0, 0, 0x4000, 0x2000, 0x2001, 185}))
	b = u16(append(b, byte(r.IntN(256)), byte(pick(r, someProtocols))), r.IntN(1<<16))
	b = append(append(b, address(pick(r, someAddresses4))...), address(pick(r, someAddresses4))...)
	return append(b, noise(r, 4*(words-5))...)
}

func ip6(r *rand.Rand, b []byte) []byte {
	next := byte(pick(r, someProtocols))
	b = append(u16(u32(b, 0x60000000|uint32(r.IntN(2))), r.IntN(100)), next, byte(r.IntN(256)))
	b = append(append(b, address(pick(r, someAddresses6))...), address(pick(r, someAddresses6))...)
	if next == 44 {
		b = append(b, byte(pick(r, someProtocols)), 0, 0, byte(r.IntN(2)), 1, 2, 3, 4)
	}
	return b
}

func transport(r *rand.Rand, b []byte) []byte {
	b = u16(u16(b, pick(r, somePorts)), pick(r, somePorts))
	return append(b, noise(r, 30)...)
}

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.IntN(256))
	}
	return b
}

// madeUp is n packets, every fourth of which is cut somewhere.
func madeUp(r *rand.Rand, link capture.LinkType, n int) *traffic {
	tr := &traffic{link: link, file: pcapHeader(link)}
	for range n {
		data := frame(r, link)
		p := capture.Packet{Data: data, Length: len(data) + r.IntN(2)*r.IntN(900), Link: link}
		if r.IntN(4) == 0 {
			p.Data = data[:r.IntN(len(data)+1)]
		}
		tr.add(p)
	}
	return tr
}

// expression makes an expression that libpcap's grammar accepts.
func expression(r *rand.Rand, depth int) string {
	if depth > 0 {
		switch r.IntN(5) {
		case 0:
			return expression(r, depth-1) + " and " + expression(r, depth-1)
		case 1:
			return expression(r, depth-1) + " or " + expression(r, depth-1)
		case 2:
			return "not " + expression(r, 0)
		case 3:
			return "(" + expression(r, depth-1) + ")"
		}
	}
	return primitive(r)
}

func primitive(r *rand.Rand) string {
	dir := pick(r, []string{"", "src ", "dst ", "src or dst ", "src and dst "})
	word := func(words string) string { return pick(r, strings.Fields(words)) }
	list := func(draw func() string) string {
		switch r.IntN(4) {
		case 0:
			return draw() + " " + word("or and or") + " " + draw()
		case 1:
			return "(" + draw() + " or not " + draw() + ")"
		}
		return draw()
	}
	host4 := func() string { return pick(r, someAddresses4) }
	host6 := func() string { return pick(r, someAddresses6) }
	switch r.IntN(15) {
	case 0:
		return word("ip ip6 arp rarp tcp udp sctp icmp icmp6 igmp igrp pim vrrp ah esp iso stp ipx atalk aarp decnet isis clnp netbeui")
	case 1:
		return pick(r, []string{"", "ip ", "arp ", "rarp "}) + dir + "host " + list(host4)
	case 2:
		return dir + "host " + list(host6)
	case 3:
		return dir + "net " + word("10.0.0.0/8 192.0.2.0/25 192.0.2 10 0.0.0.0/0 224.0.0.0/4 2001:db8::/32 2001:db8::/63 fe80::/10 ::/0 2001:db8::8000:0:0:0/97")
	case 4, 5:
		return pick(r, []string{"", "tcp ", "udp ", "sctp "}) + dir + "port " + list(func() string { return fmt.Sprint(pick(r, somePorts)) })
	case 6:
		return pick(r, []string{"", "tcp ", "udp "}) + dir + "portrange " + fmt.Sprintf("%d-%d", pick(r, somePorts), pick(r, somePorts))
	case 7:
		return word("ip ip6") + fmt.Sprintf(" proto %d", pick(r, someProtocols))
	case 8:
		return fmt.Sprintf("ether proto %d", pick(r, someEtherTypes))
	case 9:
		return pick(r, []string{"less 60", "greater 60", "len > 100", "ip multicast", "ip6 multicast", "ip broadcast"})
	case 10:
		return "vlan" + pick(r, []string{"", " 5", " 10"})
	case 11:
		return pick(r, []string{"mpls", "mpls 16", "pppoes", "pppoes 1", "pppoed"})
	case 12:
		return pick(r, []string{"ether " + dir + "host " + pick(r, someMACs), "broadcast", "multicast", "inbound", "outbound"})
	}
	return fmt.Sprintf("%s %s %s", arithmetic(r, 2), word("= != < <= > >="), arithmetic(r, 1))
}

func arithmetic(r *rand.Rand, depth int) string {
	if depth > 0 && r.IntN(2) == 0 {
		op := pick(r, []string{"+", "-", "*", "&", "|", "^", "/", "%", "<<", ">>"})
		switch op {
		case "/", "%":
			return fmt.Sprintf("%s %s %d", arithmetic(r, depth-1), op, 1+r.IntN(9))
		case "<<", ">>":
			return fmt.Sprintf("(%s) %s %d", arithmetic(r, depth-1), op, r.IntN(32))
		}
		return fmt.Sprintf("%s %s (%s)", arithmetic(r, depth-1), op, arithmetic(r, depth-1))
	}
	switch r.IntN(4) {
	case 0:
		return fmt.Sprint(pick(r, []uint32{0, 1, 2, 6, 17, 64, 0x45, 255, 1500, 0xffffffff}))
	case 1:
		return pick(r, []string{"len", "-len", "-(len)"})
	}
	index := fmt.Sprint(r.IntN(24))
	if depth > 0 && r.IntN(4) == 0 {
		index = arithmetic(r, depth-1) + " & 31"
	}
	return fmt.Sprintf("%s[%s%s]", pick(r, strings.Fields("ip ip6 tcp udp icmp icmp6 arp ether sctp igmp")), index, pick(r, []string{"", ":1", ":2", ":4"}))
}

// TestRandomAgainstTcpdump compares made-up expressions on made-up packets.
func TestRandomAgainstTcpdump(t *testing.T) {
	needTcpdump(t)
	r := rand.New(rand.NewPCG(1, 2))
	const packets, rounds = 2000, 25
	for _, link := range filterable {
		tr := madeUp(r, link, packets)
		accepted, matched := 0, 0
		for range rounds {
			expr := expression(r, 2)
			if n := compareWithTcpdump(t, tr, expr); n >= 0 {
				accepted++
				matched += n
			}
		}
		if accepted < rounds/10 || matched == 0 {
			t.Errorf("%s: only %d of %d expressions accepted by both, %d packets matched", link, accepted, rounds, matched)
		}
	}
}
