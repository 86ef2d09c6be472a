package main

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

func TestUsers(t *testing.T) {
	users, err := readUsers("users", strings.NewReader("# who may\ntim:pass:word\n\nann: \r\n"))
	if err != nil || len(users) != 2 || users["tim"] != "pass:word" || users["ann"] != " " {
		t.Errorf("%q, %v", users, err)
	}
	const secret = "s3cr3t"
	for text, want := range map[string]string{
		secret + "\n":                           "users:1: expected user:password",
		"\n:" + secret:                          "users:2: expected",
		"tim:":                                  "users:1: expected",
		"tim:" + secret + "\ntim:" + secret:     "users:2: user \"tim\" for the second time",
		"tim:" + strings.Repeat(secret, 200):    "more than 1024",
		"tim:" + strings.Repeat(secret, 200000): "token too long",
		"# none":                                "no users",
	} {
		if _, err := readUsers("users", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
	file := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(file, []byte("tim:x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"ARGUS_USERS=" + file + "\nARGUS_MECHANISMS=plain, cram-md5\nARGUS_MIN_SSF=0\nARGUS_MAX_SSF=128": "",
		"ARGUS_MIN_SSF=much":         "ARGUS_MIN_SSF: expected",
		"ARGUS_MAX_SSF=much":         "ARGUS_MAX_SSF: expected",
		"ARGUS_MECHANISMS=GSSAPI":    "expected CRAM-MD5 or PLAIN",
		"ARGUS_USERS=" + file + ".x": "no such file",
	} {
		var o options
		err := o.readLines("conf", strings.NewReader(line))
		if want == "" && (err != nil || len(o.warnings) > 0 || o.users["tim"] != "x" || len(o.mechanisms) != 2) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, warnings %q, want %q", line, err, o.warnings, want)
		}
	}
	var o options
	if err := o.readLines("conf", strings.NewReader("ARGUS_MAX_SSF=128")); err != nil || len(o.warnings) != 1 {
		t.Errorf("a limit without users: %v, %q", err, o.warnings)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := o.setUsers(file); runtime.GOOS != "windows" && (err == nil || !strings.Contains(err.Error(), "chmod")) {
		t.Errorf("a file that all can read: %v", err)
	}
}

// freePort is a port that was free a moment ago.
func freePort(t *testing.T) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// TestPortAuthenticates serves users, and others after the options are read
// again.
func TestPortAuthenticates(t *testing.T) {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	o := &options{bind: "127.0.0.1", port: freePort(t), users: map[string]string{"tim": "one"}}
	p, err := openPort(o, nil, log)
	if err != nil {
		t.Fatal(err)
	}
	defer p.end(nil)
	if err := p.Write(record.NewManagement(record.Version5, record.Start, record.ManagementInfo{StartTime: 1e18, Now: 1e18})); err != nil {
		t.Fatal(err)
	}
	try := func(user, password string) error {
		src, err := argus.Open(t.Context(), "argus://"+p.address, argus.Authenticate(argus.Login{User: user, Password: password}))
		if err != nil {
			return err
		}
		return src.Close()
	}
	if err := try("tim", "one"); err != nil {
		t.Error(err)
	}
	if err := try("tim", "two"); !errors.Is(err, argus.ErrLogin) {
		t.Errorf("the wrong password: %v", err)
	}
	again, err := openPort(&options{bind: o.bind, port: o.port, users: map[string]string{"tim": "two"}}, p, log)
	if err != nil || again != p {
		t.Fatalf("other users open another port: %v", err)
	}
	if err := try("tim", "two"); err != nil {
		t.Error(err)
	}
	if err := try("tim", "one"); !errors.Is(err, argus.ErrLogin) {
		t.Errorf("the old password: %v", err)
	}
	if p.fits(&options{}, p.address) {
		t.Error("a port without users fits one with users")
	}
}
