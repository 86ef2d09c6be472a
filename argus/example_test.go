package argus_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/codec5"
	"github.com/seed-6ae541b3/goargus/record"
)

// Example writes a stream to memory and reads it back through a pipeline.
func Example() {
	var file bytes.Buffer
	sink := argus.NewSink(&file, "memory")
	if err := sink.Write(codec5.Start(record.ManagementInfo{StartTime: 1_000_000_000})); err != nil {
		fmt.Println(err)
	}
	for port := range 3 {
		rec := record.New(record.FlowRecord, record.Version5, record.Start)
		rec.SetFlow(record.Flow{
			Src: record.EndpointFrom4([4]byte{10, 0, 0, 1}), Dst: record.EndpointFrom4([4]byte{10, 0, 0, 2}),
			SrcPort: 40000, DstPort: uint16(80 + port),
			Proto: record.ProtoTCP, Class: record.ClassFiveTuple, Type: record.KeyIPv4,
		})
		rec.SetMetrics(record.Metrics{Src: record.Counters{Packets: 3, Bytes: 300}})
		if err := sink.Write(rec); err != nil {
			fmt.Println(err)
		}
	}
	if err := sink.Close(); err != nil {
		fmt.Println(err)
	}

	src := argus.NewSource(context.Background(), &file, "memory")
	defer src.Close()
	for rec, err := range argus.Pipe(src.Records(), argus.Head(2)) {
		if err != nil {
			fmt.Println(err)
			break
		}
		if rec.IsFlow() {
			f, m := rec.Flow(), rec.Metrics()
			fmt.Println(f.Proto, f.Src, f.Dst, f.DstPort, m.Src.Bytes)
		}
	}
	// Output:
	// tcp 10.0.0.1 10.0.0.2 80 300
	// tcp 10.0.0.1 10.0.0.2 81 300
}

// Merge reads several servers, and goes back to those that go away.
func ExampleMerge() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	src := argus.Merge(ctx, argus.MergeConfig{
		OnError: func(name string, err error) { log.Printf("%s: %v", name, err) },
		Again: func(name string, err error) (time.Duration, bool) {
			return 0, false // argus.Reconnect(5 * time.Second), for servers
		},
	}, "../testdata/v5/http-get.def.arg", "../testdata/v3/http-get.def.arg")
	defer src.Close()
	flows := 0
	for rec, err := range src.Records() {
		if err != nil {
			fmt.Println(err)
			return
		}
		if rec.IsFlow() {
			flows++
		}
	}
	fmt.Println(flows, "flows")
	// Output: 2 flows
}
