package wire

import "encoding/binary"

// WordSize is the unit of every length in the format.
const WordSize = 4

// MaxRecord is the largest record in bytes: a 16-bit count of words.
const MaxRecord = 0xFFFF * WordSize

// Bits of the first two bytes of a DSR header.
const (
	Immediate = 0x80 // in the type: one word, two bytes of data
	LongForm  = 0x80 // in the subtype: 16-bit length in bytes 2 and 3
)

// DSRLen returns the length in words that the header of a DSR claims, 0 if the
// claim is 0 (which no DSR may make). b must hold the 4 bytes of the header.
//
//	normal     type subtype qualifier length(u8)
//	long       type subtype|0x80 length(u16)
//	immediate  type|0x80 subtype data(2)
func DSRLen(b []byte) int {
	_ = b[3]
	switch {
	case b[0]&Immediate != 0:
		return 1
	case b[1]&LongForm != 0:
		return int(binary.BigEndian.Uint16(b[2:]))
	}
	return int(b[3])
}
