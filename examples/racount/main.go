// Command racount counts flow records, their packets and bytes. Its options are
// those of the real racount.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/argus/tally"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/record"
)

const usage = `usage: racount [options] -r FILE... [- filter expression]

Counts records, packets and bytes. Management records are read but not counted.

  -M proto     by protocol too
  -M addr      distinct addresses by kind of address too
  -M rmon      each record as two, one for each end

The options of ra for input are there too.

examples
  racount -r flows.arg
  racount -r *.arg -M proto addr - not port 22
`

type options struct{ proto, addr, rmon bool }

func main() {
	var o options
	p := cli.Program{Name: "racount", Usage: usage, Mode: o.mode, Run: o.run}
	p.Main()
}

func (o *options) mode(_ *cli.Client, words []string) (int, error) {
	switch words[0] {
	case "proto":
		o.proto = true
	case "addr":
		o.addr = true
	default:
		return 0, nil
	}
	return 1, nil
}

func (o *options) run(ctx context.Context, c *cli.Client) error {
	if len(c.Outputs) > 0 {
		return cli.Usagef("-w: racount writes no records")
	}
	count := tally.Counter{ByProtocol: o.proto, ByAddress: o.addr}
	o.rmon = c.Print.Rmon
	for r, err := range c.Input().Records(ctx) {
		if err != nil {
			return err
		}
		count.Add(r)
		if o.rmon && r.IsFlow() {
			r.Reverse()
			count.Add(r)
		}
	}
	out := bufio.NewWriter(os.Stdout)
	o.print(out, &count)
	return out.Flush()
}

const heading = "racount   records     total_pkts     src_pkts       dst_pkts       total_bytes        src_bytes          dst_bytes\n"

func (o *options) print(out *bufio.Writer, count *tally.Counter) {
	out.WriteString(heading)
	t := count.Total()
	row(out, "    sum   ", t.Records, t)
	if o.proto {
		out.WriteString("Protocol Summary\n")
		names := printer.ProtoNames.Functions()
		for p := range count.Protocols() {
			row(out, fmt.Sprintf("%8.8s  ", nameOf(p, names)+" "), p.Sum.Flows, p.Sum)
		}
	}
	if o.addr {
		out.WriteString("Address Summary\n")
		for a := range count.Addresses() {
			if o.rmon {
				fmt.Fprintf(out, "  %-25s %-10d\n", a.Class, a.Any)
				continue
			}
			fmt.Fprintf(out, "  %-25s src %-11d dst %-10d\n", a.Class, a.Src, a.Dst)
		}
	}
}

func row(out *bufio.Writer, name string, records uint64, s *tally.Sum) {
	fmt.Fprintf(out, "%s%-11d %-14d %-14d %-14d %-18d %-18d %-18d\n", name, records,
		s.Packets(), s.Src.Packets, s.Dst.Packets, s.Bytes(), s.Src.Bytes, s.Dst.Bytes)
}

// nameOf is the name of a protocol.
func nameOf(p tally.Protocol, names *record.Names) string {
	var name string
	switch p.Layer {
	case tally.IP:
		name = names.Proto(record.Proto(p.Number))
	case tally.Ethernet:
		if name = names.EtherType(p.Number); name == "" {
			name = fmt.Sprintf("0x%04x", p.Number)
		}
	case tally.ARP:
		name = "arp"
	case tally.RARP:
		name = "rarp"
	default:
		name = "unkwn"
	}
	return strings.ToLower(name)
}
