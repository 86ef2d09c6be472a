package capture

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestClock compares the clock of a pcapng interface with arithmetic without
// limits.
func TestClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		resolution := rapid.Byte().Draw(t, "resolution")
		offset := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(-1<<34, 1<<34), rapid.Int64()).Draw(t, "offset")
		stamp := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 1<<52)).Draw(t, "stamp")

		base := int64(10)
		if resolution&0x80 != 0 {
			base = 2
		}
		unit := new(big.Int).Exp(big.NewInt(base), big.NewInt(int64(resolution&0x7f)), nil)
		want := new(big.Int).Mul(new(big.Int).SetUint64(stamp), big.NewInt(1e9))
		want.Div(want, unit)
		want.Add(want, new(big.Int).Mul(big.NewInt(offset), big.NewInt(1e9)))
		if lowest := big.NewInt(-1 << 63); want.Cmp(lowest) < 0 {
			want = lowest
		}
		if highest := big.NewInt(1<<63 - 1); want.Cmp(highest) > 0 {
			want = highest
		}
		clock := newClock(resolution, offset)
		if got := clock.nanoseconds(stamp); got != want.Int64() {
			t.Fatalf("resolution %#x, offset %d, stamp %d: %d, expected %d", resolution, offset, stamp, got, want)
		}
	})
}
