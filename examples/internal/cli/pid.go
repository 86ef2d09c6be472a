package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// pidFile is RA_SET_PID and RA_PID_PATH: a file with the number of the process,
// which keeps a second one from being started.
type pidFile struct {
	on   bool
	dir  string
	name string // of the file that was written
}

// write writes the file, unless a process that it names is there.
func (p *pidFile) write(program string) error {
	if !p.on {
		return nil
	}
	if p.dir == "" {
		p.dir = "/var/run"
	}
	name := filepath.Join(p.dir, program+".pid")
	if pid, ok := readPID(name); ok && runs(pid) {
		return fmt.Errorf("%s: process %d runs already", name, pid)
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("RA_SET_PID: %w", err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("RA_SET_PID: %w", err)
	}
	p.name = name
	_, err = fmt.Fprintln(f, os.Getpid())
	if err = errors.Join(err, f.Close()); err != nil {
		p.remove()
		return fmt.Errorf("RA_SET_PID: %w", err)
	}
	return nil
}

// remove removes the file at the end, if it is still that of this process.
func (p *pidFile) remove() {
	if pid, ok := readPID(p.name); p.name != "" && ok && pid == os.Getpid() {
		_ = os.Remove(p.name) // one that stays names no process
	}
}

func readPID(name string) (int, bool) {
	b, err := os.ReadFile(name)
	if err != nil {
		return 0, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	return pid, err == nil && pid > 0
}

// runs reports whether there is such a process, other than this.
func runs(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil || pid == os.Getpid() {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
