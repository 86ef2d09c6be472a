package main

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/seed-6ae541b3/goargus/capture/live/livetest"
)

// A sensor that gives up its privileges once devices are open, and one that never
// had any but CAP_NET_RAW, capture, and go on when the interface was away.
func TestLivePrivileges(t *testing.T) {
	livetest.Root(t)
	program := inNamespace(t)
	if program == "" {
		return
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	id := uint32(number(nobody.Uid))
	openToAll(t, filepath.Dir(program))
	for name, c := range map[string]struct {
		as      *syscall.SysProcAttr
		options []string
		caps    uint64
		gid     string
	}{
		"given up": {nil, []string{"-u", "nobody", "-p"}, 0, nobody.Gid},
		"granted": {&syscall.SysProcAttr{
			Credential: &syscall.Credential{Uid: id, Gid: id}, AmbientCaps: []uintptr{unix.CAP_NET_RAW},
		}, []string{"-p"}, 1 << unix.CAP_NET_RAW, nobody.Uid},
		"given up, several rings": {nil, []string{"-u", "nobody", "--rings", "2"}, 0, nobody.Gid},
	} {
		dir := t.TempDir()
		openToAll(t, dir)
		if err := os.Chown(dir, int(id), -1); err != nil {
			t.Fatal(err)
		}
		file, out := filepath.Join(dir, "f.pcap"), filepath.Join(dir, "out.arg")
		packets := manyFlows(t, file, 100)
		r := startAs(t, c.as, program, append(c.options, "-i", "vb", "-w", out)...)
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", r.cmd.Process.Pid))
		if err != nil || len(tasks) == 0 {
			t.Fatalf("no threads: %v", err)
		}
		for _, task := range tasks {
			for what, want := range map[string]string{
				"Uid":    strings.Repeat(nobody.Uid+" ", 4),
				"Gid":    strings.Repeat(c.gid+" ", 4),
				"CapEff": fmt.Sprintf("%016x ", c.caps), "CapPrm": fmt.Sprintf("%016x ", c.caps),
			} {
				if got := status(task, what); got != want && got != "" { // a thread may be gone
					t.Errorf("%s: %s %s is %q, expected %q", name, task, what, got, want)
				}
			}
		}
		replay(t, "va", file, "--pps=2000")
		livetest.IP(t, "link del va")
		r.await("interface went down, waiting for it")
		livetest.Pair(t, "va", "vb")
		if strings.Contains(name, "rings") { // as the manual says
			m := r.await("interface is back, but can not be captured from")
			if !strings.Contains(m["error"].(string), "operation not permitted") {
				t.Errorf("%s: message %v", name, m)
			}
		} else {
			r.await("interface is up")
			replay(t, "va", file, "--pps=2000")
			packets *= 2
		}
		r.stop()
		if got := readBack(t, out); got.packets != packets || got.managed != packets {
			t.Errorf("%s: %d packets in flows, %d managed, expected %d", name, got.packets, got.managed, packets)
		}
		var s syscall.Stat_t
		if err := syscall.Stat(out, &s); err != nil || s.Uid != id {
			t.Errorf("%s: the file belongs to user %d, %v", name, s.Uid, err)
		}
	}
}

// status is a line of a status file in /proc, with blanks between its words.
func status(file, what string) string {
	b, _ := os.ReadFile(file)
	for _, line := range strings.Split(string(b), "\n") {
		if rest, ok := strings.CutPrefix(line, what+":"); ok {
			return strings.Join(strings.Fields(rest), " ") + " "
		}
	}
	return ""
}
