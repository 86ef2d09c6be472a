package capture_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
)

// largeCapture is n packets of 100 bytes.
func largeCapture(n int, header []byte, packet func(i int, data string) []byte) []byte {
	data := strings.Repeat("x", 100)
	out := header
	for i := range n {
		out = append(out, packet(i, data)...)
	}
	return out
}

func pcapOf(n int) []byte {
	return largeCapture(n, pcapHeader(little, 0xa1b2c3d4, 1), func(i int, data string) []byte {
		return pcapRecord(little, uint32(i), 0, data)
	})
}

func pcapngOf(n int) []byte {
	return largeCapture(n, file(section(little), iface(little, 1, 0)), func(i int, data string) []byte {
		return enhanced(little, 0, uint64(i), 100, data)
	})
}

// TestNoAllocationPerPacket: what a reader allocates does not depend on the
// number of packets.
func TestNoAllocationPerPacket(t *testing.T) {
	block := make([]capture.Packet, 32)
	allocations := func(data []byte) float64 {
		return testing.AllocsPerRun(3, func() {
			r, err := capture.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			for err == nil {
				_, err = r.ReadPackets(block)
			}
			if err != io.EOF {
				t.Fatal(err)
			}
		})
	}
	for name, make := range map[string]func(int) []byte{"pcap": pcapOf, "pcapng": pcapngOf} {
		few, many := allocations(make(10)), allocations(make(50_000))
		// A pool that was emptied in between costs an allocation or two, a
		// single one per packet would be thousands.
		if many > few+20 {
			t.Errorf("%s: %v allocations for 10 packets, %v for 50,000", name, few, many)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	const packets = 100_000
	for _, format := range []struct {
		name string
		make func(int) []byte
	}{{"pcap", pcapOf}, {"pcapng", pcapngOf}} {
		plain := format.make(packets)
		for _, form := range []struct {
			name string
			data []byte
		}{{"plain", plain}, {"gzip", gzipped(b, plain)}, {"zstd", zstandard(b, plain)}} {
			b.Run(format.name+"/"+form.name, func(b *testing.B) {
				in := bytes.NewReader(nil)
				block := make([]capture.Packet, 256)
				var r *capture.Reader
				done := packets
				b.SetBytes(int64(len(plain)) / packets)
				b.ReportAllocs()
				for i := 0; i < b.N; {
					if done == packets { // open the next, which is not what is measured
						b.StopTimer()
						in.Reset(form.data)
						var err error
						if r, err = capture.NewReader(in); err != nil {
							b.Fatal(err)
						}
						done = 0
						b.StartTimer()
					}
					n, err := r.ReadPackets(block)
					if err != nil {
						b.Fatal(err)
					}
					done += n
					i += n
				}
			})
		}
	}
}
