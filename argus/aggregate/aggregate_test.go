package aggregate_test

import (
	"encoding/binary"
	"os"
	"testing"

	"github.com/seed-6ae541b3/goargus/argus/aggregate"
	"github.com/seed-6ae541b3/goargus/record"
)

func loadAll(b []byte) record.Stream {
	return func(yield func(*record.Record, error) bool) {
		var r record.Record
		for at := 0; at < len(b); {
			if err := r.Load(b[at:]); err != nil {
				yield(nil, err)
				return
			}
			at += 4 * int(binary.BigEndian.Uint16(b[at+2:]))
			if !yield(&r, nil) {
				return
			}
		}
	}
}

func BenchmarkFile(b *testing.B) {
	name := os.Getenv("AGG_FILE")
	data, err := os.ReadFile(name)
	if err != nil {
		b.Skip(err)
	}
	key := os.Getenv("AGG_KEY")
	for b.Loop() {
		a, err := aggregate.New(key, aggregate.Config{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		var out []byte
		for r, err := range a.Stage()(loadAll(data)) {
			if err != nil {
				b.Fatal(err)
			}
			n++
			out, err = r.AppendTo(out[:0], 3)
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n), "groups")
		b.Logf("%+v", a.Stats())
	}
}
