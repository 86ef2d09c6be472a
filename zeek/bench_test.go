package zeek_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

// manyRows is a log of n rows like those of a busy network.
func manyRows(n int, format zeek.Format) []byte {
	var tsv bytes.Buffer
	h := zeek.DefaultHeader()
	tsv.Write(h.AppendTo(nil))
	states := [...]string{"SF\tT\tF\t0\tShADadFf", "S0\tT\tF\t0\tS", "SF\tF\tT\t0\tDd", "RSTO\tT\tF\t0\tShADadR"}
	protos := [...]string{"tcp\tssl", "tcp\t-", "udp\tdns", "tcp\thttp"}
	numbers := [...]int{6, 6, 17, 6}
	for i := range n {
		k := i % len(states)
		fmt.Fprintf(&tsv, "%d.%06d\tC%017dQ\t10.%d.%d.%d\t%d\t198.51.100.%d\t443\t%s\t%d.%06d\t%d\t%d\t%s\t%d\t%d\t%d\t%d\t-\t%d\n",
			1700000000+i/100, i*7919%1000000, i, i>>16&255, i>>8&255, i&255, 1024+i%60000, i%250, protos[k],
			i%30, i*31%1000000, i%5000, i%90000, states[k], 5+i%40, 600+i%5000, 4+i%60, 800+i%90000, numbers[k])
	}
	if format == zeek.TSV {
		return tsv.Bytes()
	}
	var out bytes.Buffer
	w := zeek.WriterConfig{Format: format}.NewWriter(&out)
	for c, err := range zeek.NewReader(&tsv).Conns() {
		if err != nil {
			panic(err)
		}
		if err := w.WriteConn(c); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func benchmarkRecords(b *testing.B, log []byte, rows int) {
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range zeek.NewReader(bytes.NewReader(log)).Records() {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != rows {
			b.Fatalf("%d records of %d rows", n, rows)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkRecordsTSV(b *testing.B) { benchmarkRecords(b, manyRows(100000, zeek.TSV), 100000) }

func BenchmarkRecordsJSON(b *testing.B) { benchmarkRecords(b, manyRows(100000, zeek.JSON), 100000) }

func BenchmarkRowsTSV(b *testing.B) {
	log := manyRows(100000, zeek.TSV)
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range zeek.NewReader(bytes.NewReader(log)).Conns() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkWriter(b *testing.B) {
	log := manyRows(1000, zeek.TSV)
	var recs [][]byte
	for rec, err := range zeek.NewReader(bytes.NewReader(log)).Records() {
		if err != nil {
			b.Fatal(err)
		}
		recs = append(recs, bytes.Clone(rec.Bytes()))
	}
	for _, format := range []zeek.Format{zeek.TSV, zeek.JSON} {
		b.Run([]string{"TSV", "JSON"}[format], func(b *testing.B) {
			w := zeek.WriterConfig{Format: format}.NewWriter(io.Discard)
			benchmarkWriter(b, w, recs)
		})
	}
}

func benchmarkWriter(b *testing.B, w *zeek.Writer, recs [][]byte) {
	b.ReportAllocs()
	var rec record.Record
	for i := 0; b.Loop(); i++ {
		if err := rec.Load(recs[i%len(recs)]); err != nil {
			b.Fatal(err)
		}
		if err := w.Write(&rec); err != nil {
			b.Fatal(err)
		}
	}
}
