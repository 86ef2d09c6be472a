package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// systemd takes the unit as it stands, and calls it well protected.
func TestUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	unit, err := os.ReadFile("argus.service")
	if err != nil {
		t.Fatal(err)
	}
	const installed = "ExecStart=/usr/local/sbin/argus"
	if !bytes.Contains(unit, []byte(installed)) {
		t.Fatalf("the unit has no %s", installed)
	}
	program, err := os.Executable() // which is there
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "argus.service")
	if err := os.WriteFile(name, bytes.Replace(unit, []byte(installed), []byte("ExecStart="+program), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"verify", "--man=no", name}, {"security", "--offline=true", "--threshold=25", name}} {
		if out, err := exec.Command(analyze, words...).CombinedOutput(); err != nil || words[0] == "verify" && len(out) > 0 {
			t.Errorf("systemd-analyze %v: %v\n%s", words, err, out)
		}
	}
}
