package cli

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// limit is the range of matching records that -N lets through, counted from 1.
// Management records do not count.
type limit struct {
	set         bool
	output      bool // of what is put out, after sorting and merging
	first, last int64
	n           int64
}

// setLimit reads -N: [i|o]n, a-b, or a+n for n more than a.
func (c *Client) setLimit(v string) error {
	text := strings.TrimLeft(v, "io")
	l := limit{set: true, first: 1, output: strings.HasPrefix(v, "o")}
	var err error
	switch a, b, isRange := cutAny(text, "-+"); {
	case !isRange:
		l.last, err = strconv.ParseInt(text, 10, 64)
	default:
		var err2 error
		l.first, err = strconv.ParseInt(a, 10, 64)
		l.last, err2 = strconv.ParseInt(b, 10, 64)
		if err == nil {
			err = err2
		}
		if strings.Contains(text, "+") {
			l.last += l.first
		}
	}
	if err != nil || l.first < 0 || l.last < 0 {
		return Usagef("-N %s: want a number of records, first-last or first+more", v)
	}
	c.limit = l
	return nil
}

func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// pass counts a record and reports whether it is in the range, and whether
// there is more to come.
func (l *limit) pass(r *record.Record) (in, more bool) {
	if !l.set {
		return true, true
	}
	if r.Kind() == record.Management {
		return true, l.last > 0
	}
	l.n++
	return l.n >= l.first && l.n <= l.last, l.n < l.last
}

// OutputLimit is a stage that lets through the records that -N oFIRST-LAST asks
// for: those of the stream that is put out.
func (c *Client) OutputLimit() record.Stage {
	return func(src record.Stream) record.Stream {
		if !c.limit.output {
			return src
		}
		return func(yield func(*record.Record, error) bool) {
			l := c.limit
			if l.last == 0 {
				return
			}
			for r, err := range src {
				in, more := true, true
				if err == nil {
					in, more = l.pass(r)
				}
				if in && !yield(r, err) || !more {
					return
				}
			}
		}
	}
}

// dataMatch is -e: a regular expression on captured bytes.
type dataMatch struct {
	re       *regexp.Regexp
	src, dst bool
}

func (c *Client) setDataMatch(v string) error {
	m := &dataMatch{src: true, dst: true}
	switch {
	case strings.HasPrefix(v, "s:"):
		m.dst, v = false, v[2:]
	case strings.HasPrefix(v, "d:"):
		m.src, v = false, v[2:]
	}
	re, err := regexp.Compile(v)
	if err != nil {
		return Usagef("-e %s: %w", v, err)
	}
	m.re = re
	c.data = m
	return nil
}

func (m *dataMatch) match(r *record.Record) bool {
	return m.src && m.re.Match(bytes.TrimRight(r.SrcData().Data, "\x00")) ||
		m.dst && m.re.Match(bytes.TrimRight(r.DstData().Data, "\x00"))
}

// dsrSelection is -M dsrs=: which DSRs a record keeps.
type dsrSelection struct {
	drop record.DSRSet
}

// setDSRs reads a list: names alone are what is kept, "-name" what is dropped,
// "+name" what is kept after all.
func (c *Client) setDSRs(list string) error {
	s := &c.dsrs
	only := true
	for i, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		sign := word[0]
		name := strings.TrimLeft(word, "+-")
		d, ok := record.DSRByName(name)
		if !ok {
			return Usagef("-M dsrs=%s: no DSR is called %q", list, name)
		}
		if i == 0 {
			if only = sign != '-' && sign != '+'; only {
				s.drop = ^record.DSRSet(0)
			}
		}
		if sign == '-' {
			s.drop |= record.Set(d)
		} else {
			s.drop &^= record.Set(d)
		}
	}
	return nil
}

func (s *dsrSelection) apply(r *record.Record) {
	if r.Kind() == record.Management {
		return
	}
	for d := range record.DSR(32) {
		if s.drop.Has(d) && r.Has(d) {
			r.Drop(d)
		}
	}
}
