package convert

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/internal/decompress"
	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

// Source is an input of any kind: records, text, or a log of Zeek.
type Source struct {
	name      string
	records   record.Stream
	close     []func() error
	skipped   func() int64
	truncated func() int64 // nil but for logs of Zeek
	count     int64        // records yielded

	next func() (*record.Record, error, bool) // of Read
	rest []byte                               // of the record at hand
}

// OpenConfig says how inputs are read.
type OpenConfig struct {
	Text ReaderConfig // also tells, by its Config, of conversion files
	Zeek zeek.ReaderConfig
}

// Open opens a file, or standard input by the name "-", plain or compressed with
// gzip, zstd or bzip2. Argus records are known by their first byte; a log of Zeek
// by its header lines, by JSON with the names of Zeek, or by a conversion file
// whose source is Zeek; all else is text of ra.
func Open(ctx context.Context, name string, cfg OpenConfig) (*Source, error) {
	s := &Source{name: name}
	in := io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		s.close = append(s.close, f.Close)
		in = f
	}
	plain, release, err := decompress.Open(in)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), s.Close())
	}
	s.close = append(s.close, func() error { release(); return nil })
	head := bufio.NewReaderSize(plain, 64<<10)
	first, err := head.Peek(peekSize)
	if err != nil && err != io.EOF {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), s.Close())
	}
	switch {
	case isRecords(first):
		src := argus.NewSource(ctx, head, name)
		s.records, s.skipped = src.Records(), func() int64 { return 0 }
		s.close = append(s.close, src.Close)
	case cfg.Text.Source == Zeek || isZeek(first):
		r := cfg.Zeek.NewReader(head)
		s.records, s.skipped, s.truncated = r.Records(), r.Skipped, r.Truncated
		s.close = append(s.close, r.Close)
	default:
		r := cfg.Text.NewReader(head)
		s.records, s.skipped = r.Records(), r.Skipped
	}
	return s, nil
}

const peekSize = 4096

// isRecords reports whether input begins with a record: a management record as
// a rule. No text begins with a byte above 0x7F but for UTF-8, and none of its
// lead bytes is one of these; flow records begin with control characters, or
// with letters and a cause, which is no letter.
func isRecords(b []byte) bool {
	if len(b) < record.HeaderSize {
		return false
	}
	if v := record.Version(b[0] & 0x0F); v != record.Version3 && v != record.Version5 && v != record.Mixed {
		return false
	}
	switch record.Kind(b[0] & 0xF0) {
	case record.Management, 0xB0, record.FlowRecord:
		return true
	case record.NetFlow, record.Event, record.AFlow:
		return b[1] >= 0x80 || b[1] < 0x20 || b[2] < 0x20 && b[2] != '\t' && b[2] != '\r' && b[2] != '\n'
	}
	return false
}

// isZeek reports whether text begins like a log of Zeek.
func isZeek(b []byte) bool {
	for _, line := range bytes.Split(b, []byte{'\n'}) {
		switch {
		case bytes.HasPrefix(line, []byte("#separator ")) || bytes.HasPrefix(line, []byte("#fields\t")):
			return true
		case isJSON(line):
			return bytes.Contains(line, []byte(`"id.orig_h"`)) || bytes.Contains(line, []byte(`"id_orig_h"`))
		}
	}
	return false
}

// Records yields the records of the source. An error ends the sequence.
func (s *Source) Records() record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for rec, err := range s.counted {
			if err != nil {
				err = fmt.Errorf("%s: %w", s.name, err)
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

// counted yields the records up to the first error, and counts those of flows.
func (s *Source) counted(yield func(*record.Record, error) bool) {
	for rec, err := range s.records {
		if err == nil && rec.Kind() != record.Management {
			s.count++
		}
		if !yield(rec, err) || err != nil {
			return
		}
	}
}

// Converted is the number of flow and event records yielded so far.
func (s *Source) Converted() int64 { return s.count }

// Read implements io.Reader: the bytes of the records, one after the other, as a
// file of records holds them. It takes the records that Records would yield.
func (s *Source) Read(b []byte) (int, error) {
	if s.next == nil {
		next, stop := iter.Pull2(record.Stream(s.counted))
		s.next = next
		s.close = append(s.close, func() error { stop(); return nil })
	}
	for len(s.rest) == 0 {
		rec, err, ok := s.next()
		switch {
		case !ok:
			return 0, io.EOF
		case err != nil:
			return 0, err
		}
		s.rest = rec.Bytes()
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// Skipped is the number of lines that were passed over so far.
func (s *Source) Skipped() int64 { return s.skipped() }

// Truncated is the number of records of a log of Zeek whose label had no room for
// all columns.
func (s *Source) Truncated() int64 {
	if s.truncated == nil {
		return 0
	}
	return s.truncated()
}

// Close closes the source.
func (s *Source) Close() error {
	var failed []error
	for i := len(s.close) - 1; i >= 0; i-- {
		failed = append(failed, s.close[i]())
	}
	s.close = nil
	return errors.Join(failed...)
}
