// Command rasort sorts flow records by any attributes. Its options are those of
// the real rasort.
package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/order"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/record"
)

const usage = `usage: rasort [options] -r FILE... [- filter expression]

Sorts records and prints them, or writes them to files. Files that do not fit
the memory are sorted through a temporary file.

  -m KEY...          sort by these: any field (--fields lists them), the first one first.
                     +KEY from the smallest on, -KEY from the largest; KEY alone is as
                     usual: counters and rates from the largest on, all else from the
                     smallest. saddr/24 sorts by network. Commas may separate keys, and must
                     before a "-". Without -m and RA_SORT_ALGORITHMS nothing is sorted
  -v                 turn all directions round
  -M replace         sort each file in its place
  -N oA-B            put out the A-th to B-th record of the result
  --memory SIZE      of records in memory (1G), such as 512M
  --tmp DIR          for temporary files

The options of ra are there too: rasort reads, filters, prints and writes as ra does.

examples
  rasort -r flows.arg -m bytes -N o1-10 -n       the ten largest flows
  rasort -r *.arg -m stime -w sorted.arg         merge and sort files
  rasort -r flows.arg -m saddr/24,-stime -c ,    by network, the latest first
`

type options struct {
	reverse, replace bool
	memory           int64
	dir              string
}

func main() {
	var o options
	p := cli.Program{
		Name:  "rasort",
		Usage: usage,
		Options: map[string]getopt.Arity{
			"v": getopt.None, "memory": getopt.One, "tmp": getopt.One,
		},
		Set:  o.set,
		Mode: o.mode,
		Run:  o.run,
	}
	p.Main()
}

func (o *options) set(_ *cli.Client, opt getopt.Option) (err error) {
	switch opt.Name {
	case "v":
		o.reverse = true
	case "memory":
		o.memory, err = cli.ParseSize(opt.Value())
	case "tmp":
		o.dir = opt.Value()
	}
	return err
}

func (o *options) mode(_ *cli.Client, words []string) (int, error) {
	if words[0] != "replace" {
		return 0, nil
	}
	o.replace = true
	return 1, nil
}

func (o *options) run(ctx context.Context, c *cli.Client) error {
	sort, err := o.stage(c)
	if err != nil {
		return err
	}
	if o.replace {
		return replace(ctx, c, sort)
	}
	return c.Put(argus.Pipe(c.Input().Records(ctx), sort, c.OutputLimit()), nil)
}

// stage is the sort, or nothing if there are no keys.
func (o *options) stage(c *cli.Client) (record.Stage, error) {
	keys := c.Keys
	if len(keys) == 0 {
		keys = c.SortKeys
	}
	if len(keys) == 0 {
		return func(s record.Stream) record.Stream { return s }, nil
	}
	s, err := order.New(strings.Join(keys, " "), order.Config{
		Memory: o.memory, TempDir: o.dir, Reverse: o.reverse, Registry: c.Print.Registry,
	})
	if err != nil {
		return nil, cli.Usagef("-m: %w", err)
	}
	return s.Stage(), nil
}

// replace sorts each file in its place. A file is not touched before the result
// is complete.
func replace(ctx context.Context, c *cli.Client, sort record.Stage) error {
	if len(c.Outputs) > 0 {
		return cli.Usagef("-M replace and -w exclude each other")
	}
	for _, name := range c.Files {
		if err := c.Rewrite(ctx, name, sort); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
