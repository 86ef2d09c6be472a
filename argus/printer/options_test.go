package printer

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/record"
)

// option is a vector of one option on the synthetic file.
type option struct {
	name   string // opt.raN.NAME.txt
	fields string // in the grammar of -s; empty is the default
	limit  int
	set    func(c *Config)
	ras    string // versions that have it; empty is both
	file   string // other than synth
	only   func(r *record.Record) bool
	equal  func(got, want string) bool // nil is equal words
}

func discard9(r *record.Record) bool {
	f := r.Flow()
	return f.Proto == record.ProtoUDP && f.DstPort == 9
}

func isManagement(r *record.Record) bool { return r.Kind() == record.Management }

func precision(n int) func(*Config) {
	return func(c *Config) {
		if c.Text.Precision = n; n == 0 {
			c.Text.Precision = record.NoFraction
		}
	}
}

func timeFormat(format string) func(*Config) {
	return func(c *Config) { c.Text.Time, _ = record.ParseTimeFormat(format) }
}

const times = "stime ltime sstime dstime dur sdur rate sload tcprtt pcr ploss"

var options = []option{
	{name: "p0", fields: times, limit: 6, set: precision(0)},
	{name: "p1", fields: times, limit: 6, set: precision(1)},
	{name: "p3", fields: times, limit: 6, set: precision(3)},
	{name: "p6", fields: times, limit: 6, set: precision(6)},
	{name: "unix-p3", fields: "stime ltime sstime dur", limit: 6, set: func(c *Config) { c.Text.UnixTime = true; c.Text.Precision = 3 }},
	{name: "unix-p0", fields: "stime ltime dur", limit: 6, set: func(c *Config) { c.Text.UnixTime = true; c.Text.Precision = record.NoFraction }},
	{name: "timeformat", fields: "stime ltime saddr daddr", limit: 4, set: timeFormat("%Y/%m/%d %T.%f"), ras: "3"},
	{name: "z", fields: "saddr daddr state:10", limit: 20, set: func(c *Config) { c.Text.TCPState = record.StateLetters }},
	{name: "Zb", fields: "saddr daddr state:12", limit: 20, set: func(c *Config) { c.Text.TCPState = record.StateFlags }},
	{name: "Zs", fields: "saddr daddr state:12", limit: 20, set: func(c *Config) { c.Text.TCPState = record.StateSrcFlags }},
	{name: "Zd", fields: "saddr daddr state:12", limit: 20, set: func(c *Config) { c.Text.TCPState = record.StateDstFlags }},
	{name: "user-ascii", fields: "stime suser:20 duser:40 state", limit: 3},
	{name: "user-obfuscate", fields: "stime suser:20 duser:40 state", limit: 3, set: func(c *Config) { c.Text.Data = record.DataObscured }},
	{name: "user-encode32", fields: "stime suser:20 duser:40 state", limit: 3, set: func(c *Config) { c.Text.Data = record.DataBase16 }},
	{name: "user-encode64", fields: "stime suser:20 duser:40 state", limit: 3, set: func(c *Config) { c.Text.Data = record.DataBase64 }},
	{name: "disa", fields: "proto sport stos sdsb:8", only: discard9, set: func(c *Config) { c.Text.Names = disaNames() }},
	{name: "tos", fields: "proto sport stos sdsb sttl shops", only: discard9},
	{name: "narrow", fields: "saddr:8 daddr:6 proto:4 sport:3 dport:4 bytes:2 dur:5 flgs:6", limit: 8},
	{name: "L3", fields: "stime saddr", limit: 8, set: func(c *Config) { c.Titles = 3 }},
	{name: "Lminus1", fields: "stime saddr", limit: 3, set: func(c *Config) { c.Titles = NoTitles }},
	{name: "plusminus", fields: "-flgs,-dport,+dur,+2pcr,+saddr:8", limit: 3},
	{name: "position", fields: "dur +0saddr +1daddr", limit: 3},
	{name: "noperiod", limit: 6, set: func(c *Config) { c.NoPeriod = true }},
	{name: "rmon", fields: "saddr sport pkts spkts dpkts bytes sbytes dbytes dir", limit: 6, set: func(c *Config) { c.Rmon = true }},
	{name: "names-icmp", fields: "proto sport dport state", set: func(c *Config) { c.Names = PortNames }, ras: "5",
		only: func(r *record.Record) bool { return r.Flow().Proto == record.ProtoICMP }},
	{name: "names-l2", fields: "proto saddr sport daddr dport etype state", set: func(c *Config) { c.Names = PortNames }, ras: "5", file: "l2"},
	{name: "man", fields: "stime ltime cause proto saddr sport daddr dport pkts spkts dpkts bytes sbytes dbytes appbytes sappbytes dappbytes trans state seq dur",
		only: isManagement, set: func(c *Config) { c.Management = true }, ras: "3"},
	{name: "percent", fields: "stime trans bytes pkts spkts dpkts sbytes loss ploss", ras: "5", set: func(c *Config) { c.Percent = NewTotals(nil) }},
	{name: "events", ras: "5", file: "events", set: func(c *Config) { c.Management, c.Events = true, true },
		only: notFirst},
	{name: "events-fields", fields: "stime ltime type proto cause state saddr srcid inf seq trans dur suser:40 status", ras: "5", file: "events",
		set: func(c *Config) { c.Management, c.Events = true, true }, only: notFirst, equal: equalEvent},
	{name: "variable", limit: 6, set: func(c *Config) { c.Variable = true }, equal: equalButArrow},
}

// notFirst leaves out the record that opens a stream, as version 5 does.
func notFirst(r *record.Record) bool {
	return r.Kind() != record.Management || r.Cause() != record.Start
}

// equalButArrow allows for two blanks more before the arrow, which the real
// programs print in its width where columns have none.
func equalButArrow(got, want string) bool {
	for _, arrow := range []string{" -> ", "<-> ", "<-  ", " ?> ", "<?> "} {
		if got == strings.Replace(want, "  "+arrow, arrow, 1) {
			return true
		}
	}
	return got == want
}

var dataOf = regexp.MustCompile(`s\[[0-9]+\]=.{0,40}`)

// equalEvent allows for what version 5 does to events: it cuts the kind to three
// letters, marks the flows of a management record as too long, and prints the
// text as zlib left it.
func equalEvent(got, want string) bool {
	g, w := strings.Fields(dataOf.ReplaceAllString(got, "DATA ")), strings.Fields(dataOf.ReplaceAllString(want, "DATA "))
	if len(g) != len(w) || len(g) < 3 {
		return false
	}
	const kind = 2
	if g[kind] == "flow" || g[kind] == "evnt" {
		g[kind] = g[kind][:3]
	}
	for i := range g {
		if !same(g[i], w[i]) && (g[kind] != "man" || w[i] != "*") {
			return false
		}
	}
	return true
}

func disaNames() *record.Names {
	n := ProtoNames.Functions()
	n.DSCode = DISACode
	return n
}

// TestReferenceOptions replays the vectors of single options.
func TestReferenceOptions(t *testing.T) {
	if _, err := os.Stat(reference); err != nil {
		t.Skipf("%s not found", reference)
	}
	for _, o := range options {
		for _, ra := range []string{"ra3", "ra5"} {
			if o.ras == "" || strings.Contains(o.ras, ra[2:]) {
				o.replay(t, ra)
			}
		}
	}
}

func (o option) replay(t *testing.T, ra string) {
	cfg := Config{Names: ProtoNames, Registry: withDefects(t, ra, Text)}
	cfg.Fields = fieldsOf(t, cfg.Registry, DefaultFieldList)
	if o.fields != "" {
		f, err := ParseFields(cfg.Registry, cfg.Fields, o.fields)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Fields = f
	}
	if o.set != nil {
		o.set(&cfg)
	}
	file := o.file
	if file == "" {
		file = "synth"
	}
	name := filepath.Join(reference, "data", file+".v"+ra[2:]+".arg")
	if cfg.Percent != nil {
		each(t, name, func(r *record.Record, _ int64) { cfg.Percent.Add(r) })
		cfg.Registry = record.Attributes()
		cfg.Fields = fields(t, o.fields)
	}
	want := lines(t, filepath.Join(reference, "out", "opt."+ra+"."+o.name+".txt"))
	if o.equal != nil {
		compare(t, ra+" "+o.name, printed(t, name, o.limit, o.only, cfg), want, o.equal)
		return
	}
	compare(t, ra+" "+o.name, printed(t, name, o.limit, o.only, cfg), want, func(got, want string) bool {
		return sameWords(got, want) || turnedRound(got, want) || strings.HasPrefix(strings.TrimSpace(got), "StartTime") && slices.Equal(strings.Fields(got), strings.Fields(want))
	})
}

// TestReferenceHexDump compares the dumps of user data with those of version 5,
// which prints the source's once more before the destination's, and neither the
// columns behind the first dump nor one empty line a dump.
func TestReferenceHexDump(t *testing.T) {
	if _, err := os.Stat(reference); err != nil {
		t.Skipf("%s not found", reference)
	}
	cfg := Config{Names: ProtoNames, Text: record.TextOptions{Data: record.DataHexDump}, Fields: fields(t, "stime suser:20 duser:40 state")}
	var got, want []string
	for _, line := range printed(t, filepath.Join(reference, "data", "synth.v5.arg"), 3, nil, cfg) {
		if strings.HasPrefix(line, "      0") {
			got = append(got, line)
		}
	}
	var dump, last []string // of a side; the one before
	for _, line := range lines(t, filepath.Join(reference, "out", "opt.ra5.user-hex.txt")) {
		switch {
		case strings.HasPrefix(line, "      0"):
			dump = append(dump, line)
		case len(dump) > 0:
			if !slices.Equal(dump, last) {
				want = append(want, dump...)
			}
			dump, last = nil, dump
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("-want +got\n%s", diff)
	}
}

// sameWords compares lines by their words, numbers with fractions as numbers.
// The layout is compared where all words are equal.
func sameWords(got, want string) bool {
	if got == want {
		return true
	}
	g, w := strings.Fields(got), strings.Fields(want)
	if len(g) != len(w) || len(got) != len(want) {
		return false
	}
	exact := true
	for i := range g {
		if cut := strings.TrimSuffix(w[i], "*"); !same(g[i], w[i]) && (cut == w[i] || !strings.HasPrefix(g[i], cut)) {
			return false
		}
		exact = exact && g[i] == w[i]
	}
	return !exact
}

func fields(t testing.TB, list string) []Field { return fieldsOf(t, record.Attributes(), list) }
