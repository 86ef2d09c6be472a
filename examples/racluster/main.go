// Command racluster merges flow records by a key. Its options are those of the
// real racluster.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus/aggregate"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/record"
)

// racluster is what its own options say.
type racluster struct {
	config     aggregate.Config
	conf       string // file of -f
	individual bool   // each file by itself
	replace    bool   // and in its place
	reverse    bool   // the order of the results
}

func main() {
	var r racluster
	p := cli.Program{
		Name:  "racluster",
		Usage: usage,
		Options: map[string]getopt.Arity{
			"f": getopt.One, "v": getopt.None, "V": getopt.None, "memory": getopt.One, "workers": getopt.One, "tmp": getopt.One,
		},
		Set:  r.set,
		Mode: r.mode,
		Run:  r.run,
	}
	p.Main()
}

func (r *racluster) set(c *cli.Client, o getopt.Option) (err error) {
	switch o.Name {
	case "f":
		r.conf = o.Value()
	case "v":
		r.reverse = true
	case "V":
		return cli.Usagef("-V: tests of availability are not supported")
	case "memory":
		r.config.MemoryLimit, err = cli.ParseSize(o.Value())
	case "workers":
		r.config.Workers, err = cli.ParseCount(o.Value())
	case "tmp":
		r.config.TempDir = o.Value()
	}
	return err
}

func (r *racluster) mode(c *cli.Client, words []string) (int, error) {
	switch words[0] {
	case "rmon":
		r.config.RMON = true
	case "correct": // of records as they are read, too
		r.config.Correct = true
		return 0, nil
	case "nocorrect":
		r.config.Correct = false
		return 0, nil
	case "norep":
		r.config.NoStatistics = true
	case "preserve":
		r.config.ClearUnkeyed = false
	case "nopreserve":
		r.config.ClearUnkeyed = true
	case "ind":
		r.individual = true
	case "replace":
		r.replace = true
	default:
		return 0, nil
	}
	return 1, nil
}

func (r *racluster) run(ctx context.Context, c *cli.Client) error {
	stage, err := r.stage(c)
	if err != nil {
		return err
	}
	results := c.OutputLimit()
	in := c.Input()
	if r.replace {
		return r.rewrite(ctx, c, stage)
	}
	var s record.Stream
	if r.individual {
		s = c.EachFile(ctx, stage)
	} else {
		s = stage(in.Records(ctx))
	}
	return c.PutWhole(results(s), in.Offset)
}

// rewrite puts the result of each file in its place.
func (r *racluster) rewrite(ctx context.Context, c *cli.Client, stage record.Stage) error {
	if len(c.Outputs) > 0 {
		return cli.Usagef("-M replace: not together with -w")
	}
	for _, name := range c.Files {
		if err := c.Rewrite(ctx, name, stage); err != nil {
			return fmt.Errorf("%w\n%s is as it was", err, name)
		}
	}
	return nil
}

// stage is the aggregators that the options ask for.
func (r *racluster) stage(c *cli.Client) (record.Stage, error) {
	words := strings.Join(c.Keys, " ")
	key, err := aggregate.ParseKey(words, c.Print.Registry)
	if err != nil {
		return nil, &cli.UsageError{Err: err}
	}
	r.config.Registry = c.Print.Registry
	if len(c.Keys) > 0 {
		r.config.Order = strings.Join(key.Order(r.reverse), " ")
	}
	if r.conf == "" {
		a, err := aggregate.New(words, r.config)
		if err != nil {
			return nil, &cli.UsageError{Err: err}
		}
		return a.Stage(), nil
	}
	f, err := os.Open(r.conf)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	conf, err := aggregate.ParseConf(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.conf, err)
	}
	a, err := aggregate.NewCascade(conf, words, r.config)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.conf, err)
	}
	return a.Stage(), nil
}
