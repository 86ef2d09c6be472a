package aggregate_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/argus/aggregate"
	"github.com/seed-6ae541b3/goargus/fuzz"
	"github.com/seed-6ae541b3/goargus/record"
)

// stream yields records that are kept.
func stream(recs []*record.Record) record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for _, r := range recs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// group is what is compared of a result.
type group struct {
	Key      string
	Src, Dst record.Counters
	Start    int64
	End      int64
	Count    uint32
	Mean     float64
	Dev      float64
}

func groupOf(k *aggregate.Key, r *record.Record) group {
	m, t := r.Metrics(), r.Times()
	g := group{Key: string(k.Append(nil, r)), Src: m.Src, Dst: m.Dst, Start: t.Start(), End: t.End(), Count: 1}
	if a := r.Aggregate(); r.Has(record.DSRAggregate) {
		g.Count, g.Mean, g.Dev = a.Count, a.Active.Mean, a.Active.StdDev
	} else {
		g.Mean = float64(t.Duration()) / 1e9
	}
	return g
}

func run(t interface{ Fatal(...any) }, key string, c aggregate.Config, in record.Stream) []group {
	a, err := aggregate.New(key, c)
	if err != nil {
		t.Fatal(err)
	}
	k := aggregate.MustKey(key)
	var out []group
	for r, err := range a.Stage()(in) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, groupOf(k, r))
	}
	return out
}

// flows are records of few keys, so that they merge.
func flows(t *rapid.T) []*record.Record {
	n := rapid.IntRange(1, 60).Draw(t, "records")
	f := fuzz.Flows{Records: uint64(n), Keys: uint64(rapid.IntRange(1, 8).Draw(t, "keys"))}
	var out []*record.Record
	for r := range f.Stream() {
		c := r.Clone()
		src := rapid.Uint64Range(0, 1000).Draw(t, "packets")
		c.SetMetrics(record.Metrics{Src: record.Counters{Packets: src, Bytes: 60 * src, AppBytes: 3 * src}, Dst: record.Counters{Packets: 1, Bytes: 60}})
		start := 1_700_000_000_000_000_000 + rapid.Int64Range(0, 1e12).Draw(t, "start")/1000*1000
		end := start + rapid.Int64Range(0, 1e11).Draw(t, "length")/1000*1000
		c.SetTimes(record.Times{Src: record.Span{Start: start, End: end}, Dst: record.Span{Start: start, End: end}})
		out = append(out, c.Clone())
	}
	return out
}

var near = cmp.Comparer(func(a, b float64) bool {
	return math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b), 1)
})

func sorted(g []group) []group {
	slices.SortFunc(g, func(a, b group) int { return cmpString(a.Key, b.Key) })
	return g
}

func cmpString(a, b string) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

// TestAggregateOfAggregates merges parts, and then what they became.
func TestAggregateOfAggregates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		recs := flows(t)
		at := rapid.IntRange(0, len(recs)).Draw(t, "cut")
		key := rapid.SampledFrom([]string{"", "saddr", "proto", "saddr/28 dport", "matrix", "all"}).Draw(t, "key")
		whole := run(t, key, aggregate.Config{}, stream(recs))
		parts := func(yield func(*record.Record, error) bool) {
			for _, p := range [][]*record.Record{recs[:at], recs[at:]} {
				a, err := aggregate.New(key, aggregate.Config{})
				if err != nil {
					t.Fatal(err)
				}
				for r, err := range a.Stage()(stream(p)) {
					if !yield(r, err) {
						return
					}
				}
			}
		}
		again := run(t, key, aggregate.Config{}, parts)
		if d := cmp.Diff(sorted(whole), sorted(again), near); d != "" {
			t.Fatalf("aggregate of all (-), of aggregates (+):\n%s", d)
		}
	})
}

// TestSameResult aggregates with any number of workers and any memory limit: the
// results and their order are the same.
func TestSameResult(t *testing.T) {
	f := fuzz.Flows{Records: 60_000, Keys: 17_011}
	for _, key := range []string{"", "saddr", "saddr/24 proto"} {
		want := run(t, key, aggregate.Config{}, f.Stream())
		for _, c := range []aggregate.Config{
			{Workers: 2}, {Workers: 3}, {MemoryLimit: 3 << 20}, {MemoryLimit: 3 << 20, Workers: 2}, {Order: "bytes"}, {Order: "bytes", MemoryLimit: 3 << 20},
		} {
			got := run(t, key, c, f.Stream())
			compared := slices.Clone(want)
			if c.Order != "" {
				compared = run(t, key, aggregate.Config{Order: c.Order}, f.Stream())
				if !slices.IsSortedFunc(got, func(a, b group) int { return int(b.Src.Bytes+b.Dst.Bytes) - int(a.Src.Bytes+a.Dst.Bytes) }) {
					t.Errorf("key %q: results are not in the order of %s", key, c.Order)
				}
			}
			if d := cmp.Diff(compared, got, near); d != "" {
				t.Fatalf("key %q, %+v: %.2000s", key, c, d)
			}
		}
	}
}

// TestSums checks exact sums of every flow.
func TestSums(t *testing.T) {
	f := fuzz.Flows{Records: 20_000, Keys: 1_009}
	type sums struct{ src, dst record.Counters }
	want := map[record.Endpoint]sums{}
	for i := range f.Records {
		key, s, d := f.At(i)
		v := want[f.Address(key)]
		v.src.Packets, v.src.Bytes = v.src.Packets+s.Packets, v.src.Bytes+s.Bytes
		v.dst.Packets, v.dst.Bytes = v.dst.Packets+d.Packets, v.dst.Bytes+d.Bytes
		want[f.Address(key)] = v
	}
	a, err := aggregate.New("saddr", aggregate.Config{MemoryLimit: 2 << 20})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for r, err := range a.Stage()(f.Stream()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		m := r.Metrics()
		if got := (sums{m.Src, m.Dst}); got != want[r.Flow().Src] {
			t.Fatalf("%v: got %v, want %v", r.Flow().Src, got, want[r.Flow().Src])
		}
	}
	if n != len(want) {
		t.Errorf("%d groups, want %d", n, len(want))
	}
}

func ExampleNew() {
	by, err := aggregate.New("saddr/28,dport", aggregate.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	flows := fuzz.Flows{Records: 1000, Keys: 48}
	for rec, err := range by.Stage()(flows.Stream()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(rec.Flow().Src, rec.Flow().DstPort, rec.Aggregate().Count, rec.Metrics().Packets())
	}
	// Output:
	// 10.0.0.32 443 84 410
	// 10.0.0.16 443 248 1736
	// 10.0.0.16 443 84 412
	// 10.0.0.0 443 82 429
	// 10.0.0.0 443 250 1743
	// 10.0.0.32 443 252 1775
}
