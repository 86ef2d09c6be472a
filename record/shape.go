package record

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/internal/wire"
)

// Shapes remembers how records were laid out. Records of one stream come in a
// few shapes: to compare a record with the last ones of its length is less work
// than to walk from DSR to DSR, where each step waits for the one before. The
// zero value remembers nothing; it is for one goroutine at a time.
type Shapes struct {
	pairs [shapePairs]shapePair // by the length of the record in words
}

const (
	shapePairs = 64
	maxHeads   = 16 // records with more are walked
)

// shapePair is two shapes of about the same length, for streams in which they
// alternate.
type shapePair struct {
	shapes [2]shape
	next   uint8 // to be forgotten
}

// shape is the layout of a record.
type shape struct {
	size  int // of the record in bytes; 0 is no shape
	n     int
	heads [maxHeads]shapeHead
	have  uint32
	off   [32]uint16
}

// shapeHead is where the header of the record or of a DSR stands, and what must
// stand there: the bits that say what it is and how long.
type shapeHead struct{ at, mask, bits uint32 }

// LoadLike is Load with a memory of the shapes of earlier records.
func (r *Record) LoadLike(b []byte, shapes *Shapes) error {
	p := &shapes.pairs[len(b)/wire.WordSize%shapePairs]
	s := &p.shapes[0]
	if !s.fits(b) {
		if s = &p.shapes[1]; !s.fits(b) {
			return r.loadNew(b, p)
		}
	}
	r.cached, r.bad, r.dirty, r.state = 0, 0, 0, 0
	r.buf = b
	r.have, r.found, r.off = s.have, s.have, s.off
	return nil
}

// loadNew loads a record of another shape than the two, and remembers it instead
// of the older one.
func (r *Record) loadNew(b []byte, p *shapePair) error {
	if err := r.Load(b); err != nil {
		return err
	}
	p.shapes[p.next].learn(r)
	p.next ^= 1
	return nil
}

// fits reports whether b has the shape.
func (s *shape) fits(b []byte) bool {
	if len(b) != s.size || len(b) == 0 {
		return false
	}
	for i := range s.heads[:s.n] {
		h := &s.heads[i]
		if binary.BigEndian.Uint32(b[h.at:])&h.mask != h.bits {
			return false
		}
	}
	return true
}

// learn makes s the shape of the record just loaded, if its headers alone tell
// it.
func (s *shape) learn(r *Record) {
	s.size = 0
	if !Kind(r.buf[0] & 0xF0).hasDSRs() {
		return
	}
	s.n = 0
	s.keep(r.buf, 0, 0xF000FFFF) // the kind and length of the record
	for at := HeaderSize; at < len(r.buf); {
		if s.n == len(s.heads) {
			return
		}
		b := r.buf[at:]
		mask := uint32(0xFF8000FF) // type, long form, length
		switch h := binary.BigEndian.Uint32(b); {
		case b[0]&wire.Immediate != 0:
			mask = 0xFF000000
		case b[0] == typeUserData || b[1]&wire.LongForm != 0:
			mask = 0xFFFFFFFF
		case wire.IsUnusual(h): // what follows tells its length
			return
		case b[0] == typeNetwork:
			mask = 0xFFFF00FF
		}
		s.keep(r.buf, at, mask)
		at += wire.DSRLen(b) * wire.WordSize
	}
	s.size, s.have, s.off = len(r.buf), r.found, r.off
}

// keep adds the masked word at a place to those that make the shape.
func (s *shape) keep(b []byte, at int, mask uint32) {
	s.heads[s.n] = shapeHead{uint32(at), mask, binary.BigEndian.Uint32(b[at:]) & mask}
	s.n++
}
