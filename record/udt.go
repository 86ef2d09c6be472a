package record

import "encoding/binary"

// UDT is the state of a UDT stream (network DSR, subtype 0x0D), in host order.
//
//	byte 3  44 words; 27 from clients, which know the source side alone
//	4       state u32, 8 status u32
//	12      handshake: version, socket type, initial sequence number, packet size, window,
//	        connection type, socket id
//	40      source side of 17 words, 108 destination side of 17 words: last time seconds,
//	        fraction, seq, tstamp, ack, rtt, var, bsize, rate, lcap, solo, first, middle,
//	        last, drops, retrans, nacked
type UDT struct {
	State, Status uint32
	Handshake     [7]uint32
	Src, Dst      [17]uint32
}

const (
	udtWords    = 44
	udtSrcWords = 27
)

func (u *UDT) decode(b []byte) bool {
	if len(b) < 4*udtSrcWords {
		return false
	}
	le := binary.LittleEndian
	u.State, u.Status = le.Uint32(b[4:]), le.Uint32(b[8:])
	u.Dst = [17]uint32{}
	b = b[12:]
	for _, words := range [...][]uint32{u.Handshake[:], u.Src[:], u.Dst[:]} {
		for i := range words {
			if len(b) < 4 {
				return true
			}
			words[i] = le.Uint32(b)
			b = b[4:]
		}
	}
	return true
}

// AppendUDT appends the network DSR of a UDT stream.
func AppendUDT(dst []byte, u *UDT) []byte { return u.append(dst, 0, udtWords) }

func (u *UDT) append(dst []byte, q uint8, words int) []byte {
	if words < udtSrcWords || words > udtWords {
		words = udtWords
	}
	at := len(dst)
	le := binary.LittleEndian
	dst = append(dst, DSRNetwork.Type(), byte(NetworkUDT), q, byte(words))
	dst = le.AppendUint32(dst, u.State)
	dst = le.AppendUint32(dst, u.Status)
	for _, side := range [...][]uint32{u.Handshake[:], u.Src[:], u.Dst[:]} {
		for _, w := range side {
			if len(dst)-at < 4*words {
				dst = le.AppendUint32(dst, w)
			}
		}
	}
	for len(dst)-at < 4*words {
		dst = append(dst, 0)
	}
	return dst
}

// udtCounts are the words of a side that count: solo, first, middle and last
// packets, drops, retransmissions, negative acknowledgements.
const udtCounts = 0x7F << 10

// merge sums the counts and clears what differs in the handshake.
func (u *UDT) merge(o *UDT) {
	u.Status |= o.Status
	for i := range u.Handshake {
		clearIf(&u.Handshake[i], u.Handshake[i] != o.Handshake[i])
	}
	for i := range u.Src {
		if udtCounts&(1<<i) != 0 {
			u.Src[i] += o.Src[i]
			u.Dst[i] += o.Dst[i]
		}
	}
}
