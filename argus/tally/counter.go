package tally

import (
	"iter"

	"github.com/seed-6ae541b3/goargus/record"
)

// Sum is what some records add up to.
type Sum struct {
	Records uint64 // flow and event records
	Flows   uint64 // flows that these records stand for: a merged one counts as many
	Src     record.Counters
	Dst     record.Counters
}

// Packets is the number of packets of both sides.
func (s *Sum) Packets() uint64 { return s.Src.Packets + s.Dst.Packets }

// Bytes is the number of bytes of both sides.
func (s *Sum) Bytes() uint64 { return s.Src.Bytes + s.Dst.Bytes }

func (s *Sum) add(m *record.Metrics) {
	s.Src.Packets += m.Src.Packets
	s.Src.Bytes += m.Src.Bytes
	s.Src.AppBytes += m.Src.AppBytes
	s.Dst.Packets += m.Dst.Packets
	s.Dst.Bytes += m.Dst.Bytes
	s.Dst.AppBytes += m.Dst.AppBytes
}

// Counter counts records. Its zero value counts totals alone.
type Counter struct {
	ByProtocol bool // count protocols too
	ByAddress  bool // count distinct addresses too, at some 40 bytes for each

	total     Sum
	kinds     [16]uint64
	ip        [256]Sum
	ether     map[uint16]*Sum
	arp       [2]Sum // ARP, RARP
	other     Sum
	addresses addresses
}

// Add counts a record. It does not allocate, but for new Ethernet types and new
// addresses.
func (c *Counter) Add(r *record.Record) {
	k := r.Kind()
	c.kinds[k>>4]++
	if k == record.Management {
		return
	}
	c.total.Records++
	m := r.Metrics()
	c.total.add(m)
	if !c.ByProtocol && !c.ByAddress || !r.IsFlow() {
		return
	}
	f := r.Flow()
	if c.ByProtocol {
		s := c.protocol(r, f)
		s.Records++
		s.Flows += uint64(max(r.Aggregate().Count, 1))
		s.add(m)
	}
	if c.ByAddress {
		c.addresses.add(f.Src, asSource)
		c.addresses.add(f.Dst, asDest)
	}
}

// protocol is the sum that a flow belongs to.
func (c *Counter) protocol(r *record.Record, f *record.Flow) *Sum {
	switch {
	case !r.Has(record.DSRFlow):
		return &c.other
	case f.Class == record.ClassARP && f.Type == record.KeyRARP:
		return &c.arp[1]
	case f.Class == record.ClassARP:
		return &c.arp[0]
	case f.IsIP():
		return &c.ip[f.Proto&0xFF]
	case f.Type != record.KeyEthernet:
		return &c.other
	}
	s := c.ether[f.EtherType]
	if s == nil {
		if c.ether == nil {
			c.ether = map[uint16]*Sum{}
		}
		s = new(Sum)
		c.ether[f.EtherType] = s
	}
	return s
}

// Total is the sum of all but management records. Its Flows is zero.
func (c *Counter) Total() *Sum { return &c.total }

// Kind is the number of records of a kind.
func (c *Counter) Kind(k record.Kind) uint64 { return c.kinds[k>>4] }

// Protocol is the sum of a kind of flows.
type Protocol struct {
	Layer  Layer
	Number uint16 // IP protocol or Ethernet type
	Sum    *Sum
}

// Layer says what the number of a Protocol means.
type Layer uint8

// The layers.
const (
	IP Layer = iota
	Ethernet
	ARP
	RARP
	Unknown // flows of other kinds and without a key
)

// Protocols yields the sums that are not empty: IP protocols by number, both IP
// versions together, Ethernet types by number, ARP, RARP, and all else.
func (c *Counter) Protocols() iter.Seq[Protocol] {
	return func(yield func(Protocol) bool) {
		var list []Protocol
		for n := range c.ip {
			list = append(list, Protocol{IP, uint16(n), &c.ip[n]})
		}
		for _, n := range sortedKeys(c.ether) {
			list = append(list, Protocol{Ethernet, n, c.ether[n]})
		}
		list = append(list, Protocol{ARP, 0, &c.arp[0]}, Protocol{RARP, 0, &c.arp[1]}, Protocol{Unknown, 0, &c.other})
		for _, p := range list {
			if p.Sum.Records > 0 && !yield(p) {
				return
			}
		}
	}
}
