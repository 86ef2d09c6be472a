package record

// portRow is a port of the flow, or what stands in its place.
func portRow(name, title string, side Side, doc string) Attribute {
	get := portOf(side)
	a := integer(name, title, 6, "", side, Set(DSRFlow), func(r *Record) (int64, bool) {
		p := get(r)
		return int64(p.number), p.form != noPort
	}, doc)
	a.Kind = PortValue
	a.Left = true
	a.Joins = map[Side]string{Source: "saddr", Dest: "daddr"}[side]
	isDst := side == Dest
	a.Text = func(dst []byte, r *Record, o *TextOptions) []byte {
		f := r.Flow()
		if f.hasPorts() && o.plainPorts() { // nearly all
			number := f.SrcPort
			if isDst {
				number = f.DstPort
			}
			if number == 0 && !o.ZeroPorts {
				return dst
			}
			return appendUint(dst, uint64(number))
		}
		p := get(r)
		return p.append(dst, o)
	}
	return a
}

// hasPorts reports whether the ports of the key are those of TCP or UDP.
func (f *Flow) hasPorts() bool {
	return (f.Proto == ProtoTCP || f.Proto == ProtoUDP) && f.Type <= KeyIPv6 && !f.Fragment && f.Class != ClassARP && f.Class != ClassLayer3
}

// plainPorts reports whether ports are numbers alone.
func (o *TextOptions) plainPorts() bool {
	return o.Format == nil && (o.Names == nil || o.Names.Port == nil)
}

// port is what stands in the place of a port.
type port struct {
	form   portForm
	proto  Proto
	number uint32
	kind   uint8 // of an ICMP code: the type
}

type portForm uint8

const (
	noPort       portForm = iota
	plainPort             // of TCP, UDP and the like
	icmpTypePort          // the type of ICMP
	icmpCodePort
	icmp6Port // type or code of ICMPv6
	sapPort
	spiPort
	checksumPort
)

// portOf gets the port of one side.
func portOf(side Side) func(*Record) port {
	dst := side == Dest
	return func(r *Record) port {
		f := r.Flow()
		if !r.Has(DSRFlow) {
			return port{}
		}
		return f.port(dst)
	}
}

func (f *Flow) port(dst bool) port {
	switch {
	case f.isARP():
		return port{}
	case f.isICMP():
		return f.icmpPort(dst)
	case f.IsIP() && f.Proto == ProtoESP:
		if !dst {
			return port{}
		}
		return port{form: spiPort, number: f.SPI}
	case f.IsIP() && f.Class != ClassLayer3:
		return f.plainPort(dst)
	case f.Type == KeyEthernet:
		if dst {
			return port{form: sapPort, number: uint32(f.DstSAP)}
		}
		return port{form: sapPort, number: uint32(f.SrcSAP &^ 1)} // bit 0 tells command from response
	case f.Type == KeyISIS && dst:
		return port{form: checksumPort, number: f.ISIS.Checksum}
	}
	return port{}
}

// plainPort is the port of TCP and UDP; of other protocols there is none, which
// prints as port 0 does. In the place of the ports a flow of IPv6 fragments has
// their identification.
func (f *Flow) plainPort(dst bool) port {
	p := port{form: plainPort, proto: f.Proto}
	switch {
	case f.Proto != ProtoTCP && f.Proto != ProtoUDP:
	case f.Fragment && f.Src.family == IPv6:
		if dst != (f.Stored != 0) {
			p.number = f.FragID & 0xFFFF
		} else {
			p.number = f.FragID >> 16
		}
	case dst:
		p.number = uint32(f.DstPort)
	default:
		p.number = uint32(f.SrcPort)
	}
	return p
}

func (f *Flow) icmpPort(dst bool) port {
	number := f.ICMPType
	form := icmpTypePort
	if dst {
		number, form = f.ICMPCode, icmpCodePort
	}
	if f.Proto == ProtoICMP6 {
		form = icmp6Port
	}
	return port{form: form, number: uint32(number), kind: f.ICMPType}
}

// append writes the name if names are wanted and there is one, else the number.
func (p port) append(dst []byte, o *TextOptions) []byte {
	switch {
	case p.form == noPort:
		return dst
	case p.form == spiPort:
		if o.Plain {
			return appendHex(dst, uint64(p.number), 1)
		}
		return appendHex(dst, uint64(p.number), 8)
	case p.form == checksumPort:
		return appendHex(dst, uint64(p.number), 1)
	case p.number == 0 && !o.ZeroPorts:
		return dst
	}
	if name := p.name(o.Names); name != "" {
		return append(dst, name...)
	}
	if p.form == icmpCodePort && o.Names != nil && o.Names.ICMPCode != nil {
		return dst // codes that have no name have no meaning
	}
	switch {
	case o.Format != nil:
		return o.Format.append(dst, uint64(p.number))
	case p.form == icmpTypePort || p.form == icmpCodePort:
		return appendHex(dst, uint64(p.number), 4)
	case p.form == sapPort && o.Names != nil && o.Names.SAP != nil:
		return appendHex(dst, uint64(p.number), 2)
	}
	return appendInt(dst, int64(p.number))
}

func (p port) name(n *Names) string {
	if n == nil {
		return ""
	}
	switch {
	case p.form == plainPort && n.Port != nil:
		return n.Port(p.proto, uint16(p.number))
	case p.form == sapPort && n.SAP != nil:
		return n.SAP(uint8(p.number))
	case p.form == icmpTypePort && n.ICMPType != nil:
		return n.ICMPType(uint8(p.number))
	case p.form == icmpCodePort && n.ICMPCode != nil:
		return n.ICMPCode(p.kind, uint8(p.number))
	}
	return ""
}

// Port returns the number that stands in the place of the source's or the
// destination's port: the port of TCP and UDP, type and code of ICMP, the
// service access points of LLC, the SPI of ESP, the checksum of IS-IS. It
// reports false where the flow has nothing of the kind.
func (f *Flow) Port(side Side) (uint32, bool) {
	p := f.port(side == Dest)
	return p.number, p.form != noPort
}
