package anonymize

import (
	"bytes"
	"fmt"
	"iter"

	"github.com/seed-6ae541b3/goargus/record"
)

// Finding is something that a result has and must not have.
type Finding struct {
	Record int64  // number of the record, from 0
	Field  string // the attribute that is not what the rules make of it, or the DSR in which something was left
	What   string
}

func (f Finding) String() string { return fmt.Sprintf("record %d: %s: %s", f.Record, f.Field, f.What) }

// Report is what Verify found out.
type Report struct {
	Records   int64 // compared
	Addresses int   // IP and Ethernet addresses of the original that were looked for
	Blocks    int   // pieces of captured payload that were looked for
	// Coincidences are bytes equal to an address of some other record that stand
	// within counters and times, or that another key makes others, or of which at
	// most one is not zero.
	Coincidences int64
	Findings     []Finding // the first MaxFindings
	Found        int64     // all
}

// MaxFindings is how many findings a report lists.
const MaxFindings = 100

func (r *Report) add(n int64, field, format string, args ...any) {
	if r.Found++; len(r.Findings) < MaxFindings {
		r.Findings = append(r.Findings, Finding{n, field, fmt.Sprintf(format, args...)})
	}
}

// Verify checks that result is what the configuration makes of original: field
// by field that every rule held, and byte by byte that no IP or Ethernet address
// and no piece of captured payload of any record of the original is anywhere in
// the result, but where a rule keeps it. Both streams are read as often as they
// are asked for, the original twice.
func Verify(original, result func() record.Stream, cfg Config) (*Report, error) {
	a, err := New(cfg)
	if err != nil {
		return nil, err
	}
	other := cfg
	other.Key = cfg.Key.derive("another")
	b, err := New(other)
	if err != nil {
		return nil, err
	}
	s := newSecrets(a)
	for r, err := range original() {
		if err != nil {
			return nil, fmt.Errorf("original: %w", err)
		}
		if err := s.collect(r); err != nil {
			return nil, err
		}
	}
	rep := &Report{Addresses: len(s.v4) + len(s.v6) + len(s.mac), Blocks: len(s.blocks)}
	next, stop := iter.Pull2(result())
	defer stop()
	for r, err := range original() {
		if err != nil {
			return nil, fmt.Errorf("original: %w", err)
		}
		got, err, ok := next()
		if err != nil {
			return nil, fmt.Errorf("result: %w", err)
		}
		if !ok {
			rep.add(rep.Records, "stream", "the result ends before the original")
			return rep, nil
		}
		want, err := a.Record(r)
		if err != nil {
			return nil, err
		}
		compare(rep, want, got)
		if s.twin, err = b.Record(r); err != nil {
			return nil, err
		}
		s.search(rep, r, got)
		rep.Records++
	}
	if _, _, ok := next(); ok {
		rep.add(rep.Records, "stream", "the result has more records than the original")
	}
	return rep, nil
}

// compare reports the attributes in which a record is not as it should be.
func compare(rep *Report, want, got *record.Record) {
	if bytes.Equal(want.Bytes(), got.Bytes()) {
		return
	}
	before := rep.Found
	var o record.TextOptions
	for a := range record.Attributes().All() {
		o.Width = 256
		w, g := string(a.AppendText(nil, want, &o)), string(a.AppendText(nil, got, &o))
		if w != g {
			rep.add(rep.Records, a.Name, "is %q, the rules make it %q", g, w)
		}
	}
	if rep.Found == before {
		rep.add(rep.Records, "bytes", "are not those that the rules make")
	}
}

// secrets are what must not be in a result.
type secrets struct {
	a      *Anonymizer
	v4     map[[4]byte]struct{}
	v6     map[[16]byte]struct{}
	mac    map[[6]byte]struct{}
	blocks map[[blockSize]byte]struct{}
	buf    []byte
	twin   *record.Record // what another key makes of the record at hand
}

// blockSize is the size of the pieces of payload that are looked for: of eight
// bytes none is in other places by chance.
const blockSize = 8

// maxBlocks bounds the memory: of more payload the first so many pieces are
// looked for.
const maxBlocks = 1 << 23

func newSecrets(a *Anonymizer) *secrets {
	return &secrets{
		a: a, v4: map[[4]byte]struct{}{}, v6: map[[16]byte]struct{}{}, mac: map[[6]byte]struct{}{}, blocks: map[[blockSize]byte]struct{}{},
	}
}

// collect takes up what a record of the original has to hide.
func (s *secrets) collect(r *record.Record) error {
	if r.Kind() == record.Management {
		return nil
	}
	for e := range endpoints(r) {
		image, err := s.a.endpoint(e)
		if err != nil {
			return err
		}
		if image == e {
			continue // kept by a rule
		}
		switch e.Family() {
		case record.IPv4:
			s.v4[[4]byte(e.Bytes())] = struct{}{}
		case record.IPv6:
			s.v6[[16]byte(e.Bytes())] = struct{}{}
		case record.Ethernet:
			s.mac[[6]byte(e.Bytes())] = struct{}{}
		}
	}
	if s.a.cfg.Rules["suser"] != Keep {
		s.payload(r.SrcData().Data)
	}
	if s.a.cfg.Rules["duser"] != Keep {
		s.payload(r.DstData().Data)
	}
	return nil
}

// payload takes up the pieces of captured bytes that are telling.
func (s *secrets) payload(b []byte) {
	for ; len(b) >= blockSize && len(s.blocks) < maxBlocks; b = b[blockSize:] {
		block := [blockSize]byte(b)
		seen := 0
		for i, c := range block {
			if bytes.IndexByte(block[:i], c) < 0 {
				seen++
			}
		}
		if seen >= 4 {
			s.blocks[block] = struct{}{}
		}
	}
}

// endpoints yields all addresses of a record.
func endpoints(r *record.Record) iter.Seq[record.Endpoint] {
	return func(yield func(record.Endpoint) bool) {
		f := r.Flow()
		list := []record.Endpoint{f.Src, f.Dst}
		if r.Has(record.DSRMAC) {
			m := r.MAC()
			list = append(list, record.EndpointFromMAC(m.Src), record.EndpointFromMAC(m.Dst))
		}
		if r.Has(record.DSRICMP) {
			m := r.ICMPMapped()
			for _, b := range [][4]byte{m.OuterSrc, m.OuterDst, m.InnerSrc, m.InnerDst, m.Gateway} {
				list = append(list, record.EndpointFrom4(b))
			}
		}
		if r.Has(record.DSRGRE) {
			list = append(list, r.GRE().Outer.Src, r.GRE().Outer.Dst)
		}
		if r.Has(record.DSRGeneve) {
			list = append(list, r.Geneve().Outer.Src, r.Geneve().Outer.Dst)
		}
		if n := r.Network(); r.Has(record.DSRNetwork) {
			switch n.Kind {
			case record.NetworkARP:
				list = append(list, record.EndpointFromMAC(n.ARP.Addr))
			case record.NetworkICMP:
				for _, b := range [][4]byte{n.ICMP.OuterSrc, n.ICMP.OuterDst, n.ICMP.InnerSrc, n.ICMP.InnerDst, n.ICMP.Gateway} {
					list = append(list, record.EndpointFrom4(b))
				}
			}
		}
		if f.Class == record.ClassARP && f.ARP.HLen == 6 {
			list = append(list, record.EndpointFromMAC(record.MAC(f.ARP.Addr[:6])), record.EndpointFromMAC(record.MAC(f.ARP.Addr2[:6])))
		}
		for _, e := range list {
			if e.IsValid() && bytes.Trim(e.Bytes(), "\x00") != nil && !yield(e) {
				return
			}
		}
	}
}

// numeric are the DSRs that are made of small numbers alone.
var numeric = record.Set(record.DSRTime, record.DSRMetrics, record.DSRAggregate, record.DSRJitter, record.DSRSizes, record.DSRVLAN,
	record.DSRMPLS, record.DSRIPAttr, record.DSRVXLAN, record.DSRASN, record.DSRBehavior, record.DSRScore, record.DSREncaps)

// search looks for secrets at every byte of a record. Images that stand where
// an address belongs are passed over: each may be equal to an address of the
// original that somebody else had.
func (s *secrets) search(rep *Report, original, r *record.Record) {
	for d, raw := range r.DSRs() {
		s.buf = append(s.buf[:0], raw...)
		for e := range endpoints(r) {
			image := e.Bytes()
			for at := bytes.Index(s.buf, image); at >= 0; at = bytes.Index(s.buf, image) {
				clear(s.buf[at : at+len(image)])
			}
		}
		p := place{rep: rep, dsr: d, original: original}
		p.number = numeric.Has(d) || d == record.DSRNetwork && r.Network().IsTCP() || d == record.DSRTransport
		for at := range s.buf {
			p.at = at
			s.look(&p)
		}
	}
}

// place is where a secret is looked for.
type place struct {
	rep      *Report
	dsr      record.DSR
	at       int
	number   bool
	original *record.Record
}

// look looks for secrets that begin at a place.
func (s *secrets) look(p *place) {
	b := s.buf[p.at:]
	if len(b) >= 4 {
		if _, hit := s.v4[[4]byte(b)]; hit {
			s.found(p, record.EndpointFrom4([4]byte(b)))
		}
	}
	if len(b) >= 6 {
		if _, hit := s.mac[[6]byte(b)]; hit {
			s.found(p, record.EndpointFromMAC(record.MAC(b[:6])))
		}
	}
	if len(b) >= blockSize {
		if _, hit := s.blocks[[blockSize]byte(b)]; hit {
			p.rep.add(p.rep.Records, p.dsr.String(), "captured payload is left")
		}
	}
	if len(b) >= 16 {
		if _, hit := s.v6[[16]byte(b)]; hit {
			s.found(p, record.EndpointFrom16([16]byte(b)))
		}
	}
}

// found decides whether an address is left or is there by chance: four bytes
// are, among millions of records.
func (s *secrets) found(p *place, e record.Endpoint) {
	b := e.Bytes()
	zeros := bytes.Count(b, []byte{0})
	if p.number || len(b)-zeros < 2 || e.Family() == record.IPv4 && !s.own(p.original, e) && !s.stays(p, b) {
		p.rep.Coincidences++
		return
	}
	p.rep.add(p.rep.Records, p.dsr.String(), "the address %v is left", e)
}

// own reports whether the record of the original has the address.
func (s *secrets) own(r *record.Record, e record.Endpoint) bool {
	for o := range endpoints(r) {
		if o == e {
			return true
		}
	}
	return false
}

// stays reports whether what was found is at the same place if the key is
// another.
func (s *secrets) stays(p *place, b []byte) bool {
	raw := s.twin.Raw(p.dsr)
	return len(raw) >= p.at+len(b) && bytes.Equal(raw[p.at:p.at+len(b)], b) || raw == nil
}
