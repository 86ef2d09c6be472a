package record

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// TestLoadReference loads and resolves every record of the reference files.
func TestLoadReference(t *testing.T) {
	files, _ := filepath.Glob("../../shared/data/*/v[35]/*.arg")
	more, _ := filepath.Glob("../../shared/data/wire/*.arg")
	files = append(files, more...)
	if len(files) == 0 {
		t.Skip("reference data not found")
	}
	var rec Record
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > 1 && (b[0] == 0x1f || b[0] == 0xb5) {
			continue // compressed, or the import with a START in host order
		}
		for at, n := 0, 0; at < len(b); n++ {
			if err := rec.Load(b[at:]); err != nil {
				t.Errorf("%s: offset %d, record %d: %v", name, at, n, err)
				break
			}
			if err := rec.Resolve(); err != nil {
				t.Errorf("%s: offset %d, record %d: %v", name, at, n, err)
			}
			at += 4 * int(binary.BigEndian.Uint16(b[at+2:]))
		}
	}
	t.Logf("%d files", len(files))
}

func TestLoadAllocs(t *testing.T) {
	b := AppendMetrics(AppendHeader(nil, FlowRecord, Version5, Start), Counters{3, 300, 10}, Counters{2, 200, 0}, true)
	if !PutLength(b) {
		t.Fatal("no length")
	}
	var rec Record
	if n := testing.AllocsPerRun(100, func() {
		if err := rec.Load(b); err != nil {
			t.Fatal(err)
		}
		rec.Metrics()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if got := rec.Metrics(); got.Src != (Counters{3, 300, 10}) || got.Dst != (Counters{2, 200, 0}) {
		t.Errorf("got %+v", got)
	}
}
