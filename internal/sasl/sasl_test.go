package sasl

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// scripted is another side that says what it has to, and keeps what it is told.
type scripted struct {
	io.Reader
	told bytes.Buffer
}

func (s *scripted) Write(b []byte) (int, error) { return s.told.Write(b) }

func says(lines ...string) *scripted {
	return &scripted{Reader: strings.NewReader(strings.Join(lines, "\n") + "\n")}
}

const (
	list      = "S: e0NSQU0tTUQ1LCBQTEFJTn0=" // {CRAM-MD5, PLAIN}
	plainOnly = "S: e1BMQUlOfQ=="             // {PLAIN}
	challenge = "S: PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"
	response  = "C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"
	secret    = "tanstaaftanstaaf"
)

// TestClientWire replays exchanges that were written down by hand; challenge and
// response are the example of RFC 2195, the message of PLAIN that of RFC 4616.
func TestClientWire(t *testing.T) {
	for _, test := range []struct {
		name  string
		login Login
		lines []string
		want  string // what the client sends
	}{
		{"CRAM-MD5", Login{User: "tim", Password: secret}, []string{list, challenge, "D: "}, "C: Q1JBTS1NRDU=\nC: Tg==\n" + response + "\n"},
		{"PLAIN", Login{User: "tim", Password: secret, Mechanism: Plain}, []string{list, "D: "}, "C: UExBSU4=\nC: WQ==\nC: AHRpbQB0YW5zdGFhZnRhbnN0YWFm\n"},
		{"PLAIN for another", Login{User: "Kurt", As: "Ursel", Password: "xipj3plmq", Mechanism: Plain}, []string{plainOnly, "D:"},
			"C: UExBSU4=\nC: WQ==\nC: VXJzZWwAS3VydAB4aXBqM3BsbXE=\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := says(append(test.lines, "FILE")...)
			if err := test.login.Authenticate(s); err != nil {
				t.Fatal(err)
			}
			if got := s.told.String(); got != test.want {
				t.Errorf("sent %q, want %q", got, test.want)
			}
			if rest, _ := io.ReadAll(s); string(rest) != "FILE\n" {
				t.Errorf("left %q: the client read beyond the exchange", rest)
			}
		})
	}
}

func TestClientErrors(t *testing.T) {
	good := Login{User: "tim", Password: secret}
	long := strings.Repeat("x", 2000)
	for _, test := range []struct {
		name  string
		login Login
		lines []string
		want  string
	}{
		{"no user", Login{Password: secret}, nil, "name a user"},
		{"no password", Login{User: "tim"}, nil, `password of user "tim"`},
		{"mechanism", Login{User: "tim", Password: secret, Mechanism: "GSSAPI"}, nil, "want CRAM-MD5 or PLAIN"},
		{"long", Login{User: "tim", Password: long}, nil, "more than 1024 bytes"},
		{"zero", Login{User: "t\x00m", Password: secret}, nil, "byte of zero"},
		{"as another", Login{User: "tim", As: "root", Password: secret}, nil, "only PLAIN"},
		{"PLAIN not asked for", good, []string{plainOnly}, "sends the password as it is"},
		{"not offered", Login{User: "tim", Password: secret, Mechanism: CRAMMD5}, []string{plainOnly}, "does not offer CRAM-MD5"},
		{"denied", good, []string{list, challenge, "E: [-13] bm8="}, `(error "-13": "no")`},
		{"denied at once", good, []string{"E: [-4] bm8="}, "does not accept"},
		{"cut", good, []string{list}, "EOF"},
		{"success too soon", good, []string{list, "D: "}, "want data of the server"},
		{"data instead of success", good, []string{list, challenge, challenge}, "want the end"},
		{"no base64", good, []string{"S: !!!"}, "no base64"},
		{"records instead", good, []string{"\x85\x20\x00\x20"}, "begins with"},
		{"endless line", good, []string{strings.Repeat("S", 1<<20)}, "4096 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.login.Authenticate(says(test.lines...))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), long) {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

var users = map[string]string{"tim": secret, "nobody": ""}

func testServer(mechanisms ...string) *Server {
	return &Server{Mechanisms: mechanisms, Password: func(user string) (string, bool) { p, ok := users[user]; return p, ok }}
}

// TestServerWire tells a server what clients send, written down by hand.
func TestServerWire(t *testing.T) {
	const failed = "YXV0aGVudGljYXRpb24gZmFpbGVk" // authentication failed
	for _, test := range []struct {
		name  string
		lines []string
		told  string // last line
		want  error
	}{
		{"PLAIN", []string{"C: UExBSU4=", "C: WQ==", "C: AHRpbQB0YW5zdGFhZnRhbnN0YWFm"}, "D: ", nil},
		{"PLAIN as itself", []string{"C: UExBSU4=", "C: WQ==", "C: dGltAHRpbQB0YW5zdGFhZnRhbnN0YWFm"}, "D: ", nil},
		{"PLAIN without initial response", []string{"C: UExBSU4=", "C: Tg==", "C: AHRpbQB0YW5zdGFhZnRhbnN0YWFm"}, "D: ", nil},
		{"PLAIN, wrong password", []string{"C: UExBSU4=", "C: WQ==", "C: AHRpbQBndWVzcw=="}, "E: [-13] " + failed, ErrFailed},
		{"PLAIN, no such user", []string{"C: UExBSU4=", "C: WQ==", "C: AGJvYgBndWVzcw=="}, "E: [-13] " + failed, ErrFailed},
		{"PLAIN, empty password", []string{"C: UExBSU4=", "C: WQ==", "C: AG5vYm9keQA="}, "E: [-13] " + failed, ErrFailed},
		{"PLAIN as root", []string{"C: UExBSU4=", "C: WQ==", "C: cm9vdAB0aW0AdGFuc3RhYWZ0YW5zdGFhZg=="}, "E: [-13] " + failed, ErrFailed},
		{"PLAIN of one part", []string{"C: UExBSU4=", "C: WQ==", "C: dGlt"}, "E: [-5] " + failed, nil},
		{"CRAM-MD5, old response", []string{"C: Q1JBTS1NRDU=", "C: Tg==", response}, "E: [-13] " + failed, ErrFailed},
		{"CRAM-MD5 with initial response", []string{"C: Q1JBTS1NRDU=", "C: WQ==", response}, "E: [-5] " + failed, nil},
		{"CRAM-MD5, no digest", []string{"C: Q1JBTS1NRDU=", "C: Tg==", "C: dGlt"}, "E: [-5] " + failed, nil},
		{"unknown mechanism", []string{"C: R1NTQVBJ"}, "E: [-4] " + failed, errMechanism},
		{"refusal", []string{"N"}, "E: [-5] " + failed, nil},
		{"neither Y nor N", []string{"C: UExBSU4=", "C: UExBSU4="}, "E: [-5] " + failed, nil},
		{"command", []string{"START: "}, "E: [-5] " + failed, nil},
		{"nothing", nil, "E: [-5] " + failed, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := says(test.lines...)
			user, err := testServer().Authenticate(c)
			lines := strings.Split(strings.TrimSuffix(c.told.String(), "\n"), "\n")
			if lines[0] != list || lines[len(lines)-1] != test.told {
				t.Errorf("told %q, want %q at the end", lines, test.told)
			}
			if in := test.told == "D: "; in != (err == nil) || in != (user == "tim") || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("user %q, error %v", user, err)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

// TestBoth joins client and server.
func TestBoth(t *testing.T) {
	for _, test := range []struct {
		login   Login
		offered []string
		in      bool
	}{
		{Login{User: "tim", Password: secret}, nil, true},
		{Login{User: "tim", Password: secret, Mechanism: Plain}, nil, true},
		{Login{User: "tim", As: "tim", Password: secret}, []string{CRAMMD5}, true},
		{Login{User: "tim", Password: "guess"}, nil, false},
		{Login{User: "bob", Password: secret}, nil, false},
		{Login{User: "tim", Password: "guess", Mechanism: Plain}, nil, false},
		{Login{User: "tim", As: "root", Password: secret, Mechanism: Plain}, nil, false},
	} {
		a, b := net.Pipe()
		deadline := time.Now().Add(20 * time.Second)
		if err := errors.Join(a.SetDeadline(deadline), b.SetDeadline(deadline)); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() { ended <- test.login.Authenticate(a) }()
		user, err := testServer(test.offered...).Authenticate(b)
		clientErr := <-ended
		if test.in != (err == nil) || test.in != (clientErr == nil) || test.in != (user == "tim") {
			t.Errorf("%s with %q: server %v, client %v", test.login.User, test.login.Mechanism, err, clientErr)
		}
		if !test.in && !errors.Is(clientErr, ErrLogin) {
			t.Errorf("the client sees %v", clientErr)
		}
	}
}
