package packetfilter

import (
	"encoding/binary"
	"math"
	"net"
	"strconv"
	"strings"
)

// primitive generates the test for a value by what its qualifiers make of it.
func (g *generator) primitive(x *primitive) (*cond, error) {
	v := &x.value
	if v.hasMask && x.kind != netKind && (v.kind != tokenIPv6 || v.maskBits != 128) {
		return nil, g.fail(v.token, "only a network has a mask, expected \"net\" before %s", v.token)
	}
	switch x.kind {
	case portKind:
		return g.port(x)
	case portRangeKind:
		return g.portRange(x)
	case protoKind:
		return g.proto(x)
	}
	switch v.kind {
	case tokenMAC:
		return g.etherHost(x)
	case tokenIPv6:
		return g.ip6Host(x)
	case tokenIPv4, tokenNumber:
		return g.ipHost(x)
	}
	return nil, g.fail(v.token, "%s is a name, and names are not resolved here: expected %s", v.token, expectations[x.kind])
}

// sides combines tests of the source and of the destination.
func sides(d direction, source_, destination_ *cond) *cond {
	switch d {
	case source:
		return source_
	case destination:
		return destination_
	case both:
		return and(source_, destination_)
	}
	return or(source_, destination_)
}

func (g *generator) etherHost(x *primitive) (*cond, error) {
	v := &x.value
	if x.protocol != link || x.kind == netKind {
		return nil, g.fail(v.token, "%s is a MAC address, expected \"ether host\" before it", v.token)
	}
	if !g.link.isEther {
		return nil, g.fail(v.token, "%s frames have no MAC addresses", g.link.name)
	}
	return sides(x.direction, etherAddress(6, v.mac), etherAddress(0, v.mac)), nil
}

func etherAddress(at uint32, mac [6]byte) *cond {
	return and(
		equal(at+2, 4, binary.BigEndian.Uint32(mac[2:])),
		equal(at, 2, uint32(binary.BigEndian.Uint16(mac[:]))))
}

// ipHost tests the addresses of IPv4, ARP and RARP, or of one of them.
func (g *generator) ipHost(x *primitive) (*cond, error) {
	v := &x.value
	address, mask, err := g.network4(x)
	if err != nil {
		return nil, err
	}
	if address&^mask != 0 {
		return nil, g.fail(v.token, "%s has bits set outside its mask", v.token)
	}
	host := func(etherType, from, to uint32) *cond {
		at := g.link.network()
		return and(g.link.protocol(etherType), sides(x.direction,
			masked(at+from, 4, mask, address), masked(at+to, 4, mask, address)))
	}
	const arpFrom, arpTo = 14, 24
	overIP := host(etherTypeIP, 12, 16)
	switch x.protocol {
	case ip:
		return overIP, nil
	case anyProtocol:
		if g.link.framing == mplsFraming {
			return overIP, nil
		}
		return or(overIP, host(protocols[arp].number, arpFrom, arpTo), host(protocols[rarp].number, arpFrom, arpTo)), nil
	case arp, rarp:
		if g.link.framing == mplsFraming {
			return nil, g.fail(v.token, "there is no %s after mpls", x.protocol)
		}
		return host(protocols[x.protocol].number, arpFrom, arpTo), nil
	}
	return nil, g.fail(v.token, "%s has no IPv4 addresses, expected ip, arp, rarp or nothing before them", x.protocol)
}

// network4 returns an IPv4 address and its mask. Missing parts of an address
// are masked out; a number is a whole address after "host", and the first
// parts of one after "net".
func (g *generator) network4(x *primitive) (address, mask uint32, err error) {
	v := &x.value
	address, mask = v.number, math.MaxUint32
	if v.kind == tokenNumber {
		if x.kind == netKind {
			for address != 0 && address>>24 == 0 {
				address, mask = address<<8, mask<<8
			}
		}
		return address, mask, nil
	}
	missing := 32 - v.bits
	address <<= missing
	switch {
	case v.mask != nil:
		mask = v.mask.number << (32 - v.mask.bits)
	case v.hasMask && v.maskBits > 32:
		return 0, 0, g.fail(v.token, "a mask of %d bits, expected at most 32", v.maskBits)
	case v.hasMask:
		mask = uint32(uint64(math.MaxUint32) << (32 - v.maskBits))
	default:
		mask <<= missing
	}
	return address, mask, nil
}

func (g *generator) ip6Host(x *primitive) (*cond, error) {
	v := &x.value
	if x.protocol != anyProtocol && x.protocol != ip6 {
		return nil, g.fail(v.token, "%s has no IPv6 addresses, expected ip6 or nothing before them", x.protocol)
	}
	bits := uint32(128)
	if v.hasMask {
		bits = v.maskBits
	}
	if bits > 128 {
		return nil, g.fail(v.token, "a mask of %d bits, expected at most 128", bits)
	}
	if prefix, err := v.ip6.Prefix(int(bits)); err != nil || prefix.Addr() != v.ip6 {
		return nil, g.fail(v.token, "%s has bits set outside its mask", v.token)
	}
	address := v.ip6.As16()
	at := g.link.network()
	words := func(at uint32) *cond {
		all := always
		for i := uint32(0); i < 16; i += 4 {
			here := min(32, max(bits, 8*i)-8*i)
			mask := uint32(uint64(math.MaxUint32) << (32 - here))
			all = and(all, masked(at+i, 4, mask, binary.BigEndian.Uint32(address[i:])))
		}
		return all
	}
	return and(g.link.protocol(etherTypeIP6), sides(x.direction, words(at+8), words(at+24))), nil
}

// proto tests the number of the protocol that another one carries.
func (g *generator) proto(x *primitive) (*cond, error) {
	v := &x.value
	var names map[string]uint32
	var test func(uint32) (*cond, error)
	switch x.protocol {
	case link:
		names, test = etherProtocols, g.linkProtocol
	case ip:
		names, test = ipProtocols, g.ip4Protocol
	case ip6:
		names, test = ipProtocols, g.ip6Protocol
	case anyProtocol:
		names, test = ipProtocols, g.ipProtocol
	case iso:
		names, test = isoProtocols, g.isoProtocol
	default:
		return nil, g.fail(v.token, "%s carries no other protocol, expected ether, ip, ip6, iso or nothing before proto", x.protocol)
	}
	number := v.number
	switch v.kind {
	case tokenNumber:
	case tokenWord, tokenName:
		named, ok := names[v.text]
		if !ok {
			return nil, g.fail(v.token, "unknown protocol %s, expected %s", v.token, expectations[protoKind])
		}
		number = named
	default:
		return nil, g.fail(v.token, "unexpected %s, expected %s", v.token, expectations[protoKind])
	}
	c, err := test(number)
	if err != nil {
		return nil, g.fail(v.token, "%v", err)
	}
	return c, nil
}

// port tests for one port, by number or by a name of the system's.
func (g *generator) port(x *primitive) (*cond, error) {
	v := &x.value
	transports, err := g.transports(x)
	if err != nil {
		return nil, err
	}
	number := v.number
	switch v.kind {
	case tokenNumber:
	case tokenWord, tokenName:
		number, transports, err = g.portByName(v.token, x.protocol)
		if err != nil {
			return nil, err
		}
	default:
		return nil, g.fail(v.token, "unexpected %s, expected %s", v.token, expectations[portKind])
	}
	if number > math.MaxUint16 {
		return nil, g.fail(v.token, "port %d, expected at most 65535", number)
	}
	return g.ports(x.direction, transports, number, number), nil
}

// portRange tests for ports between two, both included, in either order.
func (g *generator) portRange(x *primitive) (*cond, error) {
	v := &x.value
	transports, err := g.transports(x)
	if err != nil {
		return nil, err
	}
	first, last := uint64(v.number), uint64(v.number)
	if v.kind != tokenNumber {
		low, high, _ := strings.Cut(v.text, "-")
		var errLow, errHigh error
		first, errLow = strconv.ParseUint(low, 10, 32)
		last, errHigh = strconv.ParseUint(high, 10, 32)
		if v.kind != tokenWord && v.kind != tokenName || errLow != nil || errHigh != nil {
			return nil, g.fail(v.token, "unexpected %s, expected %s", v.token, expectations[portRangeKind])
		}
	}
	if max(first, last) > math.MaxUint16 {
		return nil, g.fail(v.token, "port %d, expected at most 65535", max(first, last))
	}
	return g.ports(x.direction, transports, uint32(min(first, last)), uint32(max(first, last))), nil
}

// portTransports are the protocols with ports, in the order of the tests.
var portTransports = []protocol{sctp, tcp, udp}

func (g *generator) transports(x *primitive) ([]protocol, error) {
	switch x.protocol {
	case anyProtocol:
		return portTransports, nil
	case tcp, udp, sctp:
		return []protocol{x.protocol}, nil
	}
	return nil, g.fail(x.value.token, "%s has no ports, expected tcp, udp, sctp or nothing before port", x.protocol)
}

// portByName asks the system for a port. A name that means something to one
// transport protocol only, or another port to each, stands for TCP first.
func (g *generator) portByName(t token, p protocol) (uint32, []protocol, error) {
	tcpPort, tcpErr := net.LookupPort("tcp", t.text)
	udpPort, udpErr := net.LookupPort("udp", t.text)
	known := []protocol{tcp}
	number := tcpPort
	switch {
	case tcpErr != nil && udpErr != nil:
		return 0, nil, g.fail(t, "unknown port %s, expected %s", t, expectations[portKind])
	case tcpErr != nil:
		number, known = udpPort, []protocol{udp}
	case udpErr == nil && tcpPort == udpPort:
		known = portTransports
	}
	switch {
	case p == anyProtocol:
		return uint32(number), known, nil
	case len(known) > 1 || known[0] == p:
		return uint32(number), []protocol{p}, nil
	}
	return 0, nil, g.fail(t, "port %s is one of %s, not of %s", t, known[0], p)
}

// ports tests the ports of TCP, UDP and SCTP alike. IPv4 fragments other than
// the first have none; behind IPv6 extension headers nothing is looked for.
func (g *generator) ports(d direction, transports []protocol, first, last uint32) *cond {
	at := g.link.network()
	carried := func(field uint32) *cond {
		any := never
		for _, p := range transports {
			any = or(any, equal(field, 1, protocols[p].number))
		}
		return any
	}
	four := func(offset uint32) *cond {
		return within(test{code: []instruction{{op: loadIPHeaderLength, k: at}, {op: loadHalfIndexed, k: at + offset}}}, first, last)
	}
	six := func(offset uint32) *cond {
		return within(test{code: []instruction{{op: loadHalf, k: at + 40 + offset}}}, first, last)
	}
	return or(
		and(g.link.protocol(etherTypeIP6), carried(at+6), sides(d, six(0), six(2))),
		and(g.link.protocol(etherTypeIP), carried(at+9), g.firstFragment(), sides(d, four(0), four(2))))
}

// firstFragment tests that an IPv4 packet has a transport header.
func (g *generator) firstFragment() *cond {
	return not(anySet(g.link.network()+6, 2, 0x1fff))
}

// within tests that what t loads is between two numbers.
func within(t test, first, last uint32) *cond {
	if first == last {
		t.jump, t.k = jumpEqual, first
		return &cond{test: t}
	}
	low, high := t, t
	low.jump, low.k = jumpGreaterEqual, first
	high.jump, high.k = jumpGreater, last
	return and(&cond{test: low}, not(&cond{test: high}))
}
