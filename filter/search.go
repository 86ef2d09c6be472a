package filter

import (
	"regexp"

	"github.com/seed-6ae541b3/goargus/record"
)

// searchSource says what a regular expression looks at.
type searchSource uint8

const (
	searchText    searchSource = iota // the text of an attribute, as it is printed
	searchLabel                       // the label
	searchSrcData                     // captured bytes of the source
	searchDstData                     // captured bytes of the destination
	searchData                        // captured bytes of either side
)

// searcher looks for a regular expression, in time linear in the text.
type searcher struct {
	source  searchSource
	pattern *regexp.Regexp
	negated bool
	attr    *record.Attribute
}

// match tests a record. One without the text matches neither the pattern nor
// its negation.
func (s *searcher) match(r *record.Record) bool {
	switch s.source {
	case searchLabel:
		l := r.Label()
		return r.Has(record.DSRLabel) && s.pattern.Match(l.Text) != s.negated
	case searchSrcData:
		return s.inData(r.SrcData())
	case searchDstData:
		return s.inData(r.DstData())
	case searchData:
		return s.inEither(r.SrcData(), r.DstData())
	}
	buf := scratches.Get().(*scratch)
	defer scratches.Put(buf)
	buf.a = trimText(s.attr.AppendText(buf.a[:0], r, &buf.options))
	return len(buf.a) > 0 && s.pattern.Match(buf.a) != s.negated
}

func (s *searcher) inData(u *record.UserData) bool {
	return len(u.Data) > 0 && s.pattern.Match(u.Data) != s.negated
}

// inEither looks into both sides; the negation is that neither has the pattern.
func (s *searcher) inEither(src, dst *record.UserData) bool {
	if len(src.Data) == 0 && len(dst.Data) == 0 {
		return false
	}
	found := len(src.Data) > 0 && s.pattern.Match(src.Data) || len(dst.Data) > 0 && s.pattern.Match(dst.Data)
	return found != s.negated
}
