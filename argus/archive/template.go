package archive

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// template is the name of files: text, parts of a time, and values of fields.
type template struct {
	parts  []part
	timed  bool
	fields []*record.Attribute
}

// part is one piece of a template: text, a field, or a conversion of time.
type part struct {
	text  string
	field *record.Attribute
	conv  byte
}

// conversions are the parts of a time that a name may have, as strftime has
// them.
const conversions = "YymdHMSjabFTsUuZ%"

func parseTemplate(text string, reg *record.Registry) (*template, error) {
	t := &template{}
	for text != "" {
		i := strings.IndexAny(text, "%$")
		if i < 0 {
			i = len(text)
		}
		if i > 0 {
			t.parts = append(t.parts, part{text: text[:i]})
			text = text[i:]
			continue
		}
		if text[0] == '%' {
			if len(text) < 2 || strings.IndexByte(conversions, text[1]) < 0 {
				return nil, fmt.Errorf("archive: name: %q: want one of %%%s", text[:min(2, len(text))], strings.Join(strings.Split(conversions, ""), " %"))
			}
			t.parts = append(t.parts, part{conv: text[1]})
			t.timed = t.timed || text[1] != '%'
			text = text[2:]
			continue
		}
		a, n := longestName(text[1:], reg)
		if a == nil {
			return nil, fmt.Errorf("archive: name: %q does not begin with the name of a field", text)
		}
		t.parts = append(t.parts, part{field: a})
		t.fields = append(t.fields, a)
		text = text[1+n:]
	}
	return t, nil
}

// longestName finds the longest name of an attribute that text begins with.
func longestName(text string, reg *record.Registry) (*record.Attribute, int) {
	for n := min(len(text), 32); n > 0; n-- {
		if a, ok := reg.Lookup(text[:n]); ok {
			return a, n
		}
	}
	return nil, 0
}

// values appends what a record has in the fields of the template, made safe for
// names of files. Two records with the same bytes have the same.
func (t *template) values(dst []byte, r *record.Record, o *record.TextOptions) []byte {
	for _, a := range t.fields {
		at := len(dst)
		o.Width = a.Width
		dst = safe(a.AppendText(dst, r, o), at)
		dst = append(dst, 0)
	}
	return dst
}

// maxValue is how long the value of a field may be in a name.
const maxValue = 64

// safe makes the text behind at fit for a path: it is data, which may say
// anything, so that it must not lead out of the directory.
func safe(dst []byte, at int) []byte {
	text := strings.TrimSpace(string(dst[at:min(len(dst), at+maxValue)]))
	dst = dst[:at]
	for i, element := range strings.Split(text, "/") {
		if i > 0 {
			dst = append(dst, '/')
		}
		if element == "" || element == "." || element == ".." {
			dst = append(dst, '_')
			continue
		}
		for _, c := range []byte(element) {
			if c <= ' ' || c > '~' || c == '\\' {
				c = '_'
			}
			dst = append(dst, c)
		}
	}
	return dst
}

// name is the name for a time and the values of a record.
func (t *template) name(when time.Time, values []byte) string {
	var b strings.Builder
	for _, p := range t.parts {
		switch {
		case p.field != nil:
			v, rest, _ := strings.Cut(string(values), "\x00")
			values = []byte(rest)
			b.WriteString(v)
		case p.conv != 0:
			b.WriteString(convert(when, p.conv))
		default:
			b.WriteString(p.text)
		}
	}
	return b.String()
}

func convert(t time.Time, c byte) string {
	if layout, ok := map[byte]string{
		'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'j': "002", 'a': "Mon", 'b': "Jan",
		'F': "2006-01-02", 'T': "15:04:05", 'Z': "MST",
	}[c]; ok {
		return t.Format(layout)
	}
	switch c {
	case 's':
		return strconv.FormatInt(t.Unix(), 10)
	case 'u':
		return strconv.Itoa((int(t.Weekday())+6)%7 + 1)
	case 'U':
		return fmt.Sprintf("%02d", (t.YearDay()+6-int(t.Weekday()))/7)
	}
	return "%"
}

// letters is the n-th suffix of names: aa, ab, ... az, ba, ... yz, zaa: a z in
// front makes room for longer ones that still sort behind the others.
func letters(n int64, width int) string {
	period := int64(25)
	for range width - 1 {
		period *= 26
	}
	b := []byte(strings.Repeat("z", int(n/period)))
	n %= period
	at := len(b)
	for range width {
		b = append(b, 0)
	}
	for i := len(b) - 1; i >= at; i-- {
		b[i] = byte('a' + n%26)
		n /= 26
	}
	return string(b)
}
