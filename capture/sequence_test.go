package capture_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/record"
)

// flows counts what a capture gives: flow records, their packets, the packets
// that the STOP record tells of, and the error.
func flows(t *testing.T, src capture.Source) (records int, packets, counted uint64, err error) {
	t.Helper()
	defer src.Close()
	for rec, e := range capture.Flows(context.Background(), src, capture.Config{}) {
		switch {
		case e != nil:
			err = e
		case rec.IsFlow():
			records++
			packets += rec.Metrics().Packets()
		case rec.Cause() == record.Stop:
			counted = rec.Management().Packets
		}
	}
	return records, packets, counted, err
}

func TestOpenFiles(t *testing.T) {
	const dir = "../testdata/pcap/"
	// The same connection twice is two flows, each of 11 packets.
	records, packets, counted, err := flows(t, capture.OpenFiles(dir+"tcp-full-life.pcap", dir+"tcp-full-life.pcap"))
	if records != 2 || packets != 22 || counted != 22 || err != nil {
		t.Errorf("got %d records, %d packets, %d counted, error %v", records, packets, counted, err)
	}
	// A missing capture is an error at the end, and nothing is lost.
	records, packets, _, err = flows(t, capture.OpenFiles(dir+"missing", dir+"tcp-full-life.pcap"))
	if records != 1 || packets != 11 || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %d records, %d packets, error %v", records, packets, err)
	}
}

func TestSelect(t *testing.T) {
	short := func(p *capture.Packet) bool { return p.Length < 70 }
	_, packets, _, err := flows(t, capture.Select(capture.OpenFiles("../testdata/pcap/tcp-full-life.pcap"), short))
	if packets == 0 || packets >= 11 || err != nil {
		t.Errorf("got %d packets, error %v", packets, err)
	}
}

func TestRange(t *testing.T) {
	const file = "../testdata/pcap/tcp-full-life.pcap" // 11 packets
	for _, c := range []struct{ skip, last, want uint64 }{{0, 4, 4}, {3, 5, 2}, {0, 100, 11}, {10, 11, 1}, {11, 20, 0}} {
		_, packets, _, err := flows(t, capture.Range(capture.OpenFiles(file), c.skip, c.last))
		if packets != c.want || err != nil {
			t.Errorf("packets after %d up to %d: got %d, want %d, error %v", c.skip, c.last, packets, c.want, err)
		}
	}
}
