package filter

import (
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/record"
)

// everyForm are filters of every form.
var everyForm = []string{
	"", "tcp", "not udp", "port 443", "src port in {22, 80-90, 443}", "host 192.0.2.10", "net 10.0.0.0/8", "src net 2001:db8::/32",
	"ether host aa:bb:cc:00:00:00/24", "syn and not fin", "pkts gt 5", "dur gt 0.5", "src rate gt 10.0", "load gt 2k", "loss 0", "gap gt 0",
	"sbytes gt 10 * dbytes", "stime gt 5", "saddr eq 192.0.2.10", "saddr in {10.0.0.0/8, fe80::/10}", `state eq "CON"`, `proto ~ "tcp"`,
	`label ~ "svc=.*"`, `user ~ "GET"`, `srcid "abcd"`, "srcid 192.0.2.1", `inf "en0"`, "gre host 10.0.0.1", "arp host 0:1:2:3:4:5",
	"saddr neq daddr", "sport lt dport", "src net in {" + strings.Repeat("10.0.0.0/8, ", 20) + "10.0.0.0/8}",
}

// Matching allocates nothing, whatever the filter and the record.
func TestNoAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	recs := lawRecords(t)
	for _, text := range everyForm {
		p := MustCompile(text)
		for range 2 { // fill the pool of scratch space
			for _, r := range recs {
				p.Match(r)
			}
		}
		var reloaded record.Record
		if n := testing.AllocsPerRun(5, func() {
			for _, r := range recs {
				if err := reloaded.Load(r.Bytes()); err != nil {
					t.Fatal(err)
				}
				p.Match(&reloaded)
			}
		}); n >= 1 {
			t.Errorf("%q: %v allocations for %d records", text, n, len(recs))
		}
	}
}

// A program may be used by any number of goroutines, each with its own records.
func TestConcurrentUse(t *testing.T) {
	recs := lawRecords(t)
	for _, text := range everyForm {
		p := MustCompile(text)
		want := len(matching(p, recs))
		var wg sync.WaitGroup
		for range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				var r record.Record
				n := 0
				for _, rec := range recs {
					if err := r.Load(rec.Bytes()); err != nil {
						t.Error(err)
					}
					if p.Match(&r) {
						n++
					}
				}
				if n != want {
					t.Errorf("%q: %d records, want %d", text, n, want)
				}
			}()
		}
		wg.Wait()
	}
}

// A program touches only the DSRs that it needs.
func TestLazy(t *testing.T) {
	for _, r := range lawRecords(t) {
		if !r.IsFlow() || !r.Has(record.DSRFlow) {
			continue
		}
		// A damaged counter DSR is found when it is decoded, and not before.
		b := append([]byte(nil), r.Bytes()...)
		raw := r.Raw(record.DSRMetrics)
		if raw == nil {
			continue
		}
		at := strings.Index(string(b), string(raw))
		b[at+2] = b[at+2]&0xF0 | 0x0F // no such encoding
		var damaged record.Record
		if err := damaged.Load(b); err != nil {
			t.Fatal(err)
		}
		MustCompile("tcp or udp or port 80 or man").Match(&damaged)
		if !damaged.Has(record.DSRMetrics) {
			t.Error("a test of the protocol decoded the counters")
		}
		MustCompile("pkts gte 0").Match(&damaged)
		if damaged.Has(record.DSRMetrics) {
			t.Error("a test of the counters did not decode them")
		}
		return
	}
	t.Fatal("no record with counters")
}

func TestStage(t *testing.T) {
	recs := lawRecords(t)
	failure := errors.New("end of the data")
	source := func(yield func(*record.Record, error) bool) {
		for _, r := range recs {
			if !yield(r, nil) {
				return
			}
		}
		yield(nil, failure)
	}
	p := MustCompile("tcp")
	n := 0
	for r, err := range p.Stage()(source) {
		if err != nil {
			if !errors.Is(err, failure) {
				t.Errorf("got %v", err)
			}
			continue
		}
		if !p.Match(r) {
			t.Error("a record that does not match passed")
		}
		n++
	}
	if want := len(matching(p, recs)); n != want || n == 0 {
		t.Errorf("%d records passed, want %d", n, want)
	}
	for range p.Stage()(source) {
		break // whoever stops early is not called again
	}
}

func TestNetworkFile(t *testing.T) {
	options := Options{ReadFile: func(name string) ([]byte, error) {
		files := map[string]string{
			"nets.txt":   "# ours\n10.0.0.0/24 office\n\n192.0.2.64/26\r\n2001:db8::1\n",
			"broken.txt": "10.0.0.0/24\n10.0.0.0/33\n",
		}
		text, ok := files[name]
		if !ok {
			return nil, errors.New("no such file")
		}
		return []byte(text), nil
	}}
	p, err := options.Compile(`src net in file "nets.txt"`)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range benchRecords(t) {
		a := r.Flow().Src.Addr()
		if want := netip.MustParsePrefix("10.0.0.0/24").Contains(a); p.Match(r) != want {
			t.Errorf("%v: %v, want %v", a, p.Match(r), want)
		}
	}
	for text, want := range map[string]string{
		`net in file "broken.txt"`:  "line 2 of",
		`net in file "missing.txt"`: "no such file",
		`port in file "nets.txt"`:   "a file holds networks",
	} {
		if _, err := options.Compile(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	if _, err := Compile(`net in file "nets.txt"`); err == nil {
		t.Error("a file was read without leave")
	}
}

func TestNames(t *testing.T) {
	options := Options{
		Ethernet: func(string) (record.MAC, error) { return record.MAC{2, 0, 0, 0, 0, 1}, nil },
		Resolver: func(string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}, nil
		},
		Network: func(string) (netip.Prefix, error) { return netip.MustParsePrefix("10.1.0.0/16"), nil },
		Node:    func(string) (string, error) { return "2F3E5A70-3B1C-4C5E-9F2A-0123456789AB", nil },
		Service: func(name string) (tcp, udp uint16, ok bool) { return 7000, 7001, name == "game" },
		DISA:    true,
	}
	tests := map[string]string{
		"host router":                   "(host 192.0.2.1 or host 2001:db8::1)",
		"ipv6 src host router":          "ipv6 src host 2001:db8::1",
		"ether dst host router":         "ether dst host 02:00:00:00:00:01",
		"gateway router":                "(ether host 02:00:00:00:00:01 and not (host 192.0.2.1 or host 2001:db8::1))",
		"net office":                    "net 10.1.0.0/16",
		"node sensor":                   "srcid 2f3e5a70-3b1c-4c5e-9f2a-0123456789ab",
		"srcid router":                  "srcid 192.0.2.1",
		"port game":                     "(tcp port 7000 or udp port 7001)",
		"udp dst port game":             "udp dst port 7001",
		"dsb voice":                     "dsb 46",
		"src and dst port in {1, game}": "((src port in {1} or tcp src port 7000 or udp src port 7001) and (dst port in {1} or tcp dst port 7000 or udp dst port 7001))",
	}
	for text, want := range tests {
		p, err := options.Compile(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, p.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestCanonical(t *testing.T) {
	tests := map[string]string{
		"TCP && !port http or 443":           "((tcp and not tcp port 80) or port 443)",
		"port 80 or 443 and not 22":          "((port 80 or port 443) and not port 22)",
		"src or dst host 1.2.3.4":            "host 1.2.3.4",
		"src or dst jitter gt 5":             "src or dst jitter gt 5.0",
		"src and dst jitter gt 5":            "jitter gt 5.0",
		"src seq 0x10":                       "seq 16",
		"net 192.168.1.77/24":                "net 192.168.1.0/24",
		"net 10 or 192.168":                  "(net 10.0.0.0/8 or net 192.168.0.0/16)",
		"host 192.168.001.108":               "host 192.168.1.108",
		"host FE80::0001":                    "host fe80::1",
		"bytes gt 1.5k":                      "bytes gt 1500",
		"intpkt gt 2s":                       "intpkt gt 2000.0",
		"asn 1.5":                            "asn 65541",
		"link src 0:1:2:3:4:5":               "ether src host 00:01:02:03:04:05",
		"pkts gt 2 * dpkts":                  "(spkts gt (2 * dpkts) or dpkts gt (2 * dpkts))",
		"tcp src pkts gt 2 * dpkts":          "(tcp and spkts gt (2 * dpkts))",
		"10 lt sbytes":                       "sbytes gt 10",
		"reset or drop or data 5 or count 1": "(rst or retrans or appbytes 5 or trans 1)",
		"src syn or 1.2.3.4":                 "(src syn or src host 1.2.3.4)",
		"state eq CON":                       `state eq "CON"`,
		"label ~ \"a\\\"b\"":                 "label ~ \"a\\\"b\"",
	}
	for text, want := range tests {
		p, err := Compile(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, p.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestFromWords(t *testing.T) {
	tests := map[string]Expressions{
		"":                     {},
		"tcp and port 80":      {Local: "tcp and port 80", Remote: "tcp and port 80"},
		"local tcp":            {Local: "tcp"},
		"remote tcp or udp":    {Local: "tcp or udp", Remote: "tcp or udp"},
		"display tcp":          {Display: "tcp"},
		"local":                {Local: "local", Remote: "local"},
		"local or remote":      {Local: "local or remote", Remote: "local or remote"},
		"tcp and local and ip": {Local: "tcp and local and ip", Remote: "tcp and local and ip"},
	}
	for text, want := range tests {
		if diff := cmp.Diff(want, FromWords(strings.Fields(text))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	if got := FromConfig("\"tcp and\n srcid \"abcd\"\"\n"); got != `tcp and  srcid "abcd"` {
		t.Errorf("FromConfig: got %q", got)
	}
}

func TestSets(t *testing.T) {
	recs := lawRecords(t)
	pairs := map[string]string{
		"port in {22, 80-90, 443, 8080}":       "port 22 or port 80-90 or port 443 or port 8080",
		"src and dst ttl in {64, 128, 255}":    "(src ttl 64 or 128 or 255) and (dst ttl 64 or 128 or 255)",
		"dur in {0-0.5, 2s}":                   "dur lte 0.5 or dur 2",
		"rate in {0.5-1.5}":                    "(srate gte 0.5 and srate lte 1.5) or (drate gte 0.5 and drate lte 1.5)",
		"proto in {tcp, 17, icmp}":             "tcp or udp or icmp",
		"net in {192.0.2.0/24, 2001:db8::/32}": "net 192.0.2.0/24 or 2001:db8::/32",
		"src host in {192.0.2.8 - 192.0.2.15}": "src net 192.0.2.8/29",
		"saddr in {192.0.2.0/24, fe80::/10}":   "(ip or arp) and src net 192.0.2.0/24 or (ip and src net fe80::/10)",
		"sport in {80, 443} and tcp":           "tcp and (src port 80 or 443)",
		`state in {"CON", FIN}`:                `state eq "CON" or state eq "FIN"`,
		"co in {US, ZZ}":                       `co "US" or co "ZZ"`,
		"udp port in {domain, 123}":            "udp port 53 or udp port 123",
		"spkts in {1-3}":                       "src pkts gte 1 and src pkts lte 3",
	}
	for a, b := range pairs {
		p, err := Compile(a)
		if err != nil {
			t.Errorf("%s: %v", a, err)
			continue
		}
		q := MustCompile(b)
		for i, r := range recs {
			if p.Match(r) != q.Match(r) {
				t.Errorf("record %d: %q gives %v, %q gives %v", i, a, p.Match(r), b, q.Match(r))
				break
			}
		}
	}
}
