// Command compare measures the example programs against the real Argus 3.0.8.2
// programs and writes a table. Both run in turn on the same generated input;
// what counts is the ratio of processor time (user and system, whole process,
// garbage collection included), medians of several runs.
//
//	go run ./internal/perf/compare -dir bench-data -o docs/performance.md
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// work is one row: what the real program runs, and what ours runs. Words in
// capitals are files of the data folder; OUT is removed before each run.
type work struct {
	name       string
	real, ours string
}

var rows = []work{
	{"sensor, mix", "argus -X -r MIX -w OUT", "argus -r MIX -w OUT"},
	{"sensor, mix, -J -R -A -Z -U 64 -m", "argus -X -J -R -A -Z -U 64 -m -r MIX -w OUT", "argus -J -R -A -Z -U 64 -m -r MIX -w OUT"},
	{"sensor, scan", "argus -X -r SCAN -w OUT", "argus -r SCAN -w OUT"},
	{"sensor, elephant", "argus -X -r ELEPHANT -w OUT", "argus -r ELEPHANT -w OUT"},
	{"copy", "ra -X -r V3 -w OUT", "ra -X -r V3 -w OUT"},
	{"filter, 5 % match", "ra -X -r V3 -w OUT - port 3306", "ra -X -r V3 -w OUT - port 3306"},
	{"filter, complex", "ra -X -r V3 -w OUT - " + complexFilter, "ra -X -r V3 -w OUT - " + complexFilter},
	{"count", "racount -X -r V3", "racount -X -r V3"},
	{"default text", "ra -X -n -r V3", "ra -X -n -r V3"},
	{"CSV, 41 fields", "ra -X -n -c , -r V3 -s " + fields41, "ra -X -n -c , -r V3 -s " + fields41},
	{"racluster", "racluster -X -r V3 -w OUT", "racluster -X -r V3 -w OUT"},
	{"racluster, all distinct", "racluster -X -r V3SCAN -w OUT", "racluster -X -r V3SCAN -w OUT"},
	{"racluster -m saddr", "racluster -X -m saddr -r V3 -w OUT", "racluster -X -m saddr -r V3 -w OUT"},
	{"rabins -M time 10s", "rabins -X -M time 10s -r V3 -w OUT", "rabins -X -M time 10s -r V3 -w OUT"},
	{"rasort -m stime", "rasort -X -m stime -r V3 -w OUT", "rasort -X -m stime -r V3 -w OUT"},
}

const (
	complexFilter = "(tcp and (dst port 443 or dst port 22) and src net 10.0.0.0/24) or (udp and not port 53 and bytes gt 100000)"
	fields41      = "stime ltime dur flgs proto saddr sport dir daddr dport pkts spkts dpkts bytes sbytes dbytes state stos dtos sttl dttl " +
		"sipid dipid svlan dvlan smac dmac rate srate drate load sload dload loss sloss dloss swin dwin stcpb dtcpb tcprtt"
)

func main() {
	dir := flag.String("dir", "bench-data", "folder for workloads and programs")
	out := flag.String("o", "", "file to write the table to; standard output if empty")
	runs := flag.Int("n", 3, "runs of each program")
	only := flag.String("only", "", "rows whose name contains this")
	packets := flag.Int("packets", 5000000, "packets of the workloads mix and elephant")
	flag.Parse()
	if err := compare(*dir, *out, *only, *runs, *packets); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func compare(dir, out, only string, runs, packets int) error {
	if _, err := exec.LookPath("argus"); err != nil {
		return fmt.Errorf("the real programs are not installed: %w", err)
	}
	files, err := prepare(dir, packets)
	if err != nil {
		return err
	}
	var table strings.Builder
	fmt.Fprintf(&table, "| work | real, cpu s | ours, cpu s | ratio | real, MiB | ours, MiB | ours, wall s |\n|---|---:|---:|---:|---:|---:|---:|\n")
	for _, w := range rows {
		if !strings.Contains(w.name, only) {
			continue
		}
		program, _, _ := strings.Cut(w.ours, " ")
		if _, err := os.Stat(filepath.Join(dir, "bin", program)); err != nil {
			continue // no such program of ours
		}
		r, o, err := measure(w, files, dir, runs)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		line := fmt.Sprintf("| %s | %.2f | %.2f | %.1f | %d | %d | %.2f |\n",
			w.name, r.cpu.Seconds(), o.cpu.Seconds(), r.cpu.Seconds()/o.cpu.Seconds(), r.memory>>20, o.memory>>20, o.wall.Seconds())
		fmt.Fprint(os.Stderr, line)
		table.WriteString(line)
	}
	second, err := alone(dir, only, files, runs)
	if err != nil {
		return err
	}
	table.WriteString("\n" + second)
	if out == "" {
		fmt.Print(table.String())
		return nil
	}
	return rewrite(out, table.String())
}

// rewrite puts the table between the marks of the page, so that its text stays.
func rewrite(name, table string) error {
	const begin, end = "<!-- table -->\n", "<!-- end -->\n"
	page, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	head, rest, ok1 := strings.Cut(string(page), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s: expected a table between %q and %q", name, begin, end)
	}
	machine := fmt.Sprintf("%s, %d processors, %s.\n\n", runtime.Version(), runtime.NumCPU(), time.Now().Format("2006-01-02"))
	return os.WriteFile(name, []byte(head+begin+machine+table+end+tail), 0o644)
}

// usage is what a process took.
type usage struct {
	cpu, wall time.Duration
	memory    int64 // bytes, the peak
}

// measure runs both programs of a row in turn and returns their medians.
func measure(w work, files map[string]string, dir string, runs int) (real, ours usage, err error) {
	var r, o []usage
	for range runs {
		u, err := run(w.real, "", files)
		if err != nil {
			return real, ours, err
		}
		r = append(r, u)
		if u, err = run(w.ours, filepath.Join(dir, "bin"), files); err != nil {
			return real, ours, err
		}
		o = append(o, u)
	}
	return middle(r, cpu), middle(o, cpu), nil
}

// middle is the run with the median figure.
func middle(all []usage, figure func(usage) float64) usage {
	slices.SortFunc(all, func(a, b usage) int { return cmp.Compare(figure(a), figure(b)) })
	return all[len(all)/2]
}

// run runs one command line. A folder names where to find the program.
func run(line, folder string, files map[string]string) (usage, error) {
	words := arguments(line, files)
	if folder != "" {
		words[0] = filepath.Join(folder, words[0])
	}
	if err := os.Remove(files["OUT"]); err != nil && !os.IsNotExist(err) {
		return usage{}, err
	}
	cmd := exec.Command(words[0], words[1:]...)
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("%s: %w", strings.Join(words, " "), err)
	}
	s := cmd.ProcessState
	return usage{s.UserTime() + s.SystemTime(), time.Since(start), peak(s)}, nil
}

// arguments splits a command line; a filter is one argument.
func arguments(line string, files map[string]string) []string {
	line, filter, filtered := strings.Cut(line, " - ")
	words := strings.Fields(line)
	for i, w := range words {
		if f, ok := files[w]; ok {
			words[i] = f
		}
	}
	if filtered {
		words = append(words, "-", filter)
	}
	return words
}
