package bins_test

import (
	"fmt"
	"testing"
	"time"
	_ "time/tzdata" // zones, whatever the machine has

	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/argus/bins"
	"github.com/seed-6ae541b3/goargus/fuzz"
	"github.com/seed-6ae541b3/goargus/record"
)

func at(text string) int64 {
	t, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

// flow is a record from one time to another.
func flow(start, end int64, packets uint64) *record.Record {
	r := record.New(record.FlowRecord, record.Version5, record.Status)
	r.SetFlow(record.Flow{
		Src: record.EndpointFrom4([4]byte{192, 0, 2, 1}), Dst: record.EndpointFrom4([4]byte{192, 0, 2, 2}), SrcPort: 1, DstPort: 2,
		Proto: record.ProtoUDP, Class: record.ClassFiveTuple, Type: record.KeyIPv4, SrcBits: 32, DstBits: 32,
	})
	r.SetMetrics(record.Metrics{Src: record.Counters{Packets: packets, Bytes: 100 * packets}})
	r.SetTimes(record.Times{Src: record.Span{Start: start, End: end}})
	return r
}

func stream(recs ...*record.Record) record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for _, r := range recs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

type result struct {
	Start   string
	Packets uint64
}

func run(t testing.TB, b *bins.Bins, in record.Stream) []result {
	var out []result
	for r, err := range b.Stage()(in) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, result{r.StartTime().Std().Format("2006-01-02 15:04:05.9"), r.Metrics().Packets()})
	}
	return out
}

func TestLengths(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		length     string
		zone       *time.Location
		start, end string
		want       []string // starts of hard bins
	}{
		{"1s", nil, "2024-01-31 23:59:58", "2024-02-01 00:00:01", []string{"2024-01-31 23:59:58", "2024-01-31 23:59:59", "2024-02-01 00:00:00"}},
		{"0.5s", nil, "2024-01-31 23:59:58", "2024-01-31 23:59:59", []string{"2024-01-31 23:59:58", "2024-01-31 23:59:58.5"}},
		{"15m", nil, "2024-01-31 23:40:00", "2024-02-01 00:10:00", []string{"2024-01-31 23:30:00", "2024-01-31 23:45:00", "2024-02-01 00:00:00"}},
		{"1h", nil, "2024-01-31 23:40:00", "2024-02-01 00:10:00", []string{"2024-01-31 23:00:00", "2024-02-01 00:00:00"}},
		{"1d", nil, "2024-01-31 23:40:00", "2024-02-01 00:10:00", []string{"2024-01-31 00:00:00", "2024-02-01 00:00:00"}},
		{"1d", berlin, "2024-03-30 12:00:00", "2024-03-31 23:00:00", []string{"2024-03-29 23:00:00", "2024-03-30 23:00:00", "2024-03-31 22:00:00"}}, // summer time: 23 hours
		{"1w", nil, "2024-01-31 12:00:00", "2024-02-06 12:00:00", []string{"2024-01-29 00:00:00", "2024-02-05 00:00:00"}},                           // Mondays
		{"1M", nil, "2024-01-31 12:00:00", "2024-03-06 12:00:00", []string{"2024-01-01 00:00:00", "2024-02-01 00:00:00", "2024-03-01 00:00:00"}},
		{"3M", nil, "2024-03-31 12:00:00", "2024-04-06 12:00:00", []string{"2024-01-01 00:00:00", "2024-04-01 00:00:00"}},
		{"1y", nil, "2023-12-31 12:00:00", "2024-01-01 12:00:00", []string{"2023-01-01 00:00:00", "2024-01-01 00:00:00"}},
	}
	for _, tt := range tests {
		t.Run(tt.length+" "+tt.start, func(t *testing.T) {
			b, err := bins.New(tt.length, bins.Config{Hard: true, Zone: tt.zone})
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, b, stream(flow(at(tt.start), at(tt.end), 1000)))
			packets := uint64(0)
			var starts []string
			for _, r := range got {
				starts = append(starts, r.Start)
				packets += r.Packets
			}
			if fmt.Sprint(starts) != fmt.Sprint(tt.want) || packets != 1000 {
				t.Errorf("bins %v with %d packets, want %v with 1000", starts, packets, tt.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for _, length := range []string{"", "s", "0s", "-1s", "1.5d", "0d", "1x", "1e300s", "NaNs", "100000000000h", "20000y"} {
		if _, err := bins.New(length, bins.Config{}); err == nil {
			t.Errorf("length %q is accepted", length)
		}
	}
	if _, err := bins.ByCount(5, bins.Config{Hard: true}); err == nil {
		t.Error("hard bins by count are accepted")
	}
	if _, err := bins.New("1s", bins.Config{Key: "nosuch"}); err == nil {
		t.Error("an unknown key is accepted")
	}
}

// TestUnsorted puts early and late records into bins, and one that would be cut
// into too many pieces.
func TestUnsorted(t *testing.T) {
	start := at("2024-01-01 00:00:00")
	b, err := bins.New("10s", bins.Config{Zero: true})
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, b, stream(flow(start+50e9, start+51e9, 5), flow(start, start+1e9, 2), flow(start+31e9, start+32e9, 3)))
	want := []result{{"2024-01-01 00:00:00", 2}, {"2024-01-01 00:00:10", 0}, {"2024-01-01 00:00:20", 0}, {"2024-01-01 00:00:31", 3}, {"2024-01-01 00:00:40", 0}, {"2024-01-01 00:00:50", 5}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	b, _ = bins.New("1ms", bins.Config{})
	huge := flow(at("1980-01-01 00:00:00"), start, 1<<40)
	if got := run(t, b, stream(huge)); len(got) != 1 || b.Stats().Whole != 1 {
		t.Errorf("got %v, %+v", got, b.Stats())
	}
}

// TestStream reports bins as they end, and counts what comes too late.
func TestStream(t *testing.T) {
	start := at("2024-01-01 00:00:00")
	b, err := bins.New("10s", bins.Config{Stream: true, Lateness: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	emit := func(r *record.Record) error {
		got = append(got, fmt.Sprintf("%s %d", r.StartTime().Std().Format("05"), r.Metrics().Packets()))
		return nil
	}
	for _, s := range []struct {
		second int64
		want   string
	}{{0, "[]"}, {12, "[]"}, {9, "[]"}, {14, "[]"}, {15, "[00 2]"}, {3, "[00 2]"}, {26, "[00 2 03 1 12 3]"}} {
		if err := b.Add(flow(start+s.second*1e9, start+s.second*1e9, 1), emit); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != s.want {
			t.Errorf("after %d s: reported %v, want %s", s.second, got, s.want)
		}
	}
	if err := b.Flush(emit); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != "[00 2 03 1 12 3 26 1]" || b.Stats().Late != 1 {
		t.Errorf("reported %v, %+v", got, b.Stats())
	}
}

// TestConserves puts a stream into bins, with and without spilling: sums stay.
func TestConserves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := fuzz.Flows{Records: uint64(rapid.IntRange(1, 3000).Draw(t, "records")), Keys: uint64(rapid.IntRange(1, 500).Draw(t, "keys"))}
		c := bins.Config{Key: rapid.SampledFrom([]string{"", "saddr", "none", "proto"}).Draw(t, "key"), Whole: rapid.Bool().Draw(t, "whole")}
		c.Stream = rapid.Bool().Draw(t, "stream")
		if rapid.Bool().Draw(t, "spill") {
			c.Aggregate.MemoryLimit = 1 << 20
		}
		b, err := bins.New(rapid.SampledFrom([]string{"1ms", "3ms", "50ms", "1s", "1h"}).Draw(t, "length"), c)
		if err != nil {
			t.Fatal(err)
		}
		var src, dst record.Counters
		for r, err := range b.Stage()(f.Stream()) {
			if err != nil {
				t.Fatal(err)
			}
			m := r.Metrics()
			src.Packets, src.Bytes = src.Packets+m.Src.Packets, src.Bytes+m.Src.Bytes
			dst.Packets, dst.Bytes = dst.Packets+m.Dst.Packets, dst.Bytes+m.Dst.Bytes
		}
		if s, d := f.Total(); s != src || d != dst {
			t.Fatalf("got %+v %+v, want %+v %+v", src, dst, s, d)
		}
	})
}

func TestByCountAndSize(t *testing.T) {
	start := at("2024-01-01 00:00:00")
	var recs []*record.Record
	for i := range int64(7) {
		recs = append(recs, flow(start+i*1e9, start+i*1e9, 1))
	}
	count, err := bins.ByCount(3, bins.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(run(t, count, stream(recs...))); got != "[{2024-01-01 00:00:00 3} {2024-01-01 00:00:03 3} {2024-01-01 00:00:06 1}]" {
		t.Error(got)
	}
	size, err := bins.BySize(200, bins.Config{Stream: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(run(t, size, stream(recs...))); got != "[{2024-01-01 00:00:00 2} {2024-01-01 00:00:02 2} {2024-01-01 00:00:04 2} {2024-01-01 00:00:06 1}]" {
		t.Error(got)
	}
}

func ExampleNew() {
	b, err := bins.New("100ms", bins.Config{Key: "proto"})
	if err != nil {
		fmt.Println(err)
		return
	}
	flows := fuzz.Flows{Records: 2000, Keys: 100}
	for rec, err := range b.Stage()(flows.Stream()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(rec.StartTime(), rec.Flow().Proto, rec.Metrics().Packets())
	}
	// Output:
	// 2024-01-01T00:00:00Z udp 1232
	// 2024-01-01T00:00:00.0001Z tcp 5175
	// 2024-01-01T00:00:00.1Z udp 1246
	// 2024-01-01T00:00:00.1Z tcp 5261
	// 2024-01-01T00:00:00.2Z udp 17
	// 2024-01-01T00:00:00.2Z tcp 73
}
