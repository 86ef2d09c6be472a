package record

// timeRows are the times and durations of a record.
func timeRows() []Attribute {
	t := Set(DSRTime)
	return []Attribute{
		moment("stime", "StartTime", Both, startTime, "time of the first packet").orZero(),
		moment("ltime", "LastTime", Both, lastTime, "time of the last packet").orZero(),
		moment("sstime", "SrcStartTime", Source, sideTime(func(t *Times) int64 { return t.Src.Start }, true), "time of the first packet of the source"),
		moment("sltime", "SrcLastTime", Source, sideTime(func(t *Times) int64 { return t.Src.End }, false), "time of the last packet of the source"),
		moment("dstime", "DstStartTime", Dest, sideTime(func(t *Times) int64 { return t.Dst.Start }, true), "time of the first packet of the destination").orZero(),
		moment("dltime", "DstLastTime", Dest, sideTime(func(t *Times) int64 { return t.Dst.End }, false), "time of the last packet of the destination").orZero(),
		duration("dur", "Dur", 10, Both, t, span((*Times).Duration), "time from the first to the last packet").orZero(),
		duration("sdur", "SrcDur", 10, Source, t, span(func(t *Times) int64 { return t.Src.Duration() }), "time from the first to the last packet of the source").orZero(),
		duration("ddur", "DstDur", 10, Dest, t, span(func(t *Times) int64 { return t.Dst.Duration() }), "time from the first to the last packet of the destination").orZero(),
		relativeTime(),
	}
}

func startTime(r *Record) (int64, bool) {
	if r.Kind() == Management {
		return r.Management().StartTime, true
	}
	v := r.Times().Start()
	return v, r.Has(DSRTime)
}

func lastTime(r *Record) (int64, bool) {
	if r.Kind() == Management {
		return r.Management().Now, true
	}
	v := r.Times().End()
	return v, r.Has(DSRTime)
}

// sideTime gets the start or end of one side. A management record has the same
// for both.
func sideTime(get func(*Times) int64, start bool) func(*Record) (int64, bool) {
	whole := lastTime
	if start {
		whole = startTime
	}
	return func(r *Record) (int64, bool) {
		if r.Kind() == Management {
			return whole(r)
		}
		v := get(r.Times())
		return v, v != 0
	}
}

// span gets a duration; that of a management record is the time it covers.
func span(get func(*Times) int64) func(*Record) (int64, bool) {
	return func(r *Record) (int64, bool) {
		if r.Kind() == Management {
			m := r.Management()
			return m.Now - m.StartTime, true
		}
		v := get(r.Times())
		return v, r.Has(DSRTime)
	}
}

// relativeTime is the start relative to that of the first record printed.
func relativeTime() Attribute {
	a := duration("rtime", "RelTime", 12, Both, Set(DSRTime), startTime, "start relative to the first record that is printed; as a number the start itself")
	a.Text = func(dst []byte, r *Record, o *TextOptions) []byte {
		v, ok := startTime(r)
		if !ok || o.Position == nil {
			return dst
		}
		return appendDuration(dst, v-o.Position.Origin, o.digits())
	}
	return a
}

// trafficRows are the counters, and the rates and ratios made of them.
func trafficRows() []Attribute {
	m, mt := Set(DSRMetrics), Set(DSRMetrics, DSRTime)
	return []Attribute{
		integer("pkts", "TotPkts", 8, "packet", Both, m, packets, "packets of both sides").abbreviated().percent("pTotPkts", "").managed(marPackets),
		integer("spkts", "SrcPkts", 8, "packet", Source, m, srcPackets, "packets of the source").rmon("OutPkts").abbreviated().percent("pSrcPkts", "").managed(marPackets),
		integer("dpkts", "DstPkts", 8, "packet", Dest, m, dstPackets, "packets of the destination").rmon("InPkts").abbreviated().percent("pDstPkts", "").managed(func(m *ManagementInfo) int64 { return int64(m.Records) }),
		integer("bytes", "TotBytes", 10, "byte", Both, m, octets, "bytes of both sides, link headers included").abbreviated().percent("pTotBytes", "").managed(marMemory),
		integer("sbytes", "SrcBytes", 12, "byte", Source, m, srcOctets, "bytes of the source, link headers included").rmon("OutBytes").abbreviated().percent("pSrcBytes", "").managed(func(m *ManagementInfo) int64 { return int64(m.Bytes) }),
		integer("dbytes", "DstBytes", 12, "byte", Dest, m, dstOctets, "bytes of the destination, link headers included").rmon("InBytes").abbreviated().percent("pDstBytes", "").managed(marDropped),
		integer("appbytes", "TotAppBytes", 10, "byte", Both, m, payload, "bytes above the transport header of both sides").abbreviated().percent("pAppBytes", "").managed(marMemory),
		integer("sappbytes", "SAppBytes", 12, "byte", Source, m, srcPayload, "bytes above the transport header of the source").rmon("OAppBytes").abbreviated().percent("pSAppBytes", "").managed(marBuffers),
		integer("dappbytes", "DAppBytes", 12, "byte", Dest, m, dstPayload, "bytes above the transport header of the destination").rmon("IAppBytes").abbreviated().percent("pDAppBytes", "").managed(marQueue),

		decimal("load", "Load", 8, "bit/s", Both, mt, load, "bits per second of both sides").orZero().abbreviated(),
		decimal("sload", "SrcLoad", 8, "bit/s", Source, mt, srcLoad, "bits per second of the source").orZero().abbreviated(),
		decimal("dload", "DstLoad", 8, "bit/s", Dest, mt, dstLoad, "bits per second of the destination").orZero().abbreviated(),
		decimal("rate", "Rate", 12, "packet/s", Both, mt, rate, "packets per second of both sides").orZero().abbreviated(),
		decimal("srate", "SrcRate", 12, "packet/s", Source, mt, srcRate, "packets per second of the source").orZero().abbreviated(),
		decimal("drate", "DstRate", 12, "packet/s", Dest, mt, dstRate, "packets per second of the destination").orZero().abbreviated(),

		ratioRow("pcr", "PCRatio"),
		ratioRow("abr", "ABRatio"),
		decimal("tf", "TF", 12, "ratio", Both, m, fon(DSRMetrics, func(r *Record) float64 { m := r.Metrics(); return quotient(m.AppBytes(), m.Bytes()) }), "application bytes over all bytes"),
		decimal("stf", "STF", 12, "ratio", Source, m, fon(DSRMetrics, func(r *Record) float64 { c := &r.Metrics().Src; return quotient(c.AppBytes, c.Bytes) }), "application bytes over all bytes of the source"),
		decimal("dtf", "DTF", 12, "ratio", Dest, m, fon(DSRMetrics, func(r *Record) float64 { c := &r.Metrics().Dst; return quotient(c.AppBytes, c.Bytes) }), "application bytes over all bytes of the destination"),
		decimal("smeansz", "sMeanPktSz", 12, "byte", Source, m, fon(DSRMetrics, func(r *Record) float64 { c := &r.Metrics().Src; return quotient(c.Bytes, c.Packets) }), "mean packet size of the source").orZero().abbreviated(),
		decimal("dmeansz", "dMeanPktSz", 12, "byte", Dest, m, fon(DSRMetrics, func(r *Record) float64 { c := &r.Metrics().Dst; return quotient(c.Bytes, c.Packets) }), "mean packet size of the destination").orZero().abbreviated(),
	}
}

func marPackets(m *ManagementInfo) int64 { return int64(m.Packets) }
func marMemory(m *ManagementInfo) int64  { return int64(m.Memory) }
func marDropped(m *ManagementInfo) int64 { return int64(m.Dropped) }
func marBuffers(m *ManagementInfo) int64 { return int64(m.Buffers) }
func marQueue(m *ManagementInfo) int64   { return int64(m.Queue) }
func marClients(m *ManagementInfo) int64 { return int64(m.Clients) }

// Counters are got by a function each: they are in every row of every program.

func packets(r *Record) (int64, bool) {
	m := r.Metrics()
	return int64(m.Src.Packets + m.Dst.Packets), r.Has(DSRMetrics)
}

func octets(r *Record) (int64, bool) {
	m := r.Metrics()
	return int64(m.Src.Bytes + m.Dst.Bytes), r.Has(DSRMetrics)
}

func payload(r *Record) (int64, bool) {
	m := r.Metrics()
	return int64(m.Src.AppBytes + m.Dst.AppBytes), r.Has(DSRMetrics)
}

func srcPackets(r *Record) (int64, bool) { return int64(r.Metrics().Src.Packets), r.Has(DSRMetrics) }
func dstPackets(r *Record) (int64, bool) { return int64(r.Metrics().Dst.Packets), r.Has(DSRMetrics) }
func srcOctets(r *Record) (int64, bool)  { return int64(r.Metrics().Src.Bytes), r.Has(DSRMetrics) }
func dstOctets(r *Record) (int64, bool)  { return int64(r.Metrics().Dst.Bytes), r.Has(DSRMetrics) }
func srcPayload(r *Record) (int64, bool) { return int64(r.Metrics().Src.AppBytes), r.Has(DSRMetrics) }
func dstPayload(r *Record) (int64, bool) { return int64(r.Metrics().Dst.AppBytes), r.Has(DSRMetrics) }

// n packets span n-1 gaps: rates count the gaps, loads leave out the bytes of
// one packet of average size.

func rate(r *Record) (float64, bool) {
	m, t := r.Metrics(), r.Times()
	return perSecond(m.Packets(), t.Duration()), r.timed()
}

func srcRate(r *Record) (float64, bool) {
	m, t := r.Metrics(), r.Times()
	return perSecond(m.Src.Packets, t.sideOrWhole(&t.Src)), r.timed()
}

func dstRate(r *Record) (float64, bool) {
	m, t := r.Metrics(), r.Times()
	return perSecond(m.Dst.Packets, t.sideOrWhole(&t.Dst)), r.timed()
}

func srcLoad(r *Record) (float64, bool) {
	m, t := r.Metrics(), r.Times()
	return sideLoad(&m.Src, t.sideOrWhole(&t.Src)), r.timed()
}

func dstLoad(r *Record) (float64, bool) {
	m, t := r.Metrics(), r.Times()
	return sideLoad(&m.Dst, t.sideOrWhole(&t.Dst)), r.timed()
}

func load(r *Record) (float64, bool) {
	m, t := r.Metrics(), r.Times()
	whole := t.Duration()
	if whole == 0 {
		return 0, r.timed()
	}
	src, dst := t.sideOrWhole(&t.Src), t.sideOrWhole(&t.Dst)
	return (sideLoad(&m.Src, src)*float64(src) + sideLoad(&m.Dst, dst)*float64(dst)) / float64(whole), r.timed()
}

// timed reports whether the record has what rates are made of.
func (r *Record) timed() bool {
	const both = 1<<DSRMetrics | 1<<DSRTime
	return r.have&both == both
}

// sideOrWhole is the duration of a side, or of the flow where the side has none.
func (t *Times) sideOrWhole(s *Span) int64 {
	if d := s.Duration(); d != 0 {
		return d
	}
	return t.Duration()
}

func perSecond(packets uint64, ns int64) float64 {
	if packets < 2 || ns == 0 {
		return 0
	}
	return float64(packets-1) * second / float64(ns)
}

func sideLoad(c *Counters, ns int64) float64 {
	if c.Packets < 2 || ns == 0 {
		return 0
	}
	return 8 * float64(c.Bytes-c.Bytes/c.Packets) * second / float64(ns)
}

func quotient(a, b uint64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// ratioRow is the producer consumer ratio, which has two names.
func ratioRow(name, title string) Attribute {
	return decimal(name, title, 10, "ratio", Both, Set(DSRMetrics), func(r *Record) (float64, bool) {
		src, dst := float64(r.Metrics().Src.AppBytes), float64(r.Metrics().Dst.AppBytes)
		if r.Kind() != FlowRecord {
			return 0, false
		}
		if src+dst == 0 {
			return 0, true
		}
		return (src - dst) / (src + dst), true
	}, "producer consumer ratio: -1 the source only receives, 1 it only sends application bytes")
}

// lossRows are losses and what else UDT counts.
func lossRows() []Attribute {
	n := Set(DSRNetwork, DSRMetrics)
	rows := []Attribute{
		integer("loss", "Loss", 10, "packet", Both, n, lossOf(Both), "packets lost or sent again by both sides").orZero().percent("pLoss", "ploss").managed(marDropped),
		integer("sloss", "SrcLoss", 10, "packet", Source, n, lossOf(Source), "packets of the source lost or sent again").orZero().percent("pSrcLoss", "sploss"),
		integer("dloss", "DstLoss", 10, "packet", Dest, n, lossOf(Dest), "packets of the destination lost or sent again").orZero().percent("pDstLoss", "dploss"),
		decimal("ploss", "pLoss", 8, "percent", Both, n, percentLost(Both), "lost packets in percent of those sent").orZero(),
		decimal("sploss", "pSrcLoss", 10, "percent", Source, n, percentLost(Source), "lost packets of the source in percent of those it sent").orZero(),
		decimal("dploss", "pDstLoss", 10, "percent", Dest, n, percentLost(Dest), "lost packets of the destination in percent of those it sent").orZero(),
	}
	for _, c := range []struct {
		name, title string
		word        int // of the source block of a UDT DSR
		doc         string
	}{
		{"retrans", "Retrans", 15, "retransmitted packets (UDT alone; of TCP see loss)"},
		{"nacks", "Nacks", 16, "negative acknowledgements (UDT alone)"},
		{"solo", "Solo", 10, "packets sent once (UDT alone)"},
		{"first", "First", 11, "first transmissions (UDT alone)"},
	} {
		for _, side := range []struct {
			side          Side
			prefix, title string
			width         int
			of            string
		}{{Both, "", "", 7, ""}, {Source, "s", "Src", 8, " of the source"}, {Dest, "d", "Dst", 8, " of the destination"}} {
			get := udtCount(side.side, c.word)
			name, percent := side.prefix+c.name, side.prefix+"p"+c.name
			title := side.title + c.title
			rows = append(rows,
				integer(name, title, side.width, "packet", side.side, Set(DSRNetwork), get, c.doc+side.of).orZero().percent("p"+title, percent),
				decimal(percent, "p"+title, side.width, "percent", side.side, n, percentOf(side.side, get), "in percent of packets: "+c.doc+side.of).orZero())
		}
	}
	return rows
}

// Places of the words of the source block of a UDT DSR.
const (
	udtBufferSize = 7
	udtDrops      = 14
)

// isRTP reports whether the network DSR tells of a media stream that is long
// enough for readers to believe it: 5 packets of one side.
func isRTP(r *Record) bool {
	n := network(r)
	if n.Kind != NetworkRTP || r.Flow().Proto != ProtoUDP {
		return false
	}
	m := r.Metrics()
	return m.Src.Packets >= 5 || m.Dst.Packets >= 5
}

// lossOf gets the lost packets of one side or both.
func lossOf(side Side) func(*Record) (int64, bool) {
	return func(r *Record) (int64, bool) {
		src, dst := losses(r)
		switch side {
		case Source:
			return src, true
		case Dest:
			return dst, true
		}
		if network(r).Kind == NetworkESP {
			return max(src, dst), true // one count, that of the flow
		}
		return src + dst, true
	}
}

// losses are the packets that each side lost, as far as its protocol tells.
func losses(r *Record) (src, dst int64) {
	n, m := network(r), r.Metrics()
	switch {
	case n.IsTCP():
		if n.TCP.State == 0 || r.Flow().Proto != ProtoTCP {
			return 0, 0
		}
		src, dst = int64(n.TCP.Src.Retrans), int64(n.TCP.Dst.Retrans)
	case isRTP(r):
		return int64(n.RTP.Src.Drops), int64(n.RTP.Dst.Drops)
	case n.Kind == NetworkUDT:
		return int64(n.UDT.Src[udtDrops]), 0
	case n.Kind == NetworkESP:
		src, dst = int64(n.ESP.Lost), int64(n.ESP.Lost)
	}
	if m.Src.Packets == 0 {
		src = 0
	}
	if m.Dst.Packets == 0 {
		dst = 0
	}
	return src, dst
}

func sidePackets(r *Record, side Side) uint64 {
	m := r.Metrics()
	switch side {
	case Source:
		return m.Src.Packets
	case Dest:
		return m.Dst.Packets
	}
	return m.Packets()
}

// percentLost is the part that was lost of what was sent, the lost included.
func percentLost(side Side) func(*Record) (float64, bool) {
	get := lossOf(side)
	return func(r *Record) (float64, bool) {
		lost, _ := get(r)
		p := sidePackets(r, side)
		if p == 0 || lost <= 0 {
			return 0, r.Has(DSRMetrics)
		}
		return 100 * float64(lost) / (float64(p) + float64(lost)), true
	}
}

// percentOf is a count in percent of the packets.
func percentOf(side Side, get func(*Record) (int64, bool)) func(*Record) (float64, bool) {
	return func(r *Record) (float64, bool) {
		v, _ := get(r)
		p := sidePackets(r, side)
		if p == 0 {
			return 0, r.Has(DSRMetrics)
		}
		return 100 * float64(v) / float64(p), true
	}
}

// udtCount gets a word of the source block of UDT; of the destination there is
// none.
func udtCount(side Side, word int) func(*Record) (int64, bool) {
	return func(r *Record) (int64, bool) {
		n := network(r)
		if n.Kind != NetworkUDT || side == Dest {
			return 0, n.Kind == NetworkUDT
		}
		return int64(n.UDT.Src[word]), true
	}
}
