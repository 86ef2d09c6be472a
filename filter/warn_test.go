package filter

import (
	"strings"
	"testing"
)

func TestWarnings(t *testing.T) {
	tests := map[string][]string{
		"tcp or udp and port 53":   {"column 1: \"and\" and \"or\""},
		"tcp or (udp and port 53)": nil,
		"(tcp or udp) and port 53": nil,
		"tcp and udp and port 53":  nil,
		"port neq 53":              {"either side differs"},
		"not port 53":              nil,
		"tcp and pkts lt 5":        {"column 9: true if either side is less"},
		"src pkts lt 5":            nil,
		"jitter lt 5.0":            nil,
		"ttl gt 255":               {"no record can pass"},
		"src pkts lt 0":            {"no record can pass"},
		"port gt 65535":            {"no record can pass"},
		"src vid 5000 or tcp":      {"column 1: no record can pass"},
		"baseline":                 nil,
	}
	for text, want := range tests {
		tree, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got := Options{}.Warnings(tree)
		if len(got) != len(want) {
			t.Errorf("%q: got %v, want %d warnings", text, got, len(want))
			continue
		}
		for i := range want {
			if !strings.Contains(got[i].String(), want[i]) {
				t.Errorf("%q: got %q, want %q", text, got[i], want[i])
			}
		}
	}
}
