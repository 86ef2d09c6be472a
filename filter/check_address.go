package filter

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// network is a set of addresses: those that equal addr under mask. IPv4 is in
// the low 32 bits.
type network struct {
	is4        bool
	addr, mask [2]uint64 // upper and lower half
}

func network4(addr, mask uint32) network {
	return network{is4: true, addr: [2]uint64{0, uint64(addr & mask)}, mask: [2]uint64{0, uint64(mask)}}
}

// networkOf makes a network of a prefix.
func networkOf(p netip.Prefix) network {
	if a := p.Addr(); a.Is4() {
		b := a.As4()
		return network4(binary.BigEndian.Uint32(b[:]), mask4(p.Bits()))
	}
	b := p.Addr().As16()
	n := network{mask: mask6(p.Bits())}
	n.addr = [2]uint64{binary.BigEndian.Uint64(b[:8]) & n.mask[0], binary.BigEndian.Uint64(b[8:]) & n.mask[1]}
	return n
}

func mask4(n int) uint32 { return uint32(^uint64(0) << (32 - n)) }

func mask6(n int) [2]uint64 {
	return [2]uint64{^uint64(0) << (64 - min(n, 64)), ^uint64(0) << (128 - max(n, 64))}
}

func (n network) base() netip.Addr {
	if n.is4 {
		return addr4(uint32(n.addr[1]))
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], n.addr[0])
	binary.BigEndian.PutUint64(b[8:], n.addr[1])
	return netip.AddrFrom16(b)
}

func addr4(v uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

// prefixLength returns the length of a mask of leading ones, else false.
func (n network) prefixLength() (int, bool) {
	ones := bits.OnesCount64(n.mask[0]) + bits.OnesCount64(n.mask[1])
	if n.is4 {
		return ones, uint32(n.mask[1]) == mask4(ones)
	}
	return ones, n.mask == mask6(ones)
}

// constant writes the network as a constant of a host or net test.
func (n network) constant(at Span, host bool) *Constant {
	k := &Constant{Span: at, Kind: TokenIPv6, Text: n.base().String(), resolved: resolution{net: n}}
	if n.is4 {
		k.Kind = TokenIPv4
	}
	if host {
		return k
	}
	if length, ok := n.prefixLength(); ok {
		k.Suffix = fmt.Sprint(length)
	} else {
		k.Suffix, k.Mask = addr4(uint32(n.mask[1])).String(), true
	}
	return k
}

// macPrefix is an Ethernet address, or its first bytes.
type macPrefix struct {
	mac   record.MAC
	bytes int
}

// address checks the operand of host, net and inode.
func (c *checker) address(t *Test, k *Constant) (Node, error) {
	if t.Head.Protocol == "ether" || k.Kind == TokenMAC {
		return c.ethernet(t, k)
	}
	switch k.Kind {
	case TokenIPv4, TokenIPv6:
		n, err := c.network(t, k)
		if err != nil {
			return nil, err
		}
		return c.addressTest(t, k, n)
	case TokenNumber, TokenFloat:
		return c.shortAddress(t, k)
	case TokenColons:
		return nil, c.fail(BadAddress, k.Span, fmt.Sprintf("%q is not an address", clip(k.Text)), "IPv6 address")
	case TokenName:
		if looksLikeAddress(k.Text) {
			return c.shortAddress(t, k)
		}
		return c.hostName(t, k)
	case TokenString:
		return c.hostName(t, k)
	}
	return nil, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not an address", clip(k.Text)), "address")
}

// addressTest completes a test of IP addresses, if protocol and family agree.
func (c *checker) addressTest(t *Test, k *Constant, n network) (Node, error) {
	family, wrong := "IPv6", !n.is4
	switch t.Head.Protocol {
	case "ipv6":
		family, wrong = "IPv4", n.is4
	case "ipv4", "icmp", "arp", "rarp", "gre", "geneve":
	default:
		wrong = wrong && t.Head.Kind == "inode"
	}
	if wrong {
		head := strings.TrimSpace(t.Head.Protocol + " " + t.Head.Kind)
		return nil, c.fail(BadQualifier, k.Span, fmt.Sprintf("%q has no %s addresses", head, family))
	}
	return t.with(n.constant(k.Span, t.Head.Kind != "net")), nil
}

// network reads an address with its prefix length or mask.
func (c *checker) network(t *Test, k *Constant) (network, error) {
	if k.Suffix != "" && t.Head.Kind != "net" {
		return network{}, c.fail(BadQualifier, k.Span, "only networks have a prefix length or mask", "net")
	}
	var addr netip.Addr
	if k.Kind == TokenIPv6 {
		a, err := netip.ParseAddr(k.Text)
		if err != nil {
			return network{}, c.fail(BadAddress, k.Span, fmt.Sprintf("%q is not an address", clip(k.Text)), "IPv6 address")
		}
		addr = a
	} else {
		v, err := c.dotted(k.Span, k.Text)
		if err != nil {
			return network{}, err
		}
		addr = addr4(v)
	}
	if k.Mask {
		mask, err := c.dotted(k.At, k.Suffix)
		b := addr.As4()
		return network4(binary.BigEndian.Uint32(b[:]), mask), err
	}
	length, err := c.prefixLength(k, addr.BitLen())
	if err != nil {
		return network{}, err
	}
	return networkOf(netip.PrefixFrom(addr, length)), nil
}

// prefixLength reads the number after the slash; without one it is the whole address.
func (c *checker) prefixLength(k *Constant, whole int) (int, error) {
	if k.Suffix == "" {
		return whole, nil
	}
	v, ok := parseInteger(k.Suffix)
	if !ok || v > uint64(whole) {
		return 0, c.fail(BadAddress, k.At, fmt.Sprintf("%q is not a prefix length", clip(k.Suffix)), fmt.Sprintf("0-%d", whole))
	}
	return int(v), nil
}

// dotted reads four decimal parts; leading zeros mean nothing.
func (c *checker) dotted(at Span, text string) (uint32, error) {
	var v uint32
	for part := range strings.SplitSeq(text, ".") {
		n, ok := parseDecimal(part)
		if !ok || n > 255 {
			return 0, c.fail(BadAddress, at, fmt.Sprintf("%q is not an IPv4 address", clip(text)), "parts of 0-255")
		}
		v = v<<8 | uint32(n)
	}
	return v, nil
}

// shortAddress reads an address of fewer than four parts: as a network, the
// parts are its first bytes; as a host, three parts are a.b.0.c, as ever.
func (c *checker) shortAddress(t *Test, k *Constant) (Node, error) {
	parts := strings.Split(k.Text, ".")
	bad := c.fail(BadAddress, k.Span, fmt.Sprintf("%q is not an address", clip(k.Text)), "address")
	if len(parts) > 3 || t.Head.Kind != "net" && len(parts) != 3 {
		return nil, bad
	}
	var v uint32
	for i, part := range parts {
		n, ok := parseDecimal(part)
		limit := uint64(255)
		if t.Head.Kind != "net" && i == 2 {
			limit = 0xFFFF
		}
		if !ok || n > limit || part == "" {
			return nil, bad
		}
		v = v<<8 | uint32(n)
	}
	if t.Head.Kind != "net" {
		high, _ := parseDecimal(parts[0])
		middle, _ := parseDecimal(parts[1])
		low, _ := parseDecimal(parts[2])
		return c.addressTest(t, k, network4(uint32(high)<<24|uint32(middle)<<16|uint32(low), mask4(32)))
	}
	length := 8 * len(parts)
	if k.Suffix != "" {
		n, err := c.prefixLength(k, 32)
		if err != nil {
			return nil, err
		}
		length = n
	}
	return c.addressTest(t, k, network4(v<<(32-8*len(parts)), mask4(length)))
}

// ethernet checks an Ethernet address.
func (c *checker) ethernet(t *Test, k *Constant) (Node, error) {
	if t.Head.Protocol != "ether" && (t.Head.Protocol != "arp" || t.Head.Kind != "host" || t.Head.Direction != NoDirection) {
		return nil, c.fail(BadQualifier, k.Span, "an Ethernet address needs a qualifier", "ether")
	}
	var mac record.MAC
	switch k.Kind {
	case TokenMAC:
		mac = parseMAC(k.Text)
	case TokenColons, TokenIPv6:
		return nil, c.fail(BadAddress, k.Span, fmt.Sprintf("%q is not an Ethernet address", clip(k.Text)), "six groups")
	case TokenName, TokenString:
		m, err := c.etherName(k)
		if err != nil {
			return nil, err
		}
		mac = m
	default:
		return nil, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not an Ethernet address", clip(k.Text)), "Ethernet address")
	}
	length, err := c.prefixLength(k, 48)
	if err != nil {
		return nil, err
	}
	if t.Head.Protocol == "ether" {
		t.Head.Kind = "host"
	}
	checked := &Constant{Span: k.Span, Kind: TokenMAC, Text: mac.String(), resolved: resolution{mac: macPrefix{mac, length / 8}}}
	if length < 48 {
		checked.Suffix = fmt.Sprint(length)
	}
	return t.with(checked), nil
}

func parseMAC(s string) (m record.MAC) {
	i := 0
	for part := range strings.SplitSeq(s, ":") {
		for _, digit := range []byte(part) {
			m[i] = m[i]<<4 | hexValue(digit)
		}
		i++
	}
	return m
}

func hexValue(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

func (c *checker) etherName(k *Constant) (record.MAC, error) {
	if c.Ethernet != nil {
		m, err := c.Ethernet(k.Text)
		if err == nil {
			return m, nil
		}
		return m, c.unresolved(k, "Ethernet address", err)
	}
	return record.MAC{}, c.unresolved(k, "Ethernet address", nil)
}

// unresolved is the error for a name that nobody knows.
func (c *checker) unresolved(k *Constant, what string, err error) error {
	message := fmt.Sprintf("no %s is known for %q", what, clip(k.Text))
	if err == nil {
		message += " (nothing was given to look it up with)"
	}
	return &Error{Code: UnknownName, Span: k.Span, Text: c.text, Message: message, Expected: []string{what}, Err: err}
}

// loopback is what localhost means everywhere (RFC 6761, 6.3).
var loopback = []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}

// resolve finds the addresses of a host name.
func (c *checker) resolve(k *Constant) ([]netip.Addr, error) {
	if strings.EqualFold(k.Text, "localhost") {
		return loopback, nil
	}
	if c.Resolver == nil {
		return nil, c.unresolved(k, "address", nil)
	}
	addrs, err := c.Resolver(k.Text)
	if err == nil && len(addrs) == 0 {
		err = fmt.Errorf("the resolver found no address")
	}
	if err != nil {
		return nil, c.unresolved(k, "address", err)
	}
	return addrs, nil
}

// hostName resolves the name of a host or network.
func (c *checker) hostName(t *Test, k *Constant) (Node, error) {
	if t.Head.Kind == "net" {
		if c.Network == nil {
			return nil, c.unresolved(k, "network", nil)
		}
		p, err := c.Network(k.Text)
		if err != nil || !p.IsValid() {
			return nil, c.unresolved(k, "network", err)
		}
		return c.addressTest(t, k, networkOf(p))
	}
	addrs, err := c.resolve(k)
	if err != nil {
		return nil, err
	}
	var terms []Node
	var last error
	for _, a := range addrs {
		one := *t
		n := networkOf(netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen()))
		if x, err := c.addressTest(&one, k, n); err == nil {
			terms = append(terms, x)
		} else {
			last = err
		}
	}
	switch len(terms) {
	case 0:
		return nil, last
	case 1:
		return terms[0], nil
	}
	return &Or{Span: t.Span, Terms: terms}, nil
}

// gateway makes the test for a router: its Ethernet address is on one side,
// its IP addresses are on none.
func (c *checker) gateway(t *Test, k *Constant) (Node, error) {
	if k.Kind != TokenName && k.Kind != TokenString {
		return nil, c.fail(BadQualifier, k.Span, "a gateway is given by its name", "name")
	}
	mac, err := c.etherName(k)
	if err != nil {
		return nil, err
	}
	host := &Test{Span: t.Span, Head: Head{Span: t.Head.Span, Kind: "host"}}
	addresses, err := c.hostName(host, k)
	if err != nil {
		return nil, err
	}
	router := &Test{Span: t.Span, Head: Head{Span: t.Head.Span, Protocol: "ether", Kind: "host"},
		Operand: &Constant{Span: k.Span, Kind: TokenMAC, Text: mac.String(), resolved: resolution{mac: macPrefix{mac, 6}}}}
	return &And{Span: t.Span, Terms: []Node{router, &Not{Span: t.Span, X: addresses}}}, nil
}
