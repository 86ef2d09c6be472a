package tally

import (
	"math"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/fuzz"
	"github.com/seed-6ae541b3/goargus/record"
)

// The sums by protocol add up to the total of the flows.
func TestProtocolsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Counter{ByProtocol: true, ByAddress: true}
		var want Sum
		for _, r := range rapid.SliceOf(fuzz.Record()).Draw(t, "records") {
			c.Add(r)
			if r.IsFlow() {
				want.Records++
				want.add(r.Metrics())
			}
		}
		var got Sum
		for p := range c.Protocols() {
			got.Records += p.Sum.Records
			got.Src.Packets += p.Sum.Src.Packets
			got.Src.Bytes += p.Sum.Src.Bytes
			got.Src.AppBytes += p.Sum.Src.AppBytes
			got.Dst.Packets += p.Sum.Dst.Packets
			got.Dst.Bytes += p.Sum.Dst.Bytes
			got.Dst.AppBytes += p.Sum.Dst.AppBytes
		}
		if got != want {
			t.Errorf("sums %+v, want %+v", got, want)
		}
	})
}

func TestClassOf(t *testing.T) {
	for text, want := range map[string]AddressClass{
		"8.8.8.8": Unicast4, "0.0.0.0": ThisNetwork4, "10.1.2.3": Private4, "172.31.255.255": Private4, "172.32.0.0": Unicast4,
		"127.0.0.1": Loopback4, "169.254.1.1": LinkLocal4, "198.51.100.7": TestNet4, "255.255.255.255": Reserved4,
		"224.0.0.251": MulticastLocal4, "224.0.1.1": MulticastInternet4, "224.0.2.2": MulticastAdHoc4, "224.2.127.254": MulticastSdpSap4,
		"225.0.0.1": MulticastReserved4, "232.1.1.1": MulticastSrcSpec4, "233.1.1.1": MulticastGLOP4, "239.195.0.1": MulticastOrgLocal4,
		"239.255.255.250": MulticastSiteLocal4, "::": Unspecified6, "::1": Loopback6, "fe80::1": LinkLocal6, "fec0::1": SiteLocal6,
		"2001:db8::1": Global6, "ff01::1": MulticastNode6, "ff02::1": MulticastLink6, "ff05::2": MulticastSite6,
		"ff08::1": MulticastOrg6, "ff0e::1": MulticastGlobal6,
	} {
		got, ok := ClassOf(endpoint(text))
		if !ok || got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	if _, ok := ClassOf(record.EndpointFromMAC(record.MAC{1})); ok {
		t.Error("a MAC address has a class")
	}
}

// A bounded Top keeps what is large, and says by how much it may be wrong.
func TestBoundedTop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bound := rapid.IntRange(1, 8).Draw(t, "bound")
		exact, some := NewTop[int](0), NewTop[int](bound)
		truth := map[int]uint64{}
		for _, k := range rapid.SliceOf(rapid.IntRange(0, 20)).Draw(t, "keys") {
			w := uint64(k%3 + 1)
			exact.Add(k, w)
			some.Add(k, w)
			truth[k] += w
		}
		kept := map[int]bool{}
		for _, it := range some.Largest(-1) {
			kept[it.Key] = true
			if it.Sum < truth[it.Key] || it.Sum-it.Error > truth[it.Key] {
				t.Errorf("key %d: %d with an error of %d, is %d", it.Key, it.Sum, it.Error, truth[it.Key])
			}
		}
		if some.Len() > bound {
			t.Errorf("%d keys kept, bound %d", some.Len(), bound)
		}
		for _, it := range exact.Largest(-1) {
			if it.Sum != truth[it.Key] {
				t.Errorf("exact: key %d: %d, is %d", it.Key, it.Sum, truth[it.Key])
			}
			if it.Sum > exact.Total()/uint64(bound) && !kept[it.Key] {
				t.Errorf("key %d with %d of %d is not kept", it.Key, it.Sum, exact.Total())
			}
		}
	})
}

// Classes and outliers hold all values, each within the borders of its class.
func TestHistogramHoldsAll(t *testing.T) {
	dur, _ := record.Lookup("dur")
	rapid.Check(t, func(t *rapid.T) {
		h := Histogram{Attribute: dur, Bins: rapid.IntRange(1, 12).Draw(t, "bins"), Low: 1, High: 100, Log: rapid.Bool().Draw(t, "log")}
		values := rapid.SliceOfN(rapid.Float64Range(-10, 200), 1, 100).Draw(t, "values")
		for _, v := range values {
			h.AddValue(v)
		}
		sum := uint64(0)
		for i, c := range h.Classes(true) {
			sum += c.Count
			n := 0
			for _, v := range values {
				if h.class(v) == i {
					n++
					if slack := 1e-9 * math.Abs(v); v < c.Low-slack || v > c.High+slack {
						t.Errorf("%g in [%g, %g)", v, c.Low, c.High)
					}
				}
			}
			if uint64(n) != c.Count {
				t.Errorf("class %d: %d, want %d", i, c.Count, n)
			}
		}
		if sum != uint64(len(values)) {
			t.Errorf("%d counted of %d", sum, len(values))
		}
		slices.Sort(values)
		if s := h.Stats(true); s.Median != (values[(len(values)-1)/2]+values[len(values)/2])/2 || s.Min != values[0] {
			t.Errorf("median %g, min %g of %v", s.Median, s.Min, values)
		}
	})
}

func TestSetRange(t *testing.T) {
	h := Histogram{Bins: 10}
	h.SetRange(0, 4.893754)
	if diff := cmp.Diff([]float64{0, 4.9}, []float64{h.Low, h.High}); diff != "" {
		t.Error(diff)
	}
}

func TestParseHistogram(t *testing.T) {
	for text, want := range map[string][]float64{ // bins, low, high, logarithmic
		"dur 10:0-5": {10, 0, 5, 0}, "bytes 8L:1-10000": {8, 1, 10000, 1}, "spkts 10:1": {10, 0, 10, 0}, "sbytes 5:0-1K": {5, 0, 1000, 0},
		"abs pcr 4:0-1": {4, 0, 1, 0}, "dur 2:0-1M": {2, 0, 60, 0}, "bytes 2:0-1M": {2, 0, 1e6, 0}, "pcr 2:-1-1": {2, -1, 1, 0},
		"dur 3:1e-3-2e-3": {3, 1e-3, 2e-3, 0},
	} {
		h, ranged, err := ParseHistogram(text, nil)
		if err != nil || !ranged {
			t.Errorf("%s: %v, range %v", text, err, ranged)
			continue
		}
		log := 0.0
		if h.Log {
			log = 1
		}
		if diff := cmp.Diff(want, []float64{float64(h.Bins), h.Low, h.High, log}); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	for _, text := range []string{"", "dur", "dur 0", "dur x", "nonsuch 3", "saddr 3", "dur 3:5-1", "dur 3:1-", "dur 3:-", "bytes 2L:-1-2", "dur 9999999"} {
		if _, _, err := ParseHistogram(text, nil); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
	if _, ranged, err := ParseHistogram("dur 10", nil); err != nil || ranged {
		t.Errorf("without a range: %v, %v", ranged, err)
	}
}

func BenchmarkCounter(b *testing.B) {
	r := fuzz.Record().Example(1).Clone()
	c := Counter{ByProtocol: true}
	b.ReportAllocs()
	for b.Loop() {
		_ = r.Load(r.Bytes())
		c.Add(r)
	}
}

func endpoint(text string) record.Endpoint { return record.EndpointFromAddr(netip.MustParseAddr(text)) }
