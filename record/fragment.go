package record

import "encoding/binary"

// Fragment is the state of a fragment flow (network DSR, subtype 0x45), in host
// order.
//
//	byte 2  0x01 fragments, 0x02 overlap, 0x10 init, 0x20 out of order, 0x40 offset error
//	byte 3  14 words
//	4       number of fragments u32
//	8       fragment id u32
//	12      start bytes u32
//	16      bytes u32
//	20      total bytes u32
//	24      total length u16, 26 current length u16, 28 longest u16, 30 pad
//	32      24 bytes of the sensor's own, to be written as zero
type Fragment struct {
	Count, ID, StartBytes, Bytes, TotalBytes uint32
	TotalLength, Length, MaxLength           uint16
}

const (
	fragmentWords = 14
	fragmentSlack = 30 // where the opaque rest starts
)

func (f *Fragment) decode(b []byte) bool {
	if len(b) < fragmentSlack+2 {
		return false
	}
	le := binary.LittleEndian
	*f = Fragment{
		le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:]), le.Uint32(b[16:]), le.Uint32(b[20:]),
		le.Uint16(b[24:]), le.Uint16(b[26:]), le.Uint16(b[28:]),
	}
	return true
}

// AppendFragment appends the network DSR of a fragment flow with its marks.
func AppendFragment(dst []byte, f *Fragment, marks uint8) []byte {
	return f.append(dst, marks, nil)
}

func (f *Fragment) append(dst []byte, marks uint8, slack []byte) []byte {
	at := len(dst)
	le := binary.LittleEndian
	dst = append(dst, DSRNetwork.Type(), byte(NetworkFragment), marks, 0)
	for _, v := range [...]uint32{f.Count, f.ID, f.StartBytes, f.Bytes, f.TotalBytes} {
		dst = le.AppendUint32(dst, v)
	}
	for _, v := range [...]uint16{f.TotalLength, f.Length, f.MaxLength} {
		dst = le.AppendUint16(dst, v)
	}
	if slack != nil {
		return closeDSR(append(dst, slack...), at)
	}
	for len(dst)-at < 4*fragmentWords {
		dst = append(dst, 0)
	}
	return closeDSR(dst, at)
}
