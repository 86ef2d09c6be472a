package argus

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/seed-6ae541b3/goargus/codec3"
	"github.com/seed-6ae541b3/goargus/internal/stream"
	"github.com/seed-6ae541b3/goargus/record"
)

// Sink writes records to a file or stream.
type Sink struct {
	name    string
	cfg     CreateConfig
	out     io.Writer
	file    *logFile        // nil if out is no file of a name
	enc     *stream.Encoder // nil when closed
	fresh   bool            // nothing was written: a START record comes first
	began   bool            // the START record is settled
	start   *record.Record  // of the input, held back until the first record of another kind
	written int64
	closed  bool
}

// encoders are those of closed sinks, whose memory the next ones use: archives
// have many files, each for a short time.
var encoders = sync.Pool{New: func() any { return new(stream.Encoder) }}

// CreateConfig is what the options of Create set.
type CreateConfig struct {
	version record.Version // 0: as each record is
	refuse  bool
	onLoss  func(*record.Record, codec3.Loss)
}

// CreateOption changes how records are written.
type CreateOption func(*CreateConfig)

// Version3 writes every record in version 3. What that loses is told by
// [OnLoss], or refused by [RefuseLoss].
func Version3(c *CreateConfig) { c.version = record.Version3 }

// Version5 writes every record in version 5, which loses nothing.
func Version5(c *CreateConfig) { c.version = record.Version5 }

// RefuseLoss makes writing fail with [ErrLoss] at a record that version 3
// cannot hold whole.
func RefuseLoss(c *CreateConfig) { c.refuse = true }

// OnLoss calls f with every record that version 3 cannot hold whole, and what
// is left out.
func OnLoss(f func(rec *record.Record, loss codec3.Loss)) CreateOption {
	return func(c *CreateConfig) { c.onLoss = f }
}

// ErrLoss is the error of a record that cannot be written whole.
var ErrLoss = errors.New("version 3 cannot hold the record whole")

// Create opens a file for writing records. Records are appended to a file that
// is there; a new or empty one begins with a START management record, that of
// the first stream written or, if it has none, one made for it. Each record
// keeps its version unless an option says otherwise. The name "-" is standard
// output.
//
// When another process renames or removes the file, it is created again with
// the next block written.
func Create(name string, options ...CreateOption) (*Sink, error) {
	s := &Sink{name: name, enc: encoders.Get().(*stream.Encoder)}
	for _, o := range options {
		o(&s.cfg)
	}
	if name == "-" {
		s.name, s.out, s.fresh = "stdout", os.Stdout, true
		s.enc.Reset(s.out)
		return s, nil
	}
	f, err := openLog(name)
	if err != nil {
		return nil, err
	}
	s.file, s.out, s.fresh = f, f, f.size == 0
	s.enc.Reset(s.out)
	return s, nil
}

// NewSink returns a sink that writes a stream of its own to w, beginning with a
// START management record. Closing it closes w if it is an io.Closer.
func NewSink(w io.Writer, name string, options ...CreateOption) *Sink {
	s := &Sink{name: name, out: w, fresh: true, enc: encoders.Get().(*stream.Encoder)}
	for _, o := range options {
		o(&s.cfg)
	}
	s.enc.Reset(w)
	return s
}

// Written is the number of records that were taken, held back ones included.
func (s *Sink) Written() int64 { return s.written }

// Write adds a record. START management records after the first are left out,
// as are those for a file that had records before; all others are written. A
// record that is too long in the version asked for, or that version 3 cannot
// hold whole though that was required, is an error of its own: the next may be
// written. Other errors stay.
func (s *Sink) Write(rec *record.Record) error {
	if s.closed {
		return os.ErrClosed
	}
	if rec.Kind() == record.Management && rec.Cause() == record.Start {
		if s.start == nil {
			s.start = rec.Clone()
			if s.fresh {
				s.written++
			}
		}
		return nil
	}
	v := s.version(rec)
	if v == record.Version3 && (rec.Changed() || rec.Version() != v) {
		if err := s.checkLoss(rec); err != nil {
			return err
		}
	}
	if !s.began {
		if err := s.begin(rec, v); err != nil {
			return err
		}
	}
	if err := s.enc.Encode(rec, v); err != nil {
		return s.fail(err)
	}
	s.written++
	return nil
}

// version is the version in which a record is written.
func (s *Sink) version(rec *record.Record) record.Version {
	if s.cfg.version != 0 {
		return s.cfg.version
	}
	return rec.Version()
}

func (s *Sink) checkLoss(rec *record.Record) error {
	loss := codec3.Losses(rec)
	if loss == 0 {
		return nil
	}
	if s.cfg.onLoss != nil {
		s.cfg.onLoss(rec, loss)
	}
	if s.cfg.refuse {
		return fmt.Errorf("%s: %w: %v", s.name, ErrLoss, loss)
	}
	return nil
}

// begin settles what the stream begins with: the START record that came, or one
// made in the version of the first record, rec. A file that had records gets
// none now, but a file that takes its place will.
func (s *Sink) begin(rec *record.Record, v record.Version) error {
	start := s.start
	switch {
	case start != nil:
		v = s.version(start)
	default:
		now := int64(rec.StartTime())
		if rec.Kind() == record.Management {
			now = rec.Management().Now
		}
		start = record.NewManagement(wholeVersion(v), record.Start, record.ManagementInfo{StartTime: now, Now: now})
	}
	if v == record.Version3 {
		if err := s.checkLoss(start); err != nil {
			return err
		}
	}
	head, err := start.AppendTo(nil, v)
	if err != nil {
		return s.fail(err)
	}
	if s.fresh {
		s.enc.Append(head)
	}
	if s.file != nil {
		s.file.head = head
	}
	s.fresh, s.began = false, true
	return nil
}

// wholeVersion is a version that is written: clients of version 5 mark records
// that came from version 3 as 7.
func wholeVersion(v record.Version) record.Version {
	if v == record.Version3 {
		return v
	}
	return record.Version5
}

// fail gives an error the name of the sink.
func (s *Sink) fail(err error) error {
	if err == nil {
		return nil
	}
	var path *os.PathError
	if errors.As(err, &path) {
		return err
	}
	return fmt.Errorf("%s: %w", s.name, err)
}

// Flush writes what is held back.
func (s *Sink) Flush() error {
	if s.closed {
		return os.ErrClosed
	}
	if !s.began && s.start != nil {
		if err := s.begin(nil, 0); err != nil {
			return err
		}
	}
	return s.fail(s.enc.Flush())
}

// Close writes what is held back and closes the file. A stream to which no
// record was written is the START record alone, if there was one. Without one a
// file that Create made is removed, since an empty file is no stream.
func (s *Sink) Close() error {
	if s.closed {
		return nil
	}
	err := s.Flush()
	s.closed = true
	s.enc.Reset(nil)
	encoders.Put(s.enc)
	s.enc = nil
	if c, ok := s.out.(io.Closer); ok && s.out != os.Stdout {
		err = errors.Join(err, c.Close())
	}
	return err
}
