package fuzz_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/record"
)

// filterSeeds are filters and near misses of every form.
var filterSeeds = []string{
	"", "tcp", "tcp and", "not not (tcp or udp)", "src or dst host 192.0.2.1 or 10.0.0.1", "port 80-443 or http",
	"src net 10.0.0.0/8 and not net 192.168", "host fe80::1%eth0", "net ::/0", "ether host aa:bb:cc:00:00:00/24",
	"pkts gt 5 and lt 10", "dur gt .5", "dur gt 1.5h", "bytes gt 10k", "load gt 2G", "sbytes gt 10 * dbytes - 5",
	"port in {22, 80-90, http}", "src net in {10.0.0.0/8, 192.0.2.1-192.0.2.9}", `src net in file "nets.txt"`,
	`label ~ "svc=\"dns\""`, `user !~ "^GET"`, `state eq "CON"`, `stime gt "2024/01/25.12"`, `\tcprtt gt 5ms`,
	`srcid "abcd" or srcid 2f3e5a70-3b1c-4c5e-9f2a-0123456789ab/"pcap"`, "co US or AS", "dsb ef", "proto gre", "ip[0] = 0x45",
	"1 + (2 * 3) > 4 << 2", "((((((((", "))))", "{{{}}}", "a:b:c", "1.2.3.4.5.6", "-5 -5 -5", "\"", "\\", "~ ~", "tcp\nudp", "\xff\xfe",
}

// FuzzFilterParse checks that any text is parsed or refused with a place that
// is in it, and that the canonical text of a tree parses to the same text.
func FuzzFilterParse(f *testing.F) {
	for _, s := range filterSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree, err := filter.Parse(text)
		if err != nil {
			checkPlace(t, text, err)
			return
		}
		canonical := tree.String()
		again, err := filter.Parse(canonical)
		if tooComplex(err) {
			return
		}
		if err != nil {
			t.Fatalf("%q: its canonical text %q: %v", text, canonical, err)
		}
		if again.String() != canonical {
			t.Fatalf("%q: %q becomes %q", text, canonical, again)
		}
	})
}

// checkPlace checks that an error says where it is, within the text.
func checkPlace(t *testing.T, text string, err error) {
	t.Helper()
	var e *filter.Error
	if !errors.As(err, &e) {
		t.Fatalf("%q: the error %v has no place", text, err)
	}
	if e.Offset < 0 || e.Length < 0 || e.Offset > len(text) || e.Code != filter.TooComplex && e.End() > len(text) {
		t.Fatalf("%q: the error %v is at %d, %d long", text, err, e.Offset, e.Length)
	}
	if e.Error() == "" {
		t.Fatalf("%q: an error without a message", text)
	}
}

func tooComplex(err error) bool {
	var e *filter.Error
	return errors.As(err, &e) && e.Code == filter.TooComplex
}

// FuzzFilterCompile checks that any text compiles to a program that can be
// explained and run, and whose canonical text compiles to the same program.
func FuzzFilterCompile(f *testing.F) {
	for _, s := range filterSeeds {
		f.Add(s, []byte{0x13, 0x10, 0, 1})
	}
	options := filter.Options{
		Resolver: func(name string) ([]netip.Addr, error) {
			if len(name)%2 == 0 {
				return nil, errors.New("no such host")
			}
			return []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}, nil
		},
		ReadFile: func(string) ([]byte, error) { return []byte("10.0.0.0/8\n2001:db8::/32 # documentation\n"), nil },
		Clock:    filter.Clock{Now: time.Unix(1706184000, 0), Location: time.UTC},
	}
	f.Fuzz(func(t *testing.T, text string, wire []byte) {
		p, err := options.Compile(text)
		if err != nil {
			checkPlace(t, text, err)
			return
		}
		canonical := p.String()
		again, err := options.Compile(canonical)
		if tooComplex(err) {
			return
		}
		if err != nil {
			t.Fatalf("%q: its canonical text %q: %v", text, canonical, err)
		}
		if again.String() != canonical {
			t.Fatalf("%q: %q becomes %q", text, canonical, again)
		}
		if filter.Explain(p) == "" {
			t.Fatalf("%q: no explanation", text)
		}
		var r record.Record
		_ = r.Load(wire) // a damaged record is one too
		if p.Match(&r) != again.Match(&r) {
			t.Fatalf("%q and %q give different answers", text, canonical)
		}
	})
}

// FuzzTimeRange checks that any text is a range whose end is after its
// beginning, or is refused with a place.
func FuzzTimeRange(f *testing.F) {
	for _, s := range []string{"2024/01/25.12:30:15.5", "c2024/01/25.05-06", "x2024y1M25d12h+2h", "-1d", "-2d+1d", "****/**/**.12", "12:30-13:00",
		"1706159922.5-1706159923.5", "*y1M25d", "25.12", "2024y1M25d12h-2h", "*:30", "+1h", "--", "1/1/1/1", "999999999999999999999", "s", "xx"} {
		f.Add(s)
	}
	clock := filter.Clock{Now: time.Unix(1706184000, 0), Location: time.UTC}
	f.Fuzz(func(t *testing.T, text string) {
		tr, err := filter.ParseTimeRange(text, clock)
		if err != nil {
			checkPlace(t, text, err)
			return
		}
		if start, end := tr.Window(); !start.Before(end) {
			t.Fatalf("%q: from %v to %v", text, start, end)
		}
		negation, err := filter.ParseTimeRange("x"+text, clock)
		if _, negated := tr.Mode(); negated || err != nil {
			return // a second "x" is no mode
		}
		r := record.New(record.FlowRecord, record.Version5, record.Status)
		for range 2 { // without times, then with
			if tr.Match(r) == negation.Match(r) {
				t.Fatalf("%q and its negation give the same answer", text)
			}
			r.SetTimes(record.Times{Src: record.Span{Start: 1706184000e9, End: 1706184001e9}})
		}
	})
}
