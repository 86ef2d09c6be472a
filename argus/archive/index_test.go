package archive

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

// A stretch of time read by the index has the records that a whole reading has,
// and less of the file is read.
func TestBetween(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	out, err := argus.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	const n = 20_000
	if err := out.Write(start()); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		at := time.Duration(i) * time.Second
		if err := out.Write(flow(at, at+10*time.Second, 2, byte(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	base := time.Date(2024, 1, 15, 12, 0, 0, 0, time.UTC).UnixNano()
	within := func(from, to int) (all int, recs [][]byte) {
		s, e := base+int64(from)*1e9, base+int64(to)*1e9
		for r, err := range Between(context.Background(), name, s, e) {
			if err != nil {
				t.Fatal(err)
			}
			all++
			if r.IsFlow() && int64(r.StartTime()) <= e && int64(r.EndTime()) >= s {
				recs = append(recs, bytes.Clone(r.Bytes()))
			}
		}
		return all, recs
	}
	all, want := within(12_000, 12_100)
	if all != n+1 {
		t.Fatalf("%d records without an index", all)
	}
	x, err := BuildIndex(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Write(name); err != nil {
		t.Fatal(err)
	}
	all, got := within(12_000, 12_100)
	if len(got) != 111 || len(got) != len(want) || all > n/2 {
		t.Errorf("%d of %d records, want %d", len(got), all, len(want))
	}
	for i := range got {
		if !bytes.Equal(got[i], want[i]) {
			t.Fatalf("record %d differs", i)
		}
	}
	if all, got := within(30_000, 30_001); all > 1 || len(got) > 0 {
		t.Errorf("%d records of another time", all)
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(flow(0, 0, 1, 1).Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadIndex(name); !errors.Is(err, ErrStale) {
		t.Errorf("a changed file: %v", err)
	}
}

func TestBrokenIndex(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(name, start().Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	x, err := BuildIndex(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Write(name); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(IndexName(name))
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		for _, bad := range [][]byte{b[:i], append(append(bytes.Clone(b[:i]), b[i]^1), b[i+1:]...)} {
			if _, err := parseIndex(bad); err == nil {
				t.Fatalf("byte %d: no error", i)
			}
		}
	}
	n := 0
	for r, err := range Between(context.Background(), name, 0, 1<<62) {
		if err != nil || r.Kind() != record.Management {
			t.Error(err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d records", n)
	}
}
