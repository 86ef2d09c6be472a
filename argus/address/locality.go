package address

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Nearby is the least locality of what counts as local, in filters too.
const Nearby = 3

// Locality is what a table says of a network: how near it is, and to whom it
// belongs.
type Locality struct {
	Level uint8 // 5 this machine, 4 its network, 3 and 2 the site, 1 elsewhere, 0 unknown
	ASN   uint32
	Group string
}

// Localities is a table of localities.
type Localities struct {
	table *table[locality]

	// Ethernet is how many entries were of Ethernet addresses, which are passed over.
	Ethernet int
}

type locality struct {
	Locality
	own       uint8 // level of the line itself
	overwrite bool  // it spreads to what is within, even where that is nearer
}

// maxEntries bounds a table.
const maxEntries = 4 << 20

// ReadLocalities reads a file of lines "network level [ASN [group]]" with blanks
// between, where a network is an address, 10.0.0.0/8, 172.16/12, A-B or a list of
// these with commas, and the level is 0 to 255; # and // begin comments. The name
// is for errors.
//
// A line says something of all of its network that a line for a part of it does
// not say otherwise. A line that comes after those of its parts spreads its level
// to them where it is nearer, or always after RALABEL_LOCALITY_OVERWRITE=yes.
// After RALABEL_LOCAL_INTERFACE_IS_ME=yes the addresses of the machine's
// interfaces have level 5.
func ReadLocalities(r io.Reader, name string) (*Localities, error) {
	l := new(Localities)
	var all []entry[locality]
	overwrite := false
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		fail := func(err error) (*Localities, error) { return nil, fmt.Errorf("%s:%d: %w", name, n, err) }
		line, _, _ := strings.Cut(lines.Text(), "//")
		words := strings.Fields(line)
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		if variable, value, ok := strings.Cut(line, "="); ok {
			on := strings.EqualFold(strings.Trim(strings.TrimSpace(value), `"`), "yes")
			switch strings.TrimSpace(variable) {
			case "RALABEL_LOCAL_INTERFACE_IS_ME":
				if on {
					mine, err := ofMachine(len(all))
					if err != nil {
						return fail(err)
					}
					all = append(all, mine...)
				}
			case "RALABEL_LOCALITY_OVERWRITE":
				overwrite = on
			default:
				return fail(fmt.Errorf("unknown variable %.40q", strings.TrimSpace(variable)))
			}
			continue
		}
		value, err := parseLocality(words)
		if err != nil {
			return fail(err)
		}
		if _, err := net.ParseMAC(words[0]); err == nil {
			l.Ethernet++
			continue
		}
		networks, err := parseRange(words[0])
		if err != nil {
			return fail(err)
		}
		if len(all)+len(networks) > maxEntries {
			return fail(fmt.Errorf("more than %d networks", maxEntries))
		}
		order := len(all)
		for _, p := range networks {
			all = append(all, entry[locality]{p, locality{value, value.Level, overwrite}, order})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l.table = newTable(all, spread)
	return l, nil
}

func parseLocality(words []string) (v Locality, err error) {
	if len(words) < 2 || len(words) > 4 {
		return v, fmt.Errorf("want network, level, AS number and group, found %d words", len(words))
	}
	level, err := strconv.ParseUint(words[1], 10, 8)
	if err != nil {
		return v, fmt.Errorf("level %.40q: want 0 to 255", words[1])
	}
	v.Level = uint8(level)
	if len(words) > 2 {
		asn, err := strconv.ParseUint(words[2], 10, 32)
		if err != nil {
			return v, fmt.Errorf("%.40q is no AS number", words[2])
		}
		v.ASN = uint32(asn)
	}
	if len(words) > 3 {
		v.Group = words[3]
	}
	return v, nil
}

// ofMachine are the addresses of the machine.
func ofMachine(order int) (all []entry[locality], err error) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	for _, a := range addresses {
		n, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		if ip, ok := netip.AddrFromSlice(n.IP); ok {
			ip = ip.Unmap()
			all = append(all, entry[locality]{netip.PrefixFrom(ip, ip.BitLen()), locality{Locality: Locality{Level: 5}, own: 5}, order})
		}
	}
	return all, nil
}

// spread gives an entry the levels of those around it that were read after it,
// the one read first at first. There are at most 129 around it.
func spread(e *entry[locality], around []int, all []entry[locality]) {
	for after := e.order; ; {
		var next *entry[locality]
		for _, i := range around {
			if o := &all[i]; o.order > after && o.prefix != e.prefix && (next == nil || o.order < next.order) {
				next = o
			}
		}
		if next == nil {
			return
		}
		after = next.order
		if own := next.value.own; next.value.overwrite || own > e.value.Level {
			e.value.Level = own
		}
	}
}

// Lookup returns the locality of an address, and false if the table says nothing
// of it.
func (l *Localities) Lookup(a netip.Addr) (Locality, bool) {
	v, ok := l.table.lookup(a)
	if !ok {
		return Locality{}, false
	}
	return v.Locality, true
}
