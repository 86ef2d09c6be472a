package codec5

import (
	"io"

	"github.com/seed-6ae541b3/goargus/internal/stream"
	"github.com/seed-6ae541b3/goargus/record"
)

// Decode makes rec the record of version 5 at the start of b and returns its
// length in bytes. Records that clients of version 5 made of version 3, marked
// as version 7, are of this version too. rec aliases b. A record of another version, one that is cut
// short or one whose DSRs do not fill it is an [*record.OffsetError] with an
// offset into b.
func Decode(rec *record.Record, b []byte) (int, error) {
	return stream.Decode(rec, b, stream.Only5)
}

// Append appends rec in version 5 to dst, which must not be the bytes that rec
// was decoded from.
// Nothing of a record of version 3 is lost.
func Append(dst []byte, rec *record.Record) ([]byte, error) {
	return rec.AppendTo(dst, record.Version5)
}

// Stats counts what a Decoder met.
type Stats = stream.Stats

// Option changes how a Decoder reads.
type Option func(*stream.Config)

// WithName names the stream in errors.
func WithName(name string) Option { return func(c *stream.Config) { c.Name = name } }

// WithOffset says that the first byte is not the first of the stream. The
// stream need not begin with a START record then.
func WithOffset(offset int64) Option {
	return func(c *stream.Config) { c.Offset, c.NoStart = offset, true }
}

// WithResync makes the Decoder pass over what is malformed until it finds the
// next record, and count what it passed over.
func WithResync() Option { return func(c *stream.Config) { c.Resync = true } }

// Decoder reads a stream of records of version 5, which begins with a START
// management record. Streams that may be of either version, or change it, are
// for argus.NewSource.
type Decoder struct{ d stream.Decoder }

// NewDecoder returns a Decoder of r. It reads 1 MiB at once and needs no
// buffering reader.
func NewDecoder(r io.Reader, options ...Option) *Decoder {
	cfg := stream.Config{Versions: stream.Only5}
	for _, o := range options {
		o(&cfg)
	}
	d := new(Decoder)
	d.d.Reset(r, cfg)
	return d
}

// Next returns the next record, which is valid until the next call. The error
// is io.EOF at the end of the stream, an [*record.OffsetError] where it is
// malformed, or that of the reader. An error stays.
func (d *Decoder) Next() (*record.Record, error) { return d.d.Next() }

// Records yields the records up to the end of the stream or the first error.
func (d *Decoder) Records() record.Stream { return d.d.Records() }

// Offset is the place in the stream of the record that comes next.
func (d *Decoder) Offset() int64 { return d.d.Offset() }

// Stats tells what was met so far.
func (d *Decoder) Stats() Stats { return d.d.Stats() }
