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
	return (v | v - 0x20*eachByte | (del-eachByte)&^del) & highBits
}

// others has a high bit for each byte of v, all of them ASCII, that is not c.
func others(v uint64, c byte) uint64 { return (v ^ uint64(c)*eachByte) + lowBits }

// filler is appended to a line so that its last bytes make a word: it is nothing
// that anybody looks for.
const filler = "________"

// plain reports whether the line that starts at buf[at] can be printed as it is.
func (p *Printer) plain(buf []byte, at int) bool {
	switch {
	case p.cfg.Form == Text:
		return plainASCII(buf, at)
	case p.cfg.Separator < ' ':
		return p.plainCells(buf[at:])
	}
	return plainLine(buf, at, byte(p.cfg.Separator), p.cfg.Quote, len(p.cols)-1)
}

// plainASCII reports whether a line is printable ASCII throughout.
func plainASCII(buf []byte, at int) bool {
	line := append(buf, filler...)[at:]
	found := uint64(0)
	for ; len(line) >= 8; line = line[8:] {
		found |= unprintable(binary.LittleEndian.Uint64(line))
	}
	return found == 0
}

// plainLine reports whether a line is printable ASCII, has no quotes, and no
// more separators than stand between its cells.
func plainLine(buf []byte, at int, sep, quote byte, seps int) bool {
	line := append(buf, filler...)[at:]
	other := 0
	words := 0
	for ; len(line) >= 8; line = line[8:] {
		v := binary.LittleEndian.Uint64(line)
		if unprintable(v) != 0 || others(v, quote)&highBits != highBits {
			return false
		}
		other += bits.OnesCount64(others(v, sep) & highBits)
		words++
	}
	return 8*words-other == seps
}

// plainCells is plainLine for a separator that is a control character.
func (p *Printer) plainCells(line []byte) bool {
	sep, seps := byte(p.cfg.Separator), 0
	for _, c := range line {
		switch {
		case c == sep:
			seps++
		case c < 0x20, c > 0x7E, c == p.cfg.Quote:
			return false
		}
	}
	return seps == len(p.cols)-1
}
