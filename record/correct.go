package record

// CorrectOptions say which records [Record.Correct] turns round. The zero value
// turns none: a record is read as it is stored unless a user asks otherwise
// (RA_RECORD_CORRECTION, RA_PORT_DIRECTION, RA_LOCAL_DIRECTION).
type CorrectOptions struct {
	// Evidence turns round what the record itself shows to be stored the wrong
	// way: a TCP connection of which only the SYN-ACK was seen and more, and an
	// ICMP exchange whose answer was seen first.
	Evidence bool

	// WellKnown and Service say which ports belong to servers: those below
	// 1024, those that a function knows. Flows without a SYN or SYN-ACK whose
	// source is a server and whose destination is none are turned round; if both
	// are servers, those from the lower port.
	WellKnown bool
	Service   func(p Proto, port uint16) bool

	// Registered says that ports up to 49151 belong to servers too. It decides
	// flows of which neither port is of a server by WellKnown and Service.
	Registered bool

	// UDP applies the ports to UDP too, as clients of version 5 do. Those of
	// version 3 do it for TCP alone.
	UDP bool

	// Local says which addresses are of the own network. Flows that no other
	// rule decides are turned round if the destination is local and the source
	// is not (LocalSource), or the other way round (LocalDestination). LocalFirst
	// says that this decides before all other rules.
	Local      func(Endpoint) bool
	LocalSide  LocalSide
	LocalFirst bool
}

// LocalSide says where local addresses shall stand.
type LocalSide uint8

// The sides for local addresses.
const (
	LocalAnywhere LocalSide = iota
	LocalSource
	LocalDestination
)

// Correct turns the record round, as [Record.Reverse] does, if the options say
// that source and destination stand the wrong way (format, "Direction"). It
// reports whether it did. Records of no IP flow and records that were turned
// round before are left alone.
func (r *Record) Correct(o *CorrectOptions) bool {
	if !r.IsFlow() || r.Reversed() || !r.Has(DSRFlow) {
		return false
	}
	f := r.Flow()
	if !f.IsIP() || f.Class != ClassFiveTuple || !o.wrong(r, f) {
		return false
	}
	r.Reverse()
	return true
}

func (o *CorrectOptions) wrong(r *Record, f *Flow) bool {
	if o.LocalFirst {
		if src, dst := o.ends(f); src != dst {
			return o.local(f)
		}
	}
	switch f.Proto {
	case ProtoTCP:
		if f.Direction { // a client corrected it before it wrote it
			return false
		}
		var s TCPStatus
		if n := r.Network(); n.IsTCP() {
			s = n.TCP.Status
		}
		if s&TCPSyn != 0 {
			return false
		}
		if s&TCPSynAck != 0 {
			return o.Evidence && s&(TCPEstablished|TCPFin|TCPFinAck|TCPNormalClose) != 0
		}
	case ProtoUDP:
		if !o.UDP {
			return o.local(f)
		}
	case ProtoICMP:
		if f.Direction && r.Network().Kind == NetworkICMP {
			return o.Evidence
		}
		return false
	default:
		return o.local(f)
	}
	src, dst := o.isServer(f.Proto, f.SrcPort), o.isServer(f.Proto, f.DstPort)
	switch {
	case src && dst:
		return f.SrcPort < f.DstPort
	case src != dst:
		return src
	}
	if o.Registered {
		src, dst := f.SrcPort != 0 && f.SrcPort <= lastRegistered, f.DstPort != 0 && f.DstPort <= lastRegistered
		switch {
		case src && dst:
			return f.SrcPort < f.DstPort
		case src != dst:
			return src
		}
	}
	return o.local(f)
}

const lastRegistered = 49151

func (o *CorrectOptions) isServer(p Proto, port uint16) bool {
	if port == 0 {
		return false
	}
	return o.WellKnown && port < 1024 || o.Service != nil && o.Service(p, port)
}

// ends tells which ends are local, if it matters.
func (o *CorrectOptions) ends(f *Flow) (src, dst bool) {
	if o.Local == nil || o.LocalSide == LocalAnywhere {
		return false, false
	}
	return o.Local(f.Src), o.Local(f.Dst)
}

func (o *CorrectOptions) local(f *Flow) bool {
	src, dst := o.ends(f)
	if o.LocalSide == LocalSource {
		return dst && !src
	}
	return src && !dst
}
