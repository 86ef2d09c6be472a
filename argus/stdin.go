package argus

import (
	"context"
	"io"
	"os"
)

// standardInput reads standard input, which stays open. A read of a terminal,
// pipe or socket cannot be called off; there a goroutine reads, so that who waits
// for it need wait no longer than the context lasts. The goroutine then ends with
// the next bytes or the end of the input.
func standardInput(ctx context.Context) io.ReadCloser {
	if info, err := os.Stdin.Stat(); err == nil && info.Mode().IsRegular() {
		return io.NopCloser(os.Stdin)
	}
	return &waiting{ctx: ctx, in: os.Stdin}
}

// waiting is a reader whose Read ends with a context.
type waiting struct {
	ctx  context.Context
	in   io.Reader
	got  chan delivery // from the goroutine, which runs from the first Read on
	back chan []byte   // memory for it to read into
	rest []byte        // of got, what Read has not returned yet
	buf  []byte        // that rest is of
	err  error
}

// delivery is what one read gave.
type delivery struct {
	b   []byte
	err error
}

const waitingBuffer = 256 << 10

func (w *waiting) Read(b []byte) (int, error) {
	if w.got == nil {
		w.got, w.back = make(chan delivery), make(chan []byte, 2)
		w.back <- make([]byte, waitingBuffer)
		w.back <- make([]byte, waitingBuffer)
		go w.run(w.got, w.back)
	}
	for len(w.rest) == 0 {
		if w.err != nil {
			return 0, w.err
		}
		select {
		case <-w.ctx.Done():
			return 0, w.ctx.Err()
		case c := <-w.got:
			if w.buf != nil {
				w.back <- w.buf
			}
			w.buf, w.rest, w.err = c.b[:cap(c.b)], c.b, c.err
		}
	}
	n := copy(b, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

func (w *waiting) run(got chan<- delivery, back <-chan []byte) {
	for b := range back {
		n, err := w.in.Read(b)
		select {
		case got <- delivery{b[:n], err}:
		case <-w.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

func (w *waiting) Close() error { return nil }
