package flowimport

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/internal/packet"
	"github.com/seed-6ae541b3/goargus/record"
)

// words builds XDR.
func words(n ...uint32) (b []byte) {
	for _, w := range n {
		b = binary.BigEndian.AppendUint32(b, w)
	}
	return b
}

// opaque is a part with its type and length.
func opaque(kind uint32, body ...byte) []byte {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	return append(words(kind, uint32(len(body))), body...)
}

// rawHeader is the part with the first bytes of a frame of Ethernet.
func rawHeader(frame []byte, length int) []byte {
	const fcs = 4
	frame = frame[:min(len(frame), 128)]
	return opaque(1, append(words(1, uint32(length+fcs), fcs, uint32(len(frame))), frame...)...)
}

func compactSample(number, rate uint32, parts ...[]byte) []byte {
	body := words(number, 7, rate, number*rate, 0, 3, 0x3FFFFFFF&4, uint32(len(parts)))
	for _, p := range parts {
		body = append(body, p...)
	}
	return opaque(1, body...)
}

func expandedSample(number, rate uint32, parts ...[]byte) []byte {
	body := words(number, 0, 7, rate, number*rate, 0, 0, 3, 0, 4, uint32(len(parts)))
	for _, p := range parts {
		body = append(body, p...)
	}
	return opaque(3, body...)
}

func sflowDatagram(number uint32, samples ...[]byte) []byte {
	b := words(5, 1, 0xC0000201, 0, number, 1000, uint32(len(samples)))
	for _, s := range samples {
		b = append(b, s...)
	}
	return b
}

// TestSFlowSameAsCapture samples every packet of a capture, in both forms of
// samples, between counters.
func TestSFlowSameAsCapture(t *testing.T) {
	for _, rate := range []uint32{1, 100} {
		d := NewDecoder(Config{Fault: func(f *Fault) { t.Error(f) }})
		var out []byte
		want := map[way]sum{}
		number := uint32(0)
		eachPacket(t, office, func(p *capture.Packet, h *packet.Headers) {
			number++
			form := compactSample
			if number%2 == 0 {
				form = expandedSample
			}
			if h.Kind == packet.IPv4 || h.Kind == packet.IPv6 {
				w := way{endpoint4(h.Src).Addr(), endpoint4(h.Dst).Addr(), record.Proto(h.Proto), h.SrcPort, h.DstPort}
				if h.Kind == packet.IPv6 {
					w.Src, w.Dst = endpoint6(h.Src).Addr(), endpoint6(h.Dst).Addr()
				}
				if w.Proto == record.ProtoICMP || w.Proto == record.ProtoICMP6 {
					w.DstPort = binary.BigEndian.Uint16(h.Payload())
				}
				s := want[w]
				want[w] = sum{s.Packets + uint64(rate), s.Bytes + uint64(rate)*uint64(p.Length)}
			}
			counters := opaque(2, words(1, 7, 0)...)
			out = d.Append(out, Datagram{From: netip.MustParseAddr("127.0.0.1"), Time: p.Time,
				Data: sflowDatagram(number, counters, form(number, rate, rawHeader(p.Data, p.Length)))})
		})
		ip := 0
		got := waysOf(t, func(yield func(*record.Record, error) bool) {
			var r record.Record
			for len(out) > 0 {
				n := recordLength(out)
				err := r.Load(out[:n])
				out = out[n:]
				if err == nil && !r.Flow().IsIP() {
					if r.Flow().Type != record.KeyEthernet || r.Flow().EtherType == 0 && r.Flow().SrcSAP == 0 {
						t.Errorf("flow %+v", r.Flow())
					}
					continue
				}
				ip++
				if id := r.Transport().ID; id.Kind != record.IDIPv4 || [4]byte(id.Bytes[:4]) != [4]byte{192, 0, 2, 1} {
					t.Errorf("source id %+v, want that of the agent", id)
				}
				if label := string(r.Label().Text); rate == 100 && label != "sampling=100" {
					t.Errorf("label %q", label)
				}
				if !yield(&r, err) {
					return
				}
			}
		})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("rate %d: %s", rate, d)
		}
		if s := d.Stats(); s.Lost != 0 || s.Skipped != uint64(number) || s.Records != uint64(number) {
			t.Errorf("%+v", s)
		}
	}
}

// TestSFlowParts reads samples without a header, and with what switches and
// routers add.
func TestSFlowParts(t *testing.T) {
	ip4 := opaque(3, words(1000, 6, 0x0A000001, 0x0A000002, 1234, 80, 0x12, 0x20)...)
	router := opaque(1003, words(1, 0x0A000009, 65000, 65001, 65002, 1, 2, 2, 65003, 65004, 0, 0)...)
	vlans := opaque(1001, words(7, 3, 8, 0)...)
	unknown := opaque(4242<<12|1, 1, 2, 3, 4)
	d := NewDecoder(Config{Fault: func(f *Fault) { t.Error(f) }})
	var got []string
	dg := Datagram{Time: 1e18, Data: sflowDatagram(1, opaque(77<<12|1, 1, 2, 3, 4), compactSample(1, 10, unknown, ip4, router, vlans))}
	err := d.Decode(dg, func(r *record.Record) error {
		f, m := r.Flow(), r.Metrics()
		if f.Src.String() != "10.0.0.1" || f.Dst.String() != "10.0.0.2" || f.SrcPort != 1234 || f.DstPort != 80 || f.Proto != record.ProtoTCP {
			t.Errorf("flow %+v", f)
		}
		if m.Src.Packets != 10 || m.Src.Bytes != 10000 || int64(r.StartTime()) != 1e18 {
			t.Errorf("metrics %+v at %d", m, r.StartTime())
		}
		if a := r.ASN(); a.Src != 65001 || a.Dst != 65004 {
			t.Errorf("AS %+v", a)
		}
		if v := r.VLAN(); v.Src != 7|3<<13 || v.Dst != 8 {
			t.Errorf("VLAN %+v", v)
		}
		if n := r.Network(); n.TCP.Status != record.TCPSynAck || r.IPAttr().Src.TOS != 0x20 {
			t.Errorf("status %v", n.TCP.Status)
		}
		if p := r.MAC(); p.Qualifier != macIndex || p.Src[5] != 3 || p.Dst[5] != 4 {
			t.Errorf("indexes %+v", p)
		}
		got = append(got, "")
		return nil
	})
	if err != nil || len(got) != 1 || d.Stats().Skipped != 1 {
		t.Errorf("%d records, %v, %+v", len(got), err, d.Stats())
	}
}

// TestSFlowHostile: counts and lengths that lie.
func TestSFlowHostile(t *testing.T) {
	ip4 := opaque(3, words(1000, 6, 0x0A000001, 0x0A000002, 1234, 80, 0x12, 0)...)
	whole := sflowDatagram(1, compactSample(1, 1, ip4))
	change := func(at int, n uint32) []byte {
		b := append([]byte(nil), whole...)
		binary.BigEndian.PutUint32(b[at:], n)
		return b
	}
	for name, c := range map[string]struct {
		data    []byte
		records uint64
	}{
		"samples":        {change(24, 0xFFFFFFFF), 1},
		"sample length":  {change(32, 0x80000000), 0},
		"parts":          {change(64, 0xFFFFFFFF), 1},
		"part length":    {change(72, 0xFFFFFFFF), 0},
		"agent":          {change(4, 3), 0},
		"header":         {whole[:20], 0},
		"within a part":  {whole[:len(whole)-8], 0},
		"gateway":        {sflowDatagram(1, compactSample(1, 1, ip4, opaque(1003, words(1, 2, 3, 4, 5, 1, 2, 0xFFFFFFFF, 1)...))), 1},
		"header too big": {sflowDatagram(1, compactSample(1, 1, ip4, opaque(1, words(1, 60, 0xFFFFFFFF, 0xFFFFFFFF, 0)...))), 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := NewDecoder(Config{})
			b := d.Append(nil, Datagram{Time: 1e18, Data: c.data})
			if s := d.Stats(); s.Records != c.records || s.Malformed == 0 && name != "header too big" {
				t.Errorf("%d bytes, %+v", len(b), s)
			}
		})
	}
}

func TestSFlowLost(t *testing.T) {
	ip4 := opaque(3, words(1000, 6, 0x0A000001, 0x0A000002, 1234, 80, 0x12, 0)...)
	d := NewDecoder(Config{})
	for _, n := range []uint32{1, 2, 6, 5, 7, 0x7FFFFFFF} {
		d.Append(nil, Datagram{Time: 1e18, Data: sflowDatagram(n, compactSample(n, 1, ip4))})
	}
	if got := d.Stats().Lost; got != 2 { // 3 and 4; 5 came late, and the last began anew
		t.Errorf("%d lost, want 2", got)
	}
}
