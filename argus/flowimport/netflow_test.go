package flowimport

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/record"
)

var exporterAddr = netip.MustParseAddr("127.0.0.1")

// v5 is a datagram of version 5 of flows of 48 bytes.
func v5(sequence uint32, sampling uint16, flows ...[]byte) []byte {
	be := binary.BigEndian
	b := be.AppendUint16([]byte{0, 5}, uint16(len(flows)))
	b = append(b, words(100_000, 1_700_000_000, 250_000_000, sequence)...)
	b = be.AppendUint16(append(b, 0, 0), sampling)
	for _, f := range flows {
		b = append(b, f...)
	}
	return b
}

// flowBytes5 is one flow: 10.0.0.1:1000 to 10.0.0.2:80, 5 packets, 500 bytes.
func flowBytes5(proto, flags byte, first, last uint32, dport uint16) []byte {
	be := binary.BigEndian
	b := words(0x0A000001, 0x0A000002, 0, 3<<16|4, 5, 500, first, last)
	b = be.AppendUint16(be.AppendUint16(b, 1000), dport)
	return append(b, 0, flags, proto, 0x20, 0xFD, 0xE9, 0xFD, 0xEA, 24, 16, 0, 0)
}

// set9 is a set of version 9 or IPFIX.
func set9(id uint16, body ...byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, id)
	return append(binary.BigEndian.AppendUint16(b, uint16(len(body)+4)), body...)
}

func shorts(n ...uint16) (b []byte) {
	for _, w := range n {
		b = binary.BigEndian.AppendUint16(b, w)
	}
	return b
}

func v9(sequence, domain uint32, sets ...[]byte) []byte {
	b := append(shorts(9, uint16(len(sets))), words(100_000, 1_700_000_000, sequence, domain)...)
	for _, s := range sets {
		b = append(b, s...)
	}
	return b
}

func v10(sequence, domain uint32, sets ...[]byte) []byte {
	var body []byte
	for _, s := range sets {
		body = append(body, s...)
	}
	b := append(shorts(10, uint16(16+len(body))), words(1_700_000_000, sequence, domain)...)
	return append(b, body...)
}

// texts decodes a datagram and prints what it says.
func texts(t *testing.T, d *Decoder, data []byte) (out []string) {
	t.Helper()
	err := d.Decode(Datagram{From: exporterAddr, Data: data}, func(r *record.Record) error {
		if err := r.Resolve(); err != nil {
			t.Error(err)
		}
		f, m, at := r.Flow(), r.Metrics(), r.Times()
		out = append(out, fmt.Sprintf("%d %v:%d>%v:%d %d/%d %d/%d %d..%d", f.Proto, f.Src, f.SrcPort, f.Dst, f.DstPort,
			m.Src.Packets, m.Src.Bytes, m.Dst.Packets, m.Dst.Bytes, at.Start()/1e6, at.End()/1e6))
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return out
}

// TestRecord compares a record of version 5 with the parts of one that the C
// client makes (docs/imports.md).
func TestRecord(t *testing.T) {
	d := NewDecoder(Config{})
	b := d.Append(nil, Datagram{From: exporterAddr, Data: v5(0, 0, flowBytes5(6, 0x1b, 90_000, 95_000, 80))})
	var r record.Record
	if err := r.Load(b); err != nil {
		t.Fatal(err)
	}
	if b[0] != 0x35 || b[1] != 0x20 {
		t.Errorf("header %x", b[:2])
	}
	for dsr, want := range map[record.DSR][]byte{
		record.DSRTransport: {0x01, 0x01, 0x01, 0x02, 127, 0, 0, 1},
		record.DSRFlow:      {0x02, 0x01, 0x01, 0x05, 10, 0, 0, 1, 10, 0, 0, 2, 6, 0, 0x03, 0xE8, 0, 80, 0, 0},
		record.DSRIPAttr:    {0x48, 0, 1, 2, 0, 0x20, 0, 0},
		record.DSRMAC:       {0x42, 0, 4, 5, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0},
		record.DSRASN:       {0x32, 0, 0, 4, 0, 0, 0xFD, 0xE9, 0, 0, 0xFD, 0xEA, 0, 0, 0, 0},
	} {
		if d := cmp.Diff(want, r.Raw(dsr)); d != "" {
			t.Errorf("%v: %s", dsr, d)
		}
	}
	n := r.Network()
	if n.Kind != record.NetworkTCP || n.TCP.Status != record.TCPSynAck|record.TCPFin || n.TCP.Src.Flags != 0x1b {
		t.Errorf("network %v %#x", n.Kind, n.TCP.Status)
	}
	if start, end := r.Times().Src.Start, r.Times().Src.End; start != 1_699_999_990_250_000_000 || end != 1_699_999_995_250_000_000 {
		t.Errorf("from %d to %d", start, end)
	}
	if r.Has(record.DSRLabel) || r.Has(record.DSRVLAN) {
		t.Error("parts that nobody told of")
	}
}

// TestFlags: what the C client makes of TCP flags, but for resets, which it
// takes for those of both sides.
func TestFlags(t *testing.T) {
	for flags, want := range map[byte]record.TCPStatus{
		0x00: 0, 0x01: record.TCPFin, 0x02: record.TCPSyn, 0x03: record.TCPSyn | record.TCPFin,
		0x04: record.TCPSrcReset, 0x08: record.TCPEstablished, 0x0a: record.TCPSyn | record.TCPEstablished,
		0x10: record.TCPEstablished, 0x11: record.TCPEstablished | record.TCPFin, 0x12: record.TCPSynAck,
		0x14: record.TCPEstablished | record.TCPSrcReset, 0x16: record.TCPSynAck | record.TCPSrcReset,
		0x1a: record.TCPSynAck, 0x20: record.TCPEstablished, 0x22: record.TCPSyn | record.TCPEstablished, 0xC0: 0,
	} {
		f := flow{fwd: side{flags: flags}}
		if got := f.status(); got != want {
			t.Errorf("flags %#x: %#x, want %#x", flags, got, want)
		}
		f = flow{rev: side{flags: flags}}
		if want&record.TCPSrcReset != 0 {
			want = want&^record.TCPSrcReset | record.TCPDstReset
		}
		if got := f.status(); got != want {
			t.Errorf("flags %#x of the other side: %#x, want %#x", flags, got, want)
		}
	}
}

func TestNetFlow5(t *testing.T) {
	udp := func(first, last uint32) []byte { return flowBytes5(17, 0, first, last, 80) }
	for name, c := range map[string]struct {
		data  []byte
		want  []string
		stats Stats
	}{
		"plain": {v5(0, 0, udp(90_000, 95_000)),
			[]string{"17 10.0.0.1:1000>10.0.0.2:80 5/500 0/0 1699999990250..1699999995250"}, Stats{Records: 1}},
		"sampled": {v5(0, 0x4000|100, udp(90_000, 95_000)),
			[]string{"17 10.0.0.1:1000>10.0.0.2:80 500/50000 0/0 1699999990250..1699999995250"}, Stats{Records: 1}},
		"the clock wrapped": {v5(0, 0, udp(0xFFFFFF00, 50)),
			[]string{"17 10.0.0.1:1000>10.0.0.2:80 5/500 0/0 1699999899994..1699999900300"}, Stats{Records: 1}},
		"later than the header": {v5(0, 0, udp(99_000, 100_500)),
			[]string{"17 10.0.0.1:1000>10.0.0.2:80 5/500 0/0 1699999999250..1700000000750"}, Stats{Records: 1}},
		"the end before the start": {v5(0, 0, udp(99_000, 98_000)),
			[]string{"17 10.0.0.1:1000>10.0.0.2:80 5/500 0/0 1699999999250..1699999999250"}, Stats{Records: 1}},
		"fewer flows than told": {append(v5(0, 0, udp(1, 2)), udp(1, 2)[:40]...)[:24+48+40], nil, Stats{Records: 1}},
		"short header":          {[]byte{0, 5, 0, 1, 0}, nil, Stats{Malformed: 1}},
		"another version":       {[]byte{0, 8, 0, 1, 0, 0}, nil, Stats{Unsupported: 1}},
		"nothing":               {nil, nil, Stats{Unsupported: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			d := NewDecoder(Config{})
			got := texts(t, d, c.data)
			if c.want != nil {
				if d := cmp.Diff(c.want, got); d != "" {
					t.Error(d)
				}
			}
			c.stats.Datagrams, c.stats.Bytes = 1, uint64(len(c.data))
			if d := cmp.Diff(c.stats, d.Stats()); d != "" {
				t.Error(d)
			}
		})
	}
	// The count lies.
	b := v5(0, 0, udp(1, 2))
	b[2], b[3] = 0xFF, 0xFF
	d := NewDecoder(Config{})
	if got := texts(t, d, b); len(got) != 1 || d.Stats().Malformed != 1 {
		t.Errorf("%d records, %+v", len(got), d.Stats())
	}
}

// old is a datagram of version 1, 6 or 7 with flows that are flowBytes5's.
func old(version uint16, flows int) []byte {
	five := flowBytes5(6, 0x1b, 90_000, 95_000, 80)
	b := append(shorts(version, uint16(flows)), words(100_000, 1_700_000_000, 250_000_000)...)
	switch version {
	case 1:
		five = append(append(five[:36:36], 0, 0, 6, 0x20, 0x1b), make([]byte, 7)...)
	default:
		b = append(b, words(7, 0x01020304)...) // engine 1.2 of version 6, no sampling
		five = append(five, 9, 9, 9, 9)
	}
	return append(b, bytes.Repeat(five, flows)...)
}

// Versions 1, 6 and 7 say of a flow what 5 does, in other places; 1 knows no AS
// numbers.
func TestOldVersions(t *testing.T) {
	var want record.Record
	if err := want.Load(NewDecoder(Config{}).Append(nil, Datagram{From: exporterAddr, Data: v5(0, 0, flowBytes5(6, 0x1b, 90_000, 95_000, 80))})); err != nil {
		t.Fatal(err)
	}
	for _, version := range []uint16{1, 6, 7} {
		data := old(version, 2)
		d, n := NewDecoder(Config{}), 0
		err := d.Decode(Datagram{From: exporterAddr, Data: data}, func(r *record.Record) error {
			n++
			for _, dsr := range []record.DSR{record.DSRTransport, record.DSRFlow, record.DSRTime, record.DSRMetrics, record.DSRNetwork, record.DSRIPAttr, record.DSRMAC} {
				if diff := cmp.Diff(want.Raw(dsr), r.Raw(dsr)); diff != "" {
					t.Errorf("version %d: %v (-version 5 +this): %s", version, dsr, diff)
				}
			}
			if r.Has(record.DSRASN) != (version != 1) || version != 1 && !bytes.Equal(r.Raw(record.DSRASN), want.Raw(record.DSRASN)) {
				t.Errorf("version %d: AS numbers %x", version, r.Raw(record.DSRASN))
			}
			return nil
		})
		if s := d.Stats(); err != nil || n != 2 || s.Malformed != 0 {
			t.Errorf("version %d: %d records, %+v, %v", version, n, s, err)
		}
		if got := datagramLength(append(bytes.Clone(data), 0, 1)); got != len(data) {
			t.Errorf("version %d: a datagram of %d bytes has %d", version, len(data), got)
		}
		if texts(t, d, data[:len(data)-1]); d.Stats().Records != 3 || d.Stats().Malformed != 1 {
			t.Errorf("version %d: a flow that is cut: %+v", version, d.Stats())
		}
		if texts(t, d, data[:12]); d.Stats().Records != 3 || d.Stats().Malformed != 2 {
			t.Errorf("version %d: a header that is cut: %+v", version, d.Stats())
		}
		// In a capture other datagrams begin like this, too: TFTP, DNS.
		for name, c := range map[string]struct {
			data []byte
			want bool
		}{"whole": {data, true}, "cut": {data[:len(data)-1], false}, "more": {append(bytes.Clone(data), 0), false}, "none": {old(version, 0), false}} {
			if _, ok := new(captured).datagram(udpPacket(c.data)); ok != c.want {
				t.Errorf("version %d, %s: taken out of a capture: %v", version, name, ok)
			}
		}
	}
	// Version 7 tells losses.
	d := NewDecoder(Config{})
	first, later := old(7, 2), old(7, 1)
	later[19] = 7 + 2 + 5
	texts(t, d, first)
	if texts(t, d, later); d.Stats().Lost != 5 {
		t.Errorf("losses: %+v", d.Stats())
	}
	var reason string
	d = NewDecoder(Config{Fault: func(f *Fault) { reason = f.Reason }})
	if texts(t, d, shorts(8, 1, 0, 0)); !strings.Contains(reason, "NetFlow 8 is not supported") || d.Stats().Unsupported != 1 {
		t.Errorf("version 8: %q, %+v", reason, d.Stats())
	}
}

// udpPacket is a datagram as a capture has it.
func udpPacket(data []byte) *capture.Packet {
	be := binary.BigEndian
	b := append(make([]byte, 12), 8, 0, 0x45, 0)
	b = append(be.AppendUint16(b, uint16(28+len(data))), 0, 1, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, 0x0f, 0xa0, 8, 7)
	b = append(append(be.AppendUint16(b, uint16(8+len(data))), 0, 0), data...)
	return &capture.Packet{Data: b, Length: len(b), Link: capture.Ethernet}
}

func TestLost(t *testing.T) {
	flow := flowBytes5(17, 0, 1, 2, 80)
	d := NewDecoder(Config{})
	for _, c := range []struct {
		data []byte
		lost uint64
	}{
		{v5(9100, 0, flow, flow), 0}, {v5(9102, 0, flow), 0}, {v5(9110, 0, flow), 7}, {v5(9105, 0, flow), 6}, {v5(9111, 0, flow), 6},
		{v5(0, 0, flow), 6}, {v5(1, 0, flow), 6}, // began anew
		{v9(7, 1), 6}, {v9(8, 2), 6}, {v9(9, 1), 7}, {v9(9, 2), 7}, // by domain
		{v10(5, 1, set9(2, shorts(256, 1, 1, 4)...), set9(256, 0, 0, 0, 1, 0, 0, 0, 2)), 7}, {v10(7, 1), 7}, {v10(9, 1), 9},
		{v10(9, 1, set9(300, 1, 2, 3, 4)), 9}, {v10(50, 1), 9}, // nobody knows how many flows there were
	} {
		d.Append(nil, Datagram{From: exporterAddr, Data: c.data})
		if got := d.Stats().Lost; got != c.lost {
			t.Errorf("datagram of %x: %d lost, want %d", c.data[:16], got, c.lost)
		}
	}
}

// template4 is a template of IPv4 flows with elements behind the addresses.
func template4(id uint16, more ...uint16) []byte {
	fields := append([]uint16{8, 4, 12, 4}, more...)
	return shorts(append([]uint16{id, uint16(len(fields) / 2)}, fields...)...)
}

var ends = words(0x0A000001, 0x0A000002)

func TestTemplates(t *testing.T) {
	d := NewDecoder(Config{})
	data := append(append([]byte{}, ends...), words(7, 700)...)
	steps := []struct {
		what string
		data []byte
		want []string
		is   func(Stats) bool
	}{
		{"before its template", v9(0, 1, set9(256, data...)), nil, func(s Stats) bool { return s.NoTemplate == 1 }},
		{"template and flows", v9(1, 1, set9(0, template4(256, 2, 4, 1, 4)...), set9(256, append(data, 0, 0)...)),
			[]string{"0 10.0.0.1:0>10.0.0.2:0 7/700 0/0 1700000000000..1700000000000"}, func(s Stats) bool { return s.Malformed == 0 }},
		{"of another domain", v9(0, 2, set9(256, data...)), nil, func(s Stats) bool { return s.NoTemplate == 2 }},
		{"of another protocol", v10(0, 1, set9(256, data...)), nil, func(s Stats) bool { return s.NoTemplate == 3 }},
		{"another of the number", v9(2, 1, set9(0, template4(256, 1, 4, 2, 4)...), set9(256, data...)),
			[]string{"0 10.0.0.1:0>10.0.0.2:0 700/7 0/0 1700000000000..1700000000000"}, func(s Stats) bool { return true }},
		{"field of no length", v9(3, 1, set9(0, template4(257, 1, 0)...), set9(257, data...)), nil, func(s Stats) bool { return s.Malformed == 1 && s.NoTemplate == 4 }},
		{"no field", v9(4, 1, set9(0, shorts(258, 0)...), set9(258, data...)), nil, func(s Stats) bool { return s.NoTemplate == 5 }},
		{"more fields than there are", v9(5, 1, set9(0, shorts(259, 0xFFFF, 1, 4)...)), nil, func(s Stats) bool { return s.Malformed == 2 }},
		{"reserved number", v9(6, 1, set9(0, template4(255)...), set9(255, data...)), nil, func(s Stats) bool { return s.Malformed == 3 }},
		{"set beyond the end", v9(7, 1, shorts(256, 400)), nil, func(s Stats) bool { return s.Malformed == 4 }},
		{"set of 3 bytes", v9(8, 1, shorts(256, 3)), nil, func(s Stats) bool { return s.Malformed == 5 }},
		{"no addresses", v9(9, 1, set9(0, shorts(260, 1, 1, 4)...), set9(260, words(1, 2, 3)...)), nil, func(s Stats) bool { return s.Incomplete == 3 }},
		{"withdrawn", v10(0, 1, set9(2, template4(256)...), set9(256, ends...), set9(2, shorts(256, 0)...), set9(256, ends...)),
			[]string{"0 10.0.0.1:0>10.0.0.2:0 0/0 0/0 1700000000000..1700000000000"}, func(s Stats) bool { return s.NoTemplate == 6 }},
		{"variable length", v10(1, 1, set9(2, shorts(300, 3, 82, 0xFFFF, 8, 4, 12, 4)...), set9(300, append(append([]byte{3, 'e', 't', 'h'}, ends...), append([]byte{255, 0, 1, 'x'}, ends...)...)...)),
			[]string{"0 10.0.0.1:0>10.0.0.2:0 0/0 0/0 1700000000000..1700000000000", "0 10.0.0.1:0>10.0.0.2:0 0/0 0/0 1700000000000..1700000000000"}, func(s Stats) bool { return s.Malformed == 5 }},
		{"variable length beyond the end", v10(1, 1, set9(300, append([]byte{255, 255, 255}, ends...)...)), nil, func(s Stats) bool { return s.Malformed == 6 }},
		{"message longer than the datagram", v10(1, 1, set9(300, 0))[:18], nil, func(s Stats) bool { return s.Malformed == 7 }},
	}
	for _, step := range steps {
		if d := cmp.Diff(step.want, texts(t, d, step.data)); d != "" {
			t.Errorf("%s: %s", step.what, d)
		}
		if s := d.Stats(); !step.is(s) {
			t.Errorf("%s: %+v", step.what, s)
		}
	}
}

// TestElements reads what has several ways to be told.
func TestElements(t *testing.T) {
	n := func(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
	const ms = 1_700_000_000_123
	ntp := uint64(1_700_000_000+2208988800)<<32 | 1<<31
	for name, c := range map[string]struct {
		template []uint16
		value    []byte
		want     string
	}{
		"milliseconds": {[]uint16{152, 8, 153, 8}, append(n(ms), n(ms+5)...), "0/0 0/0 1700000000123..1700000000128"},
		"seconds":      {[]uint16{150, 4, 151, 4}, words(1_700_000_000, 1_700_000_001), "0/0 0/0 1700000000000..1700000001000"},
		"nanoseconds":  {[]uint16{156, 8, 157, 8}, append(n(ntp), n(ntp+1<<32)...), "0/0 0/0 1700000000500..1700000001500"},
		"before":       {[]uint16{158, 4, 159, 4}, words(2_000_000, 1_000_000), "0/0 0/0 1699999998000..1699999999000"},
		"duration":     {[]uint16{152, 8, 161, 4}, append(n(ms), words(7)...), "0/0 0/0 1700000000123..1700000000130"},
		"of a clock":   {[]uint16{160, 8, 22, 4, 21, 4}, append(n(ms), words(1000, 3000)...), "0/0 0/0 1700000001123..1700000003123"},
		"of no clock":  {[]uint16{22, 4, 21, 4}, words(1000, 3000), "0/0 0/0 1699999998000..1700000000000"},
		"nonsense":     {[]uint16{152, 8}, n(1 << 63), "0/0 0/0 1700000000000..1700000000000"},
		"totals":       {[]uint16{86, 8, 85, 8}, append(n(3), n(300)...), "3/300 0/0 1700000000000..1700000000000"},
		"behind":       {[]uint16{24, 4, 23, 4}, words(3, 300), "3/300 0/0 1700000000000..1700000000000"},
		"both":         {[]uint16{24, 4, 23, 4, 2, 4, 1, 4}, words(3, 300, 4, 400), "4/400 0/0 1700000000000..1700000000000"},
		"initiator":    {[]uint16{298, 4, 231, 4, 299, 4, 232, 4}, words(3, 300, 5, 500), "3/300 5/500 1700000000000..1700000000000"},
		"in 3 bytes":   {[]uint16{2, 3, 1, 5}, []byte{1, 0, 0, 1, 0, 0, 0, 0}, "65536/4294967296 0/0 1700000000000..1700000000000"},
		"sampled":      {[]uint16{2, 4, 1, 4, 305, 4, 306, 4}, words(3, 300, 1, 9), "30/3000 0/0 1700000000000..1700000000000"},
		"too many":     {[]uint16{2, 8, 34, 4}, append(n(1<<63), words(100)...), "18446744073709551615/0 0/0 1700000000000..1700000000000"},
	} {
		t.Run(name, func(t *testing.T) {
			d := NewDecoder(Config{Fault: func(f *Fault) { t.Error(f) }})
			got := texts(t, d, v10(0, 0, set9(2, template4(256, c.template...)...), set9(256, append(ends[:8:8], c.value...)...)))
			if d := cmp.Diff([]string{"0 10.0.0.1:0>10.0.0.2:0 " + c.want}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestSamplers: options tell the rate of all flows, or of those with the number
// of a sampler.
func TestSamplers(t *testing.T) {
	d := NewDecoder(Config{Fault: func(f *Fault) { t.Error(f) }})
	flows := template4(256, 2, 4, 48, 1)
	got := texts(t, d, v9(0, 0,
		set9(1, shorts(300, 4, 4, 1, 4, 34, 4)...), set9(300, words(0, 10)...),
		set9(1, shorts(301, 4, 8, 1, 4, 48, 1, 50, 4)...), set9(301, append(append(words(0), 7), words(1000)...)...),
		set9(0, flows...),
		set9(256, append(append(ends[:8:8], words(3)...), 7)...), set9(256, append(append(ends[:8:8], words(3)...), 0)...)))
	want := []string{
		"0 10.0.0.1:0>10.0.0.2:0 3000/0 0/0 1700000000000..1700000000000",
		"0 10.0.0.1:0>10.0.0.2:0 30/0 0/0 1700000000000..1700000000000",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestLimits: exporters can not make a decoder remember without bounds.
func TestLimits(t *testing.T) {
	day := int64(24 * time.Hour)
	at := func(n byte, when int64, data []byte) Datagram {
		return Datagram{From: netip.AddrFrom4([4]byte{10, 0, 0, n}), Time: 1e18 + when, Data: data}
	}
	d := NewDecoder(Config{Exporters: 2, Templates: 3, Fields: 8})
	one := func(id uint16) []byte { return v9(0, 0, set9(0, template4(id)...)) }
	use := func(id uint16) []byte { return v9(0, 0, set9(id, ends...)) }
	steps := []struct {
		what    string
		dg      Datagram
		records uint64
		is      func(Stats) bool
	}{
		{"first", at(1, 0, one(256)), 0, func(s Stats) bool { return s.Refused == 0 }},
		{"second", at(1, 1, one(257)), 0, func(s Stats) bool { return s.Refused == 0 }},
		{"third", at(1, 2, one(258)), 0, func(s Stats) bool { return s.Refused == 0 }},
		{"the oldest makes room", at(1, 3, one(259)), 0, func(s Stats) bool { return s.Forgot == 1 && s.Refused == 0 }},
		{"and is gone", at(1, 4, use(256)), 0, func(s Stats) bool { return s.NoTemplate == 1 }},
		{"others are there", at(1, 5, use(257)), 1, func(s Stats) bool { return s.NoTemplate == 1 }},
		{"another exporter", at(2, 6, one(256)), 1, func(s Stats) bool { return s.Refused == 0 }},
		{"beyond all fields", at(2, 7, one(257)), 1, func(s Stats) bool { return s.Refused == 1 }},
		{"a third exporter", at(3, 8, one(256)), 1, func(s Stats) bool { return s.Refused == 3 && len(d.exporters) == 2 }},
		{"the first is still known", at(1, 9, use(257)), 2, func(s Stats) bool { return s.NoTemplate == 1 }},
		{"its templates grow old", at(1, day, use(257)), 2, func(s Stats) bool { return s.NoTemplate == 2 && s.Forgot == 2 }},
		{"silent ones make room", at(3, day+1, one(256)), 2, func(s Stats) bool { return s.Refused == 3 && s.Forgot == 3 }},
		{"a third now", at(3, day+2, use(256)), 3, func(s Stats) bool { return s.NoTemplate == 2 }},
	}
	for _, step := range steps {
		d.Append(nil, step.dg)
		if s := d.Stats(); s.Records != step.records || !step.is(s) || d.fields > 8 {
			t.Errorf("%s: %+v, %d fields", step.what, s, d.fields)
		}
	}
}

func BenchmarkDecoder(b *testing.B) {
	var five [][]byte
	var data []byte
	for range 29 {
		five = append(five, flowBytes5(6, 0x1b, 90_000, 95_000, 80))
		data = append(data, ends...)
		data = append(data, words(1, 100, 90_000, 95_000)...)
	}
	for name, dg := range map[string][]byte{
		"netflow5": v5(0, 0, five...),
		"netflow9": v9(0, 0, set9(256, data...)),
	} {
		b.Run(name, func(b *testing.B) {
			d := NewDecoder(Config{})
			d.Append(nil, Datagram{From: exporterAddr, Data: v9(0, 0, set9(0, template4(256, 2, 4, 1, 4, 22, 4, 21, 4)...))})
			var out []byte
			b.ReportAllocs()
			b.SetBytes(int64(len(dg)))
			for b.Loop() {
				out = d.Append(out[:0], Datagram{From: exporterAddr, Data: dg})
			}
			b.ReportMetric(float64(29*b.N)/b.Elapsed().Seconds(), "flows/s")
		})
	}
}
