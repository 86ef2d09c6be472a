package fuzz_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/codec3"
	"github.com/seed-6ae541b3/goargus/codec5"
	"github.com/seed-6ae541b3/goargus/fuzz"
	"github.com/seed-6ae541b3/goargus/record"
)

// seeds are the smallest streams of testdata and generated ones, of a version.
func seeds(tb testing.TB, v record.Version) [][]byte {
	tb.Helper()
	dir := "../testdata/v5/*.arg"
	if v == record.Version3 {
		dir = "../testdata/v3/*.arg"
	}
	names, err := filepath.Glob(dir)
	if err != nil {
		tb.Fatal(err)
	}
	var all [][]byte
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		if len(b) < 4<<10 {
			all = append(all, b)
		}
	}
	for i := range 30 {
		all = append(all, fuzz.Stream(v, 3).Example(i))
	}
	return all
}

func addSeeds(f *testing.F, v record.Version) {
	for i, b := range seeds(f, v) {
		if i%8 == 0 || i > 100 {
			f.Add(b)
		}
	}
}

// walk reads a stream and checks what must hold for any: it ends, records are
// pieces of the input in order, errors name a place in it.
func walk(t testing.TB, in []byte, next func() (*record.Record, error), each func(*record.Record)) {
	rest := in
	for {
		rec, err := next()
		if err == io.EOF {
			return
		}
		if err != nil {
			var e *record.OffsetError
			if !errors.As(err, &e) {
				t.Fatalf("error %v is no OffsetError", err)
			}
			if e.Offset < 0 || e.Offset > int64(len(in)) || e.Record < 0 {
				t.Fatalf("error %v is of no place in %d bytes", err, len(in))
			}
			return
		}
		at := bytes.Index(rest, rec.Bytes())
		if at < 0 {
			t.Fatalf("record % x is not in the input", rec.Bytes())
		}
		rest = rest[at+len(rec.Bytes()):]
		each(rec)
	}
}

// use decodes everything and encodes it in every way.
func use(t testing.TB, rec *record.Record) {
	_ = rec.Resolve() // malformed content reads as absent
	same, err := rec.AppendTo(nil, rec.Version())
	if err != nil || !bytes.Equal(same, rec.Bytes()) {
		t.Fatalf("an unchanged record is written as % x, %v", same, err)
	}
	codec3.Losses(rec)
	for _, v := range []record.Version{record.Version3, record.Version5} {
		b, err := rec.AppendTo(nil, v)
		if err != nil {
			continue // too long in that version
		}
		var other record.Record
		if err := other.Load(b); err != nil {
			t.Fatalf("% x as version %d: %v", rec.Bytes(), v, err)
		}
	}
	c := rec.Clone()
	c.Canonical()
	if b, err := c.AppendTo(nil, record.Version5); err == nil {
		var other record.Record
		if err := other.Load(b); err != nil {
			t.Fatalf("canonical % x: %v", b, err)
		}
	}
	c = rec.Clone()
	c.Reverse()
	c.Rebuild()
	if _, err := c.AppendTo(nil, c.Version()); err == nil {
		c.Reverse()
	}
}

func FuzzCodec3(f *testing.F) {
	addSeeds(f, record.Version3)
	f.Fuzz(func(t *testing.T, in []byte) {
		walk(t, in, codec3.NewDecoder(bytes.NewReader(in)).Next, func(r *record.Record) { use(t, r) })
		walk(t, in, codec3.NewDecoder(bytes.NewReader(in), codec3.WithResync()).Next, func(r *record.Record) { use(t, r) })
		walk(t, in, codec3.NewDecoder(bytes.NewReader(in), codec3.WithOffset(0)).Next, func(r *record.Record) { use(t, r) })
	})
}

func FuzzCodec5(f *testing.F) {
	addSeeds(f, record.Version5)
	f.Fuzz(func(t *testing.T, in []byte) {
		walk(t, in, codec5.NewDecoder(bytes.NewReader(in)).Next, func(r *record.Record) { use(t, r) })
		walk(t, in, codec5.NewDecoder(bytes.NewReader(in), codec5.WithResync()).Next, func(r *record.Record) { use(t, r) })
		walk(t, in, codec5.NewDecoder(bytes.NewReader(in), codec5.WithOffset(0)).Next, func(r *record.Record) { use(t, r) })
	})
}

// rebuilt is the record as encoded from what was decoded.
func rebuilt(t testing.TB, rec *record.Record, v record.Version) (*record.Record, bool) {
	c := rec.Clone()
	c.Rebuild()
	b, err := c.AppendTo(nil, v)
	if err != nil {
		return nil, false
	}
	out := new(record.Record)
	if err := out.Load(b); err != nil {
		t.Fatalf("% x\nrebuilt % x: %v", rec.Bytes(), b, err)
	}
	return out, true
}

var model = []cmp.Option{
	cmpopts.IgnoreUnexported(record.Times{}, record.Metrics{}, record.Flow{}, record.ARPKey{}, record.WLANKey{}, record.ISISKey{}, record.TCPSide{}),
	cmp.Comparer(func(a, b record.Endpoint) bool { return a == b }),
}

func compare(t testing.TB, what string, a, b *record.Record) {
	t.Helper()
	if d := cmp.Diff(a.Flow(), b.Flow(), model...); d != "" {
		t.Fatalf("%s: key\n% x\n% x\n%s", what, a.Bytes(), b.Bytes(), d)
	}
	if d := cmp.Diff(a.Metrics(), b.Metrics(), model...); d != "" {
		t.Fatalf("%s: counters\n% x\n% x\n%s", what, a.Bytes(), b.Bytes(), d)
	}
	if d := cmp.Diff(a.Times(), b.Times(), model...); d != "" {
		t.Fatalf("%s: times\n% x\n% x\n%s", what, a.Bytes(), b.Bytes(), d)
	}
	if a.Network().Kind != b.Network().Kind {
		t.Fatalf("%s: kind of state %#x and %#x\n% x\n% x", what, a.Network().Kind, b.Network().Kind, a.Bytes(), b.Bytes())
	}
}

// FuzzReencode decodes, encodes and decodes again.
func FuzzReencode(f *testing.F) {
	addSeeds(f, record.Version3)
	addSeeds(f, record.Version5)
	f.Fuzz(func(t *testing.T, in []byte) { reencode(t, in) })
}

func reencode(t testing.TB, in []byte) {
	for _, rec := range soundRecords(in) {
		once, ok := rebuilt(t, rec, rec.Version())
		if !ok {
			continue
		}
		compare(t, "rebuilt", rec, once)
		twice, ok := rebuilt(t, once, once.Version())
		if !ok || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Fatalf("rebuilt twice\n% x\n% x", once.Bytes(), twice.Bytes())
		}
	}
}

// soundRecords are copies of the records of a stream of either version whose
// content is well-formed.
func soundRecords(in []byte) (all []*record.Record) {
	for len(in) > 0 {
		var rec record.Record
		n, err := codec5.Decode(&rec, in)
		if err != nil {
			n, err = codec3.Decode(&rec, in)
		}
		if err != nil {
			return all
		}
		in = in[n:]
		if rec.Version() != record.Mixed && rec.Resolve() == nil && rec.Kind() != record.Management {
			all = append(all, rec.Clone())
		}
	}
	return all
}

// FuzzConvert takes records to the other version and back.
func FuzzConvert(f *testing.F) {
	addSeeds(f, record.Version3)
	addSeeds(f, record.Version5)
	f.Fuzz(func(t *testing.T, in []byte) { convert(t, in) })
}

func convert(t testing.TB, in []byte) {
	to := func(rec *record.Record, v record.Version) *record.Record {
		b, err := rec.AppendTo(nil, v)
		if err != nil {
			return nil
		}
		out := new(record.Record)
		if err := out.Load(b); err != nil {
			t.Fatalf("% x\nas version %d % x: %v", rec.Bytes(), v, b, err)
		}
		if err := out.Resolve(); err != nil {
			t.Fatalf("% x\nas version %d % x: %v", rec.Bytes(), v, b, err)
		}
		return out
	}
	for _, rec := range soundRecords(in) {
		if rec.Version() == record.Version5 {
			to(rec, record.Version3)
			continue
		}
		five := to(rec, record.Version5)
		if five == nil {
			continue
		}
		compare(t, "version 5", rec, five)
		// Version 3 does not write nanoseconds, so those of a forged record go.
		if three := to(five, record.Version3); three != nil && !rec.Times().Nano() {
			compare(t, "version 3 again", rec, three)
		}
	}
}

// TestGenerated checks the generated records against every property.
func TestGenerated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rec := fuzz.Record().Draw(t, "record")
		if err := rec.Resolve(); err != nil {
			t.Fatal(err)
		}
		b := bytes.Clone(rec.Bytes())
		c := rec.Clone()
		c.Rebuild()
		if got, err := c.AppendTo(nil, c.Version()); err != nil || !bytes.Equal(got, b) {
			t.Fatalf("rebuilt\n% x\n% x, %v", b, got, err)
		}
		if rec.Version() == record.Version3 {
			five, err := rec.AppendTo(nil, record.Version5)
			if err != nil {
				t.Fatal(err)
			}
			var r record.Record
			if _, err := codec5.Decode(&r, five); err != nil {
				t.Fatal(err)
			}
			three, err := codec3.Append(nil, &r)
			if err != nil || len(three) != len(b) || !r.Has(record.DSRJitter) && !bytes.Equal(three, b) {
				t.Fatalf("version 3, 5 and 3\n% x\n% x, %v", b, three, err)
			}
		} else if codec3.Losses(rec) == 0 {
			three, err := codec3.Append(nil, rec)
			if err != nil {
				t.Fatal(err)
			}
			var r record.Record
			if _, err := codec3.Decode(&r, three); err != nil {
				t.Fatal(err)
			}
			if l := codec3.Losses(&r); l != 0 {
				t.Fatalf("losses of a record of version 3: %v", l)
			}
		}
	})
}

func ExampleMutate() {
	rng := rand.New(rand.NewPCG(1, 2))
	good := fuzz.Stream(record.Version5, 5).Example(1)
	for range 1000 {
		bad := fuzz.Mutate(rng, good, nil)
		for _, err := range codec5.NewDecoder(bytes.NewReader(bad)).Records() {
			_ = err // your parser must live
		}
	}
	// Output:
}
