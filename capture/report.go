package capture

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/internal/packet"
	"github.com/seed-6ae541b3/goargus/record"
)

// report writes the record of a flow if it has counted anything, and prepares
// the flow for the next one.
func (e *engine) report(r ref, f *flow, now int64) error {
	if f.packets[0]|f.packets[1] != 0 {
		cause := record.Start
		if f.flags&flagReported != 0 {
			cause = record.Status
		}
		f.flags |= flagReported
		if err := e.emit(r, f, cause, stageDue); err != nil {
			return err
		}
	}
	if f.aux != 0 {
		e.release(e.auxes.at(f.aux), now)
	}
	return nil
}

// retireStart reports a flow at its first packet.
func (e *engine) retireStart(r ref, f *flow, now int64) error {
	if f.list != listStatus {
		return nil
	}
	f.flags |= flagReported
	if err := e.emit(r, f, record.Start, stageAtOnce); err != nil {
		return err
	}
	e.pull(f)
	e.push(r, f, e.idleList(r, f), now)
	return nil
}

// emit encodes the record of a flow, hands it on and empties the counters.
func (e *engine) emit(r ref, f *flow, cause record.Cause, stage outputStage) error {
	e.encode(r, f, cause)
	first := uint64(0)
	if e.ordered {
		first = *e.orderOf(r, false)
	}
	e.renew(r, f)
	if h := &e.held; h.open {
		h.open, h.full = false, true
		h.first, h.record = first, append(h.record[:0], e.buf...)
		return nil
	}
	return e.sink(e, stage, first, e.buf)
}

// encode builds the record in e.buf: the DSRs in their order, those of the
// transport DSR's sequence number left to the sink.
func (e *engine) encode(r ref, f *flow, cause record.Cause) {
	b := record.AppendHeader(e.buf[:0], record.FlowRecord, record.Version5, cause)
	var a *aux
	if f.aux != 0 {
		a = e.auxes.at(f.aux)
	}
	var x *extras
	if e.withExtras {
		x = e.extrasOf(r, false)
	}
	b = e.appendTransport(b, f, a)
	b = e.appendKey(b, f, a)
	b = e.appendTimes(b, f)
	b = e.appendMetrics(b, f, x)
	b = e.appendNetwork(b, r, f, a)
	if a != nil {
		b = appendLabels(b, a)
	}
	if x != nil {
		b = e.appendJitter(b, x)
	}
	b = appendAttributes(b, f, a)
	if x != nil {
		b = e.appendSizes(b, x)
		b = e.appendData(b, x)
		b = e.appendMAC(b, x)
	}
	if a != nil && a.mapped.valid {
		b = appendMapped(b, a)
	}
	b = e.appendEncaps(b, f, a)
	if a != nil && a.keys != 0 {
		b = e.appendKeystrokes(b, a)
	}
	if e.cfg.FlowHash {
		b = e.appendHash(b, f, a)
	}
	if a != nil && a.tunnel != 0 {
		b = e.appendTunnel(b, a)
	}
	record.PutLength(b)
	e.buf = b
}

// renew empties what counts for one record.
func (e *engine) renew(r ref, f *flow) {
	f.first, f.last = [2]int64{}, [2]int64{}
	f.bytes, f.packets = [2]uint64{}, [2]uint32{}
	f.encaps = [2]uint8{}
	if r&tcpFlow != 0 {
		e.connection(r).tcp.renew()
	}
	if f.aux != 0 {
		e.renewAux(e.auxes.at(f.aux))
	}
	if e.withExtras {
		x := e.extrasOf(r, false)
		x.renew()
		e.dropData(x)
	}
}

func (e *engine) renewAux(a *aux) {
	a.encaps, a.iface = [2]uint32{}, [2]uint16{}
	a.change, a.have, a.frag, a.mapped.valid = 0, 0, 0, false
	switch w := &a.proto.words; a.proto.kind {
	case protoESP:
		w[espStatus], w[espLost] = 0, 0
	case protoRTP:
		w[rtpDrops], w[rtpDrops+1], w[rtpQuiet] = 0, 0, 0
	}
	if a.tunnel != 0 {
		e.dropTunnel(a)
	}
	if a.keys != 0 {
		e.keys.at(a.keys).renew()
	}
}

// renew keeps what a record does not end: state, windows, sequence numbers.
func (t *tcpState) renew() {
	const lost = record.TCPReset | record.TCPRetrans | record.TCPWindowShut | record.TCPOutOfOrder | record.TCPECN | record.TCPDuplicate
	t.status &^= lost | record.TCPPortReuse
	for i := range t.side {
		s := &t.side[i]
		s.status &^= lost
		s.base = s.top
		s.bytes, s.retrans, s.outstanding, s.rolled = 0, 0, 0, 0
		s.flags, s.lastID = 0, 0
	}
}

// appendTransport writes the id of the sensor, the name of the capture
// interface and room for the sequence number.
func (e *engine) appendTransport(b []byte, f *flow, a *aux) []byte {
	id := &e.cfg.SourceID
	if id.Kind == record.IDNone {
		return b
	}
	size := sourceIDSize(id.Kind)
	iface := uint16(0)
	if a != nil {
		iface = a.iface[0]
		if f.packets[0] == 0 {
			iface = a.iface[1]
		}
	}
	const withIDAndSeq, withInterface = 0x03, 0x10
	b = dsr(b, record.DSRTransport, withIDAndSeq, uint8(id.Kind)|withInterface, uint8(3+size/4))
	b = append(b, id.Bytes[:size]...)
	name := e.names.name(iface)
	b = append(b, name[:]...)
	return put32(b, 0)
}

// sourceIDSize is the number of bytes of a source id in a record.
func sourceIDSize(k record.IDKind) int {
	switch k {
	case record.IDIPv6, record.IDUUID:
		return 16
	}
	return 4
}

// appendTimes writes one start and one end, or those of each side.
func (e *engine) appendTimes(b []byte, f *flow) []byte {
	const absolute, span = 1, 2
	form := uint8(absolute)
	if f.flags&flagRange != 0 {
		form = span
	}
	if e.cfg.BidirectionalTimes {
		return appendSideTimes(b, f, form)
	}
	start, end := startTime(f), max(f.first[0], f.first[1], f.last[0], f.last[1])
	words := uint8(3)
	if start != end {
		words = 5
	}
	b = dsr(b, record.DSRTime, form, record.UnitNano, words)
	b = putTime(b, start)
	if start != end {
		b = putTime(b, end)
	}
	return b
}

// startTime is the start of a record. Within one second the source's start
// comes first even where it is later, as readers expect it.
func startTime(f *flow) int64 {
	start, second := int64(0), int64(0)
	for _, t := range [4]int64{f.first[0], f.last[0], f.first[1], f.last[1]} {
		if s := floorSecond(t); t != 0 && (start == 0 || s < second) {
			start, second = t, s
		}
	}
	return start
}

func appendSideTimes(b []byte, f *flow, form uint8) []byte {
	const srcStart, srcEnd, dstStart, dstEnd = 0x08, 0x10, 0x20, 0x40
	at := len(b)
	b = dsr(b, record.DSRTime, form, record.UnitNano, 1)
	for i, bits := range [2][2]uint8{{srcStart, srcEnd}, {dstStart, dstEnd}} {
		if f.first[i] == 0 {
			continue
		}
		b[at+1] |= bits[0]
		b = putTime(b, f.first[i])
		if f.packets[i] > 1 || f.last[i] != f.first[i] {
			b[at+1] |= bits[1]
			b = putTime(b, f.last[i])
		}
	}
	b[at+3] = uint8((len(b) - at) / 4)
	return b
}

func (e *engine) appendMetrics(b []byte, f *flow, x *extras) []byte {
	src := record.Counters{Packets: uint64(f.packets[0]), Bytes: f.bytes[0]}
	dst := record.Counters{Packets: uint64(f.packets[1]), Bytes: f.bytes[1]}
	if x != nil && e.cfg.AppBytes {
		src.AppBytes, dst.AppBytes = x.app[0], x.app[1]
	}
	return record.AppendMetrics(b, src, dst, e.cfg.AppBytes)
}

// appendLabels writes VLAN tags and MPLS labels.
func appendLabels(b []byte, a *aux) []byte {
	if tags := uint8(a.have/haveTag) & 3; tags != 0 {
		b = dsr(b, record.DSRVLAN, 0, tags, 2)
		for i := range 2 {
			if tags>>i&1 == 0 {
				b = put16(b, 0)
			} else {
				b = put16(b, a.tag[i])
			}
		}
	}
	labels := uint8(a.have/haveLabel) & 3
	if labels == 0 {
		return b
	}
	b = dsr(b, record.DSRMPLS, labels, labels&1<<4|labels>>1, 1+labels&1+labels>>1)
	for i := range 2 {
		if labels>>i&1 != 0 {
			b = put32(b, a.label[i])
		}
	}
	return b
}

// appendAttributes writes TTL, TOS, IP id and options of each side.
func appendAttributes(b []byte, f *flow, a *aux) []byte {
	known := uint8(0)
	if f.flags&flagSrcAttr != 0 {
		known |= 1
	}
	if f.flags&flagDstAttr != 0 {
		known |= 2
	}
	if known == 0 {
		return b
	}
	options, frag := uint8(0), uint8(0)
	if a != nil {
		options, frag = uint8(a.have/haveOptions)&3, a.frag
	}
	at := len(b)
	b = dsr(b, record.DSRIPAttr, 0, known|options<<2|frag, 1)
	for i := range 2 {
		if known>>i&1 != 0 {
			v := f.attr[i]
			b = append(b, byte(v>>24), byte(v>>16))
			b = putLE16(b, uint16(v))
		}
		if options>>i&1 != 0 {
			b = put32(b, uint32(a.options[i]))
		}
	}
	b[at+3] = uint8((len(b) - at) / 4)
	return b
}

// appendEncaps writes the encapsulations, and the captured headers if asked for.
func (e *engine) appendEncaps(b []byte, f *flow, a *aux) []byte {
	change := uint8(0)
	if a != nil {
		change = a.change
	}
	at := len(b)
	b = dsr(b, record.DSREncaps, 0, change, 3)
	b = put32(b, e.encapsOf(f, 0))
	b = put32(b, e.encapsOf(f, 1))
	if e.cfg.CaptureHeaders && a != nil && a.tunnel != 0 {
		b = e.appendHeaders(b, a)
		b[at+3] = uint8((len(b) - at) / 4)
	}
	return b
}

// appendMapped writes an ICMP error about the flow. Sensors write a word more
// than there is to tell.
func appendMapped(b []byte, a *aux) []byte {
	s := &a.mapped
	b = dsr(b, record.DSRICMP, 0, a.mappedQual, 8)
	b = append(b, s.kind, s.code)
	b = put16(b, s.seq)
	for _, v := range [6]uint32{s.outer[0], s.outer[1], s.inner[0], s.inner[1], s.gateway, 0} {
		b = put32(b, v)
	}
	return b
}

// appendHash writes the hash of the flow key and its place in a table of the
// customary size.
func (e *engine) appendHash(b []byte, f *flow, a *aux) []byte {
	const tableSize = 16777216
	h := e.classicHash(f, a)
	b = dsr(b, record.DSRHash, 0, 0, 3)
	b = put32(b, h)
	return put32(b, h%(tableSize-1))
}

// classicHash folds the words of the flow DSR as a little-endian sensor has
// them in memory.
func (e *engine) classicHash(f *flow, a *aux) uint32 {
	k := &f.key
	var h uint32
	switch kindOf(k) {
	case keyIPv4, keyFragment4:
		h = uint32(k[0]>>32) ^ uint32(k[0])
		proto, x, y, z := uint32(protoOf(k)), uint32(k[4]>>32&0xffff), uint32(k[4]>>16&0xffff), uint32(k[4]&0xffff)
		if proto == packet.ProtoICMP || proto == packet.ProtoIGMP {
			x = x>>8 | x<<8&0xff00
		}
		h ^= proto | x<<16
		h ^= y | z<<16
	case keyIPv6, keyFragment6:
		for _, w := range k[:4] {
			h ^= swap32(uint32(w>>32)) ^ swap32(uint32(w))
		}
		h ^= uint32(protoOf(k))<<24 ^ uint32(k[4]>>32&0xffff) ^ uint32(k[4]>>16&0xffff)<<16
	default:
		for b := e.appendKey(nil, f, a)[4:]; len(b) >= 4; b = b[4:] {
			h ^= binary.LittleEndian.Uint32(b)
		}
	}
	h ^= h >> 16
	return h ^ h>>8
}

func swap32(v uint32) uint32 {
	return v>>24 | v>>8&0xff00 | v<<8&0xff0000 | v<<24
}
