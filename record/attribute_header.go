package record

import (
	"bytes"
	"encoding/binary"
)

// headerRows are the record itself: who wrote it, why, and where it stands.
func headerRows() []Attribute {
	t := Set(DSRTransport)
	return []Attribute{
		word("srcid", "SrcId", 18, TextValue, NoSide, t, appendSource, "id of the sensor, and its interface"),
		word("sid", "Sid", 18, TextValue, NoSide, t, appendSID, "id of the sensor"),
		word("node", "Node", 8, TextValue, NoSide, t, appendNode, "id of the sensor, or its alias"),
		word("inf", "Inf", 4, TextValue, NoSide, t, appendInterface, "interface of the sensor"),
		integer("seq", "Seq", 12, "", NoSide, t, func(r *Record) (int64, bool) { t := r.Transport(); return int64(t.Seq), t.HasSeq }, "sequence number").managed(func(m *ManagementInfo) int64 { return int64(m.NextSeq) }),
		word("status", "Status", 4, TextValue, NoSide, 0, appendStatus, "up, down or fault: of the sensor, by a management record"),
		word("cause", "Cause", 7, TextValue, NoSide, 0, appendCause, "why the record was written: Start, Status, Stop, Timeout, ..."),
		word("type", "Type", 4, TextValue, NoSide, 0, appendType, "kind of record: flow, man, evnt, nflo, aflo"),
		word("dsrs", "Dsrs", 32, TextValue, NoSide, 0, appendDSRs, "the data-specific records that it has"),
		integer("offset", "Offset", 12, "byte", NoSide, 0, noNumber, "place of the record in its file").at(func(p *Position) int64 { return p.Offset }),
		integer("rank", "Rank", 6, "", NoSide, 0, noNumber, "running number of printed records").at(func(p *Position) int64 { return p.Rank }).centered(),
		integer("autoid", "AutoId", 6, "", NoSide, 0, noNumber, "row of a database, 0 elsewhere").orZero(),
		integer("score", "Score", 5, "", NoSide, Set(DSRScore), score, "score of the record").orZero(),
		hashRow("hash", "Hash", func(h *Hash) uint32 { return h.Hash }, "hash of the flow key"),
		hashRow("ind", "Index", func(h *Hash) uint32 { return h.Index }, "place of the flow in the sensor's table"),
		reserved("bins", "Bins", 6, NoSide, "").centered(),
		reserved("binnum", "Bin", 6, NoSide, "").centered(),
		reserved("srng", "SRange", 6, NoSide, ""),
		reserved("erng", "ERange", 6, NoSide, ""),
	}
}

func noNumber(*Record) (int64, bool) { return 0, false }

// at makes the text the place of the record, which the options hold.
func (a Attribute) at(get func(*Position) int64) Attribute {
	a.Text = func(dst []byte, _ *Record, o *TextOptions) []byte {
		if o.Position == nil {
			return append(dst, '0')
		}
		return appendInt(dst, get(o.Position))
	}
	return a
}

// appendSourceID writes the id of a sensor by its kind.
func (o *TextOptions) appendSourceID(dst []byte, id *SourceID) []byte {
	b := id.Bytes[:]
	switch id.Kind {
	case IDInt:
		return appendInt(dst, int64(int32(binary.BigEndian.Uint32(b))))
	case IDString:
		s := b[:4]
		if i := bytes.IndexByte(s, 0); i >= 0 {
			s = s[:i]
		}
		return append(dst, s...)
	case IDIPv6:
		return appendIPv6(dst, &id.Bytes)
	case IDUUID:
		for i, c := range b {
			if i == 4 || i == 6 || i == 8 || i == 10 {
				dst = append(dst, '-')
			}
			dst = appendHexDigits(dst, uint32(c), 2)
		}
		return dst
	case IDEthernet:
		return MAC(b[:6]).AppendTo(dst)
	}
	if name := o.hostName(EndpointFrom4([4]byte(b))); name != "" {
		return append(dst, name...)
	}
	return appendIPv4(dst, b[:4])
}

// sensorID is the id of whoever wrote the record.
func sensorID(r *Record) (*SourceID, bool) {
	if r.Kind() == Management {
		m := r.Management()
		return &m.ID, true
	}
	t := r.Transport()
	return &t.ID, r.Has(DSRTransport)
}

func appendSource(dst []byte, r *Record, o *TextOptions) []byte {
	id, ok := sensorID(r)
	if !ok {
		return dst
	}
	dst = o.appendSourceID(dst, id)
	at := len(dst)
	dst = appendInterface(append(dst, '/'), r, o)
	if len(dst) == at+1 {
		return dst[:at]
	}
	return dst
}

func appendSID(dst []byte, r *Record, o *TextOptions) []byte {
	if id, ok := sensorID(r); ok {
		return o.appendSourceID(dst, id)
	}
	return dst
}

func appendNode(dst []byte, r *Record, o *TextOptions) []byte {
	at := len(dst)
	dst = appendSID(dst, r, o)
	if o.Names != nil && o.Names.Node != nil {
		if alias := o.Names.Node(dst[at:]); alias != "" {
			return append(dst[:at], alias...)
		}
	}
	return dst
}

func appendInterface(dst []byte, r *Record, _ *TextOptions) []byte {
	if r.Kind() == Management {
		if r.Management().Status&StatusInterfaces != 0 {
			return append(dst, "man0"...)
		}
		return dst
	}
	t := r.Transport()
	if !t.HasInf {
		return dst
	}
	name := t.Interface[:]
	if i := bytes.IndexByte(name, 0); i >= 0 {
		name = name[:i]
	}
	return append(dst, name...)
}

func appendStatus(dst []byte, r *Record, _ *TextOptions) []byte {
	word := "up"
	if r.Kind() == Management {
		switch r.Cause() {
		case Stop, Shutdown:
			word = "down"
		case Error:
			word = "fault"
		}
	}
	return append(dst, word...)
}

func appendCause(dst []byte, r *Record, _ *TextOptions) []byte {
	switch c := r.Cause(); c {
	case Start, Status, Stop, Timeout, Shutdown, Error:
		return append(dst, c.String()...)
	}
	return append(dst, "Unknown"...)
}

// TypeName is the word that Argus has for a kind of record: flow, man, evnt.
func (k Kind) TypeName() string {
	switch k {
	case FlowRecord:
		return "flow"
	case Management:
		return "man"
	case Event:
		return "evnt"
	case NetFlow:
		return "nflo"
	case AFlow:
		return "aflo"
	case Index:
		return "indx"
	case DataSup:
		return "supp"
	case Archival:
		return "arch"
	}
	return "unkn"
}

func appendType(dst []byte, r *Record, _ *TextOptions) []byte {
	return append(dst, r.Kind().TypeName()...)
}

// dsrKeywords are the names of DSRs in lists.
var dsrKeywords = [numDSR]string{
	DSRTransport: "trans", DSRFlow: "flow", DSRTime: "time", DSRMetrics: "metric", DSRAggregate: "agr",
	DSRNetwork: "net", DSRVLAN: "vlan", DSRMPLS: "mpls", DSRJitter: "jitter", DSRIPAttr: "ipattr",
	DSRSizes: "psize", DSRSrcData: "suser", DSRDstData: "duser", DSRMAC: "mac", DSRICMP: "icmp",
	DSREncaps: "encaps", DSRTimeAdjust: "tadj", DSRBehavior: "behavior", DSRCorrelation: "cor",
	DSRCountry: "cocode", DSRLabel: "label", DSRASN: "asn", DSRGeo: "geo", DSRLocal: "local",
	DSRHash: "hash", DSRVXLAN: "vxlan", DSRGRE: "gre", DSRGeneve: "geneve", DSRScore: "score",
}

// Keyword is the name that a DSR has in lists, which DSRByName finds: trans,
// flow, time, metric, ...; empty for what is no DSR.
func (d DSR) Keyword() string {
	if int(d) < len(dsrKeywords) {
		return dsrKeywords[d]
	}
	return ""
}

// DSRByName finds a DSR by the name that it has in lists: trans, flow, time,
// metric, agr, net, ...
func DSRByName(name string) (DSR, bool) {
	for d, keyword := range dsrKeywords {
		if keyword == name {
			return DSR(d), true
		}
	}
	return 0, false
}

// appendDSRs lists the DSRs of a record. A flow that counted packets has the
// statistics of one that is merged: that it was never merged makes no difference.
func appendDSRs(dst []byte, r *Record, _ *TextOptions) []byte {
	at := len(dst)
	if r.Kind() == Management {
		return append(dst, dsrKeywords[DSRTransport]...)
	}
	_, counted := transactions(r)
	for d := range DSR(numDSR) {
		switch {
		case d == DSRAggregate && counted:
		case !r.Has(d), d == DSRNetwork && network(r).Kind == NetworkNone:
			continue
		}
		if len(dst) > at {
			dst = append(dst, ',')
		}
		dst = append(dst, dsrKeywords[d]...)
	}
	return dst
}

func score(r *Record) (int64, bool) {
	s := r.Score()
	return int64(s.Values[0]), r.Has(DSRScore)
}

func hashRow(name, title string, get func(*Hash) uint32, doc string) Attribute {
	a := integer(name, title, 4, "", NoSide, Set(DSRHash), on(DSRHash, func(r *Record) int64 { return int64(get(r.Hash())) }), doc)
	number := a.Int
	a.Text = func(dst []byte, r *Record, o *TextOptions) []byte {
		v, ok := number(r)
		if !ok || v == 0 && !o.ZeroHash {
			return dst
		}
		return a.look.appendInteger(dst, v, ok, o)
	}
	return a
}
