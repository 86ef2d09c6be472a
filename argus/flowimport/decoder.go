package flowimport

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"github.com/seed-6ae541b3/goargus/internal/packet"
	"github.com/seed-6ae541b3/goargus/record"
)

// Config bounds what a decoder remembers of exporters. The zero value is good
// for most.
type Config struct {
	// Exporters is the number of exporters, each with its observation domains
	// apart, that are remembered; 0 is 1024. One that was not heard of for
	// TemplateAge makes room for another, newcomers beyond are read as far as
	// that goes without a memory and counted in Stats.Refused.
	Exporters int
	// Templates is the number of templates of one exporter; 0 is 256. The one
	// that was not renewed for longest makes room.
	Templates int
	// Fields is the number of fields of all templates of all exporters; 0 is
	// 262,144, some 6 MiB. Templates beyond are refused.
	Fields int
	// TemplateAge is how long a template holds that is not renewed; 0 is 12
	// hours.
	TemplateAge time.Duration

	// Fault, if set, is called with what is wrong with a datagram. It is counted
	// either way.
	Fault func(*Fault)
}

// Fault is something wrong with a datagram. What could be read of the datagram
// was used.
type Fault struct {
	From   netip.Addr
	Reason string
}

func (f *Fault) Error() string { return fmt.Sprintf("datagram of %v: %s", f.From, f.Reason) }

// Stats counts what a decoder met.
type Stats struct {
	Datagrams uint64
	Bytes     uint64
	Records   uint64 // flows that became records

	Malformed   uint64 // datagrams that were damaged or cut
	Unsupported uint64 // datagrams of no known protocol or version
	NoTemplate  uint64 // sets of flows whose template was not known yet, or no more
	Incomplete  uint64 // flows without two addresses
	Skipped     uint64 // sFlow: samples of other kinds than packets, such as counters

	Lost    uint64 // flows (versions 5 to 7, IPFIX), datagrams (version 9) or samples (sFlow) that sequence numbers tell missing
	Refused uint64 // templates and newcomers that were beyond the limits
	Forgot  uint64 // templates and exporters that made room or were too old
}

// Datagram is what an exporter sent.
type Datagram struct {
	From netip.Addr // the zero value is unknown
	Time int64      // of its arrival, nanoseconds since the epoch; 0 is unknown
	Data []byte
}

// Decoder makes records of datagrams. It belongs to one goroutine at a time.
type Decoder struct {
	cfg       Config
	stats     Stats
	exporters map[exporterKey]*exporter
	fields    int // of all templates
	fault     string
	flow      flow // the one at hand
	headers   packet.Headers
	buf       []byte
	rec       record.Record
}

// NewDecoder returns a decoder.
func NewDecoder(cfg Config) *Decoder {
	set(&cfg.Exporters, 1024)
	set(&cfg.Templates, 256)
	set(&cfg.Fields, 1<<18)
	if cfg.TemplateAge <= 0 {
		cfg.TemplateAge = 12 * time.Hour
	}
	return &Decoder{cfg: cfg, exporters: map[exporterKey]*exporter{}}
}

func set(n *int, standard int) {
	if *n <= 0 {
		*n = standard
	}
}

// Stats tells what was met so far.
func (d *Decoder) Stats() Stats { return d.stats }

// Decode calls emit with a record for each flow of a datagram. A record is valid
// during the call. The error is that of emit; what is wrong with the datagram is
// counted.
func (d *Decoder) Decode(dg Datagram, emit func(*record.Record) error) error {
	d.buf = d.Append(d.buf[:0], dg)
	for b := d.buf; len(b) > 0; {
		n := recordLength(b)
		if err := d.rec.Load(b[:n]); err != nil {
			return err
		}
		if err := emit(&d.rec); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// recordLength is the length of the record that b, which Append made, begins
// with.
func recordLength(b []byte) int { return 4 * int(binary.BigEndian.Uint16(b[2:])) }

// Append appends the records of a datagram to dst, one after the other as they
// stand in a stream of version 5.
func (d *Decoder) Append(dst []byte, dg Datagram) []byte {
	d.stats.Datagrams++
	d.stats.Bytes += uint64(len(dg.Data))
	dg.From = dg.From.Unmap().WithZone("")
	d.fault = ""
	switch kind := kindOf(dg.Data); kind {
	case netflow1, netflow5, netflow6, netflow7:
		dst = d.fixed(dst, &dg, kind)
	case netflow9, ipfix:
		dst = d.templated(dst, &dg)
	case sflow5:
		dst = d.sflow(dst, &dg)
	default:
		d.stats.Unsupported++
		d.tell(&dg, unsupported(dg.Data))
		return dst
	}
	if d.fault != "" {
		d.stats.Malformed++
		d.tell(&dg, d.fault)
	}
	return dst
}

// unsupported says why a datagram is not read.
func unsupported(b []byte) string {
	if len(b) >= 2 && binary.BigEndian.Uint16(b) == 8 {
		return "NetFlow 8 is not supported: it has sums over flows, not flows"
	}
	return "neither NetFlow 1, 5, 6, 7 or 9 nor IPFIX nor sFlow 5"
}

func (d *Decoder) tell(dg *Datagram, reason string) {
	if d.cfg.Fault != nil {
		d.cfg.Fault(&Fault{From: dg.From, Reason: reason})
	}
}

// damaged notes what is wrong with the datagram at hand; the first reason counts.
func (d *Decoder) damaged(format string, args ...any) {
	if d.fault == "" {
		d.fault = fmt.Sprintf(format, args...)
	}
}

// protocol is what a datagram is of.
type protocol uint8

const (
	unknown protocol = iota
	netflow1
	netflow5
	netflow6
	netflow7
	netflow9
	ipfix
	sflow5
)

// kindOf tells it by the version in front: 16 bits in NetFlow and IPFIX, 32 bits
// in sFlow.
func kindOf(b []byte) protocol {
	if len(b) < 4 {
		return unknown
	}
	switch binary.BigEndian.Uint16(b) {
	case 0:
		if binary.BigEndian.Uint16(b[2:]) == 5 {
			return sflow5
		}
	case 1:
		return netflow1
	case 5:
		return netflow5
	case 6:
		return netflow6
	case 7:
		return netflow7
	case 9:
		return netflow9
	case 10:
		return ipfix
	}
	return unknown
}

// add appends a flow as a record, if it is one.
func (d *Decoder) add(dst []byte, f *flow, from netip.Addr, rate uint32) []byte {
	if !f.complete() {
		d.stats.Incomplete++
		return dst
	}
	d.stats.Records++
	return f.appendTo(dst, sourceID(from), rate)
}

// sourceID is the address of an exporter as that of a sensor.
func sourceID(a netip.Addr) (id record.SourceID) {
	switch {
	case a.Is4():
		id.Kind = record.IDIPv4
	case a.Is6():
		id.Kind = record.IDIPv6
	default:
		return id
	}
	copy(id.Bytes[:], a.AsSlice())
	return id
}
