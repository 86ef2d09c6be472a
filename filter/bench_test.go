package filter

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// benchRecords makes records of a mixed kind: web, name service, mail, scans.
func benchRecords(tb testing.TB) []*record.Record {
	tb.Helper()
	ports := []uint16{443, 53, 80, 22, 3306, 25, 8080, 123}
	var recs []*record.Record
	for i := range 256 {
		r := record.New(record.FlowRecord, record.Version5, record.Status)
		p := record.ProtoTCP
		if i%3 == 0 {
			p = record.ProtoUDP
		}
		r.SetFlow(record.Flow{
			Type: record.KeyIPv4, Class: record.ClassFiveTuple, Proto: p,
			Src:     record.EndpointFromAddr(netip.AddrFrom4([4]byte{10, 0, byte(i % 5), byte(i)})),
			Dst:     record.EndpointFromAddr(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})),
			SrcPort: uint16(40000 + i), DstPort: ports[i%len(ports)],
		})
		r.SetMetrics(record.Metrics{
			Src: record.Counters{Packets: uint64(i), Bytes: uint64(i * 1000)},
			Dst: record.Counters{Packets: uint64(i / 2), Bytes: uint64(i * 500)},
		})
		r.SetTimes(record.Times{Src: record.Span{Start: 1, End: int64(i) * 1e7}})
		b, err := r.AppendTo(nil, record.Version5)
		if err != nil {
			tb.Fatal(err)
		}
		loaded := new(record.Record)
		if err := loaded.Load(b); err != nil {
			tb.Fatal(err)
		}
		recs = append(recs, loaded)
	}
	return recs
}

const complexFilter = "(tcp and (dst port 443 or dst port 22) and src net 10.0.0.0/24) or (udp and not port 53 and bytes gt 100000)"

// BenchmarkMatch matches records whose DSRs are decoded already.
func BenchmarkMatch(b *testing.B) {
	for _, f := range []struct{ name, text string }{
		{"port", "port 443"},
		{"complex", complexFilter},
		{"host", "host 192.0.2.77"},
		{"flags", "src syn and not fin"},
		{"dur", "dur gt 0.5"},
		{"ratio", "sbytes gt 10 * dbytes"},
		{"set", "port in {22, 25, 80-90, 443, 8080}"},
		{"rate", "src rate gt 100.0"},
	} {
		b.Run(f.name, func(b *testing.B) {
			p, recs := MustCompile(f.text), benchRecords(b)
			matched := 0
			for _, r := range recs {
				p.Match(r)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if p.Match(recs[i&255]) {
					matched++
				}
				i++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkLoadMatch is the same with finding and decoding the DSRs.
func BenchmarkLoadMatch(b *testing.B) {
	for _, f := range []struct{ name, text string }{{"port", "port 443"}, {"complex", complexFilter}} {
		b.Run(f.name, func(b *testing.B) {
			p, recs := MustCompile(f.text), benchRecords(b)
			var r record.Record
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := r.Load(recs[i&255].Bytes()); err != nil {
					b.Fatal(err)
				}
				p.Match(&r)
				i++
			}
		})
	}
}

// longTexts are filters of nearly a size that are hard on a compiler.
func longTexts(size int) map[string]string {
	fill := func(part string) string { return strings.Repeat(part, (size-40)/len(part)) }
	var ports, hosts strings.Builder
	for i := 0; ports.Len() < size-40; i++ {
		fmt.Fprintf(&ports, "port %d or ", i%65536)
	}
	for i := 0; hosts.Len() < size-40; i++ {
		fmt.Fprintf(&hosts, "host 10.%d.%d.1 or ", i>>8&255, i&255)
	}
	return map[string]string{
		"or":          fill("tcp or ") + "tcp",
		"alternating": fill("ttl 1 or tcp and ") + "tcp",
		"ports":       ports.String() + "port 1",
		"hosts":       hosts.String() + "host 10.0.0.1",
		"inherited":   "port 1 " + fill("or 22 "),
		"alternates":  "port (1 " + fill("or 22 ") + ")",
		"arithmetic":  "sbytes gt 1 " + fill("+ 1 "),
		"set":         "port in {1" + fill(",22") + "}",
		"name":        "port " + fill("a"),
		"string":      `label ~ "` + fill("a") + `"`,
		"groups":      fill("(tcp) or ") + "tcp",
	}
}

func BenchmarkCompile(b *testing.B) {
	texts := map[string]string{"short": complexFilter}
	for name, text := range longTexts(MaxLength) {
		texts[name] = text
	}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Compile(text)
			}
		})
	}
}
