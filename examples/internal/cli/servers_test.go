package cli

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
)

// TestServers names servers in all ways, with users and ports.
func TestServers(t *testing.T) {
	c, err := parse(t, "-o", "RA_ARGUS_SERVER=unasked", "-S", "one", "-S", "argus://tim:pass:word@two:5000", "-S", "argus-tcp://bob@[::1]", "-C", ":9995",
		"-o", "RA_ARGUS_SERVERPORT=562", "-U", "ann/root", "-o", "RA_AUTH_PASS=common", "-M", "saslmech='plain'", "poll",
		"-o", "RA_CONNECT_TIME=2.5", "-o", "RA_RELIABLE_CONNECT=yes", "-o", "RA_MIN_SSF=0", "-o", "RA_MAX_SSF=128")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"-", "argus://one:562", "argus://two:5000", "argus://[::1]:562", "cisco://:9995"}; !slices.Equal(c.Files, want) {
		t.Errorf("inputs %q, want %q", c.Files, want)
	}
	s := &c.servers
	if !s.reconnect || !s.poll || s.within != 2500*time.Millisecond {
		t.Errorf("got %+v", *s)
	}
	for name, want := range map[string]argus.Login{
		"argus://one:562":   {User: "ann", As: "root", Password: "common", Mechanism: "PLAIN"},
		"argus://two:5000":  {User: "tim", Password: "pass:word", Mechanism: "PLAIN"},
		"argus://[::1]:562": {User: "bob", Password: "common", Mechanism: "PLAIN"},
	} {
		if got := s.loginOf(name); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if live := c.pieces(); len(live) != 2 || len(live[1].live) != 4 {
		t.Errorf("pieces %+v", live)
	}
	c, err = testProgram.Parse([]string{"-X", "-o", "RA_ARGUS_SERVER=one", "-o", "RA_ARGUS_SERVER=tim:secret@two"})
	if err != nil || !slices.Equal(c.Files, []string{"argus://one", "argus://two"}) {
		t.Errorf("from variables: %q, %v", c.Files, err)
	}
}

// No message tells a password.
func TestPasswordsUntold(t *testing.T) {
	const secret = "s3cr3t"
	for _, args := range [][]string{
		{"-S", "me:" + secret + "@"},
		{"-S", "bad://me:" + secret + "@host"},
		{"-S", "cisco://me:" + secret + "@host"},
		{"-S", ":" + secret + "@host"},
		{"-S", "me:" + secret + "@host", "-S", "me:" + secret + "2@host"},
		{"-S", "me:" + secret + "@host", "-o", "RA_MIN_SSF=1"},
		{"-o", "RA_AUTH_PAS=" + secret},
		{"-o", "RA_ARGUS_SERVER=me:" + secret + "@"},
	} {
		_, err := parse(t, args...)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", args, err)
		}
	}
	c := newClient("test")
	if err := c.confLine("RA_AUTH_PASS " + secret); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a line without =: %v", err)
	}
}
