// Command rafilteraddr picks flow records by a list of addresses.
package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/gaissmai/bart"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/record"
)

const usage = `usage: rafilteraddr [options] -f FILE -r FILE... [- filter expression]

Picks the records of which one end is in a list of addresses.

  -f FILE     addresses and networks, one a line, with anything behind them; "#" begins
              a comment. IPv4 networks may leave out bytes: 10/8
  -m saddr    the source alone, -m daddr the destination alone
  -v          the records of which no end is in the list

The options of ra for input and output are there too.

example
  rafilteraddr -f blocklist.txt -r flows.arg -w seen.arg - tcp
`

type options struct {
	list   bart.Lite
	loaded bool
	invert bool
}

func main() {
	o := &options{}
	p := cli.Program{
		Name: "rafilteraddr", Usage: usage,
		Options: map[string]getopt.Arity{"f": getopt.One, "v": getopt.None},
		Set:     o.set, Run: o.run,
	}
	p.Main()
}

func (o *options) set(_ *cli.Client, opt getopt.Option) error {
	if opt.Name == "v" {
		o.invert = true
		return nil
	}
	b, err := os.ReadFile(opt.Value())
	if err != nil {
		return err
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		n++
		line, _, _ = strings.Cut(line, "#")
		words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\r\n,|", r) })
		if len(words) == 0 {
			continue
		}
		p, err := parsePrefix(strings.Trim(words[0], `"`))
		if err != nil {
			return cli.Usagef("%s: line %d: %w", opt.Value(), n, err)
		}
		o.list.Insert(p)
	}
	o.loaded = true
	return nil
}

// parsePrefix reads an address or a network.
func parsePrefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	address, bits, ok := strings.Cut(text, "/")
	for strings.Count(address, ".") < 3 && !strings.Contains(address, ":") && ok {
		address += ".0"
	}
	p, err := netip.ParsePrefix(address + "/" + bits)
	if err != nil {
		return p, fmt.Errorf("%q: want an address or a network such as 10.0.0.0/8", text)
	}
	return p.Masked(), nil
}

func (o *options) run(ctx context.Context, c *cli.Client) error {
	if !o.loaded {
		return cli.Usagef("want a list of addresses: -f FILE")
	}
	src, dst, err := c.Sides()
	if err != nil {
		return err
	}
	in := func(e record.Endpoint) bool { a := e.Addr(); return a.IsValid() && o.list.Contains(a) }
	pick := func(s record.Stream) record.Stream {
		return func(yield func(*record.Record, error) bool) {
			for r, err := range s {
				if err == nil {
					f := r.Flow()
					if !r.IsFlow() || (src && in(f.Src) || dst && in(f.Dst)) == o.invert {
						continue
					}
				}
				if !yield(r, err) {
					return
				}
			}
		}
	}
	return c.Put(argus.Pipe(c.Input().Records(ctx), pick, c.OutputLimit()), nil)
}
