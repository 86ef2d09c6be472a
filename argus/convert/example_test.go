package convert_test

import (
	"fmt"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus/convert"
)

// Text that ra printed as records again.
func Example() {
	text := "StartTime,Dur,Proto,SrcAddr,Sport,DstAddr,Dport,SrcPkts,DstPkts,State\n" +
		"1700000000.250000,1.500000,tcp,192.0.2.1,49152,198.51.100.7,443,9,8,FIN\n"
	for rec, err := range (convert.ReaderConfig{}).NewReader(strings.NewReader(text)).Records() {
		if err != nil {
			fmt.Println(err)
			return
		}
		flow := rec.Flow()
		fmt.Println(rec.StartTime(), flow.Proto, flow.Src, flow.Dst, flow.DstPort, rec.Metrics().Packets())
	}
	// Output: 2023-11-14T22:13:20.25Z tcp 192.0.2.1 198.51.100.7 443 17
}
