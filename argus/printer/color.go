package printer

import (
	"unicode/utf8"

	"github.com/seed-6ae541b3/goargus/record"
)

// Colours of a terminal (ECMA-48, "Select Graphic Rendition").
const (
	dim       = "\x1b[2m"
	yellow    = "\x1b[33m"
	magenta   = "\x1b[35m"
	cyan      = "\x1b[36m"
	green     = "\x1b[32m"
	underline = "\x1b[1;4m"
	normal    = "\x1b[0m"
)

// colorOf is the colour of an attribute; "" is that of the text around.
func colorOf(a *record.Attribute) string {
	switch a.Kind {
	case record.TimeValue:
		return dim
	case record.AddressValue:
		return cyan
	case record.PortValue:
		return green
	case record.FlagsValue:
		return yellow
	case record.TextValue:
		if a.From.Has(record.DSRNetwork) { // states and directions
			return magenta
		}
	}
	return ""
}

// colorRow is safeTextRow with colours: those are put around what is safe, and
// widths do not count them.
func (p *Printer) colorRow(dst []byte, r *record.Record) []byte {
	start := len(dst)
	cols := p.columns(r)
	for i := range cols {
		c := &cols[i]
		joint := len(dst) - 1
		color := colorOf(c.attr)
		dst = append(dst, color...)
		at := len(dst)
		dst = disarm(c.text(dst, r, c.opts), at, false)
		n := utf8.RuneCount(dst[at:])
		if c.join && n > 0 && r.IsFlow() && joint > start {
			dst[joint] = '.'
		}
		if !p.cfg.Variable {
			dst = c.safeJustify(dst, at, n)
		}
		if color != "" {
			dst = append(dst, normal...)
		}
		dst = append(dst, ' ')
	}
	return trimRight(dst, start)
}

// colorTitles appends the line of titles, emphasised.
func (p *Printer) colorTitles(dst []byte) []byte {
	dst = append(dst, underline...)
	dst = trimRight(p.textTitles(dst), 0)
	return append(dst, normal...)
}
