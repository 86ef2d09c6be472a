package address

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gaissmai/bart"
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
	table bart.Table[*locality]
	size  int // lines and what they were made of

	// Ethernet is how many entries were of Ethernet addresses, which are passed over.
	Ethernet int
}

type locality struct {
	Locality
	own       uint8 // level of the line itself
	order     int   // of reading
	overwrite bool  // it spreads to what is within, even where that is nearer
}

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
					mine, err := ofMachine()
					if err != nil {
						return fail(err)
					}
					l.add(mine, Locality{Level: 5}, false)
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
		if l.add(networks, value, overwrite); l.size > maxEntries {
			return fail(fmt.Errorf("more than %d networks", maxEntries))
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l.spread()
	return l, nil
}

// add adds the networks of a line. Of two lines for one network the later counts.
func (l *Localities) add(networks []netip.Prefix, value Locality, overwrite bool) {
	order := l.size
	l.size += len(networks)
	for _, p := range networks {
		l.table.Insert(p, &locality{value, value.Level, order, overwrite})
	}
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
func ofMachine() (all []netip.Prefix, err error) {
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
			all = append(all, netip.PrefixFrom(ip, ip.BitLen()))
		}
	}
	return all, nil
}

// spread gives each network the levels of those around it that were read after
// it, the one read first at first.
func (l *Localities) spread() {
	var later []*locality
	for p, e := range l.table.All() {
		later = later[:0]
		for _, o := range l.table.Supernets(p) {
			if o.order > e.order {
				later = append(later, o)
			}
		}
		slices.SortFunc(later, func(a, b *locality) int { return a.order - b.order })
		for _, o := range later {
			if o.overwrite || o.own > e.Level {
				e.Level = o.own
			}
		}
	}
}

// Lookup returns the locality of an address, and false if the table says nothing
// of it.
func (l *Localities) Lookup(a netip.Addr) (Locality, bool) {
	v, ok := lookup(&l.table, a)
	if !ok {
		return Locality{}, false
	}
	return v.Locality, true
}
