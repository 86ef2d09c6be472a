package printer

import (
	"compress/gzip"
	"encoding/binary"
	"io"
	"math/bits"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

const sharedData = "../../../shared/data"

// TestReferenceSweep prints the record files of all other vectors with the
// fields that their CSV has by its titles, and compares every cell.
func TestReferenceSweep(t *testing.T) {
	count := map[string]int{}
	files := 0
	for _, pattern := range []string{"wire/*.ra[35].csv", "sensor/v[35]/*.csv", "enrichment/*.csv", "own/v[35]/*.csv*", "processing/out/*.csv"} {
		names, _ := filepath.Glob(filepath.Join(sharedData, pattern))
		for _, name := range names {
			if sweep(t, name, count) {
				files++
			}
		}
	}
	if files == 0 {
		t.Skipf("%s not found", sharedData)
	}
	var whys []string
	total := 0
	for why, n := range count {
		whys = append(whys, why)
		total += n
	}
	sort.Strings(whys)
	for _, why := range whys {
		t.Logf("%8d %s", count[why], why)
	}
	t.Logf("%8d cells of %d files", total, files)
}

// recordsOf finds the record file of a CSV and the program that printed it.
func recordsOf(name string) (arg, ra string) {
	base := strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".csv")
	ra = "ra5"
	if strings.Contains(name, "v3") {
		ra = "ra3"
	}
	for _, suffix := range []string{".ra3", ".ra5"} {
		if strings.HasSuffix(base, suffix) {
			base, ra = strings.TrimSuffix(base, suffix), suffix[1:]
		}
	}
	if strings.HasSuffix(base, ".raw") {
		base, ra = strings.TrimSuffix(base, ".raw"), "ra5"
	}
	return base + ".arg", ra
}

func readMaybeGz(name string) ([]byte, error) {
	if b, err := os.ReadFile(name); err == nil && !strings.HasSuffix(name, ".gz") {
		return b, nil
	}
	f, err := os.Open(strings.TrimSuffix(name, ".gz") + ".gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// attributesOf finds the fields of a line of titles.
func attributesOf(titles []string) (names []string, ok bool) {
	byTitle := map[string]string{"sLo": "sloc", "dLo": "dloc", "dsPkts": "dspkts", "ddPkts": "ddpkts", "TotAppByte": "appbytes"}
	for a := range record.Attributes().All() {
		title := a.Title[:min(len(a.Title), a.Width)]
		if _, taken := byTitle[title]; !taken {
			byTitle[title] = a.Name
		}
		if _, taken := byTitle[a.Title]; !taken {
			byTitle[a.Title] = a.Name
		}
	}
	for _, title := range titles {
		title = strings.TrimSpace(title)
		name, found := byTitle[title]
		if !found {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// exchanged reports whether two fields of the ends are exchanged.
func exchanged(g, w map[string]string, field string) bool {
	s, d := "s"+field, "d"+field
	return g[s] == w[d] && g[d] == w[s] && g[s] != g[d]
}

// withDataWidths gives the columns of captured bytes the width that the longest
// cell had.
func withDataWidths(list, text string) string {
	for _, side := range []string{"s", "d"} {
		width := 1
		for _, m := range regexp.MustCompile(`\b`+side+`\[(\d+)\]=`).FindAllStringSubmatch(text, -1) {
			n, _ := strconv.Atoi(m[1])
			width = max(width, n)
		}
		list = regexp.MustCompile(`\b`+side+`user\b`).ReplaceAllString(list, side+"user:"+strconv.Itoa(width))
	}
	return list
}

// unexplained counts what differs without a reason, so that not all is reported.
var unexplained = map[string]int{}

// sweep compares one CSV and reports whether there was something to compare.
func sweep(t *testing.T, name string, count map[string]int) bool {
	arg, ra := recordsOf(name)
	data, err := readMaybeGz(arg)
	if err != nil || len(data) < 4 || data[0] == 0x1f || strings.Contains(name, "netflow-import") {
		return false
	}
	text, err := readMaybeGz(name)
	if err != nil || len(text) == 0 {
		return false
	}
	return compareCSV(t, name, ra, data, string(text), count)
}

// compareCSV prints records with the fields that a CSV has by its titles, and
// compares every cell.
func compareCSV(t *testing.T, name, ra string, data []byte, text string, count map[string]int) bool {
	want := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	names, ok := attributesOf(strings.Split(want[0], ","))
	if !ok {
		return false
	}
	want = want[1:]
	cfg := Config{Registry: withDefects(t, ra, Separated), Form: Separated, Names: ProtoNames, Quote: noQuote, Titles: NoTitles, Management: true, Events: true}
	cfg.Text.UnixTime = len(want) > 0 && !strings.Contains(strings.SplitN(want[0], ",", 2)[0], ":")
	list := strings.Join(names, " ")
	if strings.Contains(name, "enrichment") {
		list = strings.NewReplacer(" label", " label:300").Replace(list)
	}
	list = withDataWidths(list, text)
	cfg.Fields = fieldsOf(t, cfg.Registry, list)
	var line strings.Builder
	p, err := New(&line, cfg)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	show := func(r *record.Record, at int) string {
		line.Reset()
		p.pos.Rank = int64(n - 1)
		if err := p.PrintAt(r, int64(at)); err != nil {
			t.Fatal(err)
		}
		if err := p.Flush(); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(line.String(), "\n")
	}
	var r record.Record
	for at := 0; at < len(data); at += 4 * int(binary.BigEndian.Uint16(data[at+2:])) {
		if err := r.Load(data[at:]); err != nil {
			t.Errorf("%s: %v", name, err)
			return false
		}
		if n >= len(want) {
			if r.IsFlow() {
				if !strings.Contains(name, "anon-full") { // where the real reader gives up
					t.Errorf("%s: more flows than %d lines", name, len(want))
				}
				break
			}
			continue
		}
		w := row(names, want[n])
		if !r.IsFlow() && w["proto"] != "man" && w["proto"] != "evt" {
			continue
		}
		n++
		g := row(names, show(&r, at))
		if exchanged(g, w, "addr") || exchanged(g, w, "port") && (g["proto"] == "tcp" || g["proto"] == "udp") ||
			exchanged(g, w, "pkts") && g["saddr"] == g["daddr"] {
			r.Reverse()
			g = row(names, show(&r, at))
			g["turned"] = "yes"
			count["(rows turned round)"]++
		}
		for _, field := range names {
			why := "equal"
			if !same(g[field], w[field]) {
				why = explain(ra, field, g, w)
				if why == "" {
					why = explainFile(name, ra, field, g, w)
				}
				if why == "" && r.Kind() == record.Management {
					why = "management record"
				}
			}
			if count[why]++; why == "" {
				k := ra + " " + field
				if unexplained[k]++; unexplained[k] <= 3 {
					t.Errorf("%s, line %d, %s: got %q, want %q", strings.TrimPrefix(name, sharedData), n+1, field, g[field], w[field])
				}
			}
		}
	}
	if n != len(want) {
		t.Errorf("%s: %d flows, want %d", name, n, len(want))
	}
	return true
}

// swapped reports whether two numbers have the same four bytes in the opposite
// order.
func swapped(got, want string) bool {
	g, err1 := strconv.ParseUint(got, 10, 32)
	w, err2 := strconv.ParseUint(want, 10, 32)
	return err1 == nil && err2 == nil && bits.ReverseBytes32(uint32(g)) == uint32(w)
}

// explainFile says why a cell of certain files differs.
func explainFile(name, ra, field string, g, w map[string]string) string {
	layer2 := strings.Count(g["saddr"], ":") == 5
	switch {
	case ra == "ra3" && (g["proto"] == "isis" || w["proto"] == "isis"):
		return "row of IS-IS, which version 3 shifts"
	case g["proto"] == "isis" && field == "dport":
		return "checksum of IS-IS cut, or not"
	case ra == "ra3" && layer2:
		return "layer 2 in stored order by version 3"
	case ra == "ra3" && g["turned"] != "":
		return "turned round in part by version 3"
	case field == "seq" && swapped(g[field], w[field]):
		return "sequence number read in the wrong order of bytes"
	case strings.Contains(name, "rewritten-by-5-as-v3.ra3"):
		return "file that version 3 misreads"
	case ra == "ra3" && w[field] == "-2147483648":
		return "number beyond 32 bits"
	case strings.Contains(name, "time_2"):
		return "time after 2038"
	case w[field] == "-nan":
		return "deviation that is no number"
	case strings.Contains(name, "link_ppp") && g[field] == "" && (w[field] == "(null)" || w[field] == "tcpext"):
		return "address of a flow that has none"
	case strings.Contains(name, "rewritten-by-5-as-v3") && ra == "ra3":
		return "file that version 3 misreads"
	case g["turned"] != "" && strings.HasSuffix(field, "load"):
		return "loads that are not turned round with the record"
	case strings.Contains(name, "nanosecond") && (w[field] == "-nan" || strings.HasSuffix(field, "rate") || strings.HasSuffix(field, "load")):
		return "nanoseconds cut to microseconds, and a deviation that is no number"
	case ra == "ra3" && strings.HasSuffix(field, "enc") && strings.Contains(w[field], "E"):
		return "letter of ERSPAN"
	case ra == "ra3" && w[field] == "(null)":
		return "address of a flow that has none"
	case field == "denc" && g[field] == w[field]+"g", field == "flgs" && strings.Contains(name, "geneve"):
		return "letter of GENEVE"
	case ra == "ra3" && field == "proto" && g[field] == "ipv4" && w[field] == "ip":
		return "name of an Ethernet type"
	}
	return ""
}
