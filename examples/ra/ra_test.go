package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	httpGet = "../../testdata/v3/http-get.full.arg"
	mixed   = "../../testdata/v5/icmp-unreach-about-tcp.full.arg"
)

// program builds ra once for a test.
func program(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ra")
	if out, err := exec.Command("go", "build", "-o", name, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

// run runs a program without the configuration files of the machine.
func run(t *testing.T, name string, args ...string) (out, errs string, code int) {
	t.Helper()
	cmd := exec.Command(name, append([]string{"-X"}, args...)...)
	cmd.Env = append(os.Environ(), "TZ=UTC")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), code
}

func need(t *testing.T, files ...string) {
	t.Helper()
	for _, name := range files {
		if _, err := os.Stat(name); err != nil {
			t.Skipf("%s not found", name)
		}
	}
}

func TestRa(t *testing.T) {
	need(t, httpGet, mixed)
	ra := program(t)
	flows, errs, code := run(t, ra, "-n", "-r", httpGet, mixed)
	if code != 0 || errs != "" || !strings.HasPrefix(strings.TrimSpace(flows), "StartTime") || strings.Count(flows, "\n") < 3 {
		t.Fatalf("code %d, %q, %q", code, errs, flows)
	}

	// Records that are written print as those that were read.
	copyFile := filepath.Join(t.TempDir(), "copy.arg")
	if _, errs, code := run(t, ra, "-r", httpGet, mixed, "-w", copyFile); code != 0 {
		t.Fatalf("code %d, %s", code, errs)
	}
	again, _, _ := run(t, ra, "-n", "-r", copyFile)
	if diff := cmp.Diff(flows, again); diff != "" {
		t.Errorf("written and read again (-want +got):\n%s", diff)
	}

	// Standard input, filters, limits, rejected records.
	rejected := filepath.Join(t.TempDir(), "rejected.arg")
	tcp, _, _ := run(t, ra, "-n", "-L", "-1", "-r", copyFile, "-E", rejected, "-", "tcp")
	rest, _, _ := run(t, ra, "-n", "-L", "-1", "-r", rejected)
	if got, want := strings.Count(tcp, "\n")+strings.Count(rest, "\n"), strings.Count(flows, "\n")-1; got != want || tcp == "" || rest == "" {
		t.Errorf("%d lines pass or are rejected, want %d", got, want)
	}
	first, _, _ := run(t, ra, "-n", "-L", "-1", "-r", copyFile, "-N", "2-2")
	if want := strings.SplitAfter(flows, "\n")[2]; first != want {
		t.Errorf("the second is %q, want %q", first, want)
	}
	if none, _, _ := run(t, ra, "-n", "-r", copyFile, "-t", "1999/01/01"); none != "" {
		t.Errorf("in 1999 there was %q", none)
	}
	if web, _, _ := run(t, ra, "-n", "-L", "-1", "-r", copyFile, "-e", "s:GET /"); strings.Count(web, "\n") != 1 {
		t.Errorf("with GET there is %q", web)
	}
	if quiet, _, _ := run(t, ra, "-q", "-A", "-r", copyFile); !strings.HasPrefix(quiet, " Totalrecords ") {
		t.Errorf("got %q", quiet)
	}
}

// TestReferenceTotals replays -A. The real programs count the management record
// that opens a file twice, and version 3 knows no events.
func TestReferenceTotals(t *testing.T) {
	const fields = "../../../shared/data/fields/"
	need(t, fields+"out/opt.ra5.A.txt")
	ra := program(t)
	for version, columns := range map[string]string{"3": "TotalEventRecords 0", "5": ""} {
		b, err := os.ReadFile(fields + "out/opt.ra" + version + ".A.txt")
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Split(strings.TrimSpace(string(b)), "\n")
		out, errs, code := run(t, ra, "-n", "-A", "-N", "3", "-r", fields+"data/synth.v"+version+".arg")
		got := strings.Split(strings.TrimSpace(out), "\n")
		if code != 0 || len(got) != len(want) || !slices.Equal(got[1:len(got)-1], want[1:len(want)-1]) {
			t.Fatalf("code %d, %s, %q, want %q", code, errs, got, want)
		}
		words := func(line string) string { return strings.Join(strings.Fields(line), " ") }
		total := words(strings.NewReplacer("Totalrecords 5", "Totalrecords 4", "TotalManRecords 2", "TotalManRecords 1").Replace(want[len(want)-1]))
		if ours := words(strings.Replace(got[len(got)-1], columns, "", 1)); ours != total {
			t.Errorf("version %s: got %q, want %q", version, ours, total)
		}
	}
}

// TestDetached lets ra go on by itself.
func TestDetached(t *testing.T) {
	need(t, httpGet)
	if runtime.GOOS == "windows" {
		t.Skip("there is no -d on this system")
	}
	ra := program(t)
	want, _, _ := run(t, ra, "-n", "-r", httpGet)
	file := filepath.Join(t.TempDir(), "copy.arg")
	if out, errs, code := run(t, ra, "-d", "-r", httpGet, "-w", file); code != 0 || out+errs != "" {
		t.Fatalf("code %d, %q, %q", code, out, errs)
	}
	got := ""
	for deadline := time.Now().Add(20 * time.Second); got != want && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		got, _, _ = run(t, ra, "-n", "-r", file)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if out, _, _ := run(t, ra, "-d", "-d", "-n", "-r", httpGet); out != want { // a toggle
		t.Errorf("with -d twice there is %q", out)
	}
}

func TestForms(t *testing.T) {
	need(t, httpGet)
	ra := program(t)
	out, _, _ := run(t, ra, "-n", "-c", ",", "-s", "saddr,dport,suser:40,label", "-r", httpGet)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) < 2 || len(rows[1]) != 4 {
		t.Errorf("%v of %q", err, out)
	}
	for _, form := range []string{"json", "json=typed"} {
		out, _, _ := run(t, ra, "-n", "-M", form, "-r", httpGet)
		for line := range strings.Lines(out) {
			if !json.Valid([]byte(line)) {
				t.Errorf("-M %s: no JSON: %q", form, line)
			}
		}
	}
}

func TestExitCodes(t *testing.T) {
	ra := program(t)
	broken := filepath.Join(t.TempDir(), "broken.arg")
	if err := os.WriteFile(broken, []byte("not a record at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		code int
		errs string
		args []string
	}{
		{0, "", []string{"--help"}},
		{0, "", []string{"--version"}},
		{0, "", []string{"--fields"}},
		{1, "no such file", []string{"-r", "nosuch.arg"}},
		{1, "broken.arg", []string{"-r", broken}},
		{2, "there is no attribute", []string{"-r", broken, "-s", "nosuch"}},
		{2, "^", []string{"-r", broken, "-", "tcp", "and"}},
		{2, "unknown option", []string{"-r", broken, "-y"}},
	} {
		_, errs, code := run(t, ra, test.args...)
		if code != test.code || !strings.Contains(errs, test.errs) {
			t.Errorf("%q: code %d, %q, want %d, %q", test.args, code, errs, test.code, test.errs)
		}
	}
}

// TestInteropOptions compares with the real ra where neither has a defect.
func TestInteropOptions(t *testing.T) {
	need(t, httpGet)
	real, err := exec.LookPath("ra")
	if err != nil {
		t.Skip("the real ra is not installed")
	}
	if out, _ := exec.Command(real, "-h").CombinedOutput(); !strings.Contains(string(out), "3.0.8") {
		t.Skip("ra of version 3.0.8 is not installed")
	}
	files := []string{"-r", httpGet, "../../testdata/v3/dns-over-tcp.full.arg", "../../testdata/v3/bidirectional-elephant.full.arg"}
	need(t, files[1:]...)
	ra := program(t)
	for _, options := range [][]string{
		{"-n"}, {"-nn"}, {}, {"-n", "-u"}, {"-n", "-p", "2"}, {"-n", "-p", "0"}, {"-n", "-N", "2"}, {"-n", "-N", "1+1"},
		{"-n", "-L", "2"}, {"-n", "-L", "-1"}, {"-n", "-z"}, {"-n", "-Zb"}, {"-n", "-M", "uni", "-s", "saddr sport daddr spkts dpkts sbytes stime"},
		{"-n", "-M", "rmon", "-s", "saddr sport pkts spkts dpkts bytes sbytes dbytes"}, {"-n", "-s", "-flgs", "-s", "+1ltime", "-s", "+suser:20", "-s", "daddr:8"},
		{"-n", "-M", "printer=encode64", "-s", "saddr suser:20 duser:30"}, {"-n", "-s", "stime smac dmac sttl dtos"},
		{"-n", "-e", "GET", "-s", "saddr dport"}, {"-n", "-s", "saddr:12:%u daddr"},
	} {
		args := append(append(append([]string{}, options...), files...), "-", "tcp") // 3.0.8.2 counts management records for -N
		want, _, _ := run(t, real, args...)
		got, errs, code := run(t, ra, args...)
		if code != 0 {
			t.Errorf("%q: code %d, %s", options, code, errs)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-real +ours):\n%s", options, diff)
		}
	}
}
