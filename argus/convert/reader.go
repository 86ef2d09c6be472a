package convert

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// ReaderConfig says how text is read.
type ReaderConfig struct {
	Config

	// Strict ends reading at the first line that cannot be converted, and at a
	// column that no record could hold.
	Strict bool
	// Skipped, if set, is called for each line that is passed over.
	Skipped func(*LineError)
	// Unknown, if set, is called once for each column that no record could hold.
	Unknown func(column string)
	// Date is the day of times without a date, by default 1970-01-01.
	Date time.Time
	// Location is the time zone of times without one, by default UTC.
	Location *time.Location
}

// LineError tells what is wrong with a line of text.
type LineError struct {
	Line   int64  // counts from 1
	Column string // title of the column, or empty
	Err    error
}

func (e *LineError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("line %d: %s: %v", e.Line, e.Column, e.Err)
}

// Unwrap returns what is wrong.
func (e *LineError) Unwrap() error { return e.Err }

// maxLine is the longest line that is read.
const maxLine = 16 << 20

// Reader reads text as records.
type Reader struct {
	cfg        ReaderConfig
	lines      *bufio.Scanner
	n          int64
	delimiter  byte
	columns    []textColumn
	told       map[string]bool // columns that no record could hold
	formatOnly bool            // times have no other form than the format
	cells      []string
	row        row
	rec        record.Record
	header     []byte
	buf        []byte
	seq        uint32
	skipped    int64
	rows       int64
}

// textColumn is a column of the text.
type textColumn struct {
	column
	title string // as the text has it
	mode  Mode
	seen  bool // a value was taken in this row
	pair  bool // labels are kept as name=value
}

// NewReader returns a reader of text. Nothing is read yet.
func (cfg ReaderConfig) NewReader(in io.Reader) *Reader {
	r := &Reader{cfg: cfg, lines: bufio.NewScanner(in), told: map[string]bool{}, delimiter: cfg.Delimiter}
	r.lines.Buffer(make([]byte, 64<<10), maxLine)
	r.row.parse = r.parseMoment
	return r
}

// Skipped is the number of lines that were passed over.
func (r *Reader) Skipped() int64 { return r.skipped }

// Rows is the number of records made.
func (r *Reader) Rows() int64 { return r.rows }

// Records yields the records, each valid until the next step. An error ends the
// sequence.
func (r *Reader) Records() record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for {
			rec, err := r.Read()
			if err == io.EOF || !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

var _ iter.Seq2[*record.Record, error] = (&Reader{}).Records()

// Read returns the next record, valid until the next call. At the end of the
// text it returns io.EOF.
func (r *Reader) Read() (*record.Record, error) {
	for r.lines.Scan() {
		r.n++
		line := bytes.TrimSuffix(r.lines.Bytes(), []byte{'\r'})
		if r.n == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		rec, err := r.line(line)
		switch {
		case rec != nil:
			r.rows++
			return rec, nil
		case err == nil:
			continue
		case errors.Is(err, errNoFlow) && !r.cfg.Strict:
			r.skipped++
			continue
		}
		le := &LineError{Line: r.n, Err: err}
		errors.As(err, &le)
		le.Line = r.n
		if r.cfg.Strict || r.columns == nil && !isJSON(line) {
			return nil, le
		}
		r.skipped++
		if r.cfg.Skipped != nil {
			r.cfg.Skipped(le)
		}
	}
	if err := r.lines.Err(); err != nil {
		return nil, &LineError{Line: r.n + 1, Err: err}
	}
	return nil, io.EOF
}

func isJSON(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return len(line) > 0 && (line[0] == '{' || line[0] == '[')
}

// line converts a line, if it is a row.
func (r *Reader) line(line []byte) (*record.Record, error) {
	switch {
	case len(bytes.TrimSpace(line)) == 0 || line[0] == '#':
		return nil, nil
	case isJSON(line):
		return r.object(line)
	case r.columns == nil:
		titles, err := r.begin(string(line))
		if err != nil || titles {
			return nil, err
		}
	}
	return r.text(string(line))
}

// begin finds out what the columns are: by the line of titles, or by the
// conversion file. It reports whether the line is one of titles.
func (r *Reader) begin(line string) (titles bool, err error) {
	if len(r.cfg.Fields) > 0 && !r.isTitles(line) {
		if r.delimiter == 0 {
			return false, fmt.Errorf("expected a delimiter in the conversion file")
		}
		r.columns, err = r.resolve(r.cfg.Fields)
		return false, err
	}
	if r.delimiter == 0 {
		if r.delimiter, err = findDelimiter(line); err != nil {
			return true, err
		}
	}
	names, err := r.split(line)
	if err != nil {
		return true, err
	}
	columns, err := r.resolve(names)
	if err != nil {
		return true, err
	}
	known := 0
	for _, c := range columns {
		if c.name != "" {
			known++
		}
	}
	if known == 0 {
		return true, fmt.Errorf("expected a line of titles, found %.60q", line)
	}
	r.columns = columns
	return true, nil
}

// isTitles reports whether the first column of a line is a title.
func (r *Reader) isTitles(line string) bool {
	d, err := findDelimiter(line)
	return err == nil && (r.delimiter == 0 || d == r.delimiter)
}

// findDelimiter finds the byte behind the first title of a line.
func findDelimiter(line string) (byte, error) {
	quote := strings.HasPrefix(line, `"`) || strings.HasPrefix(line, "'")
	if quote {
		if i := strings.IndexByte(line[1:], line[0]); i >= 0 {
			title, rest := line[1:i+1], line[i+2:]
			if _, ok := columnOf(title); ok && rest != "" {
				return rest[0], nil
			}
		}
	}
	text := strings.TrimLeft(line, " ")
	i := strings.IndexFunc(text, func(c rune) bool {
		return !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_')
	})
	if i < 0 {
		i = len(text)
	}
	if _, ok := columnOf(text[:i]); !ok {
		return 0, fmt.Errorf("expected a line of titles, found %.60q", line)
	}
	switch {
	case i == len(text):
		return ',', nil
	case text[i] == ' ':
		return 0, fmt.Errorf("columns are separated by blanks, which values hold too: print with -c ,")
	}
	return text[i], nil
}

// resolve finds out what columns of some names are.
func (r *Reader) resolve(names []string) ([]textColumn, error) {
	columns := make([]textColumn, len(names))
	for i, name := range names {
		c := textColumn{title: name}
		title := name
		if len(r.cfg.Map) > 0 {
			m, ok := r.mapped(name)
			if ok {
				title, c.mode, c.pair = m.Title, m.Mode, m.Mode == Append
			} else if len(r.cfg.Fields) > 0 {
				title = ""
			}
		}
		known := false
		if c.column, known = columnOf(title); !known && title != "" {
			if err := r.unknown(name); err != nil {
				return nil, err
			}
		}
		columns[i] = c
	}
	return columns, nil
}

func (r *Reader) mapped(name string) (Mapping, bool) {
	for _, m := range r.cfg.Map {
		if m.Column == name {
			return m, true
		}
	}
	return Mapping{}, false
}

// unknown tells of a column that no record could hold.
func (r *Reader) unknown(name string) error {
	if r.cfg.Strict {
		return fmt.Errorf("column %q has no place in a record", name)
	}
	if !r.told[name] && len(r.told) < 4096 {
		r.told[name] = true
		if r.cfg.Unknown != nil {
			r.cfg.Unknown(name)
		}
	}
	return nil
}

// text converts a line of columns.
func (r *Reader) text(line string) (*record.Record, error) {
	cells, err := r.split(line)
	if err != nil {
		return nil, err
	}
	if len(cells) != len(r.columns) {
		return nil, fmt.Errorf("expected %d columns, found %d", len(r.columns), len(cells))
	}
	r.row.reset()
	for i, v := range cells {
		c := &r.columns[i]
		if c.set == nil || r.absent(v) {
			continue
		}
		if c.mode == Keep && r.earlier(i) {
			continue
		}
		c.seen = true
		if err := r.take(c, v); err != nil {
			return nil, &LineError{Column: c.title, Err: err}
		}
	}
	for i := range r.columns {
		r.columns[i].seen = false
	}
	return r.make()
}

// earlier reports whether a column before had a value for the same attribute.
func (r *Reader) earlier(i int) bool {
	for _, c := range r.columns[:i] {
		if c.seen && c.name == r.columns[i].name {
			return true
		}
	}
	return false
}

// take gives the row a value.
func (r *Reader) take(c *textColumn, v string) error {
	if c.name != "flgs" {
		v = strings.TrimSpace(v)
	}
	if r.cfg.Empty != "" && v == r.cfg.Empty {
		v = ""
	}
	if c.name == "label" {
		if c.pair {
			v = c.title + "=" + v
		} else if c.mode != Append {
			r.row.label = r.row.label[:0]
		}
	}
	return c.set(&r.row, v)
}

// absent reports whether a cell has no value.
func (r *Reader) absent(v string) bool {
	v = strings.TrimSpace(v)
	return v == "" || v == "-" || r.cfg.Undefined != "" && v == r.cfg.Undefined
}

// make makes the record of the row.
func (r *Reader) make() (*record.Record, error) {
	w := &r.row
	if r.cfg.Source == NetFlow && w.kind == record.FlowRecord {
		w.kind = record.NetFlow
	}
	if w.dsrs&(1<<record.DSRTransport) == 0 || w.transport.ID.Kind == record.IDNone {
		w.transport.ID = r.cfg.MonitorID
	}
	if !w.transport.HasSeq {
		if r.seq++; r.seq == 0xFFFFFFFF {
			r.seq = 1
		}
		w.transport.Seq, w.transport.HasSeq = r.seq, true
	}
	cause := w.cause
	r.header = record.AppendHeader(r.header[:0], w.kind, record.Version5, cause)
	record.PutLength(r.header)
	if err := r.rec.Load(r.header); err != nil {
		return nil, err
	}
	if err := w.build(&r.rec); err != nil {
		return nil, err
	}
	r.rec.SetCause(w.cause)
	b, err := r.rec.AppendTo(r.buf[:0], record.Version5)
	if err != nil {
		return nil, err
	}
	r.buf = b
	return &r.rec, r.rec.Load(b)
}

// split cuts a line into cells. A cell in quotes may hold the delimiter, and the
// quote if it is doubled or behind a backslash.
func (r *Reader) split(line string) ([]string, error) {
	quote := r.cfg.Quoted
	if quote == 0 {
		quote = '"'
	}
	cells := r.cells[:0]
	for {
		if line == "" || line[0] != quote {
			i := strings.IndexByte(line, r.delimiter)
			if i < 0 {
				break
			}
			cells, line = append(cells, line[:i]), line[i+1:]
			continue
		}
		cell, rest, err := unquoteCell(line, quote)
		if err != nil {
			return nil, err
		}
		if rest != "" && rest[0] != r.delimiter { // a quote that begins a value of its own
			i := strings.IndexByte(line, r.delimiter)
			if i < 0 {
				break
			}
			cells, line = append(cells, line[:i]), line[i+1:]
			continue
		}
		if cells = append(cells, cell); rest == "" {
			r.cells = cells
			return cells, nil
		}
		line = rest[1:]
	}
	r.cells = append(cells, line)
	return r.cells, nil
}

// unquoteCell reads a cell in quotes.
func unquoteCell(line string, quote byte) (cell, rest string, err error) {
	var b []byte
	for i := 1; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line) && (line[i+1] == quote || line[i+1] == '\\'):
			i++
			b = append(b, line[i])
		case c == quote && i+1 < len(line) && line[i+1] == quote:
			i++
			b = append(b, c)
		case c == quote:
			return string(b), line[i+1:], nil
		default:
			b = append(b, c)
		}
	}
	return "", "", fmt.Errorf("expected a closing quote, found %.60q", line)
}
