package wire

import (
	"encoding/binary"
	"io"
)

// BufferSize is the size of the buffer of a Reader. It holds a record of the
// largest size and a block behind it.
const BufferSize = 512 << 10

// blockSize is how much a Reader asks its source for. The block is worked on
// while it still is in the second level cache.
const blockSize = 128 << 10

// Reader cuts a byte stream into records by their length fields. It looks at
// nothing else. Records are slices of its buffer, valid until the next call.
type Reader struct {
	src     io.Reader
	buf     []byte
	at, end int   // buf[at:end] is unread
	base    int64 // offset of buf[0] in the stream
	err     error // of src, to be reported when the buffer is used up
}

// Reset makes r read from src, whose first byte has the given offset.
func (r *Reader) Reset(src io.Reader, offset int64) {
	if r.buf == nil {
		r.buf = make([]byte, BufferSize)
	}
	r.src, r.at, r.end, r.base, r.err = src, 0, 0, offset, nil
}

// Offset is the place in the stream of the next unread byte.
func (r *Reader) Offset() int64 { return r.base + int64(r.at) }

// After passes over n unread bytes and returns the record behind them, if there
// is one whole in the buffer, else nil: [Reader.Next] sees to that.
func (r *Reader) After(n int) []byte {
	r.at += n
	b := r.buf[r.at:r.end]
	if len(b) < WordSize {
		return nil
	}
	n = int(binary.BigEndian.Uint16(b[2:])) * WordSize
	if n-1 >= len(b) || n == 0 {
		return nil
	}
	return b[:n]
}

// Next returns the next n unread bytes where n is the length of a record,
// without taking them: [Reader.Take] does. Words whose length field is 0 are no
// records and are passed over; skipped counts their bytes. At the end of the
// stream the error is io.EOF; inside a record it is io.ErrUnexpectedEOF, and b
// is what there is of it.
func (r *Reader) Next() (b []byte, skipped int, err error) {
	for {
		if r.end-r.at >= WordSize {
			n := int(binary.BigEndian.Uint16(r.buf[r.at+2:])) * WordSize
			if n != 0 && n <= r.end-r.at {
				return r.buf[r.at : r.at+n], skipped, nil
			}
			if n == 0 {
				r.Take(WordSize)
				skipped += WordSize
				continue
			}
			b, err = r.Peek(n)
			return b, skipped, err
		}
		if b, err = r.Peek(WordSize); err != nil {
			return b, skipped, err
		}
	}
}

// Peek returns the next n unread bytes, at most MaxRecord, without taking them.
// If there are fewer the error says why: io.EOF if there are none at all,
// io.ErrUnexpectedEOF if there are some, or that of the source.
func (r *Reader) Peek(n int) ([]byte, error) {
	for r.end-r.at < n {
		if r.err != nil {
			err := r.err
			if err == io.EOF && r.end > r.at {
				err = io.ErrUnexpectedEOF
			}
			return r.buf[r.at:r.end], err
		}
		r.fill()
	}
	return r.buf[r.at : r.at+n], nil
}

// Take passes over n unread bytes that are in the buffer.
func (r *Reader) Take(n int) { r.at += n }

// maxEmptyReads is how often a source may read nothing in a row.
const maxEmptyReads = 100

// fill reads a block behind the unread bytes, which it moves to the front.
func (r *Reader) fill() {
	r.base += int64(r.at)
	r.end = copy(r.buf, r.buf[r.at:r.end])
	r.at = 0
	for range maxEmptyReads {
		n, err := r.src.Read(r.buf[r.end:min(r.end+blockSize, len(r.buf))])
		r.end += n
		r.err = err
		if n > 0 || err != nil {
			return
		}
	}
	r.err = io.ErrNoProgress
}

// Skip passes over n bytes, read or not. A source with a method Skip, which
// returns how many bytes it passed over, is asked to.
func (r *Reader) Skip(n int64) error {
	for n > 0 {
		if r.at == r.end {
			if s, ok := r.src.(interface{ Skip(int64) int64 }); ok && r.err == nil {
				skipped := s.Skip(n)
				r.base += skipped
				if n -= skipped; n == 0 {
					return nil
				}
			}
			if r.err == io.EOF {
				return io.ErrUnexpectedEOF
			} else if r.err != nil {
				return r.err
			}
			r.fill()
			continue
		}
		take := int(min(n, int64(r.end-r.at)))
		r.Take(take)
		n -= int64(take)
	}
	return nil
}
