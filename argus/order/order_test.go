package order

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/fuzz"
	"github.com/seed-6ae541b3/goargus/record"
)

// sorted returns the bytes of records after a sort.
func sorted(t interface{ Fatalf(string, ...any) }, s *Sorter, recs []*record.Record) [][]byte {
	var out [][]byte
	for r, err := range s.Stage()(stream(recs)) {
		if err != nil {
			t.Fatalf("sort: %v", err)
		}
		out = append(out, bytes.Clone(r.Bytes()))
	}
	return out
}

func stream(recs []*record.Record) record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for _, r := range recs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// want sorts by the whole keys, in the plainest way.
func want(k *Keys, recs []*record.Record) [][]byte {
	recs = slices.Clone(recs)
	slices.SortStableFunc(recs, func(a, b *record.Record) int {
		return bytes.Compare(k.Append(nil, a), k.Append(nil, b))
	})
	var out [][]byte
	for _, r := range recs {
		out = append(out, r.Bytes())
	}
	return out
}

var someKeys = []string{
	"stime", "-stime", "bytes", "+bytes", "dur", "rate", "saddr", "-daddr/16", "proto saddr dport", "sport,-stime", "state flgs",
	"suser", "-label dur", "smac", "tcprtt", "-srcid seq", "sttl stos dttl dtos sport dport saddr daddr",
}

// A sort is a stable permutation, in memory and through files, whatever the keys.
func TestSortIsStablePermutation(t *testing.T) {
	one := fuzz.Record()
	rapid.Check(t, func(t *rapid.T) {
		pool := rapid.SliceOfN(one, 1, 12).Draw(t, "records")
		picks := rapid.SliceOfN(rapid.IntRange(0, len(pool)-1), 0, 300).Draw(t, "picks")
		var recs []*record.Record
		for i, p := range picks {
			r := pool[p].Clone()
			if r.Has(record.DSRTransport) { // to tell equal records apart
				tr := *r.Transport()
				tr.Seq = uint32(i)
				r.SetTransport(tr)
				r = r.Clone()
			}
			recs = append(recs, r)
		}
		s, err := By(rapid.SampledFrom(someKeys).Draw(t, "keys"))
		if err != nil {
			t.Fatal(err)
		}
		expect := want(s.Keys(), recs)
		if diff := cmp.Diff(expect, sorted(t, s, recs)); diff != "" {
			t.Fatalf("in memory, by %v:\n%s", s.Keys(), diff)
		}
		s.memory, s.runBytes = 1, rapid.IntRange(1, 20000).Draw(t, "run")
		if diff := cmp.Diff(expect, sorted(t, s, recs)); diff != "" {
			t.Fatalf("through files, by %v:\n%s", s.Keys(), diff)
		}
	})
}

// Many records with keys that begin alike: networks of IPv6.
func TestSortOfLikeKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hosts := rapid.IntRange(1, 3000).Draw(t, "hosts")
		seed := rapid.Uint32().Draw(t, "seed")
		recs := make([]*record.Record, rapid.IntRange(fewEntries, 1000).Draw(t, "n"))
		for i := range recs {
			seed = seed*1664525 + 1013904223
			n := int(seed>>8) % hosts
			r := record.New(record.FlowRecord, record.Version5, record.Status)
			r.SetFlow(record.Flow{
				Class: record.ClassFiveTuple, Type: record.KeyIPv6, Proto: record.ProtoUDP, SrcBits: 128, DstBits: 128,
				Src: record.EndpointFrom16([16]byte{0x20, 1, 0xd, 0xb8, 7: byte(n % 3), 12: byte(n >> 8), 15: byte(n)}),
				Dst: record.EndpointFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(n % 5)}), SrcPort: uint16(seed>>4) % 4, DstPort: uint16(i),
			})
			recs[i] = r.Clone()
		}
		s, err := By(rapid.SampledFrom([]string{"saddr", "-saddr", "daddr saddr", "daddr,-saddr,sport", "saddr/64 sport", "daddr"}).Draw(t, "keys"))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want(s.Keys(), recs), sorted(t, s, recs)); d != "" {
			t.Fatalf("by %v:\n%s", s.Keys(), d)
		}
	})
}

// A record that a reader turned round is still so after the sort.
func TestKeepsReversedRecords(t *testing.T) {
	r := record.New(record.FlowRecord, record.Version5, record.Status)
	r.SetFlow(record.Flow{
		Class: record.ClassFiveTuple, Type: record.KeyIPv4, Proto: record.ProtoTCP,
		Src: record.EndpointFrom4([4]byte{192, 0, 2, 1}), Dst: record.EndpointFrom4([4]byte{192, 0, 2, 2}),
		SrcBits: 32, DstBits: 32, SrcPort: 1024, DstPort: 80,
	})
	r = r.Clone()
	r.Reverse()
	for got := range MustBy("stime").Stage()(stream([]*record.Record{r})) {
		if got.Flow().SrcPort != 80 || !got.Reversed() {
			t.Errorf("source port %d, reversed %v", got.Flow().SrcPort, got.Reversed())
		}
	}
}

func TestParseKeys(t *testing.T) {
	for text, wanted := range map[string]string{
		"":           "no attribute",
		"nonsuch":    "no attribute \"nonsuch\"",
		"stimee":     "did you mean stime",
		"--stime":    "no attribute",
		"stime/8":    "prefix length",
		"saddr/x":    "prefix length",
		"saddr/129":  "prefix length",
		"-saddr/64":  "",
		"a, b":       "no attribute",
		"stime,+dur": "",
	} {
		_, err := ParseKeys(text, nil)
		switch {
		case wanted == "" && err != nil:
			t.Errorf("%q: %v", text, err)
		case wanted != "" && (err == nil || !strings.Contains(err.Error(), wanted)):
			t.Errorf("%q: error %v, want %q", text, err, wanted)
		}
	}
}

func TestTempDirIsMissing(t *testing.T) {
	s, err := New("bytes", Config{TempDir: "/nonexistent"})
	if err != nil {
		t.Fatal(err)
	}
	s.memory, s.runBytes = 1, 1
	r := record.New(record.FlowRecord, record.Version5, record.Status)
	var errs []error
	for _, err := range s.Stage()(stream([]*record.Record{r, r, r})) {
		errs = append(errs, err)
	}
	if len(errs) != 1 || !os.IsNotExist(unwrapAll(errs[0])) {
		t.Errorf("errors %v, want one that says what is missing", errs)
	}
}

func unwrapAll(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok || os.IsNotExist(err) {
			return err
		}
		err = u.Unwrap()
	}
}

func TestInputErrorIsPassedOn(t *testing.T) {
	src := argus.NewSource(context.Background(), strings.NewReader("no stream of records"), "x")
	n := 0
	for _, err := range MustBy("stime").Stage()(src.Records()) {
		if n++; err == nil {
			t.Error("no error")
		}
	}
	if n != 1 {
		t.Errorf("%d errors", n)
	}
}

func BenchmarkSort(b *testing.B) {
	const n = 100_000
	recs := make([]*record.Record, n)
	seed := uint32(1)
	for i := range recs {
		seed = seed*1664525 + 1013904223
		r := record.New(record.FlowRecord, record.Version5, record.Status)
		r.SetFlow(record.Flow{
			Class: record.ClassFiveTuple, Type: record.KeyIPv4, Proto: record.ProtoTCP, SrcBits: 32, DstBits: 32,
			Src: record.EndpointFrom4([4]byte{10, byte(seed >> 8), byte(seed >> 16), byte(seed >> 24)}), Dst: record.EndpointFrom4([4]byte{192, 0, 2, 2}),
		})
		r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 1, Bytes: uint64(seed >> 7)}})
		recs[i] = r.Clone()
	}
	for _, keys := range []string{"sbytes", "saddr", "saddr sbytes"} {
		b.Run(keys, func(b *testing.B) {
			b.ReportAllocs()
			s := MustBy(keys)
			for b.Loop() {
				for range s.Stage()(stream(recs)) {
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
