package flowimport

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/internal/packet"
	"github.com/seed-6ae541b3/goargus/record"
)

const office = "../../testdata/pcap/office.pcap"

// way is one direction of a flow, as a capture and a record agree on it.
type way struct {
	Src, Dst         netip.Addr
	Proto            record.Proto
	SrcPort, DstPort uint16 // type and code of ICMP as the latter
}

type sum struct{ Packets, Bytes uint64 }

// eachPacket reads a capture.
func eachPacket(t testing.TB, name string, each func(*capture.Packet, *packet.Headers)) {
	t.Helper()
	r, err := capture.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var buf [64]capture.Packet
	var h packet.Headers
	for err == nil {
		var n int
		n, err = r.ReadPackets(buf[:])
		for i := range buf[:n] {
			h.Walk(uint32(buf[i].Link), buf[i].Data, buf[i].Length, &packet.Options{})
			each(&buf[i], &h)
		}
	}
	if err != io.EOF {
		t.Fatal(err)
	}
}

// ways sums the packets of a capture by direction, with the bytes above the link
// layer, which are what exporters count.
func ways(t testing.TB, name string, with6 bool) map[way]sum {
	sums := map[way]sum{}
	eachPacket(t, name, func(p *capture.Packet, h *packet.Headers) {
		w := way{Proto: record.Proto(h.Proto), SrcPort: h.SrcPort, DstPort: h.DstPort}
		switch {
		case h.Kind == packet.IPv4:
			w.Src, w.Dst = endpoint4(h.Src).Addr(), endpoint4(h.Dst).Addr()
		case h.Kind == packet.IPv6 && with6:
			w.Src, w.Dst = endpoint6(h.Src).Addr(), endpoint6(h.Dst).Addr()
		default:
			return
		}
		if w.Proto == record.ProtoICMP || w.Proto == record.ProtoICMP6 {
			w.DstPort = binary.BigEndian.Uint16(h.Payload())
		}
		s := sums[w]
		sums[w] = sum{s.Packets + 1, s.Bytes + uint64(p.Length-h.Net)}
	})
	return sums
}

// waysOf sums records by direction.
func waysOf(t testing.TB, stream record.Stream) map[way]sum {
	t.Helper()
	sums := map[way]sum{}
	add := func(w way, c record.Counters) {
		if c.Packets != 0 {
			s := sums[w]
			sums[w] = sum{s.Packets + c.Packets, s.Bytes + c.Bytes}
		}
	}
	for r, err := range stream {
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Resolve(); err != nil {
			t.Fatal(err)
		}
		if r.Kind() == record.Management {
			continue
		}
		if r.Kind() != record.NetFlow || r.Cause() != record.Status || r.Version() != record.Version5 {
			t.Fatalf("record %v %v %v", r.Kind(), r.Cause(), r.Version())
		}
		f, m := r.Flow(), r.Metrics()
		src := way{f.Src.Addr(), f.Dst.Addr(), f.Proto, f.SrcPort, f.DstPort}
		dst := way{f.Dst.Addr(), f.Src.Addr(), f.Proto, f.DstPort, f.SrcPort}
		if f.Proto == record.ProtoICMP || f.Proto == record.ProtoICMP6 {
			src.DstPort = uint16(f.ICMPType)<<8 | uint16(f.ICMPCode)
			other, _ := record.ICMPCounterpart(f.Src.Family(), f.ICMPType)
			dst.DstPort, dst.SrcPort = uint16(other)<<8, 0
		}
		add(src, m.Src)
		add(dst, m.Dst)
	}
	return sums
}

func open(t testing.TB, name string) *Source {
	t.Helper()
	src, err := Open(context.Background(), name, Config{Fault: func(f *Fault) { t.Error(f) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

// TestSameAsCapture compares what softflowd exported of a capture with the
// capture.
func TestSameAsCapture(t *testing.T) {
	for name, with6 := range map[string]bool{"netflow5": false, "netflow9": true, "ipfix": true} {
		t.Run(name, func(t *testing.T) {
			src := open(t, "testdata/office-"+name+".pcap")
			if d := cmp.Diff(ways(t, office, with6), waysOf(t, src.Records())); d != "" {
				t.Error(d)
			}
			if s := src.Stats(); s.Records == 0 || s.Lost+s.Malformed+s.NoTemplate+s.Incomplete != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// TestBiflow compares totals: softflowd exports an answer of ICMP under the type
// of the other.
func TestBiflow(t *testing.T) {
	total := func(m map[way]sum) (s sum) {
		for w, n := range m {
			if w.Proto != record.ProtoICMP {
				s.Packets, s.Bytes = s.Packets+n.Packets, s.Bytes+n.Bytes
			}
		}
		return s
	}
	got := waysOf(t, open(t, "testdata/office-biflow.pcap").Records())
	if d := cmp.Diff(total(ways(t, office, true)), total(got)); d != "" {
		t.Error(d)
	}
	both := way{netip.MustParseAddr("198.51.100.20"), netip.MustParseAddr("192.0.2.10"), record.ProtoTCP, 80, 40200}
	if got[both] != (sum{15, 17418}) {
		t.Errorf("answers: %+v", got[both])
	}
}

// TestSampled reads flows of which every other packet was looked at.
func TestSampled(t *testing.T) {
	want := ways(t, office, true)
	for _, name := range []string{"netflow5-sampled", "netflow9-sampled", "ipfix-ether-sampled"} {
		t.Run(name, func(t *testing.T) {
			var got, all sum
			for r, err := range open(t, "testdata/office-"+name+".pcap").Records() {
				if err != nil {
					t.Fatal(err)
				}
				if r.Kind() == record.Management {
					continue
				}
				if text := string(r.Label().Text); text != "sampling=2" {
					t.Errorf("label %q", text)
				}
				m := r.Metrics()
				if m.Src.Packets%2 != 0 || m.Src.Bytes%2 != 0 {
					t.Errorf("%d packets, %d bytes are not doubled", m.Src.Packets, m.Src.Bytes)
				}
				got.Packets += m.Src.Packets
				got.Bytes += m.Src.Bytes
			}
			for w, s := range want {
				if name != "netflow5-sampled" || w.Src.Is4() {
					all.Packets += s.Packets
					all.Bytes += s.Bytes
				}
			}
			if got.Packets < all.Packets-2 || got.Packets > all.Packets+2 {
				t.Errorf("%d packets of %d", got.Packets, all.Packets)
			}
			if got.Bytes < all.Bytes*3/4 || got.Bytes > all.Bytes*5/4 {
				t.Errorf("%d bytes of %d", got.Bytes, all.Bytes)
			}
		})
	}
}

// TestEther reads the parts of records that exporters of Ethernet give.
func TestEther(t *testing.T) {
	n := 0
	for r, err := range open(t, "testdata/office-ipfix-ether-sampled.pcap").Records() {
		if err != nil {
			t.Fatal(err)
		}
		if r.Kind() == record.Management || r.Flow().DstPort != 53 {
			continue
		}
		n++
		want := record.MACPair{Src: record.MAC{2, 0, 0, 0, 0, 0x10}, Dst: record.MAC{2, 0, 0, 0, 0, 1}, EtherType: 0x0800}
		if d := cmp.Diff(&want, r.MAC()); d != "" {
			t.Error(d)
		}
		if r.Has(record.DSRVLAN) {
			t.Error("tag 0 is none")
		}
		if at := int64(r.StartTime()); at/1e9 != 1705276800 {
			t.Errorf("at %d", at)
		}
	}
	if n == 0 {
		t.Error("no flows of DNS")
	}
}

// TestSoftflowd has softflowd send to a port.
func TestSoftflowd(t *testing.T) {
	program, err := exec.LookPath("softflowd")
	if err != nil {
		t.Skip("softflowd is not installed")
	}
	for version, with6 := range map[string]bool{"5": false, "9": true, "10": true} {
		t.Run(version, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			src, err := Listen(ctx, "127.0.0.1:0", Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			c := exec.CommandContext(ctx, program, "-r", office, "-v", version, "-n", src.Addr().String(), "-d", "-a",
				"-p", t.TempDir()+"/pid", "-c", "none")
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("softflowd: %v\n%s", err, out)
			}
			want := ways(t, office, with6)
			got := waysOf(t, func(yield func(*record.Record, error) bool) {
				left := 0
				for _, s := range want {
					left += int(s.Packets)
				}
				for r, err := range src.Records() {
					if !yield(r, err) {
						return
					}
					if r != nil {
						left -= int(r.Metrics().Src.Packets)
					}
					if left <= 0 {
						return
					}
				}
			})
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			cancel()
			if _, err := src.Next(); !errors.Is(err, context.Canceled) {
				t.Errorf("after the end of the context: %v", err)
			}
		})
	}
}
