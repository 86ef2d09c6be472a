package main

import (
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/seed-6ae541b3/goargus/argus/relay"
	"github.com/seed-6ae541b3/goargus/record"
)

// setPort is -P: the port at which clients ask for records, 0 for none.
func (o *options) setPort(value string) error {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return fmt.Errorf("expected a port from 0 to 65535, found %q", value)
	}
	o.port = uint16(n)
	return nil
}

// setBind is -B: the address to listen at.
func (o *options) setBind(value string) error {
	if net.ParseIP(value) == nil {
		return fmt.Errorf("expected one IP address, found %q", value)
	}
	o.bind = value
	return nil
}

// listens says where clients are served, if they are.
func (o *options) listens() (address string, ok bool) {
	return net.JoinHostPort(o.bind, strconv.Itoa(int(o.port))), o.port != 0
}

// port is a server that outlives the outputs of a generation of sensors: a
// configuration that is read again keeps the clients.
type port struct {
	*relay.Server
	address    string
	mechanisms []string
	users      atomic.Pointer[map[string]string] // nil where none authenticate
}

// password is that of a user.
func (p *port) password(user string) (string, bool) {
	password, ok := (*p.users.Load())[user]
	return password, ok
}

// fits reports whether the port is as the options want it, but for its users.
func (p *port) fits(o *options, address string) bool {
	return p != nil && p.address == address && (p.users.Load() != nil) == (o.users != nil) && slices.Equal(p.mechanisms, o.mechanisms)
}

// Close leaves the server to serve the next generation.
func (p *port) Close() error { return nil }

// openPort opens the port that the options ask for, or keeps the one that is
// open, with their users, if they ask for the same. nil is none.
func openPort(o *options, open *port, log *slog.Logger) (*port, error) {
	address, ok := o.listens()
	switch {
	case !ok:
		return nil, nil
	case open.fits(o, address):
		if o.users != nil {
			open.users.Store(&o.users)
		}
		return open, nil
	}
	p := &port{address: address, mechanisms: o.mechanisms}
	cfg := relay.Config{Address: address, QueueSize: o.queueSize, OnClient: func(addr string, gone error) {
		if gone == nil {
			log.Info("client came", "address", addr)
		} else {
			log.Info("client went", "address", addr, "reason", gone)
		}
	}}
	if o.v3 {
		cfg.Version = record.Version3
	}
	if o.users != nil {
		p.users.Store(&o.users)
		cfg.Password, cfg.Mechanisms = p.password, o.mechanisms
	}
	var err error
	if p.Server, err = relay.Listen(cfg); err != nil {
		return nil, err
	}
	return p, nil
}

// end closes the server of a port, if there is one and the next is another.
func (p *port) end(next *port) error {
	if p == nil || p == next {
		return nil
	}
	return p.Server.Close()
}
