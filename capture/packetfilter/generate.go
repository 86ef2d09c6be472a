package packetfilter

import (
	"errors"
	"fmt"
)

// generator turns a syntax tree into conditions, from left to right, because
// vlan, mpls and pppoes change the meaning of what follows them in the text.
type generator struct {
	expr string
	link linkLayer
}

func (g *generator) fail(t token, format string, args ...any) error {
	return &Error{Expr: g.expr, Offset: t.offset, Message: fmt.Sprintf(format, args...)}
}

func (g *generator) condition(tree expr) (*cond, error) {
	switch x := tree.(type) {
	case *combination:
		left, err := g.condition(x.left)
		if err != nil {
			return nil, err
		}
		right, err := g.condition(x.right)
		if err != nil {
			return nil, err
		}
		if x.or {
			return or(left, right), nil
		}
		return and(left, right), nil
	case *negation:
		of, err := g.condition(x.of)
		if err != nil {
			return nil, err
		}
		return not(of), nil
	case *primitive:
		return g.primitive(x)
	case *presence:
		return g.presence(x)
	case *special:
		return g.special(x)
	case *relation:
		return g.relation(x)
	}
	return nil, errors.New("packet filter: unknown node")
}

// carries tests for a protocol.
func (g *generator) carries(p protocol) (*cond, error) {
	row := protocols[p]
	switch row.layer {
	case overLink:
		return g.linkProtocol(row.number)
	case overIP:
		return g.ipProtocol(row.number)
	case overIP4:
		return g.ip4Protocol(row.number)
	case overIP6:
		return g.ip6Protocol(row.number)
	case overISO:
		return g.isoProtocol(row.number)
	}
	return nil, errors.New("says nothing alone, expected host, proto, broadcast, multicast or an index after it")
}

func (g *generator) presence(x *presence) (*cond, error) {
	c, err := g.carries(x.protocol)
	if err != nil {
		return nil, g.fail(x.at, "%s: %v", x.at, err)
	}
	return c, nil
}

// linkProtocol tests what the link layer says that it carries.
func (g *generator) linkProtocol(number uint32) (*cond, error) {
	if g.link.framing == mplsFraming && number != etherTypeIP && number != etherTypeIP6 {
		return nil, errors.New("after mpls only ip and ip6 can be told apart")
	}
	return g.link.protocol(number), nil
}

func (g *generator) ip4Protocol(number uint32) (*cond, error) {
	return and(g.link.protocol(etherTypeIP), equal(g.link.network()+9, 1, number)), nil
}

// ip6Protocol looks at the next header of the IPv6 header, and of a fragment
// header that follows it.
func (g *generator) ip6Protocol(number uint32) (*cond, error) {
	at := g.link.network()
	const fragment = 44
	return and(g.link.protocol(etherTypeIP6), or(
		equal(at+6, 1, number),
		and(equal(at+6, 1, fragment), equal(at+40, 1, number)))), nil
}

func (g *generator) ipProtocol(number uint32) (*cond, error) {
	four, err := g.ip4Protocol(number)
	if err != nil {
		return nil, err
	}
	six, err := g.ip6Protocol(number)
	return or(four, six), err
}

// isoProtocol looks at the first byte after the LLC header.
func (g *generator) isoProtocol(number uint32) (*cond, error) {
	at := g.link.payloadAt
	switch g.link.framing {
	case etherFraming:
		at += 3
	case hdlcFraming:
		at++
	}
	iso, err := g.linkProtocol(sapISO)
	if err != nil {
		return nil, err
	}
	return and(iso, equal(at+4*g.link.labels, 1, number)), nil
}

// special generates the conditions that have a word of their own.
func (g *generator) special(x *special) (*cond, error) {
	switch x.word {
	case "less":
		return not(packetLength(jumpGreater, x.number)), nil
	case "greater":
		return packetLength(jumpGreaterEqual, x.number), nil
	case "broadcast":
		return g.broadcast(x)
	case "multicast":
		return g.multicast(x)
	case "inbound", "outbound":
		return g.way(x)
	case "vlan":
		return g.vlan(x)
	case "mpls":
		return g.mpls(x)
	case "pppoed":
		c, err := g.linkProtocol(etherTypePPPoED)
		if err != nil {
			return nil, g.fail(x.at, "%s: %v", x.at, err)
		}
		return c, nil
	}
	return g.pppoes(x)
}

func packetLength(jump uint16, k uint32) *cond {
	return &cond{test: test{code: []instruction{{op: loadLength}}, jump: jump, k: k}}
}

func (g *generator) broadcast(x *special) (*cond, error) {
	switch x.protocol {
	case anyProtocol, link:
		if !g.link.isEther {
			return nil, g.fail(x.at, "%s frames have no broadcast address", g.link.name)
		}
		return etherAddress(0, [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), nil
	case ip:
		// Without a netmask, as libpcap has none for a file: all bits alike.
		to := g.link.network() + 16
		return and(g.link.protocol(etherTypeIP), or(equal(to, 4, 0), equal(to, 4, 0xffffffff))), nil
	}
	return nil, g.fail(x.at, "%s has no broadcast, expected ether or ip before it", x.protocol)
}

func (g *generator) multicast(x *special) (*cond, error) {
	at := g.link.network()
	switch x.protocol {
	case anyProtocol, link:
		if !g.link.isEther {
			return nil, g.fail(x.at, "%s frames have no multicast addresses", g.link.name)
		}
		return anySet(0, 1, 1), nil
	case ip:
		return and(g.link.protocol(etherTypeIP), compare(jumpGreaterEqual, at+16, 1, 224)), nil
	case ip6:
		return and(g.link.protocol(etherTypeIP6), equal(at+24, 1, 0xff)), nil
	}
	return nil, g.fail(x.at, "%s has no multicast, expected ether, ip or ip6 before it", x.protocol)
}

// way tests the direction that a cooked capture states.
func (g *generator) way(x *special) (*cond, error) {
	if g.link.outSize == 0 {
		return nil, g.fail(x.at, "%s frames do not tell their direction", g.link.name)
	}
	const outgoing = 4
	out := equal(g.link.outAt, g.link.outSize, outgoing)
	if x.word == "inbound" {
		return not(out), nil
	}
	return out, nil
}

// vlan tests for a tag and looks behind it from here on.
func (g *generator) vlan(x *special) (*cond, error) {
	switch {
	case g.link.framing == mplsFraming:
		return nil, g.fail(x.at, "vlan can not come after mpls")
	case g.link.framing != etherFraming:
		return nil, g.fail(x.at, "there is no vlan on %s", g.link.name)
	case x.number > 4095:
		return nil, g.fail(x.at, "VLAN %d, expected at most 4095", x.number)
	}
	tag := or(g.link.protocol(0x8100), g.link.protocol(0x88a8), g.link.protocol(0x9100))
	if x.hasNumber {
		tag = and(tag, masked(g.link.payloadAt, 2, 0xfff, x.number))
	}
	g.link.typeAt += 4
	g.link.payloadAt += 4
	return tag, nil
}

// mpls tests for a label and looks behind it from here on.
func (g *generator) mpls(x *special) (*cond, error) {
	if x.number > 0xfffff {
		return nil, g.fail(x.at, "MPLS label %d, expected at most 1048575", x.number)
	}
	if g.link.mplsType == 0 {
		return nil, g.fail(x.at, "there is no mpls on %s", g.link.name)
	}
	var label *cond
	if g.link.framing == mplsFraming {
		label = not(anySet(g.link.network()-2, 1, 1)) // the label before is not the last
	} else {
		label = g.link.protocol(g.link.mplsType)
	}
	if x.hasNumber {
		label = and(label, masked(g.link.network(), 4, 0xfffff000, x.number<<12))
	}
	g.link.framing = mplsFraming
	g.link.labels++
	return label, nil
}

// pppoes tests for a session and looks at its PPP frame from here on.
func (g *generator) pppoes(x *special) (*cond, error) {
	if x.number > 0xffff {
		return nil, g.fail(x.at, "PPPoE session %d, expected at most 65535", x.number)
	}
	session, err := g.linkProtocol(etherTypePPPoES)
	if err != nil {
		return nil, g.fail(x.at, "%s: %v", x.at, err)
	}
	at := g.link.network()
	if x.hasNumber {
		session = and(session, masked(at, 4, 0xffff, x.number))
	}
	g.link.framing, g.link.name, g.link.isEther = pppFraming, "PPP", false
	g.link.mplsType, g.link.outSize = pppMPLS, 0
	g.link.headerAt, g.link.typeAt, g.link.payloadAt, g.link.labels = at+6, at+6, at+8, 0
	return session, nil
}
