package aggregate

import (
	"encoding/binary"
	"math"

	"github.com/seed-6ae541b3/goargus/record"
)

// A block holds one record on its way: as it comes in, in the table as what the
// records of one key have become, and in the spill file. As long as a group is one
// record, that is the bytes of the record; from the first merge on, the DSRs that
// change with every record stand beside the bytes in full precision.
//
//	 0  size in units of 16 bytes u32
//	 4  length of the key u16
//	 6  flags u16
//	 8  number of the record that changed the group last u64
//	16  length of the bytes of the record u32
//	20  hash by which records are shared out u32
//	24  hash by which the table finds the key u32
//	28  length of the index u16, unused u16
//	32  key, padded to 8 bytes
//	    running sums, 184 bytes, if the flag says so
//	    index of the bytes of the record, padded to 8 bytes
//	    bytes of the record
type block []byte

const (
	blockHeader = 32
	sumsSize    = 6*8 + 4*8 + 8 + 2*8 + 2*40

	flagSums   = 0x01 // running sums are there
	flagTurned = 0x02 // the record is to be read turned round

	maxKey = 0xFFFF
)

var le = binary.LittleEndian

func (b block) keyLen() int     { return int(le.Uint16(b[4:])) }
func (b block) flags() uint16   { return le.Uint16(b[6:]) }
func (b block) seq() uint64     { return le.Uint64(b[8:]) }
func (b block) setSeq(n uint64) { le.PutUint64(b[8:], n) }
func (b block) restLen() int    { return int(le.Uint32(b[16:])) }
func (b block) units() int      { return int(le.Uint32(b)) }
func (b block) size() int       { return b.units() * unit }
func (b block) share() uint32   { return le.Uint32(b[20:]) }
func (b block) hash() uint64    { return uint64(le.Uint32(b[24:])) << 32 }
func (b block) bin() int64      { return binOf(b[blockHeader:]) }
func (b block) turned() bool    { return b.flags()&flagTurned != 0 }
func (b block) key() []byte     { return b[blockHeader : blockHeader+b.keyLen()] }

// sums is where the running sums stand, or would.
func (b block) sums() block { return b[blockHeader+(b.keyLen()+7)&^7:] }

// index is where the DSRs stand in the bytes of the record.
func (b block) index() block {
	s := b.sums()
	if b.flags()&flagSums != 0 {
		s = s[sumsSize:]
	}
	return s
}

func (b block) indexLen() int { return int(le.Uint16(b[28:])) }

// rest is the bytes of the record.
func (b block) rest() []byte {
	return b.index()[(b.indexLen()+7)&^7:][:b.restLen()]
}

// load makes r the record of the block. It aliases the block.
func (b block) load(r *record.Record) error {
	i, n := b.index(), b.indexLen()
	if err := r.LoadIndexed(i[(n+7)&^7:][:b.restLen()], i[:n]); err != nil {
		return err
	}
	if b.turned() {
		r.Reverse()
	}
	if b.flags()&flagSums != 0 {
		getSums(b.sums(), r)
	}
	return nil
}

// blockSize is the size of a block.
func blockSize(key, index, rest int, sums bool) int {
	n := blockHeader + (key+7)&^7 + (index+7)&^7 + rest
	if sums {
		n += sumsSize
	}
	return n
}

// inSums are the DSRs that the running sums hold.
var inSums = record.Set(record.DSRTime, record.DSRMetrics, record.DSRAggregate)

// putSums writes the running sums of a record.
func putSums(b []byte, r *record.Record) {
	_ = b[sumsSize-1]
	m := r.Metrics()
	for i, v := range [...]uint64{m.Src.Packets, m.Src.Bytes, m.Src.AppBytes, m.Dst.Packets, m.Dst.Bytes, m.Dst.AppBytes} {
		le.PutUint64(b[8*i:], v)
	}
	t := r.Times()
	for i, v := range [...]int64{t.Src.Start, t.Src.End, t.Dst.Start, t.Dst.End} {
		le.PutUint64(b[48+8*i:], uint64(v))
	}
	a := r.Aggregate()
	has := byte(0)
	if r.Has(record.DSRAggregate) {
		has |= 1
	}
	if r.Has(record.DSRTime) {
		has |= 2
	}
	if r.Has(record.DSRMetrics) {
		has |= 4
	}
	le.PutUint32(b[80:], a.Count)
	b[84], b[85], b[86], b[87] = a.Metric, has, 0, 0
	le.PutUint64(b[88:], uint64(a.LastStart))
	le.PutUint64(b[96:], uint64(a.Last))
	putStat(b[104:], &a.Active)
	putStat(b[144:], &a.Idle)
}

func putStat(b []byte, s *record.Stat) {
	le.PutUint32(b, s.N)
	le.PutUint32(b[4:], 0)
	le.PutUint64(b[8:], math.Float64bits(s.Min))
	le.PutUint64(b[16:], math.Float64bits(s.Mean))
	le.PutUint64(b[24:], math.Float64bits(s.StdDev))
	le.PutUint64(b[32:], math.Float64bits(s.Max))
}

// getSums gives a record that was loaded from the rest its running sums.
func getSums(b []byte, r *record.Record) {
	_ = b[sumsSize-1]
	m, t, a := r.Sums(has[b[85]&7])
	m.Src = record.Counters{Packets: le.Uint64(b), Bytes: le.Uint64(b[8:]), AppBytes: le.Uint64(b[16:])}
	m.Dst = record.Counters{Packets: le.Uint64(b[24:]), Bytes: le.Uint64(b[32:]), AppBytes: le.Uint64(b[40:])}
	t.Src = record.Span{Start: int64(le.Uint64(b[48:])), End: int64(le.Uint64(b[56:]))}
	t.Dst = record.Span{Start: int64(le.Uint64(b[64:])), End: int64(le.Uint64(b[72:]))}
	a.Count, a.Metric = le.Uint32(b[80:]), b[84]
	a.LastStart, a.Last = int64(le.Uint64(b[88:])), int64(le.Uint64(b[96:]))
	getStat(b[104:], &a.Active)
	getStat(b[144:], &a.Idle)
}

// has is the DSRs that byte 85 of the sums says there are.
var has = [8]record.DSRSet{}

func init() {
	for i := range has {
		for bit, d := range [...]record.DSR{record.DSRAggregate, record.DSRTime, record.DSRMetrics} {
			if i>>bit&1 != 0 {
				has[i] |= record.Set(d)
			}
		}
	}
}

func getStat(b []byte, s *record.Stat) {
	s.N = le.Uint32(b)
	s.Has = s.N > 0
	s.Min, s.Mean = math.Float64frombits(le.Uint64(b[8:])), math.Float64frombits(le.Uint64(b[16:]))
	s.StdDev, s.Max = math.Float64frombits(le.Uint64(b[24:])), math.Float64frombits(le.Uint64(b[32:]))
}
