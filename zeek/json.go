package zeek

import "github.com/seed-6ae541b3/goargus/internal/jsontext"

// readJSON reads the JSON object at line[at] into the reader's Conn and returns
// where it ends.
func (r *Reader) readJSON(line []byte, at int) (end int, err *ParseError) {
	r.conn.Reset()
	if end, err = r.readObject(line, at, false); err != nil {
		return end, err
	}
	return end, r.conn.check()
}

// readObject reads the members of an object, which may be {"conn":{...}}.
func (r *Reader) readObject(line []byte, at int, wrapped bool) (end int, err *ParseError) {
	if at >= len(line) || line[at] != '{' {
		return at, bad(at+1, "", "expected a JSON object")
	}
	at = jsontext.SkipSpace(line, at+1)
	if at < len(line) && line[at] == '}' {
		return at + 1, nil
	}
	for {
		value, want := jsontext.SkipKey(line, at)
		if want != "" {
			return value, bad(value+1, "", "expected %s", want)
		}
		var name []byte
		nameEnd, _ := jsontext.SkipString(line, at)
		name, r.scratch = jsontext.Unquote(line[at:nameEnd], r.scratch)
		if !isColumnName(name) {
			return at, bad(at+1, "", "expected a name without control characters, found %s", quoted(name))
		}
		if !wrapped && string(name) == "conn" && value < len(line) && line[value] == '{' {
			at, err = r.readObject(line, value, true)
		} else {
			at, err = r.readMember(line, value, name)
		}
		if err != nil {
			return at, err
		}
		at = jsontext.SkipSpace(line, at)
		switch {
		case at < len(line) && line[at] == '}':
			return at + 1, nil
		case at < len(line) && line[at] == ',':
			at = jsontext.SkipSpace(line, at+1)
		default:
			return at, bad(at+1, "", "expected a comma or the end of the object")
		}
	}
}

// readMember takes over the value at line[at].
func (r *Reader) readMember(line []byte, at int, name []byte) (end int, err *ParseError) {
	end, want := jsontext.SkipValue(line, at, 0)
	if want != "" {
		return end, bad(end+1, string(name), "expected %s", want)
	}
	raw := line[at:end]
	if string(raw) == "null" {
		return end, nil
	}
	f, known := r.fieldOf(name)
	switch {
	case string(name) == "_path" && !r.cfg.AnyPath && string(raw) != `"conn"`:
		e := fatal("expected \"conn\", found %s: %w", quoted(raw), ErrOtherLog)
		e.Column, e.Field = at+1, "_path"
		return end, e
	case !known:
		return end, r.addExtra(name, raw, at)
	case r.conn.Has(f):
		return end, bad(at+1, string(name), "expected one value, found a second")
	}
	v, ok := r.scalar(raw, f)
	if !ok {
		return end, bad(at+1, string(name), "expected a value of type %s, found %s", f.Type(), quoted(raw))
	}
	if e := r.conn.parse(f, v); e != nil {
		return end, &ParseError{Column: at + 1, Field: string(name), Err: e}
	}
	return end, nil
}

// fieldOf finds the field that a name means.
func (r *Reader) fieldOf(name []byte) (Field, bool) {
	if to, ok := r.cfg.Names[string(name)]; ok {
		f, known := fieldsByAlias[to]
		return f, known
	}
	f, ok := fieldsByAlias[string(name)]
	return f, ok
}

// scalar is the text of a value: a string without its quotes, a number or truth
// value as it is, the elements of a list of services joined by commas.
func (r *Reader) scalar(raw []byte, f Field) (v []byte, ok bool) {
	switch raw[0] {
	case '"':
		v, r.scratch = jsontext.Unquote(raw, r.scratch)
		return v, true
	case '{':
		return nil, false
	case '[':
		if f != Service {
			return nil, false
		}
		v, r.scratch, ok = joinStrings(raw, r.scratch)
		return v, ok
	}
	return raw, true
}

// joinStrings joins the strings of a sound JSON array by commas. The result is
// built at the end of scratch.
func joinStrings(raw, scratch []byte) (v, grown []byte, ok bool) {
	start := len(scratch)
	first := jsontext.SkipSpace(raw, 1)
	for at := first; raw[at] != ']'; {
		if raw[at] != '"' {
			return nil, scratch, false
		}
		end, _ := jsontext.SkipString(raw, at)
		if at > first {
			scratch = append(scratch, ',')
		}
		word := raw[at:end]
		plain, tail := jsontext.Unquote(word, scratch)
		if len(tail) == len(scratch) { // nothing was built
			scratch = append(scratch, plain...)
		} else {
			scratch = tail
		}
		if at = jsontext.SkipSpace(raw, end); raw[at] == ',' {
			at = jsontext.SkipSpace(raw, at+1)
		}
	}
	return scratch[start:len(scratch):len(scratch)], scratch, true
}

// addExtra keeps a member that has no field.
func (r *Reader) addExtra(name, raw []byte, at int) *ParseError {
	c := &r.conn
	if len(c.Extra) >= maxColumns {
		return bad(at+1, string(name), "expected at most %d columns", maxColumns)
	}
	if c.extra(name) != nil {
		return bad(at+1, string(name), "expected one value, found a second")
	}
	c.Extra = append(c.Extra, Extra{name, raw})
	return nil
}
