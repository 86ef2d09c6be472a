package record

// planNetwork: states of TCP are united in their form; states of different
// protocols are dropped.
func (p *merging) planNetwork() bool {
	x, y := p.held(placeNetwork), p.theirs(DSRNetwork)
	if y == nil || NetworkKind(y[1]) == NetworkNone {
		return x == nil || !isTCP(NetworkKind(x[1])) || !p.uncovers()
	}
	other := NetworkKind(y[1])
	if x == nil || NetworkKind(x[1]) == NetworkNone {
		return !isTCP(other) || p.proto != ProtoTCP
	}
	kind := NetworkKind(x[1])
	switch {
	case !soundNetwork(x) || !soundNetwork(y):
		return false
	case isTCP(kind) && isTCP(other):
		return p.planTCP(x, y)
	case kind != other:
		p.dropNetwork = true
	}
	return true
}

// uncovers reports whether b brings the first packets of a side.
func (p *merging) uncovers() bool {
	m := p.b.Metrics()
	return p.t.src.Packets == 0 && m.Src.Packets > 0 || p.t.dst.Packets == 0 && m.Dst.Packets > 0
}

func isTCP(k NetworkKind) bool { return k >= NetworkTCPInit && k <= NetworkTCPPerf }

// soundNetwork reports whether a network DSR is of those kinds that are either
// summed as TCP or kept from the first record, and long enough.
func soundNetwork(b []byte) bool {
	switch k := NetworkKind(b[1]); k {
	case NetworkICMP:
		return len(b) >= 4*icmpWords
	case NetworkISIS:
		return true
	default:
		return isTCP(k)
	}
}

// planTCP merges decoded states.
func (p *merging) planTCP(x, y []byte) bool {
	kind, other := NetworkKind(x[1]), NetworkKind(y[1])
	if kind != other && kind != NetworkTCPPerf {
		return false // it becomes longer
	}
	v := p.b.Version()
	t, u := &p.tcp, new(TCP)
	if !t.decode(x, v) || !u.decode(y, v) {
		return false
	}
	m, src, dst := p.b.Metrics(), p.t.src.Packets, p.t.dst.Packets
	if p.t.has&tallyMetrics != 0 {
		t.cover(src, dst)
	}
	if p.b.have&(1<<DSRMetrics) != 0 {
		u.cover(m.Src.Packets, m.Dst.Packets)
	}
	t.merge(u, kind, other, p.same, p.later)
	t.uncover(src+m.Src.Packets, dst+m.Dst.Packets)
	p.network, p.form = x, storedForm(kind, x[2], uint8(len(x)/4), v)
	return true
}
