package zeek_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

// row is a TCP connection with counters that fit its history.
func row(state, history string, src, dst uint64) *zeek.Conn {
	c := &zeek.Conn{
		Time: 1_700_000_000_000_000_000, Duration: 2_000_000_000,
		UID: []byte("CHhAvVGS1DHFjwGM9"), Proto: []byte("tcp"), State: []byte(state), History: []byte(history),
		Orig: record.EndpointFrom4([4]byte{192, 0, 2, 1}), Resp: record.EndpointFrom4([4]byte{192, 0, 2, 2}), OrigPort: 40000, RespPort: 80,
		OrigPackets: src, OrigIPBytes: 60 * src, RespPackets: dst, RespIPBytes: 60 * dst,
	}
	for _, f := range []zeek.Field{zeek.Time, zeek.Duration, zeek.UID, zeek.Proto, zeek.OrigHost, zeek.RespHost, zeek.OrigPort, zeek.RespPort, zeek.OrigPackets, zeek.OrigIPBytes, zeek.RespPackets, zeek.RespIPBytes} {
		c.Mark(f, true)
	}
	c.Mark(zeek.State, state != "")
	c.Mark(zeek.History, history != "")
	return c
}

func TestTCPStatus(t *testing.T) {
	const (
		fin, syn, rst, ack = 1, 2, 4, 16
	)
	cases := []struct {
		state, history string
		status         record.TCPStatus
		src, dst       uint8
		cause          record.Cause
	}{
		{"S0", "S", 0x01, syn, 0, record.Status},
		{"S0", "", 0x01, 0, 0, record.Status},
		{"S1", "ShADad", 0x07, syn | ack, syn | ack, record.Status},
		{"S1", "", 0x07, 0, 0, record.Status},
		{"SF", "ShADadFf", 0x3F, fin | syn | ack, fin | syn | ack, record.Stop},
		{"SF", "", 0x3F, 0, 0, record.Stop},
		{"SF", "^hADdFaf", 0x3A, fin | ack, fin | syn | ack, record.Stop},
		{"S2", "ShADadF", 0x0F, fin | syn | ack, syn | ack, record.Status},
		{"S2", "", 0x0F, fin, 0, record.Status},
		{"S3", "ShADadf", 0x0F, syn | ack, fin | syn | ack, record.Status},
		{"S3", "", 0x0F, 0, fin, record.Status},
		{"REJ", "Sr", 0x2001, syn, rst, record.Stop},
		{"REJ", "", 0x2001, 0, 0, record.Stop},
		{"RSTO", "ShADadR", 0x1007, syn | rst | ack, syn | ack, record.Stop},
		{"RSTO", "", 0x1007, 0, 0, record.Stop},
		{"RSTR", "ShADadr", 0x2007, syn | ack, syn | rst | ack, record.Stop},
		{"RSTR", "", 0x2004, 0, 0, record.Stop},
		{"RSTOS0", "SR", 0x1001, syn | rst, 0, record.Stop},
		{"RSTOS0", "", 0x1001, 0, 0, record.Stop},
		{"RSTRH", "^hr", 0x2002, 0, syn | rst | ack, record.Stop},
		{"RSTRH", "Dr", 0x2000, ack, rst, record.Stop},
		{"RSTRH", "", 0x2002, 0, 0, record.Stop},
		{"SH", "SF", 0x09, fin | syn | ack, 0, record.Status},
		{"SH", "", 0x09, 0, 0, record.Status},
		{"SHR", "^hf", 0x0A, 0, fin | syn | ack, record.Status},
		{"SHR", "", 0x0A, 0, 0, record.Status},
		{"OTH", "", 0, 0, 0, record.Status},
		{"OTH", "Dd", 0x04, ack, ack, record.Status},
		{"OTH", "CcX^", 0, 0, 0, record.Status},
		{"SF", "ShTtWwFf", 0xF00 | 0x3F, fin | syn | ack, fin | syn | ack, record.Stop},
		{"S1", "SsHh", 0x03, syn | ack, syn | ack, record.Status},
		{"OTH", "Ii", 0x3008, fin | rst, fin | rst, record.Status},
		{"OTH", "Qq", 0, syn, syn, record.Status},
		{"OTH", "GgAa", 0x04, ack, ack, record.Status},
	}
	var v zeek.Converter
	for _, c := range cases {
		rec, err := v.Record(row(c.state, c.history, 5, 5))
		if err != nil {
			t.Fatal(err)
		}
		n := rec.Network()
		if n.TCP.Status != c.status || n.TCP.Src.Flags != c.src || n.TCP.Dst.Flags != c.dst || rec.Cause() != c.cause {
			t.Errorf("%s %q: status 0x%x, flags 0x%02x 0x%02x, %s; want 0x%x, 0x%02x 0x%02x, %s", c.state, c.history,
				n.TCP.Status, n.TCP.Src.Flags, n.TCP.Dst.Flags, rec.Cause(), c.status, c.src, c.dst, c.cause)
		}
	}
}

// Without labels conn_state comes back from the state of TCP alone.
func TestStateFromStatus(t *testing.T) {
	states := map[string]int{}
	for _, name := range logs(t, ".conn.log") {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		there, back := zeek.Converter{Conversion: zeek.Conversion{Labels: zeek.NoLabels}}, zeek.Converter{}
		for c, err := range zeek.NewReader(f).Conns() {
			if err != nil {
				t.Fatal(err)
			}
			if !c.Has(zeek.OrigPackets) {
				continue // nothing to see flags by
			}
			rec, err := there.Record(c)
			if err != nil {
				t.Fatal(err)
			}
			got, err := back.Conn(rec)
			if err != nil {
				t.Fatal(err)
			}
			states[string(c.State)]++
			if string(got.State) != string(c.State) {
				t.Errorf("%s %s: %s %q became %s", filepath.Base(name), c.UID, c.State, c.History, got.State)
			}
		}
	}
	if len(states) != 13 {
		t.Errorf("states seen: %v, want all 13", states)
	}
}

// Without a history the state comes back as well, if packets went both ways
// where the state says so.
func TestStateAlone(t *testing.T) {
	for state, n := range map[string][2]uint64{
		"S0": {1, 0}, "S1": {3, 3}, "SF": {5, 5}, "S2": {4, 3}, "S3": {3, 4}, "REJ": {1, 1}, "RSTO": {3, 2}, "RSTR": {3, 3},
		"RSTOS0": {2, 0}, "RSTRH": {0, 2}, "SH": {2, 0}, "SHR": {0, 2}, "OTH": {2, 2},
	} {
		there, back := zeek.Converter{Conversion: zeek.Conversion{Labels: zeek.NoLabels}}, zeek.Converter{}
		rec, err := there.Record(row(state, "", n[0], n[1]))
		if err != nil {
			t.Fatal(err)
		}
		got, err := back.Conn(rec)
		if err != nil {
			t.Fatal(err)
		}
		if state == "RSTR" {
			state = "RSTRH" // which it is without a proof of a SYN
		}
		if d := cmp.Diff(state, string(got.State)); d != "" {
			t.Errorf("state differs (-in +out):\n%s", d)
		}
	}
}
