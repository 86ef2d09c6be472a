// Command rabins cuts flow records into bins of time and merges those of each
// bin. Its options are those of the real rabins.
package main

import (
	"context"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus/aggregate"
	"github.com/seed-6ae541b3/goargus/argus/bins"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
)

// rabins is what its own options say.
type rabins struct {
	config bins.Config
	by     string // time, count or size
	value  string
	sort   []string
}

func main() {
	var r rabins
	r.config.Aggregate.Workers = 1 // two take a fifth less time, and a fifth more of the processors
	p := cli.Program{
		Name:  "rabins",
		Usage: usage,
		Options: map[string]getopt.Arity{
			"B": getopt.One, "P": getopt.Many, "G": getopt.None, "memory": getopt.One, "workers": getopt.One, "tmp": getopt.One,
		},
		Set:  r.set,
		Mode: r.mode,
		Run:  r.run,
	}
	p.Main()
}

func (r *rabins) set(c *cli.Client, o getopt.Option) (err error) {
	switch o.Name {
	case "B":
		r.config.Stream = true
		r.config.Lateness, err = cli.ParseDuration(o.Value())
	case "P":
		r.sort = append(r.sort, o.Values...)
	case "G":
		return cli.Usagef("-G: headers for plots are not supported: use -c , or -M json")
	case "memory":
		r.config.Aggregate.MemoryLimit, err = cli.ParseSize(o.Value())
	case "workers":
		r.config.Aggregate.Workers, err = cli.ParseCount(o.Value())
	case "tmp":
		r.config.Aggregate.TempDir = o.Value()
	}
	return err
}

func (r *rabins) mode(c *cli.Client, words []string) (int, error) {
	switch words[0] {
	case "time", "count", "size":
		if len(words) < 2 {
			return 0, cli.Usagef("-M %s: want a value behind it, such as 10s or 100", words[0])
		}
		r.by, r.value = words[0], words[1]
		return 2, nil
	case "hard":
		r.config.Hard = true
	case "zero":
		r.config.Zero = true
	case "nomodify":
		r.config.Whole = true
	case "rmon":
		r.config.Aggregate.RMON = true
	case "norep":
		r.config.Aggregate.NoStatistics = true
	case "nopreserve":
		r.config.Aggregate.ClearUnkeyed = true
	case "preserve":
		r.config.Aggregate.ClearUnkeyed = false
	case "bman": // bins of management records
		r.config.Management = true
	case "correct":
		r.config.Aggregate.Correct = true
		return 0, nil
	case "nocorrect":
		r.config.Aggregate.Correct = false
		return 0, nil
	default:
		return 0, nil
	}
	return 1, nil
}

func (r *rabins) run(ctx context.Context, c *cli.Client) error {
	b, err := r.bins(c)
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	results := c.OutputLimit()
	in := c.Input()
	s := results(c.InRange(b.Stage()(in.Records(ctx))))
	if r.config.Stream {
		return c.Put(s, in.Offset)
	}
	return c.PutWhole(s, in.Offset)
}

// bins is the bins that the options ask for.
func (r *rabins) bins(c *cli.Client) (*bins.Bins, error) {
	r.config.Key = strings.Join(c.Keys, " ")
	r.config.Zone = c.Print.Text.Location
	r.config.Aggregate.Registry = c.Print.Registry
	if len(r.sort) > 0 {
		r.config.Aggregate.Order = aggregate.ArgusOrder(r.sort)
	}
	switch r.by {
	case "count", "size":
		n, err := cli.ParseSize(r.value)
		if err != nil {
			return nil, err
		}
		if r.by == "count" {
			return bins.ByCount(n, r.config)
		}
		return bins.BySize(n, r.config)
	case "":
		return nil, cli.Usagef("want -M time, count or size, such as -M time 10s")
	}
	return bins.New(r.value, r.config)
}
