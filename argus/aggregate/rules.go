package aggregate

import (
	"hash/maphash"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// rules are what all shards of an aggregator share.
type rules struct {
	key     *Key
	merger  record.Merger
	correct bool
	single  bool // every record is a group of its own
	bare    bool // no statistics in the results
	cut     bool // addresses are masked, or fields outside of the key cleared
	clear   bool // fields outside of the key are cleared
	status  time.Duration
	idle    time.Duration
	bins    bool // part of a series of bins
	seed    maphash.Seed
	order   order
}

// finish makes a merged record what is reported: statistics of a single record
// are left out, since readers make them up, and a record that was turned round
// is settled that way.
func (r *rules) finish(rec *record.Record) {
	if rec.Reversed() {
		rec.SetMetrics(*rec.Metrics())
	}
	r.merger.Finish(rec)
	if !rec.Has(record.DSRAggregate) {
		if r.merger.Metric != nil && !r.bare {
			r.merger.Single(rec)
		}
		return
	}
	single := r.merger.Metric == nil && !(r.single && r.bins) // pieces of a record tell of the whole
	if r.bare || single && rec.Aggregate().Count <= 1 {
		rec.Drop(record.DSRAggregate)
	}
}

// prepare settles the direction of a record by the key's mode and cuts its flow
// key to what the group has.
func (r *rules) prepare(rec *record.Record) {
	if r.key.matrix != noMatrix && turns(rec, r.key.matrix) {
		rec.Reverse()
	}
	if !rec.Has(record.DSRFlow) {
		return
	}
	f := rec.Flow()
	if (r.key.matrix != noMatrix || r.key.rmon) && f.Direction {
		f.Direction = false
		rec.SetFlow(*f)
	}
	if r.cut {
		r.cutFlow(rec)
	}
}

// turns reports whether a record is to be turned round for a matrix: if the
// source has the higher address.
func turns(rec *record.Record, m matrix) bool {
	if m == macMatrix {
		p := rec.MAC()
		return rec.Has(record.DSRMAC) && string(p.Src[:]) > string(p.Dst[:])
	}
	f := rec.Flow()
	return rec.Has(record.DSRFlow) && f.Class != record.ClassARP && f.IsIP() && f.Src.Compare(f.Dst) > 0
}

// cutFlow masks the addresses, and clears what the key has not unless it is to
// be preserved.
func (r *rules) cutFlow(rec *record.Record) {
	k := r.key
	f := *rec.Flow()
	if k.srcMask.set {
		f.Src, f.SrcBits, f.Masked = k.srcMask.apply(f.Src), k.srcMask.keepBits(f.SrcBits), true
	}
	if k.dstMask.set {
		f.Dst, f.DstBits, f.Masked = k.dstMask.apply(f.Dst), k.dstMask.keepBits(f.DstBits), true
	}
	switch {
	case !r.clear:
	case f.IsIP():
		clearUnkeyed(&f, k.has)
	case f.Type == record.KeyEthernet:
		clearUnkeyedMAC(&f, k.has)
	}
	rec.SetFlow(f)
}

func clearUnkeyedMAC(f *record.Flow, has keyed) {
	if !has.src {
		f.Src = f.Src.Mask(0)
	}
	if !has.dst {
		f.Dst = f.Dst.Mask(0)
	}
	if !has.proto {
		f.EtherType = 0
	}
}

func clearUnkeyed(f *record.Flow, has keyed) {
	if !has.src {
		f.Src, f.SrcBits, f.Masked = f.Src.Mask(0), 0, true
	}
	if !has.dst {
		f.Dst, f.DstBits, f.Masked = f.Dst.Mask(0), 0, true
	}
	if !has.srcPort {
		f.SrcPort, f.ICMPType, f.ICMPCode = 0, 0, 0
	}
	if !has.dstPort {
		f.DstPort, f.ICMPID, f.ICMPSeq, f.SPI = 0, 0, 0, 0
	}
	if !has.proto {
		f.Proto = 0
	}
}
