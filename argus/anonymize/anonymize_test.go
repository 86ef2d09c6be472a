package anonymize

import (
	"bytes"
	"encoding/hex"
	"math/bits"
	"net/netip"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/fuzz"
	"github.com/seed-6ae541b3/goargus/record"
)

func testKey(t testing.TB) Key {
	b, err := hex.DecodeString("1522178d33a4cf80130a5b1649907d10d8988f837979652762574c2d2a842202")
	if err != nil {
		t.Fatal(err)
	}
	return Key(b)
}

// The answers are those of the published key.
func TestCryptoPAn(t *testing.T) {
	c := NewCryptoPAn(testKey(t))
	for in, want := range map[string]string{
		"128.11.68.132": "135.242.180.132", "192.102.249.13": "252.138.62.131", "129.118.74.4": "134.136.186.123",
		"192.41.57.43": "252.222.221.184", "130.132.252.244": "133.68.164.234", "10.1.1.1": "117.14.242.124",
		"141.223.7.43": "141.167.8.160", "10.1.1.2": "117.14.242.126", "255.255.255.255": "206.120.97.255",
		"fe80::1":     "cf7f:c0e:1fc3:da1c:70:b18e:f7f3:2101",
		"2001:db8::1": "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e", "2001:db8::2": "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c",
	} {
		b := netip.MustParseAddr(in).AsSlice()
		c.Map(b, 0)
		if got, _ := netip.AddrFromSlice(b); got.String() != want {
			t.Errorf("%s: %v, want %s", in, got, want)
		}
	}
}

func genAddr(t *rapid.T, name string) netip.Addr {
	if rapid.Bool().Draw(t, name+" is IPv4") {
		b := rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, name)
		a, _ := netip.AddrFromSlice(b)
		return a
	}
	b := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0x80, 0xFF, 0x20}), 16, 16).Draw(t, name)
	a, _ := netip.AddrFromSlice(b)
	return a
}

func common(a, b netip.Addr) int {
	x, y := a.AsSlice(), b.AsSlice()
	for i := range x {
		if d := x[i] ^ y[i]; d != 0 {
			return i*8 + bits.LeadingZeros8(d)
		}
	}
	return len(x) * 8
}

// Addresses are mapped one to one; Prefix keeps the lengths of common prefixes,
// Random those up to the network.
func TestAddressesAreBijection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Config{Rules: Rules{}, Hierarchy: Hierarchy{
			Class: rapid.Bool().Draw(t, "class"), Bits4: rapid.IntRange(0, 32).Draw(t, "bits4"), Bits6: rapid.IntRange(0, 128).Draw(t, "bits6"),
		}}
		cfg.Key[rapid.IntRange(0, 31).Draw(t, "byte")] = rapid.ByteRange(1, 255).Draw(t, "key")
		rule := rapid.SampledFrom([]Action{Prefix, Random}).Draw(t, "rule")
		cfg.Rules["ipv4"], cfg.Rules["ipv6"] = rule, rule
		special := rapid.Bool().Draw(t, "special")
		cfg.KeepSpecial = special
		a, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		images := map[netip.Addr]netip.Addr{}
		x, y := genAddr(t, "x"), genAddr(t, "y")
		list := []netip.Addr{x, y, x.Next(), x.Prev(), y.Next()}
		for _, from := range list {
			if !from.IsValid() {
				continue
			}
			to, err := a.addrs.mapAddr(from, rule)
			if err != nil {
				t.Fatal(err)
			}
			if old, ok := images[to]; ok && old != from {
				t.Fatalf("%v and %v have the image %v", old, from, to)
			}
			if to.BitLen() != from.BitLen() {
				t.Fatalf("%v has the image %v", from, to)
			}
			for other, of := range images {
				if special || of.BitLen() != from.BitLen() {
					continue
				}
				before, after := common(of, from), common(other, to)
				net := a.addrs.network(from).bits
				switch {
				case rule == Prefix && before != after:
					t.Fatalf("%v and %v share %d bits, their images %v and %v %d", of, from, before, other, to, after)
				case rule == Random && before >= net && after < net:
					t.Fatalf("%v and %v are in a network of %d bits, %v and %v are not", of, from, net, other, to)
				}
			}
			images[to] = from
		}
	})
}

func TestSmallPermutationsAreBijections(t *testing.T) {
	p := newPermutation(testKey(t))
	for n := range 13 {
		seen := make([]bool, 1<<n)
		for x := range uint64(1 << n) {
			y := p.apply(u128{0, x}, n, 7)
			if y.hi != 0 || y.lo >= 1<<n || seen[y.lo] {
				t.Fatalf("%d bits: %d has the image %v", n, x, y)
			}
			seen[y.lo] = true
		}
	}
}

func TestPortsAreBijection(t *testing.T) {
	a, err := New(Config{Key: testKey(t), Rules: Rules{"port": Known}, Ports: []uint16{8080}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint16]bool{}
	for p := range 65536 {
		to := a.port(uint16(p))
		if seen[to] {
			t.Fatalf("%d is the image of two ports", to)
		}
		seen[to] = true
		if (p < 1024 || p == 8080) && int(to) != p {
			t.Errorf("port %d became %d", p, to)
		}
	}
}

func TestMAC(t *testing.T) {
	for _, rule := range []Action{Map, Vendor} {
		a, err := New(Config{Key: testKey(t), Rules: Rules{"mac": rule}})
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			m := record.MAC(rapid.SliceOfN(rapid.Byte(), 6, 6).Draw(t, "mac"))
			n := m
			n[5]++
			x, y := a.mac(m), a.mac(n)
			if x == y {
				t.Errorf("%v and %v have the image %v", m, n, x)
			}
			if x[0]&3 != m[0]&3 || rule == Vendor && [3]byte(x[:3]) != [3]byte(m[:3]) {
				t.Errorf("%v: %v has the image %v", rule, m, x)
			}
		})
		if a.mac(broadcast) != broadcast {
			t.Error("broadcast is mapped")
		}
	}
}

func streamOf(recs []*record.Record) func() record.Stream {
	return func() record.Stream {
		return func(yield func(*record.Record, error) bool) {
			for _, r := range recs {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// What comes out passes the check of it, has nothing that was denied, and
// counts what was counted.
func TestDefaultRulesHold(t *testing.T) {
	cfg := Config{Key: testKey(t), Rules: DefaultRules()}
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(fuzz.Record(), 1, 8).Draw(t, "records")
		a, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		var out []*record.Record
		for r, err := range a.Stage()(streamOf(in)()) {
			if err != nil {
				t.Fatal(err)
			}
			c := r.Clone()
			out = append(out, c)
			orig := in[len(out)-1]
			if c.Kind() != orig.Kind() || c.Cause() != orig.Cause() {
				t.Errorf("%v %v became %v %v", orig.Kind(), orig.Cause(), c.Kind(), c.Cause())
			}
			if c.Kind() == record.Management {
				continue
			}
			for _, d := range []record.DSR{record.DSRSrcData, record.DSRDstData, record.DSRLabel, record.DSRHash, record.DSRCountry, record.DSRGeo, record.DSRScore} {
				if c.Has(d) {
					t.Errorf("%v is left", d)
				}
			}
			if c.Metrics().Packets() != orig.Metrics().Packets() || c.Metrics().Bytes() != orig.Metrics().Bytes() {
				t.Errorf("counters changed")
			}
		}
		rep, err := Verify(streamOf(in), streamOf(out), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if rep.Found > 0 || rep.Records != int64(len(in)) {
			t.Errorf("%+v", rep)
		}
	})
}

// Without rules nothing is left but the header.
func TestDeniesByDefault(t *testing.T) {
	a, err := New(Config{Key: testKey(t)})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := fuzz.Record().Draw(t, "record")
		if r.Kind() == record.Management {
			return
		}
		out, err := a.Record(r)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Bytes()) != record.HeaderSize {
			t.Errorf("left: %x", out.Bytes())
		}
	})
}

// A verifier that finds nothing anywhere would be of no use.
func TestVerifyFinds(t *testing.T) {
	cfg := Config{Key: testKey(t), Rules: DefaultRules()}
	r := record.New(record.FlowRecord, record.Version5, record.Status)
	r.SetFlow(record.Flow{
		Class: record.ClassFiveTuple, Type: record.KeyIPv4, Proto: record.ProtoTCP, SrcBits: 32, DstBits: 32,
		Src: record.EndpointFrom4([4]byte{192, 0, 2, 1}), Dst: record.EndpointFrom4([4]byte{198, 51, 100, 7}),
	})
	r.SetSrcData(record.UserData{Data: []byte("GET /secret HTTP/1.1")})
	r.SetMAC(record.MACPair{Src: record.MAC{2, 3, 4, 5, 6, 7}, Dst: record.MAC{2, 3, 4, 5, 6, 8}})
	r = r.Clone()
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	good, err := a.Record(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*record.Record){
		"payload":           func(x *record.Record) { x.SetLabel(record.Label{Text: []byte("GET /secret")}) },
		"192.0.2.1 is":      func(x *record.Record) { x.SetLabel(record.Label{Text: []byte{'a', 192, 0, 2, 1}}) },
		"02:03:04:05:06:08": func(x *record.Record) { x.SetLabel(record.Label{Text: []byte{2, 3, 4, 5, 6, 8}}) },
		"port":              func(x *record.Record) { f := *x.Flow(); f.DstPort = 99; x.SetFlow(f) },
	} {
		bad := good.Clone()
		spoil(bad)
		bad = bad.Clone()
		rep, err := Verify(streamOf([]*record.Record{r}), streamOf([]*record.Record{bad}), cfg)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range rep.Findings {
			found = found || bytes.Contains([]byte(f.String()), []byte(name))
		}
		if !found {
			t.Errorf("%s: not found: %v", name, rep.Findings)
		}
	}
	rep, err := Verify(streamOf([]*record.Record{r, r}), streamOf([]*record.Record{good}), cfg)
	if err != nil || rep.Found == 0 {
		t.Errorf("a lost record is not found: %v", err)
	}
}

// A map goes on where an earlier run left off, and is that of its key alone.
func TestAddressMap(t *testing.T) {
	name := filepath.Join(t.TempDir(), "map")
	images := func(key Key, from ...string) (out []string) {
		m, err := OpenAddressMap(name, key)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		a, err := New(Config{Key: key, Map: m, Rules: Rules{"ipv4": Numbered, "ipv6": Numbered}, Hierarchy: Hierarchy{Class: true, Bits6: 64}})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range from {
			to, err := a.addrs.mapAddr(netip.MustParseAddr(f), Numbered)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, to.String())
		}
		return out
	}
	got := images(testKey(t), "141.142.220.202", "141.142.220.50", "208.80.152.2", "2001:db8::1", "2001:db8::9")
	want := []string{"128.1.0.1", "128.1.0.2", "192.0.1.1", "100::1", "100::2"}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("image %d: %s, want %s", i, got[i], want[i])
		}
	}
	again := images(testKey(t), "141.142.9.9", "208.80.152.2", "10.0.0.1", "2001:db8:1::1")
	for i, w := range []string{"128.1.0.3", "192.0.1.1", "1.0.0.1", "100:0:0:1::1"} {
		if again[i] != w {
			t.Errorf("image %d of the second run: %s, want %s", i, again[i], w)
		}
	}
	if _, err := OpenAddressMap(name, Key{1}); err == nil {
		t.Error("the map of another key is taken")
	}
}

func TestConfigErrors(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no key": {}, "no part": {Key: Key{1}, Rules: Rules{"x": Keep}}, "no action": {Key: Key{1}, Rules: Rules{"ipv4": Bucket}},
		"no map": {Key: Key{1}, Rules: Rules{"ipv4": Numbered}}, "bits": {Key: Key{1}, KeepTop4: 33}, "grain": {Key: Key{1}, TimeGrain: -1},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	a, err := New(Config{Key: testKey(b), Rules: DefaultRules()})
	if err != nil {
		b.Fatal(err)
	}
	r := fuzz.RecordOf(record.Version5).Example(3).Clone()
	b.ReportAllocs()
	for b.Loop() {
		_ = r.Load(r.Bytes())
		if _, err := a.Record(r); err != nil {
			b.Fatal(err)
		}
	}
}
