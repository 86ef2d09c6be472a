package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/flowimport"
)

// flowTypes are the types of flows that others export. Any of them reads any of
// their formats, which are told by what is there.
var flowTypes = []string{"cisco", "jflow", "netflow", "ipfix", "ipfix-udp", "sflow"}

// foreignTypes are types of files that the C clients read and these do not.
var foreignTypes = []string{"ft", "baseline", "mysql"}

// listenFor is -C: flows are taken from a UDP port.
func (c *Client) listenFor(address string) error {
	c.Files = append(c.Files, "cisco://"+address)
	return nil
}

// listenAt is the address of an input that is a port, such as "cisco://:9995".
func listenAt(name string) (string, bool) {
	scheme, address, ok := strings.Cut(name, "://")
	return address, ok && slices.Contains(flowTypes, scheme)
}

// ReadOnce names an input that is gone when it was read, if there is one.
func (c *Client) ReadOnce() string {
	for _, name := range c.Files {
		if name == "-" {
			return "standard input"
		}
		if address, ok := endless(name); ok {
			return address
		}
	}
	return ""
}

// openInput opens a file of records or, by the type in front of its name, of
// exported flows, or the port at which exporters send them.
func (c *Client) openInput(ctx context.Context, name string, options ...argus.OpenOption) (*argus.Source, error) {
	if address, ok := listenAt(name); ok {
		src, err := flowimport.Listen(ctx, address, c.importConfig())
		if err != nil {
			return nil, err
		}
		c.imports.add(src)
		// It is src that the context ends: not with an error, but as a file ends.
		return argus.NewSource(context.WithoutCancel(ctx), port{src, ctx}, name), nil
	}
	if isServer(name) {
		return c.openServer(ctx, name, options...)
	}
	kind, file, typed := strings.Cut(name, ":")
	switch {
	case typed && slices.Contains(foreignTypes, kind):
		return nil, Usagef("-r %s: reading %s is not supported", name, kind)
	case !typed || !slices.Contains(flowTypes, kind):
		return argus.Open(ctx, name, options...)
	case c.Follow:
		return nil, Usagef("-r %s: only files of records can be followed", name)
	case strings.Contains(file, "::"):
		return nil, Usagef("-r %s: ranges of bytes are of files of records", name)
	}
	src, err := flowimport.Open(ctx, file, c.importConfig())
	if err != nil {
		return nil, err
	}
	c.imports.add(src)
	return argus.NewSource(ctx, src, name), nil
}

// imports are the sources of exported flows, which several goroutines may open.
type imports struct {
	mu      sync.Mutex
	sources []*flowimport.Source
}

func (i *imports) add(src *flowimport.Source) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.sources = append(i.sources, src)
}

func (i *imports) all() []*flowimport.Source {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.sources)
}

// port is what comes to a port until the program is interrupted, which is the
// only end that it has.
type port struct {
	*flowimport.Source
	ctx context.Context
}

func (p port) Read(b []byte) (int, error) {
	n, err := p.Source.Read(b)
	if err != nil && p.ctx.Err() != nil {
		err = io.EOF
	}
	return n, err
}

func (c *Client) importConfig() (cfg flowimport.Config) {
	if c.Debug > 0 {
		cfg.Fault = func(f *flowimport.Fault) { fmt.Fprintf(os.Stderr, "%s: %v\n", c.Program, f) }
	}
	return cfg
}

// importLosses yields a line for each source of exported flows of which not all
// became records.
func (c *Client) importLosses(yield func(string) bool) {
	for _, src := range c.imports.all() {
		s := src.Stats()
		var lost []string
		for _, l := range []struct {
			n    uint64
			what string
		}{
			{s.Lost, "lost on the way"},
			{s.Malformed, "malformed datagrams"},
			{s.Unsupported, "datagrams of other protocols"},
			{s.NoTemplate, "sets without a template"},
			{s.Incomplete, "flows without addresses"},
			{s.Refused, "templates or exporters beyond the limits"},
		} {
			if l.n > 0 {
				lost = append(lost, fmt.Sprintf("%d %s", l.n, l.what))
			}
		}
		if len(lost) > 0 && !yield(src.Name()+": "+strings.Join(lost, ", ")) {
			return
		}
	}
}
