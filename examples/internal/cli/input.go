package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/record"
)

// addTrees is -R: all files below directories, by name.
func (c *Client) addTrees(dirs []string) error {
	for _, dir := range dirs {
		var files []string
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return Usagef("-R %s: %w", dir, err)
		}
		slices.Sort(files)
		c.Files = append(c.Files, files...)
	}
	return nil
}

// Input is the records of all files that pass what the options ask for. It
// knows where the record at hand comes from.
type Input struct {
	c        *Client
	src      *argus.Source
	rejected *argus.Sink
	progress *progress
	totals   Totals
	rest     bool // the piece at hand is not the first of its file
}

// Input opens nothing yet: files are opened as they are read.
func (c *Client) Input() *Input { return &Input{c: c, progress: newProgress(c)} }

// Offset is the place of the record at hand in its file, in bytes.
func (in *Input) Offset(r *record.Record) int64 {
	if in.src == nil {
		return 0
	}
	return in.src.Offset() - int64(len(r.Bytes()))
}

// Totals is what was read so far.
func (in *Input) Totals() *Totals { return &in.totals }

// Records yields the records that pass filter, time range, expressions and
// limits, corrected and stripped as the options say.
func (in *Input) Records(ctx context.Context) record.Stream {
	return func(yield func(*record.Record, error) bool) {
		defer in.progress.end()
		if err := in.openRejected(); err != nil {
			yield(nil, err)
			return
		}
		l := in.c.limit
		l.set = l.set && !l.output
		for _, p := range in.c.pieces() {
			in.rest = p.rest
			if more := in.file(ctx, p, &l, yield); !more {
				break
			}
		}
		if in.rejected != nil {
			if err := in.rejected.Close(); err != nil {
				yield(nil, err)
			}
		}
	}
}

// file yields the records of one file and reports whether to go on.
func (in *Input) file(ctx context.Context, p piece, l *limit, yield func(*record.Record, error) bool) bool {
	name := p.name
	_, live := endless(name)
	src, err := in.open(ctx, p)
	if err != nil {
		yield(nil, err)
		return false
	}
	defer src.Close()
	in.src = src
	in.progress.file(name)
	pace := pacer{factor: in.c.Pace}
	for {
		r, err := src.Next()
		if err == io.EOF || live && err != nil && ctx.Err() != nil {
			break // what has no end of its own is not cut short by who ends it
		}
		if err != nil {
			yield(nil, err)
			return false
		}
		if in.progress.on {
			in.progress.record(src)
		}
		if in.rest { // the record that opens the file was there before
			in.rest = false
			if r.Kind() == record.Management && r.Cause() == record.Start {
				continue
			}
		}
		if !in.prepare(r) {
			continue
		}
		ok, more := l.pass(r)
		if ok {
			if pace.factor > 0 {
				pace.wait(ctx, r)
			}
			if in.c.Totals {
				in.totals.add(r)
			}
			if !yield(r, nil) {
				return false
			}
		}
		if !more {
			return false
		}
	}
	if in.c.Debug > 0 {
		fmt.Fprintf(os.Stderr, "%s: %s: %+v\n", in.c.Program, name, src.Stats())
	}
	return true
}

func (in *Input) open(ctx context.Context, p piece) (*argus.Source, error) {
	open := in.c.openInput
	if in.c.Open != nil {
		open = in.c.Open
	}
	switch {
	case len(p.live) > 0:
		return in.c.merge(ctx, p.live, open), nil
	case in.c.Follow:
		return open(ctx, p.name, argus.Follow)
	}
	return open(ctx, p.name)
}

// prepare corrects a record and reports whether it passes.
func (in *Input) prepare(r *record.Record) bool {
	c := in.c
	if c.Totals {
		in.totals.seen(r)
	}
	if c.Correct != nil {
		r.Correct(c.Correct)
	}
	switch {
	case !c.Filter.Match(r),
		c.Range != nil && !c.Range.Match(r),
		c.data != nil && !c.data.match(r),
		c.label != nil && !c.label.Match(r.Label().Text),
		c.group != nil && !c.group.match(r):
		if in.rejected != nil {
			if err := in.rejected.Write(r); err != nil {
				c.warn("-E %s: %v", c.Rejected, err)
			}
		}
		return false
	}
	if c.dsrs.drop != 0 {
		c.dsrs.apply(r)
	}
	return true
}

func (in *Input) openRejected() (err error) {
	if in.c.Rejected != "" && in.rejected == nil {
		in.rejected, err = argus.Create(in.c.Rejected, in.c.SinkOptions()...)
	}
	return err
}

// sum reads the input once for the totals that percentages are of.
func (c *Client) sum(ctx context.Context) error {
	t := printer.NewTotals(c.Print.Registry)
	if name := c.ReadOnce(); name != "" {
		return Usagef("-%%: %s cannot be read twice", name)
	}
	for r, err := range c.Input().Records(ctx) {
		if err != nil {
			return err
		}
		t.Add(r)
	}
	c.Print.Percent = t
	return nil
}

// pacer delays records so that they come as they were recorded.
type pacer struct {
	factor float64
	begun  bool
	first  int64
	start  time.Time
}

func (p *pacer) wait(ctx context.Context, r *record.Record) {
	at := int64(r.StartTime())
	if r.Kind() == record.Management {
		at = r.Management().Now
	}
	if !p.begun {
		p.begun, p.first, p.start = true, at, time.Now()
		return
	}
	due := p.start.Add(time.Duration(float64(at-p.first) / p.factor))
	if d := time.Until(due); d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
}

// Totals counts records for -A.
type Totals struct {
	Records, Management, Flows, Events, Packets, Bytes uint64
}

// seen counts a record by its kind, whether it passes or not.
func (t *Totals) seen(r *record.Record) {
	switch k := r.Kind(); {
	case k == record.Management:
		t.Management++
	case k == record.Event:
		t.Events++
	default:
		t.Flows++
	}
}

// add counts a record that passed.
func (t *Totals) add(r *record.Record) {
	t.Records++
	if r.IsFlow() {
		m := r.Metrics()
		t.Packets += m.Packets()
		t.Bytes += m.Bytes()
	}
}

func (t *Totals) String() string {
	return fmt.Sprintf(" Totalrecords %-8d  TotalManRecords %-8d  TotalFarRecords %-8d  TotalEventRecords %-8d  TotalPkts %-8d  TotalBytes %-8d",
		t.Records, t.Management, t.Flows, t.Events, t.Packets, t.Bytes)
}
