package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// maxEventText is the most bytes of a file or output that a record holds.
const maxEventText = 64512

// event is something of this machine that is recorded again and again: what a
// file holds or a program prints.
type event struct {
	program  bool
	path     string
	every    time.Duration
	compress bool
}

// addEvent is ARGUS_EVENT_DATA: method:path:interval, and perhaps :compress.
func (o *options) addEvent(value string) error {
	const want = `expected "file:PATH:INTERVAL" or "prog:PATH:INTERVAL", and perhaps ":compress"`
	text, compress := strings.CutSuffix(value, ":compress")
	method, rest, ok := strings.Cut(text, ":")
	at := strings.LastIndexByte(rest, ':')
	if !ok || at < 0 || method != "file" && method != "prog" {
		return fmt.Errorf("%s, found %q", want, value)
	}
	e := event{program: method == "prog", path: rest[:at], compress: compress}
	var err error
	if e.every, err = parseInterval(rest[at+1:]); err != nil {
		return err
	}
	if !filepath.IsAbs(e.path) {
		return fmt.Errorf("expected an absolute path, found %q", e.path)
	}
	o.events = append(o.events, e)
	return nil
}

// parseInterval reads a number of seconds, minutes, hours, days, weeks, months
// of 30 days or years, each by its first letter.
func parseInterval(text string) (time.Duration, error) {
	const day = 24 * time.Hour
	units := map[byte]time.Duration{
		's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': day, 'w': 7 * day, 'M': 30 * day, 'y': 365 * day,
	}
	unit, number := time.Second, text
	if n := len(text); n > 0 && units[text[n-1]] != 0 {
		unit, number = units[text[n-1]], text[:n-1]
	}
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil || n == 0 || n > uint64((1<<63-1)/unit) {
		return 0, fmt.Errorf("expected an interval such as 30s, 5m or 1d, found %q", text)
	}
	return time.Duration(n) * unit, nil
}

// withEvents records events beside what comes from a capture that is replayed as
// it was captured; one that is read as fast as can be has none. The function
// returned ends that.
func (o *options) withEvents(ctx context.Context, write func(*record.Record) error) (func(*record.Record) error, func()) {
	if o.speed == 0 || len(o.events) == 0 {
		return write, func() {}
	}
	var mu sync.Mutex
	both := func(rec *record.Record) error {
		mu.Lock()
		defer mu.Unlock()
		return write(rec)
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { runEvents(ctx, o.events, o.sensor.SourceID, both, newLogger(o)) })
	return both, func() {
		cancel()
		running.Wait()
	}
}

// runEvents records the events until ctx ends. The first time is after one
// interval.
func runEvents(ctx context.Context, events []event, id record.SourceID, write func(*record.Record) error, log *slog.Logger) {
	var running sync.WaitGroup
	for _, e := range events {
		running.Go(func() {
			tick := time.NewTicker(e.every)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				rec, err := e.record(ctx, id)
				if err == nil {
					err = write(rec)
				}
				if err != nil && ctx.Err() == nil {
					log.Warn("an event is not recorded", "event", e.path, "error", err)
				}
			}
		})
	}
	running.Wait()
}

// record makes a record of what there is now.
func (e *event) record(ctx context.Context, id record.SourceID) (*record.Record, error) {
	begin := time.Now()
	text, err := e.text(ctx)
	if err != nil {
		return nil, err
	}
	data := record.UserData{Data: text}
	if e.compress {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		if _, err := w.Write(text); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		data = record.UserData{Data: z.Bytes(), Limit: uint16(len(text)), Compressed: true}
	}
	rec := record.New(record.Event, record.Version5, record.Status)
	rec.SetTransport(record.Transport{ID: id, Interface: [4]byte{'e', 'v', 't', '0'}, HasInf: true, HasSeq: true})
	rec.SetTimes(record.Times{Src: record.Span{Start: begin.UnixNano(), End: time.Now().UnixNano()}})
	rec.SetSrcData(data)
	return rec, nil
}

// text is where the event comes from, a line, and what it says.
func (e *event) text(ctx context.Context) ([]byte, error) {
	method, read := "file", e.readFile
	if e.program {
		method, read = "prog", e.runProgram
	}
	content, err := read(ctx)
	if err != nil {
		return nil, err
	}
	return append([]byte(method+"="+e.path+"\n"), content...), nil
}

func (e *event) readFile(context.Context) ([]byte, error) {
	f, err := os.Open(e.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxEventText))
}

// runProgram returns what a program prints. One that takes longer than the
// interval is ended.
func (e *event) runProgram(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, e.every)
	defer cancel()
	out := &firstBytes{left: maxEventText}
	cmd := exec.CommandContext(ctx, e.path)
	cmd.Stdout, cmd.WaitDelay = out, time.Second
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", e.path, err), context.Cause(ctx))
	}
	return out.Bytes(), nil
}

// firstBytes keeps the first bytes that are written to it.
type firstBytes struct {
	bytes.Buffer
	left int
}

func (b *firstBytes) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	b.Buffer.Write(p[:n])
	return len(p), nil
}
