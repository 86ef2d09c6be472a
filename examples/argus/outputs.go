package main

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/record"
)

// outputs are all places that records go to.
type outputs struct{ all []sink }

// sink is a place and the records that it gets.
type sink struct {
	name string
	argus.Writer
	only *filter.Program // nil is all
}

// stuckAfter is how long a live sensor waits at its end for outputs that do not
// take what is left.
const stuckAfter = 10 * time.Second

// openOutputs opens the outputs for reading files, which waits for them.
func openOutputs(o *options) (*outputs, error) {
	return o.openEach(func(_ string, open func() (argus.Writer, error)) (argus.Writer, error) { return open() })
}

// openQueues opens the outputs of a live sensor, with a queue in front of each.
func openQueues(o *options, log *slog.Logger) (*outputs, error) {
	return o.openEach(func(name string, open func() (argus.Writer, error)) (argus.Writer, error) {
		return argus.NewQueue(argus.QueueConfig{
			Open: open, Size: o.queueSize,
			OnError: func(err error) {
				log.Error("output failed, records are lost until it works again", "output", name, "error", err)
			},
		})
	})
}

func (o *options) openEach(wrap func(name string, open func() (argus.Writer, error)) (argus.Writer, error)) (*outputs, error) {
	out := new(outputs)
	if len(o.outputs) == 0 && o.port == 0 {
		w, err := wrap("table", openTable)
		if err != nil {
			return nil, err
		}
		out.all = append(out.all, sink{name: "table", Writer: w})
		return out, nil
	}
	version := argus.Version5
	if o.v3 {
		version = argus.Version3
	}
	for _, w := range o.outputs {
		only, err := compileOutput(w)
		if err != nil {
			return nil, errors.Join(err, out.close())
		}
		writer, err := wrap(w.name, func() (argus.Writer, error) {
			s, err := argus.Create(w.name, version)
			if err != nil {
				return nil, err
			}
			return s, nil
		})
		if err != nil {
			return nil, errors.Join(err, out.close())
		}
		out.all = append(out.all, sink{w.name, writer, only})
	}
	return out, nil
}

// compileOutput compiles the filter of an output. nil is none.
func compileOutput(w output) (*filter.Program, error) {
	if w.filter == "" {
		return nil, nil
	}
	only, err := filter.Compile(w.filter)
	if err != nil {
		return nil, fmt.Errorf("%s: record filter: %w", w.name, err)
	}
	return only, nil
}

// serve hands records to the clients of a port, too, if there is one.
func (o *outputs) serve(p *port) {
	if p != nil {
		o.all = append(o.all, sink{name: "port " + p.address, Writer: p})
	}
}

func (o *outputs) write(rec *record.Record) error {
	for _, s := range o.all {
		if s.only != nil && rec.Kind() != record.Management && !s.only.Match(rec) {
			continue
		}
		if err := s.Write(rec); err != nil {
			return err
		}
	}
	return nil
}

// close writes what is held back.
func (o *outputs) close() error {
	var errs []error
	for _, s := range o.all {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// closeSoon closes live outputs, but does not wait for ever for those that do not
// take what is left.
func (o *outputs) closeSoon() error {
	closed := make(chan error, len(o.all))
	for _, s := range o.all {
		go func() { closed <- s.Close() }()
	}
	var errs []error
	stuck := time.After(stuckAfter)
	for range o.all {
		select {
		case err := <-closed:
			errs = append(errs, err)
		case <-stuck:
			return errors.Join(append(errs, o.stuck())...)
		}
	}
	return errors.Join(errs...)
}

// stuck says what is left in queues.
func (o *outputs) stuck() error {
	var errs []error
	for _, s := range o.all {
		if q, ok := s.Writer.(*argus.Queue); ok && q.Stats().Waiting > 0 {
			errs = append(errs, fmt.Errorf("%s: gave up after %v, %d records are lost", s.name, stuckAfter, q.Stats().Waiting))
		}
	}
	return errors.Join(errs...)
}

// table prints records on standard output.
type flowTable struct {
	*printer.Printer
	out *bufio.Writer
}

// openTable prints flows in the default columns of ra with the duration and
// both sides' counters.
func openTable() (argus.Writer, error) {
	fields, err := printer.ParseFields(nil, nil, "stime dur flgs proto saddr sport dir daddr dport spkts dpkts sbytes dbytes state")
	if err != nil {
		return nil, err
	}
	info, err := os.Stdout.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	p, err := printer.New(out, printer.Config{Fields: fields, Color: terminal})
	return flowTable{p, out}, err
}

func (t flowTable) Write(rec *record.Record) error { return t.Print(rec) }

func (t flowTable) Flush() error { return t.out.Flush() }

func (t flowTable) Close() error { return errors.Join(t.Printer.Close(), t.out.Flush()) }
