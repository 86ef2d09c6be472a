package flowimport_test

import (
	"context"
	"fmt"
	"log"

	"github.com/seed-6ae541b3/goargus/argus/flowimport"
	"github.com/seed-6ae541b3/goargus/record"
)

// Records of what an exporter of IPFIX sent.
func Example() {
	src, err := flowimport.Open(context.Background(), "testdata/office-ipfix.pcap", flowimport.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer src.Close()
	for rec, err := range src.Records() {
		if err != nil {
			log.Fatal(err)
		}
		if f := rec.Flow(); rec.Kind() == record.NetFlow && f.Proto == record.ProtoTCP && f.DstPort < 1024 {
			fmt.Println(f.Src, f.SrcPort, f.Dst, f.DstPort, rec.Metrics().Src.Packets, rec.Metrics().Src.Bytes)
		}
	}
	fmt.Println(src.Stats().Records, "flows")
	// Output:
	// 192.0.2.10 40200 198.51.100.20 80 10 595
	// 192.0.2.10 40201 198.51.100.20 443 7 596
	// 23 flows
}
