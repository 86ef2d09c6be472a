package filter

import (
	"math"

	"github.com/seed-6ae541b3/goargus/record"
)

// plainFields are the heads that compare one integer field.
var plainFields = map[string]field{
	"ipid": fieldIPID, "ttl": fieldTTL, "tos": fieldTOS, "dsb": fieldDSB, "co": fieldCountry, "asn": fieldASN,
	"vid": fieldVID, "vpri": fieldPriority, "mid": fieldMPLS, "loc": fieldLocality, "masklen": fieldMaskLength,
	"spi": fieldSPI, "pkts": fieldPackets, "bytes": fieldBytes, "appbytes": fieldAppBytes,
	"nstroke": fieldKeystrokes, "maxseg": fieldMSS, "base": fieldTCPBase, "trans": fieldTrans, "seq": fieldSeq,
	"cor": fieldCorrelations, "inode": fieldInode,
}

// plainDecimals are the heads that compare one decimal field.
var plainDecimals = map[string]decimal{
	"dur": decimalDuration, "avgdur": decimalMean, "intflow": decimalIntFlow, "intflowsdev": decimalIntFlowDev,
	"intpkt": decimalActive, "intpktact": decimalActive, "intpktidle": decimalIdle,
	"jitter": decimalActiveDev, "jitact": decimalActiveDev, "jitidle": decimalIdleDev,
	"lat": decimalLatitude, "lon": decimalLongitude,
	"deldur": decimalCorDuration, "delstime": decimalCorStart, "delltime": decimalCorLast,
}

// perDSR is how many words each correlation takes.
const perCorrelation = 10

// testMeaning turns a head and its operand into a condition.
func (s semantics) testMeaning(t *Test) cond {
	k, ok := t.Operand.(*Constant)
	if !ok {
		return never // Check has turned arithmetic into comparisons
	}
	c := s.constantMeaning(t, k)
	if _, special := protocolsBefore[t.Head.Kind]; special {
		return c
	}
	return qualified(t.Head, c)
}

func (s semantics) constantMeaning(t *Test, k *Constant) cond {
	v, info := k.resolved, heads[t.Head.Kind]
	switch t.Head.Kind {
	case "host", "net":
		return addressMeaning(t, v)
	case "port":
		return portMeaning(t, v)
	case "proto":
		return protocolMeaning(t, v.number)
	case "class":
		m := macClasses[v.number]
		return sides(t.Head.Direction, false, func(dst bool) cond {
			return &test{op: opMasked, field: fieldMAC, dst: dst, low: uint64(m.mask) << 40, high: uint64(m.value) << 40,
				invert: t.Relation == NotEqual}
		})
	case "srcid", "sid":
		return &test{op: opSource, field: fieldSource, invert: t.Relation == NotEqual, ref: &k.resolved.id}
	case "inf":
		return interfaceMeaning(t, v.id.text)
	case "inode":
		return related(fieldInode, false, t.Relation, v.net.addr[1])
	case "cor":
		return related(fieldCorrelations, false, t.Relation, v.number*perCorrelation)
	}
	if f, ok := plainFields[t.Head.Kind]; ok {
		return sides(t.Head.Direction, false, func(dst bool) cond { return related(f, dst, t.Relation, v.number) })
	}
	number := v.decimal
	if info.operand == takesInteger {
		number = float64(v.number)
	}
	return sides(t.Head.Direction, info.jointly, func(dst bool) cond {
		return s.decimalTest(t.Head.Kind, dst, t.Relation, number)
	})
}

// decimalTest compares one side of a head that is a decimal number, or that
// the registry derives from others.
func (s semantics) decimalTest(kind string, dst bool, r Relation, number float64) cond {
	if f, ok := plainDecimals[kind]; ok {
		return &test{op: opDecimal, decimal: f, dst: dst && decimals[f].dst != "", relation: r, number: micro(number)}
	}
	names := derivedHeads[kind]
	attr, ok := s.registry.Lookup(pick(names[0], names[1], dst && names[1] != ""))
	if !ok {
		return never
	}
	// Where a rate, load or loss cannot be computed it is 0; a gap and a ratio
	// are absent.
	zero := kind != "gap" && kind != "pcr"
	return &test{op: opCompare, ref: &comparison{kind: compareNumber, attr: attr, relation: r, number: micro(number), orZero: zero}}
}

// portMeaning tests the ports of TCP, UDP or both.
func portMeaning(t *Test, v resolution) cond {
	low, high, invert := v.number, v.upper, t.Relation == NotEqual
	if !v.isRange {
		var ok bool
		if low, high, invert, ok = bounds(t.Relation, v.number); !ok {
			return never
		}
	}
	p := test{op: opPort, field: fieldPort, keys: tcpPorts | udpPorts, low: low, high: high, invert: invert}
	switch t.Head.Protocol {
	case "tcp":
		p.keys = tcpPorts
	case "udp", "rtp", "rtcp", "udt":
		p.keys = udpPorts
	}
	one := func(sides uint8) cond { q := p; q.sides = sides; return &q }
	var c cond
	switch t.Head.Direction {
	case Source:
		c = one(srcSide)
	case Destination:
		c = one(dstSide)
	case Both:
		c = allOf{one(srcSide), one(dstSide)}
	default:
		c = one(bothEnds)
	}
	switch t.Head.Protocol {
	case "rtp", "rtcp", "udt":
		return allOf{c, words[t.Head.Protocol]}
	}
	return c
}

// inNetwork4 tests an IPv4 address of keys of certain types.
func inNetwork4(keys uint16, dst bool, n network) cond {
	return &test{op: opIPv4, field: fieldKeyType, keys: keys, dst: dst, low: n.addr[1], high: n.mask[1]}
}

func addressMeaning(t *Test, v resolution) cond {
	invert := t.Relation == NotEqual
	if v.mac.bytes > 0 || t.Head.Protocol == "ether" {
		return macMeaning(t, v.mac, invert)
	}
	on := func(dst bool) cond {
		x := addressTest(t.Head.Protocol, v.net, dst)
		x.invert = invert
		return x
	}
	c := byDirection(t.Head.Direction, on)
	if t.Head.Protocol == "icmp" {
		return allOf{words["icmp"], c}
	}
	return c
}

// byDirection applies a test of addresses to the sides that are meant; for
// the local side, to the one that the record says is local.
func byDirection(d Direction, on func(dst bool) cond) cond {
	local := func(nearSide bool) cond {
		return anyOf{
			allOf{is(fieldLocalStatus, false, 1), on(!nearSide)},
			allOf{is(fieldLocalStatus, false, 2), on(nearSide)},
		}
	}
	switch d {
	case Local:
		return local(true)
	case Remote:
		return local(false)
	case LocalOrRemote:
		return anyOf{local(true), local(false)}
	case LocalAndRemote:
		return allOf{local(true), local(false)}
	}
	return sides(d, false, on)
}

// addressTest tests one address of the flow, or of its tunnel.
func addressTest(protocol string, n network, dst bool) *test {
	switch protocol {
	case "gre":
		return &test{op: opOuter, dst: dst, keys: uint16(record.DSRGRE), low: n.addr[1], high: n.mask[1]}
	case "geneve":
		return &test{op: opOuter, dst: dst, keys: uint16(record.DSRGeneve), low: n.addr[1], high: n.mask[1]}
	}
	if !n.is4 {
		return &test{op: opIPv6, field: fieldKeyType, dst: dst, ref: &n}
	}
	keys := keyBits(record.KeyIPv4, record.KeyARP)
	switch protocol {
	case "ip", "ipv4", "icmp":
		keys = keyBits(record.KeyIPv4)
	case "arp", "rarp":
		keys = keyBits(record.KeyARP, record.KeyRARP)
	}
	return &test{op: opIPv4, field: fieldKeyType, keys: keys, dst: dst, low: n.addr[1], high: n.mask[1]}
}

func macMeaning(t *Test, m macPrefix, invert bool) cond {
	if t.Head.Protocol == "arp" {
		return &test{op: opARPMAC, field: fieldKeyType, low: macNumber(m.mac), invert: invert}
	}
	rest := uint64(1)<<(48-8*m.bytes) - 1
	low := macNumber(m.mac) &^ rest
	return sides(t.Head.Direction, false, func(dst bool) cond {
		return &test{op: opRange, field: fieldMAC, dst: dst, low: low, high: low | rest, invert: invert}
	})
}

// Ethernet types that a flow key stands for.
const (
	etherIPv4 = 0x0800
	etherIPv6 = 0x86DD
	etherARP  = 0x0806
	etherRARP = 0x8035
	etherISIS = 0x0083 // the service access point, as sensors write it
)

func protocolMeaning(t *Test, number uint64) cond {
	c := protocolIs(t, number)
	if t.Head.Protocol == "ether" && t.Relation == NotEqual {
		return allOf{present(record.DSRFlow), negation{c}}
	}
	return c
}

func protocolIs(t *Test, number uint64) cond {
	switch t.Head.Protocol {
	case "ether":
		return etherMeaning(number)
	case "arp":
		return words["rarp"]
	}
	keys := protocolKeys(t.Head.Protocol)
	for name, pseudo := range pseudoProtocols {
		if number == pseudo && t.Relation == Equal {
			return allOf{keyTypeBits(keys), words[name]}
		}
	}
	low, high, invert, ok := bounds(t.Relation, number)
	if !ok {
		return never
	}
	return &test{op: opProto, field: fieldProto, keys: keys, low: low, high: min(high, math.MaxUint8), invert: invert}
}

// protocolKeys are the key types of the IP flows that a protocol word admits.
func protocolKeys(word string) uint16 {
	switch word {
	case "ipv4":
		return keyBits(record.KeyIPv4)
	case "ipv6":
		return keyBits(record.KeyIPv6)
	}
	return ipKeys
}

func keyTypeBits(keys uint16) cond {
	return &test{op: opKeyTypes, field: fieldKeyType, keys: keys}
}

func etherMeaning(number uint64) cond {
	switch number {
	case etherIPv4:
		return words["ipv4"]
	case etherIPv6:
		return words["ipv6"]
	case etherARP, etherRARP:
		return words["rarp"]
	case etherISIS:
		return words["isis"]
	case 0:
		return is(fieldEtherKey, false, 0)
	}
	// Without the MAC DSR the key of an Ethernet flow still tells.
	return anyOf{is(fieldEtherKey, false, number), is(fieldEtherType, false, number)}
}

// Interfaces that stand for kinds of record.
func interfaceMeaning(t *Test, name string) cond {
	invert := func(c cond) cond {
		if t.Relation == NotEqual {
			return negation{c}
		}
		return c
	}
	switch name {
	case "man0":
		return invert(allOf{words["man"], negation{fromRadium}})
	case "rad0":
		return invert(allOf{words["man"], fromRadium})
	case "evt0":
		return invert(words["event"])
	}
	return &test{op: opInterface, field: fieldSource, invert: t.Relation == NotEqual, ref: &name}
}

// fromRadium marks the management records of a relay.
var fromRadium = hasBit(fieldOption, false, 0x08)
