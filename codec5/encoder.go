package codec5

import (
	"io"

	"github.com/seed-6ae541b3/goargus/internal/stream"
	"github.com/seed-6ae541b3/goargus/record"
)

// Encoder writes a stream of records of version 5. It adds none of its own: the
// first record is to be a START management record, see [Start].
type Encoder struct{ e stream.Encoder }

// NewEncoder returns an Encoder to w. It writes about 256 KiB at once, always
// whole records.
func NewEncoder(w io.Writer) *Encoder {
	e := new(Encoder)
	e.e.Reset(w)
	return e
}

// Encode writes a record, converted if it is of the other version.
func (e *Encoder) Encode(rec *record.Record) error { return e.e.Encode(rec, record.Version5) }

// Flush writes what is held back. To be called at the end.
func (e *Encoder) Flush() error { return e.e.Flush() }

// Start returns the management record that a stream begins with.
func Start(info record.ManagementInfo) *record.Record {
	return record.NewManagement(record.Version5, record.Start, info)
}

// Status returns a periodic management record.
func Status(info record.ManagementInfo) *record.Record {
	return record.NewManagement(record.Version5, record.Status, info)
}

// Stop returns the management record that ends a sensor's stream.
func Stop(info record.ManagementInfo) *record.Record {
	return record.NewManagement(record.Version5, record.Stop, info)
}
