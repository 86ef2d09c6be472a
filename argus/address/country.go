package address

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/gaissmai/bart"
)

// Unknown is the code of addresses that belong to no country.
const Unknown = "ZZ"

// Countries is a table of countries.
type Countries struct{ table bart.Table[string] }

// ReadCountries reads the statistics of delegated addresses that registries
// publish: lines "registry|country|type|start|value|date|status", where the value
// is a number of addresses for ipv4 and the length of a prefix for ipv6. Other
// types, lines of the version and summaries are passed over; # begins a comment.
// The name is for errors.
func ReadCountries(r io.Reader, name string) (*Countries, error) {
	c, size := new(Countries), 0
	codes := map[string]string{} // one string for each
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Split(strings.TrimSpace(lines.Text()), "|")
		if fields[0] == "" || fields[0][0] == '#' || len(fields) < 5 || fields[1] == "*" || isVersion(fields[0]) {
			if len(fields) < 5 && fields[0] != "" && fields[0][0] != '#' {
				return nil, fmt.Errorf("%s:%d: want registry|country|type|start|value, found %d fields", name, n, len(fields))
			}
			continue
		}
		networks, err := delegated(fields[2], fields[3], fields[4])
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if len(networks) == 0 || fields[1] == "" { // what is free belongs to no country
			continue
		}
		if len(fields[1]) != 2 {
			return nil, fmt.Errorf("%s:%d: %.40q is no code of a country", name, n, fields[1])
		}
		if size += len(networks); size > maxEntries {
			return nil, fmt.Errorf("%s:%d: more than %d networks", name, n, maxEntries)
		}
		code, ok := codes[fields[1]]
		if !ok {
			code = strings.ToUpper(fields[1])
			codes[fields[1]] = code
		}
		for _, p := range networks {
			c.table.Insert(p, code)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// isVersion reports whether a line begins with a number, not with a registry.
func isVersion(word string) bool {
	_, err := strconv.ParseFloat(word, 64)
	return err == nil
}

// delegated are the networks of a line.
func delegated(kind, start, value string) ([]netip.Prefix, error) {
	if kind != "ipv4" && kind != "ipv6" {
		return nil, nil
	}
	first, err := netip.ParseAddr(start)
	if err != nil || first.Zone() != "" || first.Is4() != (kind == "ipv4") {
		return nil, fmt.Errorf("%.60q is no %s address", start, kind)
	}
	if kind == "ipv6" {
		bits, err := strconv.Atoi(value)
		if err != nil || bits < 0 || bits > 128 {
			return nil, fmt.Errorf("%.40q is no length of a prefix", value)
		}
		return []netip.Prefix{netip.PrefixFrom(first, bits).Masked()}, nil
	}
	count, err := strconv.ParseUint(value, 10, 33)
	b := first.As4()
	last := uint64(binary.BigEndian.Uint32(b[:])) + count - 1
	if err != nil || count == 0 || last > math.MaxUint32 {
		return nil, fmt.Errorf("%.40q is no number of addresses from %s on", value, start)
	}
	binary.BigEndian.PutUint32(b[:], uint32(last))
	return appendRange(nil, first, netip.AddrFrom4(b)), nil
}

// Lookup returns the code of the country of an address, or Unknown.
func (c *Countries) Lookup(a netip.Addr) string {
	if code, ok := lookup(&c.table, a); ok {
		return code
	}
	return Unknown
}
