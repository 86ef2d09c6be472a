package livetest

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Namespace runs the test again, by a process of its own in a new network
// namespace, and reports whether this is that run; the other has nothing more to
// do. env is added to the environment. The test is skipped where the ip program
// is missing or the system does not permit the namespace.
func Namespace(t *testing.T, env ...string) bool {
	t.Helper()
	const mark = "GOARGUS_TEST_NAMESPACE"
	if os.Getenv(mark) == t.Name() {
		return true
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip is not installed")
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v", "-test.timeout", "2m")
	cmd.Env = append(append(os.Environ(), mark+"="+t.Name()), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EINVAL): // EINVAL: a kernel without namespaces
		t.Skipf("the system permits no network namespace: %v", err)
	case err != nil && !errors.As(err, &exit):
		t.Fatal(err)
	case err != nil:
		t.Errorf("in its network namespace: %v\n%s", err, out)
	case !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Errorf("in its network namespace the test did not run:\n%s", out)
	}
	return false
}

// IP runs the ip program and returns what it prints.
func IP(t testing.TB, words string) string {
	t.Helper()
	out, err := exec.Command("ip", strings.Fields(words)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ip %s: %v: %s", words, err, out)
	}
	return string(out)
}

// Pair makes a pair of interfaces, of which each gets what the other sends, and
// which send nothing of their own. Both are up when it returns.
func Pair(t testing.TB, a, b string) {
	t.Helper()
	IP(t, "link add "+a+" type veth peer name "+b)
	for _, name := range []string{a, b} {
		err := os.WriteFile("/proc/sys/net/ipv6/conf/"+name+"/disable_ipv6", []byte("1"), 0o644)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			IP(t, "link set "+name+" addrgenmode none") // /proc is not to be written: IPv6 without addresses
		}
		IP(t, "link set "+name+" up")
	}
	for _, name := range []string{a, b} {
		for !strings.Contains(IP(t, "link show "+name), "state UP") { // what is sent before is lost
			time.Sleep(time.Millisecond)
		}
	}
}
