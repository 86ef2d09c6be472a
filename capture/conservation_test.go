package capture_test

import (
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/record"
)

// Over every capture at hand: each packet read is in one record or counted as
// undecoded, and so are its bytes.
func TestConservationOfCaptures(t *testing.T) {
	var captures []string
	for _, pattern := range []string{"../testdata/pcap/*", "../../shared/data/*/pcap/*", "../../shared/data/zeek/*.pcap"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		captures = append(captures, names...)
	}
	if len(captures) == 0 {
		t.Fatal("no captures")
	}
	unknown := 0
	for _, name := range captures {
		read, stats, inRecords, err := account(name)
		if link := (*capture.LinkError)(nil); errors.As(err, &link) {
			unknown++ // refused with an error: nothing is lost without a word
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if inRecords.Packets+stats.Undecoded != read || inRecords.Bytes != stats.Bytes {
			t.Errorf("%s: %d packets read, %d in records, %d undecoded; %d bytes in records, %d counted",
				name, read, inRecords.Packets, stats.Undecoded, inRecords.Bytes, stats.Bytes)
		}
	}
	t.Logf("%d captures, %d of an unknown link type", len(captures), unknown)
}

// account feeds a capture to a sensor. Damage at the end of a capture does not
// matter here: what came before it counts.
func account(name string) (read uint64, stats capture.Stats, sum record.Counters, err error) {
	src, err := capture.OpenFile(name)
	if err != nil {
		return 0, stats, sum, nil // no capture at all
	}
	defer src.Close()
	sensor, err := capture.NewSensor(capture.Config{}, func(r *record.Record) error {
		m := r.Metrics()
		sum.Packets += m.Packets()
		sum.Bytes += m.Bytes()
		return nil
	})
	if err != nil {
		return 0, stats, sum, err
	}
	buf := make([]capture.Packet, 64)
	for {
		n, readErr := src.ReadPackets(buf)
		read += uint64(n)
		if err := sensor.Packets(buf[:n]); err != nil {
			return read, stats, sum, err
		}
		if damage := (*capture.ReadError)(nil); readErr == io.EOF || errors.As(readErr, &damage) {
			break
		} else if readErr != nil {
			return read, stats, sum, readErr
		}
	}
	if err := sensor.Close(); err != nil {
		return read, stats, sum, err
	}
	return read, sensor.Stats(), sum, nil
}
