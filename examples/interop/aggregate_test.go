package interop_test

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// groupFields are what the real ra prints of the results of both programs. Left
// out is what docs/differences/processing.md names: Ethernet addresses, sequence
// numbers, windows, loads, flags and inter-packet times of merged records.
const groupFields = "stime ltime dur trans mean min max proto saddr sport daddr dport spkts dpkts sbytes dbytes sappbytes dappbytes"

// merging is the options that are compared, of each program.
var merging = map[string][]string{
	"racluster": {
		"", "-m saddr", "-m daddr", "-m proto", "-m sport", "-m dport", "-m srcid", "-m saddr daddr", "-m saddr daddr proto",
		"-m saddr proto", "-m daddr dport", "-m daddr dport proto", "-m proto dport", "-m saddr sport", "-m saddr/24 proto daddr/24",
		"-m saddr/28 proto sport", "-m saddr/16 daddr/16 proto dport", "-m saddr/8 proto", "-m saddr daddr/24 proto", "-m matrix", "-m matrix/24",
		"-m smac", "-m dmac", "-m smac dmac", "-m svlan dvlan", "-m smpls dmpls", "-m none",
		"-m smac saddr", "-m srcid saddr daddr", "-m proto sport dport", "-M correct", "-M correct -m saddr daddr proto sport dport",
		"-M norep -m saddr proto", "-M ind -m proto", "-M nopreserve -m proto", "-M nopreserve -m saddr daddr", "-m addr", "-m port",
		"-M rmon -m saddr", "-M rmon", "-m proto -N 20",
	},
	"rabins": {
		"-M time 1s", "-M time 5s", "-M time 10s -m proto", "-M time 30s -m saddr", "-M time 1m -m saddr daddr proto", "-M time 1h -m proto",
		"-M time 20s -m daddr dport proto", "-M hard time 30s -m proto", "-M nomodify time 10s", "-M nomodify time 20s -m saddr proto",
		"-M time 10s -m none", "-M time 7s -m srcid",
	},
}

// mergedFiles are version 3 files with many records of many kinds.
var mergedFiles = []string{"many-flows.full.arg.gz", "tcp-long-status-intervals.s1.arg.gz", "udp-idle-timeout.s1.arg", "icmp-unreach-all-codes.full.arg"}

func TestInteropAggregation(t *testing.T) {
	p := build(t)
	for tool, all := range merging {
		real, err := exec.LookPath(tool)
		if err != nil {
			t.Skipf("the real %s is not installed", tool)
		}
		ours := filepath.Join(p.dir, tool)
		if b, err := exec.Command("go", "build", "-o", ours, "../"+tool).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		for _, options := range all {
			t.Run(tool+" "+options, func(t *testing.T) {
				for _, name := range mergedFiles {
					compareGroups(t, p, real, ours, options, filepath.Join("../../testdata/v3", name))
				}
			})
		}
	}
}

func compareGroups(t *testing.T, p programs, real, ours, options, file string) {
	words := strings.Fields(options)
	if strings.HasSuffix(ours, "rabins") {
		words = append(words, "-M", "nopreserve") // as the real one does always
	}
	want := groupsOf(t, p, real, strings.Fields(options), file)
	got := groupsOf(t, p, ours, words, file)
	missing, extra := subtract(want, got), subtract(got, want)
	if len(missing)+len(extra) == 0 {
		return
	}
	t.Errorf("%s: %d groups, of which %d differ", filepath.Base(file), len(want), len(missing))
	for i := range min(3, max(len(missing), len(extra))) {
		if i < len(missing) {
			t.Errorf("  real %v", missing[i])
		}
		if i < len(extra) {
			t.Errorf("  ours %v", extra[i])
		}
	}
}

// row is a group as it is printed, without the mean, which the real programs
// round to 32 bits at every merge.
type row struct {
	text string
	mean float64
}

// groupsOf runs a program and prints what it wrote by the real ra.
func groupsOf(t *testing.T, p programs, program string, options []string, file string) []row {
	out := filepath.Join(t.TempDir(), "out.arg")
	args := append(append([]string{"-X", "-r", file}, options...), "-w", out)
	switch all := strings.Join(options, " "); {
	case strings.Contains(all, "/"):
		args = append(args, "-", "not arp") // masks are not applied to ARP by the real programs
	case strings.Contains(all, "rmon"), all == "-m addr", all == "-m port":
		args = append(args, "-", "udp") // ports of IPv6, here TCP alone, are not turned round; ICMP errors have a time that depends on the side
	}
	if _, err := run(program, args...); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(out); err != nil { // nothing to write
		return nil
	}
	text, err := run(p.realRa, append([]string{"-X", "-r", out, "-L", "-1", "-n", "-u", "-p", "6", "-c", ",", "-s"}, strings.Fields(groupFields)...)...)
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		if len(cells) != len(strings.Fields(groupFields)) || cells[colGroupProto] == "man" {
			continue
		}
		mean, _ := strconv.ParseFloat(cells[colMean], 64)
		cells[colMean] = "-"
		if cells[colGroupProto] == "icmp" && (cells[colTrans] != "1" || slices.Contains(options, "norep")) { // types are cleared if only their codes differ, which makes them echo replies
			cells[colGroupSport] = "-"
		}
		for _, col := range []int{colGroupSrc, colGroupDst} {
			if strings.Contains(cells[col], "::") { // common prefixes are cut to whole words by the real programs
				cells[col], _, _ = strings.Cut(cells[col], "::")
			}
		}
		rows = append(rows, row{strings.Join(cells, ","), mean})
	}
	return rows
}

// The places of the fields that are looked at.
const (
	colTrans      = 3
	colMean       = 4
	colGroupProto = 7
	colGroupSrc   = 8
	colGroupSport = 9
	colGroupDst   = 10
)

// subtract returns the rows of a that b has not, counting equal ones.
func subtract(a, b []row) []row {
	means := map[string][]float64{}
	for _, r := range b {
		means[r.text] = append(means[r.text], r.mean)
	}
	var out []row
	for _, r := range a {
		left := means[r.text]
		i := slices.IndexFunc(left, func(m float64) bool { return math.Abs(m-r.mean) <= 2e-6*max(1, math.Abs(m)) })
		if i < 0 {
			out = append(out, r)
			continue
		}
		means[r.text] = slices.Delete(left, i, i+1)
	}
	return out
}
