package stream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/seed-6ae541b3/goargus/internal/wire"
	"github.com/seed-6ae541b3/goargus/record"
)

// Versions is a set of record versions.
type Versions uint16

// The sets that the codecs read.
const (
	Only3 Versions = 1 << record.Version3
	Only5 Versions = 1<<record.Version5 | 1<<record.Mixed
	Any            = Only3 | Only5
)

func (v Versions) has(n record.Version) bool { return v>>n&1 != 0 }

func (v Versions) String() string {
	switch v {
	case Only3:
		return "version 3"
	case Only5:
		return "version 5"
	}
	return "version 3 or 5"
}

// ErrVersion2 is the error of a stream of version 2, which is of the past.
var ErrVersion2 = errors.New("version 2 is not supported")

// Config says how a stream is read.
type Config struct {
	Versions Versions
	Name     string // for errors
	Offset   int64  // of the first byte
	NoStart  bool   // the stream need not begin with a START record
	Resync   bool   // pass over what is malformed
}

// Stats counts what a decoder met.
type Stats struct {
	Records  int64 // delivered
	Bytes    int64 // read, of the decompressed stream
	Skipped  int64 // bytes passed over: zero words between records and, when resynchronising, damage
	Reserved int64 // records of reserved kinds, which have no content, passed over
	Damaged  int64 // places at which resynchronisation was necessary
}

// Decoder turns a byte stream into records.
type Decoder struct {
	cfg     Config
	r       wire.Reader
	rec     record.Record
	shapes  record.Shapes
	plain   [256]bool // first bytes of records whose header needs no closer look
	number  int64     // of the next record
	taken   int       // bytes of the record delivered last, still to be taken
	started bool
	err     error
	stats   Stats
}

// Reset makes d read from src.
func (d *Decoder) Reset(src io.Reader, cfg Config) {
	d.r.Reset(src, cfg.Offset)
	d.cfg, d.number, d.taken, d.started, d.err, d.stats = cfg, 0, 0, cfg.NoStart, nil, Stats{}
	for b0 := range d.plain {
		d.plain[b0] = plain(byte(b0), cfg.Versions)
	}
}

// Stats tells what was met so far.
func (d *Decoder) Stats() Stats {
	s := d.stats
	s.Bytes = d.r.Offset() + int64(d.taken) - d.cfg.Offset
	return s
}

// Offset is the place in the stream of the record that comes next.
func (d *Decoder) Offset() int64 { return d.r.Offset() + int64(d.taken) }

// Next returns the next record, valid until the next call. The error is io.EOF
// at the end of the stream, else mostly an [*record.OffsetError]; it stays.
func (d *Decoder) Next() (*record.Record, error) {
	b := d.r.After(d.taken)
	d.taken = 0
	if len(b) == 0 || !d.plain[b[0]] || !d.started || d.err != nil || d.rec.LoadLike(b, &d.shapes) != nil {
		return d.next()
	}
	d.taken = len(b)
	d.number++
	d.stats.Records++
	return &d.rec, nil
}

// next is Next for all that is not plain.
func (d *Decoder) next() (*record.Record, error) {
	for d.err == nil {
		d.r.Take(d.taken)
		d.taken = 0
		if !d.started {
			if d.err = d.start(); d.err != nil {
				break
			}
		}
		b, skipped, err := d.r.Next()
		d.stats.Skipped += int64(skipped)
		if err == nil {
			err = d.load(b)
		} else if err == io.EOF {
			d.err = err
			break
		} else if err == io.ErrUnexpectedEOF {
			err = d.truncated(b)
		}
		if err != nil {
			d.damage(err)
			continue
		}
		d.taken = len(b)
		d.number++
		if reserved(b[0]) {
			d.stats.Reserved++
			continue
		}
		d.stats.Records++
		return &d.rec, nil
	}
	return nil, d.err
}

// load checks the head of a whole record and indexes it.
func (d *Decoder) load(b []byte) error {
	if err := check(b, d.cfg.Versions); err != nil {
		return d.at(err)
	}
	if err := d.rec.Load(b); err != nil {
		return d.at(err)
	}
	return nil
}

// at turns an error within a record into one within the stream.
func (d *Decoder) at(err error) error {
	var e *record.OffsetError
	if errors.As(err, &e) {
		e.Name, e.Record = d.cfg.Name, d.number
		e.Offset += d.r.Offset()
	}
	return err
}

func (d *Decoder) truncated(b []byte) error {
	want := "a record header of 4 bytes"
	if len(b) >= wire.WordSize {
		if err := check(b, d.cfg.Versions); err != nil {
			return d.at(err)
		}
		want = fmt.Sprintf("a record of %d bytes", int(binary.BigEndian.Uint16(b[2:]))*wire.WordSize)
	}
	return d.at(&record.OffsetError{
		Expect: fmt.Sprintf("%s, found %d", want, len(b)), Err: io.ErrUnexpectedEOF,
	})
}

// damage ends the stream or, when resynchronising, passes over what is damaged.
func (d *Decoder) damage(err error) {
	var e *record.OffsetError
	if !d.cfg.Resync || !errors.As(err, &e) {
		d.err = err
		return
	}
	d.stats.Damaged++
	d.resync()
}

// start checks that the stream begins as one of Argus does.
func (d *Decoder) start() error {
	b, err := d.r.Peek(startPrefix)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	d.started = true
	if err == nil {
		err = checkStart(b)
	} else {
		err = &record.OffsetError{
			Expect: fmt.Sprintf("the header of a START record of %d bytes, found %d", startPrefix, len(b)), Err: io.ErrUnexpectedEOF,
		}
	}
	if err != nil && d.cfg.Resync && !errors.Is(err, ErrVersion2) {
		return nil // Next finds where records begin
	}
	return d.at(err)
}

// Records yields the records up to the end of the stream or the first error.
func (d *Decoder) Records() record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for {
			rec, err := d.Next()
			if err == io.EOF || !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// SkipTo continues at a later byte of the stream, which must be the border of a
// record. The record delivered last is no longer valid.
func (d *Decoder) SkipTo(offset int64) error {
	d.r.Take(d.taken)
	d.taken = 0
	return d.r.Skip(offset - d.r.Offset())
}
