package record

import "github.com/seed-6ae541b3/goargus/internal/wire"

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
	if (r.have&^r.dirty)&(1<<DSRFlow) != 0 {
		class := r.buf[int(r.off[DSRFlow])*wire.WordSize+1]
		flip = flip != (FlowClass(class&flowClassMask) == ClassARP && class&flowReverse != 0)
	}
	if flip {
		r.state |= viewFlipped
	}
}

// Reverse exchanges source and destination of the record as it is read: key,
// counters, times, protocol state, user data and all else that has sides. The
// stored bytes stay, and an unchanged record is still written as they are; one
// that was changed is written turned round.
func (r *Record) Reverse() {
	if r.dirty == 0 {
		r.state = (r.state ^ viewCorrect) &^ (viewDecided | viewFlipped)
		r.cached &= marBit
		r.have |= r.bad // to be found malformed again
		r.bad = 0
		return
	}
	r.settle()
	r.decodeAll()
	r.dirty |= r.have
	r.flow.flip()
	for d := DSRTime; d < numDSR; d++ {
		r.flipField(d)
	}
	r.swapUserData()
}

// stored maps the user data of a side as it is read to the DSR that holds it.
func (r *Record) stored(d DSR) DSR {
	if d-DSRSrcData <= 1 && r.flipped() {
		return d ^ DSRSrcData ^ DSRDstData
	}
	return d
}

// swapUserData exchanges the user data DSRs in the sets that tell what there is.
func (r *Record) swapUserData() {
	for _, set := range [...]*uint32{&r.have, &r.bad} {
		src, dst := *set&DSRSrcData.bit(), *set&DSRDstData.bit()
		*set = *set&^(src|dst) | src<<1 | dst>>1
	}
	r.dirty |= bothUserData
}

// Reversed reports whether Reverse turned the record round.
func (r *Record) Reversed() bool { return r.state&viewCorrect != 0 }

// flipField exchanges the sides of a decoded DSR other than the flow key.
func (r *Record) flipField(d DSR) {
	switch d {
	case DSRTime:
		r.times.flip()
	case DSRMetrics:
		r.metrics.flip()
	case DSRNetwork:
		r.network.flip()
	case DSRVLAN:
		r.vlan.flip()
	case DSRMPLS:
		r.mpls.flip()
	case DSRJitter:
		r.jitter.flip()
	case DSRIPAttr:
		r.ipattr.flip()
	case DSRSizes:
		r.sizes.flip()
	case DSRSrcData: // of both
		r.srcData, r.dstData = r.dstData, r.srcData
	case DSRMAC:
		r.mac.flip()
	case DSREncaps:
		r.encaps.flip()
	case DSRBehavior:
		r.behavior.flip()
	case DSRCorrelation:
		r.cor.flip()
	case DSRCountry:
		r.country.flip()
	case DSRASN:
		r.asn.flip()
	case DSRGeo:
		r.geo.flip()
	case DSRLocal:
		r.local.flip()
	case DSRVXLAN:
		r.vxlan.flip()
	}
}
