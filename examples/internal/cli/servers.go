package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus"
)

// addServer is -S: records are asked of a server, or flows taken from a port.
func (c *Client) addServer(v string) error {
	name, err := serverName(v)
	if err == nil {
		c.Files = append(c.Files, name)
	}
	return err
}

// defaultServer is RA_ARGUS_SERVER: a server for when nothing else is named.
func defaultServer(c *Client, v string) error {
	name, err := serverName(v)
	c.server = name
	return err
}

// serverName is the input for "[scheme://]host[:port]".
func serverName(v string) (string, error) {
	scheme, address, typed := strings.Cut(v, "://")
	switch {
	case !typed:
		address = v
	case slices.Contains(flowTypes, scheme):
		return v, nil
	case scheme != "argus" && scheme != "argus-tcp":
		return "", Usagef("%s: want host:port, argus://host:port or cisco://host:port", v)
	}
	if strings.Contains(address, "@") {
		return "", Usagef("%s: authentication is not supported: let ssh or a tunnel do it", v)
	}
	if address == "" {
		return "", Usagef("%q: want the name of a host", v)
	}
	return "argus://" + address, nil
}

// isServer reports whether an input is a server of records.
func isServer(name string) bool { return strings.HasPrefix(name, "argus://") }

// endless is the address of an input that ends only when its other side or the
// user says so: a server, or a port for exporters.
func endless(name string) (address string, ok bool) {
	if isServer(name) {
		return strings.TrimPrefix(name, "argus://"), true
	}
	return listenAt(name)
}

// openServer asks a server for the records that pass the filter. One that does
// not understand it is asked for all: the filter is applied here in any case.
func (c *Client) openServer(ctx context.Context, name string, options ...argus.OpenOption) (*argus.Source, error) {
	src, err := argus.Open(ctx, name, append(options, argus.RemoteFilter(c.remote))...)
	if errors.Is(err, argus.ErrFilter) {
		src, err = argus.Open(ctx, name, options...)
	}
	return src, err
}
