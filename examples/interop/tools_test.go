package interop_test

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tools builds our programs of some names and returns the directory of them.
func tools(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if b, err := exec.Command("go", "build", "-o", filepath.Join(dir, name), "../"+name).CombinedOutput(); err != nil {
			t.Fatalf("go build %s: %v\n%s", name, err, b)
		}
	}
	return dir
}

// real finds a real program of version 3.0.8, or skips the test.
func real(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("the real %s is not installed", name)
	}
	if out, _ := exec.Command(path, "-h").CombinedOutput(); !strings.Contains(string(out), "3.0.8") {
		t.Skipf("%s of version 3.0.8 not found", name)
	}
	return path
}

const (
	rowFields = "stime,proto,saddr,sport,daddr,dport,pkts,bytes,spkts,sbytes"
)

// rowsOf prints some fields of a file of records by our ra, so that what is
// compared are records and not printers.
func rowsOf(t *testing.T, ra, file string, more ...string) []string {
	t.Helper()
	out, err := run(ra, append([]string{"-X", "-r", file, "-n", "-u", "-p", "6", "-c", ",", "-L", "-1", "-s", rowFields}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	if out = strings.TrimSpace(out); out == "" {
		return nil
	}
	return strings.Split(out, "\n")
}

// sameSet compares rows without regard to their order.
func sameSet(t *testing.T, what string, ours, theirs []string) {
	t.Helper()
	ours, theirs = slices.Clone(ours), slices.Clone(theirs)
	slices.Sort(ours)
	slices.Sort(theirs)
	if !slices.Equal(ours, theirs) {
		t.Errorf("%s: %d rows, the real one has %d", what, len(ours), len(theirs))
		for _, pair := range [][2][]string{{ours, theirs}, {theirs, ours}} {
			for _, row := range pair[0] {
				if !slices.Contains(pair[1], row) {
					t.Logf("only one has %s", row)
					break
				}
			}
		}
	}
}

var inputs = []string{"many-flows.full.arg.gz", "tcp-bulk-jitter.s1.arg", "icmp-unreach-all-codes.full.arg", "udp-idle-timeout.s1.arg"}

// input returns a file of records of the real sensor as a plain file.
func input(t *testing.T, dir, name string) string {
	t.Helper()
	for _, n := range []string{name, name + ".gz", strings.TrimSuffix(name, ".gz")} {
		path := filepath.Join("..", "..", "testdata", "v3", n)
		if _, err := os.Stat(path); err == nil {
			return unpacked(t, dir, path)
		}
	}
	t.Skipf("%s not found", name)
	return ""
}

// column prints one field of a file.
func column(t *testing.T, ra, file, field string) string {
	t.Helper()
	out, err := run(ra, "-X", "-r", file, "-n", "-u", "-p", "6", "-c", ",", "-L", "-1", "-s", field)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Sorting gives the same records, and the same sequence of what they were sorted
// by; the order of equal ones is not defined in the real program.
func TestRasort(t *testing.T) {
	theirs := real(t, "rasort")
	ours := tools(t, "rasort", "ra")
	dir := t.TempDir()
	for _, name := range inputs {
		in := input(t, dir, name)
		for _, keys := range []string{
			"stime", "ltime", "dur", "bytes", "sbytes", "dbytes", "pkts", "spkts", "dpkts", "rate", "load", "saddr", "daddr", "proto",
			"sport", "dport", "seq", "tcprtt", "proto saddr dport", "saddr/24 stime", "sbytes saddr",
		} {
			if keys == "tcprtt" && !strings.HasPrefix(name, "tcp") {
				continue // the real one does not sort what has no TCP state
			}
			t.Run(name+" "+keys, func(t *testing.T) {
				a, b := filepath.Join(t.TempDir(), "ours"), filepath.Join(t.TempDir(), "theirs")
				words := append([]string{"-X", "-r", in, "-m"}, strings.Fields(keys)...)
				for _, v := range []string{"", "-v"} {
					os.Remove(a)
					os.Remove(b)
					more := slices.Clone(words)
					if v != "" {
						more = append(more, v)
					}
					only := "ip"
					if _, err := run(filepath.Join(ours, "rasort"), append(slices.Clone(more), "-w", a, "-", "not", "man", "and", only)...); err != nil {
						t.Fatal(err)
					}
					if _, err := run(theirs, append(slices.Clone(more), "-w", b, "-", "not", "man", "and", only)...); err != nil {
						t.Fatal(err)
					}
					ra := filepath.Join(ours, "ra")
					sameSet(t, keys, rowsOf(t, ra, a), rowsOf(t, ra, b))
					field := strings.Fields(keys)[0]
					if strings.Contains(field, "/") || field == "sport" || field == "dport" || field == "rate" || strings.HasSuffix(field, "addr") && v != "" {
						continue // see docs/differences/tools.md
					}
					if x, y := column(t, ra, a, field), column(t, ra, b, field); !nearly(x, y) {
						t.Errorf("-m %s %s: the sequences of %s differ", keys, v, field)
					}
				}
			})
		}
	}
}

// nearly compares columns; numbers may differ by what 32 bits cannot tell apart.
func nearly(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	return slices.EqualFunc(x, y, func(p, q string) bool {
		v, err := strconv.ParseFloat(p, 64)
		w, err2 := strconv.ParseFloat(q, 64)
		return p == q || err == nil && err2 == nil && math.Abs(v-w) <= 1e-6*math.Abs(w)
	})
}

var blanks = regexp.MustCompile(` +`)

// Counting gives the same sums; the real program counts one record more, kinds
// of address by tables of its time, and no Ethernet types from 0x1000 on.
func TestRacount(t *testing.T) {
	theirs := real(t, "racount")
	ours := tools(t, "racount")
	dir := t.TempDir()
	for _, name := range inputs {
		in := input(t, dir, name)
		for _, mode := range []string{"", "proto", "rmon proto"} {
			words := []string{"-X", "-r", in}
			if mode != "" {
				words = append(append(words, "-M"), strings.Fields(mode)...)
			}
			filter := []string{"-", "not", "man"}
			a, err := run(filepath.Join(ours, "racount"), append(slices.Clone(words), filter...)...)
			if err != nil {
				t.Fatal(err)
			}
			b, err := run(theirs, append(slices.Clone(words), filter...)...)
			if err != nil {
				t.Fatal(err)
			}
			x, y := strings.Split(strings.TrimSpace(a), "\n"), strings.Split(strings.TrimSpace(b), "\n")
			if len(x) != len(y) {
				t.Errorf("%s -M %s:\n%s\nthe real one:\n%s", name, mode, a, b)
				continue
			}
			for i := range x {
				p, q := strings.Fields(x[i]), strings.Fields(y[i])
				if i == 1 { // the sum
					p[1], q[1] = "", ""
				}
				if !slices.Equal(p, q) {
					t.Errorf("%s -M %s: %q, the real one %q", name, mode, x[i], y[i])
				}
			}
		}
	}
}

// Division by time gives the same files with the same records.
func TestRasplit(t *testing.T) {
	theirs := real(t, "rasplit")
	ours := tools(t, "rasplit", "ra")
	ra := filepath.Join(ours, "ra")
	dir := t.TempDir()
	for _, name := range inputs {
		in, err := filepath.Abs(input(t, dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range [][]string{
			{"-M", "time", "10s", "-w", "x.%Y.%m.%d.%H.%M.%S"}, {"-M", "time", "1m", "-w", "d/%Y/%m/$srcid/arg.%H.%M"},
			{"-M", "time", "1d"}, {"-M", "time", "1h", "-w", "$proto.arg.%H"}, {"-M", "nomodify", "time", "10s", "-w", "n.%H.%M.%S"},
			{"-M", "count", "40", "-a", "3", "-w", "c3."},
		} {
			what := name + " " + strings.Join(words, " ")
			a, b := t.TempDir(), t.TempDir()
			words = append(append([]string{"-X", "-r", in}, words...), "-", "not", "man", "and", "ip")
			if words[4] == "count" { // where the real one counts the opening record
				words = words[:len(words)-5]
			}
			for path, in := range map[string]string{filepath.Join(ours, "rasplit"): a, theirs: b} {
				cmd := exec.Command(path, words...)
				cmd.Dir, cmd.Env = in, append(os.Environ(), "TZ=UTC")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s %s: %v: %s", path, what, err, out)
				}
			}
			x, y := below(t, a), below(t, b)
			if !slices.Equal(x, y) {
				t.Errorf("%s: files %q, the real one %q", what, x, y)
				continue
			}
			for _, f := range x {
				sameSet(t, what+" "+f, rowsOf(t, ra, filepath.Join(a, f), "-", "not", "man"), rowsOf(t, ra, filepath.Join(b, f), "-", "not", "man"))
			}
		}
	}
}

// below are the files below a directory.
func below(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Stripped records have the same parts.
func TestRastrip(t *testing.T) {
	theirs := real(t, "rastrip")
	ours := tools(t, "rastrip", "ra")
	dir := t.TempDir()
	for _, name := range inputs {
		in := input(t, dir, name)
		for _, words := range []string{"", "-M -net", "-M -agr -M -mac -M -jitter", "-M +agr", "-M time flow metric", "-M -suser", "-M -duser -M -time"} {
			a, b := filepath.Join(t.TempDir(), "ours"), filepath.Join(t.TempDir(), "theirs")
			for path, out := range map[string]string{filepath.Join(ours, "rastrip"): a, theirs: b} {
				args := append(append([]string{"-X", "-r", in}, strings.Fields(words)...), "-w", out, "-", "not", "man", "and", "ip")
				if _, err := run(path, args...); err != nil {
					t.Fatal(err)
				}
			}
			list := func(file string) string {
				out, err := run(filepath.Join(ours, "ra"), "-X", "-r", file, "-n", "-u", "-c", ",", "-s", "dsrs,stime,saddr,daddr,pkts,bytes,smac,sttl,trans", "-", "not", "man")
				if err != nil {
					t.Fatal(err)
				}
				return out
			}
			if x, y := list(a), list(b); x != y {
				t.Errorf("%s %s: parts differ:\n%.400s\nthe real one:\n%.400s", name, words, x, y)
			}
		}
	}
}

// Searching and time ranges print the same.
func TestSmallTools(t *testing.T) {
	ours := tools(t, "ragrep", "ratimerange", "rahisto")
	dir := t.TempDir()
	for _, c := range []string{
		"ratimerange many-flows.full.arg.gz -n -u -p 6 - not man", "ratimerange tcp-bulk-jitter.s1.arg -n - not man",
		"ratimerange udp-idle-timeout.s1.arg -n -u - not man",
		"ragrep http-get.full.arg -n -e GET -s stime saddr sport daddr dport", "ragrep http-get.full.arg -n -e d:200 -s stime saddr sport daddr dport",
		"ragrep http-get.full.arg -n -v -e NOTTHERE -s stime saddr sport daddr dport - tcp", "ragrep http-get.full.arg -n -c , -e GET",
		"rahisto many-flows.full.arg.gz -n -H bytes 20:0-1000 -M nozero - udp", "rahisto many-flows.full.arg.gz -n -H bytes 10:0-2000 - not man",
		"rahisto many-flows.full.arg.gz -n -H sbytes 5:0-1K - not man", "rahisto tcp-bulk-jitter.s1.arg -n -H bytes 8L:1-10000000 - not man",
		"rahisto many-flows.full.arg.gz -n -H spkts 10:1 -M nozero - not man",
	} {
		t.Run(c, func(t *testing.T) {
			words := strings.Fields(c)
			theirs := real(t, words[0])
			args := append([]string{"-X", "-r", input(t, dir, words[1])}, words[2:]...)
			if words[0] == "rahisto" { // takes one word for a histogram
				at := slices.Index(args, "-H")
				args = slices.Replace(args, at+1, at+3, args[at+1]+" "+args[at+2])
			}
			a, err := run(filepath.Join(ours, words[0]), args...)
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			b, _ := run(theirs, args...) // its exit code means nothing
			if x, y := classes(a), classes(b); x != y {
				t.Errorf("\n%s\nthe real one:\n%s", x, y)
			}
		})
	}
}

// classes are the lower borders of the classes of a histogram that are not empty,
// and how many records are in each. The real one rounds shares to 32 bits, numbers
// classes as they are printed, and has statistics wrong.
func classes(out string) string {
	_, table, found := strings.Cut(out, "Cum.Freq")
	if !found {
		return strings.TrimSpace(blanks.ReplaceAllString(out, " "))
	}
	var rows []string
	for line := range strings.Lines(table) {
		if c := strings.Fields(line); len(c) > 2 && c[2] != "0" {
			rows = append(rows, c[1]+" "+c[2])
		}
	}
	return strings.Join(rows, "\n")
}
