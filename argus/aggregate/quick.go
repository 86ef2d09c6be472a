package aggregate

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/record"
)

// quickKey makes the values of keys of the usual fields without decoding what
// they are made of. They are the bytes that the fields themselves append.
type quickKey struct {
	fields []quickField // none if the key has any other field, or masks
	ends   record.Ends
	source sourceValue
}

type quickField uint8

const (
	quickSource quickField = iota
	quickProto
	quickSrc
	quickDst
	quickSrcPort
	quickDstPort
)

var quickFields = map[string]quickField{
	"srcid": quickSource, "proto": quickProto, "saddr": quickSrc, "daddr": quickDst, "sport": quickSrcPort, "dport": quickDstPort,
}

func newQuickKey(k *Key) (q quickKey) {
	if k.srcMask.set || k.dstMask.set {
		return q
	}
	for i := range k.fields {
		f, ok := quickFields[k.fields[i].name]
		if !ok {
			return quickKey{}
		}
		q.fields = append(q.fields, f)
	}
	return q
}

// append appends the key of a record. It reports false, with dst as it was, if
// the fields are to do it.
func (q *quickKey) append(dst []byte, r *record.Record) ([]byte, bool) {
	if len(q.fields) == 0 || !r.Ends(&q.ends) {
		return dst, false
	}
	e := &q.ends
	for _, f := range q.fields {
		switch f {
		case quickSource:
			dst = q.source.append(dst, r)
		case quickProto:
			dst = append(dst, protoIP, byte(e.Proto))
		case quickSrc:
			dst = append(append(dst, byte(e.Type)+1, byte(familyOf(e.Type))), e.Src()...)
		case quickDst:
			dst = append(append(dst, byte(e.Type)+1, byte(familyOf(e.Type))), e.Dst()...)
		case quickSrcPort:
			dst = binary.BigEndian.AppendUint16(append(dst, present), e.SrcPort)
		case quickDstPort:
			dst = binary.BigEndian.AppendUint16(append(dst, present), e.DstPort)
		}
	}
	return dst, true
}

func familyOf(t record.KeyType) record.Family {
	if t == record.KeyIPv4 {
		return record.IPv4
	}
	return record.IPv6
}

// sourceValue remembers the value of the source id that came last: mostly all
// are the same.
type sourceValue struct {
	version record.Version
	size    int    // of the DSR
	raw     []byte // its bytes but for the sequence number
	value   []byte
}

func (s *sourceValue) append(dst []byte, r *record.Record) []byte {
	raw := r.Raw(record.DSRTransport)
	if n := len(s.raw); n > 0 && len(raw) == s.size && string(raw[:n]) == string(s.raw) && r.Version() == s.version {
		return append(dst, s.value...)
	}
	at := len(dst)
	dst = appendSource(dst, r)
	t := r.Transport()
	s.raw, s.size, s.version = append(s.raw[:0], raw...), len(raw), r.Version()
	if n := len(raw) - 4; t.HasSeq && n >= 8 && binary.BigEndian.Uint32(raw[n:]) == t.Seq {
		s.raw = s.raw[:n]
	}
	s.value = append(s.value[:0], dst[at:]...)
	return dst
}
