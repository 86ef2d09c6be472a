package stream

import (
	"io"

	"github.com/seed-6ae541b3/goargus/internal/wire"
	"github.com/seed-6ae541b3/goargus/record"
)

// flushSize is how many bytes an Encoder collects before it writes them.
const flushSize = 512 << 10

// Encoder writes records to a byte stream. What it writes at once is always
// whole records.
type Encoder struct {
	w   io.Writer
	buf []byte
	err error
}

// Reset makes e write to w. What it holds is forgotten.
func (e *Encoder) Reset(w io.Writer) { e.w, e.buf, e.err = w, e.buf[:0], nil }

// Encode adds a record, in the layout of a version.
func (e *Encoder) Encode(rec *record.Record, v record.Version) error {
	if e.err != nil {
		return e.err
	}
	if e.buf == nil {
		e.buf = make([]byte, 0, flushSize+wire.MaxRecord/4)
	}
	buf, err := rec.AppendTo(e.buf, v)
	if err != nil {
		return err // of this record alone
	}
	e.buf = buf
	if len(buf) >= flushSize {
		return e.Flush()
	}
	return nil
}

// Append adds bytes that are whole records.
func (e *Encoder) Append(b []byte) { e.buf = append(e.buf, b...) }

// Buffered is what Flush would write.
func (e *Encoder) Buffered() []byte { return e.buf }

// Flush writes what was added. An error stays.
func (e *Encoder) Flush() error {
	if e.err == nil && len(e.buf) > 0 {
		_, e.err = e.w.Write(e.buf)
		e.buf = e.buf[:0]
	}
	return e.err
}
