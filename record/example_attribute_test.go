package record_test

import (
	"fmt"
	"net/netip"
	"os"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/order"
	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/record"
)

// exampleFlow makes a TCP flow.
func exampleFlow(src string, port uint16, sent, got uint64) *record.Record {
	r := record.New(record.FlowRecord, record.Version5, record.Start)
	r.SetFlow(record.Flow{
		Class: record.ClassFiveTuple, Type: record.KeyIPv4, Proto: record.ProtoTCP, SrcPort: 40000, DstPort: port,
		Src: record.EndpointFromAddr(netip.MustParseAddr(src)), Dst: record.EndpointFromAddr(netip.MustParseAddr("192.0.2.1")),
	})
	r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 10, Bytes: sent}, Dst: record.Counters{Packets: 10, Bytes: got}})
	r.SetTimes(record.Times{Src: record.Span{Start: 17e17, End: 17e17 + 15e8}, Dst: record.Span{Start: 17e17, End: 17e17 + 2e9}})
	return r
}

// Ask a record for an attribute by its Argus name.
func ExampleLookup() {
	r := exampleFlow("10.0.0.1", 443, 1000, 9000)
	for _, name := range []string{"sbytes", "dur", "load", "saddr", "tcprtt"} {
		a, _ := record.Lookup(name)
		v, ok := a.Float64(r)
		fmt.Printf("%s: %g %s, %v, printed %q\n", name, v, a.Unit, ok, a.AppendText(nil, r, nil))
	}
	// Output:
	// sbytes: 1000 byte, true, printed "1000"
	// dur: 2 s, true, printed "2.000000"
	// load: 36000 bit/s, true, printed "36000.000000"
	// saddr: 0 , false, printed "10.0.0.1"
	// tcprtt: 0 s, false, printed "0.000000"
}

// Add an attribute to a copy of the registry, then print, filter and sort by it
// as by any other.
func ExampleRegistry_Add() {
	reg := record.Attributes().Clone()
	err := reg.Add(record.Attribute{
		Name: "asym", Title: "Asym", Width: 8, Kind: record.NumberValue, Unit: "ratio", Side: record.Both,
		From: record.Set(record.DSRMetrics), Doc: "bytes of the source over all bytes",
		Float: func(r *record.Record) (float64, bool) {
			m := r.Metrics()
			return float64(m.Src.Bytes) / float64(m.Bytes()), m.Bytes() > 0
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	only, err := filter.Options{Registry: reg}.Compile("tcp and asym gt 0.2")
	if err != nil {
		fmt.Println(err)
		return
	}
	largest, err := order.New("-asym", order.Config{Registry: reg})
	if err != nil {
		fmt.Println(err)
		return
	}
	fields, err := printer.ParseFields(reg, nil, "saddr dport asym sbytes dbytes")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := printer.New(os.Stdout, printer.Config{Registry: reg, Fields: fields, Form: printer.Separated, Names: printer.ProtoNames})
	if err != nil {
		fmt.Println(err)
		return
	}
	flows := func(yield func(*record.Record, error) bool) {
		for _, r := range []*record.Record{exampleFlow("10.0.0.1", 80, 500, 1500), exampleFlow("10.0.0.2", 443, 100, 9000), exampleFlow("10.0.0.3", 22, 900, 100)} {
			if !yield(r, nil) {
				return
			}
		}
	}
	if err := p.All(argus.Pipe(flows, only.Stage(), largest.Stage())); err != nil {
		fmt.Println(err)
	}
	// Output:
	// SrcAddr,Dport,Asym,SrcBytes,DstBytes
	// 10.0.0.3,22,0.900000,900,100
	// 10.0.0.1,80,0.250000,500,1500
}
