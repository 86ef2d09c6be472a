package printer

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestReferenceAllFields prints every attribute of the first thirty records of
// every file and compares each cell: text exactly, numbers with fractions within
// what 32 bits make of them. What differs is explained by name.
func TestReferenceAllFields(t *testing.T) {
	count := map[string]int{}
	for _, v := range vectors(t, "all.csv") {
		names := strings.Fields(lines(t, filepath.Join(reference, "out", "fields"+v.ra[2:]+".txt"))[0])
		cfg := Config{Registry: withDefects(t, v.ra, Separated), Form: Separated, Names: ProtoNames, Quote: noQuote}
		cfg.Fields = fieldsOf(t, cfg.Registry, strings.Join(names, " "))
		want := lines(t, v.out)
		got := printed(t, v.file+".arg", 30, nil, cfg)
		if len(got) != len(want) {
			t.Errorf("%s: %d lines, want %d", v.out, len(got), len(want))
		}
		for i := 1; i < min(len(got), len(want)); i++ {
			g, w := row(names, got[i]), row(names, want[i])
			if turnedRound(g["saddr"]+" "+g["daddr"], w["saddr"]+" "+w["daddr"]) {
				count["direction"] += len(names)
				continue
			}
			for _, name := range names {
				why := "equal"
				if !same(g[name], w[name]) {
					why = explain(v.ra, name, g, w)
				}
				if count[why]++; why == "" {
					t.Errorf("%s, line %d, %s: got %q, want %q", filepath.Base(v.out), i+1, name, g[name], w[name])
				}
			}
		}
	}
	t.Logf("%v", count)
}

// noQuote is a quote that makes the cells look as the vectors have them.
const noQuote = 1

// row splits a line of cells by the names of the fields. The last four can hold
// commas.
func row(names []string, line string) map[string]string {
	cells := map[string]string{}
	for i, cell := range strings.SplitN(strings.ReplaceAll(line, "\x01", ""), ",", len(names)) {
		cells[names[i]] = cell
	}
	return cells
}

// explain says why a cell differs from the real program's, or "" if it must not.
func explain(ra, name string, g, w map[string]string) string {
	got, want := g[name], w[name]
	switch {
	case got == jitterBehind:
		return "jitter from memory behind it"
	case name == "stcpmax":
		if g, err := strconv.ParseFloat(got, 64); err == nil && same(strconv.FormatFloat(g/1000, 'f', 6, 64), want) {
			return "kbit/s"
		}
	case strings.HasSuffix(name, "vpri") && want == "":
		return "priority that is never printed"
	case strings.HasSuffix(name, "hops") && ra == "ra3" && got == "0" && want == "1":
		return "hops of 255"
	case ra == "ra3" && (name == "laddr" || name == "raddr") && want == "":
		return "never printed by version 3"
	case ra == "ra3" && strings.HasSuffix(name, "mac") && want == "Broadcast":
		return "name of an Ethernet address"
	case strings.HasSuffix(name, "macclass") && (want == "UAA" && got == "" || want == "AAI" && got == "RES"):
		return "MAC class"
	case strings.HasSuffix(name, "net") && want == "0.0.0.0" && g["proto"] == "arp", strings.HasSuffix(name, "net") && g["proto"] == "rarp":
		return "network of ARP"
	case name == "dsrs" && strings.Contains(want, "*") && strings.HasPrefix(got, want[:strings.IndexByte(want, '*')]):
		return "list cut in separated output"
	case g["proto"] == "arp" && g["spkts"] == "0" && strings.Contains(" senc denc smaxsz sminsz dmaxsz dminsz suser duser spktsz dpktsz ", " "+name+" "):
		return "ARP that is turned round in part"
	case name == "type" && strings.HasPrefix(got, want) && len(want) == 3:
		return "kind of record cut"
	case strings.HasSuffix(name, "time") && strings.HasPrefix(want, "4026531839"):
		return "a time of none"
	case name == "ias" || name == "ico" || name == "score":
	case ra == "ra3" && strings.HasSuffix(name, "loss") && g["trans"] != "1" && want == "0", ra == "ra3" && strings.HasSuffix(name, "loss") && strings.HasPrefix(want, "0.0"):
		return "loss of a merged flow with an ICMP error"
	case ra == "ra3" && name == "stddev" && g["trans"] == "1":
		return "statistics of an earlier record"
	case ra == "ra3" && g["proto"] == "icmp" && (name == "state" || name == "sport") && staleICMP("0x0008 ECO", "0x0303 URP"):
		return "ICMP error of an earlier record"
	}
	return ""
}
