package tally_test

import (
	"fmt"

	"github.com/seed-6ae541b3/goargus/argus/tally"
	"github.com/seed-6ae541b3/goargus/record"
)

func ExampleCounter() {
	var c tally.Counter
	for _, n := range []uint64{300, 100} {
		r := record.New(record.FlowRecord, record.Version5, record.Status)
		r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 1, Bytes: n}})
		c.Add(r)
	}
	fmt.Println(c.Total().Records, c.Total().Packets(), c.Total().Bytes())
	// Output: 2 2 400
}

func ExampleTop() {
	top := tally.NewTop[string](1000) // at most so many keys in memory
	for _, port := range []string{"80", "443", "443"} {
		top.Add(port, 1)
	}
	fmt.Println(top.Largest(1)[0].Key)
	// Output: 443
}
