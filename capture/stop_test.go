package capture_test

import (
	"context"
	"io"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/record"
)

// stoppable has a packet a call until it is stopped, then three more. It loses
// two on the way.
type stoppable struct {
	stopped chan struct{}
	left    int
}

func (s *stoppable) ReadPackets(buf []capture.Packet) (int, error) {
	select {
	case <-s.stopped:
		if s.left == 0 {
			return 0, io.EOF
		}
		s.left--
	default:
	}
	buf[0] = capture.Packet{Link: capture.Ethernet, Data: make([]byte, 60), Length: 60, Time: 1e9}
	return 1, nil
}

func (s *stoppable) Interfaces() []capture.Interface { return nil }
func (s *stoppable) Close() error                    { return nil }
func (s *stoppable) Stop()                           { close(s.stopped) }

func (s *stoppable) Dropped() uint64 {
	if s.left == 0 {
		return 2
	}
	return 0
}

// The end of the context stops the source behind others, and what it still has
// is in the records.
func TestFlowsStopSource(t *testing.T) {
	src := &stoppable{stopped: make(chan struct{}), left: 3}
	read := 0
	picked := capture.Select(capture.Range(src, 0, 1<<40), func(*capture.Packet) bool { read++; return true })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var packets, dropped uint64
	for rec, err := range capture.Flows(ctx, picked, capture.Config{}) {
		switch {
		case err != nil:
			t.Fatal(err)
		case rec.Cause() == record.Stop:
			dropped += uint64(rec.Management().Dropped)
		case rec.Kind() == record.Management:
			cancel()
		default:
			m := rec.Metrics()
			packets += m.Src.Packets + m.Dst.Packets
		}
	}
	if src.left != 0 || packets != uint64(read) || packets < 3 || dropped != 2 {
		t.Errorf("%d packets left, %d of %d in records, %d dropped", src.left, packets, read, dropped)
	}
}
