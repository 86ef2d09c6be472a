// Command raports reports which ports of which hosts were used.
package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/record"
)

const usage = `usage: raports [options] -r FILE... [- filter expression]

Lists the ports of each host that flows went to: flows, those that were answered,
packets and bytes. Hosts are in the order of their addresses, ports by flows.

  -c ,        columns separated by a comma

The options of ra for input are there too.

example
  raports -r flows.arg -n - tcp and dst net 192.168.0.0/16
`

func main() {
	p := cli.Program{Name: "raports", Usage: usage, Run: run}
	p.Main()
}

// service is a port of a host.
type service struct {
	host  record.Endpoint
	proto record.Proto
	port  uint16
}

// use is what was seen of a service.
type use struct{ flows, answered, packets, bytes uint64 }

func run(ctx context.Context, c *cli.Client) error {
	seen := map[service]*use{}
	for r, err := range c.Input().Records(ctx) {
		if err != nil {
			return err
		}
		f := r.Flow()
		if !r.IsFlow() || !f.IsIP() || f.Proto != record.ProtoTCP && f.Proto != record.ProtoUDP {
			continue
		}
		k := service{f.Dst, f.Proto, f.DstPort}
		u := seen[k]
		if u == nil {
			u = new(use)
			seen[k] = u
		}
		m := r.Metrics()
		u.flows++
		if m.Dst.Packets > 0 {
			u.answered++
		}
		u.packets += m.Packets()
		u.bytes += m.Bytes()
	}
	return list(c, seen)
}

func list(c *cli.Client, seen map[service]*use) error {
	keys := make([]service, 0, len(seen))
	for k := range seen {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b service) int {
		return cmp.Or(a.host.Compare(b.host), cmp.Compare(seen[b].flows, seen[a].flows), cmp.Compare(a.proto, b.proto), cmp.Compare(a.port, b.port))
	})
	form := "%-39s %5s %-12s %9v %9v %11v %14v\n"
	if c.Separated() {
		form = "%s,%s,%s,%v,%v,%v,%v\n"
	}
	names := c.Print.Names.Functions()
	protocols := printer.ProtoNames.Functions()
	out := bufio.NewWriter(os.Stdout)
	fmt.Fprintf(out, form, "Host", "Proto", "Port", "Flows", "Answered", "Packets", "Bytes")
	for _, k := range keys {
		port := fmt.Sprint(k.port)
		if names.Port != nil {
			if name := names.Port(k.proto, k.port); name != "" {
				port = name
			}
		}
		u := seen[k]
		fmt.Fprintf(out, form, k.host, protocols.Proto(k.proto), port, u.flows, u.answered, u.packets, u.bytes)
	}
	return out.Flush()
}
