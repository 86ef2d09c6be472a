package argus

import (
	"context"
	"io"
	"os"
	"time"
)

// contextReader ends reading when its context does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// Skip passes over n bytes of a file at once, or none of what is no file or has
// no more as many.
func (c contextReader) Skip(n int64) int64 {
	f, ok := c.r.(*os.File)
	if !ok {
		return 0
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil || at+n > info.Size() {
		return 0
	}
	if _, err := f.Seek(n, io.SeekCurrent); err != nil {
		return 0
	}
	return n
}

// followEvery is how often a file is looked at for more.
const followEvery = 100 * time.Millisecond

// tail reads a file that is still being written: its end is not the end.
type tail struct {
	ctx context.Context
	r   io.Reader
}

func (t *tail) Read(b []byte) (int, error) {
	for {
		n, err := contextReader{t.ctx, t.r}.Read(b)
		if n > 0 || err != nil && err != io.EOF {
			return n, err
		}
		select {
		case <-t.ctx.Done():
			return 0, t.ctx.Err()
		case <-time.After(followEvery):
		}
	}
}
