package record

import (
	"encoding/binary"
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

// Sums returns the counters, times and statistics of the record to be set, which
// marks those that it has as changed: for who holds them beside the bytes.
func (r *Record) Sums(has DSRSet) (*Metrics, *Times, *Aggregate) {
	set := uint32(has) & (1<<DSRMetrics | 1<<DSRTime | 1<<DSRAggregate)
	r.have |= set
	r.cached |= set
	r.dirty |= set
	r.metrics.enc, r.times.wire = 0, timeWire{}
	a := &r.agr
	a.qualifier, a.read = 0, false
	a.Active.nan, a.Active.tail, a.Idle.nan, a.Idle.tail = 0, [8]byte{}, 0, [8]byte{}
	return &r.metrics, &r.times, &r.agr
}

// MaxIndex is the most bytes that AppendIndex appends.
const MaxIndex = 4 + 2*numDSR

// AppendIndex appends where the DSRs of the record stand, as Load found them, so
// that who keeps the bytes of the record can spare the search for them: see
// LoadIndexed. It is of no use for other bytes, and not an exchange format.
func (r *Record) AppendIndex(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, r.found)
	for set := r.found; set != 0; set &= set - 1 {
		dst = binary.LittleEndian.AppendUint16(dst, r.off[lowest(set)])
	}
	return dst
}

// LoadIndexed is Load for a record whose index was kept. b and index must be
// what Bytes and AppendIndex gave; an index that does not fit is an error.
func (r *Record) LoadIndexed(b, index []byte) error {
	if len(index) < 4 || len(b) < HeaderSize {
		return malformed(0, "a record and its index, found %d and %d bytes", len(b), len(index))
	}
	found := binary.LittleEndian.Uint32(index)
	index = index[4:]
	if len(index) < 2*bits.OnesCount32(found) || found>>numDSR != 0 {
		return malformed(0, "an index of %d DSRs, found %d bytes", bits.OnesCount32(found), len(index))
	}
	for set := found; set != 0; set &= set - 1 {
		at := binary.LittleEndian.Uint16(index)
		if int(at)*wire.WordSize+wire.WordSize > len(b) {
			return malformed(0, "an index of a record of %d bytes, found word %d", len(b), at)
		}
		r.off[lowest(set)] = at
		index = index[2:]
	}
	r.buf = b
	r.have, r.found, r.cached, r.bad, r.dirty, r.state = found, found, 0, 0, 0, 0
	return nil
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
