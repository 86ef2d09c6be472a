package anonymize

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// addresses maps IP addresses.
type addresses struct {
	cfg   *Config
	pan4  *CryptoPAn
	pan6  *CryptoPAn
	perm  *permutation
	fixed map[netip.Addr]bool // images of Fixed
	seen  map[netip.Addr]netip.Addr
}

func newAddresses(cfg *Config) (*addresses, error) {
	a := &addresses{cfg: cfg, fixed: map[netip.Addr]bool{}, seen: map[netip.Addr]netip.Addr{}}
	for _, n := range []int{cfg.TruncateTo4, cfg.KeepTop4, cfg.Hierarchy.Bits4} {
		if n < 0 || n > 32 {
			return nil, fmt.Errorf("anonymize: a prefix of %d bits of IPv4", n)
		}
	}
	for _, n := range []int{cfg.TruncateTo6, cfg.KeepTop6, cfg.Hierarchy.Bits6} {
		if n < 0 || n > 128 {
			return nil, fmt.Errorf("anonymize: a prefix of %d bits of IPv6", n)
		}
	}
	if cfg.Map == nil && (cfg.Rules["ipv4"] == Numbered || cfg.Rules["ipv6"] == Numbered) {
		return nil, errors.New("anonymize: numbered addresses need a map")
	}
	for from, to := range cfg.Fixed {
		if from.Is4() != to.Is4() || a.fixed[to] {
			return nil, fmt.Errorf("anonymize: %v cannot have the image %v", from, to)
		}
		a.fixed[to] = true
	}
	a.pan4 = NewCryptoPAn(cfg.Key)
	key6 := cfg.Key
	if !cfg.SameKey {
		key6 = key6.derive("IPv6")
	}
	a.pan6 = NewCryptoPAn(key6)
	a.perm = newPermutation(cfg.Key.derive("addresses"))
	return a, nil
}

func (a *addresses) map4(b *[4]byte) error {
	to, err := a.mapAddr(netip.AddrFrom4(*b), a.cfg.Rules["ipv4"])
	if to.Is4() {
		*b = to.As4()
	}
	return err
}

func (a *addresses) map6(b *[16]byte) error {
	to, err := a.mapAddr(netip.AddrFrom16(*b), a.cfg.Rules["ipv6"])
	if to.Is6() {
		*b = to.As16()
	}
	return err
}

// maxSeen is how many images are remembered.
const maxSeen = 1 << 20

// mapAddr maps an address by a rule.
func (a *addresses) mapAddr(from netip.Addr, rule Action) (netip.Addr, error) {
	if rule == Keep {
		return from, nil
	}
	if rule == Remove {
		return none(from), nil
	}
	if to, ok := a.cfg.Fixed[from]; ok {
		return to, nil
	}
	if a.kept(from) {
		return from, nil
	}
	if to, ok := a.seen[from]; ok {
		return to, nil
	}
	to, err := a.once(from, rule)
	// Cycle walking: what is kept or fixed is the image of itself or another.
	for err == nil && rule != Truncate && (a.kept(to) || a.fixed[to]) {
		to, err = a.once(to, rule)
	}
	if err != nil {
		return none(from), err
	}
	if len(a.seen) >= maxSeen {
		clear(a.seen)
	}
	a.seen[from] = to
	return to, nil
}

func none(like netip.Addr) netip.Addr {
	if like.Is4() {
		return netip.IPv4Unspecified()
	}
	return netip.IPv6Unspecified()
}

// kept reports whether an address is left as it is.
func (a *addresses) kept(x netip.Addr) bool {
	if a.cfg.KeepSpecial && special(x) {
		return true
	}
	for _, p := range a.cfg.PassThrough {
		if p.Contains(x) {
			return true
		}
	}
	return false
}

func special(x netip.Addr) bool {
	return x.IsUnspecified() || x.IsLoopback() || x.IsLinkLocalUnicast() || x.IsMulticast() || x == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// once maps an address by a rule, whatever the image.
func (a *addresses) once(from netip.Addr, rule Action) (netip.Addr, error) {
	switch rule {
	case Prefix:
		if from.Is4() {
			b := from.As4()
			a.pan4.Map(b[:], a.cfg.KeepTop4)
			return netip.AddrFrom4(b), nil
		}
		b := from.As16()
		a.pan6.Map(b[:], a.cfg.KeepTop6)
		return netip.AddrFrom16(b), nil
	case Random:
		return a.random(from), nil
	case Numbered:
		return a.cfg.Map.number(from, a.network(from))
	case Truncate:
		n := a.cfg.TruncateTo4
		if n == 0 {
			n = 24
		}
		if from.Is6() {
			if n = a.cfg.TruncateTo6; n == 0 {
				n = 48
			}
		}
		p, _ := from.Prefix(n) // of a length that fits
		return p.Addr(), nil
	}
	return none(from), nil
}

// network is how many bits of an address are its network, and how many of them
// its class.
func (a *addresses) network(x netip.Addr) (n network) {
	if !x.Is4() {
		return network{bits: a.cfg.Hierarchy.Bits6}
	}
	if !a.cfg.Hierarchy.Class {
		return network{bits: a.cfg.Hierarchy.Bits4}
	}
	switch b := x.As4()[0]; {
	case b < 0x80:
		return network{8, 1}
	case b < 0xC0:
		return network{16, 2}
	case b < 0xE0:
		return network{24, 3}
	default:
		return network{4, 4}
	}
}

type network struct{ bits, class int }

// random permutes the network, all but its class, and the host within it.
func (a *addresses) random(from netip.Addr) netip.Addr {
	x, size := number(from)
	n := a.network(from)
	host := size - n.bits
	net := x.shr(host)
	class := u128{}
	if n.class > 0 {
		class = net.shr(n.bits - n.class).shl(n.bits - n.class)
		net.lo &= ones(n.bits - n.class)
	}
	image := a.perm.apply(net, n.bits-n.class, 1+class.lo).or(class)
	low := u128{0, x.lo & ones(host)}
	if host > 64 {
		low.hi = x.hi & ones(host-64)
	}
	whole := x.shr(host)
	low = a.perm.apply(low, host, 0x100000000^whole.lo^whole.hi<<1)
	return address(image.shl(host).or(low), size)
}

// number is an address as a number, and its size in bits.
func number(x netip.Addr) (u128, int) {
	if x.Is4() {
		b := x.As4()
		return u128{0, uint64(binary.BigEndian.Uint32(b[:]))}, 32
	}
	b := x.As16()
	return u128{binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])}, 128
}

func address(x u128, size int) netip.Addr {
	if size == 32 {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], uint32(x.lo))
		return netip.AddrFrom4(b)
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], x.hi)
	binary.BigEndian.PutUint64(b[8:], x.lo)
	return netip.AddrFrom16(b)
}
