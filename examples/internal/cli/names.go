package cli

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/record"
)

// setZone sets the time zone of what is printed: that of RA_TZ or -M TZ=, else
// the process's.
func (c *Client) setZone() error {
	c.Print.Text.Location = time.Local
	if c.zone == "" {
		return nil
	}
	loc, err := loadZone(strings.Trim(c.zone, `'"`))
	if err != nil {
		return Usagef("time zone %q: %w", c.zone, err)
	}
	c.Print.Text.Location = loc
	return nil
}

// loadZone finds a zone by its name, or reads the simple form of POSIX: a name
// and the hours west of UTC, such as EST5 or UTC-1. One with daylight saving is
// looked up by the name of the file that zone databases have for it.
func loadZone(name string) (*time.Location, error) {
	name = strings.TrimPrefix(name, ":")
	loc, err := time.LoadLocation(name)
	if err == nil {
		return loc, nil
	}
	label := strings.TrimRight(name, "+-0123456789:")
	if label == name || len(label) < 3 {
		return nil, err
	}
	var h, m, s int
	sign := 1
	offset := name[len(label):]
	if offset[0] == '-' || offset[0] == '+' {
		if offset[0] == '-' {
			sign = -1
		}
		offset = offset[1:]
	}
	if n, _ := fmt.Sscanf(offset, "%d:%d:%d", &h, &m, &s); n == 0 || h > 24 {
		return nil, err
	}
	return time.FixedZone(label, -sign*(3600*h+60*m+s)), nil
}

// setNames joins the functions that turn numbers into names.
func (c *Client) setNames() error {
	n := c.Print.Text.Names
	level := c.Print.Names.Functions()
	if n != nil && level.DSCode != nil {
		level.DSCode = n.DSCode // of the DISA
	}
	if c.Print.Names == printer.HostNames {
		level.Host = newResolver().name
	}
	level.Vendor = printer.Vendor
	if c.vendors != "" {
		vendors, err := readVendors(c.vendors)
		if err != nil {
			return Usagef("RA_ETHERNET_VENDORS: %w", err)
		}
		level.Vendor = vendors
	}
	if c.aliases != "" {
		nodes, err := readAliases(c.aliases)
		if err != nil {
			return Usagef("RA_SRCID_ALIAS: %w", err)
		}
		level.Node = func(id []byte) string { return nodes[strings.ToLower(string(id))] }
	}
	if err := c.setPlaces(level); err != nil {
		return err
	}
	c.Print.Text.Names = level
	return nil
}

// useDISA names code points by the table of the DISA, in wider columns.
func (c *Client) useDISA() {
	c.Print.Text.Names = &record.Names{DSCode: printer.DISACode}
}

// isService reports whether a port belongs to a service that has a name.
func isService(p record.Proto, port uint16) bool {
	return printer.PortNames.Functions().Port(p, port) != ""
}

// resolver finds names of addresses and remembers them, for any number of
// goroutines.
type resolver struct {
	mu    sync.Mutex
	names map[netip.Addr]string
}

func newResolver() *resolver { return &resolver{names: map[netip.Addr]string{}} }

// maxNames bounds what a resolver remembers.
const maxNames = 1 << 20

func (r *resolver) name(a netip.Addr) string {
	r.mu.Lock()
	name, ok := r.names[a]
	r.mu.Unlock()
	if ok {
		return name
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if found, err := net.DefaultResolver.LookupAddr(ctx, a.String()); err == nil && len(found) > 0 {
		name = strings.TrimSuffix(found[0], ".")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.names) >= maxNames {
		clear(r.names)
	}
	r.names[a] = name
	return name
}

// readVendors reads a file of vendors of Ethernet addresses in the form that
// Wireshark has: a prefix, a short name.
func readVendors(name string) (func(record.MAC) string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return printer.ReadVendors(f)
}

// readAliases reads a file of two columns: the id of a sensor, its alias.
func readAliases(name string) (map[string]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	aliases := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		words := strings.Fields(s.Text())
		if len(words) >= 2 && words[0][0] != '#' {
			aliases[strings.ToLower(words[0])] = words[1]
		}
	}
	return aliases, nil
}
