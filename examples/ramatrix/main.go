// Command ramatrix adds up the traffic between each two hosts, or each two
// Ethernet addresses.
package main

import (
	"context"
	"slices"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/aggregate"
	"github.com/seed-6ae541b3/goargus/argus/order"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
)

const usage = `usage: ramatrix [options] -r FILE... [- filter expression]

Merges the records of each two addresses, in both directions, and prints what is
between them, the largest first.

  -m matrix      of IP addresses (the default); matrix/24 of networks
  -m macmatrix   of Ethernet addresses
  -N oA-B        the A-th to B-th pair

The options of ra for input and output are there too.

examples
  ramatrix -r flows.arg -N o1-20 -s saddr daddr pkts bytes
  ramatrix -r flows.arg -M json
`

func main() {
	p := cli.Program{Name: "ramatrix", Usage: usage, Run: run}
	p.Main()
}

func run(ctx context.Context, c *cli.Client) error {
	keys := "matrix"
	if len(c.Keys) > 0 {
		keys = c.Keys[0]
	}
	if len(c.Keys) > 1 || !slices.Contains([]string{"matri", "macma"}, keys[:min(5, len(keys))]) {
		return cli.Usagef("-m: want matrix, matrix/LENGTH or macmatrix")
	}
	a, err := aggregate.New(keys, aggregate.Config{Registry: c.Print.Registry})
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	return c.Put(argus.Pipe(c.Input().Records(ctx), a.Stage(), order.MustBy("-bytes,saddr,daddr").Stage(), c.OutputLimit()), nil)
}
