package zeek

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/seed-6ae541b3/goargus/internal/decompress"
	"github.com/seed-6ae541b3/goargus/internal/jsontext"
	"github.com/seed-6ae541b3/goargus/record"
)

// ReaderConfig says how a log is read. The zero value skips and counts rows
// that are malformed.
type ReaderConfig struct {
	// Strict ends reading at the first row that is malformed.
	Strict bool
	// Skipped, if set, is called with what is wrong with each row that is
	// skipped.
	Skipped func(*ParseError)
	// AnyPath reads logs whose path is not "conn" as if it were.
	AnyPath bool
	// Names says which fields columns of other names are, such as "src_ip":
	// "id.orig_h".
	Names map[string]string
	// Header, if set, is that of a TSV log without header lines.
	Header *Header
	// Management puts a start record before the first record and a stop record
	// with the counts after the last one. Their times are those of the log.
	Management bool

	Conversion
}

// Reader reads conn logs: TSV with its header lines, JSON lines, or both by
// turns, plain or compressed with gzip, zstd or bzip2. Logs may be concatenated:
// a new header replaces the one before. It reads ahead and does not close what
// it reads from.
type Reader struct {
	cfg     ReaderConfig
	in      io.Reader
	lines   lines
	release func()

	header  Header
	begun   bool // a #separator or #fields line was read
	columns []column

	conn    Conn
	scratch []byte // text of the row that is not in the line itself
	text    []byte // one value, while it is quoted
	line    []byte // JSON that holds more objects
	at      int

	rows, skipped int64
	err           error
	convert       Converter
}

// NewReader returns a reader with the configuration zero. Nothing is read yet.
func NewReader(r io.Reader) *Reader { return ReaderConfig{}.NewReader(r) }

// NewReader returns a reader. Nothing is read yet.
func (cfg ReaderConfig) NewReader(in io.Reader) *Reader {
	r := &Reader{cfg: cfg, in: in, header: newHeader(), convert: Converter{Conversion: cfg.Conversion}}
	if cfg.Header != nil {
		r.header, r.begun = cfg.Header.clone(), true
	}
	return r
}

// Close releases what decompression holds.
func (r *Reader) Close() error {
	if r.release != nil {
		r.release()
		r.release = nil
	}
	if r.err == nil {
		r.err = errClosed
	}
	return nil
}

var errClosed = errors.New("zeek: reader is closed")

// Header returns the header that holds for the row read last. A log in JSON has
// none: it is the default one, without columns.
func (r *Reader) Header() Header { return r.header.clone() }

// Rows is the number of rows read without fault.
func (r *Reader) Rows() int64 { return r.rows }

// Skipped is the number of rows that were malformed.
func (r *Reader) Skipped() int64 { return r.skipped }

// Truncated is the number of records that Records yielded whose label had no room
// for everything; what is left out is told by nothing else.
func (r *Reader) Truncated() int64 { return r.convert.Truncated() }

// Conns yields the rows. A Conn is valid until the next step. An error ends the
// sequence: a *ParseError, or that of the input.
func (r *Reader) Conns() iter.Seq2[*Conn, error] {
	return func(yield func(*Conn, error) bool) {
		for {
			c, err := r.Read()
			if err == io.EOF || !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// Records yields a record for each row. A record is valid until the next step.
// An error ends the sequence, as in Conns.
func (r *Reader) Records() record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for c, err := range r.Conns() {
			if err != nil {
				yield(nil, err)
				return
			}
			if r.cfg.Management && r.convert.records == 0 && !yield(r.convert.start(c), nil) {
				return
			}
			rec, err := r.convert.Record(c)
			if !yield(rec, err) || err != nil {
				return
			}
		}
		if r.cfg.Management && r.convert.records > 0 {
			yield(r.convert.stop(), nil)
		}
	}
}

// Read returns the next row, valid until the next call. At the end of the log
// it returns io.EOF.
func (r *Reader) Read() (*Conn, error) {
	for r.err == nil {
		found, err := r.row()
		switch {
		case err == nil && found:
			r.rows++
			return &r.conn, nil
		case err != nil:
			r.fault(err)
		}
	}
	return nil, r.err
}

// fault decides whether reading goes on after an error.
func (r *Reader) fault(err error) {
	pe, isRow := err.(*ParseError)
	if !isRow {
		r.err = err
		return
	}
	pe.Line = r.lines.n
	if r.cfg.Strict || pe.fatal {
		r.err = pe
		return
	}
	r.skipped++
	if r.cfg.Skipped != nil {
		r.cfg.Skipped(pe)
	}
}

// row reads one row, or something that is none.
func (r *Reader) row() (found bool, err error) {
	if r.line != nil {
		return r.object()
	}
	line, err := r.nextLine()
	switch {
	case err == errLongLine:
		return false, &ParseError{Err: err}
	case err != nil:
		return false, err
	case len(line) == 0:
		return false, nil
	case line[0] == '#':
		return false, asError(r.directive(line))
	}
	r.scratch = r.scratch[:0]
	if at := jsontext.SkipSpace(line, 0); at < len(line) && (line[at] == '{' || line[at] == '[' || line[at] == ']' && !r.begun) {
		r.line, r.at = line, at
		return r.object()
	}
	if !r.begun {
		return false, fatal("expected header lines (#fields ...) or a JSON object, found %s", quoted(line))
	}
	if r.columns == nil {
		if perr := r.prepare(); perr != nil {
			return false, perr
		}
	}
	perr := r.readTSV(line)
	return perr == nil, asError(perr)
}

// asError keeps a nil *ParseError from being an error.
func asError(e *ParseError) error {
	if e == nil {
		return nil
	}
	return e
}

// object reads the next JSON object of a line, which may be part of an array.
func (r *Reader) object() (found bool, err error) {
	at := r.at
	for at < len(r.line) && (r.line[at] == '[' || r.line[at] == ']' || r.line[at] == ',' || jsontext.SkipSpace(r.line, at) > at) {
		at++
	}
	if at == len(r.line) {
		r.line = nil
		return false, nil
	}
	r.scratch = r.scratch[:0]
	end, perr := r.readJSON(r.line, at)
	if r.at = end; perr != nil {
		r.line = nil
		return false, perr
	}
	if end == len(r.line) {
		r.line = nil
	}
	return true, nil
}

// nextLine opens the input at the first call.
func (r *Reader) nextLine() ([]byte, error) {
	if r.lines.r == nil {
		in, release, err := decompress.Open(r.in)
		if err != nil {
			return nil, fmt.Errorf("zeek: %w", err)
		}
		r.lines.r, r.release = in, release
		line, err := r.next()
		return bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")), err
	}
	return r.next()
}

func (r *Reader) next() ([]byte, error) {
	line, err := r.lines.next()
	if err != nil && err != io.EOF && err != errLongLine {
		err = fmt.Errorf("zeek: after line %d: %w", r.lines.n, err)
	}
	return line, err
}

// directive takes over a line of a header.
func (r *Reader) directive(line []byte) *ParseError {
	if err := r.header.directive(line); err != nil {
		return fatal("%w", err)
	}
	switch {
	case bytes.HasPrefix(line, []byte("#separator ")):
		r.begun, r.columns = false, nil
	case bytes.HasPrefix(line, []byte("#fields")):
		r.begun, r.columns = true, nil
	case bytes.HasPrefix(line, []byte("#types")):
		r.columns = nil
	case bytes.HasPrefix(line, []byte("#path")):
		return r.checkPath()
	}
	return nil
}

func (r *Reader) checkPath() *ParseError {
	if p := r.header.Path; p != "conn" && !r.cfg.AnyPath {
		return fatal("expected the path \"conn\", found %q: %w", p, ErrOtherLog)
	}
	return nil
}

// prepare compiles the header for the rows that follow.
func (r *Reader) prepare() *ParseError {
	cols := r.header.compile(r.cfg.Names)
	have := uint32(0)
	for _, c := range cols {
		if c.field != noField {
			have |= 1 << c.field
		}
	}
	for f := Field(0); required>>f != 0; f++ {
		if required&(1<<f) != 0 && have&(1<<f) == 0 {
			return fatal("expected a column %s, which a connection cannot be without, found none", f)
		}
	}
	r.columns = cols
	return nil
}
