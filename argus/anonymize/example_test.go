package anonymize_test

import (
	"fmt"

	"github.com/seed-6ae541b3/goargus/argus/anonymize"
	"github.com/seed-6ae541b3/goargus/record"
)

func Example() {
	key := anonymize.Key{0: 1, 31: 2} // of a file that is kept secret
	a, err := anonymize.New(anonymize.Config{Key: key, Rules: anonymize.Rules{"flow": anonymize.Keep, "ipv4": anonymize.Random, "metric": anonymize.Keep}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := record.New(record.FlowRecord, record.Version5, record.Status)
	r.SetFlow(record.Flow{
		Class: record.ClassFiveTuple, Type: record.KeyIPv4, Proto: record.ProtoTCP, SrcBits: 32, DstBits: 32, SrcPort: 1024, DstPort: 80,
		Src: record.EndpointFrom4([4]byte{192, 0, 2, 1}), Dst: record.EndpointFrom4([4]byte{198, 51, 100, 7}),
	})
	r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 3, Bytes: 300}})
	out, err := a.Record(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	f := out.Flow()
	fmt.Println(f.Src != r.Flow().Src, f.SrcPort, f.Proto, out.Metrics().Src.Bytes)
	// Output: true 0 tcp 300
}
