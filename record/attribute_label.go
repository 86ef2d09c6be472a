package record

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"io"
)

// labelRows are what programs know of a flow, and captured bytes.
func labelRows() []Attribute {
	cc, geo, loc := Set(DSRCountry), Set(DSRGeo), Set(DSRLocal)
	return []Attribute{
		word("suser", "srcUdata", 16, BytesValue, Source, Set(DSRSrcData), userData('s'), "captured bytes of the source").raw(func(r *Record) []byte { return r.SrcData().Data }),
		word("duser", "dstUdata", 16, BytesValue, Dest, Set(DSRDstData), userData('d'), "captured bytes of the destination").raw(func(r *Record) []byte { return r.DstData().Data }),
		word("label", "Label", 5, TextValue, NoSide, Set(DSRLabel), appendLabel, "label: object=value joined by colons").structured(),
		word("sco", "sCo", 3, TextValue, Source, cc, countryOf(source, func(c *Country) [2]byte { return c.Src }), "country of the source"),
		word("dco", "dCo", 3, TextValue, Dest, cc, countryOf(destination, func(c *Country) [2]byte { return c.Dst }), "country of the destination"),
		word("ico", "iCo", 3, TextValue, InnerNode, cc, func(dst []byte, _ *Record, _ *TextOptions) []byte { return dst }, "country of the node that sent an ICMP error"),
		asRow("sas", "sAS", 6, Source, func(a *ASN) uint32 { return a.Src }, "autonomous system of the source"),
		asRow("das", "dAS", 6, Dest, func(a *ASN) uint32 { return a.Dst }, "autonomous system of the destination"),
		asRow("ias", "iAS", 5, InnerNode, func(a *ASN) uint32 { return a.Inode }, "autonomous system of the node that sent an ICMP error"),
		decimal("slat", "sLat", 3, "degree", Source, geo, place(func(g *Geo) (*Coordinates, float32) { return &g.Src, g.Src.Lat }), "latitude of the source").orZero().abbreviated(),
		decimal("slon", "sLon", 3, "degree", Source, geo, place(func(g *Geo) (*Coordinates, float32) { return &g.Src, g.Src.Lon }), "longitude of the source").orZero().abbreviated(),
		decimal("dlat", "dLat", 3, "degree", Dest, geo, place(func(g *Geo) (*Coordinates, float32) { return &g.Dst, g.Dst.Lat }), "latitude of the destination").orZero().abbreviated(),
		decimal("dlon", "dLon", 3, "degree", Dest, geo, place(func(g *Geo) (*Coordinates, float32) { return &g.Dst, g.Dst.Lon }), "longitude of the destination").orZero().abbreviated(),
		decimal("ilat", "iLat", 3, "degree", InnerNode, geo, place(func(g *Geo) (*Coordinates, float32) { return &g.Inode, g.Inode.Lat }), "latitude of the node that sent an ICMP error").orZero().abbreviated(),
		decimal("ilon", "iLon", 3, "degree", InnerNode, geo, place(func(g *Geo) (*Coordinates, float32) { return &g.Inode, g.Inode.Lon }), "longitude of the node that sent an ICMP error").orZero().abbreviated(),
		localityRow("sloc", "sLoc", Source, loc, source, func(l *Local) int64 { return int64(l.Src) }, "locality of the source: larger is nearer"),
		localityRow("dloc", "dLoc", Dest, loc, destination, func(l *Local) int64 { return int64(l.Dst) }, "locality of the destination"),
		localityRow("loc", "Loc", Both, loc, nil, func(l *Local) int64 { return max(int64(l.Src), int64(l.Dst)) }, "larger locality of the two"),
		word("sgrp", "SrcGrp", 4, TextValue, Source, Set(DSRLabel), groupRow("sgrp=", source), "group of the source, from the label"),
		word("dgrp", "DstGrp", 4, TextValue, Dest, Set(DSRLabel), groupRow("dgrp=", destination), "group of the destination, from the label"),
		integer("nstroke", "NStrok", 9, "count", Both, Set(DSRBehavior), on(DSRBehavior, func(r *Record) int64 { b := r.Behavior(); return int64(b.Src) + int64(b.Dst) }), "keystrokes of both sides"),
		integer("snstroke", "sNStrok", 9, "count", Source, Set(DSRBehavior), on(DSRBehavior, func(r *Record) int64 { return int64(r.Behavior().Src) }), "keystrokes of the source"),
		integer("dnstroke", "dNStrok", 9, "count", Dest, Set(DSRBehavior), on(DSRBehavior, func(r *Record) int64 { return int64(r.Behavior().Dst) }), "keystrokes of the destination"),
	}
}

func appendLabel(dst []byte, r *Record, _ *TextOptions) []byte {
	l := r.Label()
	if !r.Has(DSRLabel) {
		return dst
	}
	return append(dst, l.Text...)
}

// labelPart is the value of one object in the label.
func labelPart(prefix string) textFunc {
	return func(dst []byte, r *Record, _ *TextOptions) []byte {
		text := r.Label().Text
		if !r.Has(DSRLabel) {
			return dst
		}
		for len(text) > 0 {
			part, rest, _ := bytes.Cut(text, []byte{':'})
			if len(part) >= len(prefix) && string(part[:len(prefix)]) == prefix {
				return append(dst, part[len(prefix):]...)
			}
			text = rest
		}
		return dst
	}
}

// groupRow is the group in the label, or that of the address.
func groupRow(prefix string, end func(*Record) (Endpoint, bool)) textFunc {
	part := labelPart(prefix)
	return func(dst []byte, r *Record, o *TextOptions) []byte {
		before := len(dst)
		dst = part(dst, r, o)
		if len(dst) > before || o == nil || o.Names == nil || o.Names.Group == nil {
			return dst
		}
		if e, ok := end(r); ok && e.Addr().IsValid() {
			return append(dst, o.Names.Group(e.Addr())...)
		}
		return dst
	}
}

func countryOf(end func(*Record) (Endpoint, bool), get func(*Country) [2]byte) textFunc {
	return func(dst []byte, r *Record, o *TextOptions) []byte {
		code := get(r.Country())
		if r.Has(DSRCountry) {
			if i := bytes.IndexByte(code[:], 0); i >= 0 {
				return append(dst, code[:i]...)
			}
			return append(dst, code[:]...)
		}
		if o.Names != nil && o.Names.Country != nil {
			if e, ok := end(r); ok && e.Addr().IsValid() {
				return append(dst, o.Names.Country(e.Addr())...)
			}
		}
		return dst
	}
}

func asRow(name, title string, width int, side Side, get func(*ASN) uint32, doc string) Attribute {
	a := integer(name, title, width, "", side, Set(DSRASN), on(DSRASN, func(r *Record) int64 { return int64(get(r.ASN())) }), doc)
	number := a.Int
	a.Text = func(dst []byte, r *Record, o *TextOptions) []byte {
		v, ok := number(r)
		if !ok || v == 0 {
			return dst
		}
		return o.appendAS(dst, uint32(v))
	}
	return a
}

func (o *TextOptions) appendAS(dst []byte, as uint32) []byte {
	if o.AS == ASDotPlus || o.AS == ASDot && as > 0xFFFF {
		dst = append(appendInt(dst, int64(as>>16)), '.')
		return appendInt(dst, int64(as&0xFFFF))
	}
	return appendInt(dst, int64(as))
}

func place(get func(*Geo) (*Coordinates, float32)) func(*Record) (float64, bool) {
	return func(r *Record) (float64, bool) {
		c, v := get(r.Geo())
		return float64(v), c.Has && r.Has(DSRGeo)
	}
}

func localityRow(name, title string, side Side, from DSRSet, end func(*Record) (Endpoint, bool), get func(*Local) int64, doc string) Attribute {
	a := integer(name, title, 3, "", side, from, on(DSRLocal, func(r *Record) int64 { return get(r.Local()) }), doc)
	number := a.Int
	a.Text = func(dst []byte, r *Record, o *TextOptions) []byte {
		v, ok := number(r)
		if !ok && end != nil && o.Names != nil && o.Names.Locality != nil {
			if e, has := end(r); has && e.Addr().IsValid() {
				var level int
				level, ok = o.Names.Locality(e.Addr())
				v = int64(level)
			}
		}
		if !ok {
			return dst
		}
		return appendInt(dst, v)
	}
	return a
}

// userData writes captured bytes: as many as the column is wide.
func userData(side byte) textFunc {
	return func(dst []byte, r *Record, o *TextOptions) []byte {
		src, to := r.userData()
		u, d := src, DSRSrcData
		if side == 'd' {
			u, d = to, DSRDstData
		}
		if !r.Has(d) || o.Data == DataHexDump {
			return dst
		}
		data := u.Data
		n := o.width(16)
		if u.Compressed {
			data = inflate(data, n)
		}
		data = data[:min(len(data), n)]
		if len(data) == 0 {
			return dst
		}
		if !o.BareData {
			dst = append(dst, side, '[')
			dst = appendInt(dst, int64(o.Data.length(len(data))))
			dst = append(dst, "]="...)
		}
		return o.Data.append(dst, data)
	}
}

// inflate returns the first n bytes of what zlib packed; events alone are, and
// what is no zlib stream is returned as it is.
func inflate(data []byte, n int) []byte {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return data
	}
	defer z.Close()
	out := make([]byte, n)
	got, err := io.ReadFull(z, out)
	if got == 0 && err != nil {
		return data
	}
	return out[:got]
}

// length is how long n bytes are in the style.
func (s DataStyle) length(n int) int {
	switch s {
	case DataBase16:
		return 2 * (n + n&1)
	case DataBase64:
		return base64.StdEncoding.EncodedLen(n)
	}
	return n
}

// AppendData appends captured bytes in a style.
func (s DataStyle) AppendData(dst, data []byte) []byte { return s.append(dst, data) }

func (s DataStyle) append(dst, data []byte) []byte {
	switch s {
	case DataBase16:
		const digits = "0123456789ABCDEF"
		for _, b := range data {
			dst = append(dst, digits[b>>4], digits[b&15])
		}
		return dst
	case DataBase64:
		return base64.StdEncoding.AppendEncode(dst, data)
	}
	at := len(dst)
	for _, b := range data {
		if b < 0x20 || b > 0x7E {
			b = '.'
		}
		dst = append(dst, b)
	}
	if s == DataObscured {
		obscure(dst[at:])
	}
	return dst
}

// obscure hides what follows the word PASS up to the next blank or dot.
func obscure(text []byte) {
	for {
		i := bytes.Index(text, []byte("PASS"))
		if i < 0 || i+5 > len(text) {
			return
		}
		text = text[i+5:]
		for i := 0; i < len(text) && text[i] != ' ' && text[i] != '.'; i++ {
			text[i] = 'x'
		}
	}
}

// correlationRows tie a record to that of another sensor.
func correlationRows() []Attribute {
	c := Set(DSRCorrelation)
	delta := func(get func(*Correlation) int64) func(*Record) (int64, bool) {
		return on(DSRCorrelation, func(r *Record) int64 { return get(r.Correlation()) })
	}
	srcPkts := delta(func(c *Correlation) int64 { return int64(c.SrcPkts) })
	dstPkts := delta(func(c *Correlation) int64 { return int64(c.DstPkts) })
	return []Attribute{
		word("cor", "Cor", 12, TextValue, NoSide, c, func(dst []byte, r *Record, o *TextOptions) []byte {
			if c := r.Correlation(); r.Has(DSRCorrelation) {
				return o.appendSourceID(dst, &c.ID)
			}
			return dst
		}, "id of the other sensor"),
		duration("dldur", "dlDur", 12, NoSide, c, delta(func(c *Correlation) int64 { return c.Duration }), "difference of the durations"),
		duration("dlstime", "dlsTime", 12, NoSide, c, delta(func(c *Correlation) int64 { return c.Start }), "difference of the first times"),
		duration("dlltime", "dllTime", 12, NoSide, c, delta(func(c *Correlation) int64 { return c.Last }), "difference of the last times"),
		integer("dlspkt", "dsPkts", 6, "packet", Source, c, srcPkts, "difference of the packets of the source"),
		integer("dldpkt", "ddPkts", 6, "packet", Dest, c, dstPkts, "difference of the packets of the destination"),
		integer("dspkts", "dsPkts", 12, "packet", Source, c, srcPkts, "the same as dlspkt, wider"),
		integer("ddpkts", "ddPkts", 12, "packet", Dest, c, dstPkts, "the same as dldpkt, wider"),
		reserved("dsbytes", "dsBytes", 12, Source, "byte"),
		reserved("ddbytes", "ddBytes", 12, Dest, "byte"),
		reserved("pdspkts", "pdsPkt", 12, Source, "percent"),
		reserved("pddpkts", "pddPkt", 12, Dest, "percent"),
		reserved("pdsbytes", "pdsByte", 12, Source, "percent"),
		reserved("pddbytes", "pddByte", 12, Dest, "percent"),
	}
}
