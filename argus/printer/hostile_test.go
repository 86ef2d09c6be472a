package printer

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/record"
)

// hostile is a record whose text and bytes say what an attacker wants.
func hostile(text []byte) *record.Record {
	r := record.New(record.FlowRecord, record.Version5, record.Start)
	r.SetFlow(record.Flow{Class: record.ClassFiveTuple, Type: record.KeyIPv4, Proto: record.ProtoTCP,
		Src: record.EndpointFrom4([4]byte{10, 0, 0, 1}), Dst: record.EndpointFrom4([4]byte{10, 0, 0, 2}), SrcPort: 1, DstPort: 2})
	r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 1, Bytes: 60}})
	r.SetLabel(record.Label{Text: text})
	r.SetSrcData(record.UserData{Data: text})
	r.SetTransport(record.Transport{ID: record.SourceID{Kind: record.IDString, Bytes: [16]byte{0x1b, '[', '\n', '"'}}})
	return r
}

const hostileFields = "srcid:12 label:30 saddr suser:40 duser sco proto"

var nasty = [][]byte{
	[]byte("plain"),
	[]byte("a=b\nforged,line,\"with\" 'quotes'\r\n"),
	[]byte("\x1b[2J\x1b]0;owned\x07\x9b31m"),
	[]byte("bad utf8 \xff\xfe\xc3("),
	[]byte("nul\x00del\x7f c1 \xc2\x9b bidi \xe2\x80\xae end"),
	[]byte(`{"a":1,"b":"x"}`),
	[]byte("{\"a\":\n1}"),
	[]byte("{not json"),
	[]byte("k=v,w:\"q\"=<&>:n=12.5,03,x:\x01=\x02"),
	[]byte("ünïcode=日本語のラベル:ok=yes"),
}

func print1(t testing.TB, cfg Config, r *record.Record) string {
	t.Helper()
	var b strings.Builder
	p, err := New(&b, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Print(r); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// harmless fails if text could control a terminal.
func harmless(t rapid.TB, form, text string) {
	if !utf8.ValidString(text) {
		t.Errorf("%s: no UTF-8: %q", form, text)
	}
	for _, c := range text {
		if c != '\n' && c != '\r' && c != '\t' && (c < 0x20 || c >= 0x7F && c < 0xA0 || c == 0x202E) {
			t.Errorf("%s: control character %U in %q", form, c, text)
			return
		}
	}
}

func checkHostile(t rapid.TB, tb testing.TB, text []byte) {
	r := hostile(text)
	fields := fieldsOf(tb, record.Attributes(), hostileFields)

	line := print1(tb, Config{Fields: fields, Titles: NoTitles}, r)
	harmless(t, "text", line)
	if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "tcp\n") {
		t.Errorf("text: not one line: %q", line)
	}

	for _, sep := range []rune{',', '\t', ';', '§'} {
		out := print1(tb, Config{Fields: fields, Titles: NoTitles, Form: Separated, Separator: sep}, r)
		harmless(t, "separated", out)
		c := csv.NewReader(strings.NewReader(out))
		c.Comma = sep
		rows, err := c.ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 7 || rows[0][6] != "tcp" {
			t.Errorf("separated by %q: %q, %v of %q", sep, rows, err, out)
		}
	}

	for form, name := range map[Form]string{JSON: "json", TypedJSON: "typed json"} {
		out := print1(tb, Config{Fields: fields, Form: form}, r)
		harmless(t, name, out)
		var v map[string]any
		if err := json.Unmarshal([]byte(out), &v); err != nil || strings.Count(out, "\n") != 1 || v["proto"] != "tcp" {
			t.Errorf("%s: %v of %q", name, err, out)
		}
	}

	out := print1(tb, Config{Fields: fields, Form: XML}, r)
	harmless(t, "xml", out)
	for d := xml.NewDecoder(strings.NewReader(out)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Errorf("xml: %v of %q", err, out)
			break
		}
	}
}

func TestHostile(t *testing.T) {
	for _, text := range nasty {
		checkHostile(t, t, text)
	}
}

func TestHostileProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(rt, "text")
		checkHostile(rt, t, text)
	})
}

// The user data that typed JSON has is what was captured, bit by bit.
func TestTypedDataIsWhole(t *testing.T) {
	for _, text := range nasty {
		var v struct{ Suser []byte }
		out := print1(t, Config{Fields: fields(t, "suser"), Form: TypedJSON}, hostile(text))
		if err := json.Unmarshal([]byte(out), &v); err != nil || !bytes.Equal(v.Suser, text) {
			t.Errorf("%q, %v of %q", v.Suser, err, out)
		}
	}
}

func TestPrintAllocs(t *testing.T) {
	r := hostile([]byte("app=web:n=1,2"))
	for form, cfg := range map[string]Config{
		"text": {}, "csv": {Form: Separated, Fields: fields(t, fields41)}, "json": {Form: JSON}, "typed": {Form: TypedJSON, Fields: fields(t, fields41)},
		"all": {Form: JSON, Fields: fields(t, allNames())},
	} {
		p, err := New(io.Discard, cfg)
		if err != nil {
			t.Fatal(err)
		}
		for range 1000 { // the buffer grows to its size
			if err := p.Print(r); err != nil {
				t.Fatal(err)
			}
		}
		if n := testing.AllocsPerRun(200, func() { _ = p.Print(r) }); n != 0 {
			t.Errorf("%s: %v allocations a record", form, n)
		}
	}
}

// allNames are the names of all attributes.
func allNames() string {
	var names []string
	for a := range record.Attributes().All() {
		names = append(names, a.Name)
	}
	return strings.Join(names, " ")
}

// Colours change nothing but the colours, and hostile content does not add any.
func TestColor(t *testing.T) {
	sgr := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for _, text := range nasty {
		r := hostile(text)
		cfg := Config{Fields: fields(t, "stime flgs proto saddr sport dir daddr dport label:30 state")}
		want := print1(t, cfg, r)
		cfg.Color = true
		got := print1(t, cfg, r)
		trim := func(s string) string { return regexp.MustCompile(" *\n").ReplaceAllString(s, "\n") }
		if trim(sgr.ReplaceAllString(got, "")) != trim(want) || got == want {
			t.Errorf("got %q, want the text of %q", got, want)
		}
		harmless(t, "color", sgr.ReplaceAllString(got, ""))
		if !regexp.MustCompile(`\x1b\[35m +(<->| ->)`).MatchString(got) || !strings.Contains(got, magenta+"  INT") {
			t.Errorf("no colour of direction or state in %q", got)
		}
	}
}
