package filter

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// generatorOfText makes filters at random from the grammar that version 3
// knows, with values that occur in the records.
type generatorOfText struct {
	rng  *rand.Rand
	recs []*record.Record
}

func (g *generatorOfText) pick(words ...string) string { return words[g.rng.IntN(len(words))] }

func (g *generatorOfText) record() *record.Record { return g.recs[g.rng.IntN(len(g.recs))] }

// expr makes terms joined by "and" and "or".
func (g *generatorOfText) expr(depth int) string {
	var b strings.Builder
	b.WriteString(g.term(depth))
	for g.rng.IntN(3) > 0 {
		b.WriteString(g.pick(" and ", " or ", " && ", " || "))
		b.WriteString(g.term(depth))
	}
	return b.String()
}

func (g *generatorOfText) term(depth int) string {
	switch n := g.rng.IntN(12); {
	case n == 0 && depth > 0:
		return g.pick("not ", "! ", "!") + "(" + g.expr(depth-1) + ")"
	case n == 1 && depth > 0:
		return "(" + g.expr(depth-1) + ")"
	case n == 2:
		return g.pick("not ", "!") + g.atom()
	case n == 3:
		return g.list()
	}
	return g.atom()
}

// list makes a head with several operands, in parentheses or not.
func (g *generatorOfText) list() string {
	head, operand := g.head()
	operands := []string{operand()}
	for range 1 + g.rng.IntN(3) {
		not := ""
		if g.rng.IntN(6) == 0 {
			not = "not "
		}
		operands = append(operands, not+operand())
	}
	if g.rng.IntN(2) == 0 {
		return "(" + head + " " + strings.Join(operands, g.pick(" or ", " and ")) + ")"
	}
	return head + " (" + strings.Join(operands, g.pick(" or ", " and ")) + ")"
}

// direction makes a direction, or none.
func (g *generatorOfText) direction() string {
	return g.pick("", "", "src ", "dst ", "src or dst ", "src and dst ", "dst or src ", "dst and src ")
}

// head makes a head whose operands need no relation.
func (g *generatorOfText) head() (string, func() string) {
	switch g.rng.IntN(6) {
	case 0:
		if g.rng.IntN(4) == 0 {
			return g.pick("ip ", "ipv4 ", "arp ") + g.direction() + "host", g.address4
		}
		return g.direction() + "host", g.address
	case 1:
		return g.direction() + "net", g.network
	case 2:
		return g.pick("", "", "tcp ", "udp ") + g.direction() + "port", g.port
	case 3:
		return g.pick("", "ip ", "ipv4 ", "ipv6 ") + "proto", g.proto
	case 4:
		return g.direction() + g.pick("pkts", "bytes", "ttl", "tos", "appbytes"), func() string { return fmt.Sprint(g.rng.IntN(300)) }
	}
	return g.pick("src", "dst", "src or dst", "src and dst"), g.address
}

func (g *generatorOfText) atom() string {
	switch g.rng.IntN(10) {
	case 0, 1:
		return g.pick("tcp", "udp", "icmp", "ip", "ipv4", "ipv6", "arp", "rarp", "igmp", "mpls", "vlan", "isis", "rtp", "rtcp",
			"far", "event", "index", "start", "init", "status", "stop", "timeout", "shut",
			"est", "con", "avail", "synack", "finack", "normal", "wait", "icmpmap", "echo", "unreach", "redirect", "timexed", "rtr", "lvg", "mbr")
	case 2:
		protocol := g.pick("", "", "", "tcp ", "ip ")
		direction := g.pick("src ", "dst ", "src or dst ", "src and dst ")
		return protocol + direction + g.pick("syn", "fin", "rst", "reset", "ack", "push", "urg", "ece", "cwr", "ecn", "ooo", "retrans", "drop", "winshut", "frag")
	case 3:
		return g.pick("tcpopt", "mss", "wscale", "selackok", "selack", "tcpecho", "tcptimestamp", "secn", "decn",
			"ip broadcast", "ip multicast", "ether broadcast", "hello", "lsp", "csnp", "psnp")
	case 4:
		return g.number()
	case 5:
		return g.decimal()
	case 6:
		return g.link()
	}
	head, operand := g.head()
	return head + " " + operand()
}

func (g *generatorOfText) relation() string {
	return g.pick("", "eq ", "gt ", "lt ", "gte ", "lte ", ">= ", "<= ", "equal ", "greater ", "less ")
}

// number makes a comparison of an integer.
func (g *generatorOfText) number() string {
	m := g.record().Metrics()
	value := []uint64{0, 1, 2, m.Src.Packets, m.Dst.Packets, m.Src.Bytes, m.Dst.Bytes, m.Src.AppBytes, uint64(g.rng.IntN(100000))}
	v := fmt.Sprint(value[g.rng.IntN(len(value))])
	switch g.rng.IntN(6) {
	case 5:
		return g.direction() + "dsb " + g.pick("ef", "cs0", "cs6", "af11", g.relation()+fmt.Sprint(g.rng.IntN(64)))
	case 0:
		return g.direction() + "port " + g.relation() + g.port()
	case 1:
		return g.direction() + g.pick("ttl", "tos", "ipid") + " " + g.relation() + fmt.Sprint(g.rng.IntN(256))
	case 2:
		return g.pick("trans", "seq", "spi") + " " + g.relation() + v
	case 3:
		return g.direction() + g.pick("base", "tcpb") + " " + g.relation() + v
	}
	return g.direction() + g.pick("pkts", "pkt", "bytes", "byte", "appbytes", "data") + " " + g.relation() + v
}

// decimal makes a comparison of a decimal number.
func (g *generatorOfText) decimal() string {
	v := fmt.Sprintf("%d.%0*d", g.rng.IntN(20), 1+g.rng.IntN(6), g.rng.IntN(10))
	relation := g.pick("gt ", "gte ", "lt ", "lte ", ">= ", "<= ")
	switch g.rng.IntN(3) {
	case 0:
		return "dur " + relation + v
	case 1:
		return g.direction() + g.pick("rate", "load") + " " + relation + v
	}
	return g.direction() + g.pick("intpkt", "intpktact", "intpktidle", "jitter", "jitact", "jitidle") + " " + relation + v
}

// link makes a test of the link layer or the sensor.
func (g *generatorOfText) link() string {
	mac := g.record().MAC()
	address := g.pick(mac.Src.String(), mac.Dst.String())
	switch g.rng.IntN(7) {
	case 0:
		return g.pick("ether ", "link ") + g.direction() + "host " + address
	case 1:
		return "ether " + g.pick("src ", "dst ") + address
	case 2:
		return "ether proto " + g.pick("0x0800", "2054", "0x86dd", "0x88cc", "0x9000", "512")
	case 3:
		return g.direction() + "vid " + g.pick("1", "10", "100", "200", "7")
	case 4:
		return g.direction() + "mid " + fmt.Sprint(16+g.rng.IntN(20))
	case 5:
		return "srcid " + g.pick("192.0.2.1", "192.0.2.20", "192.0.2.21", "10.0.0.1")
	}
	// A bare flag would take the direction of the term before it.
	return g.pick("src or dst multipath", "src multipath", "dst multipath", "src and dst multipath")
}

func (g *generatorOfText) address() string {
	for range 20 {
		f := g.record().Flow()
		a := g.pick(f.Src.String(), f.Dst.String())
		if (isIP(f) || f.Type == record.KeyARP) && a != "::" && a != "" { // "::" is beyond the lexer of old
			return a
		}
	}
	return "192.0.2.1"
}

func (g *generatorOfText) address4() string {
	for range 50 {
		if a := g.address(); !strings.Contains(a, ":") {
			return a
		}
	}
	return "192.0.2.1"
}

func (g *generatorOfText) network() string {
	a := g.address()
	if strings.Contains(a, ":") {
		if strings.HasPrefix(a, "::") || strings.Contains(a, ".") { // beyond the lexer of old
			return "fe80::/10"
		}
		return fmt.Sprintf("%s/%d", a, 17+g.rng.IntN(112))
	}
	if g.rng.IntN(4) == 0 {
		return a + " mask " + g.pick("255.255.255.0", "255.0.0.0", "255.255.0.0", "255.255.255.255")
	}
	return fmt.Sprintf("%s/%d", a, 1+g.rng.IntN(32))
}

func (g *generatorOfText) port() string {
	for range 20 {
		f := g.record().Flow()
		if f.Proto == record.ProtoTCP || f.Proto == record.ProtoUDP {
			return fmt.Sprint([]uint16{f.SrcPort, f.DstPort, 80, 53, 1024, 0}[g.rng.IntN(6)])
		}
	}
	return "80"
}

func (g *generatorOfText) proto() string {
	return g.pick("6", "17", "1", "2", "47", "50", "58", "0", fmt.Sprint(g.rng.IntN(256)), "esp", "ipv6-icmp")
}
