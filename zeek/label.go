package zeek

import (
	"strconv"

	"github.com/seed-6ae541b3/goargus/internal/jsontext"
	"github.com/seed-6ae541b3/goargus/record"
)

// A label is a JSON object with the names of Zeek: what the record tells by
// itself is not repeated, null is a field that the log did not set although the
// record tells a value. conn_state is always there, if only as null: it marks
// records that were rows of a conn log.

// labelFirst are the fields that are kept first, in this order.
var labelFirst = [...]Field{UID, State, History, Service}

// labelWriter builds a label that is short enough.
type labelWriter struct {
	text []byte
	full bool // something had no room
}

// begin opens a member and returns where it begins.
func (w *labelWriter) begin(name []byte) int {
	at := len(w.text)
	if at > 1 {
		w.text = append(w.text, ',')
	}
	w.text = append(jsontext.AppendQuoted(w.text, name), ':')
	return at
}

// end takes back the member that begins at at if the label is too long by it.
func (w *labelWriter) end(at int) {
	if len(w.text)+len("}") > record.MaxLabel {
		w.text = w.text[:at]
		w.full = true
	}
}

// appendLabel appends the label of a row to the bytes of its record.
func (v *Converter) appendLabel(b []byte, c *Conn) []byte {
	w := labelWriter{text: append(v.scratch[:0], '{')}
	for _, f := range labelFirst {
		if c.Has(f) || f == State {
			w.field(c, f)
		}
	}
	if v.Labels == AllLabels {
		for f := Field(0); f < numFields; f++ {
			if !isFirst(f) && !c.same(f, &v.told) {
				w.field(c, f)
			}
		}
		for i := range c.Extra {
			at := w.begin(c.Extra[i].Name)
			w.text = append(w.text, c.Extra[i].Value...)
			w.end(at)
		}
	}
	if w.full {
		v.truncated++
	}
	v.scratch = append(w.text, '}')
	return record.AppendLabel(b, &record.Label{Text: v.scratch})
}

func isFirst(f Field) bool { return f == UID || f == State || f == History || f == Service }

// field writes one field.
func (w *labelWriter) field(c *Conn, f Field) {
	at := w.begin(fieldNames[f])
	if c.Has(f) {
		w.text = c.appendJSON(w.text, f)
	} else {
		w.text = append(w.text, "null"...)
	}
	w.end(at)
}

// fieldNames are the names as bytes.
var fieldNames = func() (n [numFields][]byte) {
	for f := range n {
		n[f] = []byte(fieldTable[f].name)
	}
	return n
}()

// appendJSON appends a field as a label has it: services as an array, text of
// any bytes so that they come back.
func (c *Conn) appendJSON(dst []byte, f Field) []byte {
	if f == Service {
		return appendWords(dst, c.Service)
	}
	if p := c.text(f); p != nil {
		return jsontext.AppendQuoted(dst, *p)
	}
	return c.appendPlain(dst, f)
}

// appendPlain appends a field that is no text as JSON has it.
func (c *Conn) appendPlain(dst []byte, f Field) []byte {
	if p := c.counter(f); p != nil {
		return strconv.AppendUint(dst, *p, 10)
	}
	switch f {
	case Time:
		return appendSeconds(dst, c.Time)
	case Duration:
		return appendSeconds(dst, c.Duration)
	case OrigHost:
		return append(c.Orig.AppendTo(append(dst, '"')), '"')
	case RespHost:
		return append(c.Resp.AppendTo(append(dst, '"')), '"')
	case OrigPort:
		return strconv.AppendUint(dst, uint64(c.OrigPort), 10)
	case RespPort:
		return strconv.AppendUint(dst, uint64(c.RespPort), 10)
	case IPProto:
		return strconv.AppendUint(dst, uint64(c.IPProto), 10)
	case LocalOrig:
		return strconv.AppendBool(dst, c.LocalOrig)
	case LocalResp:
		return strconv.AppendBool(dst, c.LocalResp)
	}
	return strconv.AppendInt(dst, c.VLAN, 10)
}

// appendWords appends a comma list as a JSON array of strings.
func appendWords(dst, list []byte) []byte {
	dst = append(dst, '[')
	if len(list) > 0 {
		start := 0
		for at := 0; at <= len(list); at++ {
			if at < len(list) && list[at] != ',' {
				continue
			}
			if start > 0 {
				dst = append(dst, ',')
			}
			dst = jsontext.AppendQuoted(dst, list[start:at])
			start = at + 1
		}
	}
	return append(dst, ']')
}

// labelReader walks over the members of a label.
type labelReader struct {
	text []byte
	at   int
	ok   bool // the label is a sound JSON object
}

// readLabel checks a label as a whole.
func readLabel(text []byte) labelReader {
	end, want := 0, "an object"
	if len(text) > 0 && text[0] == '{' {
		end, want = jsontext.SkipValue(text, 0, 0)
	}
	return labelReader{text: text, at: jsontext.SkipSpace(text, min(1, len(text))), ok: want == "" && jsontext.SkipSpace(text, end) == len(text)}
}

// next returns the next member of a sound label: its name in quotes, and its
// value.
func (l *labelReader) next() (name, value []byte, more bool) {
	if !l.ok || l.at >= len(l.text) || l.text[l.at] == '}' {
		return nil, nil, false
	}
	nameEnd, _ := jsontext.SkipString(l.text, l.at)
	at, _ := jsontext.SkipKey(l.text, l.at)
	end, _ := jsontext.SkipValue(l.text, at, 1)
	name, value = l.text[l.at:nameEnd], l.text[at:end]
	l.at = jsontext.SkipSpace(l.text, end)
	if l.at < len(l.text) && l.text[l.at] == ',' {
		l.at = jsontext.SkipSpace(l.text, l.at+1)
	}
	return name, value, true
}

// isZeek reports whether the label is that of a row: it has a conn_state.
func (l labelReader) isZeek() bool {
	for name, _, more := l.next(); more; name, _, more = l.next() {
		if string(name) == `"conn_state"` {
			return true
		}
	}
	return false
}
