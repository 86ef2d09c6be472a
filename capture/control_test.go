package capture_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/capture"
)

func TestParseControlPorts(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []capture.ControlPort
		bad  bool
	}{
		{in: ""},
		{in: "179, udp:520", want: []capture.ControlPort{{Port: 179}, {Proto: 17, Port: 520}}},
		{in: "tcp:bgp domain", want: []capture.ControlPort{{Proto: 6, Port: 179}, {Proto: 6, Port: 53}, {Proto: 17, Port: 53}}},
		{in: "sctp:9", bad: true},
		{in: "65536", bad: true},
		{in: "nosuchservice", bad: true},
	} {
		got, err := capture.ParseControlPorts(c.in)
		if (err != nil) != c.bad || cmp.Diff(c.want, got) != "" {
			t.Errorf("%q: got %v, %v", c.in, got, err)
		}
	}
}
