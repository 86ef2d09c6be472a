package filter

import (
	"math"

	"github.com/seed-6ae541b3/goargus/record"
)

// semantics gives checked trees their meaning; attributes come from its registry.
type semantics struct {
	registry *record.Registry
}

// meaning turns a node of a checked tree into the condition that it stands for.
func (s semantics) meaning(n Node) cond {
	switch n := n.(type) {
	case *And:
		return allOf(s.meanings(n.Terms))
	case *Or:
		return anyOf(s.meanings(n.Terms))
	case *Not:
		return negation{s.meaning(n.X)}
	case *Word:
		return wordMeaning(n)
	case *Flag:
		return qualified(n.Head, flagMeaning(n.Name, n.Head.Direction))
	case *Test:
		return s.testMeaning(n)
	case *Member:
		return s.memberMeaning(n)
	case *Compare:
		return &test{op: opCompare, ref: n.resolved}
	case *Search:
		return &test{op: opSearch, ref: n.resolved}
	}
	return always
}

func (s semantics) meanings(nodes []Node) []cond {
	conds := make([]cond, len(nodes))
	for i, n := range nodes {
		conds[i] = s.meaning(n)
	}
	return conds
}

// qualified adds the condition of the protocol before a head.
func qualified(h Head, c cond) cond {
	if h.Protocol == "" {
		return c
	}
	return allOf{words[h.Protocol], c}
}

func unreachable(code uint64) cond {
	return allOf{is(fieldMappedType, false, 3), is(fieldMappedCode, false, code)}
}

func status(bits record.TCPStatus) cond { return hasBit(fieldTCPStatus, false, uint64(bits)) }

func isKind(k record.Kind) cond   { return is(fieldKind, false, uint64(k)) }
func isCause(c record.Cause) cond { return is(fieldCause, false, uint64(c)) }

const nearby = 3 // the locality from which an address counts as local

func locality(src, dst bool) cond {
	side := func(d, near bool) cond {
		if near {
			return within(fieldLocality, d, nearby, math.MaxUint64)
		}
		return within(fieldLocality, d, 0, nearby-1)
	}
	return allOf{side(false, src), side(true, dst)}
}

// words are the meanings of the words that stand alone.
var words = map[string]cond{
	"ip":     keyTypes(record.KeyIPv4, record.KeyIPv6),
	"ipv4":   keyTypes(record.KeyIPv4),
	"ipv6":   keyTypes(record.KeyIPv6),
	"arp":    is(fieldKeyClass, false, uint64(record.ClassARP)),
	"rarp":   keyTypes(record.KeyARP),
	"isis":   keyTypes(record.KeyISIS),
	"tcp":    proto(record.ProtoTCP),
	"udp":    proto(record.ProtoUDP),
	"icmp":   proto(record.ProtoICMP),
	"igmp":   proto(record.ProtoIGMP),
	"rtp":    allOf{proto(record.ProtoUDP), is(fieldNetwork, false, uint64(record.NetworkRTP))},
	"rtcp":   allOf{proto(record.ProtoUDP), is(fieldNetwork, false, uint64(record.NetworkRTCP))},
	"udt":    is(fieldNetwork, false, uint64(record.NetworkUDT)),
	"mpls":   present(record.DSRMPLS),
	"vlan":   present(record.DSRVLAN),
	"gre":    present(record.DSRGRE),
	"vxlan":  present(record.DSRVXLAN),
	"geneve": present(record.DSRGeneve),

	"man":      isKind(record.Management),
	"far":      anyOf{isKind(record.FlowRecord), isKind(record.NetFlow), isKind(record.AFlow)},
	"event":    isKind(record.Event),
	"index":    isKind(record.Index),
	"start":    isCause(record.Start),
	"status":   isCause(record.Status),
	"stop":     isCause(record.Stop),
	"timeout":  isCause(record.Timeout),
	"shut":     isCause(record.Shutdown),
	"error":    isCause(record.Error),
	"baseline": never, // marks of programs that hold a baseline in memory
	"match":    never,

	"est": anyOf{
		allOf{
			keyTypes(record.KeyIPv4, record.KeyIPv6),
			within(fieldPackets, false, 1, math.MaxUint64), within(fieldPackets, true, 1, math.MaxUint64),
		},
		status(record.TCPEstablished),
	},
	"synack": status(record.TCPSynAck),
	"finack": status(record.TCPFinAck),
	"normal": status(record.TCPNormalClose),
	"wait":   status(record.TCPCloseWait),

	"icmpmap":      hasBit(fieldMappedKind, false, 7),
	"echo":         anyOf{is(fieldICMPType, false, 0), is(fieldICMPType, false, 8)},
	"unreach":      anyOf{is(fieldICMPType, false, 3), is(fieldMappedKind, false, 1)},
	"redirect":     anyOf{is(fieldICMPType, false, 5), is(fieldMappedKind, false, 2)},
	"timexed":      anyOf{is(fieldICMPType, false, 11), is(fieldMappedKind, false, 4)},
	"unrnet":       unreachable(0),
	"unrhost":      unreachable(1),
	"unrproto":     unreachable(2),
	"unrport":      unreachable(3),
	"unrfrag":      unreachable(4),
	"unrsrcfail":   unreachable(5),
	"unrnetunk":    unreachable(6),
	"unrhostunk":   unreachable(7),
	"unriso":       unreachable(8),
	"unrnetpro":    unreachable(9),
	"unrhostpro":   unreachable(10),
	"unrnettos":    unreachable(11),
	"unrhosttos":   unreachable(12),
	"unrfilter":    unreachable(13),
	"unrhostpre":   unreachable(14),
	"unrnetpre":    unreachable(15),
	"rtr":          is(fieldIGMPType, false, 0x11),
	"mbr":          related(fieldIGMPType, false, NotEqual, 0x11),
	"lvg":          is(fieldIGMPType, false, 0x17),
	"cocode":       anyOf{related(fieldCountry, false, NotEqual, 0), related(fieldCountry, true, NotEqual, 0)},
	"local":        locality(true, true),
	"remote":       locality(false, false),
	"outbound":     locality(true, false),
	"inbound":      locality(false, true),
	"tcpopt":       hasBit(fieldTCPOptions, false, 0xFFF00000),
	"mss":          hasBit(fieldTCPOptions, false, 0x00100000),
	"wscale":       hasBit(fieldTCPOptions, false, 0x00200000),
	"selackok":     hasBit(fieldTCPOptions, false, 0x00400000),
	"selack":       hasBit(fieldTCPOptions, false, 0x00800000),
	"tcpecho":      hasBit(fieldTCPOptions, false, 0x01000000),
	"tcpcc":        hasBit(fieldTCPOptions, false, 0x08000000),
	"tcpccnew":     hasBit(fieldTCPOptions, false, 0x10000000),
	"tcpccecho":    hasBit(fieldTCPOptions, false, 0x20000000),
	"secn":         hasBit(fieldTCPOptions, false, 0x40000000),
	"decn":         hasBit(fieldTCPOptions, false, 0x80000000),
	"tcpechoreply": hasBit(fieldTCPOptions, false, 0x02000000),
	"tcptimestamp": hasBit(fieldTCPOptions, false, 0x04000000),
}

const broadcastMAC = 1<<48 - 1

func wordMeaning(w *Word) cond {
	if w.Class != ClassCast {
		return words[w.Name]
	}
	either := func(on func(dst bool) cond) cond { return sides(Either, false, on) }
	v4 := keyBits(record.KeyIPv4)
	switch {
	case w.Protocol == "ip" && w.Name == "broadcast":
		return either(func(dst bool) cond { return inNetwork4(v4, dst, network4(math.MaxUint32, math.MaxUint32)) })
	case w.Protocol == "ip":
		return either(func(dst bool) cond { return inNetwork4(v4, dst, network4(0xE0000000, 0xF0000000)) })
	case w.Name == "broadcast":
		return either(func(dst bool) cond { return is(fieldMAC, dst, broadcastMAC) })
	}
	return either(func(dst bool) cond {
		return allOf{hasBit(fieldMAC, dst, 1<<40), related(fieldMAC, dst, NotEqual, broadcastMAC)}
	})
}

// tcpFlags are the bits of the flags byte.
var tcpFlags = map[string]uint64{
	"fin": 0x01, "syn": 0x02, "rst": 0x04, "push": 0x08, "ack": 0x10, "urg": 0x20, "ece": 0x40, "cwr": 0x80,
}

// statusFlags are pairs of bits of the TCP status, source and destination.
var statusFlags = map[string][2]record.TCPStatus{
	"retrans": {record.TCPSrcRetrans, record.TCPDstRetrans},
	"winshut": {record.TCPSrcWinShut, record.TCPDstWinShut},
	"ecn":     {record.TCPSrcECN, record.TCPDstECN},
	"ooo":     {record.TCPSrcOOO, record.TCPDstOOO},
}

// pdus are the types of IS-IS packets.
var pdus = map[string][2]uint64{"hello": {15, 16}, "lsp": {18, 20}, "csnp": {24, 25}, "psnp": {26, 27}}

func flagMeaning(name string, d Direction) cond {
	if bit, ok := tcpFlags[name]; ok {
		return sides(d, false, func(dst bool) cond { return hasBit(fieldTCPFlags, dst, bit) })
	}
	if pair, ok := statusFlags[name]; ok {
		return sides(d, false, func(dst bool) cond {
			bit := status(pick(pair[0], pair[1], dst))
			if name != "retrans" {
				return bit
			}
			return anyOf{bit, hasBit(fieldESPStatus, false, pick[uint64](0x10, 0x20, dst))}
		})
	}
	if pdu, ok := pdus[name]; ok {
		return anyOf{is(fieldPDU, false, pdu[0]), is(fieldPDU, false, pdu[1])}
	}
	switch name {
	case "frag":
		return sides(d, false, func(dst bool) cond { return is(fieldFragments, dst, 1) })
	case "multipath":
		return sides(d, false, func(dst bool) cond { return is(fieldMultipath, dst, 1) })
	case "reuse":
		return status(record.TCPPortReuse)
	}
	return is(fieldNetwork, false, uint64(record.NetworkFragment)) // fragonly
}
