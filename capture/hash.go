package capture

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"github.com/seed-6ae541b3/goargus/internal/packet"
)

// hasher hashes flow keys. Its seeds are drawn at random, so that no one can
// prepare keys that collide; nothing that the sensor writes depends on them.
type hasher [4]uint64

func newHasher() hasher {
	return hasher{rand.Uint64() | 1, rand.Uint64() | 1, rand.Uint64() | 1, rand.Uint64() | 1}
}

// fold multiplies two words and folds the product.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// key hashes the words of a key.
func (h *hasher) key(k *[keyWords]uint64) uint64 {
	x := fold(k[0]^h[0], k[4]^h[1])
	if k[1]|k[2]|k[3] != 0 {
		x ^= fold(k[1]^h[2], k[2]^h[3])
		x = fold(x^h[1], k[3]^h[2])
	}
	return fold(x^h[3], h[0])
}

// extended hashes a key with its extension.
func (h *hasher) extended(k *[keyWords]uint64, x *extension) uint64 {
	sum := h.key(k)
	b := x.bytes[:(x.size+7)&^7]
	for len(b) >= 8 {
		sum = fold(sum^binary.LittleEndian.Uint64(b), h[1])
		b = b[8:]
	}
	return fold(sum^uint64(x.size), h[2])
}

// shard tells the engine of a frame's flow. Of IP packets it depends on the
// pair of addresses alone: fragments have no ports, and both directions belong
// together.
func (h *hasher) shard(f *frame) uint32 {
	switch kindOf(&f.key) {
	case keyIPv4, keyIPv6, keyFragment4, keyFragment6, keyMatrix4, keyMatrix6:
		return h.pair(f.Src, f.Dst)
	}
	return uint32(fold(h.key(&f.key)^h[2], h[3]) >> 32)
}

// pair is the shard of two addresses, in either order.
func (h *hasher) pair(a, b packet.Addr) uint32 {
	x := fold(a.Hi^h[0], a.Lo^h[1]) + fold(b.Hi^h[0], b.Lo^h[1])
	return uint32(fold(x^h[2], h[3]) >> 32)
}

// frame hashes the key of a frame.
func (h *hasher) frame(f *frame) uint64 {
	if f.ext.size > 0 {
		return h.extended(&f.key, &f.ext)
	}
	return h.key(&f.key)
}
