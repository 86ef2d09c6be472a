package search

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/record"
)

func sample() *record.Record {
	r := record.New(record.FlowRecord, record.Version5, record.Status)
	r.SetSrcData(record.UserData{Data: []byte("GET / HTTP/1.1\r\n")})
	r.SetDstData(record.UserData{Data: []byte("HTTP/1.1 200 OK\r\nServer: x")})
	r.SetLabel(record.Label{Text: []byte("srv=web")})
	return r.Clone()
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		pattern string
		fold    bool
		place   Place
		found   bool
	}{
		{"HTTP", false, Place{record.Source, 6}, true}, {"d:HTTP", false, Place{record.Dest, 0}, true}, {"s:Server", false, Place{}, false},
		{"server", false, Place{}, false}, {"server", true, Place{record.Dest, 17}, true}, {"web", false, Place{}, false},
		{"l:web$", false, Place{record.NoSide, 4}, true}, {"x:y", false, Place{}, false}, {"^HTTP", false, Place{record.Dest, 0}, true},
	} {
		s, err := New(Config{Patterns: []string{c.pattern}, IgnoreCase: c.fold})
		if err != nil {
			t.Fatal(err)
		}
		place, found := s.Find(sample())
		if diff := cmp.Diff(c.place, place); diff != "" || found != c.found {
			t.Errorf("%s: %v %v, want %v %v", c.pattern, place, found, c.place, c.found)
		}
		inverted, _ := New(Config{Patterns: []string{c.pattern}, IgnoreCase: c.fold, Invert: true})
		if s.Match(sample()) != c.found || inverted.Match(sample()) == c.found {
			t.Errorf("%s: Match is not Find", c.pattern)
		}
	}
	for _, patterns := range [][]string{nil, {"("}, {"a", "*"}} {
		if _, err := New(Config{Patterns: patterns}); err == nil {
			t.Errorf("%q: no error", patterns)
		}
	}
}

func Example() {
	s, err := New(Config{Patterns: []string{"d:Server: "}})
	fmt.Println(err, s.Match(sample()))
	// Output: <nil> true
}
