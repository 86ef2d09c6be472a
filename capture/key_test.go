package capture

import (
	"testing"

	"pgregory.net/rapid"
)

// Two keys are the same if and only if all their words are; few bits that
// differ are what a sloppy comparison overlooks.
func TestSameKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a, b [keyWords]uint64
		word := rapid.Uint64Range(0, 3)
		for i := range a {
			a[i], b[i] = word.Draw(t, "a"), word.Draw(t, "b")
		}
		if got, want := sameKey(&a, &b), a == b; got != want {
			t.Fatalf("sameKey(%v, %v) = %t", a, b, got)
		}
	})
}
