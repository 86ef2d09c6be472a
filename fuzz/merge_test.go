package fuzz

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/record"
)

// summed is what merging does the same to in any order, and subtracting undoes.
type summed struct {
	Metrics  [2]record.Counters
	Times    [2]record.Span
	Count    uint32
	TTL, TOS [2]uint8
	Sizes    [2]record.SizeRange
}

func summedOf(r *record.Record) summed {
	m, t, a, s := r.Metrics(), r.Times(), r.IPAttr(), r.Sizes()
	src, dst := s.Src, s.Dst
	src.Histogram, dst.Histogram = [8]uint8{}, [8]uint8{} // scaled to 15, which rounds
	return summed{
		[2]record.Counters{m.Src, m.Dst}, [2]record.Span{t.Src, t.Dst}, r.Aggregate().Count,
		[2]uint8{a.Src.TTL, a.Dst.TTL}, [2]uint8{a.Src.TOS, a.Dst.TOS}, [2]record.SizeRange{src, dst},
	}
}

// flowOf draws a flow record of a version, as merging has it: with statistics.
func flowOf(t *rapid.T, v record.Version, name string) *record.Record {
	for {
		r := RecordOf(v).Filter(func(r *record.Record) bool { return r.Kind() == record.FlowRecord }).Draw(t, name)
		r.Metrics()
		r.Times()
		return r
	}
}

func merged(t *rapid.T, recs ...*record.Record) *record.Record {
	a := recs[0].Clone()
	for _, b := range recs[1:] {
		before := b.Clone()
		if err := record.Merge(a, b); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(before.Bytes(), b.Bytes()); d != "" || b.Changed() {
			t.Fatalf("merging changed the record that was added: %s", d)
		}
	}
	return a
}

func TestMergeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom([]record.Version{record.Version3, record.Version5}).Draw(t, "version")
		a, b := flowOf(t, v, "a"), flowOf(t, v, "b")
		x, y := summedOf(merged(t, a, b)), summedOf(merged(t, b, a))
		x.TOS, y.TOS = [2]uint8{}, [2]uint8{}
		if d := cmp.Diff(x, y); d != "" {
			t.Fatalf("a+b (-), b+a (+):\n%s", d)
		}
	})
}

func TestMergeInAnyGrouping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom([]record.Version{record.Version3, record.Version5}).Draw(t, "version")
		a, b, c := flowOf(t, v, "a"), flowOf(t, v, "b"), flowOf(t, v, "c")
		left := merged(t, a, b)
		if err := record.Merge(left, c); err != nil {
			t.Fatal(err)
		}
		bc := b.Clone()
		if err := record.Merge(bc, c); err != nil {
			t.Fatal(err)
		}
		right := a.Clone()
		if err := record.Merge(right, bc); err != nil {
			t.Fatal(err)
		}
		x, y := summedOf(left), summedOf(right)
		x.TOS, y.TOS = [2]uint8{}, [2]uint8{} // differing values become 0, which a third may equal
		if d := cmp.Diff(x, y); d != "" {
			t.Fatalf("(a+b)+c (-), a+(b+c) (+):\n%s", d)
		}
	})
}

func TestSubtractUndoesMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := flowOf(t, record.Version5, "a"), flowOf(t, record.Version5, "b")
		m := merged(t, a, b)
		if err := record.Subtract(m, b); err != nil {
			t.Fatal(err)
		}
		x, y := a.Metrics(), m.Metrics()
		if x.Src != y.Src || x.Dst != y.Dst {
			t.Fatalf("a %+v, a+b-b %+v", x, y)
		}
	})
}

// TestMergedIsWritten encodes what merging made and reads it back.
func TestMergedIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom([]record.Version{record.Version3, record.Version5}).Draw(t, "version")
		m := merged(t, flowOf(t, v, "a"), flowOf(t, v, "b"))
		src, dst := m.Metrics().Src, m.Metrics().Dst
		b, err := m.AppendTo(nil, v)
		if err != nil {
			t.Skip(err)
		}
		var r record.Record
		if err := r.Load(b); err != nil {
			t.Fatal(err)
		}
		if err := r.Resolve(); err != nil {
			t.Fatal(err)
		}
		if g := r.Metrics(); g.Src != src || g.Dst != dst {
			t.Fatalf("got %+v, want %+v %+v", g, src, dst)
		}
	})
}

// TestSplitConserves cuts records into pieces: their sums are the record's, no
// piece is without packets, none crosses a border, and merging them gives the
// counters of the record again.
func TestSplitConserves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := flowOf(t, record.Version5, "record")
		start := int64(1_700_000_000_000_000_000)
		draw := func(name string) (record.Counters, record.Span) {
			c := record.Counters{
				Packets: rapid.Uint64Range(0, 1e4).Draw(t, name+" packets"),
				Bytes:   rapid.Uint64Range(0, 1e9).Draw(t, name+" bytes"), AppBytes: rapid.Uint64Range(0, 1e9).Draw(t, name+" application bytes"),
			}
			if c.Packets == 0 { // no side has bytes without packets
				c = record.Counters{}
			}
			from := start + rapid.Int64Range(0, 50e9).Draw(t, name+" start")
			return c, record.Span{Start: from, End: from + rapid.Int64Range(0, 100e9).Draw(t, name+" length")}
		}
		var m record.Metrics
		var times record.Times
		m.Src, times.Src = draw("source")
		m.Dst, times.Dst = draw("destination")
		r.SetMetrics(m)
		r.SetTimes(times)
		length := rapid.Int64Range(1e7, 60e9).Draw(t, "bin")
		borders := func(at int64) (int64, int64) { return at - at%length, at - at%length + length }
		var src, dst record.Counters
		var whole *record.Record
		n := 0
		err := record.Split(r, borders, func(p *record.Record) error {
			n++
			q := p.Metrics()
			if q.Packets() == 0 && m.Packets() > 0 {
				t.Fatalf("piece %d has no packets", n)
			}
			if _, end := borders(p.Times().Start()); n > 1 && p.Times().End() > end {
				t.Fatalf("piece %d ends at %d, after its border %d", n, p.Times().End(), end)
			}
			src = record.Counters{Packets: src.Packets + q.Src.Packets, Bytes: src.Bytes + q.Src.Bytes, AppBytes: src.AppBytes + q.Src.AppBytes}
			dst = record.Counters{Packets: dst.Packets + q.Dst.Packets, Bytes: dst.Bytes + q.Dst.Bytes, AppBytes: dst.AppBytes + q.Dst.AppBytes}
			if whole == nil {
				whole = p.Clone()
				return nil
			}
			return record.Merge(whole, p)
		})
		if err != nil {
			t.Fatal(err)
		}
		if src != m.Src || dst != m.Dst {
			t.Fatalf("sums of %d pieces: %+v %+v, want %+v %+v", n, src, dst, m.Src, m.Dst)
		}
		if g := whole.Metrics(); g.Src != m.Src || g.Dst != m.Dst {
			t.Fatalf("merged pieces: %+v, want %+v", g, m)
		}
	})
}

// plain draws a flow record that has mostly those DSRs that can be merged in
// place, or another report of the same flow as one that was drawn before.
func plain(t *rapid.T, v record.Version, before []*record.Record, name string) *record.Record {
	r := flowOf(t, v, name)
	if len(before) > 0 && rapid.Bool().Draw(t, name+" again") {
		fresh := r
		r = rapid.SampledFrom(before).Draw(t, name+" of").Clone()
		r.SetMetrics(*fresh.Metrics())
		r.SetTimes(*fresh.Times())
		if rapid.Bool().Draw(t, name+" other attributes") {
			r.SetIPAttr(*fresh.IPAttr())
		}
	}
	for d := record.DSRTransport; d <= record.DSRScore; d++ {
		usual := d <= record.DSRVLAN || d == record.DSRIPAttr || d == record.DSRMAC || d == record.DSREncaps
		if r.Has(d) && d != record.DSRFlow && d != record.DSRMetrics && rapid.IntRange(0, 9).Draw(t, name+" drop") < map[bool]int{true: 1, false: 9}[usual] {
			r.Drop(d)
		}
	}
	return r.Clone()
}

// TestMergeHeld merges records in place and in the usual way: it is the same.
func TestMergeHeld(t *testing.T) {
	inPlace, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom([]record.Version{record.Version3, record.Version5}).Draw(t, "version")
		recs := []*record.Record{plain(t, v, nil, "first")}
		var m record.Merger
		h, err := m.AppendHeld(nil, recs[0])
		if err != nil {
			t.Fatal(err)
		}
		want := recs[0].Clone()
		for range rapid.IntRange(1, 4).Draw(t, "records") {
			b := plain(t, v, recs, "next")
			recs = append(recs, b)
			if err := m.Merge(want, b); err != nil {
				t.Fatal(err)
			}
			all++
			was := string(h)
			if m.MergeHeld(h, b) {
				inPlace++
			} else {
				if string(h) != was {
					t.Fatal("a record that cannot be merged in place changed the held one")
				}
				var r record.Record
				if err := r.LoadHeld(h, new(record.Shapes)); err != nil {
					t.Fatal(err)
				}
				if err := m.Merge(&r, b); err != nil {
					t.Fatal(err)
				}
				if h, err = m.AppendHeld(nil, &r); err != nil {
					t.Fatal(err)
				}
			}
			if b.Changed() {
				t.Fatal("merging changed the record that was added")
			}
			compareHeld(t, want, h, v)
		}
	})
	t.Logf("%d of %d merged in place", inPlace, all)
	if inPlace < all/6 {
		t.Error("too few records were merged in place")
	}
}

// compareHeld compares a record with a held one: counters, times and statistics
// by value, all else byte for byte.
func compareHeld(t *rapid.T, want *record.Record, h []byte, v record.Version) {
	var got record.Record
	if err := got.LoadHeld(h, new(record.Shapes)); err != nil {
		t.Fatal(err)
	}
	near := cmp.Comparer(func(a, b float64) bool {
		return math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b), 1)
	})
	if d := cmp.Diff(want.Aggregate(), got.Aggregate(), near, cmpopts.IgnoreUnexported(record.Aggregate{}, record.Stat{})); d != "" {
		t.Fatalf("statistics, merged (-), merged in place (+):\n%s", d)
	}
	x, y := want.Times(), got.Times()
	if cmp.Diff(want.Metrics(), got.Metrics(), cmpopts.IgnoreUnexported(record.Metrics{})) != "" || x.Src != y.Src || x.Dst != y.Dst {
		t.Fatalf("merged %+v %+v %+v, merged in place %+v %+v %+v", want.Metrics(), x.Src, x.Dst, got.Metrics(), y.Src, y.Dst)
	}
	if d := cmp.Diff(bytesWithout(t, want, v), bytesWithout(t, &got, v)); d != "" {
		t.Fatalf("merged (-), merged in place (+):\n%s", d)
	}
}

// bytesWithout is the DSRs of a record that are compared byte for byte. Blocks of
// inter-packet times, which are never merged in place, have two sizes.
func bytesWithout(t *rapid.T, r *record.Record, v record.Version) map[string]string {
	b, err := r.AppendTo(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	var c record.Record
	if err := c.Load(b); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{"header": fmt.Sprintf("% x", b[:2])}
	for d, raw := range c.DSRs() {
		if raw[0] != 0 && d != record.DSRAggregate && d != record.DSRTime && d != record.DSRMetrics && d != record.DSRJitter {
			out[d.String()] = fmt.Sprintf("%s % x", out[d.String()], raw)
		}
	}
	return out
}
