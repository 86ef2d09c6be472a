package order_test

import (
	"fmt"

	"github.com/seed-6ae541b3/goargus/argus/order"
	"github.com/seed-6ae541b3/goargus/record"
)

func Example() {
	var src record.Stream = func(yield func(*record.Record, error) bool) {
		for _, n := range []uint64{300, 100, 200} {
			r := record.New(record.FlowRecord, record.Version5, record.Status)
			r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 1, Bytes: n}})
			if !yield(r, nil) {
				return
			}
		}
	}
	for r, err := range order.MustBy("-sbytes").Stage()(src) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.Metrics().Src.Bytes)
	}
	// Output:
	// 300
	// 200
	// 100
}
