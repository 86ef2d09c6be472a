package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/codec3"
	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

// Output is where records go: files of records, or, without any, lines on
// standard output.
type Sinks struct {
	c     *Client
	print *printer.Printer // nil if nothing is printed
	zeek  *zeek.Writer     // nil unless a conn log is written instead
	files []*argus.Sink
	live  *flusher

	offset func(*record.Record) int64 // where a record stood in its file; nil if that means nothing
}

// Sinks opens the outputs.
func (c *Client) Sinks() (*Sinks, error) {
	s := &Sinks{c: c}
	if c.Zeek != nil && len(c.Outputs) > 0 {
		return nil, Usagef("-M zeek: a conn log goes to standard output, and -w writes records: leave one of them out")
	}
	for _, o := range c.Outputs {
		f, err := argus.Create(o.File, c.SinkOptions()...)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, f)
	}
	if len(s.files) > 0 || c.Quiet {
		if len(s.files) > 0 && c.slow() {
			s.live = c.startFlusher(s.flushFiles)
		}
		return s, nil
	}
	if c.Zeek != nil {
		s.zeek = c.Zeek.NewWriter(os.Stdout)
		return s, nil
	}
	c.Print.Color = c.Color == "always" || c.Color == "auto" && isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == ""
	if !c.slow() {
		c.Print.Workers = min(runtime.GOMAXPROCS(0), maxWorkers)
	}
	p, err := printer.New(os.Stdout, c.Print)
	if err != nil {
		return nil, err
	}
	s.print = p
	if c.slow() {
		s.live = c.startFlusher(func() { _ = p.Flush() }) // the printer keeps the error for the next record
	}
	return s, nil
}

// maxWorkers is the most goroutines that print: one that reads cannot feed more.
const maxWorkers = 8

// Put prints the records of a stream, or writes them to the files of -w. offset
// tells where a record stood in its file; nil if that means nothing any more.
func (c *Client) Put(s record.Stream, offset func(*record.Record) int64) (err error) {
	out, err := c.Sinks()
	if err != nil {
		return err
	}
	defer func() {
		if cerr := out.Close(); err == nil {
			err = cerr
		}
	}()
	out.offset = offset
	write := out.writer()
	for r, err := range s {
		if err != nil {
			return err
		}
		if err := write(r); err != nil {
			return err
		}
	}
	return nil
}

// writer is Write, or what comes to the same with less work for each record.
func (s *Sinks) writer() func(*record.Record) error {
	if len(s.files) == 1 && s.c.Outputs[0].Filter == nil && s.print == nil && s.zeek == nil && s.live == nil {
		return s.files[0].Write
	}
	return s.Write
}

// slow reports whether records may come one at a time, so that lines must not
// wait until many are there.
func (c *Client) slow() bool {
	if c.Follow || c.Pace > 0 {
		return true
	}
	for _, name := range c.Files {
		if _, live := endless(name); live {
			return true
		}
		if info, err := os.Stat(name); name == "-" || err == nil && !info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// Write prints a record, or writes it to the files whose filters it passes.
func (s *Sinks) Write(r *record.Record) error {
	if s.live != nil {
		s.live.Lock()
		defer s.live.Unlock()
	}
	for i, f := range s.files {
		if only := s.c.Outputs[i].Filter; only != nil && !only.Match(r) {
			continue
		}
		if err := f.Write(r); err != nil {
			return err
		}
	}
	switch {
	case s.zeek != nil:
		return s.zeek.Write(r)
	case s.print == nil:
		return nil
	}
	at := int64(0)
	if s.offset != nil {
		at = s.offset(r)
	}
	return s.print.PrintAt(r, at)
}

// Close writes what is held back.
func (s *Sinks) Close() (err error) {
	if s.live != nil {
		s.live.stop()
	}
	if s.print != nil {
		err = s.print.Close()
	}
	if s.zeek != nil {
		err = s.zeek.Close()
	}
	for _, f := range s.files {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}
	return err
}

// flushFiles writes what files hold back. An error is one of the next record,
// too.
func (s *Sinks) flushFiles() {
	for _, f := range s.files {
		_ = f.Flush()
	}
}

// flusher writes what is held back a few times a second, or as often as
// RA_UPDATE_INTERVAL says.
type flusher struct {
	sync.Mutex
	done, ended chan struct{}
}

const flushEvery = 200 * time.Millisecond

func (c *Client) startFlusher(flush func()) *flusher {
	every := cmp.Or(c.update, flushEvery)
	f := &flusher{done: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(f.ended)
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-f.done:
				return
			case <-t.C:
				f.Lock()
				flush()
				f.Unlock()
			}
		}
	}()
	return f
}

// stop ends it before what it flushes is closed.
func (f *flusher) stop() {
	close(f.done)
	<-f.ended
}

// lost tells of what version 3 could not hold.
func (c *Client) lost(r *record.Record, loss codec3.Loss) {
	c.warn("version 3 cannot hold all of the records: %v", loss)
}

// Run reads all input and prints or writes it: what ra does.
func (c *Client) Run(ctx context.Context) error {
	if c.Percent {
		if err := c.sum(ctx); err != nil {
			return err
		}
	}
	in := c.Input()
	stream := in.Records(ctx)
	if c.Unidirectional {
		stream = record.Unidirectional(stream)
	}
	if err := c.Put(c.OutputLimit()(stream), in.Offset); err != nil {
		return err
	}
	if c.Totals {
		fmt.Println(in.Totals())
	}
	return nil
}

// Separated reports whether columns are separated by a character.
func (c *Client) Separated() bool { return c.Print.Form == printer.Separated }

// JSON reports whether the output is JSON.
func (c *Client) JSON() bool {
	return c.Print.Form == printer.JSON || c.Print.Form == printer.TypedJSON
}
