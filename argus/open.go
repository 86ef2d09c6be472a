package argus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/internal/decompress"
	"github.com/seed-6ae541b3/goargus/internal/stream"
	"github.com/seed-6ae541b3/goargus/record"
)

// Source is a stream of records that is being read.
type Source struct {
	name   string
	ctx    context.Context
	in     io.Reader // decompressed, nil until the first record is asked for
	raw    io.ReadCloser
	cfg    OpenConfig
	dec    stream.Decoder
	close  []func() error
	closed bool
}

// OpenConfig is what the options of Open set.
type OpenConfig struct {
	resync      bool
	follow      bool
	noStart     bool
	start, stop int64 // range of the decompressed stream; stop 0 is the end

	// For a server.
	remote string // filter
	login  Login
	within time.Duration
	poll   bool
}

// OpenOption changes how a source is read.
type OpenOption func(*OpenConfig)

// Resync makes a source pass over what is malformed until it finds the next
// record. [Source.Stats] counts what was passed over.
func Resync(c *OpenConfig) { c.resync = true }

// Follow makes a source wait at the end of a file for what is still to be
// written to it. Only the context or Close ends the stream.
func Follow(c *OpenConfig) { c.follow = true }

// NoStart lets a stream begin without a START management record, as the rest of
// one may.
func NoStart(c *OpenConfig) { c.noStart = true }

// Range reads the records from byte start of the (decompressed) stream up to
// byte stop, or to the end if stop is 0. Both must be borders of records. The
// START management record at the beginning of the stream is read first, as for
// the name "file::start:stop".
func Range(start, stop int64) OpenOption {
	return func(c *OpenConfig) { c.start, c.stop = start, stop }
}

// Stats counts what was met in a source.
type Stats = stream.Stats

// Open opens a file of records, of either version and compressed by gzip,
// bzip2, xz or zstd or not, which its content tells, not its name. The name "-"
// is standard input, which may be compressed too. A name "file::start" or
// "file::start:stop" reads a range of bytes, see [Range]. The name
// "argus://host:port" asks a server for what it will have from now on.
//
// The context ends the stream with its error; it is looked at once per block
// read. What is no Argus stream is reported by the first record.
func Open(ctx context.Context, name string, options ...OpenOption) (*Source, error) {
	var cfg OpenConfig
	if address, ok := server(name); ok {
		for _, o := range options {
			o(&cfg)
		}
		return openServer(ctx, address, cfg)
	}
	name, err := cfg.parseRange(name)
	if err != nil {
		return nil, err
	}
	for _, o := range options {
		o(&cfg)
	}
	if cfg.start < 0 || cfg.stop < 0 || cfg.stop != 0 && cfg.stop < cfg.start {
		return nil, fmt.Errorf("argus: open %s: bytes %d to %d are no range", name, cfg.start, cfg.stop)
	}
	if scheme, _, ok := strings.Cut(name, "://"); ok && !exists(name) {
		return nil, fmt.Errorf("argus: open %s: Open reads files and argus://host:port, not %s", name, scheme)
	}
	if name == "-" {
		return newSource(ctx, "stdin", standardInput(ctx), cfg), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("is a directory, not a file of records")}
	}
	return newSource(ctx, name, f, cfg), nil
}

// NewSource returns a source of the records that r delivers, of either version
// and compressed or not. The name is for errors. Closing the source closes r if
// it is an io.Closer.
func NewSource(ctx context.Context, r io.Reader, name string, options ...OpenOption) *Source {
	var cfg OpenConfig
	for _, o := range options {
		o(&cfg)
	}
	c, ok := r.(io.ReadCloser)
	if !ok {
		c = io.NopCloser(r)
	}
	return newSource(ctx, name, c, cfg)
}

func newSource(ctx context.Context, name string, raw io.ReadCloser, cfg OpenConfig) *Source {
	s := &Source{name: name, ctx: ctx, raw: raw, cfg: cfg}
	// A read that waits, of a pipe or socket, ends with the context.
	stop := context.AfterFunc(ctx, func() { raw.Close() }) // its error is that of the context
	s.close = append(s.close, func() error {
		if stop() {
			return raw.Close()
		}
		return nil
	})
	return s
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// parseRange takes the range off a name with one.
func (c *OpenConfig) parseRange(name string) (string, error) {
	at := strings.LastIndex(name, "::")
	if at < 0 || exists(name) {
		return name, nil
	}
	start, stop, both := strings.Cut(name[at+2:], ":")
	var err error
	if c.start, err = strconv.ParseInt(start, 10, 64); err == nil && both {
		c.stop, err = strconv.ParseInt(stop, 10, 64)
	}
	if err != nil {
		return "", fmt.Errorf("argus: open %s: want a range of bytes ::start or ::start:stop", name)
	}
	return name[:at], nil
}

// Name is the name of the source, for messages.
func (s *Source) Name() string { return s.name }

// Stats tells what was met so far.
func (s *Source) Stats() Stats { return s.dec.Stats() }

// Offset is the place in the decompressed stream behind the record returned last.
func (s *Source) Offset() int64 { return s.dec.Offset() }

// Records yields the records of the source. It continues where an earlier loop
// over it stopped. An error ends the stream: an [*record.OffsetError] where the
// input is malformed or cut short, else that of the input or the context.
func (s *Source) Records() record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for {
			rec, err := s.Next()
			if err == io.EOF || !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// Next returns the next record, valid until the next call, or io.EOF.
func (s *Source) Next() (*record.Record, error) {
	if s.in == nil {
		if err := s.begin(); err != nil {
			return nil, err
		}
	}
	if start := s.cfg.start; start > 0 && s.dec.Offset() > 0 { // after the first record
		s.cfg.start = 0
		if err := s.skipTo(start); err != nil {
			return nil, err
		}
	}
	if s.cfg.stop != 0 && s.dec.Offset() >= s.cfg.stop {
		return nil, io.EOF
	}
	rec, err := s.dec.Next()
	if err != nil && err != io.EOF && s.ctx.Err() != nil {
		err = s.ctx.Err() // rather than that of the file closed for it
	}
	return rec, err
}

// begin looks at the first bytes and sets up the chain of readers.
func (s *Source) begin() error {
	if s.closed {
		return os.ErrClosed
	}
	var in io.Reader = contextReader{s.ctx, s.raw}
	if s.cfg.follow {
		in = &tail{ctx: s.ctx, r: s.raw}
	}
	in, release, err := decompress.Open(in)
	if err != nil {
		if s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		return fmt.Errorf("%s: %w", s.name, err)
	}
	s.in = in
	s.close = append(s.close, func() error { release(); return nil })
	s.dec.Reset(in, stream.Config{
		Versions: stream.Any, Name: s.name, NoStart: s.cfg.noStart, Resync: s.cfg.resync,
	})
	return nil
}

// skipTo continues at a later byte.
func (s *Source) skipTo(start int64) error {
	if err := s.dec.SkipTo(start); err != nil {
		return fmt.Errorf("%s: byte %d: %w", s.name, start, err)
	}
	return nil
}

// Close ends the stream and closes what it reads.
func (s *Source) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	for i := len(s.close) - 1; i >= 0; i-- {
		err = errors.Join(err, s.close[i]())
	}
	return err
}
