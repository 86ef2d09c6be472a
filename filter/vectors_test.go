package filter

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/internal/names"
	"github.com/seed-6ae541b3/goargus/record"
)

const vectorDir = "../../shared/data/filter"

// vectorRecords loads the records of a file of vectors.
func vectorRecords(t testing.TB, path string) []*record.Record {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("%s not found", path)
	}
	var recs []*record.Record
	for len(b) > 0 {
		n := 4 * int(binary.BigEndian.Uint16(b[2:]))
		r := new(record.Record)
		if err := r.Load(b[:n]); err != nil {
			t.Fatalf("%s: record %d: %v", path, len(recs), err)
		}
		recs = append(recs, r)
		b = b[n:]
	}
	return recs
}

// vectorReader is how the reader of the vectors was told to correct directions.
var vectorReader = record.CorrectOptions{
	Evidence: true, WellKnown: true, UDP: true,
	Service: func(p record.Proto, port uint16) bool { return names.Port(uint8(p), port) != "" },
}

// reversed lists records with which the reader of the vectors did otherwise: it
// turned ARP with the mark for exchanged ends, took the number of a fragment for
// ports, and left a flow from the service mdns as it is.
var reversed = map[string][]int{"base5.arg": {108, 111, 129}, "mix3.arg": {128}}

func correctedRecords(t testing.TB, file string) []*record.Record {
	recs := vectorRecords(t, filepath.Join(vectorDir, file))
	for _, r := range recs {
		r.Correct(&vectorReader)
	}
	for _, i := range reversed[file] {
		recs[i].Reverse()
	}
	return recs
}

func readTSV(t testing.TB, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectorDir, name))
	if err != nil {
		t.Skipf("%s not found", name)
	}
	var rows [][]string
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), "\t"))
		}
	}
	return rows
}

// ordinals writes numbers as ranges, as the vectors do.
func ordinals(n []int) string {
	if len(n) == 0 {
		return "-"
	}
	var b strings.Builder
	for i := 0; i < len(n); {
		j := i
		for j+1 < len(n) && n[j+1] == n[j]+1 {
			j++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(n[i]))
		if j > i {
			fmt.Fprintf(&b, "-%d", n[j])
		}
		i = j + 1
	}
	return b.String()
}

func matching(p *Program, recs []*record.Record) []int {
	var n []int
	for i, r := range recs {
		if p.Match(r) {
			n = append(n, i)
		}
	}
	return n
}

// vectorOptions are what the machine of the vectors knew.
var vectorOptions = Options{Resolver: func(name string) ([]netip.Addr, error) { return nil, os.ErrNotExist }}

// set reads ordinals as the vectors write them.
func set(s string) map[int]bool {
	m := map[int]bool{}
	if s == "-" || s == "error" {
		return m
	}
	for part := range strings.SplitSeq(s, ",") {
		low, high, isRange := strings.Cut(part, "-")
		a, _ := strconv.Atoi(low)
		b := a
		if isRange {
			b, _ = strconv.Atoi(high)
		}
		for i := a; i <= b; i++ {
			m[i] = true
		}
	}
	return m
}

// vector is a row of cases.tsv.
type vector struct {
	file, expr, note string
	want             string // ordinals, or "error"
}

// readVectors reads cases.tsv. Where the optimiser of the reference changes the
// answer, the one without it counts; where the reader of version 5 garbles
// files of version 3, that of version 3.
func readVectors(t testing.TB) []vector {
	var vectors []vector
	for _, row := range readTSV(t, "cases.tsv") {
		v := vector{file: row[0], expr: row[1], note: row[9], want: row[4]}
		if row[2] == "error" {
			v.want = "error"
		}
		if row[6] != "=" && row[6] != "?" {
			v.want = row[6]
			if row[5] == "error" {
				v.want = "error"
			}
		}
		if row[8] != "=" && row[8] != "." && isJitter(v.expr) && row[7] != "error" && v.note == "" {
			v.want = row[8]
		}
		vectors = append(vectors, v)
	}
	return vectors
}

func isJitter(expr string) bool {
	return strings.Contains(expr, "jit") || strings.Contains(expr, "intpkt") || strings.Contains(expr, "inter ")
}

// Every row of the vectors gives the listed records; where it does not, a known
// defect of the reference explains each record of difference.
func TestVectors(t *testing.T) {
	vectors := readVectors(t)
	files := map[string][]*record.Record{}
	rows, exact := map[bool]int{}, map[bool]int{}
	byClass := map[string]map[bool]int{}
	for _, v := range vectors {
		if files[v.file] == nil {
			files[v.file] = correctedRecords(t, v.file)
		}
		recs := files[v.file]
		noted := v.note != ""
		rows[noted]++
		p, err := vectorOptions.Compile(v.expr)
		got := "error"
		if err == nil {
			got = ordinals(matching(p, recs))
		}
		if got == v.want {
			exact[noted]++
			continue
		}
		c := explain(v, got, recs)
		// The aggregated base5.arg has blocks of five words, of which the
		// reference misreads all but the first.
		if c == "jitter-unit" && recs[0].Version() == record.Version5 && v.file != "base5.arg" {
			checkMicroseconds(t, v, recs)
		}
		if c == "" {
			t.Errorf("%s %q (%s):\n got %s (%v)\nwant %s", v.file, v.expr, v.note, got, err, v.want)
			continue
		}
		if byClass[c] == nil {
			byClass[c] = map[bool]int{}
		}
		byClass[c][noted]++
	}
	document := differencesDocument(t)
	ids := map[string]bool{}
	for _, c := range classes {
		ids[c.id] = true
	}
	for _, c := range leafClasses {
		ids[c.id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		row := regexp.MustCompile("(?m)^\\| `" + id + "` \\|.*\\| (\\d+\\+\\d+) \\|$").FindStringSubmatch(document)
		count := fmt.Sprintf("%d+%d", byClass[id][true], byClass[id][false])
		if row == nil || row[1] != count {
			t.Errorf("the document of differences has no row for %s with %s answers: %q", id, count, row)
		}
	}
	t.Logf("exact: %d of %d rows without a note, %d of %d with one", exact[false], rows[false], exact[true], rows[true])
}

// differencesDocument is the text that explains every class of difference.
func differencesDocument(t *testing.T) string {
	t.Helper()
	for _, path := range []string{"../docs/differences/filter.md", "../docs/differences.md"} {
		if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte("`absent-bits`")) {
			return string(b)
		}
	}
	t.Fatal("no document explains the differences")
	return ""
}

// checkMicroseconds checks that the answer of the reference for a file of
// version 5 comes from taking its nanoseconds for microseconds, and nothing else.
func checkMicroseconds(t *testing.T, v vector, recs []*record.Record) {
	i := strings.LastIndexByte(v.expr, ' ')
	operand, err := strconv.ParseFloat(v.expr[i+1:], 64)
	if err != nil {
		t.Fatal(err)
	}
	expr := v.expr[:i+1] + strconv.FormatFloat(operand/1000, 'f', -1, 64)
	p, err := Compile(expr)
	if err != nil {
		t.Fatal(err)
	}
	if got := ordinals(matching(p, recs)); got != v.want {
		t.Errorf("%s %q:\n got %s\nwant %s", v.file, expr, got, v.want)
	}
}

// explain names the class of difference between what the filter gives and what
// the vectors list, or "" if some record has no explanation.
func explain(v vector, got string, recs []*record.Record) string {
	want, have := set(v.want), set(got)
	for _, c := range classes {
		if !c.covers.MatchString(v.expr) || c.note != "" && !strings.Contains(v.note, c.note) ||
			(got == "error") != c.refused || c.accepted != (v.want == "error") {
			continue
		}
		explained := true
		for i, r := range recs {
			if want[i] != have[i] && c.record != nil && !c.record(v, i, r) {
				explained = false
				break
			}
		}
		if explained {
			return c.id
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
