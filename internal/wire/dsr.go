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

// DSRLen returns the length in words of the DSR at the start of b, 0 if its
// header claims 0 (which no DSR may do). b is the rest of the record and must
// hold the 4 bytes of the header; the length is not checked against it.
//
//	normal     type subtype qualifier length(u8)
//	long       type subtype|0x80 length(u16)
//	immediate  type|0x80 subtype data(2)
func DSRLen(b []byte) int {
	_ = b[3]
	if (b[0]|b[1])&0x80 == 0 && (b[3] != wrongTCP || b[1]-tcpInit > 1) {
		return int(b[3])
	}
	return unusualLen(b)
}

// IsUnusual reports whether the length of a DSR is not, or not certainly, the last
// byte of its header h.
func IsUnusual(h uint32) bool {
	return h&(Immediate<<24|LongForm<<16) != 0 || h&0xFF == wrongTCP && h>>16-(typeNetwork<<8|tcpInit) <= 1
}

// Clients of version 3 give the network DSRs of TCP init and TCP status the
// length of the one of TCP performance when they write records that came from
// NetFlow. Believed, it would swallow what follows.
const (
	typeNetwork = 0x30
	tcpInit     = 3
	wrongTCP    = 30
	initWords   = 5
	statusWords = 3

	maxChain = 64 // DSRs; records have no more than 30
)

func unusualLen(b []byte) int {
	switch {
	case b[0]&Immediate != 0:
		return 1
	case b[1]&LongForm != 0:
		return int(binary.BigEndian.Uint16(b[2:]))
	case b[0] != typeNetwork:
		return int(b[3])
	}
	words := initWords
	if b[1] != tcpInit {
		words = statusWords
	}
	if len(b) >= words*WordSize && IsChain(b[words*WordSize:]) {
		return words
	}
	return int(b[3])
}

// IsChain reports whether b is whole DSRs, not too many for a record, and nothing
// else.
func IsChain(b []byte) bool {
	for range maxChain {
		if len(b) == 0 {
			return true
		}
		if len(b) < WordSize {
			return false
		}
		n := int(b[3]) * WordSize
		if b[0]&Immediate != 0 {
			n = WordSize
		} else if b[1]&LongForm != 0 {
			n = int(binary.BigEndian.Uint16(b[2:])) * WordSize
		}
		if n == 0 || n > len(b) {
			return false
		}
		b = b[n:]
	}
	return false
}
