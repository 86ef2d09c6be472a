package record

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// edges are the numbers at which the number of digits changes, and near it.
func edges() []uint64 {
	out := []uint64{0, 1, 1<<64 - 1, 1 << 63, 1<<32 - 1, 1 << 32}
	for p := uint64(10); p < 1e19; p *= 10 {
		out = append(out, p-1, p, p+1)
	}
	return out
}

func TestDigits(t *testing.T) {
	check := func(v uint64) {
		if got, want := string(appendUint(nil, v)), strconv.FormatUint(v, 10); got != want {
			t.Fatalf("%d is %q", v, got)
		}
		if got, want := string(appendInt([]byte("x"), int64(v))), "x"+strconv.FormatInt(int64(v), 10); got != want {
			t.Fatalf("%d is %q", int64(v), got)
		}
		for digits := 1; digits <= 9; digits++ {
			if v < pow10[digits] {
				if got, want := string(appendPadded(nil, v, digits)), fmt.Sprintf("%0*d", digits, v); got != want {
					t.Fatalf("%d in %d digits is %q", v, digits, got)
				}
			}
			if got, want := string(appendHex(nil, v, digits)), fmt.Sprintf("0x%0*x", digits, v); got != want {
				t.Fatalf("%#x in %d digits is %q", v, digits, got)
			}
		}
	}
	for _, v := range edges() {
		check(v)
	}
	for v := range uint64(200_000) {
		check(v)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(rapid.Uint64().Draw(t, "v") >> rapid.IntRange(0, 63).Draw(t, "shift"))
	})
}

func TestAppendAddress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b [16]byte
		for i := range 8 { // zeros are what the form turns on
			v := rapid.OneOf(rapid.Just(uint16(0)), rapid.Uint16(), rapid.Uint16Range(0, 0x1F)).Draw(t, "group")
			binary.BigEndian.PutUint16(b[2*i:], v)
		}
		switch rapid.IntRange(0, 9).Draw(t, "form") {
		case 0: // an IPv4 address
			copy(b[:], make([]byte, 10))
			b[10], b[11] = 0xFF, 0xFF
		case 1:
			copy(b[:], make([]byte, 12))
		}
		if got, want := string(appendIPv6([]byte("x"), &b)), "x"+netip.AddrFrom16(b).String(); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		if got, want := string(appendIPv4(nil, b[:4])), netip.AddrFrom4([4]byte(b[:4])).String(); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	})
}
