package printer

import (
	"encoding/binary"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// noQuote is a quote that makes the cells look as the vectors have them.
const noQuote = 1

// userData is the beginning of a cell of user data, which says how many
// characters follow.
var userData = regexp.MustCompile(`^[sd]\[(\d+)\]=`)

// cellsOf splits a line. User data can hold commas, the last cell too.
func cellsOf(line string, n int) (cells []string) {
	line = strings.ReplaceAll(line, "\x01", "")
	for len(cells) < n-1 {
		from := 0
		if m := userData.FindStringSubmatch(line); m != nil {
			count, _ := strconv.Atoi(m[1])
			if from = min(len(m[0])+count, len(line)); from < len(line) && line[from] != ',' {
				from = 0 // cut to the width of the column
			}
		}
		end := strings.IndexByte(line[from:], ',')
		if end < 0 {
			break
		}
		cells, line = append(cells, line[:from+end]), line[from+end+1:]
	}
	return append(cells, line)
}

// row are the cells of a line by the names of the fields.
func row(names []string, line string) map[string]string {
	cells := map[string]string{}
	for i, cell := range cellsOf(line, len(names)) {
		cells[names[i]] = cell
	}
	return cells
}

// rowOf3 is a row of version 3, which writes a separator too many behind the
// checksum of IS-IS.
func rowOf3(names []string, line string) map[string]string {
	if w := row(names, line); w["proto"] != "isis" {
		return w
	}
	w := map[string]string{}
	cells := cellsOf(line, len(names)+1)
	for i, name := range names {
		if w[name] = cells[i]; name == "dport" && cells[i+1] == "" {
			cells = slices.Delete(cells, i+1, i+2)
		}
	}
	return w
}

// exchanged reports whether two fields of the ends are exchanged.
func exchanged(g, w map[string]string, field string) bool {
	s, d := "s"+field, "d"+field
	return g[s] == w[d] && g[d] == w[s] && g[s] != g[d]
}

// withDataWidths gives the columns of captured bytes the width that the longest
// cell had.
func withDataWidths(list, text string) string {
	width := 1
	for _, m := range regexp.MustCompile(`\b[sd]\[(\d+)\]=`).FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		width = max(width, n)
	}
	return regexp.MustCompile(`\b([sd]user)\b`).ReplaceAllString(list, "$1:"+strconv.Itoa(width))
}

// unexplained counts what differs without a reason, so that not all is reported.
var unexplained = map[string]int{}

// comparison prints the records of a file with the fields of a CSV.
type comparison struct {
	t        *testing.T
	file, ra string
	names    []string
	p        *Printer
	line     strings.Builder
	before   earlier
	count    map[string]int
}

// compareCSV prints records with the fields that a CSV has, and compares every
// cell. The names of the fields are found by the titles if none are given. A
// limit says that the CSV has only so many records.
func compareCSV(t *testing.T, name, ra string, data []byte, text string, names []string, limit int, count map[string]int) bool {
	want := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if names == nil {
		ok := false
		if names, ok = attributesOf(strings.Split(want[0], ",")); !ok {
			return false
		}
	}
	want = want[1:]
	c := &comparison{t: t, file: name, ra: ra, names: names, count: count}
	c.open(want, text)
	n := 0
	var r record.Record
	for at := 0; at < len(data); at += 4 * int(binary.BigEndian.Uint16(data[at+2:])) {
		if err := r.Load(data[at:]); err != nil {
			t.Errorf("%s: %v", name, err)
			return false
		}
		if n >= len(want) {
			if limit > 0 {
				break
			}
			if r.IsFlow() {
				if !strings.Contains(name, "anon-full") { // where the real reader gives up
					t.Errorf("%s: more flows than %d lines", name, len(want))
				}
				break
			}
			continue
		}
		w := row(names, want[n])
		if ra == "ra3" {
			w = rowOf3(names, want[n])
		}
		if !r.IsFlow() && w["proto"] != "man" && w["proto"] != "evt" || ra == "ra5" && at == 0 { // which it never prints
			continue
		}
		n++
		c.before.read(&r)
		c.row(&r, w, n, at)
		c.before.done(&r)
	}
	if n != len(want) {
		t.Errorf("%s: %d flows, want %d", name, n, len(want))
	}
	return true
}

// open makes the printer.
func (c *comparison) open(want []string, text string) {
	cfg := Config{Registry: withDefects(c.t, c.ra, Separated), Form: Separated, Names: ProtoNames, Quote: noQuote, Titles: NoTitles, Management: true, Events: true}
	for _, time := range []string{"stime", "ltime"} {
		if v, ok := row(c.names, strings.Join(want[:min(1, len(want))], ""))[time]; ok {
			cfg.Text.UnixTime = !strings.Contains(v, ":")
		}
	}
	list := strings.Join(c.names, " ")
	if strings.Contains(c.file, "enrichment") {
		list = strings.NewReplacer(" label", " label:300").Replace(list)
	}
	if !strings.Contains(c.file, ".all.csv") {
		list = withDataWidths(list, text)
	}
	cfg.Fields = fieldsOf(c.t, cfg.Registry, list)
	p, err := New(&c.line, cfg)
	if err != nil {
		c.t.Fatal(err)
	}
	c.p = p
}

// show prints a record as line n of the file.
func (c *comparison) show(r *record.Record, n, at int) map[string]string {
	c.line.Reset()
	c.p.pos.Rank = int64(n - 1)
	if err := c.p.PrintAt(r, int64(at)); err != nil {
		c.t.Fatal(err)
	}
	if err := c.p.Flush(); err != nil {
		c.t.Fatal(err)
	}
	return row(c.names, strings.TrimSuffix(c.line.String(), "\n"))
}

// row compares a record with line n. If the real program turned it round, so do
// we; of version 3 without an rc file, which ran on the very file, that must be
// where its rule says so.
func (c *comparison) row(r *record.Record, w map[string]string, n, at int) {
	g := c.show(r, n, at)
	turned := exchanged(g, w, "addr") || exchanged(g, w, "port") && (g["proto"] == "tcp" || g["proto"] == "udp") ||
		exchanged(g, w, "pkts") && g["saddr"] == g["daddr"]
	if direct := strings.HasSuffix(c.file, ".arg"); direct {
		rule := r.Clone().Correct(&record.CorrectOptions{Evidence: true})
		switch f := r.Flow(); {
		case f.Type == record.KeyEthernet: // at times it leaves what is stored in reverse
			rule = turned && f.Stored != 0
		case f.Proto == record.ProtoTCP && f.Src.Family() == record.IPv6:
			rule = false
		}
		if rule != turned && g["saddr"] != g["daddr"] {
			c.t.Errorf("%s, line %d: turned round %v, want %v", c.file, n+1, turned, rule)
		}
	}
	if turned {
		r.Reverse()
		g = c.show(r, n, at)
		c.count["(rows turned round)"]++
	}
	other := func() map[string]string {
		r.Reverse()
		defer r.Reverse()
		return c.show(r, n, at)
	}
	for _, field := range c.names {
		why := "equal"
		if !same(g[field], w[field]) {
			e := cell{ra: c.ra, file: c.file, field: field, r: r, g: g, w: w, other: other, turned: turned, before: &c.before}
			if why = e.why(); why != "" && jitterDefect(c.ra, field) == nil { // which checks ours itself
				e.g = maps.Clone(g)
				e.g[field] = "7" + g[field]
				if e.why() != "" {
					c.t.Errorf("%s, line %d, %s: %s explains any value of ours", c.file, n+1, field, why)
				}
			}
		}
		if c.count[why]++; why == "" {
			k := c.ra + " " + field
			if unexplained[k]++; unexplained[k] <= 3 {
				c.t.Errorf("%s, line %d, %s: got %q, want %q", strings.TrimPrefix(c.file, sharedData), n+1, field, g[field], w[field])
			}
		}
	}
}
