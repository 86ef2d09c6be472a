package interop_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const processing = "../../../shared/data/processing"

// vector is a row of the table of what the real tools made of records.
type vector struct{ id, version, tool, command, stdout, csv string }

func vectors(t *testing.T) (out []vector) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(processing, "cases.tsv"))
	if err != nil {
		t.Skip("the reference answers were not found")
	}
	for line := range strings.Lines(string(b)) {
		c := strings.Split(line, "\t")
		out = append(out, vector{c[0], c[1][:1], c[2], c[4], c[5], c[6]})
	}
	return out[1:]
}

// arguments are those of a command without its output, and with the correction of
// directions that was in force.
func (v *vector) arguments(t *testing.T, dir string) []string {
	t.Helper()
	command, _, _ := strings.Cut(v.command, "(run in")
	out, err := exec.Command("sh", "-c", `printf '%s\n' `+command).Output() // splits words as the shell did
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Split(strings.TrimSpace(string(out)), "\n")[1:]
	words[slices.Index(words, "/dev/null")] = v.conf(t, dir)
	if at := slices.Index(words, "-w"); at >= 0 && strings.HasPrefix(words[at+1], "out/") {
		words[at+1] = filepath.Join(dir, "out.arg")
	}
	for i, w := range words {
		if strings.HasPrefix(w, "in/") {
			words[i], _ = filepath.Abs(filepath.Join(processing, w))
		}
	}
	return append([]string{"-X"}, words...)
}

func (v *vector) conf(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "rc")
	text := "RA_PORT_DIRECTION=\"services,wellknown\"\n"
	if v.version == "5" {
		text += "RA_RECORD_CORRECTION=yes\n"
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// compared are the columns that are compared, by their titles: those that do not
// depend on how a reader prints a value. Counters of a side and ports follow the
// direction, which 5.0 decides once more when it prints.
var compared = map[string]string{
	"StartTime": "stime", "Proto": "proto", "Dur": "dur", "TotPkts": "pkts", "TotBytes": "bytes", "Trans": "trans", "SrcAddr": "saddr", "DstAddr": "daddr",
}

// exchange puts the ends in one order: they are the columns that may be exchanged.
func exchange(row []string, titles []string) string {
	s, d := slices.Index(titles, "SrcAddr"), slices.Index(titles, "DstAddr")
	row = slices.Clone(row)
	if s >= 0 && d >= 0 && row[s] > row[d] {
		row[s], row[d] = row[d], row[s]
	}
	return strings.Join(row, ",")
}

// readCSV is some columns of the answer of a real tool, without management rows.
func readCSV(t *testing.T, name string) (titles []string, rows [][]string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(processing, name))
	if err != nil {
		t.Skip("the reference answers were not found")
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	var at []int
	all := strings.Split(lines[0], ",")
	for i, title := range all {
		if compared[title] != "" {
			titles, at = append(titles, title), append(at, i)
		}
	}
	proto := slices.Index(all, "Proto")
	for _, line := range lines[1:] {
		cells := strings.Split(line, ",")
		if cells[proto] == "man" {
			continue
		}
		var row []string
		for _, i := range at {
			row = append(row, strings.TrimSpace(cells[i]))
		}
		rows = append(rows, row)
	}
	return titles, rows
}

// sortKeys are the columns whose sequence is compared.
var sortKeys = map[string]string{"stime": "StartTime", "bytes": "TotBytes", "pkts": "TotPkts", "trans": "Trans", "dur": "Dur"}

// Every rasort and rastrip row: the same records, and the same sequence of what
// they are sorted by.
func TestRecordVectors(t *testing.T) {
	ours := tools(t, "rasort", "rastrip", "ra")
	for _, v := range vectors(t) {
		if v.tool != "rasort" && v.tool != "rastrip" || v.csv == "" {
			continue
		}
		t.Run(v.id, func(t *testing.T) {
			dir := t.TempDir()
			args := v.arguments(t, dir)
			if _, err := run(filepath.Join(ours, v.tool), args...); err != nil {
				t.Fatal(err)
			}
			titles, want := readCSV(t, v.csv)
			var fields []string
			for _, title := range titles {
				fields = append(fields, compared[title])
			}
			out, err := run(filepath.Join(ours, "ra"), "-X", "-F", v.conf(t, dir), "-nr", filepath.Join(dir, "out.arg"), "-u", "-p", "6",
				"-c", ",", "-L", "-1", "-s", strings.Join(fields, ","), "-", "not", "man")
			if err != nil {
				t.Fatal(err)
			}
			var got [][]string
			for line := range strings.Lines(out) {
				got = append(got, strings.Split(strings.TrimRight(line, "\n"), ","))
			}
			if v.tool == "rasort" {
				sameSequence(t, args, titles, got, want)
			}
			if slices.Contains(args, "o1-5") || slices.Contains(args, "20") { // which of equal ones comes first is not defined
				want, got = nil, nil
			}
			var a, b []string
			for _, r := range got {
				a = append(a, exchange(r, titles))
			}
			for _, r := range want {
				b = append(b, exchange(r, titles))
			}
			sameSet(t, v.command, a, b)
		})
	}
}

// sameSequence compares the column of the first key.
func sameSequence(t *testing.T, args, titles []string, got, want [][]string) {
	t.Helper()
	at := slices.Index(args, "-m")
	if at < 0 || sortKeys[args[at+1]] == "" {
		return
	}
	i := slices.Index(titles, sortKeys[args[at+1]])
	values := func(rows [][]string) (out []string) {
		for _, r := range rows {
			out = append(out, r[i])
		}
		return out
	}
	if a, b := values(got), values(want); !nearly(strings.Join(a, " "), strings.Join(b, " ")) {
		t.Errorf("%s: %v, want %v", args[at+1], a, b)
	}
}

// wrongTables are the rows of rasplit and rastream whose tables are not ours, and
// why: see docs/differences/tools.md.
var wrongTables = map[string]string{
	"168": "the size of a file is looked at before all is written", "174": "the first letters are passed over", "178": "the first letters are passed over",
}

// Every rasplit and rastream row: the same files with the same sums.
func TestSplitVectors(t *testing.T) {
	ours := tools(t, "rasplit", "rastream", "racount")
	for _, v := range vectors(t) {
		if v.tool != "rasplit" && v.tool != "rastream" {
			continue
		}
		t.Run(v.id, func(t *testing.T) {
			dir, files := t.TempDir(), t.TempDir()
			cmd := exec.Command(filepath.Join(ours, v.tool), v.arguments(t, dir)...)
			cmd.Dir, cmd.Env = files, append(os.Environ(), "TZ=UTC")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			got := map[string]string{}
			for _, name := range below(t, files) {
				out, err := run(filepath.Join(ours, "racount"), "-X", "-r", filepath.Join(files, name))
				if err != nil {
					t.Fatal(err)
				}
				sum := strings.Fields(strings.Split(out, "\n")[1])
				got[name] = fmt.Sprintf("%s %s", sum[2], sum[5])
			}
			want := map[string]string{}
			b, err := os.ReadFile(filepath.Join(processing, v.stdout))
			if err != nil {
				t.Skip("the reference answers were not found")
			}
			for line := range strings.Lines(string(b)) {
				if c := strings.Fields(line); c[0] != "name" && c[2] != "0" {
					want[c[0]] = c[2] + " " + c[3]
				}
			}
			maps.DeleteFunc(got, func(_, sum string) bool { return strings.HasPrefix(sum, "0 ") }) // management records alone
			if why := wrongTables[v.id[:3]]; why != "" {
				total := func(m map[string]string) (packets int) {
					for _, s := range m {
						var p, b int
						fmt.Sscan(s, &p, &b)
						packets += p
					}
					return packets
				}
				if total(got) != total(want) {
					t.Errorf("%d packets, want %d", total(got), total(want))
				}
				return
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s\n%v\nwant\n%v", v.command, got, want)
			}
		})
	}
}

// wrongText are the rows that 3.0.8.2 has wrong: its histograms do not count a
// value of zero.
var wrongText = []string{"135-", "138-", "141-", "142-"}

// saysNothing reports whether the answer b of the real tool is none to compare
// with: it has the row wrong (docs/differences/tools.md), or printed nothing, as
// rafilteraddr 5.0 does whatever the list.
func (v vector) saysNothing(b []byte) bool {
	return len(b) == 0 || v.version == "3" && slices.Contains(wrongText, v.id[:4]) ||
		v.version == "5" && slices.Contains(strings.Fields(v.command), "-f")
}

// The rows of the other tools whose whole output is the same.
func TestTextVectors(t *testing.T) {
	ours := tools(t, "ragrep", "ratimerange", "rafilteraddr", "rahisto", "racount")
	for _, v := range vectors(t) {
		switch v.tool {
		case "ragrep", "ratimerange", "rafilteraddr", "rahisto", "racount":
		default:
			continue
		}
		b, err := os.ReadFile(filepath.Join(processing, v.stdout))
		if err != nil {
			t.Fatal(err) // the table is there, so its answers are
		}
		if v.saysNothing(b) {
			continue
		}
		t.Run(v.id, func(t *testing.T) {
			args := v.arguments(t, t.TempDir())
			if strings.Contains(v.command, " -c , -e") { // prints names of files
				args[slices.Index(args, "-r")+1] = "in/" + filepath.Base(args[slices.Index(args, "-r")+1])
			}
			cmd := exec.Command(filepath.Join(ours, v.tool), args...)
			cmd.Dir, cmd.Env = processing, append(os.Environ(), "TZ=UTC")
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			got, want := comparable(v.tool, string(out)), comparable(v.tool, string(b))
			if got != want {
				t.Errorf("%s\n%s\nwant\n%s", v.command, got, want)
			}
		})
	}
}

// comparable is output without what the real tools have wrong or print in
// another style.
func comparable(tool, out string) string {
	switch tool {
	case "rahisto":
		return classes(out)
	case "racount":
		return sums(out)
	}
	var lines []string
	for line := range strings.Lines(out) {
		if c := strings.Split(strings.TrimSpace(line), ","); tool == "rafilteraddr" && len(c) == 4 {
			slices.Sort(c[1:3]) // 3.0.8.2 prints the ends of flows below IP as they are stored
			line = strings.Join(c, ",")
		}
		lines = append(lines, strings.TrimSpace(blanks.ReplaceAllString(line, " ")))
	}
	return strings.Join(lines, "\n")
}

// sums are the rows of racount without the number of all records, of which
// 3.0.8.2 counts one too many, classes of addresses, which are those of today's
// registries, and Ethernet types, which the real ones leave out; and without the
// sides, which depend on the direction that 5.0 decides for each kind of flow.
func sums(out string) string {
	out, _, _ = strings.Cut(out, "Address Summary")
	var rows []string
	for line := range strings.Lines(out) {
		c := strings.Fields(line)
		if len(c) < 8 || c[0] == "eapol" || c[0] == "racount" {
			continue
		}
		if c[0] == "sum" {
			c[1] = ""
		}
		rows = append(rows, strings.Join([]string{c[0], c[1], c[2], c[5]}, " "))
	}
	return strings.Join(rows, "\n")
}
