package main

import (
	"encoding/csv"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// table reads a CSV file with titles: a map from title to value for each row.
func table(t *testing.T, text string) (rows []map[string]string) {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(lines) == 0 {
		t.Fatalf("%v of %.200q", err, text)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, v := range line {
			row[lines[0][i]] = v
		}
		rows = append(rows, row)
	}
	return rows
}

// TestReferencePlaces compares countries and localities that ra looks up with
// those that the real ralabel puts into records. That one knows IPv4 alone, and
// no ARP in the first case.
func TestReferencePlaces(t *testing.T) {
	const dir = "../../../shared/data/enrichment/"
	need(t, dir+"in.arg", dir+"cc.csv")
	ra := program(t)
	for _, test := range []struct {
		vector, variable, file string
		columns                []string
	}{
		{"cc.csv", "RA_DELEGATED_IP", "delegated.txt", []string{"sCo", "dCo"}},
		{"locality.csv", "RA_LOCAL", "locality.txt", []string{"sLo", "dLo"}},
	} {
		text, err := os.ReadFile(dir + test.vector)
		if err != nil {
			t.Fatal(err)
		}
		want := table(t, string(text))
		out, errs, code := run(t, ra, "-n", "-u", "-c", ",", "-o", test.variable+"="+dir+test.file, "-s", "stime saddr daddr proto sco dco sloc dloc", "-r", dir+"in.arg")
		out = strings.Replace(out, "sLoc,dLoc", "sLo,dLo", 1)
		got := table(t, out)
		if code != 0 || errs != "" || len(got) != len(want) {
			t.Fatalf("exit code %d, %s, %d rows, want %d", code, errs, len(got), len(want))
		}
		compared := 0
		for i, row := range want {
			a, err := netip.ParseAddr(row["SrcAddr"])
			if err != nil || !a.Is4() || row["Proto"] == "arp" {
				continue
			}
			for _, c := range test.columns {
				if compared++; got[i][c] != row[c] {
					t.Errorf("%s, row %d: %s is %q, want %q", test.vector, i, c, got[i][c], row[c])
				}
			}
		}
		if compared < 50 {
			t.Errorf("%s: %d values compared", test.vector, compared)
		}
	}
}

// TestLocalDirection turns flows round by the locality of their ends.
func TestLocalDirection(t *testing.T) {
	need(t, httpGet)
	ra := program(t)
	source := func(options ...string) string {
		t.Helper()
		out, errs, code := run(t, ra, append(options, "-n", "-L", "-1", "-N", "1", "-s", "saddr:40", "-r", httpGet, "-", "tcp")...)
		if code != 0 {
			t.Fatalf("%q: exit code %d, %s", options, code, errs)
		}
		return strings.TrimSpace(out)
	}
	src := source()
	places := filepath.Join(t.TempDir(), "places")
	if err := os.WriteFile(places, []byte("0.0.0.0/0 1\n"+src+" 5 64496 lab\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	local := func(options ...string) string {
		args := []string{"-o", "RA_LOCAL=" + places}
		for _, o := range options {
			args = append(args, "-o", o)
		}
		return source(args...)
	}
	for how, turned := range map[string]bool{
		"RA_LOCAL_DIRECTION=force:src": false, "RA_LOCAL_DIRECTION=force:dst": true, "RA_LOCAL_DIRECTION=suggest:dst": false, // the SYN decides
		"RA_LOCAL_DIRECTION=local:src": false, "RA_LOCAL_DIRECTION=time": false, "RA_LOCAL_CORRECT=yes": false,
	} {
		if got := local(how); (got != src) != turned {
			t.Errorf("%s: source %s of %s", how, got, src)
		}
	}
	if got := local("RA_LOCAL_DIRECTION=force:dst", "RA_LOCAL_CORRECT=no"); got != src {
		t.Error("RA_LOCAL_CORRECT=no does not undo it")
	}
	if out, _, _ := run(t, ra, "-n", "-L", "-1", "-N", "1", "-o", "RA_LOCAL="+places, "-s", "sloc dloc sgrp:5 dgrp:5", "-r", httpGet, "-", "tcp"); strings.Join(strings.Fields(out), " ") != "5 1 lab" {
		t.Errorf("localities and groups: %q", out)
	}
	for _, test := range []struct{ variable, want string }{
		{"RA_LOCAL=nosuch", "no such file"}, {"RA_LOCAL_DIRECTION=force:dst", "RA_LOCAL must name"}, {"RA_LOCAL_DIRECTION=up", "want time"}, {"RA_DELEGATED_IP=nosuch", "no such file"},
	} {
		if _, errs, code := run(t, ra, "-s", "sloc sco", "-o", test.variable, "-r", httpGet); code != 2 || !strings.Contains(errs, test.want) {
			t.Errorf("%s: exit code %d, %s", test.variable, code, errs)
		}
	}
}

// TestPID keeps a second ra from being started, until the first is gone.
func TestPID(t *testing.T) {
	ra := program(t)
	dir := t.TempDir()
	name := filepath.Join(dir, "ra.pid")
	if err := os.WriteFile(name, []byte("no number"), 0o600); err != nil {
		t.Fatal(err)
	}
	pid := []string{"-o", "RA_SET_PID=yes", "-o", "RA_PID_PATH=" + dir, "-r", "-"}
	first := exec.Command(ra, append([]string{"-X"}, pid...)...)
	input, err := first.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	want := strconv.Itoa(first.Process.Pid) + "\n"
	var got []byte
	for deadline := time.Now().Add(20 * time.Second); string(got) != want && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		got, _ = os.ReadFile(name)
	}
	if string(got) != want {
		t.Fatalf("the file holds %q, want %q", got, want)
	}
	if _, errs, code := run(t, ra, pid...); code != 1 || !strings.Contains(errs, "runs already") {
		t.Errorf("a second ra: exit code %d, %s", code, errs)
	}
	if err := input.Close(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // no records are an error
	if _, err := os.Stat(name); err == nil {
		t.Error("the file is left behind")
	}
	if _, errs, _ := run(t, ra, pid...); strings.Contains(errs, "runs already") {
		t.Errorf("after the first ra: %s", errs)
	}
}

// TestInteropPorts compares what ports do with the real ra: flows to ports of all
// kinds, of which no beginning was seen.
func TestInteropPorts(t *testing.T) {
	real, err := exec.LookPath("ra")
	if err != nil {
		t.Skip("the real ra is not installed")
	}
	dir := t.TempDir()
	text := "stime,proto,saddr,sport,daddr,dport,spkts,dpkts,sbytes,dbytes,state,dir\n"
	for i, ports := range [][2]string{{"5000", "60000"}, {"60000", "5000"}, {"5000", "5010"}, {"5010", "5000"}, {"49151", "49152"}, {"49152", "49153"}, {"1024", "49152"}} {
		text += strconv.Itoa(1700000000+i) + ",tcp,192.0.2.1," + ports[0] + ",192.0.2.2," + ports[1] + ",3,2,300,200,CON,<?>\n"
	}
	in, records, rc := filepath.Join(dir, "in.csv"), filepath.Join(dir, "in.arg"), filepath.Join(dir, "rc")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(rc, []byte("RA_PORT_DIRECTION=\"wellknown,registered\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	convert := exec.Command("go", "run", "../raconvert", "-X", "-3", "-r", in, "-w", records)
	if out, err := convert.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	args := []string{"-F", rc, "-n", "-L", "-1", "-s", "saddr sport daddr dport spkts dpkts", "-r", records}
	want, _, _ := run(t, real, args...)
	got, errs, code := run(t, program(t), args...)
	if code != 0 || got != want || strings.Count(got, "\n") != 7 {
		t.Errorf("exit code %d, %s, got\n%swant\n%s", code, errs, got, want)
	}
}
