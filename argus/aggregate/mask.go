package aggregate

import (
	"errors"
	"math/bits"
	"net/netip"
	"strconv"

	"github.com/seed-6ae541b3/goargus/record"
)

// mask is the prefix length that addresses are cut to; the zero value cuts
// nothing.
type mask struct {
	bits uint8
	set  bool
}

var errMask = errors.New("want a prefix length of 0 to 128, or a mask such as 255.255.255.0 or ffff:: whose ones are on the left")

func parseMask(text string) (mask, error) {
	if n, err := strconv.ParseUint(text, 10, 8); err == nil {
		if n > 128 {
			return mask{}, errMask
		}
		return mask{uint8(n), true}, nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return mask{}, errMask
	}
	n, tail := 0, false
	for _, b := range a.AsSlice() {
		ones := bits.LeadingZeros8(^b)
		if b<<ones != 0 || tail && b != 0 {
			return mask{}, errMask
		}
		n += ones
		tail = tail || ones < 8
	}
	return mask{uint8(n), true}, nil
}

// apply cuts an address. A length above the bits of its family cuts nothing.
func (m mask) apply(e record.Endpoint) record.Endpoint {
	if !m.set {
		return e
	}
	switch e.Family() {
	case record.IPv4, record.IPv6:
		return e.Mask(int(m.bits))
	}
	return e
}

// keepBits is the prefix length of an address that had have bits.
func (m mask) keepBits(have uint8) uint8 {
	if !m.set {
		return have
	}
	return min(m.bits, have)
}
