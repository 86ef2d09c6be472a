package record

import "math/bits"

// ipRows are attributes of the IP headers.
func ipRows() []Attribute {
	ip := Set(DSRIPAttr)
	stos := func(r *Record) (int64, bool) { s := &r.IPAttr().Src; return int64(s.TOS), s.Has }
	dtos := func(r *Record) (int64, bool) { s := &r.IPAttr().Dst; return int64(s.TOS), s.Has }
	sttl := func(r *Record) (int64, bool) { s := &r.IPAttr().Src; return int64(s.TTL), s.Has }
	dttl := func(r *Record) (int64, bool) { s := &r.IPAttr().Dst; return int64(s.TTL), s.Has }
	shops := func(r *Record) (int64, bool) { s := &r.IPAttr().Src; return hops(s), s.Has }
	dhops := func(r *Record) (int64, bool) { s := &r.IPAttr().Dst; return hops(s), s.Has }
	sipid := func(r *Record) (int64, bool) { s := &r.IPAttr().Src; return int64(s.ID), s.Has }
	dipid := func(r *Record) (int64, bool) { s := &r.IPAttr().Dst; return int64(s.ID), s.Has }
	return []Attribute{
		integer("stos", "sTos", 5, "", Source, ip, stos, "type of service octet of the source"),
		integer("dtos", "dTos", 5, "", Dest, ip, dtos, "type of service octet of the destination"),
		dsRow("sdsb", "sDSb", Source, stos, "differentiated services code point of the source"),
		dsRow("ddsb", "dDSb", Dest, dtos, "differentiated services code point of the destination"),
		integer("sttl", "sTtl", 4, "hop", Source, ip, sttl, "time to live of the source's packets"),
		integer("dttl", "dTtl", 4, "hop", Dest, ip, dttl, "time to live of the destination's packets"),
		integer("shops", "sHops", 5, "hop", Source, ip, shops, "hops from the source to the sensor, estimated from the time to live"),
		integer("dhops", "dHops", 5, "hop", Dest, ip, dhops, "hops from the destination to the sensor, estimated from the time to live"),
		integer("sipid", "sIpId", 7, "", Source, ip, sipid, "IP identification of the source, as the sensor stored it").inHex(4),
		integer("dipid", "dIpId", 7, "", Dest, ip, dipid, "IP identification of the destination, as the sensor stored it").inHex(4),
	}
}

// hops is how far a time to live is from the next power of two, which is what
// senders start with; 255 is untouched.
func hops(s *IPSide) int64 {
	if s.TTL == 255 {
		return 0
	}
	start := int64(1)
	if s.TTL > 1 {
		start = 1 << bits.Len8(s.TTL-1)
	}
	return start - int64(s.TTL)
}

// dsRow is a code point: its name, or two digits.
func dsRow(name, title string, side Side, tos func(*Record) (int64, bool), doc string) Attribute {
	a := integer(name, title, 5, "", side, Set(DSRIPAttr), func(r *Record) (int64, bool) {
		v, ok := tos(r)
		return v >> 2, ok
	}, doc)
	a.Kind = TextValue
	get := a.Int
	a.Text = func(dst []byte, r *Record, o *TextOptions) []byte {
		v, ok := get(r)
		if !ok {
			return dst
		}
		if o.Names != nil && o.Names.DSCode != nil {
			if name := o.Names.DSCode(uint8(v)); name != "" {
				return append(dst, name...)
			}
		}
		if v < 10 {
			dst = append(dst, ' ')
		}
		return appendInt(dst, v)
	}
	return a
}
