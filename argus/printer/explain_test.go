package printer

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// cell is a value that differs from the real program's, and what there is to
// explain it with.
type cell struct {
	ra, file, field string
	r               *record.Record
	g, w            map[string]string // our row and theirs
	other           func() map[string]string
	turned          bool // the real program turned the record round, and we did so to compare
	before          *earlier
}

// earlier is what version 3 keeps of records that it read before.
type earlier struct {
	deviation          float64 // of the last that had statistics
	icmpType, icmpCode uint8   // of the last ICMP state
}

// read takes note of a record when it is read, done when it was printed.
func (e *earlier) read(r *record.Record) {
	if n := r.Network(); n.Kind == record.NetworkICMP {
		e.icmpType, e.icmpCode = n.ICMP.Type, n.ICMP.Code
	}
}

func (e *earlier) done(r *record.Record) {
	if a := r.Aggregate(); r.Has(record.DSRAggregate) {
		e.deviation = a.Active.StdDev
	}
}

// A rule says for the fields of a pattern what the real programs print instead
// of what. It gives both values: a cell has this reason only if ours and theirs
// are these.
type rule struct {
	why    string
	ra     string // empty is both
	fields string // with blanks around each
	values func(c *cell) (ours, theirs string, ok bool)
}

// otherSide is the field of the other side: "sload" of "dload".
func otherSide(field string) (string, bool) {
	other := map[byte]string{'s': "d", 'd': "s"}[field[0]] + field[1:]
	_, found := record.Lookup(other)
	return other, found && len(other) == len(field) && field != "state" && field != "dur" && field != "seq" && field != "dir"
}

// number is a number as the programs print it.
func number(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }

// isSource reports whether a field is about the source.
func isSource(field string) bool { return field[0] == 's' }

// pick is the one that a field is about.
func pick[T any](field string, src, dst T) T {
	if isSource(field) {
		return src
	}
	return dst
}

var rules = []rule{
	{"kbit/s", "", " stcpmax ", func(c *cell) (string, string, bool) {
		v, err := strconv.ParseFloat(c.g["stcpmax"], 64)
		return c.g["stcpmax"], number(v / 1000), err == nil
	}},
	{"priority that is never printed", "", " svpri dvpri ", func(c *cell) (string, string, bool) {
		v := c.r.VLAN()
		return fmt.Sprint(pick(c.field, v.Src, v.Dst) >> 13), "", pick(c.field, v.HasSrc, v.HasDst)
	}},
	{"hops of 255", "ra3", " shops dhops ", func(c *cell) (string, string, bool) {
		a := c.r.IPAttr()
		return "0", "1", pick(c.field, a.Src.TTL, a.Dst.TTL) == 255
	}},
	{"never printed by version 3", "ra3", " laddr raddr ", func(c *cell) (string, string, bool) {
		l := c.r.Local()
		near := !c.r.Has(record.DSRLocal) || l.Src >= l.Dst
		if near == (c.field == "laddr") {
			return c.g["saddr"], "", true
		}
		return c.g["daddr"], "", true
	}},
	{"name of an Ethernet address", "ra3", " smac dmac saddr daddr snet dnet bssid ", func(*cell) (string, string, bool) {
		return "ff:ff:ff:ff:ff:ff", "Broadcast", true
	}},
	{"MAC class", "", " smacclass dmacclass ", func(c *cell) (string, string, bool) {
		if !c.r.Has(record.DSRMAC) {
			return "", "UAA", true
		}
		m := c.r.MAC()
		return "RES", "AAI", pick(c.field, m.Src, m.Dst)[0]&15 == 6
	}},
	{"network of ARP", "", " snet dnet ", func(c *cell) (string, string, bool) {
		if addr := c.g[pick(c.field, "saddr", "daddr")]; c.g["proto"] == "arp" && strings.Count(addr, ".") == 3 {
			return classful(addr), "0.0.0.0", true
		}
		return c.g[pick(c.field, "saddr", "daddr")], c.w[c.field], c.g["proto"] == "rarp" && c.w[c.field] != ""
	}},
	{"address of a flow that has none", "ra3", " saddr daddr snet dnet ", func(c *cell) (string, string, bool) {
		if c.g["proto"] == "wlan" && c.field == "snet" {
			return c.g["saddr"], "(null)", true
		}
		return "", "(null)", true
	}},
	{"kind of record cut", "ra5", " type ", func(c *cell) (string, string, bool) { return "flow", "flo", c.r.IsFlow() }},
	{"a time of none", "", " stime sstime sltime ltime dstime dltime ", timeOfNone},
	{"time after 2038", "ra3", " ltime ", func(c *cell) (string, string, bool) {
		b := c.r.Raw(record.DSRTime)
		at := len(b) - 8 // the last of the absolute times
		sec := binary.BigEndian.Uint32(b[at:])
		return fmt.Sprintf("%d.%06d", sec, binary.BigEndian.Uint32(b[at+4:])), "0.000000", sec > math.MaxInt32 && b[1]&0x78 == 0
	}},
	{"duration from a time of none", "ra3", " mean min max sum runtime ", func(c *cell) (string, string, bool) {
		b := c.r.Raw(record.DSRTime)
		start, end := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[len(b)-8:])
		return number(0), number(float64(float32(end - start))), start == 0xEFFFFFFF
	}},
	{"duration before the rules of readers", "ra3", " mean min max sum runtime ", func(c *cell) (string, string, bool) {
		t := c.r.Times()
		return number(float64(t.Duration()) / 1e9), c.w[c.field], !c.r.Has(record.DSRAggregate) && c.r.Metrics().Packets() == 1
	}},
	{"statistics of an earlier record", "ra3", " stddev ", func(c *cell) (string, string, bool) {
		return number(0), number(c.before.deviation), !c.r.Has(record.DSRAggregate)
	}},
	{"ICMP of the answer, or of an earlier record", "ra3", " sport state ", func(c *cell) (string, string, bool) {
		f := c.r.Flow()
		key := c.r.Raw(record.DSRFlow)
		stale := f.Proto == record.ProtoICMP && len(key) > 2 && key[2]&0x20 != 0 // the sensor saw the answer first
		if c.field == "sport" {
			return fmt.Sprintf("0x%02x%02x", f.ICMPCode, f.ICMPType), fmt.Sprintf("0x%02x%02x", c.before.icmpCode, c.before.icmpType), stale
		}
		theirs := map[[2]uint8]string{{0, 0}: "ECR", {3, 3}: "URP", {3, 13}: "URFIL"}[[2]uint8{c.before.icmpType, c.before.icmpCode}]
		return map[uint8]string{8: "ECO", 13: "TST", 15: "IRQ", 17: "MAS"}[f.ICMPType], theirs, stale && theirs != ""
	}},
	{"number beyond 32 bits", "ra3", " sgap dgap ", func(c *cell) (string, string, bool) {
		t := &c.r.Network().TCP
		s := pick(c.field, t.Src, t.Dst)
		missing := int64(s.Top-s.Base) - int64(s.Bytes) - 1
		return fmt.Sprint(missing), "-2147483648", missing > math.MaxInt32
	}},
	{"deviation that is no number", "", " sjit djit ", func(c *cell) (string, string, bool) {
		return c.g[c.field], "-nan", true // the square is negative by rounding; jitterDefect checks ours
	}},
	{"jitter from memory behind it", "ra5", "", func(c *cell) (string, string, bool) { return jitterBehind, c.w[c.field], true }},
	{"sequence number in the wrong order of bytes", "ra5", " seq ", func(c *cell) (string, string, bool) {
		v := c.r.Transport().Seq
		return fmt.Sprint(v), fmt.Sprint(bits.ReverseBytes32(v)), true
	}},
	{"letter of ERSPAN", "ra3", " senc denc ", func(c *cell) (string, string, bool) {
		return strings.Replace(c.w[c.field], "E", "x", 1), c.w[c.field], strings.HasSuffix(c.w[c.field], "E")
	}},
	{"letter of GENEVE", "ra5", " denc ", func(c *cell) (string, string, bool) {
		return c.w["denc"] + "g", c.w["denc"], c.r.Encaps().Dst>>28&1 != 0
	}},
	{"name of an Ethernet type", "ra3", " proto ", func(*cell) (string, string, bool) { return "ipv4", "ip", true }},
	{"address bit of LLC", "ra3", " sport dport ", func(c *cell) (string, string, bool) {
		v, err := strconv.ParseUint(c.w[c.field], 0, 8)
		return fmt.Sprint(v &^ 1), c.w[c.field], err == nil && v&1 != 0 && c.g["proto"] == "llc"
	}},
	{"checksum of IS-IS cut, or not", "ra5", " dport ", func(c *cell) (string, string, bool) {
		sum := fmt.Sprintf("0x%x", c.r.Flow().ISIS.Checksum)
		return sum[:min(5, len(sum))], sum, c.r.Flow().Type == record.KeyISIS
	}},
	{"nanoseconds cut to microseconds", "ra5", " rate load ", func(c *cell) (string, string, bool) {
		t, v := c.r.Times(), 0.0
		v, err := strconv.ParseFloat(c.g[c.field], 64)
		micro := t.End()/1000 - t.Start()/1000
		return c.g[c.field], number(v * float64(t.Duration()) / 1000 / float64(micro)), err == nil && micro > 0
	}},
	{"list of records cut", "ra5", " dsrs ", listOfDSRs},
	{"file that version 3 misreads", "ra3", "", func(c *cell) (string, string, bool) {
		pair, ok := misread[c.field]
		return pair[0], pair[1], ok && strings.Contains(c.file, "rewritten-by-5-as-v3")
	}},
	{"ARP that is turned round in part", "", " senc denc smaxsz sminsz dmaxsz dminsz suser duser ", arpInPart},
	{"layer 2 in stored order by version 3", "ra3", "", func(c *cell) (string, string, bool) {
		if f := c.r.Flow(); f.Type != record.KeyEthernet || f.Stored == 0 {
			return "", "", false
		}
		return c.mirrored()
	}},
	{"turned round in part by version 3", "ra3", " senc denc sload dload flgs state ", func(c *cell) (string, string, bool) {
		switch {
		case !c.turned:
			return "", "", false
		case c.field == "state": // by the bit of a normal close, which it sets in what it turns
			n := c.r.Network()
			return "CON", "CLO", n.IsTCP() && n.TCP.Status&(record.TCPNormalClose|record.TCPFin|record.TCPFinAck|record.TCPReset) == 0
		}
		return c.mirrored()
	}},
	{"loads that are not turned round with the record", "ra5", " sload dload ", func(c *cell) (string, string, bool) {
		if !c.turned {
			return "", "", false
		}
		return c.mirrored()
	}},
}

// misread are the values of the TCP performance of version 5 in a record of
// version 3: ours, and those of version 3, which reads four bytes off.
var misread = map[string][2]string{
	"dwin": {"15616", "0"}, "dtcpb": {"2779762238", "26"}, "stcpmax": {"1783819.287775", "0.000000"}, "loss": {"0", "5007"}, "dloss": {"0", "5007"},
	"ploss": {"0.000000", "99.721171"}, "dploss": {"0.000000", "99.860391"},
}

// mirrored are the values of a field that the real program leaves as stored
// while the record is turned round: theirs are those of the record as it is
// stored, and ours is theirs of the other side.
func (c *cell) mirrored() (ours, theirs string, ok bool) {
	theirs = c.other()[c.field]
	if strings.Contains(c.field, "intpkt") || strings.Contains(c.field, "jit") { // what is blank depends on the side; jitterDefect checks ours
		return c.g[c.field], theirs, true
	}
	if field, sided := otherSide(c.field); sided {
		if _, printed := c.w[field]; printed {
			return sideLetter(c.field, c.w[field]), theirs, true
		}
		return c.g[c.field], theirs, true
	}
	switch v, err := strconv.ParseFloat(theirs, 64); {
	case c.field == "dir":
		return map[string]string{"   ->": "  <-", "  <-": "   ->", "  <->": "  <->"}[theirs], theirs, true
	case c.field == "state":
		return map[string]string{"INT": "RSP", "REQ": "RSP", "RSP": "INT"}[theirs], theirs, true
	case c.field == "flgs":
		return strings.NewReplacer("s", "d", "d", "s").Replace(theirs), theirs, true
	case c.field == "pcr" || c.field == "abr":
		return number(-v), theirs, err == nil
	}
	return "", "", false
}

// sideLetter is user data with the letter of a side in front.
func sideLetter(field, text string) string {
	if field[1:] == "user" && len(text) > 1 && text[1] == '[' {
		return field[:1] + text[1:]
	}
	return text
}

// classful is the network of an IPv4 address by its class.
func classful(addr string) string {
	parts := strings.Split(addr, ".")
	first, _ := strconv.Atoi(parts[0])
	keep := 3
	switch {
	case first < 128:
		keep = 1
	case first < 192:
		keep = 2
	case first >= 224:
		keep = 4
	}
	for i := keep; i < 4; i++ {
		parts[i] = "0"
	}
	return strings.Join(parts, ".")
}

// timeOfNone is a start that the sensor wrote as "none yet".
func timeOfNone(c *cell) (ours, theirs string, ok bool) {
	b := c.r.Raw(record.DSRTime)
	if len(b) < 20 || binary.BigEndian.Uint32(b[4:]) != 0xEFFFFFFF {
		return "", "", false
	}
	end := fmt.Sprintf("%d.%06d", binary.BigEndian.Uint32(b[12:]), binary.BigEndian.Uint32(b[16:]))
	return end, "4026531839.000000", true
}

// arpInPart is what is left as stored where an ARP exchange is turned round.
func arpInPart(c *cell) (ours, theirs string, ok bool) {
	f := c.r.Flow()
	if f.Class != record.ClassARP || f.Stored == 0 {
		return "", "", false
	}
	if strings.HasSuffix(c.field, "sz") { // version 5 turns them once more, and makes zero of none
		b := c.r.Raw(record.DSRSizes)
		if len(b) < 8 || b[2]&15 != 6 {
			return "", "", false
		}
		if isSource(c.field) {
			return "", "0", true
		}
		at := 4
		if strings.Contains(c.field, "max") {
			at = 6
		}
		return fmt.Sprint(binary.BigEndian.Uint16(b[at:])), "", true
	}
	return c.mirrored()
}

// dsrTypes are the names of the types of DSRs in the order of their list.
var dsrTypes = []struct {
	wire uint8
	name string
}{
	{0x01, "trans"}, {0x02, "flow"}, {0x03, "time"}, {0x10, "metric"}, {0x60, "agr"}, {0x30, "net"}, {0x40, "vlan"}, {0x44, "mpls"}, {0x46, "jitter"},
	{0x48, "ipattr"}, {0x12, "psize"}, {0x50, "suser"}, {0x51, "duser"}, {0x42, "mac"}, {0x34, "icmp"}, {0x20, "encaps"}, {0x54, "behavior"}, {0x62, "cor"},
	{0x64, "cocode"}, {0x66, "label"}, {0x32, "asn"}, {0x68, "geo"}, {0x6A, "local"}, {0x07, "hash"}, {0x43, "vxlan"}, {0x41, "gre"}, {0x45, "geneve"},
}

// listOfDSRs is dsrs, which version 5 cuts in separated output too, after which
// the end of a text before can show.
func listOfDSRs(c *cell) (ours, theirs string, ok bool) {
	has := map[uint8]bool{0x60: c.r.Metrics().Packets() > 0, 0x50: c.r.Has(record.DSRSrcData), 0x51: c.r.Has(record.DSRDstData)}
	b := c.r.Bytes()
	for at := 4; at+4 <= len(b); {
		kind, n := b[at], 4*int(b[at+3])
		switch {
		case kind&0x80 != 0:
			n = 4
		case kind == 0x50:
			kind = 0 // the side can be turned with the record
			n = 4 * int(binary.BigEndian.Uint16(b[at+2:]))
		case kind == 0x30 && b[at+1] == 0:
			kind = 0
		}
		if has[kind] = true; n == 0 {
			return "", "", false
		}
		at += n
	}
	var names []string
	for _, t := range dsrTypes {
		if has[t.wire] {
			names = append(names, t.name)
		}
	}
	// Commas in the label or in user data before it shift the cells.
	got, want := c.g["dsrs"], c.w["dsrs"]
	for _, field := range []string{"label", "duser"} {
		got, want = c.g[field]+","+got, c.w[field]+","+want
	}
	list := strings.Join(names, ",")
	before, whole := strings.CutSuffix(got, list)
	cut := len(before) + strings.LastIndexByte(list[:min(32, len(list))], ',')
	if star := strings.LastIndexByte(want, '*'); !whole || star < cut-32 || star < len(before) || !strings.HasPrefix(before+list, want[:star]) {
		return "", "", false
	}
	return c.g["dsrs"], c.w["dsrs"], true
}

// why is the reason of a difference, "" if there is none.
func (c *cell) why() string {
	if strings.HasPrefix(c.g[c.field], "wrong") {
		return ""
	}
	for _, rule := range rules {
		if rule.ra != "" && rule.ra != c.ra || rule.fields != "" && !strings.Contains(rule.fields, " "+c.field+" ") {
			continue
		}
		if ours, theirs, ok := rule.values(c); ok && same(c.g[c.field], ours) && same(theirs, c.w[c.field]) {
			return rule.why
		}
	}
	return ""
}
