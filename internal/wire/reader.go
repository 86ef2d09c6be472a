package wire

import (
	"encoding/binary"
	"io"
)

// BufferSize is how much a Reader reads at once. It holds several records of
// the largest size.
const BufferSize = 1 << 20

// Reader cuts a byte stream into records by their length fields. It looks at
// nothing else. Records are slices of its buffer, valid until the next call.
type Reader struct {
	src     io.Reader
	buf     []byte
	at, end int   // buf[at:end] is unread
	offset  int64 // of buf[at] in the stream
	err     error // of src, to be reported when the buffer is used up
}

// Reset makes r read from src, whose first byte has the given offset.
func (r *Reader) Reset(src io.Reader, offset int64) {
	if r.buf == nil {
		r.buf = make([]byte, BufferSize)
	}
	r.src, r.at, r.end, r.offset, r.err = src, 0, 0, offset, nil
}

// Offset is the place in the stream of the next unread byte.
func (r *Reader) Offset() int64 { return r.offset }

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
func (r *Reader) Take(n int) {
	r.at += n
	r.offset += int64(n)
}

// maxEmptyReads is how often a source may read nothing in a row.
const maxEmptyReads = 100

// fill reads more bytes behind the unread ones, which it moves to the front if
// there is no room left.
func (r *Reader) fill() {
	if r.at == r.end {
		r.at, r.end = 0, 0
	} else if len(r.buf)-r.at < MaxRecord {
		r.end = copy(r.buf, r.buf[r.at:r.end])
		r.at = 0
	}
	for range maxEmptyReads {
		n, err := r.src.Read(r.buf[r.end:])
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
				r.offset += skipped
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
