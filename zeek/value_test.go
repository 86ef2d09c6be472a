package zeek

import (
	"net/netip"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/internal/jsontext"
	"github.com/seed-6ae541b3/goargus/record"
)

func TestParseTime(t *testing.T) {
	cases := []struct {
		in   string
		want int64
		ok   bool
	}{
		{"1329843175.736107", 1329843175_736107000, true},
		{"1329843175.100000", 1329843175_100000000, true},
		{"1329843175.001234", 1329843175_001234000, true},
		{"1329843175", 1329843175_000000000, true},
		{"1329843175.5", 1329843175_500000000, true},
		{"1329843175.123456789", 1329843175_123456789, true},
		{"1300475167.0965351", 1300475167_096535000, true},  // a double: rounded
		{"1300475167.0965359", 1300475167_096536000, true},  // up
		{"1300475167.99999999", 1300475168_000000000, true}, // carried
		{"1.3e9", 1300000000_000000000, true},
		{"1591367999305", 1591367999_305000000, true}, // milliseconds
		{"2020-06-05T14:39:59.305988Z", 1591367999_305988000, true},
		{"2020-06-05T14:39:59Z", 1591367999_000000000, true},
		{"2020-06-05T16:39:59.305988+02:00", 1591367999_305988000, true},
		{"2020-06-05T09:09:59-0530", 1591367999_000000000, true},
		{"2020-06-05 14:39:59", 1591367999_000000000, true},
		{"-1.5", -1_500000000, true},
		{"", 0, false}, {".", 0, false}, {"-", 0, false}, {"1.5x", 0, false}, {"nan", 0, false}, {"inf", 0, false}, {"1e300", 0, false},
		{"99999999999", 0, false}, {"2020-06-05", 0, false}, {"2020-13-05T14:39:59Z", 0, false}, {"2020-06-05T14:39:59.Z", 0, false}, {"2020-06-05T14:39:59+2", 0, false},
	}
	for _, c := range cases {
		if got, ok := parseTime([]byte(c.in)); got != c.want && c.ok || ok != c.ok {
			t.Errorf("%q: %d %v, want %d %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func TestDurationOfDoubles(t *testing.T) {
	for in, want := range map[string]int64{
		"0.00021505355834960938": 215_000,
		"0.11243200302124023":    112_432_000,
		"2.1457672119140625e-06": 2_000,
		"5.001141":               5_001_141_000,
		"0":                      0,
	} {
		if got, ok := parseSeconds([]byte(in)); !ok || got != want {
			t.Errorf("%s: %d %v, want %d", in, got, ok, want)
		}
	}
}

func TestSecondsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-maxSeconds*second/2, maxSeconds*second/2).Draw(t, "n")
		if rapid.Bool().Draw(t, "micro") {
			n = n / microsecond * microsecond
		}
		text := appendSeconds(nil, n)
		if got, ok := parseSeconds(text); !ok || got != n {
			t.Fatalf("%d became %s became %d", n, text, got)
		}
	})
}

func TestISOIsTheStandard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).
			In(time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone")))
		if at.Year() < 0 || at.Year() > 9999 {
			return
		}
		text := at.Format(time.RFC3339Nano)
		got, ok := parseISO([]byte(text))
		if want := at.Unix()*second + int64(at.Nanosecond()); !ok || got != want {
			t.Fatalf("%s: %d %v, want %d", text, got, ok, want)
		}
	})
}

func TestAddrIsTheStandard(t *testing.T) {
	check := func(t *rapid.T, text string) {
		want, err := netip.ParseAddr(text)
		got, ok := parseAddr([]byte(text))
		if valid := err == nil && want.Zone() == ""; ok != valid || ok && got != record.EndpointFromAddr(want) {
			t.Fatalf("%q: %s %v, want %s %v", text, got, ok, want, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.StringMatching(`[0-9]{1,3}(\.[0-9]{0,3}){2,4}`).Draw(t, "IPv4"))
		check(t, rapid.StringMatching(`(:{0,2}[0-9a-fA-F]{0,5}){1,9}:{0,2}`).Draw(t, "IPv6"))
		var a [16]byte
		for i := range a {
			if rapid.Bool().Draw(t, "set") {
				a[i] = rapid.Byte().Draw(t, "byte")
			}
		}
		check(t, netip.AddrFrom16(a).String())
		check(t, netip.AddrFrom16(a).StringExpanded())
		check(t, netip.AddrFrom4([4]byte(a[:4])).String())
	})
}

func TestCount(t *testing.T) {
	for _, in := range []string{"0", "1", "18446744073709551615", "18446744073709551616", "99999999999999999999", "", "-1", "+1", "1a", "000000000000000000001"} {
		want, err := strconv.ParseUint(in, 10, 64)
		got, ok := parseCount([]byte(in))
		if in[:min(1, len(in))] == "+" || len(in) > 20 {
			err = strconv.ErrSyntax
		}
		if ok != (err == nil) || ok && got != want {
			t.Errorf("%q: %d %v, want %d %v", in, got, ok, want, err)
		}
	}
}

func TestQuotingComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.String(), func(s string) []byte { return []byte(s) })).Draw(t, "v")
		text := jsontext.AppendQuoted(nil, v)
		if end, want := jsontext.SkipValue(text, 0, 0); want != "" || end != len(text) {
			t.Fatalf("%s: at %d: %s", text, end, want)
		}
		if got, _ := jsontext.Unquote(text, nil); string(got) != string(v) {
			t.Fatalf("%q became %s became %q", v, text, got)
		}
		h := newHeader()
		for _, inSet := range []bool{false, true} {
			cell := h.appendText(nil, v, inSet)
			if string(cell) == h.Empty {
				if len(v) != 0 {
					t.Fatalf("%q became %q", v, cell)
				}
				continue
			}
			if got, _ := unescape(cell, nil); string(got) != string(v) {
				t.Fatalf("%q became %s became %q", v, cell, got)
			}
		}
	})
}
