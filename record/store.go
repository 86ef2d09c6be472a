package record

import "math/bits"

func lowest(set uint32) DSR { return DSR(bits.TrailingZeros32(set)) }

// Places are where the DSRs of a record stand: what Load found. Who hands a
// record on as bytes keeps them with it, so that the search is made once.
type Places struct {
	found uint32
	off   [32]uint16
}

// Places tells where the DSRs stand in the bytes that the record was loaded from.
func (r *Record) Places(p *Places) { p.found, p.off = r.found, r.off }

// LoadPlaced is Load for a copy of the bytes that the places are of.
func (r *Record) LoadPlaced(b []byte, p *Places) {
	r.buf, r.have, r.found, r.off = b, p.found, p.found, p.off
	r.cached, r.bad, r.dirty, r.state = 0, 0, 0, 0
}

// CloneInto makes dst a copy of r for changing: the bytes are shared with r, and
// so is what they alias; what was decoded or set is copied. It is cheaper than
// CloneTo, and dst is valid as long as r is.
func (r *Record) CloneInto(dst *Record) error {
	if r.dirty != 0 {
		*dst = *r
		return nil
	}
	dst.buf, dst.have, dst.found, dst.off = r.buf, r.found, r.found, r.off
	dst.cached, dst.bad, dst.dirty = 0, 0, 0
	dst.state = r.state & viewCorrect
	return nil
}
