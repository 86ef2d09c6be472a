package record

import "bytes"

// flowRows are the parts of the flow key, and what is like them.
func flowRows() []Attribute {
	f := Set(DSRFlow)
	return []Attribute{
		word("proto", "Proto", 6, TextValue, NoSide, f, appendProto, "protocol: tcp, udp, arp, ..."),
		word("etype", "Etype", 8, TextValue, NoSide, Set(DSRMAC, DSRFlow), appendEtherType, "Ethernet type"),
		flowAddress("saddr", "SrcAddr", Source, source, "address of the source").rmon("Host").managed(marQueue),
		flowAddress("daddr", "DstAddr", Dest, destination, "address of the destination").managed(marBuffers),
		flowAddress("sname", "SrcName", Source, source, "address of the source, by name if there is one").managed(marQueue).wide(16),
		flowAddress("dname", "DstName", Dest, destination, "address of the destination, by name if there is one").managed(marBuffers).wide(16),
		flowAddress("laddr", "LocalAddr", NoSide, local, "address of the end that is nearer").managed(marQueue),
		flowAddress("raddr", "RemoteAddr", NoSide, remote, "address of the end that is farther").managed(marBuffers),
		address("snet", "SrcNet", Source, f, netOf(source), "classful network of the source").rmon("Net").managed(marQueue),
		address("dnet", "DstNet", Dest, f, netOf(destination), "classful network of the destination").managed(marClients),
		reserved("lnet", "LocalNet", 18, NoSide, ""),
		reserved("rnet", "RemoteNet", 18, NoSide, ""),
		portRow("sport", "Sport", Source, "port of the source; type of ICMP, service access point of LLC").managed(marDropped),
		portRow("dport", "Dport", Dest, "port of the destination; code of ICMP, service access point of LLC, SPI of ESP").managed(marClients),
		word("dir", "Dir", 5, TextValue, NoSide, Set(DSRMetrics, DSRNetwork, DSRFlow), appendDir, "arrow from who opened the flow; ? if that was not seen"),
		integer("icmpid", "IcmpId", 6, "", NoSide, f, icmpID, "identifier of an ICMP flow"),
		address("inode", "Inode", InnerNode, Set(DSRICMP), innerNode, "address of the node that sent the ICMP error mapped to the flow"),
		word("communityid", "CommunityId", 30, TextValue, NoSide, f, appendCommunityID, "community id, version 1, with seed 0: the same for both directions and in other programs").alias("community_id"),
		address("bssid", "Bssid", NoSide, f, bssid, "BSSID of an 802.11 flow"),
		word("ssid", "Ssid", 9, TextValue, NoSide, f, appendSSID, "SSID of an 802.11 flow"),
		address("sgreaddr", "GSrcAddr", Source, Set(DSRGRE), tunnelEnd(func(r *Record) *Flow { return &r.GRE().Outer }, false), "source of the GRE tunnel"),
		address("dgreaddr", "GDstAddr", Dest, Set(DSRGRE), tunnelEnd(func(r *Record) *Flow { return &r.GRE().Outer }, true), "destination of the GRE tunnel"),
		word("greproto", "GProto", 6, TextValue, NoSide, Set(DSRGRE), func(dst []byte, r *Record, o *TextOptions) []byte {
			return tunnelProto(dst, uint8(r.GRE().Protocol>>8), r.Has(DSRGRE), o)
		}, "name of the first octet of the protocol in the GRE tunnel, read as an IP protocol"),
		address("sgenaddr", "gSrcAddr", Source, Set(DSRGeneve), tunnelEnd(func(r *Record) *Flow { return &r.Geneve().Outer }, false), "source of the GENEVE tunnel"),
		address("dgenaddr", "gDstAddr", Dest, Set(DSRGeneve), tunnelEnd(func(r *Record) *Flow { return &r.Geneve().Outer }, true), "destination of the GENEVE tunnel"),
		word("genproto", "gProto", 6, TextValue, NoSide, Set(DSRGeneve), func(dst []byte, r *Record, o *TextOptions) []byte {
			return tunnelProto(dst, uint8(r.Geneve().Protocol), r.Has(DSRGeneve), o)
		}, "name of the last octet of the protocol in the GENEVE tunnel, read as an IP protocol"),
	}
}

// tunnelEnd gets an end of the key of a tunnel. It is shown as it is stored,
// whatever its REVERSE mark says, as the programs do.
func tunnelEnd(get func(*Record) *Flow, dst bool) func(*Record) (Endpoint, bool) {
	return func(r *Record) (Endpoint, bool) {
		f := get(r)
		e := f.Src
		if dst != (f.Stored != 0) {
			e = f.Dst
		}
		return e, e.IsValid()
	}
}

func tunnelProto(dst []byte, proto uint8, has bool, o *TextOptions) []byte {
	if !has {
		return dst
	}
	return o.protoName(dst, Proto(proto))
}

// appendProto writes the protocol of the flow.
func appendProto(dst []byte, r *Record, o *TextOptions) []byte {
	switch k := r.Kind(); {
	case k == Management:
		return append(dst, "man"...)
	case k == Event:
		return append(dst, "evt"...)
	}
	f := r.Flow()
	switch {
	case !r.Has(DSRFlow):
		return dst
	case f.Class == ClassLayer3 && f.IsIP():
		return append(dst, "ip"...)
	case f.IsIP() && !f.isARP():
		if f.Proto == ProtoUDP && o.words() {
			if name := mediaName(r); name != "" {
				return append(dst, name...)
			}
		}
		return o.protoName(dst, f.Proto)
	case f.Type == KeyARP:
		return o.wordOr(dst, "arp", 2054)
	case f.Type == KeyRARP:
		return o.wordOr(dst, "rarp", 32821)
	case f.Type == KeyISIS:
		return append(dst, "isis"...)
	case f.Type == KeyWLAN:
		return append(dst, "wlan"...)
	case f.Type == KeyEthernet || f.Type == KeyUDT:
		return o.etherType(dst, f.EtherType)
	}
	return dst
}

// isARP reports whether the key is of ARP or RARP.
func (f *Flow) isARP() bool { return f.Class == ClassARP || f.Type == KeyARP || f.Type == KeyRARP }

// mediaName is the protocol above UDP that the network DSR tells of.
func mediaName(r *Record) string {
	switch network(r).Kind {
	case NetworkRTP:
		if isRTP(r) {
			return "rtp"
		}
	case NetworkRTCP:
		return "rtcp"
	case NetworkUDT:
		return "udt"
	}
	return ""
}

// wordOr writes a word, or its number where numbers are wanted.
func (o *TextOptions) wordOr(dst []byte, word string, number int64) []byte {
	if o.words() {
		return append(dst, word...)
	}
	return appendInt(dst, number)
}

func (o *TextOptions) etherType(dst []byte, t uint16) []byte {
	if o.Names != nil && o.Names.EtherType != nil {
		if name := o.Names.EtherType(t); name != "" {
			return append(dst, name...)
		}
	}
	if o.Format != nil {
		return o.Format.append(dst, uint64(t))
	}
	return appendInt(dst, int64(t))
}

// appendEtherType writes the type in the frames, or what the key implies.
func appendEtherType(dst []byte, r *Record, o *TextOptions) []byte {
	const vlan, least = 0x8100, 1500
	m := r.MAC()
	if r.Has(DSRMAC) && m.EtherType != vlan {
		if m.EtherType < least {
			return o.etherType(dst, 0)
		}
		return o.etherType(dst, m.EtherType)
	}
	f := r.Flow()
	if !r.Has(DSRFlow) {
		return dst
	}
	switch {
	case f.Type == KeyARP:
		return o.etherType(dst, 0x0806)
	case f.Type == KeyRARP:
		return o.etherType(dst, 0x8035)
	case f.Type == KeyIPv4:
		return o.etherType(dst, 0x0800)
	case f.Type == KeyIPv6:
		return o.etherType(dst, 0x86DD)
	case f.Type == KeyISIS:
		return append(dst, "isis"...)
	case f.Type == KeyEthernet, f.Type == KeyUDT:
		return o.etherType(dst, f.EtherType)
	}
	return dst
}

// flowAddress is an end of the flow: an address, or what stands in its place.
func flowAddress(name, title string, side Side, get func(*Record) (Endpoint, bool), doc string) Attribute {
	a := address(name, title, side, Set(DSRFlow), get, doc)
	near := name == "laddr"
	a.Text = func(dst []byte, r *Record, o *TextOptions) []byte {
		f := r.Flow()
		e, isDst := &f.Src, side == Dest
		if side == NoSide {
			isDst = localIsDst(r) == near
		}
		if isDst {
			e = &f.Dst
		}
		if f.Type < KeyRARP && o.plainAddresses() { // nearly all
			switch e.family {
			case IPv4:
				return appendIPv4(dst, e.b[:4])
			case IPv6:
				return appendIPv6(dst, &e.b)
			}
		}
		if e, ok := get(r); ok {
			bits := f.SrcBits
			if isDst {
				bits = f.DstBits
			}
			return o.appendEndpoint(dst, e, bits)
		}
		if r.Kind() == Event && !isDst {
			return o.appendSourceID(dst, &r.Transport().ID)
		}
		if f.Type == KeyISIS && r.Has(DSRFlow) {
			return f.ISIS.append(dst, isDst)
		}
		return dst
	}
	return a
}

// source gets the address of the source. The ends of an RARP flow are hardware
// addresses: who asks, then whose address is asked for.
func source(r *Record) (Endpoint, bool) {
	f := r.Flow()
	switch {
	case f.Type == KeyRARP:
		return EndpointFromMAC(MAC(f.ARP.Addr2[:6])), true
	case f.Type == KeyISIS, f.Type == KeyLCP: // have no addresses of this kind
		return Endpoint{}, false
	}
	return f.Src, f.Src.IsValid()
}

func destination(r *Record) (Endpoint, bool) {
	f := r.Flow()
	switch {
	case f.Type == KeyRARP:
		return EndpointFromMAC(MAC(f.ARP.Addr[:6])), true
	case f.Type == KeyISIS, f.Type == KeyLCP:
		return Endpoint{}, false
	}
	return f.Dst, f.Dst.IsValid()
}

// localIsDst reports whether the destination is the nearer end.
func localIsDst(r *Record) bool { l := r.Local(); return r.Has(DSRLocal) && l.Src < l.Dst }

func local(r *Record) (Endpoint, bool) {
	if localIsDst(r) {
		return destination(r)
	}
	return source(r)
}

func remote(r *Record) (Endpoint, bool) {
	if localIsDst(r) {
		return source(r)
	}
	return destination(r)
}

// netOf gets the network that an IPv4 address is in by the old classes; of
// others the address itself.
func netOf(get func(*Record) (Endpoint, bool)) func(*Record) (Endpoint, bool) {
	return func(r *Record) (Endpoint, bool) {
		e, ok := get(r)
		if ok && e.family == IPv4 {
			return e.Mask(classBits(e.b[0])), true
		}
		return e, ok
	}
}

func classBits(first byte) int {
	switch {
	case first < 0x80:
		return 8
	case first < 0xC0:
		return 16
	case first < 0xE0:
		return 24
	case first < 0xF0:
		return 32
	}
	return 0
}

// append writes a system, node or LSP id, as the kind of packet has it: the
// source's, or what is known of the other end.
func (k *ISISKey) append(dst []byte, isDst bool) []byte {
	switch k.PDU {
	case 15, 16, 17:
		if isDst {
			return appendISO(dst, k.ID[6:13])
		}
		return appendISO(dst, k.ID[:6])
	case 18, 20:
		if isDst {
			v := uint64(k.ID[8])<<24 | uint64(k.ID[9])<<16 | uint64(k.ID[10])<<8 | uint64(k.ID[11])
			return appendHex(dst, v, 8)
		}
		return appendISO(dst, k.ID[:8])
	case 24, 25, 26, 27:
		if !isDst {
			return appendISO(dst, k.ID[:7])
		}
	}
	return dst
}

// appendISO writes an id of IS-IS: six bytes of a system, one more for a node,
// one more for a fragment of its link state.
func appendISO(dst, id []byte) []byte {
	const digits = "0123456789abcdef"
	for i, b := range id {
		switch {
		case i == 7:
			dst = append(dst, '-')
		case i > 0 && i%2 == 0:
			dst = append(dst, '.')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

// icmpID gets the identifier of the key.
func icmpID(r *Record) (int64, bool) {
	f := r.Flow()
	return int64(f.ICMPID), f.isICMP() && r.Has(DSRFlow)
}

func (f *Flow) isICMP() bool {
	return f.Src.family == IPv4 && f.Proto == ProtoICMP || f.Src.family == IPv6 && f.Proto == ProtoICMP6
}

func innerNode(r *Record) (Endpoint, bool) {
	m := r.ICMPMapped()
	if !r.Has(DSRICMP) || m.Qualifier&7 == 0 || r.Flow().Src.family != IPv4 {
		return Endpoint{}, false
	}
	return EndpointFrom4(m.OuterSrc), true
}

func bssid(r *Record) (Endpoint, bool) {
	f := r.Flow()
	if f.Type != KeyWLAN || !r.Has(DSRFlow) {
		return Endpoint{}, false
	}
	return EndpointFromMAC(f.WLAN.BSSID), true
}

func appendSSID(dst []byte, r *Record, _ *TextOptions) []byte {
	f := r.Flow()
	if f.Type != KeyWLAN || !r.Has(DSRFlow) {
		return dst
	}
	ssid := f.WLAN.SSID[:]
	if i := bytes.IndexByte(ssid, 0); i >= 0 {
		ssid = ssid[:i]
	}
	return append(dst, ssid...)
}
