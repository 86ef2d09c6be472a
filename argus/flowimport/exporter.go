package flowimport

import (
	"net/netip"

	"github.com/netsampler/goflow2/v2/decoders/netflow"
)

// exporterKey tells exporters apart: those of one address by their protocols
// and observation domains, engines or agents. Ports change when exporters start
// again.
type exporterKey struct {
	from   netip.Addr
	kind   protocol
	domain uint64
}

// exporter is what is remembered of one.
type exporter struct {
	heard     int64 // when last
	next      uint32
	began     bool // next means something
	boot      int64
	sampling  sampling
	samplers  map[uint32]sampling
	templates map[uint16]*template
}

// maxSamplers bounds the samplers of an exporter.
const maxSamplers = 256

// exporter finds or remembers one. If it may not be remembered it is made for
// the datagram at hand alone.
func (d *Decoder) exporter(key exporterKey, now int64) *exporter {
	e := d.exporters[key]
	if e == nil {
		e = &exporter{}
		if len(d.exporters) >= d.cfg.Exporters && !d.forget(now) {
			d.stats.Refused++
			return e
		}
		d.exporters[key] = e
	}
	e.heard = max(e.heard, now)
	return e
}

// forget makes room by forgetting exporters that went silent.
func (d *Decoder) forget(now int64) bool {
	silent := false
	for key, e := range d.exporters {
		if e.heard < now-int64(d.cfg.TemplateAge) {
			for id := range e.templates {
				d.drop(e, id)
			}
			delete(d.exporters, key)
			d.stats.Forgot++
			silent = true
		}
	}
	return silent
}

// sequence checks the number of a datagram, which counts units before it or it
// itself, and expects the next after so many more. Gaps are losses; what comes
// late is not a gap, and an exporter that began anew neither.
func (d *Decoder) sequence(e *exporter, n, units uint32) {
	if e.began {
		switch gap := int32(n - e.next); {
		case gap > 0 && gap < maxGap:
			d.stats.Lost += uint64(gap)
		case gap < 0 && gap > -maxLate: // a datagram was overtaken: it is not lost
			d.stats.Lost -= min(d.stats.Lost, uint64(units))
			return
		}
	}
	e.next, e.began = n+units, true
}

// Sequence numbers that are farther off are those of an exporter that began
// anew.
const (
	maxGap  = 1 << 20
	maxLate = 1 << 10
)

// template is how the flows of a set stand.
type template struct {
	fields  []field
	least   int   // bytes of a record
	renewed int64 // when
	options bool  // it is of what the exporter says of itself
}

// field is an element of a template.
type field struct {
	length uint16 // variable: in front of the value
	set    setter // nil: passed over
}

const variable = 0xFFFF

// maxFields bounds a template.
const maxFields = 512

// newTemplate checks a template. A record must have bytes, or a set would hold
// any number of them.
func newTemplate(scopes, values []netflow.Field, options bool) (*template, string) {
	if n := len(scopes) + len(values); n > maxFields {
		return nil, "template of too many fields"
	}
	t := &template{fields: make([]field, 0, len(scopes)+len(values)), options: options}
	for i, in := range append(scopes[:len(scopes):len(scopes)], values...) {
		f := field{length: in.Length}
		switch {
		case in.Length == 0:
			return nil, "template with a field of no length"
		case in.Length == variable:
			t.least++
		default:
			t.least += int(in.Length)
		}
		if i >= len(scopes) {
			f.set = setterOf(in.Pen, in.Type&0x7FFF)
		}
		t.fields = append(t.fields, f)
	}
	if t.least == 0 {
		return nil, "template without fields"
	}
	return t, ""
}

// keep remembers a template in the place of that of its number.
func (d *Decoder) keep(e *exporter, id uint16, t *template) {
	d.drop(e, id)
	if len(e.templates) >= d.cfg.Templates {
		d.drop(e, e.oldest())
		d.stats.Forgot++
	}
	if d.fields+len(t.fields) > d.cfg.Fields {
		d.stats.Refused++
		return
	}
	d.fields += len(t.fields)
	if e.templates == nil {
		e.templates = map[uint16]*template{}
	}
	e.templates[id] = t
}

func (d *Decoder) drop(e *exporter, id uint16) {
	if t := e.templates[id]; t != nil {
		d.fields -= len(t.fields)
		delete(e.templates, id)
	}
}

func (e *exporter) oldest() (id uint16) {
	var least *template
	for i, t := range e.templates {
		if least == nil || t.renewed < least.renewed || t.renewed == least.renewed && i < id {
			id, least = i, t
		}
	}
	return id
}

// template finds one that still holds.
func (d *Decoder) template(e *exporter, id uint16, now int64) *template {
	t := e.templates[id]
	if t != nil && t.renewed < now-int64(d.cfg.TemplateAge) {
		d.drop(e, id)
		d.stats.Forgot++
		return nil
	}
	return t
}

// learn takes what an exporter says of itself: the rates of its samplers, and
// when its clock began.
func (e *exporter) learn(f *flow) {
	if f.boot != 0 {
		e.boot = f.boot
	}
	switch {
	case f.sampling.rate() == 0:
	case f.has&hasSampler == 0:
		e.sampling = f.sampling
	case len(e.samplers) < maxSamplers || e.samplers[f.sampler] != sampling{}:
		if e.samplers == nil {
			e.samplers = map[uint32]sampling{}
		}
		e.samplers[f.sampler] = f.sampling
	}
}

// rate is the number of packets that a packet of the flow stands for.
func (e *exporter) rate(f *flow) uint32 {
	if r := f.sampling.rate(); r != 0 {
		return r
	}
	if s, ok := e.samplers[f.sampler]; ok && f.has&hasSampler != 0 {
		return s.rate()
	}
	return e.sampling.rate()
}
