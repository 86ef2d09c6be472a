package zeek

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Header is what the lines that begin with # tell of a TSV log.
type Header struct {
	Separator    byte   // between columns
	SetSeparator string // between elements of sets and vectors, one byte
	Empty        string // mark of a value that is empty
	Unset        string // mark of a column without a value
	Path         string // the kind of log
	Open, Close  string // YYYY-MM-DD-hh-mm-ss in the local time of Zeek, empty if unknown
	Columns      []Column
}

// Column is a column of a TSV log.
type Column struct {
	Name string
	Type string // time, interval, string, addr, port, enum, count, int, bool, double, set[...], vector[...], ...
}

// maxColumns bounds what a log can make the reader remember.
const maxColumns = 4096

// DefaultHeader returns the header of a conn log with the columns that Zeek 7
// writes by itself.
func DefaultHeader() Header {
	h := newHeader()
	h.Path = "conn"
	for f := Time; f <= IPProto; f++ {
		if f == IPProto {
			h.Columns = append(h.Columns, Column{"tunnel_parents", extraTypes["tunnel_parents"]})
		}
		h.Columns = append(h.Columns, Column{f.String(), f.Type()})
	}
	return h
}

// newHeader is a header before anything was read.
func newHeader() Header {
	return Header{Separator: '\t', SetSeparator: ",", Empty: "(empty)", Unset: "-"}
}

// clone returns a copy that shares no memory.
func (h Header) clone() Header {
	h.Columns = append([]Column(nil), h.Columns...)
	return h
}

// directive takes over a line that begins with #. Lines that are none of the
// directives are comments.
func (h *Header) directive(line []byte) error {
	name, value, ok := bytes.Cut(line[1:], []byte{' '})
	if ok && string(name) == "separator" {
		return h.setSeparator(value)
	}
	name, value, _ = bytes.Cut(line[1:], []byte{h.Separator})
	v := string(value)
	switch string(name) {
	case "set_separator":
		v = unescaped(value)
		if len(v) != 1 {
			return fmt.Errorf("expected a set separator of one byte, found %q", v)
		}
		h.SetSeparator = v
	case "empty_field":
		h.Empty = v
	case "unset_field":
		h.Unset = v
	case "path":
		h.Path = v
	case "open":
		h.Open = v
	case "close":
		h.Close = v
	case "fields":
		return h.setFields(v)
	case "types":
		return h.setTypes(v)
	}
	return nil
}

// setSeparator begins a header: what an earlier one said is forgotten.
func (h *Header) setSeparator(value []byte) error {
	v := unescaped(value)
	if len(v) != 1 || v == "\n" {
		return fmt.Errorf("expected a separator of one byte, found %s", quoted(value))
	}
	*h = newHeader()
	h.Separator = v[0]
	return nil
}

func unescaped(v []byte) string {
	plain, _ := unescape(v, nil)
	return string(plain)
}

func (h *Header) setFields(v string) error {
	names := strings.Split(v, string([]byte{h.Separator}))
	if len(names) > maxColumns {
		return fmt.Errorf("expected at most %d columns, found %d", maxColumns, len(names))
	}
	h.Columns = nil
	seen := make(map[string]bool, len(names))
	for _, n := range names {
		if n == "" || seen[n] {
			return fmt.Errorf("expected columns with a name each of its own, found %q again", n)
		}
		if !isColumnName([]byte(n)) {
			return fmt.Errorf("expected names without control characters, found %q", n)
		}
		seen[n] = true
		h.Columns = append(h.Columns, Column{Name: n, Type: TypeOf(n)})
	}
	return nil
}

// TypeOf is the type of a column that Zeek itself writes; of others, string.
func TypeOf(name string) string {
	if f, ok := fieldsByAlias[name]; ok {
		return f.Type()
	}
	if t, ok := extraTypes[name]; ok {
		return t
	}
	return "string"
}

var errTypesFirst = errors.New("expected #fields before #types")

func (h *Header) setTypes(v string) error {
	types := strings.Split(v, string([]byte{h.Separator}))
	if len(h.Columns) == 0 {
		return errTypesFirst
	}
	if len(types) != len(h.Columns) {
		return fmt.Errorf("expected %d types, one for each of the fields, found %d", len(h.Columns), len(types))
	}
	for i, t := range types {
		h.Columns[i].Type = t
	}
	return nil
}

// AppendTo appends the lines of the header, #close excepted.
func (h *Header) AppendTo(dst []byte) []byte {
	dst = append(dst, "#separator "...)
	dst = append(appendEscape(dst, h.Separator), '\n')
	line := func(name, value string) {
		dst = append(append(dst, '#'), name...)
		dst = append(append(dst, h.Separator), value...)
		dst = append(dst, '\n')
	}
	line("set_separator", h.SetSeparator)
	line("empty_field", h.Empty)
	line("unset_field", h.Unset)
	line("path", h.Path)
	if h.Open != "" {
		line("open", h.Open)
	}
	dst = append(dst, "#fields"...)
	for _, c := range h.Columns {
		dst = append(append(dst, h.Separator), c.Name...)
	}
	dst = append(dst, "\n#types"...)
	for _, c := range h.Columns {
		dst = append(append(dst, h.Separator), c.Type...)
	}
	return append(dst, '\n')
}

// isList reports whether values of a type have elements.
func isList(typ string) bool {
	return strings.HasPrefix(typ, "set[") || strings.HasPrefix(typ, "vector[") || strings.HasPrefix(typ, "table")
}

// elementType is the type of the elements of a set or vector.
func elementType(typ string) string {
	_, t, ok := strings.Cut(typ, "[")
	if !ok {
		return "string"
	}
	return strings.TrimSuffix(t, "]")
}

// isNumber reports whether values of a type are numbers in JSON.
func isNumber(typ string) bool {
	switch typ {
	case "count", "int", "double", "interval", "time", "port":
		return true
	}
	return false
}
