package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// prepare builds our programs and makes the workloads that are not there yet.
// It returns the files by the names that rows use.
func prepare(dir string, packets int) (map[string]string, error) {
	bin := filepath.Join(dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return nil, err
	}
	for _, pkg := range []string{"./examples/...", "./internal/perf/gen"} {
		if err := do("go", "build", "-o", bin+string(filepath.Separator), pkg); err != nil {
			return nil, err
		}
	}
	files := map[string]string{"OUT": filepath.Join(dir, "out.arg")}
	n := strconv.Itoa(packets)
	captures := []struct {
		name string
		args []string
	}{
		{"MIX", []string{"-mode", "mix", "-packets", n, "-conc", "50000"}},
		{"SCAN", []string{"-mode", "scan", "-flows", strconv.Itoa(packets * 2 / 5)}},
		{"ELEPHANT", []string{"-mode", "elephant", "-packets", n, "-flows", "4"}},
	}
	for name, flows := range map[string]int{"FEW": fewFlows, "MANY": manyFlows} {
		files[name] = filepath.Join(dir, name+".pcap")
		if missing(files[name]) {
			if err := do(filepath.Join(bin, "gen"), "-mode", "conc", "-flows", strconv.Itoa(flows), "-packets", strconv.Itoa(3*flows), "-o", files[name]); err != nil {
				return nil, err
			}
		}
	}
	for _, c := range captures {
		files[c.name] = filepath.Join(dir, c.name+"."+n+".pcap")
		if missing(files[c.name]) {
			if err := do(filepath.Join(bin, "gen"), append(c.args, "-o", files[c.name])...); err != nil {
				return nil, err
			}
		}
	}
	for name, capture := range map[string]string{"V3": "MIX", "V3SCAN": "SCAN"} {
		files[name] = filepath.Join(dir, name+"."+n+".arg")
		if missing(files[name]) {
			if err := do("argus", "-X", "-r", files[capture], "-w", files[name]); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func missing(name string) bool {
	_, err := os.Stat(name)
	return err != nil
}

func do(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
