// Command raconvert turns text that ra printed, and conn logs of Zeek, into
// records, and records into text or conn logs. Its options are those of the
// other clients, and -f for a conversion file.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/convert"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

// program is what the options of raconvert ask for.
type program struct {
	cfg                   convert.OpenConfig
	strict, far, allPaths bool
	labels                zeek.Labels
}

func main() {
	p := &program{}
	raconvert := cli.Program{
		Name:  "raconvert",
		Usage: usage,
		Options: map[string]getopt.Arity{
			"f": getopt.One, "strict": getopt.None, "far": getopt.None, "force": getopt.None, "labels": getopt.One, "date": getopt.One,
		},
		Set: p.set,
		Run: p.run,
	}
	raconvert.Main()
}

// set reads the options that are raconvert's own.
func (p *program) set(_ *cli.Client, o getopt.Option) error {
	switch o.Name {
	case "f":
		return p.readConfig(o.Value())
	case "strict":
		p.strict = true
	case "far":
		p.far = true
	case "force":
		p.allPaths = true
	case "date":
		day, err := time.Parse(time.DateOnly, o.Value())
		if err != nil {
			return cli.Usagef("--date %s: want a day such as 2024-01-31", o.Value())
		}
		p.cfg.Text.Date = day
	case "labels":
		choice, ok := map[string]zeek.Labels{"all": zeek.AllLabels, "min": zeek.MinLabels, "none": zeek.NoLabels}[o.Value()]
		if !ok {
			return cli.Usagef("--labels=%s: want all, min or none", o.Value())
		}
		p.labels = choice
	}
	return nil
}

// readConfig reads a conversion file.
func (p *program) readConfig(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	defer f.Close()
	c, err := convert.ParseConfig(f)
	if err != nil {
		return cli.Usagef("%s: %w", name, err)
	}
	p.cfg.Text.Config = c
	if c.Source == convert.Zeek {
		if p.cfg.Zeek, err = c.ZeekReader(); err != nil {
			return cli.Usagef("%s: %w", name, err)
		}
	}
	return nil
}

// run converts all inputs. Lines that cannot be converted are told of and
// counted; if nothing else was there, that is a failure.
func (p *program) run(ctx context.Context, c *cli.Client) error {
	told := 0
	complain := func(err error) {
		if told++; told <= 10 {
			fmt.Fprintf(os.Stderr, "raconvert: %v\n", err)
		} else if told == 11 {
			fmt.Fprintln(os.Stderr, "raconvert: more lines cannot be converted; the number is told at the end")
		}
	}
	p.cfg.Text.Strict, p.cfg.Zeek.Strict, p.cfg.Zeek.AnyPath = p.strict, p.strict, p.allPaths
	p.cfg.Text.Location = c.Print.Text.Location
	p.cfg.Text.Skipped = func(e *convert.LineError) { complain(e) }
	p.cfg.Text.Unknown = func(column string) {
		fmt.Fprintf(os.Stderr, "raconvert: column %q has no place in a record and is left out\n", column)
	}
	p.cfg.Zeek.Skipped = func(e *zeek.ParseError) { complain(e) }
	p.cfg.Zeek.Labels, p.cfg.Zeek.Management = p.labels, true
	if p.far {
		p.cfg.Zeek.Kind = record.FlowRecord
	}
	var inputs []*convert.Source
	c.Open = func(ctx context.Context, name string, options ...argus.OpenOption) (*argus.Source, error) {
		src, err := convert.Open(ctx, name, p.cfg)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, src)
		return argus.NewSource(ctx, src, name, append(options, argus.NoStart)...), nil
	}
	err := c.Run(ctx)
	var skipped, converted, truncated int64
	for _, in := range inputs {
		skipped += in.Skipped()
		converted += in.Converted()
		truncated += in.Truncated()
		in.Close()
	}
	if skipped > 0 {
		fmt.Fprintf(os.Stderr, "raconvert: %d of %d lines could not be converted\n", skipped, skipped+converted)
	}
	if truncated > 0 {
		fmt.Fprintf(os.Stderr, "raconvert: the labels of %d of %d records have no room for all columns\n", truncated, converted)
	}
	if err == nil && skipped > 0 && converted == 0 {
		err = fmt.Errorf("nothing was converted")
	}
	return err
}
