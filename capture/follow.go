package capture

import (
	"context"
	"io"
	"os"
	"time"
)

// followPause is how often a file is looked at that has nothing new.
const followPause = 200 * time.Millisecond

// Follow opens a capture file that another program still writes. At its end
// ReadPackets waits for more, until ctx ends: that is the end of the capture. The
// file may be empty at first. It is read as it grows, so it can not be a
// compressed one whose writer holds data back.
func Follow(ctx context.Context, name string) (*Reader, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r, err := newReader(&follower{ctx, f}, name, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

type follower struct {
	ctx context.Context
	r   io.Reader
}

func (f *follower) Read(b []byte) (int, error) {
	for {
		n, err := f.r.Read(b)
		if n > 0 || err != io.EOF {
			return n, err
		}
		select {
		case <-f.ctx.Done():
			return 0, io.EOF
		case <-time.After(followPause):
		}
	}
}
