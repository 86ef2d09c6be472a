package record

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// referenceFiles are the record files of the real programs, except those that
// are damaged on purpose.
func referenceFiles(tb testing.TB) []string {
	var files []string
	for _, dir := range []string{"../testdata", "../../shared/data"} {
		_ = filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
			if err != nil || info.IsDir() || !strings.HasSuffix(strings.TrimSuffix(path, ".gz"), ".arg") {
				return nil
			}
			if strings.Contains(path, "malformed") || strings.Contains(path, "netflow-import-v5") {
				return nil
			}
			files = append(files, path)
			return nil
		})
	}
	if len(files) == 0 {
		tb.Skip("testdata and ../shared/data not found")
	}
	return files
}

func readReference(tb testing.TB, name string) []byte {
	b, err := os.ReadFile(name)
	if err != nil {
		if _, gone := os.Stat("../../shared/data"); gone != nil {
			tb.Skipf("%s not found", name)
		}
		tb.Fatal(err)
	}
	if bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			tb.Fatal(err)
		}
		if b, err = io.ReadAll(z); err != nil {
			tb.Fatal(err)
		}
	}
	return b
}

// TestRebuildReference decodes every DSR of the reference files and encodes it
// again from what was decoded.
func TestRebuildReference(t *testing.T) {
	var rec Record
	records, same := 0, 0
	differ := map[string]int{}
	for _, name := range referenceFiles(t) {
		b := readReference(t, name)
		for at := 0; at+4 <= len(b); {
			n := 4 * int(binary.BigEndian.Uint16(b[at+2:]))
			if n == 0 {
				at += 4
				continue
			}
			if err := rec.Load(b[at:]); err != nil {
				t.Errorf("%s: offset %d: %v", name, at, err)
				break
			}
			if err := rec.Resolve(); err != nil {
				t.Errorf("%s: offset %d: %v", name, at, err)
			}
			rec.Rebuild()
			v := rec.Version()
			if v == Mixed {
				at += n
				continue
			}
			records++
			got, err := rec.AppendTo(nil, v)
			switch {
			case err != nil:
				t.Errorf("%s: offset %d: %v", name, at, err)
			case bytes.Equal(clearPads(got), clearPads(b[at:at+n])):
				same++
			default:
				d := firstDifference(got, b[at:at+n])
				differ[d]++
				if differ[d] == 1 {
					t.Logf("%s: offset %d: %s", name, at, d)
				}
			}
			at += n
		}
	}
	var keys []string
	for k := range differ {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return differ[keys[i]] > differ[keys[j]] })
	for _, k := range keys[:min(len(keys), 40)] {
		t.Logf("%6d %s", differ[k], k)
	}
	t.Logf("%d of %d records are the same bytes (%.4f %%)", same, records, 100*float64(same)/float64(records))
	if same*1000 < records*999 {
		t.Errorf("only %d of %d records are the same bytes", same, records)
	}
}

// clearPads clears the bytes that no one can know: the pad of the metric DSR and
// of the TCP init DSR, where sensors leave bytes of the record before, and the
// window of the latter.
func clearPads(b []byte) []byte {
	var r Record
	if err := r.Load(b); err != nil {
		return b
	}
	if m := r.Raw(DSRMetrics); m != nil && r.Metrics().enc != 0 {
		size, sides, per := 1<<((r.Metrics().enc-1)%metricSides), 1, 2
		if r.Metrics().enc <= metricSides {
			sides = 2
		}
		if r.Metrics().withApp {
			per = 3
		}
		used := 4 + size*sides*per
		clear(m[min(used, len(m)):])
	}
	if n := r.Raw(DSRNetwork); n != nil && NetworkKind(n[1]) == NetworkTCPInit && len(n) >= 18 {
		clear(n[16:18])
		if len(n) == 24 {
			clear(n[22:])
		}
	}
	return b
}

func firstDifference(got, want []byte) string {
	var g, w Record
	if err := g.Load(got); err != nil {
		return err.Error()
	}
	if err := w.Load(want); err != nil {
		return err.Error()
	}
	if w.Kind() == Management {
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				return fmt.Sprintf("management byte %d", i)
			}
		}
	}
	for d, b := range w.DSRs() {
		if d < numDSR && !bytes.Equal(g.Raw(d), b) {
			return fmt.Sprintf("%s % x\n                    got % x", d, b[:min(len(b), 24)], g.Raw(d)[:min(len(g.Raw(d)), 24)])
		}
	}
	return fmt.Sprintf("order or padding: % x", want[:8])
}
