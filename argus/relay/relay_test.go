package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

// serve starts a server and hands it the flows of a capture again and again
// until the test ends.
func serve(t *testing.T, cfg Config, file string) *Server {
	t.Helper()
	cfg.Address = "127.0.0.1:0"
	s, err := Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var all []*record.Record
	src, err := argus.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for rec, err := range src.Records() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rec.Clone())
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			for _, rec := range all {
				if s.Write(rec) != nil {
					return
				}
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return s
}

const flows = "../../testdata/v5/http-get.def.arg"

func TestOpenServer(t *testing.T) {
	s := serve(t, Config{}, flows)
	for _, filter := range []string{"", "tcp and dst port 80"} {
		src, err := argus.Open(t.Context(), "argus://"+s.Addr().String(), argus.RemoteFilter(filter))
		if err != nil {
			t.Fatal(err)
		}
		flows := 0
		for rec, err := range src.Records() {
			if err != nil {
				t.Fatal(err)
			}
			if rec.IsFlow() && rec.Flow().DstPort == 80 {
				flows++
			}
			if flows == 20 {
				break
			}
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
	for filter, want := range map[string]error{"no such filter": argus.ErrFilter, "port": argus.ErrFilter} {
		if _, err := argus.Open(t.Context(), "argus://"+s.Addr().String(), argus.RemoteFilter(filter)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", filter, err, want)
		}
	}
}

func TestLimits(t *testing.T) {
	gone := make(chan error, 10)
	s := serve(t, Config{MaxClients: 1, OnClient: func(_ string, err error) {
		if err != nil {
			gone <- err
		}
	}}, flows)
	first, err := argus.Open(t.Context(), "argus-tcp://"+s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := argus.Open(t.Context(), "argus://"+s.Addr().String()); err == nil || !strings.Contains(err.Error(), "too many clients") {
		t.Errorf("the second client: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if err := <-gone; err == nil {
		t.Error("the first client is not told of")
	}
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.ReadFull(conn, make([]byte, record.ManagementSize)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("HELLO\x01\x02")); err != nil {
		t.Fatal(err)
	}
	if err := <-gone; err == nil || !strings.Contains(err.Error(), "no command") {
		t.Errorf("binary nonsense: %v", err)
	}
}

// TestAuthentication lets in who knows the password, by either mechanism.
func TestAuthentication(t *testing.T) {
	const secret = "correct horse"
	gone := make(chan error, 10)
	s := serve(t, Config{
		Password:   func(user string) (string, bool) { return secret, user == "tim" },
		Mechanisms: []string{"CRAM-MD5", "PLAIN"},
		OnClient: func(_ string, err error) {
			if err != nil {
				gone <- err
			}
		},
	}, flows)
	name := "argus://" + s.Addr().String()
	for _, test := range []struct {
		login argus.Login
		want  string // in the error; empty is none
	}{
		{argus.Login{User: "tim", Password: secret}, ""},
		{argus.Login{User: "tim", Password: secret, Mechanism: "PLAIN"}, ""},
		{argus.Login{User: "tim", Password: "guess"}, "does not accept"},
		{argus.Login{User: "bob", Password: secret, Mechanism: "PLAIN"}, "does not accept"},
		{argus.Login{}, "name a user"},
	} {
		src, err := argus.Open(t.Context(), name, argus.Authenticate(test.login), argus.RemoteFilter("tcp"))
		if test.want != "" {
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), secret) {
				t.Errorf("%+v: %v, want %q", test.login, err, test.want)
			}
			<-gone
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := src.Next(); err != nil {
				t.Error(err)
			}
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
		<-gone
	}
	// Commands before the exchange are none.
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("START: \n")); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if err != nil || len(all) > record.ManagementSize+200 || !strings.Contains(string(all[record.ManagementSize:]), "E: [-5]") {
		t.Errorf("without authentication there is %d bytes, %q, %v", len(all), all[min(len(all), record.ManagementSize):], err)
	}
	if _, err := Listen(Config{Address: "127.0.0.1:0", Mechanisms: []string{"GSSAPI"}}); err == nil {
		t.Error("an unknown mechanism is accepted")
	}
	if _, err := argus.Open(t.Context(), "argus://tim:"+secret+"@127.0.0.1"); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a name with a user: %v", err)
	}
}

// TestPoll asks for the START record alone.
func TestPoll(t *testing.T) {
	s := serve(t, Config{}, flows)
	src, err := argus.Open(t.Context(), "argus://"+s.Addr().String(), argus.Poll, argus.ConnectWithin(20*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	rec, err := src.Next()
	if err != nil || rec.Cause() != record.Start {
		t.Fatalf("%v, %v", rec, err)
	}
	if _, err := src.Next(); err != io.EOF {
		t.Errorf("then there is %v", err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

// TestCloseSends gives a client all that was written before the end.
func TestCloseSends(t *testing.T) {
	s, err := Listen(Config{Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	start := record.NewManagement(record.Version5, record.Start, record.ManagementInfo{StartTime: 1e18, Now: 1e18})
	stop := record.NewManagement(record.Version5, record.Stop, record.ManagementInfo{StartTime: 1e18, Now: 2e18})
	for _, rec := range []*record.Record{start, stop} { // a record without a client is nobody's
		if err := s.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	src, err := argus.Open(t.Context(), "argus://"+s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for joined := false; !joined; time.Sleep(time.Millisecond) {
		s.mu.Lock()
		for c := range s.clients {
			joined = c.queue != nil
		}
		s.mu.Unlock()
	}
	if err := s.Write(stop); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var causes []record.Cause
	for rec, err := range src.Records() {
		if err != nil {
			t.Fatal(err)
		}
		causes = append(causes, rec.Cause())
	}
	if len(causes) != 2 || causes[0] != record.Start || causes[1] != record.Stop {
		t.Errorf("causes %v, want start and stop", causes)
	}
}

// TestInteropClient serves the real ra in version 3.
func TestInteropClient(t *testing.T) {
	ra, err := exec.LookPath("ra")
	if err != nil {
		t.Skip("ra is not installed")
	}
	s := serve(t, Config{Version: record.Version3}, flows)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, ra, "-X", "-n", "-N", "3", "-S", s.Addr().String(), "-s", "proto", "daddr", "dport", "-", "dst", "port", "80").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n := strings.Count(string(out), "198.51.100.20"); n != 3 {
		t.Errorf("%d flows:\n%s", n, out)
	}
}
