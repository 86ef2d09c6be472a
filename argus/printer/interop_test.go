package printer

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// newIn5 are the attributes that version 3 does not know, and those whose value
// there is none: of the clock, or of memory that was never set.
const newIn5 = " slat slon dlat dlon ilat ilon sloc dloc loc sid node inf status sgrp dgrp hash ind score sname dname etype " +
	"idlemean idlemin idlemax idlestddev smss dmss intflow intflowmax intflowmin intflowsdev svnid dvnid type smacoui dmacoui " +
	"smacclass dmacclass sgreaddr dgreaddr greproto sgenaddr dgenaddr genproto sencbuf dencbuf dsrs " +
	"actintflow actintflowmax actintflowmin actintflowsdev idleintflow idleintflowmax idleintflowmin idleintflowsdev " +
	"idle cor rtime resp "

// TestInteropEveryAttribute prints every attribute that version 3 has of every
// file of version 3, and compares with the real ra cell by cell.
func TestInteropEveryAttribute(t *testing.T) {
	ra, err := exec.LookPath("ra")
	if err != nil {
		t.Skip("the real ra is not installed")
	}
	if out, _ := exec.Command(ra, "-h").CombinedOutput(); !strings.Contains(string(out), "3.0.8") {
		t.Skip("ra of version 3.0.8 is not installed")
	}
	var names []string
	for a := range record.Attributes().All() {
		if !strings.Contains(newIn5, " "+a.Name+" ") && a.Kind != record.BytesValue && a.Name != "label" {
			names = append(names, a.Name)
		}
	}
	names = append(names, "suser", "duser", "label:100") // these can hold commas
	var files []string
	for _, pattern := range []string{"../../testdata/v3/*.arg", sharedData + "/*/v3/*.arg", sharedData + "/fields/data/*.v3.arg", sharedData + "/wire/*-v3.arg"} {
		found, _ := filepath.Glob(pattern)
		files = append(files, found...)
	}
	count := map[string]int{}
	compared := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil || len(data) == 0 || data[0] == 0x1f || strings.Contains(file, "netflow") {
			continue
		}
		args := append([]string{"-X", "-n", "-u", "-p", "6", "-c", ",", "-L", "0", "-r", file, "-s"}, names...)
		cmd := exec.Command(ra, args...)
		cmd.Env = append(os.Environ(), "TZ=UTC")
		out, err := cmd.Output()
		if err != nil || len(out) == 0 {
			continue // without a flow it prints nothing; on some files it crashes
		}
		titles, rows, _ := strings.Cut(string(out), "\n")
		titles = strings.ReplaceAll(titles, "(null)", "tcpext")
		if compareCSV(t, file, "ra3", data, titles+"\n"+rows, nil, 0, count) {
			compared++
		}
	}
	if compared == 0 {
		t.Fatal("no file was compared")
	}
	t.Logf("%d files: %v", compared, count)
}
