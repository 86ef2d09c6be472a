package record

import (
	"bytes"
	"net/netip"
)

// Family is the kind of address that an Endpoint holds.
type Family uint8

// The address families.
const (
	NoAddress Family = iota
	IPv4
	IPv6
	Ethernet
)

// Endpoint is one end of a flow: an IPv4, IPv6 or Ethernet address. It is a
// comparable value without pointers (17 bytes), so tables may be keyed by it.
// The zero value is no address.
type Endpoint struct {
	b      [16]byte // big-endian, from the left; unused bytes are zero
	family Family
}

// MAC is an Ethernet address.
type MAC [6]byte

// EndpointFromAddr returns the endpoint of an IP address. An IPv4-mapped IPv6
// address stays IPv6; zones are dropped.
func EndpointFromAddr(a netip.Addr) Endpoint {
	switch {
	case a.Is4():
		return EndpointFrom4(a.As4())
	case a.IsValid():
		return EndpointFrom16(a.As16())
	}
	return Endpoint{}
}

// EndpointFrom4 returns an IPv4 endpoint.
func EndpointFrom4(a [4]byte) Endpoint {
	e := Endpoint{family: IPv4}
	copy(e.b[:], a[:])
	return e
}

// EndpointFrom16 returns an IPv6 endpoint.
func EndpointFrom16(a [16]byte) Endpoint { return Endpoint{b: a, family: IPv6} }

// EndpointFromMAC returns an Ethernet endpoint.
func EndpointFromMAC(m MAC) Endpoint {
	e := Endpoint{family: Ethernet}
	copy(e.b[:], m[:])
	return e
}

// set4 makes e the IPv4 address of the four bytes b, in place: a decoder has no
// time to copy an Endpoint.
func (e *Endpoint) set4(b []byte) {
	clear(e.b[4:])
	copy(e.b[:4], b)
	e.family = IPv4
}

// set16 makes e the IPv6 address of the sixteen bytes b.
func (e *Endpoint) set16(b []byte) {
	copy(e.b[:], b)
	e.family = IPv6
}

// Family is the kind of address.
func (e Endpoint) Family() Family { return e.family }

// IsValid reports whether there is an address at all.
func (e Endpoint) IsValid() bool { return e.family != NoAddress }

// Addr is the IP address; it is not valid for other families.
func (e Endpoint) Addr() netip.Addr {
	switch e.family {
	case IPv4:
		return netip.AddrFrom4([4]byte(e.b[:4]))
	case IPv6:
		return netip.AddrFrom16(e.b)
	}
	return netip.Addr{}
}

// MAC is the Ethernet address, zero for other families.
func (e Endpoint) MAC() MAC {
	if e.family != Ethernet {
		return MAC{}
	}
	return MAC(e.b[:6])
}

// Bytes returns the address in network order: 4, 16 or 6 bytes of e, or none.
func (e *Endpoint) Bytes() []byte { return e.b[:e.family.size()] }

// size is the number of bytes of an address.
func (f Family) size() int {
	switch f {
	case IPv4:
		return 4
	case IPv6:
		return 16
	case Ethernet:
		return 6
	}
	return 0
}

// Compare orders endpoints by family, then by address.
func (e Endpoint) Compare(o Endpoint) int {
	if e.family != o.family {
		return int(e.family) - int(o.family)
	}
	return bytes.Compare(e.b[:], o.b[:])
}

// Mask returns e with all but its first n bits cleared.
func (e Endpoint) Mask(n int) Endpoint {
	if n < 0 {
		n = 0
	}
	for i := range e.b {
		switch keep := n - 8*i; {
		case keep >= 8:
		case keep <= 0:
			e.b[i] = 0
		default:
			e.b[i] &= 0xFF << (8 - keep)
		}
	}
	return e
}

// String is the address as text: dotted, colon-separated, or empty.
func (e Endpoint) String() string { return string(e.AppendTo(nil)) }

// AppendTo appends the address as text.
func (e Endpoint) AppendTo(dst []byte) []byte {
	switch e.family {
	case IPv4, IPv6:
		return e.Addr().AppendTo(dst)
	case Ethernet:
		return MAC(e.b[:6]).AppendTo(dst)
	}
	return dst
}

// AppendTo appends the address as six pairs of lower case hexadecimal digits.
func (m MAC) AppendTo(dst []byte) []byte {
	const digits = "0123456789abcdef"
	for i, b := range m {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

func (m MAC) String() string { return string(m.AppendTo(nil)) }
