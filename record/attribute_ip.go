package record

import "math/bits"

// ipRows are attributes of the IP headers.
func ipRows() []Attribute {
	ip := Set(DSRIPAttr)
	src := func(get func(*IPSide) int64) func(*Record) (int64, bool) {
		return func(r *Record) (int64, bool) { s := &r.IPAttr().Src; return get(s), s.Has }
	}
	dst := func(get func(*IPSide) int64) func(*Record) (int64, bool) {
		return func(r *Record) (int64, bool) { s := &r.IPAttr().Dst; return get(s), s.Has }
	}
	tos := func(s *IPSide) int64 { return int64(s.TOS) }
	ttl := func(s *IPSide) int64 { return int64(s.TTL) }
	id := func(s *IPSide) int64 { return int64(s.ID) }
	return []Attribute{
		integer("stos", "sTos", 5, "", Source, ip, src(tos), "type of service octet of the source"),
		integer("dtos", "dTos", 5, "", Dest, ip, dst(tos), "type of service octet of the destination"),
		dsRow("sdsb", "sDSb", Source, src(tos), "differentiated services code point of the source"),
		dsRow("ddsb", "dDSb", Dest, dst(tos), "differentiated services code point of the destination"),
		integer("sttl", "sTtl", 4, "hop", Source, ip, src(ttl), "time to live of the source's packets"),
		integer("dttl", "dTtl", 4, "hop", Dest, ip, dst(ttl), "time to live of the destination's packets"),
		integer("shops", "sHops", 5, "hop", Source, ip, src(hops), "hops from the source to the sensor, estimated from the time to live"),
		integer("dhops", "dHops", 5, "hop", Dest, ip, dst(hops), "hops from the destination to the sensor, estimated from the time to live"),
		integer("sipid", "sIpId", 7, "", Source, ip, src(id), "IP identification of the source, as the sensor stored it").inHex(4),
		integer("dipid", "dIpId", 7, "", Dest, ip, dst(id), "IP identification of the destination, as the sensor stored it").inHex(4),
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
