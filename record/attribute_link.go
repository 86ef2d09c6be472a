package record

// linkRows are link layer addresses, tags and encapsulations.
func linkRows() []Attribute {
	mac, enc, vlan, mpls := Set(DSRMAC), Set(DSREncaps), Set(DSRVLAN), Set(DSRMPLS)
	src := macOf(func(r *Record) *MAC { return &r.MAC().Src })
	dst := macOf(func(r *Record) *MAC { return &r.MAC().Dst })
	return []Attribute{
		address("smac", "SrcMac", Source, mac, src, "Ethernet address of the source").rmon("Mac"),
		address("dmac", "DstMac", Dest, mac, dst, "Ethernet address of the destination"),
		word("smacoui", "SrcMoui", 7, TextValue, Source, mac, vendorMAC(src), "Ethernet address of the source, its first half as the vendor's name"),
		word("dmacoui", "DstMoui", 7, TextValue, Dest, mac, vendorMAC(dst), "Ethernet address of the destination, its first half as the vendor's name"),
		word("soui", "SrcOui", 9, TextValue, Source, mac, vendorName(src), "vendor of the source's Ethernet address").rmon("Oui"),
		word("doui", "DstOui", 9, TextValue, Dest, mac, vendorName(dst), "vendor of the destination's Ethernet address"),
		word("smacclass", "SrcMacClass", 5, TextValue, Source, mac, macClass(src), "class of the source's Ethernet address: UAA, AAI, ELI, SAI, LM, LU, RES"),
		word("dmacclass", "DstMacClass", 5, TextValue, Dest, mac, macClass(dst), "class of the destination's Ethernet address"),

		word("senc", "sEnc", 12, TextValue, Source, enc, encapsOf(func(e *Encaps) uint32 { return e.Src }), "encapsulations of the source, a letter each"),
		word("denc", "dEnc", 12, TextValue, Dest, enc, encapsOf(func(e *Encaps) uint32 { return e.Dst }), "encapsulations of the destination, a letter each"),
		word("sencbuf", "sEnB", 12, BytesValue, Source, enc, headersOf(func(e *Encaps) []byte { return e.SrcHeaders }), "captured encapsulation headers of the source, in hexadecimal").raw(func(r *Record) []byte { return r.Encaps().SrcHeaders }),
		word("dencbuf", "dEnB", 12, BytesValue, Dest, enc, headersOf(func(e *Encaps) []byte { return e.DstHeaders }), "captured encapsulation headers of the destination, in hexadecimal").raw(func(r *Record) []byte { return r.Encaps().DstHeaders }),

		integer("svlan", "sVlan", 8, "", Source, vlan, srcTag, "802.1Q tag of the source").inHex(4),
		integer("dvlan", "dVlan", 8, "", Dest, vlan, dstTag, "802.1Q tag of the destination").inHex(4),
		integer("svid", "sVid", 6, "", Source, vlan, func(r *Record) (int64, bool) { v := r.VLAN(); return int64(v.Src & 0x0FFF), v.HasSrc }, "VLAN of the source"),
		integer("dvid", "dVid", 6, "", Dest, vlan, func(r *Record) (int64, bool) { v := r.VLAN(); return int64(v.Dst & 0x0FFF), v.HasDst }, "VLAN of the destination"),
		integer("svpri", "sVpri", 6, "", Source, vlan, func(r *Record) (int64, bool) { v := r.VLAN(); return int64(v.Src >> 13), v.HasSrc }, "802.1p priority of the source"),
		integer("dvpri", "dVpri", 6, "", Dest, vlan, func(r *Record) (int64, bool) { v := r.VLAN(); return int64(v.Dst >> 13), v.HasDst }, "802.1p priority of the destination"),
		integer("smpls", "sMpls", 8, "", Source, mpls, func(r *Record) (int64, bool) { m := r.MPLS(); return int64(m.Src >> 12), m.SrcLabels > 0 }, "outermost MPLS label of the source"),
		integer("dmpls", "dMpls", 8, "", Dest, mpls, func(r *Record) (int64, bool) { m := r.MPLS(); return int64(m.Dst >> 12), m.DstLabels > 0 }, "outermost MPLS label of the destination"),
		integer("svnid", "sVnid", 6, "", Source, Set(DSRVXLAN), func(r *Record) (int64, bool) { v := r.VXLAN(); return int64(v.Src), v.HasSrc }, "VXLAN network of the source"),
		integer("dvnid", "dVnid", 6, "", Dest, Set(DSRVXLAN), func(r *Record) (int64, bool) { v := r.VXLAN(); return int64(v.Dst), v.HasDst }, "VXLAN network of the destination"),
	}
}

// macOf gets an Ethernet address if the record has any.
func macOf(get func(*Record) *MAC) func(*Record) (Endpoint, bool) {
	return func(r *Record) (Endpoint, bool) {
		if !r.Has(DSRMAC) {
			return Endpoint{}, false
		}
		m := get(r)
		return EndpointFromMAC(*m), r.Has(DSRMAC)
	}
}

// srcTag gets the source's tag: also one that is not marked valid, which parts
// of it must be.
func srcTag(r *Record) (int64, bool) { v := r.VLAN(); return int64(v.Src), v.HasSrc || v.Src > 0 }
func dstTag(r *Record) (int64, bool) { v := r.VLAN(); return int64(v.Dst), v.HasDst || v.Dst > 0 }

func vendorMAC(get func(*Record) (Endpoint, bool)) textFunc {
	return func(dst []byte, r *Record, o *TextOptions) []byte {
		if e, ok := get(r); ok {
			return o.appendVendorMAC(dst, e.MAC())
		}
		return dst
	}
}

func vendorName(get func(*Record) (Endpoint, bool)) textFunc {
	return func(dst []byte, r *Record, o *TextOptions) []byte {
		const longest = 16
		if e, ok := get(r); ok {
			name := o.vendor(e.MAC())
			return append(dst, name[:min(len(name), longest)]...)
		}
		return dst
	}
}

// macClass is the class by the second digit of the address (IEEE 802c).
func macClass(get func(*Record) (Endpoint, bool)) textFunc {
	return func(dst []byte, r *Record, _ *TextOptions) []byte {
		e, ok := get(r)
		if !ok {
			return dst
		}
		const localBit, groupBit = 2, 1
		class := "LU"
		switch digit := e.b[0] & 15; {
		case digit&localBit == 0:
			class = "UAA"
		case digit == 0xA:
			class = "ELI"
		case digit == 0xE:
			class = "SAI"
		case digit == 0x2:
			class = "AAI"
		case digit == 0x6:
			class = "RES"
		case digit&groupBit != 0:
			class = "LM"
		}
		return append(dst, class...)
	}
}

func encapsOf(get func(*Encaps) uint32) textFunc {
	return func(dst []byte, r *Record, _ *TextOptions) []byte {
		bits := get(r.Encaps())
		if !r.Has(DSREncaps) {
			return dst
		}
		for i := range len(encapsLetters) {
			if bits>>i&1 != 0 && encapsLetters[i] != ' ' {
				dst = append(dst, encapsLetters[i])
			}
		}
		return dst
	}
}

func headersOf(get func(*Encaps) []byte) textFunc {
	return func(dst []byte, r *Record, _ *TextOptions) []byte {
		headers := get(r.Encaps())
		if !r.Has(DSREncaps) {
			return dst
		}
		for _, b := range headers {
			dst = appendHexDigits(dst, uint32(b), 2)
		}
		return dst
	}
}
