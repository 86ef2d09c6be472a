package capture

import (
	"hash/maphash"
	"time"
)

// DefaultDuplicateWindow is far longer than the copies of a frame are apart that
// two ports of a switch send, and shorter than the time after which a host
// repeats itself.
const DefaultDuplicateWindow = 5 * time.Millisecond

// Duplicates finds frames that were captured twice, as happens where several
// ports of a switch are mirrored: every byte is the same, and so is the length
// on the wire. Use [Duplicates.Fresh] with [Select].
type Duplicates struct {
	window int64
	seed   maphash.Seed
	last   []seenFrame
	count  uint64
}

type seenFrame struct {
	hash uint64
	time int64
}

// seenFrames are enough for the window at 800,000 packets a second. Of two
// frames that want the same place the later one has it; a copy that is missed
// for that is counted as a packet.
const seenFrames = 1 << 12

// NewDuplicates takes the time in which an equal frame is a copy; 0 is
// DefaultDuplicateWindow.
func NewDuplicates(window time.Duration) *Duplicates {
	if window == 0 {
		window = DefaultDuplicateWindow
	}
	return &Duplicates{window: int64(window), seed: maphash.MakeSeed(), last: make([]seenFrame, seenFrames)}
}

// Fresh reports whether a packet is none that came already. Interfaces make no
// difference.
func (d *Duplicates) Fresh(p *Packet) bool {
	h := fold(maphash.Bytes(d.seed, p.Data)^uint64(p.Length), uint64(p.Length)<<32|1)
	seen := &d.last[h%seenFrames]
	// Hashes of 64 bits with a random seed: that two frames share one by chance
	// is out of the question.
	since := p.Time - seen.time
	if seen.hash == h && since >= -d.window && since <= d.window {
		d.count++
		return false
	}
	*seen = seenFrame{h, p.Time}
	return true
}

// Count is the number of copies so far.
func (d *Duplicates) Count() uint64 { return d.count }
