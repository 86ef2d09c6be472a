package capture

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/record"
)

// The bytes of a record are appended to a slice which goes from hand to hand:
// a slice in a structure would be written back at every word.

func put32(b []byte, v uint32) []byte { return binary.BigEndian.AppendUint32(b, v) }
func put16(b []byte, v uint16) []byte { return binary.BigEndian.AppendUint16(b, v) }

// putLE32 and putLE16 write what sensors leave in the order of their machine.
func putLE32(b []byte, v uint32) []byte { return binary.LittleEndian.AppendUint32(b, v) }
func putLE16(b []byte, v uint16) []byte { return binary.LittleEndian.AppendUint16(b, v) }

// dsr writes the header of a DSR of the given words.
func dsr(b []byte, d record.DSR, subtype, qualifier, words uint8) []byte {
	return append(b, d.Type(), subtype, qualifier, words)
}

// fit cuts or pads the DSR that starts at b[at] to the given words.
func fit(b []byte, at, words int) []byte {
	for len(b) < at+4*words {
		b = append(b, 0)
	}
	return b[:at+4*words]
}

func putWords(b []byte, words []uint64) []byte {
	for _, w := range words {
		b = binary.BigEndian.AppendUint64(b, w)
	}
	return b
}

// putMAC writes the 48 low bits.
func putMAC(b []byte, v uint64) []byte {
	return put32(put16(b, uint16(v>>32)), uint32(v))
}

// putTime writes seconds and nanoseconds.
func putTime(b []byte, t int64) []byte {
	s := floorSecond(t)
	return put32(put32(b, uint32(s)), uint32(t-s*nanosPerSecond))
}

const nanosPerSecond = 1_000_000_000

func floorSecond(t int64) int64 {
	s := t / nanosPerSecond
	if t%nanosPerSecond < 0 {
		s--
	}
	return s
}
