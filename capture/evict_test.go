package capture_test

import (
	"encoding/binary"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/record"
)

// tcpPacket is a TCP segment without data, at a time in microseconds.
func tcpPacket(src, dst uint32, sport, dport uint16, flags byte, us int64) capture.Packet {
	be := binary.BigEndian
	data := []byte{0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0}
	data = be.AppendUint32(be.AppendUint32(data, src), dst)
	data = be.AppendUint16(be.AppendUint16(data, sport), dport)
	data = append(data, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, flags, 0x10, 0, 0, 0, 0, 0)
	return capture.Packet{Link: capture.Raw, Time: 1_700_000_000_000_000_000 + us*1000, Data: data, Length: len(data)}
}

// A flood pushes itself out of a full table, answered or not. Connections that
// are open stay, busy or quiet, and the table keeps to its limit.
func TestFloodSparesConnections(t *testing.T) {
	const (
		syn, ack      = 0x02, 0x10
		client        = 0x0a000000 // 10.0.0.0
		server        = 0xc0000201 // 192.0.2.1
		flooder       = 0xac100000
		limit         = 2000
		open          = 1000
		flood         = 40_000
		perMillisec   = 2
		roundtrip, us = 10, 1_000_000
	)
	for _, answered := range []bool{false, true} {
		for _, workers := range []int{1, 3} {
			cfg := capture.Config{TableLimit: limit, Workers: workers}
			starts := map[uint32]int{}
			told := uint64(0)
			sensor, err := capture.NewSensor(cfg, func(r *record.Record) error {
				told += r.Metrics().Src.Packets + r.Metrics().Dst.Packets
				a4 := r.Flow().Src.Addr().As4()
				if a := binary.BigEndian.Uint32(a4[:]); a>>24 == client>>24 && r.Cause() == record.Start {
					starts[a]++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			sent := uint64(0)
			take := func(p capture.Packet) {
				sent++
				if err := sensor.Packet(p); err != nil {
					t.Fatal(err)
				}
			}
			for i := range uint32(open) {
				at := int64(i) * 100
				take(tcpPacket(client+i, server, 4000, 22, syn, at))
				take(tcpPacket(server, client+i, 22, 4000, syn|ack, at+roundtrip))
				take(tcpPacket(client+i, server, 4000, 22, ack, at+2*roundtrip))
			}
			for i := range uint32(flood) {
				at := us + int64(i)*1000/perMillisec
				take(tcpPacket(flooder+i, server, 5000, 80, syn, at))
				if answered {
					take(tcpPacket(server, flooder+i, 80, 5000, syn|ack, at+1))
				}
				if i%20 == 0 { // each open connection some times, seconds apart
					take(tcpPacket(client+i/20%open, server, 4000, 22, ack, at+2))
				}
				if n := sensor.Stats().Active; i%50 == 0 && n > limit {
					t.Fatalf("%d flows, the limit is %d", n, limit)
				}
			}
			stats := sensor.Stats()
			if err := sensor.Close(); err != nil {
				t.Fatal(err)
			}
			if told != sent {
				t.Errorf("%d packets, records tell of %d", sent, told)
			}
			if stats.Evicted < flood-limit {
				t.Errorf("%d flows had to make room for %d", stats.Evicted, flood)
			}
			for a, n := range starts {
				if n != 1 {
					t.Errorf("answered %v, %d workers: connection %x began %d times", answered, workers, a, n)
					break
				}
			}
			if len(starts) != open {
				t.Errorf("%d connections of %d", len(starts), open)
			}
		}
	}
}
