package record

import "encoding/binary"

// ICMP is the state of an ICMP or ICMPv6 flow (network DSR, subtype 0x34, 7
// words): 4 type, 5 code, 6 sequence or checksum, 8 outer source, 12 outer
// destination, 16 inner source, 20 inner destination, 24 gateway. All but type
// and code are in the host order of the sensor (little-endian).
type ICMP struct {
	Type, Code         uint8
	Seq                uint16 // ICMPv6: the checksum
	OuterSrc, OuterDst [4]byte
	InnerSrc, InnerDst [4]byte
	Gateway            [4]byte
}

// RTP is the state of a media stream (network DSR, subtype 0x0A, 10 words):
// 4 state, 8 source header 12, 20 destination header 12, 32 source drops,
// 34 destination drops, 36 source deviation, 38 destination deviation.
type RTP struct {
	State    uint32
	Src, Dst RTPSide
}

// RTPSide is the last RTP header of one sender, and its losses.
type RTPSide struct {
	Header [12]byte // RFC 3550
	Drops  uint16
	StdDev uint16
}

// RTCP is the state of a media control stream (network DSR, subtype 0x09, 6
// words): 4 source header 8, 12 destination header 8, 20 source drops, 22
// destination drops.
type RTCP struct {
	Src, Dst RTCPSide
}

// RTCPSide is the first RTCP header of one sender.
type RTCPSide struct {
	Header [8]byte
	Drops  uint16
}

// ESP is the state of an ESP flow (network DSR, subtype 0x38, 5 words): 4
// status, 8 SPI, 12 last sequence number, 16 lost packets.
type ESP struct {
	Status, SPI, Seq uint32
	Lost             int32
}

// ARPResponse is the answer to an ARP request (network DSR, subtype 0x10): 4
// hardware address 6, 10 pad 2; 3 words, in version 3 44.
type ARPResponse struct {
	Addr MAC
}

// Fragment is the state of a fragment flow (network DSR, subtype 0x45, 14
// words, host order): 4 count, 8 id, 12 start bytes, 16 bytes, 20 total bytes,
// 24 total length, 26 current length, 28 longest, 30 pad, 32 opaque 24.
type Fragment struct {
	Count, ID, StartBytes, Bytes, TotalBytes uint32
	TotalLength, Length, MaxLength           uint16
}

// LCP is the state of a PPP link (network DSR, subtype 0x39, 4 words): 4
// status, 8 state, 12 options.
type LCP struct{ Status, State, Options uint32 }

// UDT is the state of a UDT stream (network DSR, subtype 0x0D, host order): 4
// state, 8 status, 12 handshake of 7 words, 40 source side of 17 words, 108
// destination side of 17 words.
type UDT struct {
	State, Status uint32
	Handshake     [7]uint32
	Src, Dst      [17]uint32
}

func (i *ICMP) decode(b []byte) bool {
	if len(b) < 28 {
		return false
	}
	i.Type, i.Code = b[4], b[5]
	i.Seq = binary.LittleEndian.Uint16(b[6:])
	for n, a := range []*[4]byte{&i.OuterSrc, &i.OuterDst, &i.InnerSrc, &i.InnerDst, &i.Gateway} {
		binary.BigEndian.PutUint32(a[:], binary.LittleEndian.Uint32(b[8+4*n:]))
	}
	return true
}

func (s *RTP) decode(b []byte) bool {
	if len(b) != 40 {
		return false
	}
	s.State = binary.BigEndian.Uint32(b[4:])
	s.Src = RTPSide{[12]byte(b[8:20]), binary.BigEndian.Uint16(b[32:]), binary.BigEndian.Uint16(b[36:])}
	s.Dst = RTPSide{[12]byte(b[20:32]), binary.BigEndian.Uint16(b[34:]), binary.BigEndian.Uint16(b[38:])}
	return true
}

func (s *RTCP) decode(b []byte) bool {
	if len(b) != 24 {
		return false
	}
	s.Src = RTCPSide{[8]byte(b[4:12]), binary.BigEndian.Uint16(b[20:])}
	s.Dst = RTCPSide{[8]byte(b[12:20]), binary.BigEndian.Uint16(b[22:])}
	return true
}

func (s *ESP) decode(b []byte) bool {
	if len(b) < 20 {
		return false
	}
	*s = ESP{
		binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:]),
		binary.BigEndian.Uint32(b[12:]), int32(binary.BigEndian.Uint32(b[16:])),
	}
	return true
}

func (f *Fragment) decode(b []byte) bool {
	if len(b) < 32 {
		return false
	}
	le := binary.LittleEndian
	*f = Fragment{
		le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:]), le.Uint32(b[16:]), le.Uint32(b[20:]),
		le.Uint16(b[24:]), le.Uint16(b[26:]), le.Uint16(b[28:]),
	}
	return true
}

func (l *LCP) decode(b []byte) bool {
	if len(b) < 16 {
		return false
	}
	*l = LCP{binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:])}
	return true
}

func (u *UDT) decode(b []byte) bool {
	if len(b) < 108 {
		return false
	}
	*u = UDT{}
	le := binary.LittleEndian
	u.State, u.Status = le.Uint32(b[4:]), le.Uint32(b[8:])
	b = b[12:]
	for _, words := range [][]uint32{u.Handshake[:], u.Src[:], u.Dst[:]} {
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
