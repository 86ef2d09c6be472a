package printer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// Field is one column or member of what is printed.
type Field struct {
	Attribute *record.Attribute
	Width     int    // 0 is the attribute's
	Format    string // of times by strftime, of numbers by printf; empty is the attribute's
}

// DefaultFieldList is what ra prints if nothing else is said.
const DefaultFieldList = "stime flgs proto saddr sport dir daddr dport pkts bytes state"

// DefaultFields are the fields of DefaultFieldList.
func DefaultFields() []Field {
	fields, err := ParseFields(nil, nil, DefaultFieldList)
	if err != nil {
		panic(err) // a mistake in the list, found by any test
	}
	return fields
}

// ParseFields applies items of the -s option to a list of fields and returns
// the new list. Items are separated by blanks or commas:
//
//	name            the first item of all clears the list; appends the field
//	+name           appends; as the first item it keeps the list
//	+Nname          inserts at position N, counted from 0
//	-name           removes the first column of the name
//	...:W           with the width W
//	...:W:format    with a format without blanks: strftime for times, printf for numbers
//
// A width that was given to a field holds for later items of the same name. A
// nil registry is the built-in one.
func ParseFields(reg *record.Registry, fields []Field, items ...string) ([]Field, error) {
	if reg == nil {
		reg = record.Attributes()
	}
	l := fieldList{reg: reg, fields: slices.Clone(fields), widths: map[*record.Attribute]Field{}}
	for _, item := range splitItems(items) {
		if err := l.apply(item); err != nil {
			return nil, err
		}
	}
	if len(l.fields) == 0 {
		return nil, fmt.Errorf("no fields to print")
	}
	return l.fields, nil
}

// splitItems splits words at commas and blanks.
func splitItems(words []string) []string {
	var items []string
	for _, word := range words {
		items = append(items, strings.FieldsFunc(word, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' })...)
	}
	return items
}

type fieldList struct {
	reg    *record.Registry
	fields []Field
	widths map[*record.Attribute]Field
	begun  bool
}

func (l *fieldList) apply(item string) error {
	sign, rest := byte(0), item
	if rest[0] == '+' || rest[0] == '-' {
		sign, rest = rest[0], rest[1:]
	}
	if !l.begun {
		l.begun = true
		if sign == 0 {
			l.fields = l.fields[:0]
		}
	}
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	at, _ := strconv.Atoi(rest[:digits])
	f, err := l.field(rest[digits:], item)
	if err != nil {
		return err
	}
	switch {
	case sign == '-':
		i := slices.IndexFunc(l.fields, func(o Field) bool { return o.Attribute == f.Attribute })
		if i >= 0 {
			l.fields = slices.Delete(l.fields, i, i+1)
		}
	case sign == '+' && digits > 0:
		l.fields = slices.Insert(l.fields, min(at, len(l.fields)), f)
	default:
		l.fields = append(l.fields, f)
	}
	return nil
}

// field reads name[indices]:width:format.
func (l *fieldList) field(text, item string) (Field, error) {
	name, more, hasWidth := strings.Cut(text, ":")
	if i := strings.IndexAny(name, "[/"); i >= 0 {
		name = name[:i] // indices and masks mean nothing to a printer
	}
	a, ok := l.reg.Lookup(name)
	if !ok {
		return Field{}, unknownField(l.reg, name, item)
	}
	f := l.widths[a]
	f.Attribute = a
	if hasWidth {
		width, format, _ := strings.Cut(more, ":")
		n, err := strconv.Atoi(width)
		if err != nil || n < 1 || n > maxWidth {
			return Field{}, fmt.Errorf("field %q: width %q: want a number from 1 to %d", item, width, maxWidth)
		}
		f.Width, f.Format = n, format
		l.widths[a] = f
	}
	return f, nil
}

// maxWidth keeps a mistyped width from filling the memory.
const maxWidth = 65536

func unknownField(reg *record.Registry, name, item string) error {
	if near := reg.Suggest(name); len(near) > 0 {
		return fmt.Errorf("field %q: there is no attribute %q, but %s", item, name, strings.Join(near, ", "))
	}
	return fmt.Errorf("field %q: there is no attribute %q", item, name)
}
