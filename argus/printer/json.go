package printer

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/seed-6ae541b3/goargus/record"
)

// jsonRow appends a record in the shape of version 5: the type, then a member
// for each field in the text that a column would have.
func (p *Printer) jsonRow(dst []byte, r *record.Record) []byte {
	if r.Kind() == record.Management {
		return p.management(dst, r)
	}
	dst = append(dst, `{ "type":"`...)
	dst = append(dst, r.Kind().TypeName()...)
	dst = append(dst, '"')
	for i := range p.cols {
		c := &p.cols[i]
		if c.key == typeKey {
			continue // is there already
		}
		start := len(dst)
		dst = append(dst, c.key...)
		at := len(dst)
		if dst = p.member(dst, r, c); len(dst) == at {
			dst = p.absent(dst, start)
		}
	}
	return append(dst, " }"...)
}

const typeKey = `,"type":`

// absent takes the key away again that starts at dst[start], or gives it what
// the configuration has for no value.
func (p *Printer) absent(dst []byte, start int) []byte {
	switch p.cfg.Absent {
	case Null:
		return append(dst, "null"...)
	case Empty:
		return append(dst, `""`...)
	}
	return dst[:start]
}

// member appends the value of a field, or nothing if there is none.
func (p *Printer) member(dst []byte, r *record.Record, c *column) []byte {
	at := len(dst)
	switch {
	case c.attr.Structured:
		return appendLabel(dst, r.Label().Text)
	case c.kind == record.NumberValue, c.kind == record.DurationValue, c.kind == record.PortValue, c.kind == record.TimeValue && c.opts.UnixTime:
		dst = trimRight(c.text(dst, r, c.opts), at)
		return bare(dst, at, r, c)
	}
	dst = append(dst, '"')
	dst = c.text(dst, r, c.opts)
	if c.attr.KeepBlanks {
		dst = append(dst, ' ')
	} else if dst = trimRight(dst, at+1); len(dst) == at+1 {
		return dst[:at]
	}
	return append(escape(dst, at+1), '"')
}

// bare makes what stands from dst[at] on a number, or a string if it is none.
// Hexadecimal numbers become decimal ones, which JSON knows.
func bare(dst []byte, at int, r *record.Record, c *column) []byte {
	text := dst[at:]
	switch {
	case len(text) == 0, c.number && isDigit(text[0]) && (len(text) == 1 || text[1] != 'x'), isNumber(text):
		return dst
	case len(text) > 2 && text[0] == '0' && text[1] == 'x':
		if v, ok := c.attr.Int64(r); ok {
			return strconv.AppendInt(dst[:at], v, 10)
		}
	case string(text) == "NaN" || string(text) == "+Inf" || string(text) == "-Inf":
		return dst[:at]
	}
	return appendString(dst, at)
}

// appendString makes what stands from dst[at] on a string.
func appendString(dst []byte, at int) []byte {
	dst = append(dst, ' ')
	copy(dst[at+1:], dst[at:])
	dst[at] = '"'
	return append(escape(dst, at+1), '"')
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isNumber reports whether text is a number by the grammar of JSON, without an
// exponent.
func isNumber(text []byte) bool {
	if len(text) > 0 && text[0] == '-' {
		text = text[1:]
	}
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	if digits == 0 || digits > 1 && text[0] == '0' {
		return false
	}
	text = text[digits:]
	if len(text) == 0 {
		return true
	}
	if text[0] != '.' || len(text) == 1 {
		return false
	}
	for _, c := range text[1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// escape makes the text from dst[at] on fit between the quotes of JSON.
func escape(dst []byte, at int) []byte {
	text := append(dst, filler...)[at:]
	for ; len(text) >= 8; text = text[8:] {
		v := binary.LittleEndian.Uint64(text)
		if unprintable(v) != 0 || others(v, '"')&others(v, '\\')&highBits != highBits {
			return escapeSlow(dst, at)
		}
	}
	return dst
}

func escapeSlow(dst []byte, at int) []byte {
	const digits = "0123456789abcdef"
	text := string(dst[at:]) // rare enough for a copy
	dst = dst[:at]
	for i, r := range text {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r < 0x20, r >= 0x7F && r < 0xA0, isDirection(r):
			dst = append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
		case r == utf8.RuneError && text[i] != 0xEF: // not the character itself
			dst = append(dst, `\ufffd`...)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// typedRow appends a record in the clean form: see the package comment.
func (p *Printer) typedRow(dst []byte, r *record.Record) []byte {
	if r.Kind() == record.Management {
		return p.typedManagement(dst, r)
	}
	dst = append(dst, `{"type":"`...)
	dst = append(dst, r.Kind().TypeName()...)
	dst = append(dst, '"')
	for i := range p.cols {
		c := &p.cols[i]
		if c.key == typeKey {
			continue
		}
		start := len(dst)
		dst = append(dst, c.key...)
		at := len(dst)
		if dst = p.typed(dst, r, c); len(dst) == at {
			dst = p.absent(dst, start)
		}
	}
	return append(dst, '}')
}

// typed appends the value of a field by its kind, or nothing.
func (p *Printer) typed(dst []byte, r *record.Record, c *column) []byte {
	a := c.attr
	switch {
	case a.Structured:
		return appendLabel(dst, r.Label().Text)
	case c.kind == record.TimeValue:
		if v, ok := a.Int64(r); ok {
			return appendTypedTime(dst, v, c.opts)
		}
		return dst
	case c.kind == record.DurationValue && a.Int != nil:
		if v, ok := a.Float64(r); ok {
			return appendShortest(dst, v)
		}
		return dst
	case c.kind == record.NumberValue && a.Float != nil:
		if v, ok := a.Float(r); ok {
			return appendShortest(dst, v)
		}
		return dst
	case c.kind == record.NumberValue && a.Int != nil:
		if v, ok := a.Int(r); ok {
			return strconv.AppendInt(dst, v, 10)
		}
		if a.Text == nil {
			return dst
		}
	case c.kind == record.BytesValue && a.Bytes != nil:
		if data := a.Bytes(r); len(data) > 0 {
			return append(base64.StdEncoding.AppendEncode(append(dst, '"'), data), '"')
		}
		return dst
	case c.kind == record.HistogramValue:
		return appendBins(dst, r, c)
	}
	at := len(dst)
	dst = trimRight(c.text(dst, r, c.opts), at)
	if c.kind == record.PortValue || c.kind == record.NumberValue {
		if len(dst) == at {
			if v, ok := a.Int64(r); ok {
				return strconv.AppendInt(dst, v, 10)
			}
			return dst
		}
		return bare(dst, at, r, c)
	}
	if len(dst) == at {
		return dst
	}
	return appendString(dst, at)
}

// appendShortest appends the shortest decimal that reads as the same number.
func appendShortest(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return dst
	}
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return strconv.AppendInt(dst, int64(v), 10)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

func appendTypedTime(dst []byte, ns int64, o *record.TextOptions) []byte {
	if o.UnixTime {
		return o.AppendTime(dst, ns)
	}
	t := time.Unix(0, ns)
	if o.Location != nil {
		t = t.In(o.Location)
	} else {
		t = t.UTC()
	}
	return append(t.AppendFormat(append(dst, '"'), time.RFC3339Nano), '"')
}

// appendBins appends a histogram as an array of its printed bins.
func appendBins(dst []byte, r *record.Record, c *column) []byte {
	at := len(dst)
	dst = c.text(dst, r, c.opts)
	n := len(dst) - at
	if n == 0 {
		return dst
	}
	per := n / 8
	var text [16]byte
	copy(text[:], dst[at:])
	dst = append(dst[:at], '[')
	for i := 0; i < n; i += per {
		if i > 0 {
			dst = append(dst, ',')
		}
		v, _ := strconv.ParseUint(string(text[i:i+per]), 16, 8)
		dst = strconv.AppendUint(dst, v, 10)
	}
	return append(dst, ']')
}
