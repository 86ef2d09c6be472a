package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// both is a row of the second table: two runs of ours, of which the first is
// divided by the second.
type both struct {
	name   string
	a, b   string // command lines; "1:" in front runs on one core
	figure func(usage) float64
}

var ours = []both{
	{"JSON against default text, cpu", "ra -X -n -M json -r V3", "ra -X -n -r V3", cpu},
	{"one core against two, wall: sensor --workers=2, mix", "1:argus -r MIX -w OUT", "argus --workers=2 -r MIX -w OUT", wall},
	{"one core against two, wall: CSV, 41 fields", "1:ra -X -n -c , -r V3 -s " + fields41, "ra -X -n -c , -r V3 -s " + fields41, wall},
	{"one core against two, wall: racluster", "1:racluster -X -r V3 -w OUT", "racluster -X -r V3 -w OUT", wall},
	{"one core against two, wall: rasort -m stime", "1:rasort -X -m stime -r V3 -w OUT", "rasort -X -m stime -r V3 -w OUT", wall},
}

func cpu(u usage) float64  { return u.cpu.Seconds() }
func wall(u usage) float64 { return u.wall.Seconds() }

// slope is the memory that a run of the sensor takes for each live flow: what a
// capture with many flows takes more than one with few, a flow.
type slope struct {
	name string
	line string // with CONC for the capture
}

var slopes = []slope{
	{"memory per live flow", "argus -r CONC -w OUT"},
	{"memory per live flow, -J -R -A -Z -m", "argus -J -R -A -Z -m -r CONC -w OUT"},
}

// alone measures the rows of ours alone and returns their table.
func alone(dir, only string, files map[string]string, runs int) (string, error) {
	var table strings.Builder
	table.WriteString("| ours alone | figure |\n|---|---:|\n")
	add := func(name, figure string) {
		line := fmt.Sprintf("| %s | %s |\n", name, figure)
		fmt.Fprint(os.Stderr, line)
		table.WriteString(line)
	}
	for _, row := range ours {
		if !strings.Contains(row.name, only) {
			continue
		}
		a, b, err := measureBoth(row, files, dir, runs)
		if err != nil {
			return "", fmt.Errorf("%s: %w", row.name, err)
		}
		add(row.name, fmt.Sprintf("%.2f", row.figure(a)/row.figure(b)))
	}
	for _, row := range slopes {
		if !strings.Contains(row.name, only) {
			continue
		}
		few, many, err := slopeOf(row, files, dir)
		if err != nil {
			return "", fmt.Errorf("%s: %w", row.name, err)
		}
		add(row.name, fmt.Sprintf("%d bytes (%d MiB with %d flows, %d MiB with %d)",
			(many-few)/(manyFlows-fewFlows), few>>20, fewFlows, many>>20, manyFlows))
	}
	return table.String(), nil
}

func measureBoth(row both, files map[string]string, dir string, runs int) (a, b usage, err error) {
	var as, bs []usage
	for range runs {
		if a, err = runOurs(row.a, dir, files); err != nil {
			return a, b, err
		}
		if b, err = runOurs(row.b, dir, files); err != nil {
			return a, b, err
		}
		as, bs = append(as, a), append(bs, b)
	}
	return middle(as, row.figure), middle(bs, row.figure), nil
}

// runOurs runs a program of ours, on one core if the line says so.
func runOurs(line, dir string, files map[string]string) (usage, error) {
	line, one := strings.CutPrefix(line, "1:")
	if one {
		if err := os.Setenv("GOMAXPROCS", "1"); err != nil {
			return usage{}, err
		}
		defer os.Unsetenv("GOMAXPROCS")
	}
	return run(line, filepath.Join(dir, "bin"), files)
}

// slopeOf returns the peaks of memory with few and with many live flows.
func slopeOf(row slope, files map[string]string, dir string) (few, many int64, err error) {
	for i, peak := range []*int64{&few, &many} {
		with := map[string]string{"CONC": files[[]string{"FEW", "MANY"}[i]], "OUT": files["OUT"]}
		u, err := run(row.line, filepath.Join(dir, "bin"), with)
		if err != nil {
			return 0, 0, err
		}
		*peak = u.memory
	}
	return few, many, nil
}

const (
	fewFlows  = 250_000
	manyFlows = 1_000_000
)
