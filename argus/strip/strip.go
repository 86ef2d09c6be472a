// Package strip removes parts (DSRs) of records. It is what rastrip does.
//
//	s, err := strip.Parse("-suser", "-duser")
//	for rec, err := range argus.Pipe(src.Records(), s.Stage()) { ... }
package strip

import (
	"fmt"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// Selection is which parts of records stay.
type Selection struct {
	keep    record.DSRSet
	unknown bool // DSRs of unknown types stay
}

// usual are the parts that stay without a choice.
var usual = record.Set(record.DSRFlow, record.DSRTime, record.DSRMetrics, record.DSRNetwork)

// Names are the names of the parts.
func Names() (out []string) {
	for d := range record.DSR(32) {
		if name := d.Keyword(); name != "" && d != record.DSRTimeAdjust {
			out = append(out, name)
		}
	}
	return out
}

// Parse reads names of parts. Those alone are what stays; if the first is "-name",
// all stay but those with a "-"; if it is "+name", flow, time, metric and network
// stay and those with a "+". Without any these four stay. A name may be longer
// than the word for the part: "network" is "net".
func Parse(words ...string) (*Selection, error) {
	s := &Selection{keep: usual}
	for i, word := range words {
		sign := word[:min(1, len(word))]
		if sign != "-" && sign != "+" {
			sign = ""
		}
		d, ok := byName(word[len(sign):])
		if !ok {
			return nil, fmt.Errorf("strip: there is no part %q: want one of %s", word, strings.Join(Names(), ", "))
		}
		if i == 0 {
			switch sign {
			case "":
				s.keep = 0
			case "-":
				s.keep, s.unknown = ^record.DSRSet(0), true
			}
		}
		if sign == "-" {
			s.keep &^= record.Set(d)
		} else {
			s.keep |= record.Set(d)
		}
	}
	return s, nil
}

// byName finds a part by its name or a word that begins with it.
func byName(word string) (record.DSR, bool) {
	for n := len(word); n > 0; n-- {
		if d, ok := record.DSRByName(word[:n]); ok {
			return d, true
		}
	}
	return 0, false
}

// Keeps reports whether a part stays.
func (s *Selection) Keeps(d record.DSR) bool { return s.keep.Has(d) }

// Apply appends what stays of a record to dst, which must not overlap it. A
// record that loses nothing, and one of another kind than a flow, is appended as
// it is.
func (s *Selection) Apply(dst []byte, r *record.Record) ([]byte, error) {
	at := len(dst)
	dst, err := r.AppendTo(dst, r.Version())
	if err != nil || !r.IsFlow() {
		return dst, err
	}
	var whole record.Record
	if err := whole.Load(dst[at:]); err != nil {
		return dst[:at], err
	}
	to := at + record.HeaderSize
	for d, raw := range whole.DSRs() {
		known := d.String() != "unknown"
		if known && !s.keep.Has(d) || !known && !s.unknown {
			continue
		}
		to += copy(dst[to:], raw) // never ahead of what is read
	}
	dst = dst[:to]
	if !record.PutLength(dst[at:]) {
		return dst[:at], fmt.Errorf("strip: %d bytes are no record", to-at)
	}
	return dst, nil
}

// Stage returns a stage that strips records.
func (s *Selection) Stage() record.Stage {
	return func(src record.Stream) record.Stream {
		return func(yield func(*record.Record, error) bool) {
			var out record.Record
			var buf []byte
			for r, err := range src {
				if err == nil && r.IsFlow() {
					turned := r.Reversed()
					if buf, err = s.Apply(buf[:0], r); err == nil {
						err = out.Load(buf)
					}
					if turned && !r.Changed() {
						out.Reverse()
					}
					r = &out
				}
				if !yield(r, err) {
					return
				}
			}
		}
	}
}
