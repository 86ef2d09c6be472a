package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
)

// Version is the version of the programs.
const Version = "0.1"

// Program is a client program.
type Program struct {
	Name  string
	Usage string // the text of --help

	// Options are those that the program has of its own; they win over the
	// common ones. Set is called for each that is given.
	Options map[string]getopt.Arity
	Set     func(c *Client, o getopt.Option) error
	// Mode is called for the words of -M. It returns how many of them it took:
	// none if the first is not its own.
	Mode func(c *Client, words []string) (int, error)

	Run func(ctx context.Context, c *Client) error
}

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

// UsageError is a mistake on the command line or in a configuration file.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef makes a usage error.
func Usagef(format string, args ...any) error {
	return &UsageError{fmt.Errorf(format, args...)}
}

// Main runs the program and ends the process.
func (p *Program) Main() {
	// A reader that goes away (head) is an error of the write, not a death.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(p.status(p.run(ctx, os.Args[1:])))
}

// run reads the options and does the work.
func (p *Program) run(ctx context.Context, args []string) error {
	c, err := p.Parse(args)
	switch {
	case err != nil:
		return err
	case c.done: // --help and the like
		return nil
	}
	if c.daemon {
		if err := c.detach(); err != nil || c.done {
			return err
		}
	}
	if err := c.pid.write(p.Name); err != nil {
		return err
	}
	defer c.pid.remove()
	if c.RunTime > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.RunTime, errRunTime)
		defer cancel()
	}
	err = p.Run(ctx, c)
	for line := range c.importLosses {
		fmt.Fprintf(os.Stderr, "%s: %s\n", p.Name, line)
	}
	if errors.Is(context.Cause(ctx), errRunTime) && errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

var errRunTime = errors.New("the time of -T is over")

// status reports an error and returns the exit code.
func (p *Program) status(err error) int {
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE):
		return 0
	case errors.Is(err, context.Canceled): // interrupted: what was read is printed
		return exitFailed
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintf(os.Stderr, "%s: %s\n", p.Name, strings.TrimSuffix(line, "\n"))
	}
	if usage := (*UsageError)(nil); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}
