package convert

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/seed-6ae541b3/goargus/internal/jsontext"
	"github.com/seed-6ae541b3/goargus/record"
)

// object converts a line that holds a JSON object, as -M json prints records.
// Keys are names of attributes, exactly. Numbers may be as old programs print
// them: hexadecimal, or with zeros in front.
func (r *Reader) object(line []byte) (*record.Record, error) {
	r.row.reset()
	at := jsontext.SkipSpace(line, 0)
	for at < len(line) && line[at] == '[' {
		at = jsontext.SkipSpace(line, at+1)
	}
	if at >= len(line) {
		return nil, nil
	}
	if line[at] != '{' {
		return nil, fmt.Errorf("expected a JSON object, found %.60q", line)
	}
	at = jsontext.SkipSpace(line, at+1)
	var order []member
	for at < len(line) && line[at] != '}' {
		value, want := jsontext.SkipKey(line, at)
		if want != "" {
			return nil, fmt.Errorf("column %d: expected %s", value+1, want)
		}
		nameEnd, _ := jsontext.SkipString(line, at)
		name, _ := jsontext.Unquote(line[at:nameEnd], nil)
		end, err := skipLoose(line, value)
		if err != nil {
			return nil, err
		}
		order = append(order, member{string(name), line[value:end]})
		at = jsontext.SkipSpace(line, end)
		if at < len(line) && line[at] == ',' {
			at = jsontext.SkipSpace(line, at+1)
		} else if at >= len(line) || line[at] != '}' {
			return nil, fmt.Errorf("column %d: expected a comma or the end of the object", at+1)
		}
	}
	if at >= len(line) {
		return nil, fmt.Errorf("column %d: expected the end of the object", at+1)
	}
	return r.members(order)
}

// member is one member of an object.
type member struct {
	name string
	raw  []byte
}

// members takes over the members of an object.
func (r *Reader) members(list []member) (*record.Record, error) {
	for _, m := range list {
		c, ok := byTitle()[m.name]
		if !ok || c.name != m.name {
			if err := r.unknown(m.name); err != nil {
				return nil, err
			}
			continue
		}
		v := looseText(m.raw)
		if c.set == nil || r.absent(v) || string(m.raw) == "null" {
			continue
		}
		if c.name != "flgs" {
			v = strings.TrimSpace(v)
		}
		if err := c.set(&r.row, v); err != nil {
			return nil, &LineError{Column: m.name, Err: err}
		}
	}
	return r.make()
}

// looseText is the text of a value: strings without quotes, all else as it is.
func looseText(raw []byte) string {
	if raw[0] == '"' {
		plain, _ := jsontext.Unquote(raw, nil)
		return string(plain)
	}
	return string(raw)
}

// skipLoose returns the end of a value; one without quotes may be any word.
func skipLoose(line []byte, at int) (int, error) {
	if at < len(line) && (line[at] == '"' || line[at] == '{' || line[at] == '[') {
		end, want := jsontext.SkipValue(line, at, 0)
		if want != "" {
			return end, fmt.Errorf("column %d: expected %s", end+1, want)
		}
		return end, nil
	}
	n := bytes.IndexAny(line[at:], ",} \t")
	if n <= 0 {
		return at, fmt.Errorf("column %d: expected a value", at+1)
	}
	return at + n, nil
}
