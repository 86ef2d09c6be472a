package tally

import (
	"cmp"
	"iter"
	"maps"
	"net/netip"
	"slices"

	"github.com/seed-6ae541b3/goargus/record"
)

// AddressClass is a kind of IP address.
type AddressClass uint8

// The classes, in the order in which they are listed.
const (
	Unicast4 AddressClass = iota
	ThisNetwork4
	Private4
	Loopback4
	LinkLocal4
	TestNet4
	Reserved4
	MulticastLocal4
	MulticastInternet4
	MulticastAdHoc4
	MulticastReserved4
	MulticastSdpSap4
	MulticastNasdaq4
	MulticastDisTrans4
	MulticastSrcSpec4
	MulticastGLOP4
	MulticastOrgLocal4
	MulticastSiteLocal4
	Unspecified6
	Loopback6
	LinkLocal6
	SiteLocal6
	Global6
	MulticastNode6
	MulticastLink6
	MulticastSite6
	MulticastOrg6
	MulticastGlobal6
	numClasses
	noClass = numClasses
)

var classNames = [numClasses]string{
	"IPv4 Unicast", "IPv4 Unicast This Network", "IPv4 Unicast Private", "IPv4 Unicast LoopBack", "IPv4 Unicast Link Local",
	"IPv4 Unicast Test Net", "IPv4 Unicast Reserved",
	"IPv4 Multicast Local", "IPv4 Multicast Internet", "IPv4 Multicast AdHoc", "IPv4 Multicast Reserved", "IPv4 Multicast SdpSap",
	"IPv4 Multicast Nasdaq", "IPv4 Multicast DisTrans", "IPv4 Multicast Src Spec", "IPv4 Multicast GLOP Blk",
	"IPv4 Multicast OrgLocal", "IPv4 Multicast SiteLocal",
	"IPv6 Unspecified", "IPv6 Loopback", "IPv6 LinkLocal", "IPv6 SiteLocal", "IPv6 Global",
	"IPv6 Multicast Node Local", "IPv6 Multicast Link Local", "IPv6 Multicast Site Local", "IPv6 Multicast Org Local", "IPv6 Multicast Global",
}

func (c AddressClass) String() string {
	if c < numClasses {
		return classNames[c]
	}
	return "not IP"
}

// prefixClass is the class of the addresses of a prefix. The first that fits
// counts.
type prefixClass struct {
	prefix netip.Prefix
	class  AddressClass
}

// classes4 is made of the IANA registries of special purpose and multicast
// addresses.
var classes4 = prefixes(
	"0.0.0.0/8", ThisNetwork4, "10.0.0.0/8", Private4, "172.16.0.0/12", Private4, "192.168.0.0/16", Private4,
	"127.0.0.0/8", Loopback4, "169.254.0.0/16", LinkLocal4,
	"192.0.2.0/24", TestNet4, "198.51.100.0/24", TestNet4, "203.0.113.0/24", TestNet4, "240.0.0.0/4", Reserved4,
	"224.0.0.0/24", MulticastLocal4, "224.0.1.0/24", MulticastInternet4, "224.0.0.0/16", MulticastAdHoc4,
	"224.2.0.0/16", MulticastSdpSap4, "224.3.0.0/26", MulticastNasdaq4, "224.3.0.0/16", MulticastAdHoc4, "224.4.0.0/16", MulticastAdHoc4,
	"224.252.0.0/14", MulticastDisTrans4, "232.0.0.0/8", MulticastSrcSpec4, "233.252.0.0/14", MulticastAdHoc4, "233.0.0.0/8", MulticastGLOP4,
	"239.192.0.0/14", MulticastOrgLocal4, "239.255.0.0/16", MulticastSiteLocal4, "224.0.0.0/4", MulticastReserved4,
)

func prefixes(list ...any) (out []prefixClass) {
	for i := 0; i < len(list); i += 2 {
		out = append(out, prefixClass{netip.MustParsePrefix(list[i].(string)), list[i+1].(AddressClass)})
	}
	return out
}

// ClassOf tells the class of an IP address. It reports false for others.
func ClassOf(e record.Endpoint) (AddressClass, bool) {
	switch e.Family() {
	case record.IPv4:
		a := e.Addr()
		for i := range classes4 {
			if classes4[i].prefix.Contains(a) {
				return classes4[i].class, true
			}
		}
		return Unicast4, true
	case record.IPv6:
		return class6(e.Addr()), true
	}
	return noClass, false
}

func class6(a netip.Addr) AddressClass {
	b := a.As16()
	switch {
	case a.IsUnspecified():
		return Unspecified6
	case a.IsLoopback():
		return Loopback6
	case a.IsLinkLocalUnicast():
		return LinkLocal6
	case b[0] == 0xFE && b[1]&0xC0 == 0xC0:
		return SiteLocal6
	case b[0] != 0xFF:
		return Global6
	}
	switch b[1] & 0x0F {
	case 1:
		return MulticastNode6
	case 2, 3:
		return MulticastLink6
	case 4, 5:
		return MulticastSite6
	case 6, 7, 8:
		return MulticastOrg6
	}
	return MulticastGlobal6
}

// addresses are distinct addresses, and as what they were seen.
type addresses map[record.Endpoint]seen

type seen uint8

const (
	asSource seen = 1 << iota
	asDest
)

func (a *addresses) add(e record.Endpoint, as seen) {
	if f := e.Family(); f != record.IPv4 && f != record.IPv6 {
		return
	}
	if *a == nil {
		*a = addresses{}
	}
	if was := (*a)[e]; was|as != was {
		(*a)[e] = was | as
	}
}

// Addresses are how many distinct addresses of a class there are.
type Addresses struct {
	Class    AddressClass
	Src, Dst uint64 // seen as source, as destination
	Any      uint64 // seen at all
}

// Addresses yields the classes of which an address was seen.
func (c *Counter) Addresses() iter.Seq[Addresses] {
	return func(yield func(Addresses) bool) {
		var count [numClasses]Addresses
		for e, as := range c.addresses {
			class, _ := ClassOf(e)
			n := &count[class]
			n.Any++
			n.Src += uint64(as & asSource)
			n.Dst += uint64(as & asDest >> 1)
		}
		for class, n := range count {
			n.Class = AddressClass(class)
			if n.Any > 0 && !yield(n) {
				return
			}
		}
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
