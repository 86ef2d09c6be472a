package aggregate

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/record"
)

// A block holds one record on its way: as it comes in, in the table as what the
// records of one key have become, and in the spill file. As long as a group is one
// record, that is the bytes of the record; from the first merge on it is held in
// the form of [record.Merger.AppendHeld].
//
//	 0  size in units of 16 bytes u32
//	 4  length of the key u16
//	 6  flags u16
//	 8  number of the record that changed the group last u64
//	16  hash by which records are shared out u32
//	20  hash by which the table finds the key u32
//	24  key, padded to 4 bytes
//	    the record
type block []byte

const (
	blockHeader = 24

	flagHeld   = 0x01 // the record is held for merging
	flagTurned = 0x02 // the record is to be read turned round

	maxKey = 0xFFFF
)

var le = binary.LittleEndian

func (b block) keyLen() int     { return int(le.Uint16(b[4:])) }
func (b block) flags() uint16   { return le.Uint16(b[6:]) }
func (b block) seq() uint64     { return le.Uint64(b[8:]) }
func (b block) setSeq(n uint64) { le.PutUint64(b[8:], n) }
func (b block) units() int      { return int(le.Uint32(b)) }
func (b block) size() int       { return b.units() * unit }
func (b block) share() uint32   { return le.Uint32(b[16:]) }
func (b block) hash() uint64    { return uint64(le.Uint32(b[20:])) << 32 }
func (b block) bin() int64      { return binOf(b[blockHeader:]) }
func (b block) held() bool      { return b.flags()&flagHeld != 0 }
func (b block) key() []byte     { return b[blockHeader : blockHeader+b.keyLen()] }

// body is where the record stands, to the end of the block.
func (b block) body() []byte { return b[blockHeader+(b.keyLen()+3)&^3 : b.size()] }

// load makes r the record of the block. It aliases the block.
func (b block) load(r *record.Record, shapes *record.Shapes) error {
	body := b.body()
	if b.held() {
		return r.LoadHeld(body, shapes)
	}
	if len(body) >= record.HeaderSize { // without the padding
		body = body[:min(len(body), 4*int(binary.BigEndian.Uint16(body[2:])))]
	}
	if err := r.LoadLike(body, shapes); err != nil {
		return err
	}
	if b.flags()&flagTurned != 0 {
		r.Reverse()
	}
	return nil
}

// blockUnits is the size of a block in units.
func blockUnits(key, body int) int { return units(blockHeader + (key+3)&^3 + body) }

// head is what goes with a record.
type head struct {
	flags uint16
	seq   uint64
	share uint32
	hash  uint64 // of the key; the upper half counts
}

func (h *head) held() bool { return h.flags&flagHeld != 0 }

func (b block) head() head { return head{b.flags(), b.seq(), b.share(), b.hash()} }

// fill writes a block of n units.
func (b block) fill(n int, h head, key, body []byte) {
	le.PutUint32(b, uint32(n))
	le.PutUint32(b[4:], uint32(len(key))|uint32(h.flags)<<16)
	le.PutUint64(b[8:], h.seq)
	le.PutUint32(b[16:], h.share)
	le.PutUint32(b[20:], uint32(h.hash>>32))
	copy(b[blockHeader:], key)
	copy(b[blockHeader+(len(key)+3)&^3:], body)
}
