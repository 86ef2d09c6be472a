// Command ratimerange prints the stretch of time that flow records are about.
package main

import (
	"context"
	"fmt"

	"github.com/seed-6ae541b3/goargus/argus/archive"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/record"
)

const usage = `usage: ratimerange [options] -r FILE... [- filter expression]

Prints the first start and the last end of all records, in the form START - END.
Management records do not count: they have the time at which they were written.

  --index     write an index of each file, FILE.idx, by which all programs find the
              records of a time range (-t) without reading the whole file

The options of ra for input, -u, -p and -M TZ= are there too.

example
  ratimerange -r *.arg -u -p 6
`

func main() {
	index := false
	p := cli.Program{
		Name: "ratimerange", Usage: usage, Options: map[string]getopt.Arity{"index": getopt.None},
		Set: func(*cli.Client, getopt.Option) error { index = true; return nil },
		Run: func(ctx context.Context, c *cli.Client) error {
			if index {
				return writeIndexes(ctx, c.Files)
			}
			return run(ctx, c)
		},
	}
	p.Main()
}

// writeIndexes writes the index of each file beside it.
func writeIndexes(ctx context.Context, files []string) error {
	for _, name := range files {
		x, err := archive.BuildIndex(ctx, name)
		if err != nil {
			return err
		}
		if err := x.Write(name); err != nil {
			return err
		}
	}
	return nil
}

func run(ctx context.Context, c *cli.Client) error {
	var first, last int64
	for r, err := range c.Input().Records(ctx) {
		if err != nil {
			return err
		}
		for _, t := range times(r) {
			if t != 0 && (first == 0 || t < first) {
				first = t
			}
			last = max(last, t)
		}
	}
	if first == 0 {
		return nil
	}
	o := c.Print.Text
	fmt.Printf("%s - %s\n", o.AppendTime(nil, first), o.AppendTime(nil, last))
	return nil
}

// times are the moments that a record tells of.
func times(r *record.Record) [4]int64 {
	if r.Kind() == record.Management {
		return [4]int64{}
	}
	t := r.Times()
	return [4]int64{t.Src.Start, t.Src.End, t.Dst.Start, t.Dst.End}
}
