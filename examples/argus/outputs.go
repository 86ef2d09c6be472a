package main

import (
	"bufio"
	"errors"
	"os"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/record"
)

// outputs are all places that records go to.
type outputs struct {
	sinks []sink
	table *printer.Printer // where there are no sinks
	out   *bufio.Writer
}

// sink is a file and the records that it gets.
type sink struct {
	*argus.Sink
	only *filter.Program // nil is all
}

func openOutputs(o *options) (*outputs, error) {
	out := new(outputs)
	if len(o.outputs) == 0 {
		return out, out.openTable()
	}
	version := argus.Version5
	if o.v3 {
		version = argus.Version3
	}
	for _, w := range o.outputs {
		s := sink{}
		if w.filter != "" {
			only, err := filter.Compile(w.filter)
			if err != nil {
				return nil, errors.Join(usagef("-w %s: record filter: %v", w.name, err), out.close())
			}
			s.only = only
		}
		var err error
		if s.Sink, err = argus.Create(w.name, version); err != nil {
			return nil, errors.Join(err, out.close())
		}
		out.sinks = append(out.sinks, s)
	}
	return out, nil
}

// openTable prints flows on standard output, in the default columns of ra with
// the duration and both sides' counters.
func (o *outputs) openTable() error {
	fields, err := printer.ParseFields(nil, nil, "stime dur flgs proto saddr sport dir daddr dport spkts dpkts sbytes dbytes state")
	if err != nil {
		return err
	}
	info, err := os.Stdout.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	o.out = bufio.NewWriterSize(os.Stdout, 64<<10)
	o.table, err = printer.New(o.out, printer.Config{Fields: fields, Color: terminal})
	return err
}

func (o *outputs) write(rec *record.Record) error {
	if o.table != nil {
		return o.table.Print(rec)
	}
	for _, s := range o.sinks {
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
	for _, s := range o.sinks {
		errs = append(errs, s.Close())
	}
	if o.table != nil {
		errs = append(errs, o.table.Close(), o.out.Flush())
	}
	return errors.Join(errs...)
}
