package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/fuzz"
	"github.com/seed-6ae541b3/goargus/record"
)

// files are the names of all files below a directory, in order.
func files(t interface{ Fatal(...any) }, dir string) (names []string) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// read are the bytes of all records of a file but the START records.
func read(t interface{ Fatal(...any) }, name string) (out [][]byte) {
	src, err := argus.Open(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for r, err := range src.Records() {
		if err != nil {
			t.Fatal(name, err)
		}
		if r.Kind() != record.Management || r.Cause() != record.Start {
			out = append(out, bytes.Clone(r.Bytes()))
		}
	}
	return out
}

// flow is a record of a stretch of time.
func flow(start, end time.Duration, packets uint64, src byte) *record.Record {
	r := record.New(record.FlowRecord, record.Version5, record.Status)
	r.SetFlow(record.Flow{
		Class: record.ClassFiveTuple, Type: record.KeyIPv4, Proto: record.ProtoTCP, SrcBits: 32, DstBits: 32,
		Src: record.EndpointFrom4([4]byte{192, 0, 2, src}), Dst: record.EndpointFrom4([4]byte{198, 51, 100, 1}),
	})
	base := time.Date(2024, 1, 15, 12, 0, 0, 0, time.UTC).UnixNano()
	r.SetTimes(record.Times{Src: record.Span{Start: base + int64(start), End: base + int64(end)}})
	r.SetMetrics(record.Metrics{Src: record.Counters{Packets: packets, Bytes: packets * 100}})
	return r.Clone()
}

func start() *record.Record {
	return record.NewManagement(record.Version5, record.Start, record.ManagementInfo{})
}

// The files of a division by count or size, one after the other, are the input.
func TestFilesConcatenateToInput(t *testing.T) {
	one := fuzz.RecordOf(record.Version5)
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "archive")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		cfg := Config{Name: filepath.Join(dir, "x."), Letters: 1, MaxOpen: rapid.IntRange(1, 3).Draw(t, "open")}
		switch rapid.SampledFrom([]string{"count", "size", "flow"}).Draw(t, "by") {
		case "count":
			cfg.Count = rapid.Int64Range(1, 5).Draw(t, "n")
		case "size":
			cfg.Size = rapid.Int64Range(1, 2000).Draw(t, "n")
		case "flow":
			cfg.Flow = func(r *record.Record) bool { return len(r.Bytes())%3 == 0 }
		}
		cfg.Suffix = rapid.SampledFrom([]string{"", ".part"}).Draw(t, "suffix")
		w, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		in := [][]byte(nil)
		for _, r := range append([]*record.Record{start()}, rapid.SliceOfN(one, 0, 40).Draw(t, "records")...) {
			if r.Kind() != record.Management || r.Cause() != record.Start {
				in = append(in, r.Bytes())
			}
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var out [][]byte
		for _, name := range files(t, dir) {
			recs := read(t, filepath.Join(dir, name))
			if cfg.Count > 0 && int64(len(recs)) > cfg.Count {
				t.Errorf("%s: %d records", name, len(recs))
			}
			out = append(out, recs...)
		}
		if diff := cmp.Diff(in, out); diff != "" {
			t.Error(diff)
		}
	})
}

// A division by time and fields cuts records and loses nothing, with many
// files and few open.
func TestByTimeAndField(t *testing.T) {
	dir := t.TempDir()
	var done []string
	w, err := New(Config{
		Name: filepath.Join(dir, "%Y/%m/%d/$saddr.%H.%M.%S"), Every: MustPeriod("30s"), Zone: time.UTC, MaxOpen: 2, Suffix: ".part",
		Done:   func(name string) error { done = append(done, name); return errors.New("no") },
		Failed: func(name string, err error) { done = append(done, fmt.Sprint(filepath.Base(name), ": ", err)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		for src := range byte(4) {
			if err := w.Write(flow(time.Duration(src)*time.Second, 40*time.Second, 10, src)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var want []string
	packets := uint64(0)
	for src := range 4 {
		for _, s := range []string{"00", "30"} {
			want = append(want, fmt.Sprintf("2024/01/15/192.0.2.%d.12.00.%s", src, s))
		}
	}
	got := files(t, dir)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, name := range got {
		for _, b := range read(t, filepath.Join(dir, name)) {
			var r record.Record
			if err := r.Load(b); err != nil {
				t.Fatal(err)
			}
			packets += r.Metrics().Packets()
		}
	}
	if packets != 120 {
		t.Errorf("%d packets", packets)
	}
	if len(done) != 16 || !slices.Contains(done, "192.0.2.3.12.00.30: no") {
		t.Errorf("done: %q", done)
	}
}

// With Hold files are complete before the end, and late records are appended.
func TestHold(t *testing.T) {
	dir := t.TempDir()
	done := make(chan string, 10)
	w, err := New(Config{
		Name: filepath.Join(dir, "x"), Every: MustPeriod("10s"), Zone: time.UTC, Hold: 5 * time.Second, Suffix: ".part",
		Done: func(name string) error { done <- filepath.Base(name); return nil }, Failed: func(string, error) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{1, 12, 16, 3, 40} {
		if err := w.Write(flow(time.Duration(at)*time.Second, time.Duration(at)*time.Second, 1, 1)); err != nil {
			t.Fatal(err)
		}
		if at == 16 {
			if got := <-done; got != "x.2024.01.15.12.00.00" {
				t.Errorf("done: %s", got)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(dir, "x.2024.01.15.12.00.00")); len(got) != 2 {
		t.Errorf("%d records in the first file", len(got))
	}
	if got := files(t, dir); len(got) != 3 {
		t.Errorf("files: %q", got)
	}
}

func TestBorders(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("time zones not found")
	}
	at := time.Date(2024, 3, 31, 15, 17, 42, 5, berlin) // the day on which the clock was put forward
	for text, want := range map[string][2]string{
		"30s": {"2024-03-31T15:17:30", "2024-03-31T15:18:00"}, "5m": {"2024-03-31T15:15:00", "2024-03-31T15:20:00"},
		"1h": {"2024-03-31T15:00:00", "2024-03-31T16:00:00"}, "1d": {"2024-03-31T00:00:00", "2024-04-01T00:00:00"},
		"1w": {"2024-03-31T00:00:00", "2024-04-07T00:00:00"}, "1M": {"2024-03-01T00:00:00", "2024-04-01T00:00:00"},
		"3M": {"2024-01-01T00:00:00", "2024-04-01T00:00:00"}, "1y": {"2024-01-01T00:00:00", "2025-01-01T00:00:00"},
	} {
		start, end := MustPeriod(text).Borders(at.UnixNano(), berlin)
		got := [2]string{time.Unix(0, start).In(berlin).Format("2006-01-02T15:04:05"), time.Unix(0, end).In(berlin).Format("2006-01-02T15:04:05")}
		if got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"", "0s", "-1s", "1x", "s", "1.5s", "99999999999s", "1ms"} {
		if _, err := ParsePeriod(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func TestLettersAreInOrder(t *testing.T) {
	for width := 1; width <= 3; width++ {
		last := ""
		for n := range int64(60_000) {
			s := letters(n, width)
			if s <= last {
				t.Fatalf("%s after %s", s, last)
			}
			last = s
		}
	}
	for n, want := range map[int64]string{0: "aa", 25: "az", 26: "ba", 649: "yz", 650: "zaa"} {
		if got := letters(n, 2); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

// Values of fields are data: they must not lead out of the directory.
func TestSafeNames(t *testing.T) {
	for text, want := range map[string]string{
		" 10.0.0.1 ": "10.0.0.1", "../../etc/passwd": "_/_/etc/passwd", "/etc": "_/etc", "a\x00b\nc": "a_b_c", "..": "_", "": "_", "192.0.2.1/eth0": "192.0.2.1/eth0",
	} {
		if got := string(safe([]byte(text), 0)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for _, cfg := range []Config{
		{}, {Name: "x", Count: 1, Size: 1}, {Name: "x", Count: -1}, {Name: "%Q"}, {Name: "x%"}, {Name: "$nonsuch"}, {Name: "x", Done: func(string) error { return nil }},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%+v: no error", cfg)
		}
	}
}

// A disk that is full is an error, and the file ends with a whole record.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("/dev/full not found")
	}
	w, err := New(Config{Name: "/dev/full", Count: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	w.cfg.Count, w.cfg.Name = 0, "/dev/full"
	for range 10 {
		err = errors.Join(err, w.Write(flow(0, 0, 1, 1)))
	}
	if err := errors.Join(err, w.Close()); err == nil {
		t.Error("no error")
	}
}

func BenchmarkWrite(b *testing.B) {
	w, err := New(Config{Name: filepath.Join(b.TempDir(), "x"), Every: MustPeriod("10s"), Zone: time.UTC})
	if err != nil {
		b.Fatal(err)
	}
	r := flow(0, time.Second, 2, 1)
	b.ReportAllocs()
	b.SetBytes(int64(len(r.Bytes())))
	for b.Loop() {
		if err := w.Write(r); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}
