package zeek

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/bits"
	"sync"

	"github.com/seed-6ae541b3/goargus/internal/jsontext"
	"github.com/seed-6ae541b3/goargus/record"
)

// ErrNoConn is the error of a record that is not of a connection between two IP
// addresses: management and event records, ARP, flows below IP.
var ErrNoConn = errors.New("zeek: not a flow between IP addresses")

// localFrom is the locality from which an address counts as local.
const localFrom = 2

// Conn makes a row of a record. A record that was a row gives back every field
// of it. For others conn_state, history, service and uid are made from what the
// record knows. The error is ErrNoConn or nil.
func (v *Converter) Conn(rec *record.Record) (*Conn, error) {
	if !rec.IsFlow() || !isConn(rec.Flow()) {
		return nil, ErrNoConn
	}
	c := &v.conn
	label := readLabel(rec.Label().Text)
	v.scratch, v.merged = v.scratch[:0], false
	if v.fromZeek = label.isZeek(); v.fromZeek {
		tell(c, rec, 0, 0)
		v.applyLabel(c, label, rec.Has(record.DSRAggregate) && rec.Aggregate().Count > 1)
		if !c.Has(State) && v.merged {
			v.guessState(c, rec)
		}
		return c, nil
	}
	src, dst := v.Overhead, v.Overhead
	if rec.Kind() != record.AFlow {
		src, dst = linkBytes(rec)
	}
	tell(c, rec, src, dst)
	v.guess(c, rec, label)
	return c, nil
}

// isConn reports whether a flow has the two addresses of a row.
func isConn(f *record.Flow) bool {
	return (f.Type == record.KeyIPv4 || f.Type == record.KeyIPv6) && f.Class != record.ClassARP
}

var (
	protoTCP     = []byte("tcp")
	protoUDP     = []byte("udp")
	protoICMP    = []byte("icmp")
	protoUnknown = []byte("unknown_transport")
)

// tell makes a row of what a record tells apart from its label. srcLink and
// dstLink are the bytes of a packet that belong to the link.
func tell(c *Conn, rec *record.Record, srcLink, dstLink uint64) {
	c.Reset()
	t, m, f := rec.Times(), rec.Metrics(), rec.Flow()
	c.Time, c.Duration = t.Start(), t.Duration()
	c.Orig, c.Resp = f.Src, f.Dst
	c.OrigPort, c.RespPort = f.SrcPort, f.DstPort
	c.IPProto = uint8(f.Proto)
	c.MissedBytes = 0
	c.OrigBytes, c.RespBytes = m.Src.AppBytes, m.Dst.AppBytes
	c.OrigPackets, c.RespPackets = m.Src.Packets, m.Dst.Packets
	c.OrigIPBytes = networkBytes(&m.Src, srcLink)
	c.RespIPBytes = networkBytes(&m.Dst, dstLink)
	c.set = 1<<Time | 1<<OrigHost | 1<<RespHost | 1<<OrigPort | 1<<RespPort | 1<<Proto | 1<<IPProto |
		1<<OrigPackets | 1<<RespPackets | 1<<OrigIPBytes | 1<<RespIPBytes | 1<<MissedBytes
	if c.Duration > 0 {
		c.set |= 1<<Duration | 1<<OrigBytes | 1<<RespBytes
	}
	switch {
	case f.Proto == record.ProtoTCP:
		c.Proto = protoTCP
	case f.Proto == record.ProtoUDP:
		c.Proto = protoUDP
	case isICMP(f.Proto, f.Type):
		c.Proto = protoICMP
		c.OrigPort, c.RespPort = uint16(f.ICMPType), uint16(f.ICMPCode)
		if reply, ok := record.ICMPCounterpart(f.Src.Family(), f.ICMPType); ok && f.ICMPCode == 0 {
			c.RespPort = uint16(reply)
		}
	default:
		c.Proto = protoUnknown
	}
	c.tellLink(rec)
}

// tellLink adds what a record tells of the link and the countries.
func (c *Conn) tellLink(rec *record.Record) {
	if rec.Has(record.DSRVLAN) {
		if v := rec.VLAN(); v.HasSrc || v.HasDst {
			tag := v.Src
			if !v.HasSrc {
				tag = v.Dst
			}
			c.VLAN = int64(tag & maxVLAN)
			c.set |= 1 << VLAN
		}
	}
	if rec.Has(record.DSRMAC) {
		m := rec.MAC()
		if m.Src != (record.MAC{}) {
			c.OrigMAC = m.Src.AppendTo(c.macs[0][:0])
			c.set |= 1 << OrigMAC
		}
		if m.Dst != (record.MAC{}) {
			c.RespMAC = m.Dst.AppendTo(c.macs[1][:0])
			c.set |= 1 << RespMAC
		}
	}
	if rec.Has(record.DSRCountry) {
		cc := rec.Country()
		if cc.Src != [2]byte{} {
			c.OrigCountry = cc.Src[:]
			c.set |= 1 << OrigCountry
		}
		if cc.Dst != [2]byte{} {
			c.RespCountry = cc.Dst[:]
			c.set |= 1 << RespCountry
		}
	}
}

// networkBytes are the bytes of one side without those of the link.
func networkBytes(n *record.Counters, link uint64) uint64 {
	if link > 0 && n.Packets > n.Bytes/link {
		return 0
	}
	return n.Bytes - link*n.Packets
}

// linkBytes are the bytes of the headers around the IP packet of each side, by
// the encapsulations. A record tells of a kind of header once, however many
// there are.
func linkBytes(rec *record.Record) (src, dst uint64) {
	if rec.Has(record.DSREncaps) {
		e := rec.Encaps()
		return encapsBytes(e.Src), encapsBytes(e.Dst)
	}
	if rec.Has(record.DSRMAC) {
		return ethernetHeader, ethernetHeader
	}
	return 0, 0
}

const ethernetHeader = 14

func encapsBytes(bits uint32) (n uint64) {
	for _, e := range [...]struct {
		bit uint32
		n   uint64
	}{
		{record.EncapsEthernet, ethernetHeader}, {record.Encaps8021Q, 4}, {record.EncapsMPLS, 4},
		{record.EncapsPPP, 8}, {record.EncapsSLL, 16},
		{record.EncapsIP, 20}, {record.EncapsIPv6, 40}, {record.EncapsGRE, 4},
	} {
		if bits&e.bit != 0 {
			n += e.n
		}
	}
	return n
}

// applyLabel takes over the members of a label. What a merged record tells
// itself, such as its counters, it tells better than the label of one of the
// records it was made of.
func (v *Converter) applyLabel(c *Conn, label labelReader, merged bool) {
	v.merged = merged
	own := c.set
	for quoted, value, more := label.next(); more; quoted, value, more = label.next() {
		var name []byte
		name, v.scratch = jsontext.Unquote(quoted, v.scratch)
		f, known := fieldsByName[string(name)]
		switch {
		case !known: // a name that no log can have, or that was there, is of no log
			if isColumnName(name) && c.extra(name) == nil && len(c.Extra) < maxColumns {
				c.Extra = append(c.Extra, Extra{name, value})
			}
		case merged && own&(1<<f) != 0:
		case string(value) == "null":
			c.set &^= 1 << f &^ required
		default:
			v.applyField(c, f, value)
		}
	}
}

// applyField gives a field the value of a label. Of several uids, which a merged
// record has, the first counts; other lists say nothing.
func (v *Converter) applyField(c *Conn, f Field, value []byte) {
	var text []byte
	switch value[0] {
	case '"':
		text, v.scratch = jsontext.Unquote(value, v.scratch)
	case '[':
		if f == Service {
			ok := false
			if text, v.scratch, ok = joinStrings(value, v.scratch); !ok {
				return
			}
			break
		}
		at := jsontext.SkipSpace(value, 1)
		if f != UID || value[at] != '"' {
			v.merged = true
			return
		}
		end, _ := jsontext.SkipString(value, at)
		text, v.scratch = jsontext.Unquote(value[at:end], v.scratch)
	case '{':
		return
	default:
		text = value
	}
	_ = c.parse(f, text) // a value that is none of the field's leaves what the record tells
}

// guess fills in what a record that was no row does not say in so many words.
func (v *Converter) guess(c *Conn, rec *record.Record, label labelReader) {
	m := rec.Metrics()
	if m.Src.AppBytes == 0 && m.Dst.AppBytes == 0 && rec.Kind() != record.AFlow {
		c.set &^= 1<<OrigBytes | 1<<RespBytes // not recorded, as far as can be told
	}
	c.MissedBytes = missed(rec)
	c.set |= 1 << MissedBytes
	v.guessState(c, rec)
	v.guessService(c, rec, label)
	if c.UID = plainUID(rec.Label().Text); c.UID == nil {
		c.UID = v.makeUID(rec)
	}
	c.set |= 1 << UID
	if rec.Has(record.DSRLocal) {
		l := rec.Local()
		c.LocalOrig, c.LocalResp = l.Src >= localFrom, l.Dst >= localFrom
		c.Mark(LocalOrig, l.HasSrc)
		c.Mark(LocalResp, l.HasDst)
	}
}

// guessState fills in conn_state and history.
func (v *Converter) guessState(c *Conn, rec *record.Record) {
	f, m, n := rec.Flow(), rec.Metrics(), rec.Network()
	start := len(v.scratch)
	switch {
	case f.Proto == record.ProtoTCP && n.IsTCP():
		facts := factsOf(n, m)
		c.State = append(v.state[:0], facts.state()...)
		v.scratch = appendHistory(v.scratch, &n.TCP, m, f.Stored != 0)
	default:
		c.State = append(v.state[:0], plainState(f.Proto, m)...)
		if f.Proto == record.ProtoUDP {
			if m.Src.Packets > 0 {
				v.scratch = append(v.scratch, 'D')
			}
			if m.Dst.Packets > 0 {
				v.scratch = append(v.scratch, 'd')
			}
		}
	}
	c.set |= 1 << State
	if c.History = v.scratch[start:len(v.scratch):len(v.scratch)]; len(c.History) > 0 {
		c.set |= 1 << History
	}
}

// guessService takes over the service that a labeler found.
func (v *Converter) guessService(c *Conn, rec *record.Record, label labelReader) {
	for name, value, more := label.next(); more; name, value, more = label.next() {
		if string(name) == `"service"` || string(name) == `"srv"` {
			v.applyField(c, Service, value)
			return
		}
	}
	if label.ok {
		return
	}
	for text := rec.Label().Text; len(text) > 0; {
		part, rest, _ := bytes.Cut(text, []byte{':'})
		if name, value, ok := bytes.Cut(part, []byte{'='}); ok && (string(name) == "srv" || string(name) == "service") {
			c.Service = value
			c.set |= 1 << Service
			return
		}
		text = rest
	}
}

// plainUID is the uid of a label that is nothing else.
func plainUID(label []byte) []byte {
	if len(label) < 15 || len(label) > 19 || label[0] != 'C' {
		return nil
	}
	for _, c := range label {
		if c-'0' > 9 && c|0x20-'a' > 25 {
			return nil
		}
	}
	return label
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// makeUID makes a uid of 96 bits from source id, key and start: the same record
// has the same uid always.
func (v *Converter) makeUID(rec *record.Record) []byte {
	f, t := rec.Flow(), rec.Transport()
	h := v.hash[:0]
	h = append(append(h, byte(t.ID.Kind)), t.ID.Bytes[:]...)
	h = append(append(h, f.Src.Bytes()...), f.Dst.Bytes()...)
	be := binary.BigEndian
	h = be.AppendUint16(be.AppendUint16(append(h, byte(f.Proto)), f.SrcPort), f.DstPort)
	h = append(h, f.ICMPType, f.ICMPCode)
	h = be.AppendUint16(h, f.ICMPID)
	h = be.AppendUint32(h, f.SPI)
	h = be.AppendUint64(h, uint64(rec.Times().Start()))
	v.hash = h
	sum := sha256.Sum256(h)
	hi, lo := uint64(be.Uint32(sum[:4])), be.Uint64(sum[4:12])
	at := len(v.scratch)
	v.scratch = append(v.scratch, 'C')
	for range 17 { // 62^17 is above 2^96
		var digit uint64
		carry := hi % 62
		hi /= 62
		lo, digit = bits.Div64(carry, lo, 62)
		v.scratch = append(v.scratch, base62[digit])
	}
	return v.scratch[at:len(v.scratch):len(v.scratch)]
}

// missed are the bytes that gaps in the sequence numbers of both sides show.
func missed(rec *record.Record) (n uint64) {
	if rec.Network().Kind != record.NetworkTCPPerf {
		return 0
	}
	for _, a := range gaps() {
		if g, ok := a.Int(rec); ok && g > 0 {
			n += uint64(g)
		}
	}
	return n
}

var gaps = sync.OnceValue(func() (a [2]*record.Attribute) {
	a[0], _ = record.Lookup("sgap")
	a[1], _ = record.Lookup("dgap")
	return a
})
