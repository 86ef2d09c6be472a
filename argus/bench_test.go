package argus

import (
	"bytes"
	"context"
	"io"
	"os"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// benchInput is the stream that benchmarks read: that of the environment
// variable GOARGUS_BENCH, or one made up.
func benchInput(b *testing.B) []byte {
	if name := os.Getenv("GOARGUS_BENCH"); name != "" {
		in, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		return in
	}
	return testStream(b, record.Version3, 20_000)
}

// perRecord reports what a run cost by record.
func perRecord(b *testing.B, in []byte, records int) {
	b.SetBytes(int64(len(in)))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/record")
	b.ReportMetric(float64(records)/b.Elapsed().Seconds()/1e6, "Mrecords/s")
}

// BenchmarkWalk reads and indexes records.
func BenchmarkWalk(b *testing.B) {
	in := benchInput(b)
	r := bytes.NewReader(in)
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	for range b.N {
		r.Reset(in)
		for _, err := range NewSource(context.Background(), r, "bench").Records() {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	perRecord(b, in, n)
}

// BenchmarkDecodeAll decodes every DSR of every record.
func BenchmarkDecodeAll(b *testing.B) {
	in := benchInput(b)
	r := bytes.NewReader(in)
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	for range b.N {
		r.Reset(in)
		for rec, err := range NewSource(context.Background(), r, "bench").Records() {
			if err == nil {
				err = rec.Resolve()
			}
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	perRecord(b, in, n)
}

// BenchmarkCopy reads records and writes them as they are.
func BenchmarkCopy(b *testing.B) {
	in := benchInput(b)
	r := bytes.NewReader(in)
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	for range b.N {
		r.Reset(in)
		sink := NewSink(io.Discard, "bench")
		copied, err := Copy(sink, NewSource(context.Background(), r, "bench"))
		if err != nil {
			b.Fatal(err)
		}
		n += int(copied)
	}
	perRecord(b, in, n)
}

// BenchmarkEncodeAll encodes every DSR of every record.
func BenchmarkEncodeAll(b *testing.B) {
	in := benchInput(b)
	r := bytes.NewReader(in)
	var out []byte
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	for range b.N {
		r.Reset(in)
		for rec, err := range NewSource(context.Background(), r, "bench").Records() {
			if err != nil {
				b.Fatal(err)
			}
			rec.Rebuild()
			if out, err = rec.AppendTo(out[:0], rec.Version()); err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	perRecord(b, in, n)
}
