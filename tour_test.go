package goargus_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/live"
	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/record"
)

// The functions below are the code of the README's tour, word for word.

func readFile(ctx context.Context) error {
	src, err := argus.Open(ctx, "testdata/v5/http-get.def.arg")
	if err != nil {
		return err
	}
	defer src.Close()
	for rec, err := range src.Records() {
		if err != nil {
			return err
		}
		if !rec.IsFlow() {
			continue
		}
		flow, m := rec.Flow(), rec.Metrics()
		fmt.Println(rec.StartTime(), flow.Proto, flow.Src, flow.Dst, m.Src.Bytes, m.Dst.Bytes)
	}
	return nil
}

func readPackets(ctx context.Context) error {
	pkts, err := capture.OpenFile("testdata/pcap/http-get.pcap")
	if err != nil {
		return err
	}
	defer pkts.Close()
	for rec, err := range capture.Flows(ctx, pkts, capture.Config{Jitter: true, UserData: 64}) {
		if err != nil {
			return err
		}
		if rec.IsFlow() {
			fmt.Println(rec.Flow().DstPort, rec.Metrics().Packets())
		}
	}
	return nil
}

func embed(ts int64, data []byte, emit func(*record.Record) error) error {
	sensor, err := capture.NewSensor(capture.Config{}, emit)
	if err != nil {
		return err
	}
	err = sensor.Packet(capture.Packet{Link: capture.Ethernet, Time: ts, Data: data, Length: len(data)})
	if err != nil {
		return err
	}
	return sensor.Close() // reports every flow
}

func filtered(src *argus.Source) error {
	only := filter.MustCompile("tcp and dst port 80 and sbytes lt 10 * dbytes")
	for rec, err := range argus.Pipe(src.Records(), only.Stage(), argus.Head(10)) {
		if err != nil {
			return err
		}
		fmt.Println(rec.Flow().Src, "->", rec.Flow().Dst)
	}
	return nil
}

func attribute(rec *record.Record) (float64, bool) {
	rtt, _ := record.Lookup("tcprtt")
	seconds, ok := rtt.Float64(rec) // false where the record has none
	return seconds, ok
}

func Example() {
	ctx := context.Background()
	if err := readFile(ctx); err != nil {
		fmt.Println(err)
	}
	if err := readPackets(ctx); err != nil {
		fmt.Println(err)
	}
	src, err := argus.Open(ctx, "testdata/v5/http-get.def.arg")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	if err := filtered(src); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2024-01-15T00:00:00Z tcp 192.0.2.10 198.51.100.20 606 1320
	// 80 13
	// 192.0.2.10 -> 198.51.100.20
}

func TestEmbed(t *testing.T) {
	frame := make([]byte, 60)
	copy(frame, "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x88\xb5")
	n := 0
	err := embed(1e18, frame, func(rec *record.Record) error {
		n++
		if rec.Metrics().Src.Bytes != 60 {
			t.Errorf("%d bytes", rec.Metrics().Src.Bytes)
		}
		if v, ok := attribute(rec); ok && v != 0 {
			t.Errorf("round trip time %v of a layer 2 flow", v)
		}
		return nil
	})
	if n != 1 || err != nil {
		t.Errorf("%d records, error %v", n, err)
	}
}

// TestWire captures from the wire, where there is such an interface and one may.
func TestWire(t *testing.T) {
	if err := fromWire(); err != nil {
		t.Skip(err)
	}
}

func fromWire() error {
	src, err := live.Open(live.Config{Interfaces: []string{"eth0"}, Filter: "not port 22"})
	if err != nil {
		return err
	}
	return src.Close()
}

// TestReadme checks that the code of the README is the code above.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("tour_test.go")
	if err != nil {
		t.Fatal(err)
	}
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	have := squeeze(string(code))
	blocks := strings.Split(string(readme), "```go\n")[1:]
	if len(blocks) == 0 {
		t.Fatal("the README has no code")
	}
	for _, b := range blocks {
		b, _, _ = strings.Cut(b, "```")
		if !strings.Contains(have, squeeze(b)) {
			t.Errorf("not in tour_test.go:\n%s", b)
		}
	}
}
