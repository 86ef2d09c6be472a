package printer

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// reference is the folder of the vectors; tests that need it skip without it.
const reference = "../../../shared/data/fields"

// vector is one output of a real program: a record file and what was printed.
type vector struct {
	file string // without .arg
	out  string
	ra   string // ra3 or ra5
}

// vectors finds the outputs with a suffix, such as "default.txt".
func vectors(t *testing.T, suffix string) []vector {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(reference, "out", "*.ra[35]."+suffix))
	var vs []vector
	for _, name := range names {
		parts := strings.Split(filepath.Base(name), ".")
		if parts[0] == "opt" || len(parts) != 5 {
			continue
		}
		vs = append(vs, vector{filepath.Join(reference, "data", parts[0]+"."+parts[1]), name, parts[2]})
	}
	if len(vs) == 0 {
		t.Skipf("%s not found", reference)
	}
	return vs
}

func lines(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSuffix(string(b), "\n")
	if strings.HasSuffix(name, ".jsonl") {
		text = strings.TrimSuffix(text, "\n") // an empty line at the end
	}
	return strings.Split(text, "\n")
}

// each calls f for every record of a file.
func each(t testing.TB, name string, f func(r *record.Record, offset int64)) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var r record.Record
	for at := 0; at < len(b); at += 4 * int(binary.BigEndian.Uint16(b[at+2:])) {
		if err := r.Load(b[at:]); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		f(&r, int64(at))
	}
}

// printed prints the first records of a file; 0 is all. Version 5 counts no
// management records, version 3 all but the one that opens the file.
func printed(t testing.TB, name string, limit int, only func(*record.Record) bool, cfg Config) []string {
	t.Helper()
	var b strings.Builder
	p, err := New(&b, cfg)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	each(t, name, func(r *record.Record, offset int64) {
		if r.Kind() != record.Management || offset > 0 && strings.Contains(name, ".v3") {
			n++
		}
		if limit > 0 && n > limit || only != nil && !only(r) {
			return
		}
		if err := p.PrintAt(r, offset); err != nil {
			t.Fatal(err)
		}
	})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

// compare asks for the same number of lines, and for equal ones by the test.
func compare(t *testing.T, name string, got, want []string, equal func(got, want string) bool) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d lines, want %d", name, len(got), len(want))
	}
	bad := 0
	for i := range min(len(got), len(want)) {
		if !equal(got[i], want[i]) {
			if bad++; bad <= 3 {
				t.Errorf("%s, line %d:\n got %q\nwant %q", name, i+1, got[i], want[i])
			}
		}
	}
	if bad > 3 {
		t.Errorf("%s: %d lines differ", name, bad)
	}
}

// TestReferenceDefault prints every file in the default columns, as text with
// two levels of names, as CSV and as JSON. A registry with the defects of the
// real program makes every line equal: there is no difference but those.
func TestReferenceDefault(t *testing.T) {
	for _, form := range []struct {
		suffix string
		cfg    Config
	}{
		{"default.txt", Config{Names: ProtoNames}},
		{"nn.txt", Config{Names: NoNames}},
		{"default.csv", Config{Names: ProtoNames, Form: Separated}},
		{"default.jsonl", Config{Names: ProtoNames, Form: JSON}},
	} {
		n := 0
		for _, v := range vectors(t, form.suffix) {
			cfg := form.cfg
			cfg.Registry = withDefects(t, v.ra, cfg.Form)
			cfg.Fields = fieldsOf(t, cfg.Registry, DefaultFieldList)
			want := lines(t, v.out)
			n += len(want)
			compare(t, v.out, printed(t, v.file+".arg", 0, nil, cfg), want, func(got, want string) bool {
				return got == want || cfg.Form == JSON && got == validJSON(want) || turnedRound(got, want) || v.ra == "ra3" && staleICMP(got, want)
			})
		}
		t.Logf("%s: %d lines", form.suffix, n)
	}
}

func fieldsOf(t testing.TB, reg *record.Registry, list string) []Field {
	t.Helper()
	f, err := ParseFields(reg, nil, list)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var (
	hexMember  = regexp.MustCompile(`:0x([0-9a-f]+)`)
	hexAddress = regexp.MustCompile(`"daddr":(0x[0-9a-f]+)`)
	typeWord   = regexp.MustCompile(`"proto":([0-9]+)`)
)

// validJSON turns what is no JSON in a line of the real program into what it
// stands for.
func validJSON(line string) string {
	line = hexAddress.ReplaceAllString(line, `"daddr":"$1"`)
	line = hexMember.ReplaceAllStringFunc(line, func(s string) string {
		v, _ := strconv.ParseUint(s[3:], 16, 64)
		return ":" + strconv.FormatUint(v, 10)
	})
	return typeWord.ReplaceAllString(line, `"proto":"$1"`)
}

// turnedRound reports whether the real program of version 3 exchanged the ends
// of a flow, which ours does only when asked.
func turnedRound(got, want string) bool {
	ends := regexp.MustCompile(`[0-9.]+\.[0-9]+\.[0-9]+\.[0-9]+`)
	g, w := ends.FindAllString(got, -1), ends.FindAllString(want, -1)
	return len(g) >= 2 && len(g) == len(w) && hostOf(g[len(g)-2]) == hostOf(w[len(w)-1]) && hostOf(g[len(g)-1]) == hostOf(w[len(w)-2]) &&
		hostOf(g[len(g)-1]) != hostOf(w[len(w)-1])
}

// staleICMP reports whether version 3 shows the last ICMP error of an earlier
// flow in a flow of ICMP whose answer was seen first.
func staleICMP(got, want string) bool {
	strip := regexp.MustCompile(`(0x[0-9a-f]{4}.*)[ ,](ECO|TST|IRQ|MAS)$`)
	stale := regexp.MustCompile(`(0x[0-9a-f]{2}03.*)[ ,](UR[A-Z*]+)$`)
	g, w := strip.FindStringIndex(got), stale.FindStringIndex(want)
	return g != nil && w != nil && strings.TrimRight(got[:g[0]], " ") == strings.TrimRight(want[:w[0]], " ")
}

// hostOf is an address without the port that is joined to it.
func hostOf(s string) string {
	parts := strings.Split(s, ".")
	return strings.Join(parts[:4], ".")
}
