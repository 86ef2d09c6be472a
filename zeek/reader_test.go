package zeek_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

// head is a header with the least columns and those named.
func head(more ...string) string {
	return "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tproto" + tabbed(more) + "\n"
}

func tabbed(cells []string) (s string) {
	for _, c := range cells {
		s += "\t" + c
	}
	return s
}

func rowOf(more ...string) string { return "1.000001\t10.0.0.1\t10.0.0.2\ttcp" + tabbed(more) + "\n" }

// asJSON reads a log and gives its rows as JSON.
func asJSON(t *testing.T, cfg zeek.ReaderConfig, in io.Reader) (string, *zeek.Reader, error) {
	t.Helper()
	var out bytes.Buffer
	w := zeek.WriterConfig{Format: zeek.JSON}.NewWriter(&out)
	r := cfg.NewReader(in)
	defer r.Close()
	var failed error
	for c, err := range r.Conns() {
		if failed = err; err != nil {
			break
		}
		if err := w.WriteConn(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), r, failed
}

const least = `{"ts":1.000001,"id.orig_h":"10.0.0.1","id.resp_h":"10.0.0.2","proto":"tcp"`

func TestReader(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"least", head() + rowOf(), least + "}\n"},
		{"no last newline", head() + strings.TrimSuffix(rowOf(), "\n"), least + "}\n"},
		{"CRLF", strings.ReplaceAll(head()+rowOf(), "\n", "\r\n"), least + "}\n"},
		{"byte order mark", "\xef\xbb\xbf" + head() + rowOf(), least + "}\n"},
		{"comments and empty lines", "### a banner\n" + head() + "\n# note\n" + rowOf() + "#close\t2025-01-01-00-00-00\n", least + "}\n"},
		{"unset and empty", head("uid", "service", "x") + rowOf("-", "(empty)", "(empty)"), least + `,"service":"","x":""}` + "\n"},
		{
			"other marks", "#separator |\n#set_separator|;\n#empty_field|E\n#unset_field|U\n#path|conn\n#fields|proto|ts|id.resp_h|id.orig_h|s|uid\n#types|enum|time|addr|addr|set[count]|string\n" +
				"tcp|1.000001|10.0.0.2|10.0.0.1|1;2|-\ntcp|1.000001|10.0.0.2|10.0.0.1|E|U\n",
			`{"ts":1.000001,"uid":"-","id.orig_h":"10.0.0.1","id.resp_h":"10.0.0.2","proto":"tcp","s":[1,2]}` + "\n" + least + `,"s":[]}` + "\n",
		},
		{
			"a second header", head() + rowOf() + "#close\tx\n" + head("history", "id.orig_p") + rowOf("Sh", "7"),
			least + "}\n" + `{"ts":1.000001,"id.orig_h":"10.0.0.1","id.orig_p":7,"id.resp_h":"10.0.0.2","proto":"tcp","history":"Sh"}` + "\n",
		},
		{"escapes", head("uid", "x") + rowOf(`\x2d`, `a\x09b\x5cx\xffç\`), least[:14] + `,"uid":"-"` + least[14:] + `,"x":"a\tb\\x\udcffç\\"}` + "\n"},
		{
			"types of other columns", "#separator \\x09\n#fields\tts\tid.orig_h\tid.resp_h\tproto\ta\tb\tc\td\te\tf\n#types\ttime\taddr\taddr\tenum\tbool\tdouble\tdouble\tvector[string]\tset[bool]\tsubnet\n" +
				rowOf("T", "1e-7", "nan", "a,-,,\\x2c", "T,F", "10.0.0.0/8"),
			least + `,"a":true,"b":1e-7,"c":"nan","d":["a",null,"",","],"e":[true,false],"f":"10.0.0.0/8"}` + "\n",
		},
		{"underscores", "#fields\tts\tid_orig_h\tid_resp_h\tproto\n" + rowOf(), least + "}\n"},
		{"JSON", least + "}\n", least + "}\n"},
		{"JSON in an array", "[" + least + "},\n" + least + "}, " + least + "}\n]\n", strings.Repeat(least+"}\n", 3)},
		{"JSON wrapped", ` {"conn" : ` + least + ` } }`, least + "}\n"},
		{"JSON after TSV", head() + rowOf() + least + "}\n", least + "}\n" + least + "}\n"},
		{"JSON of other types", `{"ts":"1970-01-01T00:00:01.000001Z","id_orig_h":"10.0.0.1","id_orig_p":"80","id.resp_h":"10.0.0.2","proto":"tcp","local_orig":true,"service":["a","b\u002c"],"duration":1.5e0,"uid":null,"y":{"z":[1, 2]}}`,
			`{"ts":1.000001,"id.orig_h":"10.0.0.1","id.orig_p":80,"id.resp_h":"10.0.0.2","proto":"tcp","service":"a,b,","duration":1.500000,"local_orig":true,"y":{"z":[1, 2]}}` + "\n"},
		{"JSON with escapes", least + `,"uid":"\ud83d\ude00\udcff\ud800\n\/"}`, least[:14] + `,"uid":"` + "\U0001F600" + `\\xff\\xed\\xa0\\x80\n/"` + least[14:] + "}\n"},
		{"nothing", "", ""},
		{"a header alone", head(), ""},
		{"rows that are skipped", head("id.orig_p") + rowOf("x") + rowOf() + rowOf("1", "2") + rowOf("5"), `{"ts":1.000001,"id.orig_h":"10.0.0.1","id.orig_p":5,"id.resp_h":"10.0.0.2","proto":"tcp"}` + "\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, r, err := asJSON(t, zeek.ReaderConfig{}, iotest.HalfReader(strings.NewReader(c.in)))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("rows differ (-want +got):\n%s", d)
			}
			if strings.Contains(c.name, "skipped") != (r.Skipped() > 0) {
				t.Errorf("%d rows skipped", r.Skipped())
			}
		})
	}
}

func TestReaderOptions(t *testing.T) {
	names := map[string]string{"src_ip": "id.orig_h", "dst_ip": "id.resp_h", "time": "ts"}
	for _, in := range []string{
		"#fields\ttime\tsrc_ip\tdst_ip\tproto\n" + rowOf(),
		`{"time":1.000001,"src_ip":"10.0.0.1","dst_ip":"10.0.0.2","proto":"tcp"}`,
	} {
		if got, _, err := asJSON(t, zeek.ReaderConfig{Names: names}, strings.NewReader(in)); got != least+"}\n" {
			t.Errorf("with names: %s %v", got, err)
		}
	}
	h := zeek.Header{Separator: '\t', SetSeparator: ",", Empty: "(empty)", Unset: "-", Columns: []zeek.Column{{"ts", "time"}, {"id.orig_h", "addr"}, {"id.resp_h", "addr"}, {"proto", "enum"}}}
	if got, _, err := asJSON(t, zeek.ReaderConfig{Header: &h}, strings.NewReader(rowOf())); got != least+"}\n" {
		t.Errorf("without header lines: %s %v", got, err)
	}
	other := strings.Replace(head()+rowOf(), "conn", "conn_long", 1)
	if got, _, err := asJSON(t, zeek.ReaderConfig{AnyPath: true}, strings.NewReader(other)); got != least+"}\n" {
		t.Errorf("of another path: %s %v", got, err)
	}
}

func TestReaderErrors(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"no header", "1.0\t2\n", "line 1: expected header lines"},
		{"no column", "#fields\tts\tid.orig_h\tproto\n1\t1.2.3.4\ttcp\n", "line 2: expected a column id.resp_h"},
		{"columns twice", "#fields\tts\tts\n", "line 1: expected columns with a name each of its own"},
		{"types", head() + "#types\ttime\n", "line 4: expected 4 types, one for each of the fields, found 1"},
		{"separator", "#separator ab\n", "line 1: expected a separator of one byte"},
		{"other log", "#separator \\x09\n#path\tdns\n", `line 2: expected the path "conn", found "dns": not a conn log`},
		{"other JSON log", `{"_path":"http","ts":1}`, `line 1, column 10: _path: expected "conn", found "\"http\"": not a conn log`},
		{"too few columns", head("uid") + rowOf(), "line 4, column 31: expected 5 columns, found 4"},
		{"too many columns", head() + rowOf("x"), "line 4, column 31: expected 4 columns, found more"},
		{"a value", head("id.orig_p") + rowOf("65536"), `line 4, column 32: id.orig_p: expected a port from 0 to 65535, found "65536"`},
		{"an address", head() + "1.0\t1.2.3\t1.2.3.4\ttcp\n", `line 4, column 5: id.orig_h: expected an IP address, found "1.2.3"`},
		{"families", head() + "1.0\t::1\t1.2.3.4\ttcp\n", "line 4: expected two addresses of one family, found ::1 and 1.2.3.4"},
		{"unset", head() + "-\t::1\t1.2.3.4\ttcp\n", "line 4: expected a value for ts, found none"},
		{"JSON value", `{"ts":1.0,"id.orig_p":[1]}`, "line 1, column 23: id.orig_p: expected a value of type port"},
		{"JSON syntax", `{"ts":1.0,"x":tru}`, "line 1, column 15: x: expected a value"},
		{"JSON end", `{"ts":1.0`, "line 1, column 10: expected a comma or the end of the object"},
		{"JSON twice", `{"ts":1.0,"ts":2}`, "line 1, column 16: ts: expected one value, found a second"},
		{"JSON depth", `{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}", "line 1, column 70: x: expected less nesting"},
		{"JSON control", "{\"x\":\"\x01\"}", "line 1, column 7: x: expected an escape for a control character"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := asJSON(t, zeek.ReaderConfig{Strict: true}, strings.NewReader(c.in))
			var pe *zeek.ParseError
			if !errors.As(err, &pe) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
			if strings.Contains(c.name, "other") != errors.Is(err, zeek.ErrOtherLog) {
				t.Errorf("error %v is ErrOtherLog: %v", err, errors.Is(err, zeek.ErrOtherLog))
			}
		})
	}
}

func TestSkippedRowsAreTold(t *testing.T) {
	var told []string
	cfg := zeek.ReaderConfig{Skipped: func(e *zeek.ParseError) { told = append(told, fmt.Sprintf("%d %s", e.Line, e.Field)) }}
	in := head("vlan") + rowOf("x") + strings.Repeat("y", 17<<20) + "\n" + rowOf("3") + "{}\n"
	got, r, err := asJSON(t, cfg, strings.NewReader(in))
	if want := least + `,"vlan":3}` + "\n"; err != nil || got != want {
		t.Errorf("%s %v, want %s", got, err, want)
	}
	if d := cmp.Diff([]string{"4 vlan", "5 ", "7 "}, told); d != "" || r.Skipped() != 3 || r.Rows() != 1 {
		t.Errorf("skipped %d (-want +got):\n%s", r.Skipped(), d)
	}
}

func TestCompressed(t *testing.T) {
	plain := []byte(head() + strings.Repeat(rowOf(), 5000))
	var gz, zst bytes.Buffer
	for _, z := range []io.WriteCloser{gzip.NewWriter(&gz), must(zstd.NewWriter(&zst))} {
		if _, err := z.Write(plain); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	inputs := map[string][]byte{"gzip": gz.Bytes(), "zstd": zst.Bytes(), "gzip twice": append(bytes.Clone(gz.Bytes()), gz.Bytes()...)}
	if path, err := exec.LookPath("bzip2"); err == nil {
		cmd := exec.Command(path, "-c")
		cmd.Stdin = bytes.NewReader(plain)
		if inputs["bzip2"], err = cmd.Output(); err != nil {
			t.Fatal(err)
		}
	}
	for name, in := range inputs {
		want := int64(5000)
		if name == "gzip twice" {
			want *= 2
		}
		if _, r, err := asJSON(t, zeek.ReaderConfig{Strict: true}, bytes.NewReader(in)); err != nil || r.Rows() != want {
			t.Errorf("%s: %d rows of %d, %v", name, r.Rows(), want, err)
		}
		_, r, err := asJSON(t, zeek.ReaderConfig{}, bytes.NewReader(in[:len(in)-9]))
		if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "after line ") || name != "bzip2" && r.Rows() == 0 {
			t.Errorf("%s cut short: %d rows, %v", name, r.Rows(), err)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestManagementRecords(t *testing.T) {
	in := head("duration") + strings.ReplaceAll(rowOf("2.500000"), "1.000001", "1700000000.5") + strings.ReplaceAll(rowOf("-"), "1.000001", "1700000001.0")
	var kinds []string
	for rec, err := range (zeek.ReaderConfig{Management: true}).NewReader(strings.NewReader(in)).Records() {
		if err != nil {
			t.Fatal(err)
		}
		m := rec.Management()
		kinds = append(kinds, fmt.Sprint(rec.Kind(), " ", rec.Cause(), " ", record.Time(m.Now), " ", m.Records))
	}
	want := []string{
		"management Start 2023-11-14T22:13:20.5Z 0", "aflow Status 1970-01-01T00:00:00Z 0",
		"aflow Status 1970-01-01T00:00:00Z 0", "management Stop 2023-11-14T22:13:23Z 2",
	}
	if d := cmp.Diff(want, kinds); d != "" {
		t.Errorf("records differ (-want +got):\n%s", d)
	}
}

func TestReaderIsClosed(t *testing.T) {
	r := zeek.NewReader(strings.NewReader(head() + rowOf()))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(); err == nil || err == io.EOF {
		t.Errorf("reading after Close: %v", err)
	}
}

func TestReaderAllocatesNothingPerRow(t *testing.T) {
	log := manyRows(5000, zeek.TSV)
	few := testing.AllocsPerRun(3, func() { drain(t, log[:len(log)/10]) })
	many := testing.AllocsPerRun(3, func() { drain(t, log) })
	if many > few+20 {
		t.Errorf("%v allocations for 500 rows, %v for 5000", few, many)
	}
}

func drain(t *testing.T, log []byte) {
	for _, err := range zeek.NewReader(bytes.NewReader(log)).Records() {
		if err != nil {
			t.Fatal(err)
		}
	}
}
