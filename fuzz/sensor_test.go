package fuzz_test

import (
	"encoding/binary"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/internal/packet"
	"github.com/seed-6ae541b3/goargus/record"
)

// seedFrames are frames of several link types to start from.
var seedFrames = []struct {
	link uint32
	data string
}{
	{packet.LinkEthernet, "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00\x45\x00\x00\x24\x00\x01\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x00\x35\x30\x39\x00\x10\x00\x00\x12\x34\x01\x00\x00\x01\x00\x00"},
	{packet.LinkEthernet, "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x81\x00\x00\x0a\x86\xdd\x60\x00\x00\x00\x00\x10\x2c\x40\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x06\x00\x00\x09\x00\x00\x00\x01abcdefgh"},
	{packet.LinkEthernet, "\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x02\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01\x02\x00\x00\x00\x00\x02\x0a\x00\x00\x02\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x01"},
	{packet.LinkEthernet, "\x01\x80\xc2\x00\x00\x14\x02\x00\x00\x00\x00\x02\x00\x1e\xfe\xfe\x03\x83\x1b\x01\x00\x0f\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x1e\x00\x1b\x40\x00\x00\x00\x00\x00\x01\x01"},
	{packet.LinkRaw, "\x45\x00\x00\x30\x00\x01\x00\x00\x40\x2f\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\xb0\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02\x45\x00\x00\x14\x00\x01\x00\x00\x40\x06\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"},
	{packet.LinkRadiotap, "\x00\x00\x08\x00\x00\x00\x00\x00\x80\x00\x00\x00\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x64\x00\x01\x00\x00\x04test"},
	{packet.LinkPPPSerial, "\xff\x03\xc0\x21\x01\x01\x00\x04"},
	{packet.LinkSLL, "\x00\x00\x00\x01\x00\x06\x02\x00\x00\x00\x00\x02\x00\x00\x08\x00\x45\x00\x00\x1c\x00\x01\x00\x00\x40\x01\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x08\x00\x00\x00\x00\x01\x00\x02"},
}

// FuzzHeaderWalk: whatever the bytes, the walk ends, and what it says lies
// within them.
func FuzzHeaderWalk(f *testing.F) {
	for _, s := range seedFrames {
		f.Add(s.link, []byte(s.data), uint16(0), byte(7))
	}
	f.Fuzz(func(t *testing.T, link uint32, data []byte, more uint16, flags byte) {
		opt := packet.Options{Discover: flags&1 != 0, Provider: flags&2 != 0, Shut: flags&4 == 0}
		var h packet.Headers
		h.Walk(link, data, len(data)+int(more), &opt)
		if h.Net < 0 || h.Net > len(data) || h.Transport < 0 || len(h.Payload()) > len(data) {
			t.Fatalf("headers at %d and %d of %d bytes", h.Net, h.Transport, len(data))
		}
		if h.Ether >= 0 && h.Ether+14 > len(data) {
			t.Fatalf("Ethernet header at %d of %d bytes", h.Ether, len(data))
		}
		if h.Bytes < 0 || h.Bytes > len(data)+int(more) {
			t.Fatalf("counts %d of %d bytes", h.Bytes, len(data)+int(more))
		}
		if !packet.Supported(link) && h.Kind != packet.None {
			t.Fatalf("kind %d on link type %d", h.Kind, link)
		}
		src, dst, ok := packet.Ends(link, data, &opt)
		if ok && (h.Kind != packet.IPv4 && h.Kind != packet.IPv6 || h.Src != src || h.Dst != dst) {
			t.Fatalf("a glance tells %v and %v, the walk %v and %v in kind %d", src, dst, h.Src, h.Dst, h.Kind)
		}
	})
}

// FuzzSensor: frames cut from any bytes are all counted, in records that
// decode.
func FuzzSensor(f *testing.F) {
	all := []byte{0xff}
	for _, s := range seedFrames {
		all = append(all, byte(s.link), byte(len(s.data)), 1)
		all = append(all, s.data...)
		f.Add(append([]byte{0x55, byte(s.link), byte(len(s.data)), 3}, s.data...))
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, input []byte) {
		if len(input) == 0 {
			return
		}
		flags := input[0]
		cfg := capture.Config{
			AppBytes: flags&1 != 0, Jitter: flags&1 != 0, MAC: flags&1 != 0, PacketSizes: flags&2 != 0, SizeHistogram: flags&2 != 0,
			UserData: int(flags>>2&1) * 20, ControlPlane: flags&8 != 0, CaptureHeaders: flags&8 != 0, FlowHash: flags&16 != 0,
			TunnelDiscovery: flags&32 != 0, ProviderTags: flags&32 != 0, BidirectionalTimes: flags&64 != 0, StartRecords: flags&128 != 0,
			TableLimit: 4,
		}
		cfg.Keystrokes = capture.Keystrokes{Mode: capture.KeystrokesTCP, MinPackets: 1, ClientMin: 1, ServerMin: 1}
		cfg.SourceID.Kind = record.IDIPv4
		var counted, bytes uint64
		s, err := capture.NewSensor(cfg, func(r *record.Record) error {
			if err := r.Resolve(); err != nil {
				t.Fatalf("record does not decode: %v", err)
			}
			m := r.Metrics()
			counted += m.Src.Packets + m.Dst.Packets
			bytes += m.Src.Bytes + m.Dst.Bytes
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var packets []capture.Packet
		now := int64(1e18)
		for b := input[1:]; len(b) >= 3; {
			link, n, gap := capture.LinkType(b[0]), int(b[1]), int64(b[2])
			b = b[3:]
			n = min(n, len(b))
			if !packet.Supported(uint32(link)) {
				link = capture.Ethernet
			}
			now += (gap - 20) * 50_000_000
			p := capture.Packet{Link: link, Time: now, Data: b[:n], Length: n}
			if n >= 2 {
				p.Length += int(binary.BigEndian.Uint16(b)) * int(gap&1)
			}
			packets = append(packets, p)
			b = b[n:]
		}
		if err := s.Packets(packets); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		st := s.Stats()
		if counted+st.Undecoded != uint64(len(packets)) || bytes != st.Bytes {
			t.Fatalf("%d packets and %d bytes in records, %d undecoded, of %d and %d", counted, bytes, st.Undecoded, len(packets), st.Bytes)
		}
	})
}
