package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		var out strings.Builder
		if err := testProgram.completion(&out, shell); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"stime", "json", "color", "test", "dsrs"} {
			if !strings.Contains(out.String(), word) {
				t.Errorf("%s: %q is missing", shell, word)
			}
		}
		for _, word := range []string{"NAME", "OPTIONS", "MODES", "FIELDS", "FISH"} {
			if strings.Contains(out.String(), word) {
				t.Errorf("%s: %s is left", shell, word)
			}
		}
	}
	if err := testProgram.completion(&strings.Builder{}, "ksh"); err == nil {
		t.Error("no error for a shell that is not known")
	}
}

// TestBashCompletion lets bash complete words.
func TestBashCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	var script strings.Builder
	if err := testProgram.completion(&script, "bash"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "completion")
	if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ line, want string }{
		{"test -s sadd", "saddr"},
		{"test -r file -s stime,+dad", "stime,+daddr"},
		{"test -s saddr dadd", "daddr"},
		{"test -M jso", "json"},
		{"test --fiel", "--fields"},
		{"test -r fil", ""},
	} {
		cmd := exec.Command(bash, "--norc", "-c", `. "$1"; COMP_WORDS=($2); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _test; echo "${COMPREPLY[*]}"`, "bash", file, test.line)
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != test.want {
			t.Errorf("%q: %q (%v), want %q", test.line, got, err, test.want)
		}
	}
}
