package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/relay"
	"github.com/seed-6ae541b3/goargus/record"
)

// serve starts a server of records that come again and again until the test
// ends.
func serve(t *testing.T, cfg relay.Config) *relay.Server {
	t.Helper()
	cfg.Address = "127.0.0.1:0"
	server, err := relay.Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var all []*record.Record
	src, err := argus.Open(t.Context(), mixed)
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range src.Records() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rec.Clone())
	}
	if err := src.Close(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			for _, rec := range all {
				if server.Write(rec) != nil {
					return
				}
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return server
}

// TestServer asks a server for records: all, those of a filter, and those of a
// filter that is kept from it.
func TestServer(t *testing.T) {
	ra := program(t)
	server := serve(t, relay.Config{})
	for _, filter := range [][]string{nil, {"-", "tcp", "or", "icmp"}, {"-", "local", "pkts", "gt", "0"}} {
		args := append([]string{"-n", "-S", server.Addr().String(), "-N", "4", "-T", "20", "-L", "-1", "-s", "proto"}, filter...)
		out, errs, code := run(t, ra, args...)
		if code != 0 || strings.Count(out, "\n") != 4 {
			t.Errorf("%v: exit code %d, %q, %s", filter, code, out, errs)
		}
	}
	if _, errs, code := run(t, ra, "-S", "127.0.0.1:1"); code != 1 || !strings.Contains(errs, "refused") {
		t.Errorf("no server: exit code %d, %s", code, errs)
	}
}

// TestServers asks two servers of which one wants a password, and one that there
// is not.
func TestServers(t *testing.T) {
	ra := program(t)
	const secret = "s3cr3t"
	open, closed := serve(t, relay.Config{}), serve(t, relay.Config{
		Password:   func(user string) (string, bool) { return secret, user == "tim" },
		Mechanisms: []string{"CRAM-MD5", "PLAIN"},
	})
	plain, locked := open.Addr().String(), closed.Addr().String()
	for _, test := range []struct {
		code int
		errs string // empty is none
		args []string
	}{
		{0, "", []string{"-S", plain, "-S", "tim:" + secret + "@" + locked}},
		{0, "", []string{"-S", locked, "-U", "tim/tim", "-M", "saslmech=PLAIN", "-o", "RA_AUTH_PASS=" + secret}},
		{0, "", []string{"-o", "RA_ARGUS_SERVER=" + plain, "-o", "RA_ARGUS_SERVER=argus://tim:" + secret + "@" + locked, "-o", "RA_RELIABLE_CONNECT=yes"}},
		{0, "127.0.0.1:1: ", []string{"-S", "127.0.0.1:1", "-S", plain}},
		{0, locked + ": the server wants a login", []string{"-S", locked, "-S", plain}},
		{0, "does not accept user and password", []string{"-S", "tim:guess@" + locked, "-S", plain}},
		{1, "does not accept user and password", []string{"-S", "tim:guess@" + locked}},
		{1, "2 of 2 inputs failed", []string{"-S", "127.0.0.1:1", "-S", "127.0.0.1:2"}},
	} {
		args := append([]string{"-n", "-N", "40", "-T", "20", "-L", "-1", "-s", "proto"}, test.args...)
		out, errs, code := run(t, ra, args...)
		if lines := strings.Count(out, "\n"); code != test.code || code == 0 && lines != 40 || code != 0 && lines != 0 {
			t.Errorf("%q: exit code %d, %d lines, %s", test.args, code, lines, errs)
		}
		if test.errs == "" && errs != "" || !strings.Contains(errs, test.errs) || strings.Contains(errs, secret) {
			t.Errorf("%q: %q, want %q", test.args, errs, test.errs)
		}
	}
	if out, errs, code := run(t, ra, "-S", plain, "-M", "poll", "man", "-L", "-1"); code != 0 || strings.Count(out, "\n") != 1 {
		t.Errorf("-M poll: exit code %d, %q, %s", code, out, errs)
	}
}

// TestServersInterrupted ends ra as a user or a service manager does: what came is
// there, and that is no failure.
func TestServersInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such signals on this system")
	}
	ra := program(t)
	a, b := serve(t, relay.Config{}), serve(t, relay.Config{})
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		file := filepath.Join(t.TempDir(), "copy.arg")
		cmd := exec.Command(ra, "-X", "-S", a.Addr().String(), "-S", b.Addr().String(), "-w", file)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			if info, err := os.Stat(file); err == nil && info.Size() > 10000 {
				break
			}
		}
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v", sig, err)
		}
		if out, errs, code := run(t, ra, "-n", "-L", "-1", "-r", file); code != 0 || strings.Count(out, "\n") < 10 {
			t.Errorf("%v: exit code %d, %s", sig, code, errs)
		}
	}
}
