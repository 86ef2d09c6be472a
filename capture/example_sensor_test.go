package capture_test

import (
	"fmt"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/record"
)

// The engine alone: packets in, records out through a function.
func ExampleSensor() {
	sensor, err := capture.NewSensor(capture.Config{}, func(rec *record.Record) error {
		flow, m := rec.Flow(), rec.Metrics()
		fmt.Println(flow.Src, flow.Dst, m.Src.Packets, m.Src.Bytes)
		return nil
	})
	if err != nil {
		panic(err)
	}
	datagram := []byte{
		0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2, // IPv4
		0x30, 0x39, 0x1f, 0x90, 0, 12, 0, 0, 'p', 'i', 'n', 'g', // UDP
	}
	for i := range 3 {
		err = sensor.Packet(capture.Packet{Link: capture.Raw, Time: 1_700_000_000_000_000_000 + int64(i), Data: datagram, Length: len(datagram)})
		if err != nil {
			panic(err)
		}
	}
	if err := sensor.Close(); err != nil {
		panic(err)
	}
	fmt.Println(sensor.Stats().Packets, "packets")
	// Output:
	// 192.0.2.1 198.51.100.2 3 96
	// 3 packets
}
