// Package divide is what rasplit and rastream share: the options that divide a
// stream over files.
package divide

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/argus/archive"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/filter"
)

// Options are the options of the programs.
type Options struct {
	cfg     archive.Config
	program string
	timeout time.Duration
	name    string
}

// Program makes the program of a name.
func Program(name string) *cli.Program {
	o := &Options{name: name, timeout: 30 * time.Second}
	return &cli.Program{
		Name: name, Usage: help(name),
		Options: map[string]getopt.Arity{
			"a": getopt.One, "B": getopt.One, "f": getopt.One, "w": getopt.OneMore,
			"max-open": getopt.One, "suffix": getopt.One, "timeout": getopt.One,
		},
		Set: o.set, Mode: o.mode, Run: o.run,
	}
}

func (o *Options) set(_ *cli.Client, opt getopt.Option) (err error) {
	v := opt.Value()
	switch opt.Name {
	case "a":
		if o.cfg.Letters, err = strconv.Atoi(v); err != nil || o.cfg.Letters < 1 || o.cfg.Letters > 8 {
			return cli.Usagef("-a %s: want 1 to 8 letters", v)
		}
	case "B":
		if o.cfg.Hold, err = parseHold(v); err != nil {
			return err
		}
	case "f":
		o.program = v
	case "w":
		if o.cfg.Name != "" || len(opt.Values) > 1 {
			return cli.Usagef("-w: want one template; a filter goes behind the options")
		}
		o.cfg.Name = v
	case "max-open":
		if o.cfg.MaxOpen, err = strconv.Atoi(v); err != nil || o.cfg.MaxOpen < 1 {
			return cli.Usagef("--max-open %s: want a number of files", v)
		}
	case "suffix":
		o.cfg.Suffix = v
	case "timeout":
		if o.timeout, err = parseHold(v); err != nil {
			return err
		}
	}
	return nil
}

// parseHold reads seconds, or a number with s, m, h or d.
func parseHold(v string) (time.Duration, error) {
	if n, err := strconv.ParseFloat(v, 64); err == nil && n >= 0 && n < 1e9 {
		return time.Duration(n * float64(time.Second)), nil
	}
	if days, ok := strings.CutSuffix(v, "d"); ok {
		if n, err := strconv.ParseFloat(days, 64); err == nil && n >= 0 && n < 1e4 {
			return time.Duration(n * 24 * float64(time.Hour)), nil
		}
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		return 0, cli.Usagef("%q: want seconds, or a time such as 30s, 5m, 1h", v)
	}
	return d, nil
}

func (o *Options) mode(_ *cli.Client, words []string) (int, error) {
	value := func() (string, error) {
		if len(words) < 2 {
			return "", cli.Usagef("-M %s: want a value behind it", words[0])
		}
		return words[1], nil
	}
	word := words[0]
	switch {
	case word == "nomodify":
		o.cfg.Whole = true
		return 1, nil
	case word == "time":
		v, err := value()
		if err == nil {
			o.cfg.Every, err = archive.ParsePeriod(v)
		}
		return 2, usage(err)
	case word == "count" || word == "size":
		v, err := value()
		if err != nil {
			return 0, err
		}
		n, err := cli.ParseSize(strings.Replace(v, "b", "G", 1))
		if err == nil && n < 1 {
			err = cli.Usagef("-M %s %s: want at least 1", word, v)
		}
		if word == "count" {
			o.cfg.Count = n
		} else {
			o.cfg.Size = n
		}
		return 2, err
	case word == "flow":
		v, err := value()
		if err != nil {
			return 0, err
		}
		p, err := filter.Compile(v)
		if err != nil {
			return 0, usage(err)
		}
		o.cfg.Flow = p.Match
		return 2, nil
	}
	return 0, nil
}

func usage(err error) error {
	if err == nil {
		return nil
	}
	return &cli.UsageError{Err: err}
}

// defaultCount is the number of records in a file if nothing else divides them.
const defaultCount = 10000

func (o *Options) run(ctx context.Context, c *cli.Client) (err error) {
	if o.cfg.Name == "" {
		o.cfg.Name = "x"
	}
	o.cfg.Zone, o.cfg.Registry = c.Print.Text.Location, c.Print.Registry
	o.cfg.Options = c.SinkOptions()
	if o.cfg.Every == (archive.Period{}) && o.cfg.Count == 0 && o.cfg.Size == 0 && o.cfg.Flow == nil && !strings.Contains(o.cfg.Name, "$") {
		o.cfg.Count = defaultCount
	}
	if o.program != "" {
		path, err := exec.LookPath(o.program)
		if err != nil {
			return cli.Usagef("-f: %w", err)
		}
		o.cfg.Done = func(name string) error { return o.runHook(path, name) }
		o.cfg.Failed = func(name string, err error) {
			fmt.Fprintf(os.Stderr, "%s: -f %s: %s: %v\n", o.name, o.program, name, err)
		}
	}
	w, err := archive.New(o.cfg)
	if err != nil {
		return usage(err)
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	for r, err := range c.Input().Records(ctx) {
		if err != nil {
			return err
		}
		if err := w.Write(r); err != nil {
			return nil // Close tells it
		}
	}
	return nil
}

// runHook runs the program of -f for a file that is complete.
func (o *Options) runHook(path, name string) error {
	ctx := context.Background()
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	cmd := exec.CommandContext(ctx, path, "-r", name)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("stopped after %v", o.timeout)
	}
	return err
}
