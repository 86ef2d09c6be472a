package capture_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/capture"
)

// stock is a Source of packets in memory, so many at a time.
type stock struct {
	packets []capture.Packet
	block   int
}

func (s *stock) ReadPackets(buf []capture.Packet) (int, error) {
	n := copy(buf[:min(s.block, len(buf))], s.packets)
	s.packets = s.packets[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (s *stock) Interfaces() []capture.Interface { return nil }
func (s *stock) Close() error                    { return nil }

// Packets come when they are due, and the end of the context ends the wait.
func TestReplay(t *testing.T) {
	milliseconds := []int64{0, 100, 100, 50, 1000, 61000}
	for _, c := range []struct {
		name    string
		speed   float64
		timeout time.Duration
		want    []time.Duration // since the start, of each packet
	}{
		{"as captured", 1, time.Hour, []time.Duration{0, 100e6, 100e6, 100e6, 1e9, 61e9}},
		{"ten times as fast", 10, time.Hour, []time.Duration{0, 10e6, 10e6, 10e6, 100e6, 6100e6}},
		{"ended", 1, 30 * time.Second, []time.Duration{0, 100e6, 100e6, 100e6, 1e9}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := &stock{block: 4}
				for i, ms := range milliseconds {
					src.packets = append(src.packets, datagram(uint16(2000+i), ms))
				}
				ctx, cancel := context.WithTimeout(t.Context(), c.timeout)
				defer cancel()
				replay, start := capture.Replay(ctx, src, c.speed), time.Now()
				var got []time.Duration
				buf := make([]capture.Packet, 3)
				for {
					n, err := replay.ReadPackets(buf)
					for range n {
						got = append(got, time.Since(start))
					}
					if err == io.EOF {
						break
					}
					if err != nil || n == 0 {
						t.Fatal(n, err)
					}
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// A capture that grows is read as it grows, records cut in the middle included.
func TestFollow(t *testing.T) {
	name := filepath.Join(t.TempDir(), "growing.pcap")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	write := func(b []byte) {
		t.Helper()
		if _, err := f.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	second := pcapRecord(little, 2, 0, "second")
	write(file(pcapHeader(little, 0xa1b2c3d4, 1), pcapRecord(little, 1, 0, "first"), second[:7]))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	src, err := capture.Follow(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var got []string
	buf := make([]capture.Packet, 8)
	for {
		n, err := src.ReadPackets(buf)
		for _, p := range buf[:n] {
			got = append(got, string(p.Data))
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch len(got) {
		case 1:
			write(second[7:])
		case 2:
			cancel()
		}
	}
	if diff := cmp.Diff([]string{"first", "second"}, got); diff != "" {
		t.Error(diff)
	}
}

// A frame that comes again at once is a copy; later, or with another length, it
// is not.
func TestDuplicates(t *testing.T) {
	longer := datagram(1, 2)
	longer.Length++
	copied := datagram(1, 1)
	copied.Interface = 7
	packets := []capture.Packet{
		datagram(1, 0), copied, datagram(2, 1), longer, datagram(1, 4), datagram(1, 20), datagram(1, 24),
	}
	d := capture.NewDuplicates(0)
	src := capture.Select(&stock{packets, 3}, d.Fresh)
	var got []int64
	buf := make([]capture.Packet, 4)
	for {
		n, err := src.ReadPackets(buf)
		for _, p := range buf[:n] {
			got = append(got, (p.Time-packets[0].Time)/1e6)
		}
		if err != nil {
			break
		}
	}
	if diff := cmp.Diff([]int64{0, 1, 2, 20}, got); diff != "" {
		t.Error(diff)
	}
	if d.Count() != 3 {
		t.Errorf("%d copies, want 3", d.Count())
	}
}

// What Counts says of each packet adds up to what the sensor says of all.
func TestCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		packets, cfg := traffic(rt), configs(rt)
		_, stats := feed(rapidTB{t}, cfg, packets, 1)
		left := uint64(0)
		for i := range packets {
			if !cfg.Counts(&packets[i]) {
				left++
			}
		}
		if left != stats.Undecoded {
			rt.Fatalf("%d packets are in no flow, the sensor says %d", left, stats.Undecoded)
		}
	})
}
