package filter_test

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/record"
)

// webFlow is a record of a download from a web server.
func webFlow() *record.Record {
	r := record.New(record.FlowRecord, record.Version5, record.Status)
	r.SetFlow(record.Flow{
		Type: record.KeyIPv4, Class: record.ClassFiveTuple, Proto: record.ProtoTCP, SrcPort: 40000, DstPort: 443,
		Src: record.EndpointFromAddr(netip.MustParseAddr("192.0.2.10")),
		Dst: record.EndpointFromAddr(netip.MustParseAddr("198.51.100.20")),
	})
	r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 12, Bytes: 900}, Dst: record.Counters{Packets: 30, Bytes: 42000}})
	start := time.Date(2024, 1, 25, 12, 30, 0, 0, time.UTC).UnixNano()
	r.SetTimes(record.Times{Src: record.Span{Start: start, End: start + 2e9}})
	return r
}

func Example() {
	downloads, err := filter.Compile("tcp and dst port https and dbytes gt 10 * sbytes")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(downloads.Match(webFlow()))
	fmt.Println(downloads)
	// Output:
	// true
	// (tcp and dst port 443 and dbytes gt (10 * sbytes))
}

func ExampleError() {
	_, err := filter.Compile("tpc and port 80")
	fmt.Println(err)
	// Output:
	// column 1: nothing says what "tpc" is; expected term; did you mean "tcp"?
	//   tpc and port 80
	//   ^~~
}

func ExampleExplain() {
	p := filter.MustCompile(`tcp and (dst port 443 or not pkts lt 100) and label ~ "svc=web"`)
	fmt.Print(filter.Explain(p))
	// Output:
	// and
	// ├─ tcp                  proto (flow)
	// ├─ or
	// │  ├─ dst port 443      dport (flow)
	// │  └─ not
	// │     └─ pkts lt 100    spkts, dpkts (metric)
	// └─ label ~ "svc=web"    label (label)
}

func ExampleOptions() {
	options := filter.Options{
		Resolver: func(name string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("198.51.100.20"), netip.MustParseAddr("2001:db8::20")}, nil
		},
	}
	p, err := options.Compile("dst host www.example.com")
	fmt.Println(p, err)
	// Output: (dst host 198.51.100.20 or dst host 2001:db8::20) <nil>
}

func ExampleParseTimeRange() {
	clock := filter.Clock{Now: time.Date(2024, 1, 26, 9, 0, 0, 0, time.UTC), Location: time.UTC}
	for _, text := range []string{"2024/01/25.12", "-1d", "x2024/01/25.12:30:01+1s"} {
		t, err := filter.ParseTimeRange(text, clock)
		if err != nil {
			fmt.Println(err)
			continue
		}
		start, end := t.Window()
		fmt.Println(start.Format(time.DateTime), end.Format(time.DateTime), t.Match(webFlow()))
	}
	// Output:
	// 2024-01-25 12:00:00 2024-01-25 13:00:00 true
	// 2024-01-26 00:00:00 2024-01-27 00:00:00 false
	// 2024-01-25 12:30:01 2024-01-25 12:30:02 false
}
