package zeek

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/seed-6ae541b3/goargus/internal/jsontext"
	"github.com/seed-6ae541b3/goargus/record"
)

// Format is the form of a log.
type Format uint8

// The forms.
const (
	TSV  Format = iota // with header lines
	JSON               // an object for each line
)

// TimeFormat is the form of times in JSON. TSV has seconds since the epoch.
type TimeFormat uint8

// The forms of time.
const (
	EpochSeconds TimeFormat = iota // a number with six digits behind the point
	EpochMillis                    // a whole number: what is finer is lost
	ISO8601                        // a string
)

// WriterConfig says how a log is written. The zero value writes TSV with the
// columns of Zeek 7.
type WriterConfig struct {
	Format Format
	Times  TimeFormat
	// Header is that of TSV output: these columns and no others, in this order.
	// Without one the columns are those of DefaultHeader and, from the first row
	// on that has a value for another column, that one too; a new header tells
	// of it.
	Header *Header
	// PolicyFields writes Ethernet addresses and VLAN of records that were not
	// rows of a log. Those that were have them if the log had.
	PolicyFields bool
	// CommunityID adds the community id to rows that have none.
	CommunityID bool
	// CommunitySeed is the seed of these ids.
	CommunitySeed uint16
	// WallClock writes #open and #close by the clock; otherwise they tell of the
	// earliest and the latest time in the log, in UTC.
	WallClock bool

	Conversion
}

// Writer writes conn logs. It collects output: Close writes the rest, and does
// not close what it writes to.
type Writer struct {
	cfg     WriterConfig
	w       io.Writer
	buf     []byte
	text    []byte // a value, before it is escaped
	header  Header
	columns []column
	begun   bool

	convert       Converter
	rows, skipped int64
	final         int64
	synthetic     bool
	err           error
}

// flushSize is how much output is collected.
const flushSize = 64 << 10

// NewWriter returns a writer with the configuration zero.
func NewWriter(w io.Writer) *Writer { return WriterConfig{}.NewWriter(w) }

// NewWriter returns a writer.
func (cfg WriterConfig) NewWriter(w io.Writer) *Writer {
	out := &Writer{cfg: cfg, w: w, header: DefaultHeader(), convert: Converter{Conversion: cfg.Conversion}}
	if cfg.Header != nil {
		out.header = cfg.Header.clone()
		out.header.Close = ""
	}
	out.columns = out.header.compile(nil)
	return out
}

// Rows is the number of rows written.
func (w *Writer) Rows() int64 { return w.rows }

// Skipped is the number of records that have no row: see ErrNoConn.
func (w *Writer) Skipped() int64 { return w.skipped }

// Write writes the row of a record. Records that have none are counted.
func (w *Writer) Write(rec *record.Record) error {
	if w.err != nil {
		return w.err
	}
	c, err := w.convert.Conn(rec)
	if err != nil {
		w.skipped++
		return nil
	}
	if !w.convert.fromZeek {
		w.synthetic = true
		if !w.cfg.PolicyFields {
			c.set &^= 1<<OrigMAC | 1<<RespMAC | 1<<VLAN | 1<<OrigCountry | 1<<RespCountry
		}
	}
	if w.cfg.CommunityID {
		w.addCommunityID(c, rec)
	}
	return w.WriteConn(c)
}

var communityName = []byte("community_id")

// addCommunityID gives a row that has none a community id.
func (w *Writer) addCommunityID(c *Conn, rec *record.Record) {
	if c.extra(communityName) != nil {
		return
	}
	w.text = append(w.text[:0], '"')
	id, ok := rec.AppendCommunityID(w.text, w.cfg.CommunitySeed)
	if !ok {
		return
	}
	w.text = append(id, '"')
	c.Extra = append(c.Extra, Extra{communityName, w.text})
}

// WriteConn writes a row.
func (w *Writer) WriteConn(c *Conn) error {
	if w.err != nil {
		return w.err
	}
	end := c.Time + max(c.Duration, 0)
	if !c.Has(Duration) {
		end = c.Time
	}
	w.final = max(w.final, end)
	if w.cfg.Format == JSON {
		w.buf = w.appendJSON(w.buf, c)
	} else {
		w.prepare(c)
		w.buf = w.appendTSV(w.buf, c)
	}
	w.rows++
	if len(w.buf) >= flushSize {
		return w.Flush()
	}
	return nil
}

// Flush writes what was collected.
func (w *Writer) Flush() error {
	if w.err == nil && len(w.buf) > 0 {
		if _, err := w.w.Write(w.buf); err != nil {
			w.err = fmt.Errorf("zeek: %w", err)
		}
		w.buf = w.buf[:0]
	}
	return w.err
}

var errWriterClosed = errors.New("zeek: writer is closed")

// Close ends the log. A TSV log without rows has its header all the same.
func (w *Writer) Close() error {
	if w.err == errWriterClosed {
		return nil
	}
	if w.cfg.Format == TSV && w.err == nil {
		if !w.begun {
			w.writeHeader(0)
		}
		w.buf = append(append(w.buf, "#close"...), w.header.Separator)
		w.buf = append(w.appendStamp(w.buf, w.final), '\n')
	}
	err := w.Flush()
	if err == nil {
		w.err = errWriterClosed
	}
	return err
}

// appendStamp appends a time as #open and #close have it.
func (w *Writer) appendStamp(dst []byte, t int64) []byte {
	at := time.Unix(0, t).UTC()
	if w.cfg.WallClock {
		at = time.Now()
	}
	return at.AppendFormat(dst, "2006-01-02-15-04-05")
}

// prepare writes a header before the first row, and before a row that has a
// value for which there is no column yet.
func (w *Writer) prepare(c *Conn) {
	grown := false
	if w.cfg.Header == nil {
		for f := VLAN; f < numFields; f++ {
			if c.Has(f) && !w.hasField(f) {
				w.header.Columns = append(w.header.Columns, Column{f.String(), f.Type()})
				grown = true
			}
		}
		for i := range c.Extra {
			if e := &c.Extra[i]; !w.hasColumn(e.Name) && len(w.header.Columns) < maxColumns && isColumnName(e.Name) {
				w.header.Columns = append(w.header.Columns, Column{string(e.Name), typeOfExtra(e)})
				grown = true
			}
		}
	}
	if grown {
		w.columns = w.header.compile(nil)
	}
	if grown || !w.begun {
		w.writeHeader(c.Time)
	}
}

// isColumnName reports whether a name can stand in a header.
func isColumnName(name []byte) bool {
	for _, c := range name {
		if c < 0x20 || c == 0x7F {
			return false
		}
	}
	return len(name) > 0
}

func (w *Writer) hasField(f Field) bool {
	for i := range w.columns {
		if w.columns[i].field == f {
			return true
		}
	}
	return false
}

func (w *Writer) hasColumn(name []byte) bool {
	for i := range w.columns {
		if string(w.columns[i].name) == string(name) {
			return true
		}
	}
	return false
}

// typeOfExtra is the type of a column that no header told of.
func typeOfExtra(e *Extra) string {
	if t, ok := extraTypes[string(e.Name)]; ok {
		return t
	}
	switch c := e.Value[0]; {
	case c == '[':
		return "set[string]"
	case c == 't' || c == 'f':
		return "bool"
	case c == '-' || c-'0' <= 9:
		return "double"
	}
	return "string"
}

// writeHeader writes the header of rows from a time on. After rows it is that of
// a log that is appended, as Zeek's rotation would.
func (w *Writer) writeHeader(t int64) {
	if !w.begun || w.header.Open == "" {
		w.header.Open = string(w.appendStamp(nil, t))
	}
	w.begun = true
	w.buf = w.header.AppendTo(w.buf)
	if w.synthetic {
		w.buf = append(w.buf, "# conn_state, history and uid of flows that were no rows of a log are made from flow records\n"...)
	}
}

// appendTSV appends a row.
func (w *Writer) appendTSV(dst []byte, c *Conn) []byte {
	next := 0 // extras come in the order of the columns, mostly
	for i := range w.columns {
		col := &w.columns[i]
		if i > 0 {
			dst = append(dst, w.header.Separator)
		}
		if col.field != noField {
			dst = w.appendField(dst, c, col.field)
			continue
		}
		at := findExtra(c.Extra, col.name, next)
		if at < 0 {
			dst = append(dst, w.header.Unset...)
			continue
		}
		next = at + 1
		dst = w.appendExtra(dst, c.Extra[at].Value)
	}
	return append(dst, '\n')
}

// findExtra looks for an extra from a place on, then before it.
func findExtra(extra []Extra, name []byte, from int) int {
	for i := from; i < len(extra); i++ {
		if string(extra[i].Name) == string(name) {
			return i
		}
	}
	for i := range min(from, len(extra)) {
		if string(extra[i].Name) == string(name) {
			return i
		}
	}
	return -1
}

// appendField appends a field as TSV has it.
func (w *Writer) appendField(dst []byte, c *Conn, f Field) []byte {
	if !c.Has(f) {
		return append(dst, w.header.Unset...)
	}
	if p := c.text(f); p != nil {
		return w.header.appendText(dst, *p, false)
	}
	switch f {
	case OrigHost:
		return c.Orig.AppendTo(dst)
	case RespHost:
		return c.Resp.AppendTo(dst)
	case LocalOrig:
		return appendTruth(dst, c.LocalOrig)
	case LocalResp:
		return appendTruth(dst, c.LocalResp)
	}
	return c.appendPlain(dst, f)
}

func appendTruth(dst []byte, v bool) []byte {
	if v {
		return append(dst, 'T')
	}
	return append(dst, 'F')
}

// appendExtra appends a JSON value as TSV has it.
func (w *Writer) appendExtra(dst, value []byte) []byte {
	if value[0] != '[' {
		return w.appendElement(dst, value, false)
	}
	at := jsontext.SkipSpace(value, 1)
	if value[at] == ']' {
		return append(dst, w.header.Empty...)
	}
	for first := true; value[at] != ']'; first = false {
		if !first {
			dst = append(dst, w.header.SetSeparator...)
		}
		end, _ := jsontext.SkipValue(value, at, 1)
		dst = w.appendElement(dst, value[at:end], true)
		if at = jsontext.SkipSpace(value, end); value[at] == ',' {
			at = jsontext.SkipSpace(value, at+1)
		}
	}
	return dst
}

// appendElement appends a JSON value that is no list of its own.
func (w *Writer) appendElement(dst, value []byte, inSet bool) []byte {
	switch value[0] {
	case '"':
		var plain []byte
		plain, w.text = jsontext.Unquote(value, w.text[:0])
		return w.header.appendText(dst, plain, inSet)
	case 't', 'f':
		return appendTruth(dst, value[0] == 't')
	case 'n':
		return append(dst, w.header.Unset...)
	case '[', '{':
		return w.header.appendText(dst, value, inSet)
	}
	return append(dst, value...)
}

// appendJSON appends a row as an object.
func (w *Writer) appendJSON(dst []byte, c *Conn) []byte {
	start := len(dst)
	dst = append(dst, '{')
	name := func(n []byte) {
		if len(dst) > start+1 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendQuoted(dst, n), ':')
	}
	for f := Field(0); f < numFields; f++ {
		if !c.Has(f) {
			continue
		}
		name(fieldNames[f])
		switch p := c.text(f); {
		case p != nil:
			dst = w.appendString(dst, *p)
		case f == Time:
			dst = w.appendTime(dst, c.Time)
		default:
			dst = c.appendPlain(dst, f)
		}
	}
	for i := range c.Extra {
		name(c.Extra[i].Name)
		dst = append(dst, c.Extra[i].Value...)
	}
	return append(dst, '}', '\n')
}

// appendString appends text of any bytes as Zeek does in JSON: what is not UTF-8
// as \\xHH.
func (w *Writer) appendString(dst, v []byte) []byte {
	start := len(dst)
	dst = jsontext.AppendQuoted(dst, v)
	for at := start; at+6 <= len(dst); at++ {
		if dst[at] == '\\' && string(dst[at:at+4]) == `\udc` {
			copy(dst[at:], `\\x`)
			dst[at+3], dst[at+4] = dst[at+4], dst[at+5]
			dst = append(dst[:at+5], dst[at+6:]...)
		} else if dst[at] == '\\' {
			at++
		}
	}
	return dst
}

// appendTime appends a time as JSON has it.
func (w *Writer) appendTime(dst []byte, t int64) []byte {
	switch w.cfg.Times {
	case EpochMillis:
		return strconv.AppendInt(dst, t/1_000_000, 10)
	case ISO8601:
		digits := "000000"
		if t%microsecond != 0 {
			digits = "000000000"
		}
		dst = append(dst, '"')
		dst = time.Unix(0, t).UTC().AppendFormat(dst, "2006-01-02T15:04:05."+digits+"Z")
		return append(dst, '"')
	}
	return appendSeconds(dst, t)
}
