package convert_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/seed-6ae541b3/goargus/argus/convert"
)

func BenchmarkCSV(b *testing.B) {
	const rows = 20000
	var text bytes.Buffer
	text.WriteString("StartTime,LastTime,Dur,Flgs,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,SrcPkts,DstPkts,SrcBytes,DstBytes,State\n")
	for i := range rows {
		fmt.Fprintf(&text, "%d.250000,%d.750000,0.500000, e        ,tcp,10.0.%d.%d,%d,   ->,198.51.100.%d,443,%d,%d,%d,%d,FIN\n",
			1700000000+i/100, 1700000000+i/100, i>>8&255, i&255, 1024+i%60000, i%250, 5+i%40, 4+i%60, 600+i%5000, 800+i%90000)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range (convert.ReaderConfig{Strict: true}).NewReader(bytes.NewReader(text.Bytes())).Records() {
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
