package zeek

import (
	"bytes"

	"github.com/seed-6ae541b3/goargus/internal/jsontext"
)

// noField marks a column that is kept as an extra.
const noField Field = numFields

// column is what the reader does with a column of a TSV log.
type column struct {
	field  Field
	name   []byte
	typ    string
	list   bool   // a set or vector
	elem   string // type of its elements
	quoted bool   // of text, not a number or a truth value
}

// compile prepares for rows of a header. names says what columns of other names
// mean.
func (h *Header) compile(names map[string]string) []column {
	taken := uint32(0)
	cols := make([]column, len(h.Columns))
	find := func(byName map[string]Field) {
		for i, c := range h.Columns {
			name := c.Name
			if to, ok := names[name]; ok {
				name = to
			}
			if f, ok := byName[name]; ok && taken&(1<<f) == 0 && cols[i].name == nil {
				taken |= 1 << f
				cols[i] = column{field: f, name: []byte(c.Name)}
			}
		}
	}
	find(fieldsByName)
	find(fieldsByAlias)
	for i, c := range h.Columns {
		if cols[i].name == nil {
			cols[i] = column{
				field: noField, name: []byte(c.Name), typ: c.Type,
				list: isList(c.Type), elem: elementType(c.Type), quoted: !isNumber(c.Type) && c.Type != "bool",
			}
		}
	}
	return cols
}

// readTSV reads a row into the reader's Conn.
func (r *Reader) readTSV(line []byte) *ParseError {
	c := &r.conn
	c.Reset()
	sep := r.header.Separator
	unset, empty := r.header.Unset, r.header.Empty
	rest := line
	for i := range r.columns {
		col := &r.columns[i]
		at := len(line) - len(rest)
		v := rest
		if end := bytes.IndexByte(rest, sep); end >= 0 {
			v, rest = rest[:end], rest[end+1:]
			if i == len(r.columns)-1 {
				return bad(at+end+1, "", "expected %d columns, found more", len(r.columns))
			}
		} else if rest = rest[len(rest):]; i < len(r.columns)-1 {
			return bad(len(line)+1, "", "expected %d columns, found %d", len(r.columns), i+1)
		}
		switch {
		case string(v) == unset:
		case col.field != noField:
			if string(v) == empty && c.text(col.field) != nil {
				v = nil
			} else {
				v, r.scratch = unescape(v, r.scratch)
			}
			if err := c.parse(col.field, v); err != nil {
				return &ParseError{Column: at + 1, Field: string(col.name), Err: err}
			}
		default:
			start := len(r.scratch)
			r.scratch = r.appendJSON(r.scratch, v, col)
			c.Extra = append(c.Extra, Extra{col.name, r.scratch[start:len(r.scratch):len(r.scratch)]})
		}
	}
	return c.check()
}

// appendJSON appends the value of a column as JSON.
func (r *Reader) appendJSON(dst, v []byte, col *column) []byte {
	if !col.list {
		return r.appendScalar(dst, v, col.quoted, col.typ == "bool")
	}
	dst = append(dst, '[')
	if string(v) != r.header.Empty {
		quoted, truth := !isNumber(col.elem) && col.elem != "bool", col.elem == "bool"
		for first := true; ; first = false {
			part, rest, more := bytes.Cut(v, []byte(r.header.SetSeparator))
			if !first {
				dst = append(dst, ',')
			}
			if string(part) == r.header.Unset {
				dst = append(dst, "null"...)
			} else {
				dst = r.appendScalar(dst, part, quoted, truth)
			}
			if v = rest; !more {
				break
			}
		}
	}
	return append(dst, ']')
}

// appendScalar appends a value that is no list. What is not sound JSON for its
// type is kept as text.
func (r *Reader) appendScalar(dst, v []byte, quoted, truth bool) []byte {
	switch {
	case quoted:
	case truth && string(v) == "T":
		return append(dst, "true"...)
	case truth && string(v) == "F":
		return append(dst, "false"...)
	case !truth && jsontext.IsNumber(v):
		return append(dst, v...)
	}
	if string(v) == r.header.Empty {
		v = nil
	}
	v, r.text = unescape(v, r.text[:0])
	return jsontext.AppendQuoted(dst, v)
}
