package filter

import (
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

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

// reversed lists the records that the reader of the vectors had turned round.
var reversed = map[string][]int{
	"tcp5.arg": {8, 13}, "ip6v5.arg": {51, 63, 64, 66}, "tcp3.arg": {8, 13}, "l2v5.arg": {77, 415},
	"mix3.arg": {99, 128, 492, 644, 656, 657, 659},
}

func correctedRecords(t testing.TB, file string) []*record.Record {
	recs := vectorRecords(t, filepath.Join(vectorDir, file))
	for _, i := range reversed[file] {
		recs[i].Reverse()
	}
	return recs
}

func readTSV(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(vectorDir, name))
	if err != nil {
		t.Skipf("%s not found", name)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	b, err := os.ReadFile(filepath.Join(vectorDir, name))
	if err != nil {
		t.Fatal(err)
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

func TestVectors(t *testing.T) {
	rows := readTSV(t, "cases.tsv")
	files := map[string][]*record.Record{}
	bad := map[string][]string{}
	pass, noted := 0, 0
	for _, row := range rows {
		file, expr, want, note := row[0], row[1], row[4], row[9]
		if note != "" {
			noted++
			continue
		}
		if files[file] == nil {
			files[file] = correctedRecords(t, file)
		}
		got := ""
		if row[2] == "error" {
			want = "error"
		}
		p, err := vectorOptions.Compile(expr)
		if err != nil {
			got = "error"
		} else {
			got = ordinals(matching(p, files[file]))
		}
		if got == want {
			pass++
			continue
		}
		bad[expr] = append(bad[expr], fmt.Sprintf("%s: got %s want %s %v", file, got, want, err))
	}
	var exprs []string
	for e := range bad {
		exprs = append(exprs, e)
	}
	sort.Strings(exprs)
	for _, e := range exprs {
		t.Errorf("%s\n\t%s", e, strings.Join(bad[e], "\n\t"))
	}
	t.Logf("%d of %d rows without a note, %d noted", pass, len(rows)-noted, noted)
}
