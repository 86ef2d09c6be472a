package interop_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The programs that the real ones have no counterpart for that runs.
func TestReports(t *testing.T) {
	ours := tools(t, "raports", "rahosts", "ramatrix", "rapath")
	dir := t.TempDir()
	for _, c := range []struct{ command, has string }{
		{"raports http-get.full.arg -n -c ,", "198.51.100.20,tcp,80,1,1,13,"},
		{"rahosts http-get.full.arg -c ,", "192.0.2.10,1,198.51.100.20"},
		{"rahosts http-get.full.arg -m daddr -q -c ,", "198.51.100.20,1"},
		{"ramatrix http-get.full.arg -n -c , -s saddr daddr pkts", "192.0.2.10,198.51.100.20,13"},
		{"rapath icmp-unreach-all-codes.full.arg -c ,", "192.0.2.10,198.51.100.20,"},
	} {
		words := strings.Fields(c.command)
		out, err := run(filepath.Join(ours, words[0]), append([]string{"-X", "-r", input(t, dir, words[1])}, words[2:]...)...)
		if err != nil {
			t.Error(err)
		}
		if !strings.Contains(out, c.has) {
			t.Errorf("%s: no %q in\n%s", c.command, c.has, out)
		}
	}
}

// A full disk is told, and the program fails.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("/dev/full not found")
	}
	ours := tools(t, "rasort", "rastrip")
	in := input(t, t.TempDir(), inputs[0])
	for _, words := range []string{"rasort -m bytes", "rastrip"} {
		w := strings.Fields(words)
		out, err := exec.Command(filepath.Join(ours, w[0]), append(w[1:], "-X", "-r", in, "-w", "/dev/full")...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "no space left") {
			t.Errorf("%s: %v: %s", words, err, out)
		}
	}
}

// A hook that fails is told and does not stop the stream.
func TestHook(t *testing.T) {
	ours := tools(t, "rasplit")
	in, err := filepath.Abs(input(t, t.TempDir(), inputs[0]))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	hook := filepath.Join(dir, "hook")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\ncase $2 in *.ab) exit 3;; esac\necho done $2\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(ours, "rasplit"), "-X", "-r", in, "-M", "count", "300", "-w", "x.", "-f", hook, "--suffix", ".part")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"done x.aa", "x.ab: exit status 3", "done x.ad"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
	if names := below(t, dir); len(names) != 5 { // four files and the hook
		t.Errorf("files: %q", names)
	}
}

// Anonymised records pass the check against their original, and fail it against
// another key.
func TestAnonymizeAndVerify(t *testing.T) {
	ours := filepath.Join(tools(t, "ranonymize"), "ranonymize")
	dir := t.TempDir()
	key, other := filepath.Join(dir, "key"), filepath.Join(dir, "other")
	for _, k := range []string{key, other} {
		if _, err := run(ours, "--new-key", k); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range append([]string{"http-get.full.arg", "arp-unanswered.full.arg"}, inputs...) {
		in, out := input(t, dir, name), filepath.Join(dir, name+".anon")
		if _, err := run(ours, "-X", "--key", key, "-r", in, "-w", out); err != nil {
			t.Fatal(err)
		}
		if text, err := run(ours, "-X", "--key", key, "-r", out, "--verify", in); err != nil || !strings.Contains(text, " 0 findings") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
		if _, err := run(ours, "-X", "--key", other, "-r", out, "--verify", in); err == nil {
			t.Errorf("%s passes the check of another key", name)
		}
		if _, err := run(ours, "-X", "--key", key, "-r", in, "--verify", in); err == nil {
			t.Errorf("%s passes as it is", name)
		}
	}
}

// A picture is drawn in each form.
func TestHistogramPicture(t *testing.T) {
	ours := filepath.Join(tools(t, "rahisto"), "rahisto")
	dir := t.TempDir()
	in := input(t, dir, inputs[0])
	for ext, magic := range map[string]string{".png": "\x89PNG", ".svg": "<?xml", ".pdf": "%PDF"} {
		out := filepath.Join(dir, "h"+ext)
		if _, err := run(ours, "-X", "-r", in, "-H", "bytes", "10L:1-1000000", "-M", "outlayer", "-w", out); err != nil {
			t.Error(err)
		}
		if b, err := os.ReadFile(out); err != nil || !strings.HasPrefix(string(b), magic) {
			t.Errorf("%s: %v, begins with %.8q", out, err, b)
		}
	}
	if _, err := run(ours, "-X", "-r", in, "-H", "bytes", "10", "-w", filepath.Join(dir, "h.txt")); err == nil {
		t.Error("h.txt is no picture")
	}
}
