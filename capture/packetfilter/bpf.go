package packetfilter

// The instructions of the classic BPF machine that programs are made of, as a
// kernel takes them.
const (
	loadWord        = 0x20 // A = 4 bytes at k
	loadHalf        = 0x28 // A = 2 bytes at k
	loadByte        = 0x30 // A = 1 byte at k
	loadWordIndexed = 0x40 // A = 4 bytes at X+k
	loadHalfIndexed = 0x48
	loadByteIndexed = 0x50
	loadLength      = 0x80 // A = length on the wire
	loadConstant    = 0x00 // A = k
	loadMemory      = 0x60 // A = M[k]

	loadIPHeaderLength = 0xb1 // X = 4 * (byte at k & 0xf)
	loadXMemory        = 0x61 // X = M[k]
	store              = 0x02 // M[k] = A
	moveAX             = 0x07 // X = A

	addX = 0x0c // A += X, and so on; with k without sourceX
	subX = 0x1c
	mulX = 0x2c
	divX = 0x3c
	orX  = 0x4c
	andX = 0x5c
	shlX = 0x6c
	shrX = 0x7c
	modX = 0x9c
	xorX = 0xac
	andK = andX &^ sourceX

	jumpAlways       = 0x05 // by k
	jumpEqual        = 0x15 // A == k
	jumpGreater      = 0x25
	jumpGreaterEqual = 0x35
	jumpSet          = 0x45 // A & k != 0

	returnK = 0x06

	sourceX     = 0x08 // in arithmetic and jumps: X instead of k
	modeMask    = 0xe0
	modeIndexed = 0x40
)

// instruction is one of them, where it does not jump.
type instruction struct {
	op uint16
	k  uint32
}

// loadOp is the load of 1, 2 or 4 bytes at a fixed offset.
func loadOp(size uint32) uint16 {
	switch size {
	case 1:
		return loadByte
	case 2:
		return loadHalf
	}
	return loadWord
}
