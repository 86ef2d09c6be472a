package filter

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// superseded are the rows of errors.tsv that a ruling has overtaken: numbers
// have suffixes, gap has a meaning.
var superseded = map[string]bool{"pkts gt 1k": true, "bytes 10K": true, "dur gt 1s": true, "gap 1": true}

func TestErrorVectors(t *testing.T) {
	rows := readTSV(t, "errors.tsv")
	for _, row := range rows {
		expr, want := row[0], row[4]
		_, err := vectorOptions.Compile(expr)
		if superseded[expr] || strings.HasPrefix(want, "accept") {
			if err != nil {
				t.Errorf("%s: want it accepted, got %v", expr, err)
			}
			continue
		}
		place, _, _ := strings.Cut(want, " ")
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v, want %s", expr, err, want)
			continue
		}
		if got := fmt.Sprintf("%s@%d", e.Code, e.Offset); got != place {
			t.Errorf("%s: got %s (%v), want %s", expr, got, err, want)
		}
		if e.End() > len(expr) || e.Token() != expr[e.Offset:e.End()] {
			t.Errorf("%s: the token %q is not at %s", expr, e.Token(), strconv.Itoa(e.Offset))
		}
	}
	t.Logf("%d rows", len(rows))
}
