package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The manual and the help name every option, and no variable that is unknown.
func TestManual(t *testing.T) {
	page, err := os.ReadFile("argus.8")
	if err != nil {
		t.Fatal(err)
	}
	manual := string(page)
	for name := range table {
		if refused[name] != "" || name == "R" {
			continue
		}
		inHelp := regexp.MustCompile(`(^|[ \n])--?` + name + `\b`)
		inManual := regexp.MustCompile(`(It Fl|,) -?` + name + `\b`)
		if !inHelp.MatchString(help) {
			t.Errorf("the help lacks option %s", name)
		}
		if !inManual.MatchString(manual) {
			t.Errorf("the manual lacks option %s", name)
		}
	}
	known := 0
	for _, name := range regexp.MustCompile(`ARGUS_[A-Z_]+`).FindAllString(manual, -1) {
		if variables[strings.TrimPrefix(name, "ARGUS_")] == nil {
			t.Errorf("the manual has the unknown variable %s", name)
		}
		known++
	}
	if known < 40 {
		t.Errorf("the manual has %d variables", known)
	}
}
