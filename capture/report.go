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
	e.buf = record.AppendHeader(e.buf[:0], record.FlowRecord, record.Version5, cause)
	var a *aux
	if f.aux != 0 {
		a = e.auxes.at(f.aux)
	}
	var x *extras
	if e.withExtras {
		x = e.extrasOf(r, false)
	}
	e.appendTransport(f, a)
	e.appendKey(f, a)
	e.appendTimes(f)
	e.appendMetrics(f, x)
	e.appendNetwork(r, f, a)
	if a != nil {
		e.appendLabels(a)
	}
	if x != nil {
		e.appendJitter(x)
	}
	e.appendAttributes(f, a)
	if x != nil {
		e.appendSizes(x)
		e.appendData(x)
		e.appendMAC(x)
	}
	if a != nil && a.mapped.valid {
		e.appendMapped(a)
	}
	e.appendEncaps(f, a)
	if a != nil && a.keys != 0 {
		e.appendKeystrokes(a)
	}
	if e.cfg.FlowHash {
		e.appendHash(f, a)
	}
	if a != nil && a.tunnel != 0 {
		e.appendTunnel(a)
	}
	record.PutLength(e.buf)
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
	a.encaps = [2]uint32{}
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

// word helpers: the buffer of the record grows at its end.

func (e *engine) put32(v uint32) { e.buf = binary.BigEndian.AppendUint32(e.buf, v) }
func (e *engine) put16(v uint16) { e.buf = binary.BigEndian.AppendUint16(e.buf, v) }

// putLE32 and putLE16 write what sensors leave in the order of their machine.
func (e *engine) putLE32(v uint32) { e.buf = binary.LittleEndian.AppendUint32(e.buf, v) }
func (e *engine) putLE16(v uint16) { e.buf = binary.LittleEndian.AppendUint16(e.buf, v) }

// dsr writes the header of a DSR of the given words.
func (e *engine) dsr(d record.DSR, subtype, qualifier, words uint8) {
	e.buf = append(e.buf, d.Type(), subtype, qualifier, words)
}

func (e *engine) putMAC(v uint64) {
	e.put16(uint16(v >> 32))
	e.put32(uint32(v))
}

// appendTransport writes the id of the sensor, the name of the capture
// interface and room for the sequence number.
func (e *engine) appendTransport(f *flow, a *aux) {
	id := &e.cfg.SourceID
	if id.Kind == record.IDNone {
		return
	}
	size := sourceIDSize(id.Kind)
	iface := uint16(0)
	if a != nil && a.have&(haveIface|haveIface<<1) != 0 {
		iface = a.iface[0]
		if a.have&haveIface == 0 {
			iface = a.iface[1]
		}
	}
	const withIDAndSeq, withInterface = 0x03, 0x10
	e.dsr(record.DSRTransport, withIDAndSeq, uint8(id.Kind)|withInterface, uint8(3+size/4))
	e.buf = append(e.buf, id.Bytes[:size]...)
	name := e.names.name(iface)
	e.buf = append(e.buf, name[:]...)
	e.put32(0)
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
func (e *engine) appendTimes(f *flow) {
	const absolute, span = 1, 2
	form := uint8(absolute)
	if f.flags&flagRange != 0 {
		form = span
	}
	if e.cfg.BidirectionalTimes {
		e.appendSideTimes(f, form)
		return
	}
	start, end := startTime(f), max(f.first[0], f.first[1], f.last[0], f.last[1])
	words := uint8(3)
	if start != end {
		words = 5
	}
	e.dsr(record.DSRTime, form, record.UnitNano, words)
	e.putTime(start)
	if start != end {
		e.putTime(end)
	}
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

const nanosPerSecond = 1_000_000_000

func floorSecond(t int64) int64 {
	s := t / nanosPerSecond
	if t%nanosPerSecond < 0 {
		s--
	}
	return s
}

func (e *engine) appendSideTimes(f *flow, form uint8) {
	const srcStart, srcEnd, dstStart, dstEnd = 0x08, 0x10, 0x20, 0x40
	at := len(e.buf)
	e.dsr(record.DSRTime, form, record.UnitNano, 1)
	for i, bits := range [2][2]uint8{{srcStart, srcEnd}, {dstStart, dstEnd}} {
		if f.first[i] == 0 {
			continue
		}
		e.buf[at+1] |= bits[0]
		e.putTime(f.first[i])
		if f.packets[i] > 1 || f.last[i] != f.first[i] {
			e.buf[at+1] |= bits[1]
			e.putTime(f.last[i])
		}
	}
	e.buf[at+3] = uint8((len(e.buf) - at) / 4)
}

// putTime writes seconds and nanoseconds.
func (e *engine) putTime(t int64) {
	s := floorSecond(t)
	e.put32(uint32(s))
	e.put32(uint32(t - s*nanosPerSecond))
}

func (e *engine) appendMetrics(f *flow, x *extras) {
	src := record.Counters{Packets: uint64(f.packets[0]), Bytes: f.bytes[0]}
	dst := record.Counters{Packets: uint64(f.packets[1]), Bytes: f.bytes[1]}
	if x != nil && e.cfg.AppBytes {
		src.AppBytes, dst.AppBytes = x.app[0], x.app[1]
	}
	e.buf = record.AppendMetrics(e.buf, src, dst, e.cfg.AppBytes)
}

// appendLabels writes VLAN tags and MPLS labels.
func (e *engine) appendLabels(a *aux) {
	if tags := uint8(a.have/haveTag) & 3; tags != 0 {
		e.dsr(record.DSRVLAN, 0, tags, 2)
		for i := range 2 {
			if tags>>i&1 == 0 {
				e.put16(0)
			} else {
				e.put16(a.tag[i])
			}
		}
	}
	labels := uint8(a.have/haveLabel) & 3
	if labels == 0 {
		return
	}
	e.dsr(record.DSRMPLS, labels, labels&1<<4|labels>>1, 1+labels&1+labels>>1)
	for i := range 2 {
		if labels>>i&1 != 0 {
			e.put32(a.label[i])
		}
	}
}

// appendAttributes writes TTL, TOS, IP id and options of each side.
func (e *engine) appendAttributes(f *flow, a *aux) {
	known := uint8(0)
	if f.flags&flagSrcAttr != 0 {
		known |= 1
	}
	if f.flags&flagDstAttr != 0 {
		known |= 2
	}
	if known == 0 {
		return
	}
	options, frag := uint8(0), uint8(0)
	if a != nil {
		options, frag = uint8(a.have/haveOptions)&3, a.frag
	}
	at := len(e.buf)
	e.dsr(record.DSRIPAttr, 0, known|options<<2|frag, 1)
	for i := range 2 {
		if known>>i&1 != 0 {
			v := f.attr[i]
			e.buf = append(e.buf, byte(v>>24), byte(v>>16))
			e.putLE16(uint16(v))
		}
		if options>>i&1 != 0 {
			e.put32(uint32(a.options[i]))
		}
	}
	e.buf[at+3] = uint8((len(e.buf) - at) / 4)
}

// appendEncaps writes the encapsulations, and the captured headers if asked for.
func (e *engine) appendEncaps(f *flow, a *aux) {
	change := uint8(0)
	if a != nil {
		change = a.change
	}
	at := len(e.buf)
	e.dsr(record.DSREncaps, 0, change, 3)
	e.put32(e.encapsOf(f, 0))
	e.put32(e.encapsOf(f, 1))
	if e.cfg.CaptureHeaders && a != nil && a.tunnel != 0 {
		e.appendHeaders(a)
		e.buf[at+3] = uint8((len(e.buf) - at) / 4)
	}
}

// appendMapped writes an ICMP error about the flow. Sensors write a word more
// than there is to tell.
func (e *engine) appendMapped(a *aux) {
	s := &a.mapped
	e.dsr(record.DSRICMP, 0, a.mappedQual, 8)
	e.buf = append(e.buf, s.kind, s.code)
	e.put16(s.seq)
	for _, v := range [6]uint32{s.outer[0], s.outer[1], s.inner[0], s.inner[1], s.gateway, 0} {
		e.put32(v)
	}
}

// appendHash writes the hash of the flow key and its place in a table of the
// customary size.
func (e *engine) appendHash(f *flow, a *aux) {
	const tableSize = 16777216
	h := e.classicHash(f, a)
	e.dsr(record.DSRHash, 0, 0, 3)
	e.put32(h)
	e.put32(h % (tableSize - 1))
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
		at := len(e.buf)
		e.appendKey(f, a)
		for b := e.buf[at+4:]; len(b) >= 4; b = b[4:] {
			h ^= binary.LittleEndian.Uint32(b)
		}
		e.buf = e.buf[:at]
	}
	h ^= h >> 16
	return h ^ h>>8
}

func swap32(v uint32) uint32 {
	return v>>24 | v>>8&0xff00 | v<<8&0xff0000 | v<<24
}
