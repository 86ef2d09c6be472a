package capture

import (
	"context"
	"io"
	"time"
)

// Replay returns a Source that hands out the packets of src when they are due:
// as far apart as they were captured, divided by speed (1 is as fast as they
// were, 10 ten times as fast). Packets with a time stamp before that of an
// earlier one are due at once. The end of ctx is the end of the packets.
func Replay(ctx context.Context, src Source, speed float64) Source {
	return &replay{Source: src, ctx: ctx, speed: speed}
}

type replay struct {
	Source
	ctx     context.Context
	speed   float64
	read    []Packet // the block in hand
	waiting []Packet // what of it is not due yet
	err     error    // what comes after it
	begun   bool
	start   time.Time // when the first packet was handed out
	first   int64     // and its time stamp
}

func (r *replay) ReadPackets(buf []Packet) (int, error) {
	if len(buf) == 0 {
		return 0, nil
	}
	if len(r.waiting) == 0 && r.err == nil {
		if len(r.read) < len(buf) {
			r.read = make([]Packet, len(buf))
		}
		n, err := r.Source.ReadPackets(r.read)
		r.waiting, r.err = r.read[:n], err
	}
	if len(r.waiting) == 0 {
		err := r.err
		if err == ErrNextCapture {
			r.begun = false
		}
		r.err = nil
		return 0, err
	}
	if !r.begun {
		r.begun, r.start, r.first = true, time.Now(), r.waiting[0].Time
	}
	if !r.sleep(r.delay(&r.waiting[0])) {
		return 0, io.EOF
	}
	n := 0
	for n < min(len(r.waiting), len(buf)) && r.delay(&r.waiting[n]) <= 0 {
		n++
	}
	n = copy(buf, r.waiting[:max(n, 1)])
	r.waiting = r.waiting[n:]
	return n, nil
}

// delay is how long it is until a packet is due.
func (r *replay) delay(p *Packet) time.Duration {
	const most = float64(1 << 62)
	due := min(float64(p.Time-r.first)/r.speed, most)
	return time.Duration(due) - time.Since(r.start)
}

// sleep reports whether the context lasted that long.
func (r *replay) sleep(d time.Duration) bool {
	if d <= 0 {
		return r.ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.ctx.Done():
		return false
	}
}

// Unwrap returns the source that packets come from.
func (r *replay) Unwrap() Source { return r.Source }
