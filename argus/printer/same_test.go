package printer

import (
	"math"
	"strconv"
	"strings"
)

// same reports whether two cells are equal: as text, or, for numbers with
// fractions, within what a few steps in 32 bits make of them.
func same(got, want string) bool {
	if got == want {
		return true
	}
	if !strings.Contains(want, ".") || strings.Count(want, ".") != 1 {
		return false
	}
	g, err1 := strconv.ParseFloat(strings.TrimSpace(got), 64)
	w, err2 := strconv.ParseFloat(strings.TrimSpace(want), 64)
	if err1 != nil || err2 != nil {
		return false
	}
	unit := math.Pow10(-(len(want) - strings.IndexByte(want, '.') - 1))
	return math.Abs(g-w) <= unit+1e-6*math.Abs(w)
}
