package address

import (
	"fmt"
	"net/netip"
	"strings"
)

// parseRange reads an address, a network such as 10.0.0.0/8 or 172.16/12, a
// range A-B of either, or a list of these with commas between.
func parseRange(text string) (all []netip.Prefix, err error) {
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(part, "-")
		first, err := parseNetwork(from)
		if err != nil {
			return nil, err
		}
		if !isRange {
			all = append(all, first)
			continue
		}
		last, err := parseNetwork(to)
		if err != nil {
			return nil, err
		}
		if first.Addr().Is4() != last.Addr().Is4() || lastOf(last).Less(first.Addr()) {
			return nil, fmt.Errorf("%q is no range of addresses", part)
		}
		all = appendRange(all, first.Addr(), lastOf(last))
	}
	return all, nil
}

// parseNetwork reads an address or network; one of version 4 may lack numbers at
// its end.
func parseNetwork(text string) (netip.Prefix, error) {
	address, bits, hasBits := strings.Cut(text, "/")
	if !strings.Contains(address, ":") {
		for strings.Count(address, ".") < 3 && hasBits && address != "" {
			address += ".0"
		}
	}
	if !hasBits {
		a, err := netip.ParseAddr(address)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("%q is no address or network", text)
		}
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(address + "/" + bits)
	if err != nil || p.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("%q is no address or network", text)
	}
	return p.Masked(), nil
}

// lastOf is the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}

// appendRange appends the networks that make up the addresses first to last.
func appendRange(dst []netip.Prefix, first, last netip.Addr) []netip.Prefix {
	for first.IsValid() && !last.Less(first) {
		bits := 0
		for ; bits < first.BitLen(); bits++ {
			p := netip.PrefixFrom(first, bits)
			if p.Masked().Addr() == first && !last.Less(lastOf(p)) {
				break
			}
		}
		p := netip.PrefixFrom(first, bits)
		dst = append(dst, p)
		first = lastOf(p).Next()
	}
	return dst
}
