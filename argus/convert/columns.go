package convert

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/seed-6ae541b3/goargus/record"
)

// column is what to do with the values of an attribute.
type column struct {
	name string
	set  func(*row, string) error // nil: passed over, since it follows from others
}

// setters are the attributes that a record is made from.
var setters = map[string]func(*row, string) error{
	"stime":  moment(func(w *row) *int64 { return &w.start }),
	"ltime":  moment(func(w *row) *int64 { return &w.last }),
	"sstime": moment(func(w *row) *int64 { return &w.times.Src.Start }),
	"sltime": moment(func(w *row) *int64 { return &w.times.Src.End }),
	"dstime": moment(func(w *row) *int64 { return &w.times.Dst.Start }),
	"dltime": moment(func(w *row) *int64 { return &w.times.Dst.End }),
	"dur":    func(w *row, v string) (err error) { w.dur, err = parseSeconds(v); w.hasDur = err == nil; return err },

	"proto": word(func(w *row) *string { return &w.proto }),
	"saddr": word(func(w *row) *string { return &w.saddr }),
	"daddr": word(func(w *row) *string { return &w.daddr }),
	"sport": word(func(w *row) *string { return &w.sport }),
	"dport": word(func(w *row) *string { return &w.dport }),
	"dir":   word(func(w *row) *string { return &w.dir }),
	"state": word(func(w *row) *string { return &w.state }),
	"flgs":  func(w *row, v string) error { w.flgs = v; return nil },
	"type":  (*row).setKind,
	"cause": (*row).setCause,

	"pkts":      count(func(w *row) *uint64 { return &w.total.Packets }),
	"spkts":     count(func(w *row) *uint64 { return &w.metrics.Src.Packets }),
	"dpkts":     count(func(w *row) *uint64 { return &w.metrics.Dst.Packets }),
	"bytes":     count(func(w *row) *uint64 { return &w.total.Bytes }),
	"sbytes":    count(func(w *row) *uint64 { return &w.metrics.Src.Bytes }),
	"dbytes":    count(func(w *row) *uint64 { return &w.metrics.Dst.Bytes }),
	"appbytes":  count(func(w *row) *uint64 { return &w.total.AppBytes }),
	"sappbytes": count(func(w *row) *uint64 { return &w.metrics.Src.AppBytes }),
	"dappbytes": count(func(w *row) *uint64 { return &w.metrics.Dst.AppBytes }),

	"sttl":  ipSide(func(w *row) *record.IPSide { return &w.ip.Src }, 8, func(s *record.IPSide, n uint64) { s.TTL = uint8(n) }),
	"dttl":  ipSide(func(w *row) *record.IPSide { return &w.ip.Dst }, 8, func(s *record.IPSide, n uint64) { s.TTL = uint8(n) }),
	"stos":  ipSide(func(w *row) *record.IPSide { return &w.ip.Src }, 8, func(s *record.IPSide, n uint64) { s.TOS = uint8(n) }),
	"dtos":  ipSide(func(w *row) *record.IPSide { return &w.ip.Dst }, 8, func(s *record.IPSide, n uint64) { s.TOS = uint8(n) }),
	"sipid": ipSide(func(w *row) *record.IPSide { return &w.ip.Src }, 16, func(s *record.IPSide, n uint64) { s.ID = uint16(n) }),
	"dipid": ipSide(func(w *row) *record.IPSide { return &w.ip.Dst }, 16, func(s *record.IPSide, n uint64) { s.ID = uint16(n) }),

	"smac":  mac(func(w *row) *record.MAC { return &w.mac.Src }),
	"dmac":  mac(func(w *row) *record.MAC { return &w.mac.Dst }),
	"svlan": number(16, record.DSRVLAN, func(w *row, n uint64) { w.vlan.Src, w.vlan.HasSrc = uint16(n), true }),
	"dvlan": number(16, record.DSRVLAN, func(w *row, n uint64) { w.vlan.Dst, w.vlan.HasDst = uint16(n), true }),
	"svid":  number(12, record.DSRVLAN, func(w *row, n uint64) { w.vlan.Src, w.vlan.HasSrc = w.vlan.Src&^0x0FFF|uint16(n), true }),
	"dvid":  number(12, record.DSRVLAN, func(w *row, n uint64) { w.vlan.Dst, w.vlan.HasDst = w.vlan.Dst&^0x0FFF|uint16(n), true }),
	"svpri": number(3, record.DSRVLAN, func(w *row, n uint64) { w.vlan.Src, w.vlan.HasSrc = w.vlan.Src&0x1FFF|uint16(n)<<13, true }),
	"dvpri": number(3, record.DSRVLAN, func(w *row, n uint64) { w.vlan.Dst, w.vlan.HasDst = w.vlan.Dst&0x1FFF|uint16(n)<<13, true }),

	"tcprtt":   duration(func(w *row) *int64 { return &w.rtt }),
	"synack":   perfTime(func(w *row) *int64 { return &w.tcp.SynAck }),
	"ackdat":   perfTime(func(w *row) *int64 { return &w.tcp.AckData }),
	"swin":     perf(32, func(w *row, n uint64) { w.tcp.Src.Window, w.tcp.Src.Shift = window(n) }),
	"dwin":     perf(32, func(w *row, n uint64) { w.tcp.Dst.Window, w.tcp.Dst.Shift = window(n) }),
	"stcpb":    perf(32, func(w *row, n uint64) { w.tcp.Src.Base = uint32(n) }),
	"dtcpb":    perf(32, func(w *row, n uint64) { w.tcp.Dst.Base = uint32(n) }),
	"smss":     perf(16, func(w *row, n uint64) { w.tcp.Src.MSS = uint16(n) }),
	"dmss":     perf(16, func(w *row, n uint64) { w.tcp.Dst.MSS = uint16(n) }),
	"sloss":    perf(32, func(w *row, n uint64) { w.tcp.Src.Retrans = uint32(n) }),
	"dloss":    perf(32, func(w *row, n uint64) { w.tcp.Dst.Retrans = uint32(n) }),
	"sretrans": perf(32, func(w *row, n uint64) { w.tcp.Src.Retrans = uint32(n) }),
	"dretrans": perf(32, func(w *row, n uint64) { w.tcp.Dst.Retrans = uint32(n) }),

	"smaxsz": number(16, record.DSRSizes, func(w *row, n uint64) { w.sizes.Src.Max, w.sizes.Src.Has = uint16(n), true }),
	"sminsz": number(16, record.DSRSizes, func(w *row, n uint64) { w.sizes.Src.Min, w.sizes.Src.Has = uint16(n), true }),
	"dmaxsz": number(16, record.DSRSizes, func(w *row, n uint64) { w.sizes.Dst.Max, w.sizes.Dst.Has = uint16(n), true }),
	"dminsz": number(16, record.DSRSizes, func(w *row, n uint64) { w.sizes.Dst.Min, w.sizes.Dst.Has = uint16(n), true }),

	"label": (*row).addLabel,
	"sco":   country(func(w *row) *[2]byte { return &w.country.Src }),
	"dco":   country(func(w *row) *[2]byte { return &w.country.Dst }),
	"sas":   number(32, record.DSRASN, func(w *row, n uint64) { w.asn.Src = uint32(n) }),
	"das":   number(32, record.DSRASN, func(w *row, n uint64) { w.asn.Dst = uint32(n) }),
	"ias":   number(32, record.DSRASN, func(w *row, n uint64) { w.asn.Inode = uint32(n) }),
	"sloc":  number(7, record.DSRLocal, func(w *row, n uint64) { w.local.Src, w.local.HasSrc = int8(n), true }),
	"dloc":  number(7, record.DSRLocal, func(w *row, n uint64) { w.local.Dst, w.local.HasDst = int8(n), true }),
	"srcid": (*row).setSource,
	"sid":   (*row).setSource,
	"seq":   number(32, record.DSRTransport, func(w *row, n uint64) { w.transport.Seq, w.transport.HasSeq = uint32(n), true }),
}

// derived are the attributes that follow from those above.
var derived = setOf("sdur ddur rtime load sload dload rate srate drate pcr abr tf stf dtf smeansz dmeansz loss ploss sploss dploss " +
	"retrans pretrans spretrans dpretrans snet dnet lnet rnet laddr raddr sname dname etype stcpmax dtcpmax sdsb ddsb shops dhops " +
	"smacoui dmacoui soui doui smacclass dmacclass senc denc trans mean min max stddev sum runtime rank autoid offset bins binnum status ind idle hash loc communityid")

func setOf(names string) map[string]bool {
	m := map[string]bool{}
	for n := range strings.FieldsSeq(names) {
		m[n] = true
	}
	return m
}

// oldTitles are titles that version 5 has in its own conversion table.
var oldTitles = map[string]string{
	"srcappbytes": "sappbytes", "dstappbytes": "dappbytes", "appbytes": "appbytes", "dtime": "dstime",
}

// byTitle finds attributes by title or name, in lower case.
var byTitle = sync.OnceValue(func() map[string]column {
	m := map[string]column{}
	add := func(key, name string) {
		key = strings.ToLower(key)
		if _, ok := m[key]; !ok {
			m[key] = column{name, setters[name]}
		}
	}
	for a := range record.Attributes().All() {
		if setters[a.Name] == nil && !derived[a.Name] {
			continue
		}
		add(a.Name, a.Name)
		for _, alias := range a.Aliases {
			add(alias, a.Name)
		}
	}
	for a := range record.Attributes().All() {
		if setters[a.Name] != nil || derived[a.Name] {
			add(a.Title, a.Name)
		}
	}
	for title, name := range oldTitles {
		add(title, name)
	}
	return m
})

// columnOf finds what to do with a column.
func columnOf(title string) (column, bool) {
	c, ok := byTitle()[strings.ToLower(strings.TrimSpace(title))]
	return c, ok
}

func moment(to func(*row) *int64) func(*row, string) error {
	return func(w *row, v string) (err error) {
		*to(w), err = w.parse(v)
		return err
	}
}

func word(to func(*row) *string) func(*row, string) error {
	return func(w *row, v string) error { *to(w) = strings.TrimSpace(v); return nil }
}

// parseNumber reads a whole number of so many bits, decimal or hexadecimal
// after 0x. A number with a fraction of zeros is whole.
func parseNumber(v string, bits int) (uint64, error) {
	if whole, frac, ok := strings.Cut(v, "."); ok && strings.Trim(frac, "0") == "" {
		v = whole
	}
	n, err := strconv.ParseUint(v, 10, bits)
	if digits, hex := strings.CutPrefix(v, "0x"); hex {
		n, err = strconv.ParseUint(digits, 16, bits)
	}
	if err != nil {
		return 0, fmt.Errorf("expected a whole number below 2^%d, found %q", bits, v)
	}
	return n, nil
}

func count(to func(*row) *uint64) func(*row, string) error {
	return func(w *row, v string) (err error) {
		*to(w), err = parseNumber(v, 64)
		return err
	}
}

func number(bits int, d record.DSR, set func(*row, uint64)) func(*row, string) error {
	return func(w *row, v string) error {
		n, err := parseNumber(v, bits)
		if err == nil {
			set(w, n)
			w.dsrs |= 1 << d
		}
		return err
	}
}

func ipSide(side func(*row) *record.IPSide, bits int, set func(*record.IPSide, uint64)) func(*row, string) error {
	return number(bits, record.DSRIPAttr, func(w *row, n uint64) {
		s := side(w)
		set(s, n)
		s.Has = true
	})
}

// perf is a number that only the full state of a TCP connection has; zero says
// nothing.
func perf(bits int, set func(*row, uint64)) func(*row, string) error {
	return func(w *row, v string) error {
		n, err := parseNumber(v, bits)
		if err == nil && n != 0 {
			set(w, n)
			w.perf = true
		}
		return err
	}
}

func duration(to func(*row) *int64) func(*row, string) error {
	return func(w *row, v string) (err error) {
		*to(w), err = parseSeconds(v)
		return err
	}
}

func perfTime(to func(*row) *int64) func(*row, string) error {
	return func(w *row, v string) error {
		n, err := parseSeconds(v)
		if err == nil && n > 0 {
			*to(w) = n
			w.perf = true
		}
		return err
	}
}

// window finds a window of 16 bits and a shift that give n.
func window(n uint64) (uint16, uint8) {
	shift := uint8(0)
	for n > 0xFFFF {
		n >>= 1
		shift++
	}
	return uint16(n), shift
}

func mac(to func(*row) *record.MAC) func(*row, string) error {
	return func(w *row, v string) error {
		m, ok := parseMAC(v)
		if !ok {
			return fmt.Errorf("expected an Ethernet address, found %q", v)
		}
		*to(w) = m
		w.dsrs |= 1 << record.DSRMAC
		return nil
	}
}

// parseMAC reads six pairs of hexadecimal digits, or the word for all ones.
func parseMAC(v string) (m record.MAC, ok bool) {
	if v == "Broadcast" {
		return record.MAC{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, true
	}
	if strings.IndexByte(v, ':') < 0 || strings.Count(v, ":") != len(m)-1 {
		return m, false
	}
	parts := strings.Split(v, ":")
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 16, 8)
		if err != nil {
			return m, false
		}
		m[i] = byte(n)
	}
	return m, true
}

func country(to func(*row) *[2]byte) func(*row, string) error {
	return func(w *row, v string) error {
		if len(v) != 2 {
			return fmt.Errorf("expected two letters, found %q", v)
		}
		*to(w) = [2]byte([]byte(v))
		w.dsrs |= 1 << record.DSRCountry
		return nil
	}
}
