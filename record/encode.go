package record

import "fmt"

// AppendTo appends the record to dst in the layout of a version. A record that
// was not changed and is of that version is appended as the bytes that were
// read. DSRs that were set are encoded by the rules of the clients, in their
// usual order; all others are appended as they are, or, if the version differs,
// converted. What version 3 has no room for is left out: codec3.Losses tells.
//
// dst must not overlap the bytes that the record aliases. An error is of a
// record that has become too long for its length field.
func (r *Record) AppendTo(dst []byte, v Version) ([]byte, error) {
	if r.dirty == 0 && r.Version() == v {
		return append(dst, r.buf...), nil
	}
	return r.encodeTo(dst, v)
}

// encodeTo is AppendTo for a record whose bytes are not what is to be written.
func (r *Record) encodeTo(dst []byte, v Version) ([]byte, error) {
	if v != Version3 {
		v = Version5 // Mixed is never made
	}
	start := len(dst)
	switch k := r.Kind(); {
	case k == Management:
		return r.appendManagement(dst, v), nil
	case !k.hasDSRs() && len(r.buf) > 0:
		dst = append(dst, r.buf...)
		dst[start] = byte(k) | byte(v)
		return dst, nil
	}
	r.settle()
	dst = AppendHeader(dst, r.Kind(), v, r.Cause())
	dst[start+1] |= r.Option()
	pending := r.dirty & r.have
	for d, raw := range r.DSRs() {
		if d >= numDSR {
			if raw[0] != typePadding || r.state&viewCanonical == 0 {
				dst = append(dst, raw...)
			}
			continue
		}
		dst = r.appendPending(dst, &pending, d, v)
		switch {
		case r.dirty&d.bit() != 0: // appended in its place, or dropped
		case r.mustConvert(d, v):
			dst = r.appendConverted(dst, d, raw, v)
		default:
			dst = append(dst, raw...)
		}
	}
	dst = r.appendPending(dst, &pending, numDSR, v)
	if !PutLength(dst[start:]) {
		return dst[:start], fmt.Errorf("record: %d bytes do not fit a record", len(dst)-start)
	}
	return dst, nil
}

// settle sees to it that DSRs which are encoded from their fields and DSRs that
// are copied tell of the same orientation. Fields are in the orientation of the
// view, bytes in that of the wire; where the two cannot stand side by side,
// everything is encoded.
func (r *Record) settle() {
	if r.dirty == 0 || r.state&viewCorrect == 0 && r.flipped() == r.writesTurned() {
		return
	}
	r.decodeAll()
	r.dirty |= r.have
	flipped := r.flipped()
	r.state = viewDecided | r.state&viewCanonical
	if r.writesTurned() {
		r.state |= viewFlipped
	}
	if r.flipped() != flipped {
		r.swapUserData()
	}
}

// bothUserData are the user data DSRs. When their sides are exchanged both are
// marked as set: what stands on the wire for either is not to be copied.
const bothUserData = 1<<DSRSrcData | 1<<DSRDstData

// writesTurned reports whether the key is written with the mark that makes
// readers exchange all but the key.
func (r *Record) writesTurned() bool {
	f := r.Flow()
	return r.Has(DSRFlow) && f.Class == ClassARP && f.Stored != 0
}

// appendPending encodes the DSRs that were set and stand before or at d.
func (r *Record) appendPending(dst []byte, pending *uint32, d DSR, v Version) []byte {
	for s := DSR(0); *pending != 0 && s <= d && s < numDSR; s++ {
		if *pending&s.bit() != 0 {
			*pending &^= s.bit()
			dst = r.appendField(dst, s, v)
		}
	}
	return dst
}

// mustConvert reports whether the bytes of a DSR mean something else, or
// nothing, in version v.
func (r *Record) mustConvert(d DSR, v Version) bool {
	if r.Version() == v {
		return false
	}
	switch d {
	case DSRTransport, DSRNetwork, DSRJitter, DSRAggregate, DSRCorrelation:
		return true
	case DSRTime, DSREncaps, DSRHash, DSRVXLAN, DSRGRE, DSRGeneve, DSRGeo, DSRLocal, DSRScore:
		return v == Version3
	}
	return false
}

// appendConverted encodes a DSR of another version. One that readers do not
// believe in stays as it is, if the version knows its type at all; of several of
// a kind the last counts.
func (r *Record) appendConverted(dst []byte, d DSR, raw []byte, v Version) []byte {
	r.decodeField(d)
	switch last := r.raw(d); {
	case r.have&d.bit() == 0:
		if v == Version3 && d >= DSRGeo {
			return dst
		}
		return append(dst, raw...)
	case last == nil || &last[0] != &raw[0]:
		return dst
	}
	return r.appendField(dst, d, v)
}

// appendField encodes one DSR from its field, in the orientation of the wire.
func (r *Record) appendField(dst []byte, d DSR, v Version) []byte {
	if r.flipped() && d != DSRSrcData && d != DSRDstData {
		r.flipField(d)
		defer r.flipField(d)
	}
	from := r.Version()
	switch d {
	case DSRTransport:
		return r.transport.append(dst, v, from)
	case DSRFlow:
		return r.appendFlow(dst)
	case DSRTime:
		return r.appendTimes(dst, v)
	case DSRMetrics:
		return r.metrics.append(dst)
	case DSRAggregate:
		return r.agr.append(dst, v)
	case DSRNetwork:
		return r.network.append(dst, v, from)
	case DSRVLAN:
		return AppendVLAN(dst, &r.vlan)
	case DSRMPLS:
		return AppendMPLS(dst, &r.mpls)
	case DSRJitter:
		return r.jitter.append(dst, v, from)
	case DSRIPAttr:
		return AppendIPAttr(dst, &r.ipattr)
	case DSRSizes:
		return r.sizes.append(dst)
	case DSRSrcData, DSRDstData:
		return r.appendUserData(dst, d)
	case DSRMAC:
		return AppendMAC(dst, &r.mac)
	case DSRICMP:
		return AppendICMPMapped(dst, &r.icmp)
	case DSREncaps:
		return r.encaps.append(dst, v)
	case DSRBehavior:
		return AppendBehavior(dst, &r.behavior)
	case DSRCorrelation:
		return r.cor.append(dst, v, from)
	case DSRCountry:
		return AppendCountry(dst, &r.country)
	case DSRLabel:
		return AppendLabel(dst, &r.label)
	case DSRASN:
		return AppendASN(dst, &r.asn)
	}
	if v == Version3 {
		return dst // which has none of the rest
	}
	switch d {
	case DSRGeo:
		return AppendGeo(dst, &r.geo)
	case DSRLocal:
		return AppendLocal(dst, &r.local)
	case DSRHash:
		return AppendHash(dst, &r.hash)
	case DSRVXLAN:
		return AppendVXLAN(dst, &r.vxlan)
	case DSRGRE:
		return AppendGRE(dst, &r.gre)
	case DSRGeneve:
		return AppendGeneve(dst, &r.geneve)
	case DSRScore:
		return AppendScore(dst, &r.score)
	}
	return dst
}

// appendTimes encodes the times; the sides of a record with packets have times
// only if the packets are theirs.
func (r *Record) appendTimes(dst []byte, v Version) []byte {
	src, d := true, true
	if m := r.Metrics(); r.Has(DSRMetrics) && m.Packets() > 0 {
		src, d = m.Src.Packets > 0, m.Dst.Packets > 0
		if r.flipped() {
			src, d = d, src
		}
	}
	return r.times.append(dst, v, r.Version(), src, d)
}

// appendUserData encodes one side's bytes, which flipped views hold exchanged.
func (r *Record) appendUserData(dst []byte, d DSR) []byte {
	u := &r.srcData
	if (d == DSRDstData) != r.flipped() {
		u = &r.dstData
	}
	return AppendUserData(dst, u, d == DSRDstData)
}

// appendFlow encodes the key, which a corrected view holds exchanged.
func (r *Record) appendFlow(dst []byte) []byte {
	if r.state&viewCorrect != 0 {
		r.flow.flip()
		defer r.flow.flip()
	}
	return r.flow.appendKey(dst)
}
