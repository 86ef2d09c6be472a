package printer

import (
	"encoding/binary"
	"math/bits"
)

// Most lines are printable ASCII and need no care. Whether one is, is told from
// eight bytes at once.

const (
	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
	lowBits  = 0x7F * eachByte
)

// unprintable has a high bit for a byte of v that is no printable ASCII. Others
// may have one too if there is any.
func unprintable(v uint64) uint64 {
	del := v ^ lowBits
	return (v | (v - 0x20*eachByte) | (del-eachByte)&^del) & highBits
}

// others has a high bit for each byte of v, all of them ASCII, that is not c.
func others(v uint64, c byte) uint64 { return (v ^ uint64(c)*eachByte) + lowBits }

// filler is appended to a line so that its last bytes make a word: it is nothing
// that anybody looks for.
const filler = "________"

// plainText reports whether what starts at buf[at] is printable ASCII throughout.
func plainText(buf []byte, at int) bool {
	text := append(buf, filler...)[at:]
	found := uint64(0)
	for ; len(text) >= 8; text = text[8:] {
		found |= unprintable(binary.LittleEndian.Uint64(text))
	}
	return found == 0
}

// plainCells reports whether the cells that start at buf[at], each with a
// separator behind it, are printable ASCII without quotes and have no more
// separators than these.
func plainCells(buf []byte, at int, sep, quote byte, seps int) bool {
	if sep < ' ' {
		return plainControlled(buf[at:], sep, quote, seps)
	}
	text := append(buf, filler...)[at:]
	all, other, words := uint64(highBits), 0, 0
	for ; len(text) >= 8; text = text[8:] {
		v := binary.LittleEndian.Uint64(text)
		all &= others(v, quote) &^ unprintable(v)
		other += bits.OnesCount64(others(v, sep) & highBits)
		words++
	}
	return all&highBits == highBits && 8*words-other == seps
}

// plainControlled is plainCells for a separator that is a control character.
func plainControlled(text []byte, sep, quote byte, seps int) bool {
	for _, c := range text {
		switch {
		case c == sep:
			seps--
		case c < 0x20, c > 0x7E, c == quote:
			return false
		}
	}
	return seps == 0
}
