package filter

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

var (
	expressions    = flag.Int("expressions", 2000, "how many filters to compare with the real ra")
	expressionSeed = flag.Uint64("expression-seed", 20240125, "what the filters are made from")
)

// realFilter runs the real ra over a file of records that are numbered in
// their sequence numbers.
type realFilter struct {
	ra, file string
	recs     []*record.Record

	mu    sync.Mutex
	cache map[string]answer
}

// answer is what the real ra says: the numbers of the records, or that it
// refuses the filter.
type answer struct {
	matches map[int]bool
	refused bool
}

// ask runs one filter, without the optimiser of the reference, which is wrong.
func (f *realFilter) ask(expr string) (answer, error) {
	f.mu.Lock()
	a, ok := f.cache[expr]
	f.mu.Unlock()
	if ok {
		return a, nil
	}
	var stdout, stderr bytes.Buffer
	var err error
	// The real ra gives itself 1.5 s to compile a filter, which a busy machine
	// may not have: a refusal counts if it is repeated.
	for range 3 {
		stdout.Reset()
		stderr.Reset()
		cmd := exec.Command(f.ra, "-X", "-O", "-n", "-r", f.file, "-c", ",", "-s", "seq", "-", expr)
		cmd.Env = append(os.Environ(), "TZ=UTC")
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err = cmd.Run(); stderr.Len() == 0 {
			break
		}
	}
	a = answer{matches: map[int]bool{}, refused: stderr.Len() > 0}
	if err != nil && stderr.Len() == 0 && stdout.Len() > 0 {
		return a, fmt.Errorf("%q: %w", expr, err)
	}
	for line := range strings.Lines(stdout.String()) {
		if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
			a.matches[n] = true
		}
	}
	f.mu.Lock()
	f.cache[expr] = a
	f.mu.Unlock()
	return a, nil
}

// newRealFilter collects the version 3 records of the test data into one file.
func newRealFilter(t *testing.T) *realFilter {
	t.Helper()
	ra, err := exec.LookPath("ra")
	if err != nil {
		t.Skip("ra: not installed")
	}
	if out, _ := exec.Command(ra, "-X", "-h").CombinedOutput(); !bytes.Contains(out, []byte("Version 3.0.8")) {
		t.Skip("ra of version 3.0.8: not installed")
	}
	names, _ := filepath.Glob("../testdata/v3/*.arg")
	more, _ := filepath.Glob(vectorDir + "/*3.arg")
	f := &realFilter{ra: ra, file: filepath.Join(t.TempDir(), "all.arg"), cache: map[string]answer{}}
	var all []byte
	for _, name := range append(names, more...) {
		for _, r := range vectorRecords(t, name) {
			b := bytes.Clone(r.Bytes())
			if r.Kind() == record.Management {
				if len(all) == 0 {
					all = append(all, b...) // the one that opens a file
				}
				continue
			}
			number(b, len(f.recs))
			numbered := new(record.Record)
			if err := numbered.Load(b); err != nil {
				t.Fatal(err)
			}
			f.recs = append(f.recs, numbered)
			all = append(all, b...)
		}
	}
	if len(f.recs) == 0 {
		t.Skip("version 3 records not found")
	}
	if err := os.WriteFile(f.file, all, 0o600); err != nil {
		t.Fatal(err)
	}
	f.orient(t)
	return f
}

// number writes a sequence number into the transport DSR, which is the first
// of every record: header 4, type, subtype, qualifier, length, id 4, number 4.
func number(b []byte, n int) {
	if len(b) >= 16 && b[4] == record.DSRTransport.Type() && b[7] >= 3 {
		binary.BigEndian.PutUint32(b[12:], uint32(n))
	}
}

// orient turns round the records that the real ra turns round when it reads
// them, whatever it is told.
func (f *realFilter) orient(t *testing.T) {
	out, err := exec.Command(f.ra, "-X", "-n", "-r", f.file, "-c", ",", "-s", "seq", "saddr", "sport", "daddr", "dport", "spkts", "dpkts").Output()
	if err != nil {
		t.Fatal(err)
	}
	turned := 0
	for line := range strings.Lines(string(out)) {
		c := strings.Split(strings.TrimSpace(line), ",")
		n, err := strconv.Atoi(c[0])
		if err != nil || len(c) != 7 {
			continue
		}
		r := f.recs[n]
		m, flow := r.Metrics(), r.Flow()
		spkts, dpkts := fmt.Sprint(m.Src.Packets), fmt.Sprint(m.Dst.Packets)
		if !isIP(flow) {
			continue // printed as stored
		}
		exchanged := c[5] == dpkts && c[6] == spkts && c[1] == flow.Dst.String() && c[3] == flow.Src.String()
		same := c[5] == spkts && c[6] == dpkts && c[1] == flow.Src.String() && c[3] == flow.Dst.String()
		if same && exchanged && flow.SrcPort != flow.DstPort {
			same = c[2] == fmt.Sprint(flow.SrcPort)
		}
		if exchanged && !same {
			r.Reverse()
			turned++
		}
	}
	t.Logf("%d records, %d turned round", len(f.recs), turned)
}

// Filters made from the grammar at random give the same records as the real
// ra. Where not, the structure is the same and each single test that differs is
// of a class of docs/differences.md.
func TestDifferential(t *testing.T) {
	if testing.Short() {
		t.Skip("short: runs the real ra thousands of times")
	}
	f := newRealFilter(t)
	g := &generatorOfText{rng: rand.New(rand.NewPCG(*expressionSeed, 3)), recs: f.recs}
	exprs := make([]string, *expressions)
	for i := range exprs {
		exprs[i] = g.expr(3)
	}
	var wg sync.WaitGroup
	next := make(chan string)
	results := make([]map[string]int, 2)
	for w := range results {
		results[w] = map[string]int{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			for expr := range next {
				compareWithReal(t, f, expr, results[w])
			}
		}()
	}
	for _, e := range exprs {
		next <- e
	}
	close(next)
	wg.Wait()
	total := map[string]int{}
	for _, r := range results {
		for k, n := range r {
			total[k] += n
		}
	}
	t.Logf("%d filters: %v", len(exprs), total)
}

// compareWithReal compares one filter, and counts equal and explained answers.
func compareWithReal(t *testing.T, f *realFilter, expr string, count map[string]int) {
	want, err := f.ask(expr)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	p, err := Compile(expr)
	if err != nil || want.refused {
		t.Errorf("%q: refused %v, got %v", expr, want.refused, err)
		return
	}
	equal := true
	for i, r := range f.recs {
		equal = equal && sharedMatch(p, r) == want.matches[i]
	}
	if equal {
		count["equal"]++
		return
	}
	leaves := map[string]answer{}
	for i := range f.recs {
		got, err := f.structure(p.tree.Root, i, leaves, nil)
		if err == nil && got != want.matches[i] {
			if !f.decimalsExplain(p.tree.Root, i, leaves, want.matches[i]) {
				err = fmt.Errorf("by its parts the real ra gives %v, as a whole %v", got, want.matches[i])
			}
			count["absent-decimal"]++
		}
		if err != nil {
			t.Errorf("%q: record %d: %v", expr, i, err)
			return
		}
	}
	for leaf, a := range leaves {
		for _, i := range f.differing(leaf, a) {
			id := f.explainRecord(leaf, f.recs[i])
			if id == "" {
				t.Errorf("%q: %q differs for record %d without an explanation: real %v", expr, leaf, i, a.matches[i])
				return
			}
			count[id]++
		}
	}
	count["explained"]++
}

// decimalsExplain reports whether the tests of decimal numbers could have given
// the answer: in the reference they depend on the tests before them.
func (f *realFilter) decimalsExplain(n Node, i int, leaves map[string]answer, want bool) bool {
	var names []string
	for leaf := range leaves {
		if decimalLeaf.MatchString(leaf) {
			names = append(names, leaf)
		}
	}
	for bits := range 1 << min(len(names), 10) {
		forced := map[string]bool{}
		for k, name := range names {
			forced[name] = bits>>k&1 != 0
		}
		if got, err := f.structure(n, i, leaves, forced); err == nil && got == want {
			return true
		}
	}
	return false
}

var decimalLeaf = regexp.MustCompile(`dur|rate|load|intpkt|jit`)

// The records are shared by two workers: matching caches what it decodes.
var matchLock sync.Mutex

func sharedMatch(p *Program, r *record.Record) bool {
	matchLock.Lock()
	defer matchLock.Unlock()
	return p.Match(r)
}

// structure evaluates our tree with the answers of the real ra for its leaves,
// but for those that are forced.
func (f *realFilter) structure(n Node, i int, leaves map[string]answer, forced map[string]bool) (bool, error) {
	switch n := n.(type) {
	case *And:
		for _, term := range n.Terms {
			if ok, err := f.structure(term, i, leaves, forced); err != nil || !ok {
				return false, err
			}
		}
		return true, nil
	case *Or:
		for _, term := range n.Terms {
			if ok, err := f.structure(term, i, leaves, forced); err != nil || ok {
				return ok, err
			}
		}
		return false, nil
	case *Not:
		ok, err := f.structure(n.X, i, leaves, forced)
		return !ok, err
	}
	text := string(n.AppendText(nil))
	if answer, ok := forced[text]; ok {
		return answer, nil
	}
	a, ok := leaves[text]
	if !ok {
		var err error
		if a, err = f.ask(text); err != nil || a.refused {
			return false, fmt.Errorf("%q: refused %v: %w", text, a.refused, err)
		}
		leaves[text] = a
	}
	return a.matches[i], nil
}

// differing lists the records for which we and the real ra give different
// answers to one test.
func (f *realFilter) differing(leaf string, a answer) (differ []int) {
	p, err := Compile(leaf)
	if err != nil {
		return nil
	}
	for i, r := range f.recs {
		if sharedMatch(p, r) != a.matches[i] {
			differ = append(differ, i)
		}
	}
	return differ
}

// explainRecord names the class of docs/differences.md that explains why a
// test gives another answer for a record.
func (f *realFilter) explainRecord(leaf string, r *record.Record) string {
	matchLock.Lock()
	defer matchLock.Unlock()
	for _, c := range leafClasses {
		if c.covers.MatchString(leaf) && c.record(leaf, r) {
			return c.id
		}
	}
	return ""
}

// leafClass is a class of differences of single tests.
type leafClass struct {
	id     string
	covers *regexp.Regexp
	record func(leaf string, r *record.Record) bool
}

// absent reports whether a side lacks what a leaf compares: even the loosest
// comparison fails.
func absent(leaf string, r *record.Record) bool {
	head, _, ok := cutRelation(leaf)
	if !ok {
		return false
	}
	for _, side := range []string{"src ", "dst "} {
		p, err := Compile(side + head + " gte -1000000.0")
		if err != nil {
			p, err = Compile(side + head + " gte 0")
		}
		if err == nil && !p.Match(r) {
			return true
		}
	}
	return false
}

// cutRelation takes the direction and the operand off a leaf.
func cutRelation(leaf string) (head, operand string, ok bool) {
	words := strings.Fields(leaf)
	for len(words) > 1 && (words[0] == "src" || words[0] == "dst" || words[0] == "and" || words[0] == "or") {
		words = words[1:]
	}
	if len(words) < 2 {
		return "", "", false
	}
	return words[0], words[len(words)-1], true
}

func noTCPState(_ string, r *record.Record) bool {
	return r.Flow().Proto != record.ProtoTCP || !r.Network().IsTCP() || r.Network().Kind == record.NetworkTCP
}

func flowIs(test func(*record.Flow) bool) func(string, *record.Record) bool {
	return func(_ string, r *record.Record) bool { return test(r.Flow()) }
}

func isTurned(_ string, r *record.Record) bool { return r.Reversed() }

var leafClasses = []leafClass{
	{"absent", re(` (lt|lte) `), absent},
	{"absent-decimal", re(`^.*(intpkt|jit)`), absent},
	{"zero-sign", re(`(lt|gte) 0\.0$`), func(string, *record.Record) bool { return true }},
	{"absent-bits", re(`(syn|fin|rst|ack|push|urg|ece|cwr|ecn|ooo|retrans|winshut|synack|finack|normal|wait)$`), noTCPState},
	{"option-tcp", re(`^(tcpopt|mss|wscale|selack|selackok|tcpecho|tcptimestamp|secn|decn)$`), func(leaf string, r *record.Record) bool {
		return noTCPState(leaf, r) || r.Flow().Type == record.KeyIPv6
	}},
	{"any-option", re(`^tcpopt$`), flowIs(func(f *record.Flow) bool { return f.Proto == record.ProtoTCP })},
	{"absent-bits", re(`^icmpmap$`), func(_ string, r *record.Record) bool { return !r.Has(record.DSRICMP) }},
	{"flag-protocol", re(`^(tcp|udp|ip) .*(syn|fin|rst|ack|push|urg|ece|cwr|ecn|ooo|retrans|winshut|frag)$`), func(leaf string, r *record.Record) bool {
		p, err := Compile(strings.Fields(leaf)[0])
		return err == nil && !p.Match(r)
	}},
	{"absent-bits", re(`multipath$`), func(_ string, r *record.Record) bool { return !r.Has(record.DSRMAC) }},
	{"cause-mask", re(`^(start|status|stop|timeout|shut|event)$`), func(_ string, r *record.Record) bool {
		return r.Cause() == record.Stop || r.Cause() == record.Shutdown
	}},
	{"media-ipv6", re(`^(rtp|rtcp)$`), flowIs(func(f *record.Flow) bool { return f.Type == record.KeyIPv6 })},
	{"multicast", re(`^ip multicast$`), flowIs(func(f *record.Flow) bool { return f.Src.Bytes()[0] >= 0xF0 || f.Dst.Bytes()[0] >= 0xF0 })},
	{"ip-id", re(`ipid`), flowIs(func(f *record.Flow) bool { return f.Proto != record.ProtoTCP || f.Type == record.KeyIPv6 })},
	{"both-fragments", re(`^.*src and dst frag$`), func(string, *record.Record) bool { return true }},
	{"answered-ipv6", re(`^est$`), flowIs(func(f *record.Flow) bool { return f.Type == record.KeyIPv6 })},
	{"idle-side", re(`^src or dst (intpkt|jit)idle`), func(string, *record.Record) bool { return true }},
	{"reversed", re(`rate|load`), isTurned},
	{"tcp-only", re(`base`), noTCPState},
	{"igmp-type", re(`^(rtr|mbr|lvg)$`), flowIs(func(f *record.Flow) bool { return f.Proto == record.ProtoIGMP })},
	{"nan", re(`jit`), func(_ string, r *record.Record) bool {
		j := r.Jitter()
		return j.Src.Active.StdDev == 0 || j.Dst.Active.StdDev == 0 || j.Src.Idle.StdDev == 0 || j.Dst.Idle.StdDev == 0
	}},
	{"redirect", re(`^redirect$`), func(_ string, r *record.Record) bool { return r.Network().ICMP.Type == 5 }},
	{"reversed-close", re(`^normal$`), isTurned},
	{"fragment-ports", re(`port`), flowIs(func(f *record.Flow) bool { return f.Fragment })},
	{"rarp", re(`^arp .*host`), flowIs(func(f *record.Flow) bool { return f.Type == record.KeyRARP })},
	{"spi-masks", re(`^spi`), flowIs(func(f *record.Flow) bool { return f.Proto == record.ProtoESP })},
}
