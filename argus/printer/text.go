package printer

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"github.com/seed-6ae541b3/goargus/record"
)

const blanks = "                                                                "

// fixedRow appends the columns of a record, each in its width and followed by a
// blank.
func (p *Printer) fixedRow(dst []byte, r *record.Record) []byte {
	start := len(dst)
	joinable := r.IsFlow()
	managed := r.Kind() == record.Management // has counters in the columns of ports
	cols := p.columns(r)
	for i := range cols {
		c := &cols[i]
		if !c.left || managed {
			dst = c.appendRight(dst, r)
			continue
		}
		at := len(dst)
		dst = c.text(dst, r, c.opts)
		n := len(dst) - at
		if c.join && n > 0 && joinable && at > start {
			dst[at-1] = '.'
		}
		if n > c.width {
			dst = c.cut(dst, at)
			n = c.width
		}
		dst = appendBlanks(dst, max(0, c.width-n)+1)
	}
	return trimRight(dst, start)
}

// variableRow appends the columns of a record, each as wide as its value and
// followed by a blank.
func (p *Printer) variableRow(dst []byte, r *record.Record) []byte {
	start := len(dst)
	joinable := r.IsFlow()
	cols := p.columns(r)
	for i := range cols {
		c := &cols[i]
		at := len(dst)
		dst = c.text(dst, r, c.opts)
		if c.join && len(dst) > at && joinable && at > start {
			dst[at-1] = '.'
		}
		dst = append(dst, ' ')
	}
	return trimRight(dst, start)
}

// slack is how much more than a cell is made room for, so that short values can
// be moved and blanks be filled in by whole words.
const slack = 32

// appendRight appends a cell justified to the right and a blank: the value is
// written behind the cell, and moved into it. What is moved or filled by words
// may write over what follows, where nothing is yet.
func (c *column) appendRight(dst []byte, r *record.Record) []byte {
	at := len(dst)
	end := at + c.width
	if cap(dst) < end+slack {
		dst = slices.Grow(dst, c.width+slack)
	}
	dst = c.text(dst[:end], r, c.opts)
	n := len(dst) - end
	if n > c.width {
		copy(dst[at:], dst[end:])
		return append(c.cut(dst[:at+n], at), ' ')
	}
	if cap(dst) < end+slack {
		dst = slices.Grow(dst, slack)
	}
	s := dst[:end+slack]
	low, high := binary.LittleEndian.Uint64(s[end:]), binary.LittleEndian.Uint64(s[end+8:])
	for i := at; i < end-n; i += 8 {
		binary.LittleEndian.PutUint64(s[i:], 0x2020202020202020)
	}
	if n <= 16 {
		binary.LittleEndian.PutUint64(s[end-n:], low)
		binary.LittleEndian.PutUint64(s[end-n+8:], high)
	} else {
		copy(s[end-n:], dst[end:])
	}
	s[end] = ' '
	return s[:end+1]
}

// justify makes the cell from dst[at] on, of n characters, as wide as the
// column.
func (c *column) justify(dst []byte, at, n int, left bool) []byte {
	switch {
	case n == c.width:
		return dst
	case n > c.width:
		return c.cut(dst, at)
	case left:
		return appendBlanks(dst, c.width-n)
	}
	gap := c.width - n
	if n == 0 {
		return appendBlanks(dst, gap)
	}
	dst = appendBlanks(dst, gap)
	copy(dst[at+gap:], dst[at:at+n])
	copy(dst[at:at+gap], blanks[:min(gap, len(blanks))])
	for i := len(blanks); i < gap; i++ {
		dst[at+i] = ' '
	}
	return dst
}

func appendBlanks(dst []byte, n int) []byte {
	for n > len(blanks) {
		dst = append(dst, blanks...)
		n -= len(blanks)
	}
	return append(dst, blanks[:n]...)
}

// cut shortens a cell that is too long: the last character becomes a mark.
// Ports that are numbers are never cut, captured bytes have no mark.
func (c *column) cut(dst []byte, at int) []byte {
	switch {
	case c.kind == record.PortValue && isPortNumber(dst[at:]):
		return dst
	case c.kind == record.BytesValue:
		return dst[:at+c.width]
	}
	dst = dst[:at+c.width]
	dst[at+c.width-1] = '*'
	return dst
}

// isPortNumber reports whether text is a number of 16 bits, decimal or
// hexadecimal.
func isPortNumber(text []byte) bool {
	return len(text) <= len("0xffff") && text[0] >= '0' && text[0] <= '9'
}

func trimRight(dst []byte, start int) []byte {
	for len(dst) > start && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// safeTextRow is textRow for values that hold more than printable ASCII: what
// could control a terminal becomes dots, and widths count characters.
func (p *Printer) safeTextRow(dst []byte, r *record.Record) []byte {
	start := len(dst)
	cols := p.columns(r)
	for i := range cols {
		c := &cols[i]
		at := len(dst)
		dst = disarm(c.text(dst, r, c.opts), at, false)
		n := utf8.RuneCount(dst[at:])
		if c.join && n > 0 && r.IsFlow() && at > start {
			dst[at-1] = '.'
		}
		if !p.cfg.Variable {
			dst = c.safeJustify(dst, at, n)
		}
		dst = append(dst, ' ')
	}
	return trimRight(dst, start)
}

func (c *column) safeJustify(dst []byte, at, n int) []byte {
	bytes := len(dst) - at
	if n == bytes {
		return c.justify(dst, at, n, c.left)
	}
	if n <= c.width { // as if the column were wider by what the characters take
		wide := *c
		wide.width += bytes - n
		return wide.justify(dst, at, bytes, c.left)
	}
	keep := at
	for range c.width - 1 {
		_, size := utf8.DecodeRune(dst[keep:])
		keep += size
	}
	return append(dst[:keep], '*')
}

// disarm replaces from dst[at] on what is no printable text by dots: control
// characters, and bytes that are no UTF-8. With breaks, line breaks and tabs
// stay.
func disarm(dst []byte, at int, breaks bool) []byte {
	out := at
	for i := at; i < len(dst); {
		r, size := utf8.DecodeRune(dst[i:])
		switch {
		case breaks && (r == '\n' || r == '\r' || r == '\t'):
		case r < 0x20, r >= 0x7F && r < 0xA0, r == utf8.RuneError && size == 1, isDirection(r):
			dst[out] = '.'
			out++
			i += size
			continue
		}
		out += copy(dst[out:], dst[i:i+size])
		i += size
	}
	return dst[:out]
}

// isDirection reports whether a character changes the direction or the lines of
// the text around it.
func isDirection(r rune) bool {
	return r >= 0x200E && r <= 0x200F || r >= 0x2028 && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// textTitles appends the line of titles, each as wide as its column.
func (p *Printer) textTitles(dst []byte) []byte {
	for i := range p.cols {
		c := &p.cols[i]
		title := clip(p.titleOf(c), c.width)
		switch {
		case p.cfg.Variable:
			dst = append(dst, title...)
		case c.kind == record.BytesValue || c.attr.Center:
			left := max(0, (c.width-len(title))/2)
			dst = appendBlanks(dst, left)
			dst = append(dst, title...)
			dst = appendBlanks(dst, max(0, c.width-len(title)-left))
		default:
			dst = appendBlanks(dst, max(0, c.width-len(title)))
			dst = append(dst, title...)
		}
		dst = append(dst, ' ')
	}
	return dst
}

// titleOf is the title of a column, which a registry of others may give, with
// nothing in it that controls a terminal.
func (p *Printer) titleOf(c *column) string {
	title := c.title
	if t := c.attr.RmonTitle; p.cfg.Rmon && t != "" {
		title = t
		if p.cfg.Percent != nil {
			title = "p" + t
		}
	}
	return string(disarm([]byte(title), 0, false))
}

// clip is the beginning of a text, at most n bytes of whole characters.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// dumps appends the captured bytes of a record, for each column of them, as
// lines of sixteen bytes and an empty one.
func (p *Printer) dumps(dst []byte, r *record.Record) []byte {
	for i := range p.cols {
		c := &p.cols[i]
		if c.kind != record.BytesValue || c.attr.Bytes == nil {
			continue
		}
		data := c.attr.Bytes(r)
		data = data[:min(len(data), c.opts.Width)]
		for at := 0; at < len(data); at += 16 {
			dst = appendDump(dst, at, data[at:min(at+16, len(data))])
		}
		if len(data) > 0 {
			dst = append(dst, '\n')
		}
	}
	return dst
}

// appendDump appends one line: offset, hexadecimal, characters.
func appendDump(dst []byte, at int, data []byte) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, "      "...)
	for shift := 20; shift >= 0; shift -= 4 {
		dst = append(dst, digits[at>>shift&15])
	}
	dst = append(dst, '\t')
	for _, b := range data {
		dst = append(dst, ' ', digits[b>>4], digits[b&15])
	}
	dst = appendBlanks(dst, 3*(16-len(data)))
	dst = append(dst, '\t')
	for _, b := range data {
		if b <= 0x20 || b > 0x7E {
			b = '.'
		}
		dst = append(dst, b)
	}
	return append(dst, '\n')
}
