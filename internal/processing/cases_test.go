package processing

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/aggregate"
	"github.com/seed-6ae541b3/goargus/argus/bins"
	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/internal/names"
	"github.com/seed-6ae541b3/goargus/record"
)

// testCase is a run of racluster or rabins of a reference version.
type testCase struct {
	name               string
	tool               string
	version            int
	inputs             []string
	options            []string
	filter             string
	csv                string
	correct            record.CorrectOptions
	mean, spkts, dpkts int
	own                bool // of our own captures
	src                int  // column of the source
	trans              int  // column of the number of merged records
	proto              int  // column of the protocol
	turn               bool // correct in aggregation unless told otherwise
}

// plan is what the options of a case mean.
type plan struct {
	key      []string
	mode     []string
	conf     string
	length   string
	agg      aggregate.Config
	bins     bins.Config
	limit    int64
	from, to int
	ind      bool
	asStored bool
	time     string
	reversed bool
}

func (c *testCase) plan(t *testing.T) plan {
	p := plan{agg: aggregate.Config{Correct: c.turn}}
	o := c.options
	for len(o) > 0 {
		flag := o[0]
		o = o[1:]
		var args []string
		for len(o) > 0 && (!strings.HasPrefix(o[0], "-") || flag == "-m" && len(args) == 0) {
			args = append(args, o[0])
			o = o[1:]
		}
		switch flag {
		case "-m":
			p.key = append(p.key, args...)
		case "-M":
			p.mode = append(p.mode, args...)
		case "-f":
			p.conf = args[0]
		case "-N":
			if a, b, ok := strings.Cut(strings.TrimPrefix(args[0], "o"), "-"); ok {
				p.from, _ = strconv.Atoi(a)
				p.to, _ = strconv.Atoi(b)
			} else {
				p.limit, _ = strconv.ParseInt(args[0], 10, 64)
			}
		case "-v":
			p.reversed = true
		case "-P":
			p.agg.Order = strings.Join(args, " ")
		case "-t":
			p.time = args[0]
		default:
			t.Fatalf("option %s", flag)
		}
	}
	for i := 0; i < len(p.mode); i++ {
		switch m := p.mode[i]; {
		case m == "time":
			i++
			p.length = p.mode[i]
		case m == "hard":
			p.bins.Hard = true
		case m == "zero":
			p.bins.Zero = true
		case m == "nomodify":
			p.bins.Whole = true
		case m == "rmon":
			p.agg.RMON = true
		case m == "norep":
			p.agg.NoStatistics = true
		case m == "correct":
			p.agg.Correct = true
		case m == "nocorrect":
			p.agg.Correct = false
			p.asStored = c.version == 5
		case m == "preserve":
		case m == "nopreserve":
			p.agg.ClearUnkeyed = true
		case m == "ind":
			p.ind = true
		case m == "dsrs=-agr": // of the records that are read: results have their own
		default:
			t.Skipf("mode %s", m)
		}
	}
	return p
}

// run gives the records of a case, as they would be written.
func (c *testCase) run(t *testing.T) []*record.Record {
	p := c.plan(t)
	if p.ind {
		var all []*record.Record
		for _, in := range c.inputs {
			all = append(all, c.runOn(t, p, []string{in})...)
		}
		return all
	}
	return c.runOn(t, p, c.inputs)
}

func (c *testCase) runOn(t *testing.T, p plan, inputs []string) []*record.Record {
	var prog *filter.Program
	if c.filter != "" {
		var err error
		if prog, err = filter.Compile(c.filter); err != nil {
			t.Fatal(err)
		}
	}
	var within *filter.TimeRange
	if p.time != "" {
		var err error
		if within, err = filter.ParseTimeRange(p.time, filter.Clock{}); err != nil {
			t.Fatal(err)
		}
	}
	var stage record.Stage
	key := strings.Join(p.key, " ")
	switch {
	case p.conf != "":
		b, err := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(inputs[0])), p.conf))
		if err != nil {
			t.Fatal(err)
		}
		conf, err := aggregate.ParseConf(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		s, err := aggregate.NewCascade(conf, key, p.agg)
		if err != nil {
			t.Fatal(err)
		}
		stage = s.Stage()
	case c.tool == "rabins":
		p.agg.ClearUnkeyed = p.agg.ClearUnkeyed || c.version == 3
		p.bins.Key, p.bins.Aggregate = key, p.agg
		b, err := bins.New(p.length, p.bins)
		if err != nil {
			t.Fatal(err)
		}
		stage = b.Stage()
	default:
		a, err := aggregate.New(key, p.agg)
		if err != nil {
			t.Skip(err)
		}
		stage = a.Stage()
	}
	var out []*record.Record
	n := 0
	in := func(yield func(*record.Record, error) bool) {
		passed := int64(0)
		for _, name := range inputs {
			for rec, err := range readAll(name) {
				if err != nil {
					yield(nil, err)
					return
				}
				if !p.asStored {
					rec.Correct(&c.correct)
				}
				if within != nil && !within.Match(rec) {
					continue
				}
				if !rec.IsFlow() || prog != nil && !prog.Match(rec) {
					continue
				}
				if passed++; p.limit > 0 && passed > p.limit {
					return
				}
				if !yield(rec, nil) {
					return
				}
			}
		}
	}
	for rec, err := range stage(in) {
		if err != nil {
			t.Fatal(err)
		}
		if within != nil && !within.Match(rec) {
			continue
		}
		n++
		if p.from > 0 && (n < p.from || n > p.to) {
			continue
		}
		b, err := rec.AppendTo(nil, rec.Version())
		if err != nil {
			t.Fatal(err)
		}
		r := new(record.Record)
		if err := r.Load(b); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func readAll(name string) record.Stream {
	return func(yield func(*record.Record, error) bool) {
		s, err := argus.Open(context.Background(), name)
		if err != nil {
			yield(nil, err)
			return
		}
		defer s.Close()
		s.Records()(yield)
	}
}

// readCSV reads expected output, without management records.
func readCSV(t *testing.T, name string) (head []string, rows [][]string) {
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if b, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return head, rows
		}
		if err != nil {
			t.Fatal(err)
		}
		if head == nil {
			head = row
			continue
		}
		if len(row) == len(head) && row[index(head, "Proto")] != "man" {
			rows = append(rows, row)
		}
	}
}

func index(head []string, title string) int {
	for i, h := range head {
		if h == title {
			return i
		}
	}
	return -1
}

// titles finds attributes by the titles of both versions.
func titles() map[string]*record.Attribute {
	m := map[string]*record.Attribute{}
	for a := range record.Attributes().All() {
		if _, ok := m[a.Title]; !ok {
			m[a.Title] = a
		}
	}
	for _, other := range [][2]string{{"SrcVid", "svid"}, {"DstVid", "dvid"}, {"sVid", "svid"}, {"dVid", "dvid"}} {
		if a, ok := record.Lookup(other[1]); ok {
			m[other[0]] = a
		}
	}
	return m
}

// print gives the rows of records under a head.
func (c *testCase) print(t *testing.T, head []string, recs []*record.Record) [][]string {
	byTitle := titles()
	var fields []printer.Field
	for _, h := range head {
		a, ok := byTitle[h]
		if !ok {
			t.Fatalf("no attribute has the title %q", h)
		}
		f, err := printer.ParseFields(nil, []printer.Field{}, a.Name)
		if err != nil {
			t.Fatal(err)
		}
		fields = append(fields, f...)
	}
	var out bytes.Buffer
	p, err := printer.New(&out, printer.Config{
		Fields: fields, Form: printer.Separated, Titles: printer.NoTitles, Names: printer.ProtoNames,
		Text: record.TextOptions{UnixTime: true, Precision: 6},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range recs {
		r.Correct(&c.correct)
		if err := p.Print(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(&out)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// difference is a cell that is not as expected.
type difference struct {
	title, want, got string
	row              []string
}

func (d difference) String() string {
	return fmt.Sprintf("%s: want %q, got %q (%s)", d.title, d.want, d.got, strings.Join(d.row, ","))
}

// compare pairs rows that are most alike and gives the cells that differ, and
// the numbers of rows that found no partner.
func compare(head []string, want, got [][]string, equal func(title, want, got string, row []string) bool) (diffs []difference, half int, missing, extra [][]string) {
	used := make([]bool, len(got))
	weight := make([]int, len(head))
	for i, h := range head {
		weight[i] = 1
		switch h {
		case "SrcAddr", "DstAddr", "Sport", "Dport", "Proto", "StartTime":
			weight[i] = 6
		case "SrcPkts", "DstPkts", "SrcBytes", "DstBytes", "LastTime":
			weight[i] = 4
		}
	}
	score := func(a, b []string) int {
		n := 0
		for i := range head {
			if equal(head[i], a[i], b[i], a) {
				n += weight[i]
			}
		}
		return n
	}
	variants := make([][][]string, len(got)) // sides, ends, both exchanged
	for i := range got {
		sides := turnSides(head, got[i])
		for _, row := range [][]string{got[i], sides} {
			variants[i] = append(variants[i], row, turnEnds(head, row, true), turnEnds(head, row, false))
		}
	}
	full := 0
	for _, w := range weight {
		full += w
	}
	pair := make([]int, len(want))
	start := max(index(head, "StartTime"), 0)
	for pass := range 2 {
		for i, w := range want {
			if pass == 1 && pair[i] > 0 {
				continue
			}
			best, at := full/2, -1
			starts := 0
			for j := range got {
				if !used[j] && got[j][start] == w[start] {
					starts++
				}
			}
			for j, g := range got {
				if used[j] || len(got) > 300 && starts > 0 && g[start] != w[start] { // many: only those that start together
					continue
				}
				s := score(w, g)
				for _, v := range variants[j] {
					s = max(s, score(w, v))
				}
				if pass == 0 && s < full {
					continue
				}
				if s > best {
					best, at = s, j
				}
			}
			if at < 0 {
				if pass == 1 {
					missing = append(missing, w)
				}
				continue
			}
			used[at] = true
			pair[i] = at + 1
			g := got[at]
			turned := false
			for _, v := range variants[at] {
				if score(w, v) > score(w, g) {
					g, turned = v, true
				}
			}
			if turned {
				half++
			}
			for k := range head {
				if turned && (sided(head[k]) || strings.HasSuffix(head[k], "Addr")) || w[index(head, "SrcAddr")] == "ff02::1:2" && sided(head[k]) {
					continue
				}
				if !equal(head[k], w[k], g[k], w) {
					diffs = append(diffs, difference{head[k], w[k], g[k], w})
				}
			}
		}
	}
	for j, g := range got {
		if !used[j] {
			extra = append(extra, g)
		}
	}
	return diffs, half, missing, extra
}

// turnSides exchanges what belongs to source and destination, other than
// addresses and ports.
func turnSides(head, row []string) []string {
	out := append([]string(nil), row...)
	for i, h := range head {
		var other string
		switch {
		case h == "SrcAddr" || h == "Sport" || h == "Dir" || h == "State" || h == "StartTime" || h == "StdDev" || h == "Dur" || h == "Dport" || h == "DstAddr" || h == "SrcId":
			continue
		case strings.HasPrefix(h, "Src"):
			other = "Dst" + h[3:]
		case strings.HasPrefix(h, "Dst"):
			other = "Src" + h[3:]
		case h[0] == 's' || h[0] == 'S':
			other = string(h[0]-'s'+'d') + h[1:]
		case h[0] == 'd' || h[0] == 'D':
			other = string(h[0]-'d'+'s') + h[1:]
		}
		if j := index(head, other); j >= 0 {
			out[i] = row[j]
		}
	}
	return out
}

// turnEnds exchanges addresses and, if asked, ports.
func turnEnds(head, row []string, ports bool) []string {
	out := append([]string(nil), row...)
	for _, p := range [][2]string{{"SrcAddr", "DstAddr"}, {"Sport", "Dport"}} {
		if p[0] == "Sport" && !ports {
			break
		}
		i, j := index(head, p[0]), index(head, p[1])
		out[i], out[j] = row[j], row[i]
	}
	return out
}

// sided names the columns that a reader which turns a record halfway mixes up.
func sided(title string) bool {
	switch title {
	case "Sport", "Dport", "Dir", "State", "Flgs", "SrcLoad", "DstLoad", "SrcWin", "DstWin", "SrcLoss", "DstLoss", "SIntPkt", "DIntPkt",
		"SrcJitter", "DstJitter", "SrcTCPBase", "DstTCPBase", "sTos", "dTos", "sTtl", "dTtl":
		return true
	}
	return false
}

// near compares numbers with the tolerance for the 32-bit steps of the
// reference, and text without blanks around it.
func near(want, got string) bool {
	want, got = strings.TrimSpace(want), strings.TrimSpace(got)
	if want == got {
		return true
	}
	a, err1 := strconv.ParseFloat(want, 64)
	b, err2 := strconv.ParseFloat(got, 64)
	if err1 != nil || err2 != nil {
		return false
	}
	return strings.Contains(want, ".") && math.Abs(a-b) <= 2e-6+1e-6*math.Max(math.Abs(a), math.Abs(b)) && math.Abs(a) < 1e9
}

func service(p record.Proto, port uint16) bool { return names.Port(uint8(p), port) != "" }
