package zeek_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

const vectors = "../../shared/data/zeek"

// logs returns the logs of the vectors with an ending.
func logs(t *testing.T, ending string) []string {
	names, _ := filepath.Glob(filepath.Join(vectors, "*"+ending))
	if len(names) == 0 {
		t.Skipf("%s not found", vectors)
	}
	return names
}

// throughRecords reads a log into records, copies those, and writes them as a log.
func throughRecords(t *testing.T, input []byte, cfg zeek.WriterConfig) []byte {
	t.Helper()
	var out bytes.Buffer
	w := cfg.NewWriter(&out)
	r := zeek.ReaderConfig{Strict: true}.NewReader(bytes.NewReader(input))
	for rec, err := range r.Records() {
		if err != nil {
			t.Fatal(err)
		}
		var copied record.Record
		if err := copied.Load(bytes.Clone(rec.Bytes())); err != nil {
			t.Fatal(err)
		}
		if err := copied.Resolve(); err != nil {
			t.Fatal(err)
		}
		if err := w.Write(&copied); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w.Skipped() != 0 {
		t.Errorf("%d records without a row", w.Skipped())
	}
	return out.Bytes()
}

// rowLines are the lines that are no header.
func rowLines(log []byte) (rows []string) {
	for line := range strings.Lines(string(log)) {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.TrimSuffix(line, "\n"))
		}
	}
	return rows
}

// cells are the rows of a TSV log by column; columns without a value are left out.
func cells(log []byte) (rows []map[string]string) {
	var names []string
	for line := range strings.Lines(string(log)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if parts[0] == "#fields" {
			names = parts[1:]
		}
		if line[0] == '#' {
			continue
		}
		row := map[string]string{}
		for i, v := range parts {
			if v != "-" {
				row[names[i]] = v
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func TestTSVThroughRecords(t *testing.T) {
	for _, name := range logs(t, ".conn.log") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			input, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			// With the columns of the original, line by line.
			r := zeek.NewReader(bytes.NewReader(input))
			for _, err := range r.Conns() {
				if err != nil {
					t.Fatal(err)
				}
			}
			h := r.Header()
			got := throughRecords(t, input, zeek.WriterConfig{Header: &h})
			if d := cmp.Diff(rowLines(input), rowLines(got)); d != "" {
				t.Errorf("lines differ (-in +out):\n%s", d)
			}
			// Without knowing them, value by value.
			got = throughRecords(t, input, zeek.WriterConfig{})
			if d := cmp.Diff(cells(input), cells(got)); d != "" {
				t.Errorf("values differ (-in +out):\n%s", d)
			}
		})
	}
}

func objects(t *testing.T, log []byte) (rows []map[string]any) {
	for line := range bytes.Lines(log) {
		row := map[string]any{}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestJSONThroughRecords(t *testing.T) {
	for _, name := range logs(t, ".conn.json") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			input, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := throughRecords(t, input, zeek.WriterConfig{Format: zeek.JSON})
			if d := cmp.Diff(objects(t, input), objects(t, got)); d != "" {
				t.Errorf("values differ (-in +out):\n%s", d)
			}
		})
	}
}

// The two forms of a log give the same records.
func TestTSVAndJSONAreTheSame(t *testing.T) {
	for _, name := range logs(t, ".conn.json") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			var records [2][]string
			for i, name := range []string{strings.TrimSuffix(name, ".json") + ".log", name} {
				f, err := os.Open(name)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				for rec, err := range (zeek.ReaderConfig{Strict: true}).NewReader(f).Records() {
					if err != nil {
						t.Fatal(err)
					}
					records[i] = append(records[i], string(rec.Bytes()))
				}
			}
			if d := cmp.Diff(records[0], records[1]); d != "" {
				t.Errorf("records differ (-TSV +JSON):\n%s", d)
			}
		})
	}
}
