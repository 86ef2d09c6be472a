package interop_test

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const own = "../../testdata"

// ownVector is a row of the table of what the real tools made of our own record
// files (testdata/README.md).
type ownVector struct{ tool, input, options, version, output string }

func (v *ownVector) name() string {
	return v.tool + "/" + strings.TrimSuffix(strings.TrimSuffix(filepath.Base(v.output), ".gz"), filepath.Ext(v.output))
}

// in is the record file, unpacked.
func (v *ownVector) in(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(own, "v"+v.version, v.input+".arg")
	if _, err := os.Stat(path); err != nil {
		path += ".gz"
	}
	return unpacked(t, dir, path)
}

// conf is the correction of directions that was in force: that of version 3 has
// the configuration of the system, that of version 5 none.
func (v *ownVector) conf(t *testing.T, dir string) string {
	t.Helper()
	name, text := filepath.Join(dir, "rc"), ""
	if v.version == "3" {
		text = "RA_PORT_DIRECTION=\"services,wellknown\"\n"
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func ownVectors(t *testing.T, tool string) (out []ownVector) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(own, "processing", "cases.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if c := strings.Split(line, "\t"); c[0] == tool {
			out = append(out, ownVector{c[0], c[1], c[3], c[4], c[6]})
		}
	}
	if len(out) == 0 {
		t.Fatalf("no rows of %s", tool)
	}
	return out
}

// ownColumns are the columns of the answers of rasort.
const ownColumns = "stime,proto,saddr,sport,daddr,dport,spkts,dpkts,sbytes,dbytes"

const (
	ownProto = 1
	ownSrc   = 2
	ownSport = 3
	ownDst   = 4
	ownDport = 5
	ownSpkts = 6
	ownBytes = 8
)

// ownRows are rows without what readers print in different ways: names of
// protocols, ports of ICMP, and, in version 3, the direction, which its reader
// decides once more.
func ownRows(text, version string) (rows [][]string) {
	for line := range strings.Lines(text) {
		c := strings.Split(strings.TrimRight(line, "\n"), ",")
		if len(c) != 10 || c[0] == "StartTime" {
			continue
		}
		for i := range c {
			c[i] = strings.TrimSpace(c[i])
		}
		if c[ownProto] != "tcp" && c[ownProto] != "udp" {
			c[ownSport], c[ownDport] = "", ""
		}
		for _, i := range []int{ownSport, ownDport} {
			if c[i] == "0" {
				c[i] = ""
			}
		}
		if version == "3" && cmp.Compare(c[ownSrc]+":"+c[ownSport], c[ownDst]+":"+c[ownDport]) > 0 {
			for i := ownSrc; i <= ownSport; i++ {
				c[i], c[i+2] = c[i+2], c[i]
			}
			c[ownSpkts], c[ownSpkts+1] = c[ownSpkts+1], c[ownSpkts]
			c[ownBytes], c[ownBytes+1] = c[ownBytes+1], c[ownBytes]
		}
		rows = append(rows, c)
	}
	return rows
}

// sortedBy is the value of a row that the options sort by first.
func sortedBy(t *testing.T, options string, row []string) float64 {
	t.Helper()
	cells := map[string][]int{"-m bytes": {ownBytes, ownBytes + 1}, "-m sbytes saddr": {ownBytes}, "-m stime": {0}}[options]
	if cells == nil {
		t.Fatalf("no column for %q", options)
	}
	sum := 0.0
	for _, i := range cells {
		v, err := strconv.ParseFloat(row[i], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += v
	}
	return sum
}

// Every rasort row of our own record files: the same records, and the same
// sequence of what they are sorted by.
func TestOwnRasort(t *testing.T) {
	ours := tools(t, "rasort", "ra")
	for _, v := range ownVectors(t, "rasort") {
		t.Run(v.name(), func(t *testing.T) {
			dir := t.TempDir()
			rc, sorted := v.conf(t, dir), filepath.Join(dir, "sorted")
			args := append([]string{"-X", "-F", rc}, strings.Fields(v.options)...)
			if _, err := run(filepath.Join(ours, "rasort"), append(args, "-r", v.in(t, dir), "-w", sorted)...); err != nil {
				t.Fatal(err)
			}
			out, err := run(filepath.Join(ours, "ra"), "-X", "-F", rc, "-u", "-nr", sorted, "-c", ",", "-p", "6", "-s", ownColumns, "-", "not", "man")
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(unpacked(t, dir, filepath.Join(own, v.output)))
			if err != nil {
				t.Fatal(err)
			}
			got, want := ownRows(out, v.version), ownRows(string(b), v.version)
			if len(want) == 0 || len(got) != len(want) {
				t.Fatalf("%d rows, want %d", len(got), len(want))
			}
			turned := v.version == "3" && v.options == "-m sbytes saddr" // the side depends on the direction
			var a, z []string
			for i := range got {
				if x, y := sortedBy(t, v.options, got[i]), sortedBy(t, v.options, want[i]); x != y && !turned {
					t.Errorf("row %d: %v, want %v", i, got[i], want[i])
				}
				a, z = append(a, strings.Join(got[i], ",")), append(z, strings.Join(want[i], ","))
			}
			sameSet(t, v.options, a, z)
		})
	}
}

// Every racount row of our own record files, but for classes of addresses
// (docs/differences/tools.md).
func TestOwnRacount(t *testing.T) {
	ours := tools(t, "racount")
	for _, v := range ownVectors(t, "racount") {
		t.Run(v.name(), func(t *testing.T) {
			dir := t.TempDir()
			args := append([]string{"-X", "-F", v.conf(t, dir)}, strings.Fields(v.options)...)
			out, err := run(filepath.Join(ours, "racount"), append(args, "-nr", v.in(t, dir))...)
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(own, v.output))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := sums(out), sums(string(b)); got != want {
				t.Errorf("%s\nwant\n%s", got, want)
			}
			records := func(s string) int {
				n, err := strconv.Atoi(strings.Fields(strings.Split(s, "\n")[1])[1])
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			want := records(string(b))
			if v.version == "3" {
				want-- // counts one too many
			}
			if got := records(out); got != want {
				t.Errorf("%d records, want %d", got, want)
			}
			sides := func(s string) []string {
				c := strings.Fields(strings.Split(s, "\n")[1])
				return slices.Concat(c[3:5], c[6:8])
			}
			// racount 5.0 decides the direction of UDP for itself.
			if v.version == "5" && v.input != "udp-bidirectional-port-order.full" && !slices.Equal(sides(out), sides(string(b))) {
				t.Errorf("sides %v, want %v", sides(out), sides(string(b)))
			}
		})
	}
}
