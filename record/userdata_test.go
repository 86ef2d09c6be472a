package record

import (
	"bytes"
	"compress/zlib"
	"math"
	"strings"
	"testing"
)

func TestUserDataText(t *testing.T) {
	text := "file=/proc/loadavg\n" + strings.Repeat("0.1 0.2 0.3\n", 100)
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	rec := New(Event, Version5, Status)
	rec.SetSrcData(UserData{Data: b.Bytes(), Limit: uint16(len(text)), Compressed: true})
	out, err := rec.AppendTo(nil, Version5)
	if err != nil {
		t.Fatal(err)
	}
	var got Record
	if err := got.Load(out); err != nil {
		t.Fatal(err)
	}
	u := got.SrcData()
	if s, err := u.Text(); err != nil || string(s) != text || !u.Compressed {
		t.Errorf("%q, %v", s, err)
	}
	u.Data = u.Data[:len(u.Data)/2]
	if _, err := u.Text(); err == nil {
		t.Error("no error for half of the data")
	}
	plain := UserData{Data: []byte("as it is")}
	if s, err := plain.Text(); err != nil || string(s) != "as it is" {
		t.Errorf("%q, %v", s, err)
	}
}

// TestLongUserData holds the longest data that a DSR can have.
func TestLongUserData(t *testing.T) {
	data := bytes.Repeat([]byte("x"), MaxUserData)
	rec := New(FlowRecord, Version5, Start)
	rec.SetDstData(UserData{Data: data})
	out, err := rec.AppendTo(nil, Version5)
	if err != nil {
		t.Fatal(err)
	}
	var got Record
	if err := got.Load(out); err != nil {
		t.Fatal(err)
	}
	if u := got.DstData(); !bytes.Equal(u.Data, data) || u.Limit != MaxUserData || got.Has(DSRSrcData) {
		t.Errorf("%d bytes, limit %d", len(u.Data), u.Limit)
	}
	// More of it is no record.
	big := out
	for range 4 {
		big = AppendUserData(big, &UserData{Data: data}, false)
	}
	if PutLength(big) {
		t.Error("a length that does not fit was written")
	}
}

// TestMixed reads records that clients of version 5 made of version 3.
func TestMixed(t *testing.T) {
	b := sensorRecord(nil)
	var five, mixed, again Record
	if err := five.Load(b); err != nil {
		t.Fatal(err)
	}
	three, err := five.AppendTo(nil, Version3)
	if err != nil {
		t.Fatal(err)
	}
	three[0] |= 5
	if err := mixed.Load(three); err != nil {
		t.Fatal(err)
	}
	if mixed.Version() != Mixed || mixed.Resolve() != nil {
		t.Fatalf("version %d, %v", mixed.Version(), mixed.Resolve())
	}
	near := func(ns float64) bool { return math.Abs(ns-2) < 1e-6 } // a 32-bit float on the wire
	if got := mixed.Jitter().Src.Idle.Mean; !near(got) {
		t.Errorf("mean %v ns, want 2", got)
	}
	mixed.SetLabel(Label{Text: []byte("x=y")})
	out, err := mixed.AppendTo(nil, mixed.Version())
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Load(out); err != nil {
		t.Fatal(err)
	}
	if again.Version() != Version5 || !near(again.Jitter().Src.Idle.Mean) || again.Network().TCP.Src.LastTime != 5_000_000_000 {
		t.Errorf("version %d, %+v, %+v", again.Version(), again.Jitter().Src.Idle, again.Network().TCP.Src)
	}
}
