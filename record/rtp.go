package record

import "encoding/binary"

// RTP is the state of a media stream (network DSR, subtype 0x0A).
//
//	byte 2  0x01, 0x02 silence of the source, of the destination
//	byte 3  10 words, no other length is accepted
//	4       state u32
//	8       RTP header of the source 12, 20 of the destination 12 (RFC 3550)
//	32      drops of the source u16, of the destination u16
//	36      deviation of the source u16, of the destination u16
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

const (
	rtpWords  = 10
	rtcpWords = 6
	rtpLeast  = 5 // packets of one side, for readers to believe in RTP
)

func (s *RTP) decode(b []byte) bool {
	if len(b) != 4*rtpWords {
		return false
	}
	s.State = binary.BigEndian.Uint32(b[4:])
	s.Src = RTPSide{[12]byte(b[8:20]), binary.BigEndian.Uint16(b[32:]), binary.BigEndian.Uint16(b[36:])}
	s.Dst = RTPSide{[12]byte(b[20:32]), binary.BigEndian.Uint16(b[34:]), binary.BigEndian.Uint16(b[38:])}
	return true
}

// AppendRTP appends the network DSR of a media stream with marks of silence.
func AppendRTP(dst []byte, s *RTP, silence uint8) []byte {
	be := binary.BigEndian
	dst = append(dst, DSRNetwork.Type(), byte(NetworkRTP), silence, rtpWords)
	dst = be.AppendUint32(dst, s.State)
	dst = append(dst, s.Src.Header[:]...)
	dst = append(dst, s.Dst.Header[:]...)
	dst = be.AppendUint16(dst, s.Src.Drops)
	dst = be.AppendUint16(dst, s.Dst.Drops)
	dst = be.AppendUint16(dst, s.Src.StdDev)
	return be.AppendUint16(dst, s.Dst.StdDev)
}

// RTCP is the state of a media control stream (network DSR, subtype 0x09).
//
//	byte 3  6 words, no other length is accepted
//	4       RTCP header of the source 8, 12 of the destination 8
//	20      drops of the source u16, of the destination u16
type RTCP struct {
	Src, Dst RTCPSide
}

// RTCPSide is the first RTCP header of one sender.
type RTCPSide struct {
	Header [8]byte
	Drops  uint16
}

func (s *RTCP) decode(b []byte) bool {
	if len(b) != 4*rtcpWords {
		return false
	}
	s.Src = RTCPSide{[8]byte(b[4:12]), binary.BigEndian.Uint16(b[20:])}
	s.Dst = RTCPSide{[8]byte(b[12:20]), binary.BigEndian.Uint16(b[22:])}
	return true
}

// AppendRTCP appends the network DSR of a media control stream.
func AppendRTCP(dst []byte, s *RTCP) []byte {
	dst = append(dst, DSRNetwork.Type(), byte(NetworkRTCP), 0, rtcpWords)
	dst = append(dst, s.Src.Header[:]...)
	dst = append(dst, s.Dst.Header[:]...)
	dst = binary.BigEndian.AppendUint16(dst, s.Src.Drops)
	return binary.BigEndian.AppendUint16(dst, s.Dst.Drops)
}

func (t *RTP) merge(o *RTP) {
	src, dst := t.Src.Drops+o.Src.Drops, t.Dst.Drops+o.Dst.Drops
	*t = *o
	t.Src.Drops, t.Dst.Drops = src, dst
}
