package record

import (
	"math/bits"

	"github.com/seed-6ae541b3/goargus/internal/wire"
)

// AppendRest appends the record, in its own version, without some of its DSRs.
// Who keeps many records that change often holds those DSRs beside the bytes,
// and puts them back by setters after Load.
func (r *Record) AppendRest(dst []byte, without DSRSet) ([]byte, error) {
	r.settle()
	have, cached, dirty := r.have, r.cached, r.dirty
	r.have &^= uint32(without)
	r.dirty |= uint32(without)
	dst, err := r.AppendTo(dst, r.Version())
	r.have, r.cached, r.dirty = have, cached, dirty
	return dst, err
}

// Patch writes the DSRs that were set, other than those of a set, over their
// bytes in the buffer that the record was loaded from. It reports false, and
// then the buffer is unchanged, if one of them does not fit in place: it is new,
// gone or longer, or the record is not stored in the orientation it is read in.
// scratch is memory to encode in; it is returned for the next call.
func (r *Record) Patch(scratch []byte, except DSRSet) ([]byte, bool) {
	pending := r.dirty &^ uint32(except)
	if pending == 0 {
		return scratch, true
	}
	if r.flipped() || r.Version() == Mixed || pending&^r.have != 0 {
		return scratch, false
	}
	scratch = scratch[:0]
	for set := pending; set != 0; set &= set - 1 {
		d := lowest(set)
		at := len(scratch)
		scratch = r.appendField(scratch, d, r.Version())
		if old := r.indexed(d); len(old) != len(scratch)-at {
			return scratch, false
		}
	}
	for at := 0; pending != 0; pending &= pending - 1 {
		at += copy(r.indexed(lowest(pending)), scratch[at:])
	}
	return scratch, true
}

func lowest(set uint32) DSR { return DSR(bits.TrailingZeros32(set)) }

// indexed returns the bytes that a DSR was read from, nil if it was not read.
// What was set since does not matter.
func (r *Record) indexed(d DSR) []byte {
	if r.found&d.bit() == 0 {
		return nil
	}
	b := r.buf[int(r.off[d])*wire.WordSize:]
	return b[:wire.DSRLen(b)*wire.WordSize]
}

// CloneInto makes dst a copy of r for changing: the bytes are shared with r, and
// so is what they alias; what was decoded or set is copied. It is cheaper than
// CloneTo, and dst is valid as long as r is.
func (r *Record) CloneInto(dst *Record) error {
	if r.dirty != 0 {
		*dst = *r
		return nil
	}
	if err := dst.Load(r.buf); err != nil {
		return err
	}
	dst.state = r.state & viewCorrect
	return nil
}
