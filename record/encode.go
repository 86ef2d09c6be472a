package record

import (
	"fmt"
	"slices"
)

// AppendTo appends the record to dst in the layout of a version. A record that
// was not changed and is of that version is appended as the bytes that were
// read. DSRs that were set are encoded by the rules of the clients, in their
// usual order; all others are appended as they are, or, if the version differs,
// converted.
//
// dst must not overlap the bytes that the record aliases.
func (r *Record) AppendTo(dst []byte, v Version) ([]byte, error) {
	if r.dirty == 0 && (r.Version() == v || r.Kind() == Management) {
		return append(dst, r.buf...), nil
	}
	if r.Kind() == Management {
		return nil, fmt.Errorf("record: a management record has no DSRs")
	}
	start := len(dst)
	dst = AppendHeader(dst, r.Kind(), v, r.Cause())
	dst[start+1] |= r.Option()
	pending := r.dirty & r.have
	for d, raw := range r.DSRs() {
		if d < numDSR {
			dst = r.appendPending(dst, &pending, d, v)
			if r.dirty&d.bit() != 0 {
				continue
			}
		}
		dst = append(dst, raw...)
	}
	dst = r.appendPending(dst, &pending, numDSR, v)
	if !PutLength(dst[start:]) {
		return slices.Clip(dst[:start]), fmt.Errorf("record: %d bytes do not fit a record", len(dst)-start)
	}
	return dst, nil
}

// appendPending encodes the DSRs that were set and stand before or at d.
func (r *Record) appendPending(dst []byte, pending *uint32, d DSR, v Version) []byte {
	for s := DSR(0); s <= d && s < numDSR; s++ {
		if *pending&s.bit() != 0 {
			*pending &^= s.bit()
			dst = r.appendDSR(dst, s, v)
		}
	}
	return dst
}

// appendDSR encodes one DSR from its field.
func (r *Record) appendDSR(dst []byte, d DSR, v Version) []byte {
	switch d {
	case DSRMetrics:
		return r.metrics.append(dst)
	}
	return dst
}
