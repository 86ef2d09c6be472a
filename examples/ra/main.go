// Command ra reads flow records, picks some of them, and prints them or writes
// them to files. Its options are those of the real ra.
package main

import (
	"context"

	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
)

func main() {
	ra := cli.Program{
		Name:  "ra",
		Usage: usage,
		Run:   func(ctx context.Context, c *cli.Client) error { return c.Run(ctx) },
	}
	ra.Main()
}
