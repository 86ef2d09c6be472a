package printer

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// abbreviated3 and abbreviated5 print a number with two digits as the real
// programs do: cut, not rounded, version 3 with a blank below 1000, version 5 a
// thousandth and K for anything from 1 on.
func abbreviated3(v float64) string { return cutAbbreviated(v, " KMG", false) }
func abbreviated5(v float64) string { return cutAbbreviated(v, "KKMG", true) }

func cutAbbreviated(v float64, suffixes string, always bool) string {
	steps := 0
	for ; v >= 1000; steps++ {
		v /= 1000
	}
	if steps == 0 && v >= 1 && always {
		v /= 1000
	}
	text := strconv.FormatFloat(v, 'f', 3, 64)
	return text[:len(text)-1] + suffixes[steps:steps+1]
}

// TestReferenceAbbreviated replays -H: what the real programs print follows from
// the value by their rule, what we print by ours.
func TestReferenceAbbreviated(t *testing.T) {
	fields := strings.Fields("bytes pkts sbytes load rate")
	for ra, theirs := range map[string]func(float64) string{"ra3": abbreviated3, "ra5": abbreviated5} {
		out, err := filepath.Glob(filepath.Join(reference, "out", "opt."+ra+".H-p2.txt"))
		if err != nil || len(out) == 0 {
			t.Skipf("%s not found", reference)
		}
		want := lines(t, out[0])[1:]
		o := record.TextOptions{Precision: 2, Abbreviate: true}
		n := 0
		each(t, filepath.Join(reference, "data", "synth.v"+ra[2:]+".arg"), func(r *record.Record, _ int64) {
			if !r.IsFlow() || n == len(want) {
				return
			}
			cells := strings.Fields(want[n])
			n++
			for i, field := range fields {
				a, _ := record.Lookup(field)
				v, _ := a.Float64(r)
				if got := strings.TrimSpace(theirs(v)); got != cells[i] && !same(strings.TrimRight(got, "KMG"), strings.TrimRight(cells[i], "KMG")) {
					t.Errorf("%s, line %d, %s of %v: by the rule %q, printed %q", ra, n, field, v, got, cells[i])
				}
				ours := fmt.Sprintf("%.2f", v)
				switch {
				case v >= 1e6:
					ours = fmt.Sprintf("%.2fM", v/1e6)
				case v >= 1e3:
					ours = fmt.Sprintf("%.2fK", v/1e3)
				case a.Int != nil:
					ours = fmt.Sprint(int64(v))
				}
				if got := string(a.AppendText(nil, r, &o)); got != ours {
					t.Errorf("%s, line %d, %s of %v: %q, want %q", ra, n, field, v, got, ours)
				}
			}
		})
		if n != len(want) {
			t.Errorf("%s: %d records, want %d", ra, n, len(want))
		}
	}
}
