package fuzz_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/internal/sasl"
)

// replay is another side that says what the fuzzer has it say.
type replay struct {
	io.Reader
	told bytes.Buffer
}

func (r *replay) Write(b []byte) (int, error) { return r.told.Write(b) }

// FuzzSASL says anything to a server and to a client. Neither lets anyone in
// without the password, nor tells it.
func FuzzSASL(f *testing.F) {
	for _, text := range []string{
		"C: UExBSU4=\nC: WQ==\nC: AHRpbQB0YW5zdGFhZnRhbnN0YWFm\nSTART: ",
		"C: Q1JBTS1NRDU=\nC: Tg==\nC: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\n",
		"S: e0NSQU0tTUQ1LCBQTEFJTn0=\nS: PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\nD: \n\x85\x20",
		"S: e1BMQUlOfQ==\nD:\n", "E: [-13] bm8=\n", "N\n", "C:\n\n", "S: e30=\r\n",
	} {
		f.Add([]byte(text))
	}
	const password = "correct horse"
	f.Fuzz(func(t *testing.T, data []byte) {
		s := sasl.Server{Password: func(user string) (string, bool) { return password, user == "tim" }}
		in := &replay{Reader: bytes.NewReader(data)}
		user, err := s.Authenticate(in)
		said := bytes.ReplaceAll(data, []byte("\r"), nil) // which base64 passes over
		if err == nil && (user != "tim" || !bytes.Contains(said, []byte("AHRpbQBjb3JyZWN0IGhvcnNl")) && !bytes.Contains(said, []byte("dGltAHRpbQBjb3JyZWN0IGhvcnNl"))) {
			t.Fatalf("%q let %q in", data, user)
		}
		if err != nil && (err.Error() == "" || strings.Contains(err.Error(), password)) {
			t.Fatalf("error %q", err)
		}
		if strings.Contains(in.told.String(), password) {
			t.Fatalf("the server tells the password: %q", in.told.String())
		}
		for _, mechanism := range []string{"", sasl.Plain} {
			l := sasl.Login{User: "tim", Password: password, Mechanism: mechanism}
			out := &replay{Reader: bytes.NewReader(data)}
			err := l.Authenticate(out)
			if err == nil && !bytes.Contains(data, []byte("D:")) {
				t.Fatalf("%q is no success", data)
			}
			if err != nil && (strings.Contains(err.Error(), password) || len(err.Error()) > 10000) {
				t.Fatalf("error %q", err)
			}
			if rest, _ := io.ReadAll(out.Reader); !bytes.HasSuffix(data, rest) {
				t.Fatal("the client reads what it does not see")
			}
		}
	})
}
