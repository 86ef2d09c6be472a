package capture_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/record"
)

// feed runs a sensor over packets, in blocks of the given size, and returns its
// records.
func feed(t testing.TB, cfg capture.Config, packets []capture.Packet, block int) ([][]byte, capture.Stats) {
	t.Helper()
	var recs [][]byte
	s, err := capture.NewSensor(cfg, func(r *record.Record) error {
		recs = append(recs, bytes.Clone(r.Bytes()))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for len(packets) > 0 {
		n := min(block, len(packets))
		if err := s.Packets(packets[:n]); err != nil {
			t.Fatal(err)
		}
		packets = packets[n:]
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return recs, s.Stats()
}

type rapidTB struct{ testing.TB }

// Every packet is counted in one record or as undecoded, whatever it is and
// whatever the configuration: packets and bytes.
func TestConservation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		packets, cfg := traffic(rt), configs(rt)
		cfg.TableLimit = rapid.SampledFrom([]int{0, 1, 2, 5}).Draw(rt, "limit")
		recs, stats := feed(rapidTB{t}, cfg, packets, rapid.IntRange(1, 40).Draw(rt, "block"))
		var counted, counters uint64
		for _, b := range recs {
			var r record.Record
			if err := r.Load(b); err != nil {
				rt.Fatal(err)
			}
			if err := r.Resolve(); err != nil {
				rt.Fatalf("record does not decode: %v\n%x", err, b)
			}
			m := r.Metrics()
			if m.Src.Packets+m.Dst.Packets == 0 {
				rt.Fatalf("record without packets: %x", b)
			}
			counted += m.Src.Packets + m.Dst.Packets
			counters += m.Src.Bytes + m.Dst.Bytes
		}
		if want := uint64(len(packets)); counted+stats.Undecoded != want || stats.Packets != want {
			rt.Fatalf("%d packets in records, %d undecoded, %d of %d seen", counted, stats.Undecoded, stats.Packets, want)
		}
		if counters != stats.Bytes || uint64(len(recs)) != stats.Records {
			rt.Fatalf("%d bytes in %d records, counted %d in %d", counters, len(recs), stats.Bytes, stats.Records)
		}
	})
}

// The records are the same for any number of workers and for any blocks.
func TestWorkers(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		packets, cfg := traffic(rt), configs(rt)
		want, stats := feed(rapidTB{t}, cfg, packets, 1)
		for _, workers := range []int{1, 2, 5} {
			cfg.Workers = workers
			got, s := feed(rapidTB{t}, cfg, packets, rapid.IntRange(1, 200).Draw(rt, "block"))
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatalf("%d workers: %s", workers, diff)
			}
			if diff := cmp.Diff(stats, s); diff != "" {
				rt.Fatalf("%d workers: %s", workers, diff)
			}
		}
	})
}

// Many packets at a time, of all captures one behind the other, give the same
// records in the same order for any number of workers.
func TestWorkersOfCaptures(t *testing.T) {
	var packets []capture.Packet
	buf := make([]capture.Packet, 100)
	probe, err := capture.NewSensor(capture.Config{}, func(*record.Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	defer probe.Close()
	for range 3 {
		for _, name := range captures(t) {
			src, err := capture.OpenFile(name)
			if err != nil {
				continue // is another test's
			}
			for n := 1; n > 0; {
				n, _ = src.ReadPackets(buf)
				for _, p := range buf[:n] {
					if probe.Packet(p) != nil {
						continue // of a link type that is not known
					}
					p.Data = bytes.Clone(p.Data)
					p.Interface = 0
					packets = append(packets, p)
				}
			}
			src.Close()
		}
	}
	if len(packets) < 20_000 {
		t.Fatalf("%d packets", len(packets))
	}
	for _, cfg := range []capture.Config{
		{},
		{Key: capture.KeyEther, StartRecords: true},
		{Jitter: true, AppBytes: true, PacketSizes: true, MAC: true, UserData: 64, ControlPlane: true, TunnelDiscovery: true, Key: capture.KeyVLAN},
	} {
		want, stats := feed(t, cfg, packets, 32)
		for _, workers := range []int{2, 3, 5} {
			cfg.Workers = workers
			got, s := feed(t, cfg, packets, 20_000)
			if !slices.EqualFunc(got, want, bytes.Equal) || s != stats {
				t.Errorf("%+v, %d workers: %d records, %+v; want %d, %+v", cfg, workers, len(got), s, len(want), stats)
			}
		}
	}
}

// What the sensor says of IPv6 agrees with an independent decoder.
func TestIPv6Attributes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		link := &layers.Ethernet{SrcMAC: station(rt), DstMAC: station(rt)}
		data := networkPacket(rt, link)
		dec := gopacket.NewPacket(data, layers.LayerTypeEthernet, gopacket.Default)
		ip, ok := dec.NetworkLayer().(*layers.IPv6)
		if !ok || ip.Length == 0 || dec.ErrorLayer() != nil || ip.NextHeader == layers.IPProtocolGRE || ip.NextHeader == layers.IPProtocolIPv4 {
			return
		}
		recs, _ := feed(rapidTB{t}, capture.Config{}, []capture.Packet{{Link: capture.Ethernet, Time: 1e18, Data: data, Length: len(data)}}, 1)
		if len(recs) != 1 {
			rt.Fatalf("%d records", len(recs))
		}
		var r record.Record
		if err := r.Load(recs[0]); err != nil {
			rt.Fatal(err)
		}
		flow, attr := r.Flow(), r.IPAttr()
		got := []any{flow.Src.String(), flow.Dst.String(), attr.Src.TTL, attr.Src.TOS}
		want := []any{ip.SrcIP.String(), ip.DstIP.String(), ip.HopLimit, ip.TrafficClass}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// A full table gives way, and says so.
func TestTableLimit(t *testing.T) {
	var packets []capture.Packet
	for i := range 50 {
		packets = append(packets, datagram(uint16(1000+i), int64(i)))
	}
	recs, stats := feed(t, capture.Config{TableLimit: 10}, packets, 7)
	if len(recs) != 50 || stats.Evicted != 41 || stats.Flows != 50 { // from the ninth flow on
		t.Errorf("%d records, stats %+v", len(recs), stats)
	}
}

// datagram is an IPv4 datagram from the given port, at a time in milliseconds.
func datagram(port uint16, ms int64) capture.Packet {
	data := []byte{
		0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2,
		byte(port >> 8), byte(port), 0x1f, 0x90, 0, 12, 0, 0, 'p', 'i', 'n', 'g',
	}
	return capture.Packet{Link: capture.Raw, Time: 1_700_000_000_000_000_000 + ms*1_000_000, Data: data, Length: len(data)}
}

func TestSensorErrors(t *testing.T) {
	for _, cfg := range []capture.Config{
		{UserData: -2}, {UserData: 70000}, {SizeHistogram: true}, {TableLimit: -1}, {Workers: -1}, {Workers: 1000},
		{Key: capture.KeyMatrix | capture.KeyEther}, {Key: 0x80}, {ControlPorts: []capture.ControlPort{{Proto: 1}}},
	} {
		if _, err := capture.NewSensor(cfg, nil); !errors.Is(err, capture.ErrConfig) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
	stop := errors.New("enough")
	s, err := capture.NewSensor(capture.Config{}, func(*record.Record) error { return stop })
	if err != nil {
		t.Fatal(err)
	}
	odd := capture.Packet{Link: capture.LinkType(147), Data: []byte{1}, Length: 1}
	var link *capture.LinkError
	if err := s.Packets([]capture.Packet{datagram(1, 0), odd, datagram(1, 1)}); !errors.As(err, &link) || link.Link != 147 {
		t.Errorf("unknown link type: %v", err)
	}
	if st := s.Stats(); st.Packets != 3 || st.Undecoded != 1 || st.Active != 1 {
		t.Errorf("stats %+v", st)
	}
	if err := s.Flush(); !errors.Is(err, stop) {
		t.Errorf("emit's error: %v", err)
	}
	if err := s.Packet(datagram(2, 0)); !errors.Is(err, stop) {
		t.Errorf("after emit's error: %v", err)
	}
	if err := s.Close(); !errors.Is(err, stop) {
		t.Errorf("close after emit's error: %v", err)
	}
	if err := s.Packet(datagram(1, 0)); !errors.Is(err, capture.ErrClosed) {
		t.Errorf("after close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

// In steady state a packet costs no allocation.
func TestSensorAllocations(t *testing.T) {
	cfg := capture.Config{Jitter: true, AppBytes: true, PacketSizes: true, MAC: true, UserData: 64}
	s, err := capture.NewSensor(cfg, func(*record.Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	var packets []capture.Packet
	for i := range 64 {
		packets = append(packets, datagram(uint16(1000+i), 0))
	}
	now := packets[0].Time
	round := func() {
		now += 700_000_000
		for i := range packets {
			packets[i].Time = now
		}
		if err := s.Packets(packets); err != nil {
			t.Fatal(err)
		}
	}
	for range 200 {
		round()
	}
	if n := testing.AllocsPerRun(200, round); n != 0 {
		t.Errorf("%v allocations for %d packets", n, len(packets))
	}
}

// An echo request that is sent again takes the place of the one before in the
// user data; its answer is kept beside it.
func TestEchoAgain(t *testing.T) {
	echo := func(kind byte, ms int64, src, dst byte, text string) capture.Packet {
		data := append([]byte{
			0x45, 0, 0, byte(28 + len(text)), 0, 1, 0, 0, 64, 1, 0, 0, 192, 0, 2, src, 192, 0, 2, dst,
			kind, 0, 0, 0, 0, 7, 0, 1,
		}, text...)
		return capture.Packet{Link: capture.Raw, Time: 1e18 + ms*1e6, Data: data, Length: len(data)}
	}
	recs, _ := feed(t, capture.Config{AppBytes: true, UserData: 64}, []capture.Packet{
		echo(8, 0, 1, 2, "first"), echo(8, 10, 1, 2, "second"), echo(0, 20, 2, 1, "answer"),
	}, 1)
	if len(recs) != 1 {
		t.Fatalf("%d records", len(recs))
	}
	var r record.Record
	if err := r.Load(recs[0]); err != nil {
		t.Fatal(err)
	}
	got := []string{string(r.SrcData().Data[8:]), string(r.DstData().Data[8:])}
	if diff := cmp.Diff([]string{"second", "answer"}, got); diff != "" {
		t.Error(diff)
	}
}
