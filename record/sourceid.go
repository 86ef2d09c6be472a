package record

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ParseSourceID reads the identifier of a sensor: an IPv4 or IPv6 address, a
// number (decimal, or hexadecimal after 0x), a UUID, or up to four characters
// in double quotes.
func ParseSourceID(s string) (SourceID, error) {
	var id SourceID
	if len(s) > 2 && s[0] == '"' && s[len(s)-1] == '"' {
		text := s[1 : len(s)-1]
		if len(text) > 4 {
			return id, fmt.Errorf("source id: expected at most 4 characters, found %q", text)
		}
		id.Kind = IDString
		copy(id.Bytes[:], text)
		return id, nil
	}
	if n, err := strconv.ParseUint(s, 0, 32); err == nil {
		id.Kind = IDInt
		binary.BigEndian.PutUint32(id.Bytes[:], uint32(n))
		return id, nil
	}
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		if a.Is4() {
			id.Kind = IDIPv4
			copy(id.Bytes[:], a.AsSlice())
			return id, nil
		}
		id.Kind = IDIPv6
		id.Bytes = a.As16()
		return id, nil
	}
	if b, ok := parseUUID(s); ok {
		return SourceID{IDUUID, b}, nil
	}
	return id, fmt.Errorf("source id: expected an IP address, a number, a UUID or up to 4 characters in double quotes, found %q", s)
}

// parseUUID reads 8-4-4-4-12 hexadecimal digits.
func parseUUID(s string) (b [16]byte, ok bool) {
	parts := strings.Split(s, "-")
	if len(parts) != 5 {
		return b, false
	}
	for i, n := range [...]int{8, 4, 4, 4, 12} {
		if len(parts[i]) != n {
			return b, false
		}
	}
	raw, err := hex.DecodeString(strings.Join(parts, ""))
	if err != nil {
		return b, false
	}
	return [16]byte(raw), true
}
