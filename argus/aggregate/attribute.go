package aggregate

import (
	"encoding/binary"
	"math"

	"github.com/seed-6ae541b3/goargus/record"
)

// attribute is the field of any attribute of the registry.
func attribute(a *record.Attribute, m mask, reg *record.Registry) field {
	f := field{name: a.Name, address: a.Kind == record.AddressValue, get: attributeGetter(a, m)}
	f.other = f.get
	if o := opposite(a, reg); o != nil {
		f.other = attributeGetter(o, m)
	}
	return f
}

// opposite finds the attribute of the other side.
func opposite(a *record.Attribute, reg *record.Registry) *record.Attribute {
	var letter string
	switch a.Side {
	case record.Source:
		letter = "d"
	case record.Dest:
		letter = "s"
	default:
		return nil
	}
	o, ok := reg.Lookup(letter + a.Name[1:])
	if !ok || o.Side == a.Side {
		return nil
	}
	return o
}

func attributeGetter(a *record.Attribute, m mask) getter {
	switch {
	case a.Kind == record.AddressValue && a.Address != nil:
		return func(dst []byte, r *record.Record) []byte {
			e, ok := a.Endpoint(r)
			if !ok {
				return append(dst, absent)
			}
			e = m.apply(e)
			return append(append(dst, present, byte(e.Family())), e.Bytes()...)
		}
	case a.Int != nil:
		return func(dst []byte, r *record.Record) []byte {
			v, ok := a.Int(r)
			if !ok {
				return append(dst, absent)
			}
			return binary.BigEndian.AppendUint64(append(dst, present), uint64(v))
		}
	case a.Float != nil:
		return func(dst []byte, r *record.Record) []byte {
			v, ok := a.Float(r)
			if !ok {
				return append(dst, absent)
			}
			return binary.BigEndian.AppendUint64(append(dst, present), math.Float64bits(v))
		}
	}
	o := new(record.TextOptions)
	return func(dst []byte, r *record.Record) []byte {
		at := len(dst)
		dst = append(dst, present, 0, 0)
		dst = a.AppendText(dst, r, o)
		n := min(len(dst)-at-3, maxText)
		dst = dst[:at+3+n]
		binary.BigEndian.PutUint16(dst[at+1:], uint16(n))
		return dst
	}
}

// maxText is the most bytes of a text that are compared.
const maxText = 1 << 12
