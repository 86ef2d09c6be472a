// Command ragrep finds flow records by regular expressions in their captured
// payload. Its options are those of the real ragrep.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/argus/search"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/record"
)

const usage = `usage: ragrep [options] -e REGEX -r FILE... [- filter expression]

Finds records whose captured payload matches a regular expression. Exit code 0 if
there is one, 1 if not, 2 for a mistake.

  -e REGEX      s:REGEX in that of the source, d:REGEX of the destination, l:REGEX in
                the label; may be repeated
  -f FILE       patterns, one a line
  -i            letters of either case        -v  records that do not match
  -c , | --count  count matches by file; -l, -L names of files with and without one
  -m N          stop after N matches in a file
  -q            nothing but the exit code

The options of ra for input and output are there too, but -L and -m.

examples
  ragrep -r flows.arg -e 'd:^HTTP/1.[01] 5' -s stime saddr daddr suser:64
  ragrep -r *.arg -i -l -e password
`

type options struct {
	cfg                             search.Config
	count, with, without, quiet, ok bool
	limit                           int64
}

func main() {
	var o options
	p := cli.Program{
		Name: "ragrep", Usage: usage,
		Options: map[string]getopt.Arity{
			"e": getopt.One, "f": getopt.One, "i": getopt.None, "v": getopt.None, "c": getopt.One, "count": getopt.None,
			"l": getopt.None, "L": getopt.None, "m": getopt.One, "q": getopt.None,
		},
		Set: o.set, Run: o.run,
	}
	p.Main()
}

func (o *options) set(c *cli.Client, opt getopt.Option) (err error) {
	v := opt.Value()
	switch opt.Name {
	case "e":
		o.cfg.Patterns = append(o.cfg.Patterns, v)
	case "f":
		b, err := os.ReadFile(v)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(b)) {
			if line = strings.TrimRight(line, "\r\n"); line != "" {
				o.cfg.Patterns = append(o.cfg.Patterns, line)
			}
		}
	case "i":
		o.cfg.IgnoreCase = true
	case "v":
		o.cfg.Invert = true
	case "c", "count":
		o.count = true
	case "l":
		o.with = true
	case "L":
		o.without = true
	case "m":
		if o.limit, err = strconv.ParseInt(v, 10, 64); err != nil || o.limit < 1 {
			return cli.Usagef("-m %s: want a number of matches", v)
		}
	case "q":
		o.quiet = true
	}
	return nil
}

func (o *options) run(ctx context.Context, c *cli.Client) error {
	s, err := search.New(o.cfg)
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	if o.count || o.with || o.without || o.quiet {
		err = o.tell(ctx, c, s)
	} else {
		c.Print.Titles = printer.NoTitles // as grep
		err = c.Put(c.OutputLimit()(o.matches(ctx, c, s)), nil)
	}
	if err == nil && !o.ok {
		os.Exit(1)
	}
	return err
}

// matches are the records of all files that match.
func (o *options) matches(ctx context.Context, c *cli.Client, s *search.Searcher) record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for _, name := range c.Files {
			one := *c
			one.Files = []string{name}
			left := o.limit
			for r, err := range one.Input().Records(ctx) {
				if err == nil && !s.Match(r) {
					continue
				}
				o.ok = o.ok || err == nil
				if !yield(r, err) || err != nil {
					return
				}
				if left--; left == 0 {
					break
				}
			}
		}
	}
}

// tell tells about files rather than records.
func (o *options) tell(ctx context.Context, c *cli.Client, s *search.Searcher) error {
	for _, name := range c.Files {
		one := *c
		one.Files = []string{name}
		n := 0
		for _, err := range o.matches(ctx, &one, s) {
			if err != nil {
				return err
			}
			if n++; !o.count {
				break
			}
		}
		switch {
		case o.quiet:
		case o.count:
			fmt.Printf("%s:%d\n", name, n)
		case o.with && n > 0, o.without && n == 0:
			fmt.Println(name)
		}
	}
	return nil
}
