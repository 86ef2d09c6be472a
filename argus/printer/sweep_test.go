package printer

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

const sharedData = "../../../shared/data"

// TestReferenceSweep prints the record files of all other vectors with the
// fields that their CSV has by its titles, and compares every cell.
func TestReferenceSweep(t *testing.T) {
	count := map[string]int{}
	files := 0
	for _, pattern := range []string{"wire/*.ra[35].csv", "sensor/v[35]/*.csv", "enrichment/*.csv", "own/v[35]/*.csv*", "processing/out/*.csv"} {
		names, _ := filepath.Glob(filepath.Join(sharedData, pattern))
		for _, name := range names {
			if sweep(t, name, count) {
				files++
			}
		}
	}
	if files == 0 {
		t.Skipf("%s not found", sharedData)
	}
	var whys []string
	total := 0
	for why, n := range count {
		whys = append(whys, why)
		total += n
	}
	sort.Strings(whys)
	for _, why := range whys {
		t.Logf("%8d %s", count[why], why)
	}
	t.Logf("%8d cells of %d files", total, files)
}

// recordsOf finds the record file of a CSV and the program that printed it.
func recordsOf(name string) (arg, ra string) {
	base := strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".csv")
	ra = "ra5"
	if strings.Contains(name, "v3") {
		ra = "ra3"
	}
	for _, suffix := range []string{".ra3", ".ra5"} {
		if strings.HasSuffix(base, suffix) {
			base, ra = strings.TrimSuffix(base, suffix), suffix[1:]
		}
	}
	if strings.HasSuffix(base, ".raw") {
		base, ra = strings.TrimSuffix(base, ".raw"), "ra5"
	}
	return base + ".arg", ra
}

func readMaybeGz(name string) ([]byte, error) {
	if b, err := os.ReadFile(name); err == nil && !strings.HasSuffix(name, ".gz") {
		return b, nil
	}
	f, err := os.Open(strings.TrimSuffix(name, ".gz") + ".gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// attributesOf finds the fields of a line of titles.
func attributesOf(titles []string) (names []string, ok bool) {
	byTitle := map[string]string{"sLo": "sloc", "dLo": "dloc", "dsPkts": "dspkts", "ddPkts": "ddpkts", "TotAppByte": "appbytes"}
	for a := range record.Attributes().All() {
		title := a.Title[:min(len(a.Title), a.Width)]
		if _, taken := byTitle[title]; !taken {
			byTitle[title] = a.Name
		}
		if _, taken := byTitle[a.Title]; !taken {
			byTitle[a.Title] = a.Name
		}
	}
	for _, title := range titles {
		title = strings.TrimSpace(title)
		name, found := byTitle[title]
		if !found {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// sweep compares one CSV and reports whether there was something to compare.
func sweep(t *testing.T, name string, count map[string]int) bool {
	arg, ra := recordsOf(name)
	data, err := readMaybeGz(arg)
	if err != nil || len(data) < 4 || data[0] == 0x1f || strings.Contains(name, "netflow-import") {
		return false
	}
	text, err := readMaybeGz(name)
	if err != nil || len(text) == 0 {
		return false
	}
	return compareCSV(t, name, ra, data, string(text), nil, 0, count)
}
