package printer

import (
	"bytes"
	"unicode/utf8"

	"github.com/seed-6ae541b3/goargus/record"
)

// separatedRow appends the cells of a record with separators between them, as if
// nothing needed quotes: plain finds out whether that is so.
func (p *Printer) separatedRow(dst []byte, r *record.Record) []byte {
	sep := byte(p.cfg.Separator)
	cols := p.columns(r)
	for i := range cols {
		c := &cols[i]
		at := len(dst)
		dst = c.text(dst, r, c.opts)
		switch {
		case c.number:
		case c.attr.KeepBlanks:
			dst = append(dst, ' ')
		default:
			dst = trimRight(dst, at)
		}
		dst = append(dst, sep)
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
		title := p.titleOf(c)
		dst = append(dst, title[:min(len(title), c.width)]...)
		dst = p.quoteCell(dst, at)
	}
	return dst
}
