package printer

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// TestUnprintable finds each byte that is no printable ASCII, at each place among
// others that are, and no other.
func TestUnprintable(t *testing.T) {
	for _, around := range []byte{' ', 'a', '~'} {
		for at := range 8 {
			for b := range 256 {
				word := bytes.Repeat([]byte{around}, 8)
				word[at] = byte(b)
				got := unprintable(binary.LittleEndian.Uint64(word)) != 0
				if want := b < 0x20 || b > 0x7E; got != want {
					t.Errorf("byte %#02x at %d: %v, want %v", b, at, got, want)
				}
			}
		}
	}
}
