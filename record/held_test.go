package record

import "testing"

// TestMergeHeldInPlace merges without allocating; what it has no way for is not
// touched.
func TestMergeHeldInPlace(t *testing.T) {
	load := func(start int64, packets uint64) *Record {
		b := AppendHeader(nil, FlowRecord, Version5, Status)
		b = AppendTransport(b, &Transport{ID: SourceID{Kind: IDIPv4, Bytes: [16]byte{192, 168, 1, 5}}, Seq: uint32(packets), HasSeq: true})
		b = AppendFlow(b, &Flow{
			Src: EndpointFrom4([4]byte{10, 0, 0, 9}), Dst: EndpointFrom4([4]byte{10, 0, 0, byte(packets)}), SrcPort: 40000, DstPort: 443,
			Proto: ProtoTCP, Class: ClassFiveTuple, Type: KeyIPv4,
		})
		b = AppendTimes(b, 2, &Times{Src: Span{start, start + second}})
		b = AppendMetrics(b, Counters{packets, 100 * packets, 0}, Counters{}, true)
		b = AppendTCP(b, NetworkTCPPerf, &TCP{Status: TCPSyn, Src: TCPSide{LastTime: start, Base: 1, Top: 9, Flags: 2, Bytes: 8}})
		b = AppendIPAttr(b, &IPAttr{Src: IPSide{TTL: uint8(60 + packets), Has: true}})
		if !PutLength(b) {
			t.Fatal("not whole words")
		}
		r := new(Record)
		if err := r.Load(b); err != nil {
			t.Fatal(err)
		}
		return r
	}
	var m Merger
	held, err := m.AppendHeld(nil, load(1_000*second, 4))
	if err != nil {
		t.Fatal(err)
	}
	next := load(1_010*second, 5)
	if n := testing.AllocsPerRun(100, func() {
		if !m.MergeHeld(held, next) {
			t.Fatal("not merged in place")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	var r Record
	if err := r.LoadHeld(held, new(Shapes)); err != nil {
		t.Fatal(err)
	}
	f, c, a := r.Flow(), r.Metrics().Src, r.Aggregate()
	if c != (Counters{4 + 101*5, 100 * (4 + 101*5), 0}) || a.Count != 102 || a.Active.Mean != 1 || a.Active.StdDev != 0 {
		t.Errorf("got %+v, %+v", c, a)
	}
	if f.Dst.String() != "10.0.0.4" || f.DstBits != 31 || f.SrcBits != 32 || f.DstPort != 443 || r.IPAttr().Src.TTL != 64 {
		t.Errorf("flow %v/%d:%d, ttl %d", f.Dst, f.DstBits, f.DstPort, r.IPAttr().Src.TTL)
	}
	labelled := load(1_020*second, 6)
	labelled.SetLabel(Label{Text: []byte("a=b")})
	was := string(held)
	if m.MergeHeld(held, labelled) || string(held) != was {
		t.Error("a label was merged in place")
	}
	for n := range held { // whatever is cut off, nothing goes wrong
		if m.MergeHeld(held[:n:n], next) {
			t.Fatalf("merged into %d bytes of %d", n, len(held))
		}
	}
}
