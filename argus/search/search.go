// Package search finds records by regular expressions in their captured payload
// and labels. It is what ragrep does.
//
//	s, err := search.New(search.Config{Patterns: []string{"d:Server"}})
//	for rec, err := range argus.Pipe(src.Records(), s.Stage()) { ... }
package search

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// Config says what is looked for, and where.
type Config struct {
	// Patterns are regular expressions of package regexp. "s:" and "d:" before
	// one look into the payload of that side alone, "l:" into the label. A record
	// matches if one of them does.
	Patterns   []string
	IgnoreCase bool
	Invert     bool // records that do not match
}

// Searcher finds records. It never changes and is safe for concurrent use.
type Searcher struct {
	patterns []pattern
	invert   bool
}

type pattern struct {
	re              *regexp.Regexp
	src, dst, label bool
}

// New compiles the patterns.
func New(cfg Config) (*Searcher, error) {
	s := &Searcher{invert: cfg.Invert}
	for _, text := range cfg.Patterns {
		p := pattern{src: true, dst: true}
		where, rest, found := strings.Cut(text, ":")
		if found && (where == "s" || where == "d" || where == "l") {
			p.src, p.dst, p.label = where == "s", where == "d", where == "l"
			text = rest
		}
		if cfg.IgnoreCase {
			text = "(?i)" + text
		}
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		p.re = re
		s.patterns = append(s.patterns, p)
	}
	if len(s.patterns) == 0 {
		return nil, errors.New("search: no pattern")
	}
	return s, nil
}

// Place is where a pattern was found.
type Place struct {
	Side   record.Side // Source, Dest, or NoSide for the label
	Offset int         // in the payload of the side, or in the label
}

// Find returns the first place at which a pattern is, whatever Invert says.
func (s *Searcher) Find(r *record.Record) (Place, bool) {
	if r.Kind() == record.Management {
		return Place{}, false
	}
	for i := range s.patterns {
		p := &s.patterns[i]
		if p.src {
			if at := p.find(r.SrcData().Data); at >= 0 {
				return Place{record.Source, at}, true
			}
		}
		if p.dst {
			if at := p.find(r.DstData().Data); at >= 0 {
				return Place{record.Dest, at}, true
			}
		}
		if p.label {
			if at := p.find(bytes.TrimRight(r.Label().Text, "\x00")); at >= 0 {
				return Place{record.NoSide, at}, true
			}
		}
	}
	return Place{}, false
}

func (p *pattern) find(b []byte) int {
	if len(b) == 0 {
		return -1
	}
	if at := p.re.FindIndex(b); at != nil {
		return at[0]
	}
	return -1
}

// Match reports whether a record is one that is looked for. Management records
// never are.
func (s *Searcher) Match(r *record.Record) bool {
	if r.Kind() == record.Management {
		return false
	}
	_, found := s.Find(r)
	return found != s.invert
}

// Stage returns a stage that passes on the records that match.
func (s *Searcher) Stage() record.Stage {
	return func(src record.Stream) record.Stream {
		return func(yield func(*record.Record, error) bool) {
			for r, err := range src {
				if err == nil && !s.Match(r) {
					continue
				}
				if !yield(r, err) {
					return
				}
			}
		}
	}
}
