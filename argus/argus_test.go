package argus

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/seed-6ae541b3/goargus/codec3"
	"github.com/seed-6ae541b3/goargus/record"
)

// testStream is a stream of version v with n flow records.
func testStream(tb testing.TB, v record.Version, n int) []byte {
	tb.Helper()
	b := record.AppendManagement(nil, v, record.Start, &record.ManagementInfo{
		StartTime: 1e18, Now: 1e18, ReportInterval: 5, MARInterval: 60,
		ID: record.SourceID{Kind: record.IDIPv4, Bytes: [16]byte{10, 1, 1, 1}},
	})
	for i := range n {
		rec := record.New(record.FlowRecord, v, record.Start)
		rec.SetTransport(record.Transport{ID: record.SourceID{Kind: record.IDIPv4, Bytes: [16]byte{10, 1, 1, 1}}, Seq: uint32(i + 1), HasSeq: true})
		rec.SetFlow(record.Flow{
			Src: record.EndpointFrom4([4]byte{10, 0, 0, byte(i)}), Dst: record.EndpointFrom4([4]byte{10, 0, 1, 1}),
			SrcPort: uint16(1000 + i), DstPort: 80, Proto: record.ProtoTCP, Class: record.ClassFiveTuple, Type: record.KeyIPv4,
		})
		at := int64(1e18) + int64(i)*1e9
		rec.SetTimes(record.Times{Src: record.Span{Start: at, End: at + 5e8}, Dst: record.Span{Start: at + 1e6, End: at + 4e8}})
		rec.SetMetrics(record.Metrics{Src: record.Counters{Packets: 3, Bytes: 300}, Dst: record.Counters{Packets: 2, Bytes: 2000}})
		var err error
		if b, err = rec.AppendTo(b, v); err != nil {
			tb.Fatal(err)
		}
	}
	return b
}

func writeFile(tb testing.TB, name string, b []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// count reads a source to its end.
func count(tb testing.TB, name string, options ...OpenOption) (flows, mars int, err error) {
	tb.Helper()
	src, err := Open(context.Background(), name, options...)
	if err != nil {
		return 0, 0, err
	}
	defer src.Close()
	for rec, err := range src.Records() {
		if err != nil {
			return flows, mars, err
		}
		if rec.Kind() == record.Management {
			mars++
		} else {
			flows++
		}
	}
	return flows, mars, nil
}

func TestOpenCompressed(t *testing.T) {
	plain := testStream(t, record.Version5, 10)
	pack := map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
		"xz":   func(w io.Writer) io.WriteCloser { z, _ := xz.NewWriter(w); return z },
	}
	for name, open := range pack {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			for range 2 { // streams that follow each other are one
				z := open(&b)
				if _, err := z.Write(plain); err != nil {
					t.Fatal(err)
				}
				if err := z.Close(); err != nil {
					t.Fatal(err)
				}
			}
			path := writeFile(t, "name.says.nothing", b.Bytes())
			if flows, mars, err := count(t, path); flows != 20 || mars != 2 || err != nil {
				t.Errorf("%d flows, %d management records, %v", flows, mars, err)
			}
			path = writeFile(t, "cut", b.Bytes()[:b.Len()-9])
			if _, _, err := count(t, path); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("cut: error %v", err)
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	ok := testStream(t, record.Version5, 2)
	first := len(ok) - 128 // bytes of the flow records
	first = 128 + first/2  // where the second one starts
	version2 := append([]byte{}, ok...)
	copy(version2[8:], []byte{0xe5, 0x61, 0x7a, 0xcb})
	long := append([]byte{}, ok...)
	long[130], long[131] = 0xff, 0xff
	junk := append(append(append([]byte{}, ok[:first]...), 0xde, 0xad, 0xbe, 0xef), ok[first:]...)
	zeros := append(append(append([]byte{}, ok[:first]...), make([]byte, 16)...), ok[first:]...)
	dsr0 := append([]byte{}, ok...)
	dsr0[135] = 0
	tests := []struct {
		name   string
		b      []byte
		flows  int
		offset int64
		record int64
		want   string // in the error; empty: none
	}{
		{"whole", ok, 2, 0, 0, ""},
		{"empty", nil, 0, 0, 0, "START record of 16 bytes, found 0"},
		{"short", ok[:8], 0, 0, 0, "START record of 16 bytes, found 8"},
		{"cut START", ok[:100], 0, 0, 0, "a record of 128 bytes, found 100"},
		{"no START", ok[128:], 0, 0, 0, "an Argus stream"},
		{"version 2", version2, 0, 8, 0, "version 2 is not supported"},
		{"START alone", ok[:128], 0, 0, 0, ""},
		{"cut record", ok[:len(ok)-4], 1, int64(first), 2, "found"},
		{"too long", long, 0, 128, 1, "a record of 262140 bytes"},
		{"junk", junk, 1, int64(first), 2, "found version 14"},
		{"zeros", zeros, 2, 0, 0, ""},
		{"length 0 of a DSR", dsr0, 0, 132, 1, "a DSR (type 0x01)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := writeFile(t, "f.arg", tt.b)
			flows, _, err := count(t, path)
			if flows != tt.flows {
				t.Errorf("%d flows, want %d", flows, tt.flows)
			}
			if tt.want == "" {
				if err != nil {
					t.Errorf("error %v", err)
				}
				return
			}
			var e *record.OffsetError
			if !errors.As(err, &e) {
				t.Fatalf("error %v, want an OffsetError", err)
			}
			if e.Offset != tt.offset || e.Record != tt.record || e.Name != path || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v\nwant offset %d, record %d, %q", err, tt.offset, tt.record, tt.want)
			}
		})
	}
}

func TestResync(t *testing.T) {
	ok := testStream(t, record.Version5, 20)
	size := (len(ok) - 128) / 20
	at := 128 + 5*size
	damaged := append(append(append([]byte{}, ok[:at]...), "some junk bytes"...), ok[at:]...)
	damaged[128+12*size+15+2] = 0x7f // a length in the middle
	src := NewSource(context.Background(), bytes.NewReader(damaged), "x", Resync)
	n := 0
	for rec, err := range src.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if rec.IsFlow() {
			n++
		}
	}
	if n != 19 {
		t.Errorf("%d flows, want 19", n)
	}
	if s := src.Stats(); s.Damaged != 2 || s.Skipped != int64(15+size) {
		t.Errorf("stats %+v", s)
	}
}

func TestRange(t *testing.T) {
	ok := testStream(t, record.Version5, 10)
	size := (len(ok) - 128) / 10
	path := writeFile(t, "f.arg", ok)
	for _, tt := range []struct {
		name  string
		flows int
	}{
		{path + "::0", 10},
		{path + "::" + itoa(128+3*size), 7},
		{path + "::" + itoa(128+3*size) + ":" + itoa(128+5*size), 2},
	} {
		if flows, mars, err := count(t, tt.name); flows != tt.flows || mars != 1 || err != nil {
			t.Errorf("%s: %d flows, %d management records, %v", tt.name, flows, mars, err)
		}
	}
	if _, _, err := count(t, path+"::x"); err == nil {
		t.Error("no error for a range that is none")
	}
	if _, _, err := count(t, path+"::999999"); err == nil {
		t.Error("no error for a range behind the end")
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

func TestCopy(t *testing.T) {
	in := testStream(t, record.Version5, 50)
	path := filepath.Join(t.TempDir(), "out.arg")
	for range 2 {
		out, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		n, err := Copy(out, NewSource(context.Background(), bytes.NewReader(in), "in"))
		if err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		if n < 50 {
			t.Errorf("%d records", n)
		}
	}
	// The second time it is appended, without a START record.
	want := append(append([]byte{}, in...), in[128:]...)
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
}

func TestCreateVersion3(t *testing.T) {
	in := testStream(t, record.Version5, 3)
	nano := record.New(record.FlowRecord, record.Version5, record.Start)
	nano.SetTimes(record.Times{Src: record.Span{Start: 1e18 + 1, End: 1e18 + 5}})
	nano.SetMetrics(record.Metrics{Src: record.Counters{Packets: 2, Bytes: 1}})
	withNano, err := nano.AppendTo(bytes.Clone(in), record.Version5)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	sink := NewSink(&out, "v3", Version3, RefuseLoss)
	if _, err := Copy(sink, NewSource(context.Background(), bytes.NewReader(withNano), "in")); !errors.Is(err, ErrLoss) {
		t.Errorf("error %v, want ErrLoss", err)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	flows := 0
	for rec, err := range codec3.NewDecoder(&out).Records() {
		if err != nil {
			t.Fatal(err)
		}
		if rec.IsFlow() {
			flows++
			if rec.Flow().DstPort != 80 || rec.Metrics().Dst.Bytes != 2000 {
				t.Errorf("flow %+v", rec.Flow())
			}
		}
	}
	if flows != 3 {
		t.Errorf("%d flows, want 3", flows)
	}
}

func TestRotation(t *testing.T) {
	in := testStream(t, record.Version5, 4)
	path := filepath.Join(t.TempDir(), "out.arg")
	out, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	src := NewSource(context.Background(), bytes.NewReader(in), "in")
	n := 0
	for rec, err := range src.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if err := out.Write(rec); err != nil {
			t.Fatal(err)
		}
		if n++; n == 3 {
			if err := out.Flush(); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(path, path+".1"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + ".1"} {
		if flows, mars, err := count(t, name); flows != 2 || mars != 1 || err != nil {
			t.Errorf("%s: %d flows, %d management records, %v", name, flows, mars, err)
		}
	}
}

func TestHead(t *testing.T) {
	in := testStream(t, record.Version5, 10)
	n := 0
	for _, err := range Pipe(NewSource(context.Background(), bytes.NewReader(in), "in").Records(), Head(4)) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 5 { // and the management record
		t.Errorf("%d records", n)
	}
}

func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("/dev/full not found")
	}
	out, err := Create("/dev/full")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Copy(out, NewSource(context.Background(), bytes.NewReader(testStream(t, record.Version5, 4)), "in"))
	if err == nil || !strings.Contains(err.Error(), "/dev/full") {
		t.Errorf("error %v", err)
	}
	if err := out.Close(); err == nil {
		t.Error("Close hides the error")
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	go func() { _, _ = w.Write(testStream(t, record.Version5, 1)); cancel() }()
	var last error
	for _, err := range NewSource(ctx, r, "pipe", Follow).Records() {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("error %v", last)
	}
}

func TestFollow(t *testing.T) {
	in := testStream(t, record.Version5, 4)
	half := 128 + (len(in)-128)/2 + 8 // inside a record
	path := writeFile(t, "live.arg", in[:half])
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	src, err := Open(ctx, path, Follow)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	n := 0
	for rec, err := range src.Records() {
		if errors.Is(err, context.Canceled) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !rec.IsFlow() {
			continue
		}
		switch n++; n {
		case 2: // the rest comes later
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(in[half:]); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		case 4:
			cancel()
		}
	}
	if n != 4 {
		t.Errorf("%d flows, want 4", n)
	}
}

// TestReserved passes over records of kinds without content.
func TestReserved(t *testing.T) {
	in := testStream(t, record.Version5, 2)
	in = append(in, 0x25, 0x10, 0, 3, 0, 0, 0, 0, 1, 2, 3, 4)
	in = append(in, in[128:128+(len(in)-12-128)/2]...)
	src := NewSource(context.Background(), bytes.NewReader(in), "in")
	n := 0
	for rec, err := range src.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if rec.IsFlow() {
			n++
		}
	}
	if s := src.Stats(); n != 3 || s.Reserved != 1 {
		t.Errorf("%d flows, %+v", n, s)
	}
}
