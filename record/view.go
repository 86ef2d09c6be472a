package record

// Orientation. The bytes of a record are never turned round; how its sides are
// to be read is decided once, before the first access that has sides, and kept
// in Record.state:
//
//   - a flow key with the REVERSE mark is stored with its ends exchanged; all
//     else is in flow order (format, "Flow key");
//   - an ARP key with the mark is in order, and all else is exchanged;
//   - direction correction, which a reader asks for, exchanges both.

// flipped reports whether everything but the flow key is exchanged.
func (r *Record) flipped() bool {
	if r.state&viewDecided == 0 {
		r.decideView()
	}
	return r.state&viewFlipped != 0
}

//go:noinline
func (r *Record) decideView() {
	r.state |= viewDecided
	flip := r.state&viewCorrect != 0
	if b := r.raw(DSRFlow); b != nil && FlowClass(b[1]&flowClassMask) == ClassARP && b[1]&flowReverse != 0 {
		flip = !flip
	}
	if flip {
		r.state |= viewFlipped
	}
}

// Reverse exchanges source and destination of the record as it is read: key,
// counters, times, protocol state, user data and all else that has sides. The
// stored bytes stay, and an unchanged record is still written as they are.
func (r *Record) Reverse() {
	if r.dirty != 0 {
		r.flipDecoded()
		return
	}
	r.state = (r.state ^ viewCorrect) &^ (viewDecided | viewFlipped)
	r.cached = 0
}

// Reversed reports whether Reverse turned the record round.
func (r *Record) Reversed() bool { return r.state&viewCorrect != 0 }

// flipDecoded turns round a record that has been changed: everything is
// decoded and exchanged in place.
func (r *Record) flipDecoded() {
	r.decodeAll()
	r.flow.flip()
	r.times.flip()
	r.metrics.flip()
	r.network.flip()
	r.vlan.flip()
	r.mpls.flip()
	r.jitter.flip()
	r.ipattr.flip()
	r.sizes.flip()
	r.srcData, r.dstData = r.dstData, r.srcData
	src, dst := r.have&DSRSrcData.bit(), r.have&DSRDstData.bit()
	r.have = r.have&^(DSRSrcData.bit()|DSRDstData.bit()) | src<<1 | dst>>1
	r.mac.flip()
	r.encaps.flip()
	r.behavior.flip()
	r.country.flip()
	r.asn.flip()
	r.geo.flip()
	r.local.flip()
	r.vxlan.flip()
	r.dirty |= r.have
}
