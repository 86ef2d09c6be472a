package flowimport

import (
	"bytes"
	"encoding/binary"

	"github.com/netsampler/goflow2/v2/decoders/netflow"
)

// Lengths of headers.
const (
	header9   = 20
	header10  = 16
	setHeader = 4
)

// now is when a datagram arrived, as far as that is known.
func (dg *Datagram) now(export int64) int64 {
	if dg.Time != 0 {
		return dg.Time
	}
	return export
}

// message is a datagram of version 9 or IPFIX while it is read.
type message struct {
	*Datagram
	kind    protocol
	version uint16
	clock   clock
	now     int64
	from    *exporter
	flows   uint32 // data records: IPFIX counts them
}

// templated decodes a datagram of version 9 or IPFIX set by set.
func (d *Decoder) templated(dst []byte, dg *Datagram) []byte {
	m := message{Datagram: dg, kind: kindOf(dg.Data)}
	b := dg.Data
	be := binary.BigEndian
	var domain, sequence uint32
	if m.kind == netflow9 {
		if len(b) < header9 {
			d.damaged("%d bytes are no header of NetFlow 9", len(b))
			return dst
		}
		m.version = 9
		m.clock = clock{export: int64(be.Uint32(b[8:])) * 1e9, uptime: be.Uint32(b[4:]), has: true}
		sequence, domain = be.Uint32(b[12:]), be.Uint32(b[16:])
		b = b[header9:]
	} else {
		if len(b) < header10 {
			d.damaged("%d bytes are no header of IPFIX", len(b))
			return dst
		}
		length := int(be.Uint16(b[2:]))
		if length < header10 || length > len(b) {
			d.damaged("message of %d bytes in %d", length, len(b))
			length = len(b)
		}
		m.version = 10
		m.clock = clock{export: int64(be.Uint32(b[4:])) * 1e9}
		sequence, domain = be.Uint32(b[8:]), be.Uint32(b[12:])
		b = b[header10:length]
	}
	m.now = dg.now(m.clock.export)
	m.from = d.exporter(exporterKey{dg.From, m.kind, uint64(domain)}, m.now)
	whole := true
	for len(b) >= setHeader {
		id, length := be.Uint16(b), int(be.Uint16(b[2:]))
		if length < setHeader || length > len(b) {
			d.damaged("set %d of %d bytes in %d", id, length, len(b))
			whole = false
			break
		}
		var known bool
		dst, known = d.set(dst, &m, id, b[setHeader:length])
		whole = whole && known
		b = b[length:]
	}
	switch {
	case m.kind == netflow9:
		d.sequence(m.from, sequence, 1)
	case whole:
		d.sequence(m.from, sequence, m.flows)
	default: // how many flows there were nobody knows
		d.sequence(m.from, sequence, 0)
		m.from.began = false
	}
	return dst
}

// set decodes one set: templates, or flows by one of them. It reports whether it
// could.
func (d *Decoder) set(dst []byte, m *message, id uint16, body []byte) ([]byte, bool) {
	switch {
	case id == 0 && m.kind == netflow9, id == 2 && m.kind == ipfix:
		return dst, d.templates(m, body)
	case id == 1 && m.kind == netflow9:
		return dst, d.options9(m, body)
	case id == 3 && m.kind == ipfix:
		return dst, d.options10(m, body)
	case id < 256: // reserved
		d.damaged("set of the reserved number %d", id)
		return dst, false
	}
	t := d.template(m.from, id, m.now)
	if t == nil {
		d.stats.NoTemplate++
		return dst, false
	}
	for len(body) >= t.least {
		f := &d.flow
		*f = flow{}
		n := t.read(f, body)
		if n < 0 {
			d.damaged("set %d ends within a record", id)
			return dst, false
		}
		body = body[n:]
		m.flows++
		if t.options {
			m.from.learn(f)
			continue
		}
		m.clock.boot = m.from.boot
		f.resolve(m.clock)
		dst = d.add(dst, f, m.From, m.from.rate(f))
	}
	return dst, true
}

// read fills a flow from the record that b begins with, and returns its length,
// or -1 if b ends within it.
func (t *template) read(f *flow, b []byte) int {
	at := 0
	for _, field := range t.fields {
		n := int(field.length)
		if field.length == variable {
			if at >= len(b) {
				return -1
			}
			n = int(b[at])
			at++
			if n == 0xFF {
				if at+2 > len(b) {
					return -1
				}
				n = int(binary.BigEndian.Uint16(b[at:]))
				at += 2
			}
		}
		if at+n > len(b) {
			return -1
		}
		if field.set != nil && n > 0 {
			field.set(f, b[at:at+n])
		}
		at += n
	}
	return at
}

// templates learns from a set of templates.
func (d *Decoder) templates(m *message, body []byte) bool {
	records, err := netflow.DecodeTemplateSet(m.version, bytes.NewBuffer(body))
	for i := range records {
		d.learn(m, records[i].TemplateId, nil, records[i].Fields, false)
	}
	return d.decoded(err)
}

func (d *Decoder) options9(m *message, body []byte) bool {
	records, err := netflow.DecodeNFv9OptionsTemplateSet(bytes.NewBuffer(body))
	for i := range records {
		d.learn(m, records[i].TemplateId, records[i].Scopes, records[i].Options, true)
	}
	return d.decoded(err)
}

func (d *Decoder) options10(m *message, body []byte) bool {
	records, err := netflow.DecodeIPFIXOptionsTemplateSet(bytes.NewBuffer(body))
	for i := range records {
		d.learn(m, records[i].TemplateId, records[i].Scopes, records[i].Options, true)
	}
	return d.decoded(err)
}

func (d *Decoder) decoded(err error) bool {
	if err != nil {
		d.damaged("templates: %v", err)
	}
	return err == nil
}

// learn remembers one template. One without fields withdraws that of its
// number, or all of them; padding looks like a template of number 0.
func (d *Decoder) learn(m *message, id uint16, scopes, values []netflow.Field, options bool) {
	switch {
	case len(scopes)+len(values) == 0:
		if m.kind == ipfix && id >= 256 {
			d.drop(m.from, id)
		}
		return
	case id < 256:
		d.damaged("template of the reserved number %d", id)
		return
	}
	t, wrong := newTemplate(scopes, values, options)
	if t == nil {
		d.damaged("%s", wrong)
		return
	}
	t.renewed = m.now
	d.keep(m.from, id, t)
}
