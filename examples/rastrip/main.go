// Command rastrip removes parts of flow records. Its options are those of the
// real rastrip.
package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/strip"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
)

const usage = `usage: rastrip [options] -r FILE... -w FILE [- filter expression]

Removes parts of records. Management and event records pass as they are.

  -M PART...      keep these alone. Without -M: flow, time, metric and network
  -M -PART        remove this one; further ones need their own -M
  -M +PART        keep this one beside the four
  -M replace      strip each file in its place

Parts: %s.
The options of ra for input and output are there too.

examples
  rastrip -r flows.arg -M -suser -M -duser -w small.arg
  rastrip -r flows.arg -M +agr +mac -w -
`

type options struct {
	words   []string
	replace bool
}

func main() {
	var o options
	p := cli.Program{
		Name: "rastrip", Usage: fmt.Sprintf(usage, strings.Join(strip.Names(), ", ")), Mode: o.mode, Run: o.run,
	}
	p.Main()
}

func (o *options) mode(_ *cli.Client, words []string) (int, error) {
	if words[0] == "replace" {
		o.replace = true
		return 1, nil
	}
	if strings.Contains(words[0], "=") { // dsrs= and the like
		return 0, nil
	}
	if _, err := strip.Parse(words[0]); err != nil {
		return 0, &cli.UsageError{Err: err}
	}
	o.words = append(o.words, words[0])
	return 1, nil
}

func (o *options) run(ctx context.Context, c *cli.Client) error {
	s, err := strip.Parse(o.words...)
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	if !o.replace {
		return c.Put(argus.Pipe(c.Input().Records(ctx), s.Stage(), c.OutputLimit()), nil)
	}
	for _, name := range c.Files {
		if err := c.Rewrite(ctx, name, s.Stage()); err != nil {
			return err
		}
	}
	return nil
}
