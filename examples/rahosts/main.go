// Command rahosts lists hosts and the peers that they were seen with.
package main

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/record"
)

const usage = `usage: rahosts [options] -r FILE... [- filter expression]

Lists IP addresses with the number of their peers, and the peers.

  -m saddr    addresses of sources alone, -m daddr of destinations alone
  -q          without the peers
  -c ,        columns separated by a comma

The options of ra for input are there too.

example
  rahosts -r flows.arg -q - net 192.168.0.0/16
`

func main() {
	p := cli.Program{Name: "rahosts", Usage: usage, Run: run}
	p.Main()
}

func run(ctx context.Context, c *cli.Client) error {
	src, dst, err := c.Sides()
	if err != nil {
		return err
	}
	peers := map[record.Endpoint]map[record.Endpoint]bool{}
	add := func(host, peer record.Endpoint) {
		if peers[host] == nil {
			peers[host] = map[record.Endpoint]bool{}
		}
		peers[host][peer] = true
	}
	for r, err := range c.Input().Records(ctx) {
		if err != nil {
			return err
		}
		f := r.Flow()
		if !r.IsFlow() || !f.IsIP() {
			continue
		}
		if src {
			add(f.Src, f.Dst)
		}
		if dst {
			add(f.Dst, f.Src)
		}
	}
	form, between := "%-39s %9v  %s\n", " "
	if c.Separated() {
		form, between = "%s,%v,%s\n", ";"
	}
	out := bufio.NewWriter(os.Stdout)
	for _, host := range slices.SortedFunc(maps.Keys(peers), record.Endpoint.Compare) {
		var names []string
		if !c.Quiet {
			for _, p := range slices.SortedFunc(maps.Keys(peers[host]), record.Endpoint.Compare) {
				names = append(names, p.String())
			}
		}
		line := fmt.Sprintf(form, host, len(peers[host]), strings.Join(names, between))
		fmt.Fprintln(out, strings.TrimRight(line, " ,\n"))
	}
	return out.Flush()
}
