package printer

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/seed-6ae541b3/goargus/record"
)

// stretch is columns side by side that either all have numbers, or may hold
// anything.
type stretch struct {
	from, to int
	numbers  bool
}

// stretches divides the columns.
func (p *Printer) stretches() (out []stretch) {
	for i := range p.cols {
		numbers := p.cols[i].number && strings.ContainsRune(",;|:/\t ", p.cfg.Separator) && (p.cfg.Quote == '"' || p.cfg.Quote == '\'')
		if n := len(out); n > 0 && out[n-1].numbers == numbers {
			out[n-1].to++
			continue
		}
		out = append(out, stretch{i, i + 1, numbers})
	}
	return out
}

// separatedRow appends the cells of a record with separators between them, as if
// nothing needed quotes. What is no number is looked at when it is there: if
// something does, the row is made again.
func (p *Printer) separatedRow(dst []byte, r *record.Record) []byte {
	start := len(dst)
	sep := byte(p.cfg.Separator)
	cols := p.columns(r)
	for _, s := range p.parts {
		if s.numbers {
			for i := s.from; i < s.to; i++ {
				c := &cols[i]
				dst = append(c.text(dst, r, c.opts), sep)
			}
			continue
		}
		at := len(dst)
		for i := s.from; i < s.to; i++ {
			c := &cols[i]
			cell := len(dst)
			dst = c.text(dst, r, c.opts)
			if c.attr.KeepBlanks {
				dst = append(dst, ' ')
			} else {
				dst = trimRight(dst, cell)
			}
			dst = append(dst, sep)
		}
		if !plainCells(dst, at, sep, p.cfg.Quote, s.to-s.from) {
			return p.safeSeparatedRow(dst[:start], r)
		}
	}
	return dst[:len(dst)-1]
}

// quote encloses the cell from dst[at] on in quotes and doubles those inside.
func quote(dst []byte, at int, q byte) []byte {
	extra := 2 + bytes.Count(dst[at:], []byte{q})
	end := len(dst)
	dst = appendBlanks(dst, extra)
	to := len(dst) - 1
	dst[to] = q
	for from := end - 1; from >= at; from-- {
		to--
		dst[to] = dst[from]
		if dst[from] == q {
			to--
			dst[to] = q
		}
	}
	dst[at] = q
	return dst
}

// safeSeparatedRow is separatedRow for values that hold quotes, separators or
// more than printable ASCII, for separators beyond it, and for quotes around
// everything.
func (p *Printer) safeSeparatedRow(dst []byte, r *record.Record) []byte {
	cols := p.columns(r)
	for i := range cols {
		c := &cols[i]
		if i > 0 {
			dst = utf8.AppendRune(dst, p.cfg.Separator)
		}
		at := len(dst)
		dst = disarm(c.text(dst, r, c.opts), at, true)
		if c.attr.KeepBlanks {
			dst = append(dst, ' ')
		} else {
			dst = trimRight(dst, at)
		}
		dst = p.quoteCell(dst, at)
	}
	return dst
}

func (p *Printer) quoteCell(dst []byte, at int) []byte {
	cell := dst[at:]
	if p.cfg.QuoteAll || bytes.ContainsRune(cell, p.cfg.Separator) || bytes.IndexByte(cell, p.cfg.Quote) >= 0 || bytes.ContainsAny(cell, "\r\n") {
		return quote(dst, at, p.cfg.Quote)
	}
	return dst
}

// separatedTitles appends the titles, cut to the width of the column.
func (p *Printer) separatedTitles(dst []byte) []byte {
	for i := range p.cols {
		c := &p.cols[i]
		if i > 0 {
			dst = utf8.AppendRune(dst, p.cfg.Separator)
		}
		at := len(dst)
		dst = append(dst, clip(p.titleOf(c), c.width)...)
		dst = p.quoteCell(dst, at)
	}
	return dst
}
