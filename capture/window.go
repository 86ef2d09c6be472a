package capture

import (
	"errors"
	"io"
)

// windowSize is how much of a stream is held at a time. Packets are handed out
// in place, so it must hold the longest record there is.
const windowSize = 2 << 20

// window is a view of a byte stream that moves forward only. Bytes in it stay
// where they are until fill or skip is called.
type window struct {
	r        io.Reader
	buf      []byte
	pos, end int   // buf[pos:end] is read and not consumed
	base     int64 // offset of buf[0] in the stream
	err      error // why r yields no more
}

func newWindow(r io.Reader) *window { return &window{r: r, buf: make([]byte, windowSize)} }

// bytes returns what is there without reading.
func (w *window) bytes() []byte { return w.buf[w.pos:w.end] }

// offset is the place in the stream of the first byte not consumed.
func (w *window) offset() int64 { return w.base + int64(w.pos) }

// fill reads until at least n bytes are there, n at most windowSize. It returns
// io.EOF if the stream ends before the first of them and io.ErrUnexpectedEOF if
// it ends among them.
func (w *window) fill(n int) error {
	if w.pos+n > len(w.buf) || w.pos == w.end {
		copy(w.buf, w.buf[w.pos:w.end])
		w.base += int64(w.pos)
		w.end -= w.pos
		w.pos = 0
	}
	for idle := 0; w.end-w.pos < n; {
		if w.err != nil {
			return w.short()
		}
		k, err := w.r.Read(w.buf[w.end:])
		w.end += k
		w.err = err
		if k > 0 {
			idle = 0
		} else if idle++; idle == 100 && err == nil {
			w.err = io.ErrNoProgress
		}
	}
	return nil
}

func (w *window) short() error {
	if errors.Is(w.err, io.EOF) && w.pos < w.end {
		return io.ErrUnexpectedEOF
	}
	return w.err
}

// skip consumes n bytes, more than the window holds if need be. It returns
// io.ErrUnexpectedEOF if the stream ends before.
func (w *window) skip(n int64) error {
	for {
		have := int64(w.end - w.pos)
		if n <= have {
			w.pos += int(n)
			return nil
		}
		w.pos = w.end
		n -= have
		if err := w.fill(1); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
	}
}
