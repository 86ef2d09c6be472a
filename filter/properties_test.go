package filter

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/record"
)

// drawFilter draws a filter of all forms, those beyond the grammar of old included.
func drawFilter(t *rapid.T, label string) string { return filterGen(4).Draw(t, label) }

func filterGen(depth int) *rapid.Generator[string] {
	atom := rapid.OneOf(
		rapid.SampledFrom([]string{
			"tcp", "udp", "icmp", "ip", "ipv6", "arp", "man", "far", "start", "est", "synack", "echo", "unreach", "mss", "tcpopt",
			"local", "remote", "inbound", "ip multicast", "ether broadcast", "cocode", "vlan", "2 > 1", "1 + 1 gt 3",
			"src syn", "fin", "src and dst push", "dst retrans", "tcp src or dst rst", "frag", "multipath", "lsp",
			"host fe80::1", "src net 2001:db8::/32", "net 10", "net 192.168.1", "net 10.0.0.1 mask 255.0.255.0", "host localhost",
			"ether src 00:08:5d:01:02:03", "ether host aa:bb:cc:00:00:00/24", "arp host 00:08:5d:01:02:03", "class multi",
			`srcid "abcd"`, "srcid 192.0.2.10", `srcid 2f3e5a70-3b1c-4c5e-9f2a-0123456789ab/"pcap"`, `inf "en0"`, "inf man0",
			"proto gre", "ether proto arp", "ipv4 proto 17", "proto 257", "dsb ef", "co US", "asn 1.5", "inode 10.0.0.1",
			"port http", "tcp port 80-443", "port domain or 8080", "port in {22, 80-90, https}", "src and dst port in {ssh, 53}",
			"src net in {10.0.0.0/8, 192.168.0.1-192.168.0.9, fe80::/10}", "ttl in {1-5, 64}", "dur in {0.5-1.5, 2s}",
			"pkts gt 2 * dpkts", "sbytes gt 10 * dbytes", "bytes / pkts gte 100", "dur gt 5m", "load gt 2k", "gap gt 0", "stos & 2 eq 2",
			`state eq "CON"`, "sport in {80, 443}", "saddr in {10.0.0.0/8}", "saddr neq daddr", `stime gt "2024/01/25"`, `stime lt 1706159922.5`,
			`label ~ "svc=.*"`, `user !~ "^GET \"x\""`, `\proto ~ "t.p"`, `\tcprtt gt 1ms`, `\score gte 0`, "synack gt 0.1",
		}),
		rapid.Custom(func(t *rapid.T) string {
			direction := rapid.SampledFrom([]string{"", "src ", "dst ", "src or dst ", "src and dst "}).Draw(t, "direction")
			head := rapid.SampledFrom([]string{"port", "pkts", "bytes", "ttl", "tos", "loss", "asn", "base", "seq", "trans", "vid", "nstroke"}).Draw(t, "head")
			relation := rapid.SampledFrom([]string{"", "eq ", "neq ", "lt ", "lte ", "gt ", "gte ", ">", "<= ", "!= "}).Draw(t, "relation")
			return fmt.Sprintf("%s%s %s%d", direction, head, relation, rapid.IntRange(0, 3000).Draw(t, "number"))
		}),
		rapid.Custom(func(t *rapid.T) string {
			head := rapid.SampledFrom([]string{"dur", "rate", "dst load", "ploss", "pcr", "jitter", "src intpktidle", "avgdur", "lat"}).Draw(t, "head")
			relation := rapid.SampledFrom([]string{"", "neq ", "lt ", "gte "}).Draw(t, "relation")
			return fmt.Sprintf("%s %s%g", head, relation, float64(rapid.IntRange(0, 5000).Draw(t, "number"))/8)
		}),
	)
	if depth == 0 {
		return atom
	}
	inner := rapid.Deferred(func() *rapid.Generator[string] { return filterGen(depth - 1) })
	return rapid.OneOf(atom, atom, rapid.Custom(func(t *rapid.T) string {
		x, y := inner.Draw(t, "x"), inner.Draw(t, "y")
		switch rapid.IntRange(0, 3).Draw(t, "form") {
		case 0:
			return "not (" + x + ")"
		case 1:
			return "(" + x + ") and (" + y + ")"
		case 2:
			return "(" + x + ") or (" + y + ")"
		}
		return x + rapid.SampledFrom([]string{" and ", " or "}).Draw(t, "joint") + y
	}))
}

func mustCompile(t *rapid.T, text string) *Program {
	p, err := Compile(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

// lawRecords are the records that laws are tried on.
func lawRecords(t *testing.T) []*record.Record {
	var recs []*record.Record
	for _, name := range []string{
		"tcp-full-life", "http-get", "tcp-loss-gap", "tcp-ecn", "udp6-fragmented", "icmp-unreach-about-tcp", "vlan-asymmetric", "arp-request-reply",
		"esp-both-ways-with-loss", "igmp", "gre-ip", "geneve", "mpls-one-two-labels", "rtp-stream", "isis-hello", "icmp6-nd",
	} {
		for _, v := range []string{"v3", "v5"} {
			path := "../testdata/" + v + "/" + name + ".full.arg"
			if exists(path) {
				recs = append(recs, vectorRecords(t, path)...)
			}
		}
	}
	for _, file := range []string{"label5.arg", "mix3.arg"} {
		if exists(vectorDir + "/" + file) {
			recs = append(recs, vectorRecords(t, vectorDir+"/"+file)[:60]...)
		}
	}
	if len(recs) == 0 {
		t.Fatal("no test records")
	}
	return recs
}

// same checks that two filters give the same answer for every record.
func same(t *rapid.T, recs []*record.Record, a, b string) {
	p, q := mustCompile(t, a), mustCompile(t, b)
	for i, r := range recs {
		if p.Match(r) != q.Match(r) {
			t.Fatalf("record %d: %q gives %v, %q gives %v", i, a, p.Match(r), b, q.Match(r))
		}
	}
}

func TestLaws(t *testing.T) {
	recs := lawRecords(t)
	rapid.Check(t, func(t *rapid.T) {
		// A flag or a bare operand takes over what stands before it, so the
		// filters are put in parentheses.
		a, b := "("+drawFilter(t, "a")+")", "("+drawFilter(t, "b")+")"
		same(t, recs, "not not "+a, a)
		same(t, recs, "not ("+a+" and "+b+")", "not "+a+" or not "+b)
		same(t, recs, "not ("+a+" or "+b+")", "not "+a+" and not "+b)
		same(t, recs, a+" and "+b, b+" and "+a)
		same(t, recs, a+" or "+b, b+" or "+a)
		same(t, recs, a+" or not "+a, "")
		same(t, recs, a+" and not "+a, "not (2 > 1)")
		same(t, recs, a+" and ("+b+" or "+a+")", a)
	})
}

// The canonical text compiles to the same program, and is its own canonical text.
func TestCanonicalText(t *testing.T) {
	recs := lawRecords(t)
	rapid.Check(t, func(t *rapid.T) {
		text := drawFilter(t, "filter")
		p := mustCompile(t, text)
		q := mustCompile(t, p.String())
		if p.String() != q.String() {
			t.Fatalf("%q becomes %q, and this %q", text, p, q)
		}
		same(t, recs, text, p.String())
	})
}

// The optimiser changes no answer.
func TestOptimise(t *testing.T) {
	recs := lawRecords(t)
	rapid.Check(t, func(t *rapid.T) {
		text := drawFilter(t, "filter")
		p := mustCompile(t, text)
		plain := compile(p.semantics.meaning(p.tree.Root))
		for i, r := range recs {
			if p.Match(r) != plain.Match(r) {
				t.Fatalf("%q: record %d: %v with the optimiser, %v without", text, i, p.Match(r), plain.Match(r))
			}
		}
	})
}

// A classic filter means the same with and without what this package adds to
// the grammar.
func TestClassicMeaning(t *testing.T) {
	texts := map[string]bool{}
	for _, row := range readTSV(t, "cases.tsv") {
		texts[row[1]] = true
	}
	for _, row := range readTSV(t, "errors.tsv") {
		texts[row[0]] = true
	}
	accepted := 0
	for text := range texts {
		old, err := parse(text, true)
		if err != nil {
			continue
		}
		accepted++
		now, err := parse(text, false)
		if err != nil {
			t.Errorf("%q: no longer parses: %v", text, err)
			continue
		}
		if old.String() != now.String() {
			t.Errorf("%q: means %s, with the additions %s", text, old, now)
		}
	}
	if accepted < 700 {
		t.Errorf("the classic grammar accepts %d of the filters only", accepted)
	}
}

// TestClassicMeaningRandom is the same for words of the language in any order:
// what the classic grammar accepts, the whole grammar reads alike.
func TestClassicMeaningRandom(t *testing.T) {
	words := []string{"tcp", "port", "80", "443", "src", "dst", "or", "and", "not", "(", ")", "host", "1.2.3.4", "pkts", "gt", "lt", "eq", ">", "=",
		"5", "-5", "1.5", "10k", "dur", "in", "file", "ge", "le", "ne", "http", "sbytes", "syn", "co", "US", "LT", "AS", "proto", "ether", "/8", "net", "10",
		"+", "*", "/", "&", "label", `"x"`, "mask", "255.0.0.0", "ttl", "loss", "retrans", "user", "{", "}", "~"}
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for range rapid.IntRange(1, 10).Draw(t, "length") {
			text += rapid.SampledFrom(words).Draw(t, "word") + " "
		}
		old, err := parse(text, true)
		if err != nil {
			return
		}
		now, err := parse(text, false)
		if err != nil {
			t.Fatalf("%q: no longer parses: %v", text, err)
		}
		if old.String() != now.String() {
			t.Fatalf("%q: means %s, with the additions %s", text, old, now)
		}
	})
}
