// Command rapath prints the paths that traceroutes found, from the flow records
// of their probes.
package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/record"
)

const usage = `usage: rapath [options] -r FILE... [- filter expression]

Prints the path from each source to each destination, of the nodes that reported
the end of packets between them: "time exceeded" and "unreachable". Nodes are in the
order of the times to live of the packets that they reported; those at the same
distance are in parentheses, "*" is a distance at which nobody answered.

  -A             a graph, A -> B -> (C D), the number of nodes behind it
  -c ,           columns separated by a comma

The options of ra for input are there too.

example
  rapath -r flows.arg -A - icmpmap
`

func main() {
	p := cli.Program{Name: "rapath", Usage: usage, Run: run}
	p.Main()
}

// route is who sent probes to whom.
type route struct{ src, dst record.Endpoint }

// hop is a node that answered, and the time to live of what it answered to.
type hop struct {
	ttl  uint8
	node record.Endpoint
}

func run(ctx context.Context, c *cli.Client) error {
	inode, _ := record.Lookup("inode")
	paths := map[route]map[hop]bool{}
	for r, err := range c.Input().Records(ctx) {
		if err != nil {
			return err
		}
		f := r.Flow()
		if !r.IsFlow() || !f.IsIP() {
			continue
		}
		node, ok := inode.Endpoint(r)
		if !ok || !node.IsValid() {
			continue
		}
		k := route{f.Src, f.Dst}
		if paths[k] == nil {
			paths[k] = map[hop]bool{}
		}
		paths[k][hop{r.IPAttr().Src.TTL, node}] = true
	}
	var routes []route
	for k := range paths {
		routes = append(routes, k)
	}
	slices.SortFunc(routes, func(a, b route) int { return cmp.Or(a.src.Compare(b.src), a.dst.Compare(b.dst)) })
	out := bufio.NewWriter(os.Stdout)
	for _, k := range routes {
		switch path := text(paths[k]); {
		case c.Separated():
			fmt.Fprintf(out, "%s,%s,%d,%s\n", k.src, k.dst, len(paths[k]), path)
		case c.Totals: // -A
			if end := " -> " + k.dst.String(); !strings.HasSuffix(path, end) {
				path += end
			}
			fmt.Fprintf(out, "%s -> %s [%d]\n", k.src, path, len(paths[k]))
		default:
			fmt.Fprintf(out, "%-39s %-39s %s\n", k.src, k.dst, path)
		}
	}
	return out.Flush()
}

// maxGap is how many distances without an answer are shown one by one.
const maxGap = 8

// text is a path of nodes in the order of their distance.
func text(hops map[hop]bool) string {
	var list []hop
	for h := range hops {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b hop) int { return cmp.Or(cmp.Compare(a.ttl, b.ttl), a.node.Compare(b.node)) })
	var out []string
	for i := 0; i < len(list); {
		if i > 0 {
			if gap := int(list[i].ttl) - int(list[i-1].ttl) - 1; gap > 0 {
				out = append(out, slices.Repeat([]string{"*"}, min(gap, maxGap))...)
			}
		}
		var same []string
		ttl := list[i].ttl
		for ; i < len(list) && list[i].ttl == ttl; i++ {
			same = append(same, list[i].node.String())
		}
		if len(same) > 1 {
			out = append(out, "("+strings.Join(same, " ")+")")
		} else {
			out = append(out, same[0])
		}
	}
	return strings.Join(out, " -> ")
}
