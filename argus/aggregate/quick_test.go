package aggregate

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/fuzz"
)

// TestQuickKey makes keys in both ways: they are the same.
func TestQuickKey(t *testing.T) {
	quick, all := 0, 0
	keys := map[string]*quickKey{}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "saddr", "daddr proto", "srcid sport", "saddr daddr dport"}).Draw(t, "key")
		k := MustKey(text)
		q := keys[text]
		if q == nil { // one for all records of a key, for what it remembers of them
			made := newQuickKey(k)
			q = &made
			keys[text] = q
		}
		for range 4 {
			r := fuzz.Record().Draw(t, "record")
			all++
			got, ok := q.append([]byte("x"), r)
			if !ok {
				continue
			}
			quick++
			if want := k.Append([]byte("x"), r); string(got) != string(want) {
				t.Fatalf("key %q: got % x, want % x", text, got, want)
			}
		}
	})
	if quick < all/10 {
		t.Errorf("%d of %d keys were made the quick way", quick, all)
	}
	if q := newQuickKey(MustKey("saddr/24")); len(q.fields) != 0 {
		t.Error("a key with a mask was taken for a quick one")
	}
}
