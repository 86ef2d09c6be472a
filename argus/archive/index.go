package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

// Index tells where in a file the records of a stretch of time are. It stands
// beside the file, under its name with ".idx". The file need not be sorted, but
// the less it is, the more of it has to be read.
//
//	0   "goargus index 1\n"
//	16  size of the file, time of its last change, number of blocks: 8 bytes each
//	40  blocks: offset, end, first start, last end: 8 bytes each, big-endian
//	..  CRC-32 of all before
type Index struct {
	Blocks []Block
	size   int64 // of the file that was indexed
	mtime  int64
}

// Block is a stretch of a file: its records begin at Offset and end before End,
// in bytes of the decompressed stream. Their times, in nanoseconds since the
// epoch, are not before First and not after Last.
type Block struct{ Offset, End, First, Last int64 }

const (
	indexTitle = "goargus index 1\n"
	blockBytes = 256 << 10
	maxBlocks  = 1 << 24
)

// IndexName is the name of the index of a file.
func IndexName(name string) string { return name + ".idx" }

// BuildIndex reads a file and returns its index.
func BuildIndex(ctx context.Context, name string) (*Index, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	src, err := argus.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	x := &Index{size: info.Size(), mtime: info.ModTime().UnixNano()}
	b := Block{First: math.MaxInt64, Last: math.MinInt64}
	at := int64(0)
	for r, err := range src.Records() {
		if err != nil {
			return nil, err
		}
		first, last := span(r)
		b.First, b.Last = min(b.First, first), max(b.Last, last)
		at = src.Stats().Bytes
		if at-b.Offset >= blockBytes {
			b.End = at
			x.Blocks = append(x.Blocks, b)
			b = Block{Offset: at, First: math.MaxInt64, Last: math.MinInt64}
		}
	}
	if at > b.Offset {
		b.End = at
		x.Blocks = append(x.Blocks, b)
	}
	return x, nil
}

// span is the stretch of time of a record. One without times may be of any.
func span(r *record.Record) (first, last int64) {
	if r.Kind() == record.Management {
		now := r.Management().Now
		return now, now
	}
	t := r.Times()
	if t.Start() == 0 {
		return math.MinInt64, math.MaxInt64
	}
	return t.Start(), t.End()
}

// Between returns the stretches of the file in which there may be records that
// are not all before start and not all after end, in order.
func (x *Index) Between(start, end int64) (out []Block) {
	for _, b := range x.Blocks {
		if b.First > end || b.Last < start {
			continue
		}
		if n := len(out); n > 0 && out[n-1].End == b.Offset {
			out[n-1].End = b.End
			out[n-1].First, out[n-1].Last = min(out[n-1].First, b.First), max(out[n-1].Last, b.Last)
			continue
		}
		out = append(out, b)
	}
	return out
}

// Write writes the index of a file beside it, at once or not at all.
func (x *Index) Write(name string) error {
	be := binary.BigEndian
	b := []byte(indexTitle)
	for _, v := range []int64{x.size, x.mtime, int64(len(x.Blocks))} {
		b = be.AppendUint64(b, uint64(v))
	}
	for _, k := range x.Blocks {
		for _, v := range []int64{k.Offset, k.End, k.First, k.Last} {
			b = be.AppendUint64(b, uint64(v))
		}
	}
	b = be.AppendUint32(b, crc32.ChecksumIEEE(b))
	name = IndexName(name)
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// ErrStale is the error of an index of a file that has changed since.
var ErrStale = errors.New("archive: the file has changed since it was indexed")

// ReadIndex reads the index that stands beside a file.
func ReadIndex(name string) (*Index, error) {
	b, err := os.ReadFile(IndexName(name))
	if err != nil {
		return nil, err
	}
	x, err := parseIndex(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", IndexName(name), err)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() != x.size || info.ModTime().UnixNano() != x.mtime {
		return nil, ErrStale
	}
	return x, nil
}

var errIndex = errors.New("not an index")

func parseIndex(b []byte) (*Index, error) {
	be := binary.BigEndian
	body, ok := bytes.CutPrefix(b, []byte(indexTitle))
	if !ok || len(body) < 28 || be.Uint32(b[len(b)-4:]) != crc32.ChecksumIEEE(b[:len(b)-4]) {
		return nil, errIndex
	}
	x := &Index{size: int64(be.Uint64(body)), mtime: int64(be.Uint64(body[8:]))}
	n := be.Uint64(body[16:])
	body = body[24 : len(body)-4]
	if n > maxBlocks || uint64(len(body)) != n*32 {
		return nil, errIndex
	}
	at := int64(0)
	for ; len(body) > 0; body = body[32:] {
		k := Block{int64(be.Uint64(body)), int64(be.Uint64(body[8:])), int64(be.Uint64(body[16:])), int64(be.Uint64(body[24:]))}
		if k.Offset != at || k.End <= k.Offset {
			return nil, errIndex
		}
		at = k.End
		x.Blocks = append(x.Blocks, k)
	}
	return x, nil
}

// Between yields the records of a file that may be of a stretch of time: with an
// index that is up to date it reads only those blocks, otherwise all. Some records
// before start and after end are among them, so that a filter has to follow. The
// record that opens the file comes first in any case.
func Between(ctx context.Context, name string, start, end int64) record.Stream {
	return func(yield func(*record.Record, error) bool) {
		x, err := ReadIndex(name)
		if err != nil { // none, or not of this file as it is
			x = &Index{Blocks: []Block{{First: math.MinInt64, Last: math.MaxInt64}}}
		}
		opened := false
		for _, b := range x.Between(start, end) {
			if !between(ctx, name, b, &opened, yield) {
				return
			}
		}
	}
}

// between yields the records of one stretch.
func between(ctx context.Context, name string, b Block, opened *bool, yield func(*record.Record, error) bool) bool {
	src, err := argus.Open(ctx, name, argus.Range(b.Offset, b.End))
	if err != nil {
		yield(nil, err)
		return false
	}
	defer src.Close()
	first := true
	for r, err := range src.Records() {
		again := first && *opened // each stretch is read with the record that opens the file
		first = false
		if err == nil && again && r.Kind() == record.Management && r.Cause() == record.Start {
			continue
		}
		*opened = true
		if !yield(r, err) || err != nil {
			return false
		}
	}
	return true
}
