package filter

import (
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// oracle answers a filter from the fields of a record, written out by hand.
type oracle func(r *record.Record) bool

// eitherSide holds if the test holds for one side.
func eitherSide[T any](src, dst T, test func(T) bool) bool { return test(src) || test(dst) }

func macs(r *record.Record, test func(record.MAC) bool) bool {
	m := r.MAC()
	return r.Has(record.DSRMAC) && eitherSide(m.Src, m.Dst, test)
}

// priorities and identifiers of VLAN tags; -1 is none.
func tags(r *record.Record) (src, dst int) {
	v := r.VLAN()
	src, dst = -1, -1
	if v.HasSrc {
		src = int(v.Src)
	}
	if v.HasDst {
		dst = int(v.Dst)
	}
	return src, dst
}

func priority(n int) oracle {
	return func(r *record.Record) bool {
		src, dst := tags(r)
		return eitherSide(src, dst, func(tag int) bool { return tag >= 0 && tag>>13 == n })
	}
}

func vlanID(test func(id int) bool) oracle {
	return func(r *record.Record) bool {
		src, dst := tags(r)
		return eitherSide(src, dst, func(tag int) bool { return tag >= 0 && test(tag&0xFFF) })
	}
}

func packets(test func(n uint64) bool) oracle {
	return func(r *record.Record) bool {
		m := r.Metrics()
		return r.Has(record.DSRMetrics) && eitherSide(m.Src.Packets, m.Dst.Packets, test)
	}
}

func ports(low, high uint16) oracle {
	return func(r *record.Record) bool {
		f := r.Flow()
		transport := f.IsIP() && (f.Proto == record.ProtoTCP || f.Proto == record.ProtoUDP)
		return transport && eitherSide(f.SrcPort, f.DstPort, func(p uint16) bool { return low <= p && p <= high })
	}
}

func ipv4Attr(r *record.Record) (*record.IPAttr, bool) {
	a := r.IPAttr()
	return a, r.Has(record.DSRIPAttr) && r.Flow().Type == record.KeyIPv4
}

func isTCPRecord(r *record.Record) bool {
	return r.Flow().IsIP() && r.Flow().Proto == record.ProtoTCP && r.Network().IsTCP()
}

// jitterBoth holds if both sides have statistics that pass the test, in milliseconds.
func jitterBoth(get func(s *record.JitterSide) record.Stat, test func(r record.Stat) bool) oracle {
	return func(r *record.Record) bool {
		j := r.Jitter()
		src, dst := get(&j.Src), get(&j.Dst)
		return src.Has && dst.Has && test(src) && test(dst)
	}
}

func active(s *record.JitterSide) record.Stat { return s.Active }

const millisecond = 1e6

// oracles are the right answers for filters whose reference answers are of no
// use, or of use for some records only.
var oracles = map[string]oracle{
	"class uni":       func(r *record.Record) bool { return macs(r, func(m record.MAC) bool { return m[0]&1 == 0 }) },
	"class multi":     func(r *record.Record) bool { return macs(r, func(m record.MAC) bool { return m[0]&1 == 1 }) },
	"src class uni":   func(r *record.Record) bool { return r.Has(record.DSRMAC) && r.MAC().Src[0]&1 == 0 },
	"dst class multi": func(r *record.Record) bool { return r.Has(record.DSRMAC) && r.MAC().Dst[0]&1 == 1 },
	"src class laa":   func(r *record.Record) bool { return r.Has(record.DSRMAC) && r.MAC().Src[0]&2 == 2 },
	"src class uaa":   func(r *record.Record) bool { return r.Has(record.DSRMAC) && r.MAC().Src[0]&2 == 0 },
	"dst class lm":    func(r *record.Record) bool { return r.Has(record.DSRMAC) && r.MAC().Dst[0]&7 == 3 },
	"vpri 0":          priority(0),
	"vpri 1":          priority(1),
	"vpri 3":          priority(3),
	"vpri 5":          priority(5),
	"vpri 11":         priority(11),
	"vid gt 10":       vlanID(func(id int) bool { return id > 10 }),
	"vid gte 1213":    vlanID(func(id int) bool { return id >= 1213 }),
	"vid neq 1213":    vlanID(func(id int) bool { return id != 1213 }),
	"cocode": func(r *record.Record) bool {
		c := r.Country()
		return r.Has(record.DSRCountry) && (c.Src != [2]byte{} || c.Dst != [2]byte{})
	},
	"co ZZ and not co US": func(r *record.Record) bool {
		c := r.Country()
		is := func(code string) bool { return string(c.Src[:]) == code || string(c.Dst[:]) == code }
		return r.Has(record.DSRCountry) && is("ZZ") && !is("US")
	},
	"icmpmap": func(r *record.Record) bool { return r.ICMPMapped().Qualifier&7 != 0 },
	"dsb 0": func(r *record.Record) bool {
		a, ok := ipv4Attr(r)
		return ok && (a.Src.TOS < 4 || a.Dst.TOS < 4)
	},
	"src dsb cs0": func(r *record.Record) bool {
		a, ok := ipv4Attr(r)
		return ok && a.Src.TOS < 4
	},
	"inter gt 5":    jitterBoth(active, func(s record.Stat) bool { return s.Mean > 5*millisecond }),
	"intpkt lt 1.0": jitterBoth(active, func(s record.Stat) bool { return s.Mean < millisecond }),
	"jitter gt 5":   jitterBoth(active, func(s record.Stat) bool { return s.StdDev > 5*millisecond }),
	"dst intpktact lt 1.0": func(r *record.Record) bool {
		s := r.Jitter().Dst.Active
		return s.Has && s.Mean < millisecond
	},
	"port 80-443": ports(80, 443),
	"port 53-53":  ports(53, 53),
	"port gt 50 and lt 100": func(r *record.Record) bool {
		return ports(51, 65535)(r) && ports(0, 99)(r)
	},
	"tcpopt": func(r *record.Record) bool { return isTCPRecord(r) && r.Network().TCP.Options&0xFFF00000 != 0 },
	"avgdur gt 0": func(r *record.Record) bool {
		return r.Aggregate().Active.Mean >= 0.5e-6 && r.Has(record.DSRAggregate)
	},
	"avgdur gt 1.0": func(r *record.Record) bool {
		return r.Aggregate().Active.Mean >= 1+0.5e-6 && r.Has(record.DSRAggregate)
	},
	"inbound": func(r *record.Record) bool {
		l := r.Local()
		return l.HasSrc && l.HasDst && l.Src < 3 && l.Dst >= 3
	},
	"outbound": func(r *record.Record) bool {
		l := r.Local()
		return l.HasSrc && l.HasDst && l.Src >= 3 && l.Dst < 3
	},
	"remote": func(r *record.Record) bool {
		l := r.Local()
		return l.HasSrc && l.HasDst && l.Src < 3 && l.Dst < 3
	},
	"rmt 192.168.1.108": func(r *record.Record) bool {
		l, a := r.Local(), addr4(0xC0A8016C)
		return l.Status&3 == 1 && r.Flow().Dst.Addr() == a || l.Status&3 == 2 && r.Flow().Src.Addr() == a
	},
	"src and dst frag": func(r *record.Record) bool {
		a, ok := ipv4Attr(r)
		return ok && a.Src.Fragments && a.Dst.Fragments
	},
	"arp host 00:08:5d:01:02:03": func(r *record.Record) bool {
		mac := record.MAC{0x00, 0x08, 0x5d, 0x01, 0x02, 0x03}
		sender := r.Flow().ARP.Sender()
		return r.Flow().Type == record.KeyARP &&
			(len(sender) == 4 && [4]byte(sender) == [4]byte(mac[:4]) || r.Network().Kind == record.NetworkARP && r.Network().ARP.Addr == mac)
	},
	"lat gt 0.0": func(r *record.Record) bool {
		g := r.Geo()
		return g.Src.Has && g.Src.Lat > 0 || g.Dst.Has && g.Dst.Lat > 0
	},
	"tcp and udp":   func(*record.Record) bool { return false },
	"10 > 20":       func(*record.Record) bool { return false },
	"spi lt 0":      func(*record.Record) bool { return false },
	"vlan and mpls": func(r *record.Record) bool { return r.Has(record.DSRVLAN) && r.Has(record.DSRMPLS) },
	"pkts > 5":      packets(func(n uint64) bool { return n > 5 }),
	"pkts = 1":      packets(func(n uint64) bool { return n == 1 }),
	"pkts lt 2":     packets(func(n uint64) bool { return n < 2 }),
	"pkts neq 1":    packets(func(n uint64) bool { return n != 1 }),
	"pkts gt 5 and lt 10": func(r *record.Record) bool {
		return packets(func(n uint64) bool { return n > 5 })(r) && packets(func(n uint64) bool { return n < 10 })(r)
	},
	"dur = 0.0": func(r *record.Record) bool { return r.Times().Duration() < 500 },
	"dur gt 0.5 and lt 2.0": func(r *record.Record) bool {
		d := r.Times().Duration()
		return d >= 500_000_500 && d < 1_999_999_500
	},
	"maxseg lt 1460": func(r *record.Record) bool {
		t := r.Network().TCP
		return isTCPRecord(r) && r.Network().Kind != record.NetworkTCP && (t.Src.MSS < 1460 || t.Dst.MSS < 1460)
	},
	"net 10": func(r *record.Record) bool {
		f := r.Flow()
		if f.Type != record.KeyIPv4 && f.Type != record.KeyARP {
			return false
		}
		return eitherSide(f.Src, f.Dst, func(e record.Endpoint) bool { return e.Family() == record.IPv4 && e.Bytes()[0] == 10 })
	},
	"net ::/0": func(r *record.Record) bool { return r.Flow().Type == record.KeyIPv6 },
	"srcid 192.0.2.21": func(r *record.Record) bool {
		id := r.Transport().ID
		if r.Kind() == record.Management {
			id = r.Management().ID
		}
		return id.Kind == record.IDIPv4 && [4]byte(id.Bytes[:4]) == [4]byte{192, 0, 2, 21}
	},
}

// Where the vectors have no usable answer, the answer is that of the fields.
func TestRightAnswers(t *testing.T) {
	rows := map[string][]string{}
	for _, row := range readTSV(t, "cases.tsv") {
		rows[row[1]] = append(rows[row[1]], row[0])
	}
	for expr, right := range oracles {
		if len(rows[expr]) == 0 {
			t.Errorf("%q is not in the vectors", expr)
		}
		p, err := Compile(expr)
		if err != nil {
			t.Errorf("%q: %v", expr, err)
			continue
		}
		for _, file := range rows[expr] {
			for i, r := range correctedRecords(t, file) {
				if got := p.Match(r); got != right(r) {
					t.Errorf("%s %q: record %d: got %v", file, expr, i, got)
				}
			}
		}
	}
}
