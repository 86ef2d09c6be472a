package record

// ARPResponse is the answer to an ARP request (network DSR, subtype 0x10): 4
// hardware address 6, 10 pad 2. Version 5 has 3 words, version 3 has 44 of
// which the rest is zero or stale.
type ARPResponse struct {
	Addr MAC
}

const (
	arpWords3 = 44
	arpWords5 = 3
)

// AppendARPResponse appends the network DSR of an answered ARP request in the
// form of version 5.
func AppendARPResponse(dst []byte, a *ARPResponse) []byte {
	return append(append(dst, DSRNetwork.Type(), byte(NetworkARP), 0, arpWords5), a.Addr[0], a.Addr[1], a.Addr[2], a.Addr[3], a.Addr[4], a.Addr[5], 0, 0)
}

// append writes what was read, slack included. Between versions, slack that is
// all zero gives way to the other version's length.
func (a *ARPResponse) append(dst []byte, q uint8, slack []byte, v, from Version) []byte {
	at := len(dst)
	dst = append(append(dst, DSRNetwork.Type(), byte(NetworkARP), q, 0), a.Addr[:]...)
	words := 0
	switch {
	case slack != nil && (v == from || !allZero(slack)):
		dst = append(dst, slack...)
	case v == Version3:
		words = arpWords3
	default:
		words = arpWords5
	}
	for len(dst)-at < 4*words {
		dst = append(dst, 0)
	}
	return closeDSR(dst, at)
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
