package fuzz

import "math/rand/v2"

// Mutate returns a damaged copy of b: cut short, bits flipped, pieces exchanged,
// doubled or lost, lengths that lie. Now and then other is spliced in; it may be
// nil. The same rng gives the same damage.
func Mutate(rng *rand.Rand, b, other []byte) []byte {
	out := append([]byte(nil), b...)
	for range 1 + rng.IntN(4) {
		if len(out) == 0 {
			break
		}
		out = mutations[rng.IntN(len(mutations))](rng, out, other)
	}
	return out
}

var mutations = [...]func(rng *rand.Rand, b, other []byte) []byte{
	cutShort, flipBits, setByte, lieAboutLength, doublePiece, losePiece, splice, insertZeros,
}

func cutShort(rng *rand.Rand, b, _ []byte) []byte { return b[:rng.IntN(len(b))] }

func flipBits(rng *rand.Rand, b, _ []byte) []byte {
	for range 1 + rng.IntN(8) {
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
	}
	return b
}

// special are values at the edges of what bytes count.
var special = [...]byte{0, 1, 2, 3, 0x7F, 0x80, 0xFE, 0xFF}

func setByte(rng *rand.Rand, b, _ []byte) []byte {
	b[rng.IntN(len(b))] = special[rng.IntN(len(special))]
	return b
}

// lieAboutLength changes bytes where the format has lengths: the last two of a
// word.
func lieAboutLength(rng *rand.Rand, b, _ []byte) []byte {
	at := rng.IntN(len(b))&^3 + 2
	if at+1 < len(b) {
		if rng.IntN(4) == 0 {
			b[at] = special[rng.IntN(len(special))]
		}
		b[at+1] += byte(rng.IntN(9) - 4)
	}
	return b
}

// piece picks a range of b, mostly short and of whole words.
func piece(rng *rand.Rand, b []byte) (from, to int) {
	from = rng.IntN(len(b))
	to = from + rng.IntN(min(len(b)-from, 64)+1)
	if rng.IntN(4) != 0 {
		from, to = from&^3, to&^3
	}
	return from, max(from, to)
}

func doublePiece(rng *rand.Rand, b, _ []byte) []byte {
	from, to := piece(rng, b)
	return append(b[:to:to], b[from:]...)
}

func losePiece(rng *rand.Rand, b, _ []byte) []byte {
	from, to := piece(rng, b)
	return append(b[:from:from], b[to:]...)
}

func splice(rng *rand.Rand, b, other []byte) []byte {
	if len(other) == 0 {
		other = b
	}
	return append(b[:rng.IntN(len(b))&^3], other[rng.IntN(len(other))&^3:]...)
}

func insertZeros(rng *rand.Rand, b, _ []byte) []byte {
	at := rng.IntN(len(b)) &^ 3
	out := append(b[:at:at], make([]byte, 4*(1+rng.IntN(4)))...)
	return append(out, b[at:]...)
}
