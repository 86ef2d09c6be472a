package filter

import (
	"regexp"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// class is a class of differences to the reference: docs/differences.md has a
// paragraph for each. A record that makes a difference must be one that the
// class is about.
type class struct {
	id       string
	covers   *regexp.Regexp // the filters
	note     string         // part of the note of the row, or "" for rows without
	refused  bool           // we refuse what the reference accepts
	accepted bool           // the reference refuses what we accept
	record   func(v vector, i int, r *record.Record) bool
}

func whatever(vector, int, *record.Record) bool { return true }

func isManagement(_ vector, _ int, r *record.Record) bool { return r.Kind() == record.Management }

func lacks(ds ...record.DSR) func(vector, int, *record.Record) bool {
	return func(_ vector, _ int, r *record.Record) bool {
		for _, d := range ds {
			if r.Has(d) {
				return false
			}
		}
		return true
	}
}

func turned(_ vector, _ int, r *record.Record) bool { return r.Reversed() }

func notTCP(_ vector, _ int, r *record.Record) bool {
	return r.Flow().Proto != record.ProtoTCP
}

func isIPv6(_ vector, _ int, r *record.Record) bool { return r.Flow().Type == record.KeyIPv6 }

// ipv6Fragment is a record of later fragments whose number stands where the
// ports of others are.
func ipv6Fragment(_ vector, _ int, r *record.Record) bool {
	f := r.Flow()
	return f.Type == record.KeyIPv6 && f.Fragment
}

func version5(_ vector, _ int, r *record.Record) bool { return r.Version() == record.Version5 }

func either(fs ...func(vector, int, *record.Record) bool) func(vector, int, *record.Record) bool {
	return func(v vector, i int, r *record.Record) bool {
		for _, f := range fs {
			if f(v, i, r) {
				return true
			}
		}
		return false
	}
}

func re(s string) *regexp.Regexp { return regexp.MustCompile(s) }

var classes = []class{
	{id: "suffix", covers: re(`1k$`), accepted: true, record: whatever},
	{id: "short-network", covers: re(`^net 192\.168$`), accepted: true, record: whatever},

	{id: "protocol-keyword", covers: re(`proto gre`), accepted: true, record: func(_ vector, _ int, r *record.Record) bool { return r.Flow().Proto == record.ProtoGRE }},
	{id: "wide-numbers", covers: re(`gt -1$`), refused: true},
	{id: "jitter-integer", covers: re(`^(inter|jitter) gt 5$`), note: "B-05", record: whatever},
	{id: "zero-mask", covers: re(`^(class|src class|dst class|vpri|src vpri|cocode|icmpmap|dsb|src dsb)`), note: "B-06", record: whatever},
	{id: "short-network", covers: re(`^net 10$`), note: "B-07", record: func(_ vector, _ int, r *record.Record) bool {
		f := r.Flow()
		return (f.Src.Family() == record.IPv4 || f.Dst.Family() == record.IPv4 || isIP(f)) && f.Src.Bytes()[0] != 10 && f.Dst.Bytes()[0] != 10
	}},
	{id: "symbols", covers: re(`=|>`), note: "B-08", accepted: true, record: whatever},
	{id: "flag-direction", covers: re(`and`), note: "B-09", record: func(_ vector, _ int, r *record.Record) bool { return r.Flow().Proto == record.ProtoTCP }},
	{id: "absent", covers: re(`pkts|bytes`), note: "B-10", record: lacks(record.DSRMetrics)},
	{id: "absent", covers: re(`ttl|tos`), note: "B-10", record: either(lacks(record.DSRIPAttr), lacks(record.DSRFlow))},
	{id: "absent", covers: re(`trans|seq|^delstime|^src lon|lat|lon|loc`), note: "B-10", record: func(v vector, i int, r *record.Record) bool {
		switch {
		case strings.Contains(v.expr, "trans"), strings.Contains(v.expr, "seq"):
			return r.Kind() == record.Management
		case strings.Contains(v.expr, "delstime"):
			return !r.Has(record.DSRCorrelation)
		case strings.Contains(v.expr, "loc"):
			return !r.Has(record.DSRLocal)
		}
		return !r.Has(record.DSRGeo)
	}},
	{id: "absent", covers: re(`port`), note: "B-10", record: either(ipv6Fragment, isManagement)},
	{id: "absent", covers: re(`spi|vid|maxseg|dur`), note: "B-10", record: whatever},
	{id: "option-tcp", covers: re(`mss|wscale|sel|secn|decn|tcptime|tcpecho`), note: "B-11", record: either(notTCP, isIPv6)},
	{id: "absent-bits", covers: re(`multipath`), note: "B-11", record: lacks(record.DSRMAC)},
	{id: "absent-bits", covers: re(`mid`), note: "B-11", record: func(_ vector, _ int, r *record.Record) bool {
		return r.MPLS().SrcLabels == 0 || r.MPLS().DstLabels == 0
	}},
	{id: "absent-bits", covers: re(`local|remote`), note: "B-11", record: lacks(record.DSRLocal)},
	{id: "absent-bits", covers: re(`^remote$|^local or remote$`), note: "B-11", record: func(_ vector, _ int, r *record.Record) bool {
		l := r.Local()
		return !l.HasSrc || !l.HasDst || (l.Src >= 3) != (l.Dst >= 3)
	}},
	{id: "absent-decimal", covers: re(`intpkt`), note: "B-12", record: whatever},
	{id: "zero-sign", covers: re(`pcr`), note: "B-13", record: func(_ vector, _ int, r *record.Record) bool {
		return r.Metrics().Src.AppBytes == r.Metrics().Dst.AppBytes || r.Reversed()
	}},
	{id: "management-id", covers: re(`srcid|sid`), note: "B-14", record: isManagement},
	{id: "management-id", covers: re(`^sid`), note: "B-14", accepted: true, record: whatever},
	{id: "cause-mask", covers: re(`start|init|status|stop|shut|timeout`), note: "B-15", record: either(isManagement, isIPv6)},
	{id: "icmp-host", covers: re(`^icmp host`), note: "B-18", record: func(_ vector, _ int, r *record.Record) bool { return r.Flow().Proto != record.ProtoICMP }},
	{id: "optimiser-hang", covers: re(`ZZ and not`), accepted: true, note: "B-20", record: whatever},
	{id: "multicast", covers: re(`multicast`), note: "B-22", record: func(v vector, _ int, r *record.Record) bool {
		if strings.HasPrefix(v.expr, "ip") {
			return r.Flow().Dst.Addr() == addr4(0xFFFFFFFF) || r.Flow().Src.Addr() == addr4(0xFFFFFFFF)
		}
		m := r.MAC()
		return m.Src[0]&1 == 1 || m.Dst[0]&1 == 1
	}},
	{id: "mask-length", covers: re(`masklen|mlen`), note: "B-11/B-23", record: func(_ vector, _ int, r *record.Record) bool {
		return !r.Flow().Masked || r.Flow().Type == record.KeyIPv6
	}},
	{id: "ip-id", covers: re(`ipid`), note: "B-25", record: either(notTCP, isIPv6)},
	{id: "both-fragments", covers: re(`src and dst frag`), note: "B-26", record: whatever},
	{id: "vlan-relation", covers: re(`vid|vpri`), note: "B-27", record: func(_ vector, _ int, r *record.Record) bool { return true }},
	{id: "port-range", covers: re(`port \d+-\d+`), note: "B-28", record: whatever},
	{id: "answered-ipv6", covers: re(`con|est|avail`), note: "B-29", record: isIPv6},
	{id: "any-option", covers: re(`tcpopt`), note: "B-30", record: whatever},
	{id: "mean-duration", covers: re(`avgdur`), note: "B-32", record: whatever},
	{id: "remote-host", covers: re(`rmt|rem`), note: "B-36", record: whatever},
	{id: "packet-bytes", covers: re(`inbound|outbound`), note: "B-37", record: whatever},
	{id: "packet-bytes", covers: re(`len|ip\[|tcp\[`), note: "B-37", refused: true},
	{id: "contradiction", covers: re(``), note: "B-39", accepted: true, record: whatever},
	{id: "reversed", covers: re(`pcr|abr|rate|load`), note: "B-43", record: turned},
	{id: "tcp-only", covers: re(`base|tcpb|maxseg`), note: "B-45", record: notTCP},
	{id: "stale-loss", covers: re(`loss`), note: "B-46", record: isManagement},
	{id: "igmp-type", covers: re(`rtr|mbr|lvg`), note: "B-49", record: func(_ vector, _ int, r *record.Record) bool { return r.Flow().Proto == record.ProtoIGMP }},
	{id: "arp-mac", covers: re(`^arp host`), note: "arp host MAC", record: whatever},
	{id: "always-true", covers: re(`^gap|^lat`), note: "B-05/B-16", record: whatever},
	{id: "ipv6-any", covers: re(`^net ::/0`), accepted: true, record: isIPv6},

	// Without a note.
	{id: "jitter-unit", covers: re(`jit|intpkt|inter `), record: either(version5, turned)},
	{id: "fragment-ports", covers: re(`port`), record: ipv6Fragment},
	{id: "stale-idle", covers: re(`^intflow`), record: lacks(record.DSRAggregate)},
	{id: "spi-masks", covers: re(`^spi 0x20205678`), record: func(_ vector, _ int, r *record.Record) bool { return r.Flow().SPI == 0x12345678 }},
	{id: "media-ipv6", covers: re(`^rtcp`), record: isIPv6},
	{id: "reversed", covers: re(`mid 16106`), record: turned},
	{id: "reversed-close", covers: re(`normal`), record: turned},
}
