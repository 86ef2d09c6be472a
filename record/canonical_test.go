package record

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// TestCanonicalReference encodes records as clients do and compares with what
// the real ones wrote.
func TestCanonicalReference(t *testing.T) {
	const data = "../../shared/data/"
	referenceFiles(t)
	for _, tt := range []struct {
		in, out string
		v       Version
	}{
		{"wire/icmp-unreach-gre-v3.arg", "wire/rewritten-by-3-v3.arg", Version3},
		{"wire/icmp-unreach-gre-v5.arg", "wire/rewritten-by-5-v5.arg", Version5},
	} {
		want := map[uint32][][]byte{} // version 3 repeats numbers
		var rec, g, w Record
		for _, b := range records(readReference(t, data+tt.out)) {
			if err := w.Load(b); err != nil {
				t.Fatal(err)
			}
			if w.IsFlow() {
				seq := w.Transport().Seq
				want[seq] = append(want[seq], b)
			}
		}
		n, same := 0, 0
		for _, b := range records(readReference(t, data+tt.in)) {
			if err := rec.Load(b); err != nil {
				t.Fatal(err)
			}
			if !rec.IsFlow() {
				continue
			}
			seq := rec.Transport().Seq
			rec.Canonical()
			got, err := rec.AppendTo(nil, tt.v)
			if err != nil {
				t.Fatal(err)
			}
			_ = g.Load(got)
			n++
			var first string
			for _, b := range want[seq] {
				_ = w.Load(b)
				d := clientDifference(&g, &w)
				if d == "" {
					same++
					first = ""
					break
				}
				first = d
			}
			if first != "" {
				t.Errorf("%s: record %d: %s", tt.in, seq, first)
			}
		}
		t.Logf("%s: %d of %d flow records as the client wrote them", tt.in, same, n)
	}
}

func records(b []byte) (out [][]byte) {
	for len(b) >= 4 {
		n := 4 * (int(b[2])<<8 | int(b[3]))
		if n == 0 || n > len(b) {
			break
		}
		out, b = append(out, b[:n]), b[n:]
	}
	return out
}

// clientDifference names the first DSR that differs by more than what clients
// do wrong: they lose sequence numbers and the quoted protocol of ICMP, write prefix lengths over
// numbers of ICMP keys, leave memory in the idle block and in the last word of
// mapped errors.
func clientDifference(got, want *Record) string {
	for d := DSR(0); d < numDSR; d++ {
		g, w := bytes.Clone(got.Raw(d)), bytes.Clone(want.Raw(d))
		clear := func(from, to int) {
			for i := from; i < min(to, len(g), len(w)); i++ {
				g[i], w[i] = 0, 0
			}
		}
		switch {
		case d == DSRFlow && want.Flow().Proto == ProtoICMP:
			clear(2, 3)
			clear(13, 14)
			clear(18, 20)
		case d == DSRFlow && want.Flow().Proto == ProtoIGMP:
			clear(14, 16)
		case d == DSRNetwork && want.Network().Kind == NetworkICMP:
			clear(6, 8)
		case d == DSRNetwork && want.Network().Kind == NetworkTCPInit:
			clear(16, 18)
			clear(22, 24)
		case d == DSRAggregate && want.Aggregate().Count == 1:
			clear(52, 80)
		case d == DSRICMP:
			clear(28, 32)
		}
		if !bytes.Equal(g, w) {
			return d.String() + ": got " + hexText(g) + "\nwant " + hexText(w)
		}
	}
	return ""
}

func hexText(b []byte) string {
	const digits = "0123456789abcdef"
	var s []byte
	for _, c := range b {
		s = append(s, ' ', digits[c>>4], digits[c&15])
	}
	return string(s)
}

// A flow of which every packet is after the sensor's "no earliest time yet" has
// that for its start: what is known is its end.
func TestStartOfNone(t *testing.T) {
	const end = 0xFFCEDD80
	for _, test := range []struct{ start, want uint32 }{{noSecond, end}, {noSecond - 1, noSecond - 1}} {
		b := AppendHeader(nil, FlowRecord, Version3, Stop)
		b = append(b, DSRTime.Type(), timeAbsolute, UnitMicro, 5)
		for _, v := range []uint32{test.start, 0, end, 0} {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		b = AppendMetrics(b, Counters{Packets: 2, Bytes: 200}, Counters{}, false)
		if !PutLength(b) {
			t.Fatal("no length")
		}
		var r Record
		if err := r.Load(b); err != nil {
			t.Fatal(err)
		}
		want := Span{int64(test.want) * second, end * second}
		if got := r.Times().Src; got != want {
			t.Errorf("start %#x: got %v, want %v", test.start, got, want)
		}
		r.Rebuild()
		if again, err := r.AppendTo(nil, Version3); err != nil || !bytes.Equal(again, b) {
			t.Errorf("start %#x: written as %x, %v", test.start, again, err)
		}
	}
}
