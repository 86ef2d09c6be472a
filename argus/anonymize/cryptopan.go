package anonymize

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// KeySize is the size of a key: 16 bytes for the cipher and 16 for the pad of
// Crypto-PAn.
const KeySize = 32

// Key is what all mappings depend on. Who has it can undo them.
type Key [KeySize]byte

// derive makes a key for a purpose.
func (k Key) derive(purpose string) Key {
	h := hmac.New(sha256.New, k[:])
	h.Write([]byte(purpose))
	return Key(h.Sum(nil))
}

// CryptoPAn maps addresses so that two of them have as many leading bits in
// common as their images, by the algorithm of that name (Xu, Fan, Ammar and Moon,
// 2002). It belongs to one goroutine.
type CryptoPAn struct {
	block cipher.Block
	pad   [16]byte
	in    [16]byte
	out   [16]byte
}

// NewCryptoPAn returns the mapping of a key.
func NewCryptoPAn(key Key) *CryptoPAn {
	block, _ := aes.NewCipher(key[:16]) // of the right size
	c := &CryptoPAn{block: block}
	block.Encrypt(c.pad[:], key[16:])
	return c
}

// Map maps an address of 4 or 16 bytes in place; its first keep bits stay as they
// are.
func (c *CryptoPAn) Map(addr []byte, keep int) {
	var flips [16]byte
	c.in = c.pad
	for i := range len(addr) * 8 {
		mask := byte(0x80) >> (i % 8)
		if i >= keep {
			c.block.Encrypt(c.out[:], c.in[:])
			if c.out[0]&0x80 != 0 {
				flips[i/8] |= mask
			}
		}
		c.in[i/8] = c.in[i/8]&^mask | addr[i/8]&mask
	}
	for i := range addr {
		addr[i] ^= flips[i]
	}
}

// permutation is a keyed bijection of numbers of up to 128 bits: a Feistel
// network.
type permutation struct {
	block cipher.Block
	in    [16]byte
	out   [16]byte
}

func newPermutation(key Key) *permutation {
	block, _ := aes.NewCipher(key[:16]) // of the right size
	return &permutation{block: block}
}

// u128 is a number of up to 128 bits.
type u128 struct{ hi, lo uint64 }

func (x u128) shr(n int) u128 {
	if n >= 64 {
		return u128{0, x.hi >> (n - 64)}
	}
	return u128{x.hi >> n, x.lo>>n | x.hi<<(64-n)}
}

func (x u128) shl(n int) u128 {
	if n >= 64 {
		return u128{x.lo << (n - 64), 0}
	}
	return u128{x.hi<<n | x.lo>>(64-n), x.lo << n}
}

func (x u128) or(y u128) u128 { return u128{x.hi | y.hi, x.lo | y.lo} }

func ones(n int) uint64 {
	if n >= 64 {
		return ^uint64(0)
	}
	return 1<<n - 1
}

// rounds are twice those that a proof asks for.
const rounds = 10

// apply maps a number of n bits to one of n bits. Different tweaks give
// different bijections.
func (p *permutation) apply(x u128, n int, tweak uint64) u128 {
	left, right := n/2, n-n/2
	l := x.shr(right).lo & ones(left)
	r := x.lo & ones(right)
	for i := range rounds {
		if i%2 == 0 {
			r = (r ^ p.round(l, tweak, i, n)) & ones(right)
		} else {
			l = (l ^ p.round(r, tweak, i, n)) & ones(left)
		}
	}
	return u128{0, l}.shl(right).or(u128{0, r})
}

func (p *permutation) round(half, tweak uint64, i, n int) uint64 {
	binary.BigEndian.PutUint64(p.in[:], half)
	binary.BigEndian.PutUint64(p.in[8:], bits.RotateLeft64(tweak, 8)^uint64(i)<<56^uint64(n))
	p.block.Encrypt(p.out[:], p.in[:])
	return binary.BigEndian.Uint64(p.out[:])
}

// within maps a number of n bits to another; those that are fixed stay, and the
// others are permuted.
func (p *permutation) within(x uint64, n int, fixed func(uint64) bool, tweak uint64) uint64 {
	if fixed(x) {
		return x
	}
	for {
		x = p.apply(u128{0, x}, n, tweak).lo
		if !fixed(x) {
			return x
		}
	}
}
