package record

import (
	"bytes"
	"encoding/json"
	"slices"
)

// merge makes l the union of two labels: for each name the values of l and then
// the new ones of o, names in the order of their first appearance. The result is
// JSON if one of the two is. What does not fit a label is left out whole.
func (l *Label) merge(o *Label) {
	if bytes.Equal(l.Text, o.Text) || len(o.Text) == 0 {
		return
	}
	if len(l.Text) == 0 {
		l.Text = bytes.Clone(o.Text)
		return
	}
	var set labelSet
	set.add(l.Text)
	set.add(o.Text)
	l.words = 0
	if l.Text[0] == '{' || o.Text[0] == '{' {
		l.Text = set.json()
	} else {
		l.Text = set.text()
	}
}

// AddLabel adds a label to that of the record, as merging does.
func (r *Record) AddLabel(text []byte) {
	l := *r.Label()
	if !r.Has(DSRLabel) {
		l = Label{}
	}
	l.merge(&Label{Text: text})
	r.SetLabel(l)
}

// labelSet is the names of labels with their values, as written.
type labelSet []labelEntry

type labelEntry struct {
	name   string
	values []string // text as it stands, or JSON of a value
	bare   bool     // a word without "="
}

// add adds the names and values of a label in either form.
func (s *labelSet) add(text []byte) {
	if text[0] == '{' && s.addJSON(text) {
		return
	}
	for part := range bytes.SplitSeq(text, []byte{':'}) {
		name, values, found := bytes.Cut(part, []byte{'='})
		if len(name) == 0 {
			continue
		}
		e := s.entry(string(name))
		e.bare = !found
		if !found {
			continue
		}
		for v := range bytes.SplitSeq(values, []byte{','}) {
			e.addValue(string(v))
		}
	}
}

// addJSON adds the members of an object in their order; it reports false, and
// adds nothing, if the text is no object.
func (s *labelSet) addJSON(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	var read labelSet
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return false
		}
		e := read.entry(name.(string))
		var list []json.RawMessage
		if json.Unmarshal(value, &list) != nil {
			list = []json.RawMessage{value}
		}
		for _, v := range list {
			e.addValue(unquoted(v))
		}
	}
	for _, e := range read {
		to := s.entry(e.name)
		for _, v := range e.values {
			to.addValue(v)
		}
	}
	return true
}

func unquoted(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}

func (s *labelSet) entry(name string) *labelEntry {
	for i := range *s {
		if (*s)[i].name == name {
			return &(*s)[i]
		}
	}
	*s = append(*s, labelEntry{name: name})
	return &(*s)[len(*s)-1]
}

func (e *labelEntry) addValue(v string) {
	if !slices.Contains(e.values, v) {
		e.values = append(e.values, v)
	}
}

func (s labelSet) text() []byte {
	var out []byte
	for _, e := range s {
		was := len(out)
		if was > 0 {
			out = append(out, ':')
		}
		out = append(out, e.name...)
		for i, v := range e.values {
			out = append(out, "=,"[min(i, 1)])
			out = append(out, v...)
		}
		if len(out) > MaxLabel {
			out = out[:was]
		}
	}
	return out
}

func (s labelSet) json() []byte {
	out := []byte{'{'}
	for _, e := range s {
		was := len(out)
		if was > 1 {
			out = append(out, ',')
		}
		name, _ := json.Marshal(e.name)
		out = append(append(out, name...), ':')
		out = e.appendJSON(out)
		if len(out) >= MaxLabel {
			out = out[:was]
		}
	}
	return append(out, '}')
}

func (e *labelEntry) appendJSON(out []byte) []byte {
	if e.bare && len(e.values) == 0 {
		return append(out, "true"...)
	}
	if len(e.values) != 1 {
		out = append(out, '[')
	}
	for i, v := range e.values {
		if i > 0 {
			out = append(out, ',')
		}
		if json.Valid([]byte(v)) {
			out = append(out, v...)
			continue
		}
		quoted, _ := json.Marshal(v)
		out = append(out, quoted...)
	}
	if len(e.values) != 1 {
		out = append(out, ']')
	}
	return out
}
