package capture_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/record"
)

// tcpSegment is an acknowledgement with data of one of n connections.
func tcpSegment(conn uint32, seq uint32) []byte {
	b := make([]byte, 14+20+20+60)
	copy(b, "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00\x45\x00\x00\x64\x00\x01\x00\x00\x40\x06\x00\x00")
	binary.BigEndian.PutUint32(b[26:], 0x0a000000+conn)
	copy(b[30:], "\xc6\x33\x64\x02\x9c\x40\x00\x50")
	binary.BigEndian.PutUint32(b[38:], seq)
	b[45], b[46], b[47], b[48] = 1, 0x50, 0x10, 0xff
	return b
}

// BenchmarkSensor tells what a packet costs. The connections of a run are as
// many as its name says; records come as connections fall due.
func BenchmarkSensor(b *testing.B) {
	for _, conns := range []int{1, 1000, 100_000} {
		for _, full := range []bool{false, true} {
			cfg, name := capture.Config{}, "plain"
			if full {
				cfg, name = capture.Config{Jitter: true, AppBytes: true, PacketSizes: true, MAC: true, UserData: 64}, "full"
			}
			b.Run(fmt.Sprintf("%d/%s", conns, name), func(b *testing.B) {
				s, err := capture.NewSensor(cfg, func(*record.Record) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
				packets := make([]capture.Packet, 256)
				for i := range packets {
					packets[i] = capture.Packet{Link: capture.Ethernet, Data: tcpSegment(0, 1), Length: 114}
				}
				now, next := int64(1e18), 0
				b.ReportAllocs()
				b.ResetTimer()
				for left := b.N; left > 0; {
					n := min(left, len(packets))
					for i := range packets[:n] {
						now += 2000
						packets[i].Time = now
						binary.BigEndian.PutUint32(packets[i].Data[26:], 0x0a000000+uint32(next*7919%conns))
						binary.BigEndian.PutUint32(packets[i].Data[38:], uint32(next)*60)
						next++
					}
					if err := s.Packets(packets[:n]); err != nil {
						b.Fatal(err)
					}
					left -= n
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mpackets/s")
			})
		}
	}
}
