package argus

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// referenceFiles are record files of the real programs, plain and compressed:
// those of testdata and, where it is there, of the shared reference data.
func referenceFiles(tb testing.TB, part string) []string {
	tb.Helper()
	var files []string
	for _, dir := range []string{"../testdata", "../../shared/data"} {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.Contains(path, part) && isRecordFile(path) {
				files = append(files, path)
			}
			return nil
		})
	}
	return files
}

func isRecordFile(path string) bool {
	for _, pack := range []string{".gz", ".bz2", ".xz"} {
		path = strings.TrimSuffix(path, pack)
	}
	return strings.HasSuffix(path, ".arg") && !strings.Contains(path, "malformed")
}

// TestReferenceCopy reads all reference files and copies them. A copy is the
// very bytes, but for START records after the first, which a file has once.
func TestReferenceCopy(t *testing.T) {
	files := referenceFiles(t, "")
	if len(files) == 0 {
		t.Skip("testdata and ../shared/data not found")
	}
	records := 0
	for _, name := range files {
		src, err := Open(context.Background(), name)
		if err != nil {
			t.Fatal(err)
		}
		var want, got bytes.Buffer
		sink := NewSink(&got, name)
		first := true
		for rec, err := range src.Records() {
			if err == nil {
				err = sink.Write(rec)
			}
			if err != nil {
				t.Errorf("%v", err)
				break
			}
			records++
			if first || rec.Kind() != record.Management || rec.Cause() != record.Start {
				want.Write(rec.Bytes())
			}
			first = false
		}
		if err := sink.Close(); err != nil {
			t.Error(err)
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%s: %d bytes copied, want %d", name, got.Len(), want.Len())
		}
		if s := src.Stats(); s.Skipped != 0 || s.Reserved != 0 {
			t.Errorf("%s: %+v", name, s)
		}
		if plain, err := os.ReadFile(name); err == nil && strings.HasSuffix(name, ".arg") && src.Stats().Bytes != int64(len(plain)) {
			t.Errorf("%s: %d bytes read of %d", name, src.Stats().Bytes, len(plain))
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d files, %d records", len(files), records)
}

// TestReferenceMalformed reads the files that were damaged on purpose: as many
// records as are sound before the damage, then an error with its place.
func TestReferenceMalformed(t *testing.T) {
	const dir = "../../shared/data/wire/malformed/"
	if _, err := os.Stat(dir); err != nil {
		t.Skip(dir + " not found")
	}
	tests := []struct {
		name   string
		flows  int   // records that are no management records, strictly read
		offset int64 // of the error, -1 for none
		resync int   // flows when resynchronising
	}{
		{"good", 2, -1, 2},
		{"empty", 0, 0, 0}, {"short8", 0, 0, 0}, {"short16", 0, 0, 0}, {"short100", 0, 0, 0},
		{"maronly", 0, -1, 0}, {"nomar", 0, 0, 2}, {"nocookie", 0, 0, 2},
		{"major9", 2, -1, 2}, {"marver9", 0, 0, 2},
		{"farver9", 0, 128, 1}, {"farverother", 2, -1, 2},
		{"typeindex", 1, -1, 1}, {"typedatasup", 1, -1, 1}, {"typeaflow", 2, -1, 2},
		{"zerowords", 2, -1, 2}, {"zerolenhdr", 2, -1, 2},
		{"truncated", 1, -2, 1}, {"toolong", 0, 128, 1},
		// Its last three words are a DSR of their own: the record is sound without.
		{"lenshort3", 1, -2, 2},
		{"len1", 1, -2, 2},
		{"dsrlen0", 0, -2, 1}, {"dsrlen200", 0, -2, 1}, {"unkdsr", 2, -1, 2}, {"metricenc13", 2, -1, 2},
		{"timelen0", 0, -2, 1}, {"timequal", 2, -1, 2}, {"udcount", 2, -1, 2}, {"udlen1", 0, -2, 1},
		{"twomars", 2, -1, 2}, {"junk4", 1, -2, 2},
	}
	for _, tt := range tests {
		for _, version := range []string{".3.arg", ".5.arg"} {
			name := dir + tt.name + version
			t.Run(tt.name+version, func(t *testing.T) {
				flows, _, err := count(t, name)
				if flows != tt.flows {
					t.Errorf("%d flows, want %d (%v)", flows, tt.flows, err)
				}
				var e *record.OffsetError
				switch {
				case tt.offset == -1 && err != nil:
					t.Errorf("error %v, want none", err)
				case tt.offset != -1 && !errors.As(err, &e):
					t.Errorf("error %v, want an OffsetError", err)
				case tt.offset >= 0 && e.Offset != tt.offset:
					t.Errorf("error %v, want offset %d", err, tt.offset)
				}
				if flows, _, err := count(t, name, Resync); err != nil || flows != tt.resync {
					t.Errorf("resynchronising: %d flows, want %d (%v)", flows, tt.resync, err)
				}
			})
		}
	}
}

// TestNextAllocs reads records without allocating.
func TestNextAllocs(t *testing.T) {
	in := testStream(t, record.Version5, 2000)
	src := NewSource(context.Background(), bytes.NewReader(in), "in")
	next := func() {
		rec, err := src.Next()
		if err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if err == nil && rec.IsFlow() {
			rec.Flow()
			rec.Metrics()
			rec.Times()
		}
	}
	next()
	if n := testing.AllocsPerRun(1000, next); n != 0 {
		t.Errorf("%v allocations per record", n)
	}
}
