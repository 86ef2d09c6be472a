package getopt

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	table := map[string]Arity{"n": None, "X": None, "S": One, "r": Many, "w": OneMore, "color": One, "help": None}
	for _, c := range []struct {
		args []string
		opts []Option
		rest []string
		err  string
	}{
		{args: []string{"-nX", "-S5", "-S", "7"}, opts: []Option{{Name: "n"}, {Name: "X"}, {"S", []string{"5"}}, {"S", []string{"7"}}}},
		{args: []string{"-r", "a", "b", "-", "tcp", "port", "80"}, opts: []Option{{"r", []string{"a", "b"}}}, rest: []string{"tcp", "port", "80"}},
		{args: []string{"-r", "-", "-w", "-"}, opts: []Option{{"r", []string{"-"}}, {"w", []string{"-"}}}},
		{args: []string{"-w", "out", "tcp", "port", "80"}, opts: []Option{{"w", []string{"out", "tcp"}}}, rest: []string{"port", "80"}},
		{args: []string{"-S", "-1"}, opts: []Option{{"S", []string{"-1"}}}},
		{args: []string{"--color=auto", "--help", "udp"}, opts: []Option{{"color", []string{"auto"}}, {Name: "help"}}, rest: []string{"udp"}},
		{args: []string{"-q"}, err: "unknown option -q"},
		{args: []string{"--S"}, err: "unknown option --S"},
		{args: []string{"-S"}, err: "option -S needs a value"},
		{args: []string{"--help=x"}, err: "option --help takes no value"},
	} {
		opts, rest, err := Parse(c.args, table)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.err {
			t.Errorf("%q: error %q, want %q", c.args, got, c.err)
			continue
		}
		if err == nil && (cmp.Diff(c.opts, opts) != "" || !slices.Equal(c.rest, rest)) {
			t.Errorf("%q: got %v %v, want %v %v", c.args, opts, rest, c.opts, c.rest)
		}
	}
}
