package printer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReferenceAllFields prints every attribute of the first thirty records of
// every file and compares each cell: text exactly, numbers with fractions within
// what 32 bits make of them. What differs is explained by name.
func TestReferenceAllFields(t *testing.T) {
	count := map[string]int{}
	for _, v := range vectors(t, "all.csv") {
		names := strings.Fields(lines(t, filepath.Join(reference, "out", "fields"+v.ra[2:]+".txt"))[0])
		data, err := os.ReadFile(v.file + ".arg")
		if err != nil {
			t.Fatal(err)
		}
		compareCSV(t, v.out, v.ra, data, strings.Join(lines(t, v.out), "\n"), names, 30, count)
	}
	t.Logf("%v", count)
}
