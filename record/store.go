package record

import "math/bits"

func lowest(set uint32) DSR { return DSR(bits.TrailingZeros32(set)) }

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
