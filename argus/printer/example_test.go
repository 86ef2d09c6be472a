package printer_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/record"
)

// flow makes a record to print.
func flow(src, dst string, port uint16, sent, got uint64) *record.Record {
	r := record.New(record.FlowRecord, record.Version5, record.Start)
	r.SetFlow(record.Flow{
		Class: record.ClassFiveTuple, Type: record.KeyIPv4, Proto: record.ProtoTCP,
		Src: record.EndpointFromAddr(netip.MustParseAddr(src)), Dst: record.EndpointFromAddr(netip.MustParseAddr(dst)),
		SrcPort: 40001, DstPort: port,
	})
	r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 3, Bytes: sent}, Dst: record.Counters{Packets: 2, Bytes: got}})
	start := int64(1_700_000_000_250_000_000)
	r.SetTimes(record.Times{Src: record.Span{Start: start, End: start + 4e8}, Dst: record.Span{Start: start + 1e8, End: start + 5e8}})
	return r
}

func Example() {
	p, err := printer.New(os.Stdout, printer.Config{Titles: printer.NoTitles})
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = p.Print(flow("10.1.1.10", "10.2.2.20", 443, 1400, 96000))
	_ = p.Close()
	// Output:
	//    22:13:20.250000              tcp          10.1.1.10.40001    <->          10.2.2.20.https         5      97400   CON
}

// Print the fields that one asks for, as CSV.
func Example_separated() {
	fields, err := printer.ParseFields(nil, nil, "saddr", "daddr", "sbytes", "dbytes", "dur", "rate")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, _ := printer.New(os.Stdout, printer.Config{Fields: fields, Form: printer.Separated, Text: record.TextOptions{Precision: 3}})
	_ = p.Print(flow("10.1.1.10", "10.2.2.20", 443, 1400, 96000))
	_ = p.Close()
	// Output:
	// SrcAddr,DstAddr,SrcBytes,DstBytes,Dur,Rate
	// 10.1.1.10,10.2.2.20,1400,96000,0.500,8.000
}

// Print a file of records as CSV.
func Example_file() {
	src, err := argus.Open(context.Background(), "../../testdata/v3/http-get.full.arg")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	fields, err := printer.ParseFields(nil, nil, "stime", "proto", "saddr", "daddr", "dport", "bytes")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := printer.New(os.Stdout, printer.Config{Fields: fields, Form: printer.Separated, Names: printer.ProtoNames})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := p.All(src.Records()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// StartTime,Proto,SrcAddr,DstAddr,Dport,TotBytes
	// 00:00:00.000000,tcp,192.0.2.10,198.51.100.20,80,1926
}

// Add an attribute of one's own and print it like any other.
func Example_ownAttribute() {
	reg := record.Attributes().Clone()
	err := reg.Add(record.Attribute{
		Name: "asym", Title: "Asym", Width: 8, Kind: record.NumberValue, Unit: "ratio", Doc: "bytes of the source over all bytes",
		Float: func(r *record.Record) (float64, bool) {
			m := r.Metrics()
			if m.Bytes() == 0 {
				return 0, false
			}
			return float64(m.Src.Bytes) / float64(m.Bytes()), true
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fields, err := printer.ParseFields(reg, printer.DefaultFields(), "-flgs", "-dir", "+asym")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, _ := printer.New(os.Stdout, printer.Config{Registry: reg, Fields: fields, Form: printer.TypedJSON})
	_ = p.Print(flow("10.1.1.10", "10.2.2.20", 443, 1000, 3000))
	_ = p.Close()
	// Output:
	// {"type":"flow","stime":"2023-11-14T22:13:20.25Z","proto":"tcp","saddr":"10.1.1.10","sport":40001,"daddr":"10.2.2.20","dport":"https","pkts":5,"bytes":4000,"state":"CON","asym":0.25}
}
