// Package interop_test runs the example programs against the real Argus 3.0.8.2
// programs, where they are installed.
package interop_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// programs are the paths of what the tests run.
type programs struct {
	argus, ra         string // ours, built for the test
	realArgus, realRa string
	dir               string
}

// build builds our programs and finds the real ones, or skips the test.
func build(t *testing.T) programs {
	t.Helper()
	p := programs{dir: t.TempDir()}
	var err error
	if p.realArgus, err = exec.LookPath("argus"); err != nil {
		t.Skip("the real argus is not installed")
	}
	if p.realRa, err = exec.LookPath("ra"); err != nil {
		t.Skip("the real ra is not installed")
	}
	if out, err := exec.Command(p.realRa, "-h").CombinedOutput(); !strings.Contains(string(out), "3.0.8") {
		t.Skipf("ra of version 3.0.8 not found: %v", err)
	}
	for _, name := range []string{"argus", "ra"} {
		out := filepath.Join(p.dir, name)
		cmd := exec.Command("go", "build", "-o", out, "../"+name)
		if b, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go build %s: %v\n%s", name, err, b)
		}
	}
	p.argus, p.ra = filepath.Join(p.dir, "argus"), filepath.Join(p.dir, "ra")
	return p
}

// run runs a program and returns what it printed.
func run(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", filepath.Base(name), strings.Join(args, " "), err, errs.String())
	}
	return string(out), err
}

// wrong are the captures on which the 3.0.8.2 sensor is known to be wrong
// (docs/differences.md), so that ours has to differ.
var wrong = []string{
	"erspan", "icmp6-", "ip-total-length-", "ip-version-wrong", "ip4-in-ip6", "tcp-port-reuse", "tcp-same-host",
	"tcp-synack-only", "udp6-fragmented",
}

func isWrong(name string) bool {
	return slices.ContainsFunc(wrong, func(p string) bool { return strings.HasPrefix(name, p) })
}

const fields = "stime,dur,proto,saddr,sport,dir,daddr,dport,spkts,dpkts,sbytes,dbytes,state"

// normalize removes differences of printing style between readers: padding of
// the direction, and 0 where another reader leaves a port blank.
func normalize(csv string) []string {
	var rows []string
	for _, line := range strings.Split(strings.TrimSpace(csv), "\n") {
		if line == "" || strings.HasPrefix(line, "StartTime") {
			continue
		}
		cells := strings.Split(line, ",")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
			if (i == 4 || i == 7) && (cells[i] == "0" || cells[i] == "0x0000") {
				cells[i] = ""
			}
		}
		rows = append(rows, strings.Join(cells, ","))
	}
	slices.Sort(rows)
	return rows
}

// unpacked returns the capture as a plain file, which real programs need.
func unpacked(t *testing.T, dir, name string) string {
	t.Helper()
	if !strings.HasSuffix(name, ".gz") {
		return name
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, strings.TrimSuffix(filepath.Base(name), ".gz"))
	w, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, z); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestInteropSensor compares, for every capture: what the real ra prints of our
// version 3 file, what our ra prints of it, and what the real ra prints of the
// real sensor's file.
func TestInteropSensor(t *testing.T) {
	p := build(t)
	captures, err := filepath.Glob("../../testdata/pcap/*")
	if err != nil || len(captures) == 0 {
		t.Fatalf("no captures: %v", err)
	}
	for _, capture := range captures {
		base, _, _ := strings.Cut(filepath.Base(capture), ".")
		t.Run(base, func(t *testing.T) {
			dir := t.TempDir()
			file := unpacked(t, dir, capture)
			ours, theirs := filepath.Join(dir, "ours.arg"), filepath.Join(dir, "real.arg")
			if _, err := run(p.argus, "-X", "-e", "192.0.2.1", "-3", "-r", file, "-w", ours); err != nil {
				t.Fatal(err)
			}
			print := []string{"-X", "-u", "-n", "-p", "6", "-c", ",", "-s", fields, "-r"}
			realOfOurs, err := run(p.realRa, append(slices.Clone(print), ours, "-", "not", "man")...)
			if err != nil {
				t.Fatal(err)
			}
			oursOfOurs, err := run(p.ra, append(slices.Clone(print), ours)...)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, "real ra and ours, of our file", normalize(realOfOurs), normalize(oursOfOurs))
			if isWrong(base) {
				return
			}
			if _, err := run(p.realArgus, "-X", "-e", "192.0.2.1", "-r", file, "-w", theirs); err != nil {
				t.Skipf("the real sensor fails: %v", err)
			}
			realOfReal, err := run(p.realRa, append(slices.Clone(print), theirs, "-", "not", "man")...)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, "real sensor's file and ours, by the real ra", normalize(realOfReal), normalize(realOfOurs))
		})
	}
}

// compare reports rows that only one side has.
func compare(t *testing.T, what string, want, got []string) {
	t.Helper()
	if slices.Equal(want, got) {
		return
	}
	t.Errorf("%s: %d and %d rows", what, len(want), len(got))
	only := func(mark string, a, b []string) {
		for _, row := range a {
			if !slices.Contains(b, row) {
				t.Errorf("  %s %s", mark, row)
			}
		}
	}
	only("-", want, got)
	only("+", got, want)
}
