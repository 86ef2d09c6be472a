package cli

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus/address"
	"github.com/seed-6ae541b3/goargus/record"
)

// setPlaces reads the tables of localities and countries, for what is printed and
// for the correction of directions.
func (c *Client) setPlaces(names *record.Names) error {
	local := c.Correct != nil && c.Correct.LocalSide != record.LocalAnywhere
	if local && c.places == "" {
		return Usagef("RA_LOCAL_CORRECT, RA_LOCAL_DIRECTION: RA_LOCAL must name a file of localities")
	}
	if c.places != "" && (local || c.prints("sloc", "dloc", "sgrp", "dgrp")) {
		table, err := readTable(c.places, address.ReadLocalities)
		if err != nil {
			return Usagef("RA_LOCAL: %w", err)
		}
		if table.Ethernet > 0 {
			c.warn("RA_LOCAL: %s: Ethernet addresses have no locality: %d are passed over", c.places, table.Ethernet)
		}
		names.Locality = func(a netip.Addr) (int, bool) {
			l, ok := table.Lookup(a)
			return int(l.Level), ok
		}
		names.Group = func(a netip.Addr) string {
			l, _ := table.Lookup(a)
			return l.Group
		}
		if local {
			c.Correct.Local = func(e record.Endpoint) bool {
				l, _ := table.Lookup(e.Addr())
				return l.Level >= address.Nearby
			}
		}
	}
	if c.delegated == "" || !c.prints("sco", "dco", "ico") {
		return nil
	}
	table, err := readTable(c.delegated, address.ReadCountries)
	if err != nil {
		return Usagef("RA_DELEGATED_IP: %w", err)
	}
	names.Country = table.Lookup
	return nil
}

// readTable reads a file.
func readTable[T any](name string, read func(r io.Reader, name string) (T, error)) (table T, err error) {
	f, err := os.Open(name)
	if err != nil {
		return table, err
	}
	defer f.Close()
	return read(f, name)
}

// prints reports whether any of the fields is printed.
func (c *Client) prints(names ...string) bool {
	for _, f := range c.Print.Fields {
		if slices.Contains(names, f.Attribute.Name) {
			return true
		}
	}
	return false
}

// localCorrect is RA_LOCAL_CORRECT.
func localCorrect(c *Client, on bool) {
	switch {
	case !on && c.Correct != nil:
		c.Correct.LocalSide = record.LocalAnywhere
	case on && c.correction().LocalSide == record.LocalAnywhere:
		c.Correct.LocalSide = record.LocalSource
	}
}

// localDirection is RA_LOCAL_DIRECTION: on which side local addresses stand.
func localDirection(c *Client, v string) error {
	if v == "time" { // who was first is the source: as it is stored
		localCorrect(c, false)
		return nil
	}
	how, side, _ := strings.Cut(v, ":")
	sides := map[string]record.LocalSide{"src": record.LocalSource, "dst": record.LocalDestination}
	if how != "local" && how != "suggest" && how != "force" || sides[side] == 0 {
		return fmt.Errorf("%q: want time, suggest:src, suggest:dst, force:src or force:dst", v)
	}
	o := c.correction()
	o.LocalSide, o.LocalFirst = sides[side], how == "force"
	return nil
}
