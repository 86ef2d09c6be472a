package flowimport

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// Source is a stream of records of the flows that exporters sent. Read it with
// Records or Next, or, with Read, as the bytes of an Argus stream of version 5,
// for what takes such: argus.NewSource(ctx, src, name).
//
// The stream begins with a START management record. One of a file ends with a
// STOP record, whose counters are those of [Stats].
type Source struct {
	name string
	ctx  context.Context
	in   datagrams
	dec  *Decoder
	buf  []byte // records not yet given out
	rest []byte // of buf
	rec  record.Record
	time int64 // of the datagram before
	err  error
	stop func() bool

	begun   bool
	closed  atomic.Bool
	reading sync.Mutex // who closes waits for who reads
}

// datagrams is where datagrams come from.
type datagrams interface {
	// next returns the next datagram, valid until the call after, or io.EOF.
	next() (Datagram, error)
	// Close wakes who waits in next; it may be called more than once.
	Close() error
	// release gives back what reading needed, when nobody reads any more.
	release()
}

func newSource(ctx context.Context, name string, in datagrams, cfg Config) *Source {
	s := &Source{name: name, ctx: ctx, in: in, dec: NewDecoder(cfg)}
	s.stop = context.AfterFunc(ctx, func() { in.Close() }) // wakes who waits; the error is that of the context
	return s
}

// Name is the name of the file, or the address that is listened at.
func (s *Source) Name() string { return s.name }

// Stats tells what was met so far.
func (s *Source) Stats() Stats { return s.dec.Stats() }

// Records yields the records. It continues where an earlier loop over it
// stopped. An error ends the stream.
func (s *Source) Records() record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for {
			r, err := s.Next()
			if err == io.EOF || !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// Next returns the next record, valid until the next call, or io.EOF.
func (s *Source) Next() (*record.Record, error) {
	if err := s.fill(); err != nil {
		return nil, err
	}
	n := recordLength(s.rest)
	if err := s.rec.Load(s.rest[:n]); err != nil {
		return nil, err
	}
	s.rest = s.rest[n:]
	return &s.rec, nil
}

// Read gives the records as bytes. It returns with what a datagram brought, and
// does not wait until b is full.
func (s *Source) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if err := s.fill(); err != nil {
		return 0, err
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// fill sees to it that there is something to give out.
func (s *Source) fill() error {
	if len(s.rest) > 0 {
		return nil
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	for len(s.rest) == 0 {
		switch {
		case s.closed.Load():
			return errClosed
		case s.err != nil:
			return s.err
		}
		dg, err := s.in.next()
		if err == nil {
			s.buf = s.begin(s.buf[:0], &dg)
			s.buf = s.dec.Append(s.buf, dg)
			s.rest = s.buf
			continue
		}
		s.err = err
		switch {
		case s.ctx.Err() != nil:
			s.err = s.ctx.Err()
		case err == io.EOF:
			s.buf = s.end(s.begin(s.buf[:0], &Datagram{}))
			s.rest = s.buf
		}
	}
	return nil
}

// begin appends the START record once.
func (s *Source) begin(dst []byte, dg *Datagram) []byte {
	now := dg.Time
	if now == 0 {
		now = s.time
	}
	if now == 0 {
		now = time.Now().UnixNano()
	}
	s.time = now
	if s.begun {
		return dst
	}
	s.begun = true
	return record.AppendManagement(dst, record.Version5, record.Start, s.management(now))
}

// end appends the STOP record.
func (s *Source) end(dst []byte) []byte {
	m := s.management(s.time)
	st := s.dec.Stats()
	m.Packets, m.Bytes = st.Datagrams, st.Bytes
	m.Records, m.Flows = clip(st.Records), clip(st.Records)
	m.Dropped = clip(st.Lost + st.Malformed + st.Unsupported + st.NoTemplate + st.Incomplete)
	return record.AppendManagement(dst, record.Version5, record.Stop, m)
}

func (s *Source) management(now int64) *record.ManagementInfo {
	// Filled in as a sensor's is, cookie and all.
	m := *record.NewManagement(record.Version5, record.Start, record.ManagementInfo{StartTime: now, Now: now}).Management()
	return &m
}

func clip(n uint64) uint32 { return uint32(min(n, 1<<32-1)) }

// Close ends the stream. Another goroutine than that which reads may call it.
func (s *Source) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.stop()
	err := s.in.Close()
	s.reading.Lock()
	defer s.reading.Unlock()
	s.in.release()
	if s.ctx.Err() != nil {
		return nil // it was closed before
	}
	return err
}

var errClosed = errors.New("flowimport: source is closed")
