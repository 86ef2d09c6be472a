package record

import "encoding/binary"

// LCP is the state of a PPP link (network DSR, subtype 0x39): 4 words, 4
// status u32, 8 state u32, 12 options u32.
type LCP struct{ Status, State, Options uint32 }

const lcpWords = 4

func (l *LCP) decode(b []byte) bool {
	if len(b) < 4*lcpWords {
		return false
	}
	*l = LCP{binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:])}
	return true
}

// AppendLCP appends the network DSR of a PPP link.
func AppendLCP(dst []byte, l *LCP) []byte {
	dst = append(dst, DSRNetwork.Type(), byte(NetworkLCP), 0, lcpWords)
	dst = binary.BigEndian.AppendUint32(dst, l.Status)
	dst = binary.BigEndian.AppendUint32(dst, l.State)
	return binary.BigEndian.AppendUint32(dst, l.Options)
}
