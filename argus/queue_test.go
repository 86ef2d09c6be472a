package argus_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

// memory is a writer that waits where it is told to and may fail.
type memory struct {
	mu      sync.Mutex
	records []*record.Record
	gate    chan struct{} // closed: writing goes on
	fail    error
	flushed int
}

func (m *memory) Write(rec *record.Record) error {
	<-m.gate
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.records = append(m.records, rec.Clone())
	return nil
}

func (m *memory) Flush() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.flushed = len(m.records)
	return m.fail
}

func (m *memory) Close() error { return nil }

// flowOf is a flow record of some packets.
func flowOf(packets uint64) *record.Record {
	r := record.New(record.FlowRecord, record.Version5, record.Start)
	r.SetMetrics(record.Metrics{Src: record.Counters{Packets: packets, Bytes: 60 * packets}})
	b, err := r.AppendTo(nil, record.Version5)
	if err != nil {
		panic(err)
	}
	if err := r.Load(b); err != nil {
		panic(err)
	}
	return r
}

func statusOf(cause record.Cause, dropped uint32) *record.Record {
	return record.NewManagement(record.Version5, cause, record.ManagementInfo{Dropped: dropped})
}

// A writer that stands still costs records, not time, and management records
// tell of it: what they say and what the flow records say is all there was.
func TestQueueDropsAndTells(t *testing.T) {
	m := &memory{gate: make(chan struct{})}
	q, err := argus.NewQueue(argus.QueueConfig{Size: 10_000, Open: func() (argus.Writer, error) { return m, nil }})
	if err != nil {
		t.Fatal(err)
	}
	write := func(r *record.Record) {
		t.Helper()
		if err := q.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	write(statusOf(record.Start, 0))
	const n = 5000
	for range n {
		write(flowOf(3))
	}
	write(statusOf(record.Status, 5))
	stats := q.Stats()
	if stats.Dropped == 0 || stats.DroppedPackets != 3*stats.Dropped || stats.WaitingBytes > 10_000+2*record.ManagementSize {
		t.Errorf("counters %+v", stats)
	}
	close(m.gate)
	if err := q.Flush(); err != nil {
		t.Fatal(err)
	}
	write(flowOf(7))
	write(statusOf(record.Stop, 0))
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	var told, packets uint64
	var flows uint64
	for _, r := range m.records {
		if r.Kind() == record.Management {
			told += uint64(r.Management().Dropped)
			continue
		}
		flows++
		packets += r.Metrics().Src.Packets
	}
	if told+packets != 3*n+7+5 || flows+stats.Dropped != n+1 {
		t.Errorf("%d packets and %d dropped, %d flows and %d dropped", packets, told, flows, stats.Dropped)
	}
	if status := m.records[len(m.records)-3]; status.Management().Output == 0 {
		t.Error("the STATUS record says that nothing waited")
	}
	if m.flushed != len(m.records) || q.Stats().Written != uint64(len(m.records)) {
		t.Errorf("%d records, %d flushed, counters %+v", len(m.records), m.flushed, q.Stats())
	}
	if err := q.Write(flowOf(1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// A writer that fails is opened again, and begins with the START record.
func TestQueueOpensAgain(t *testing.T) {
	open := make(chan struct{})
	close(open)
	full := errors.New("disk full")
	writers := []*memory{{gate: open, fail: full}, nil, {gate: open}}
	var told []string
	q, err := argus.NewQueue(argus.QueueConfig{
		Open: func() (argus.Writer, error) {
			w := writers[0]
			writers = writers[min(1, len(writers)-1):]
			if w == nil {
				return nil, errors.New("can not open")
			}
			return w, nil
		},
		OnError: func(err error) { told = append(told, err.Error()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*record.Record{statusOf(record.Start, 0), flowOf(1), flowOf(2)} {
		if err := q.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := q.Write(flowOf(4)); err != nil { // comes while there is no writer
		t.Fatal(err)
	}
	if err := q.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := q.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	var packets []uint64
	for _, r := range writers[0].records {
		packets = append(packets, r.Metrics().Src.Packets)
	}
	if d := cmp.Diff([]uint64{0, 4}, packets); d != "" {
		t.Errorf("records of the last writer (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"disk full", "can not open"}, told); d != "" {
		t.Errorf("errors (-want +got):\n%s", d)
	}
	if s := q.Stats(); s.Dropped != 3 || s.DroppedPackets != 3 {
		t.Errorf("counters %+v", s)
	}
}

// Writing to a queue allocates nothing once it runs.
func BenchmarkQueue(b *testing.B) {
	q, err := argus.NewQueue(argus.QueueConfig{Open: func() (argus.Writer, error) {
		return argus.Create(filepath.Join(b.TempDir(), "out.arg"), argus.Version5)
	}})
	if err != nil {
		b.Fatal(err)
	}
	rec := flowOf(1)
	b.ReportAllocs()
	for b.Loop() {
		if err := q.Write(rec); err != nil {
			b.Fatal(err)
		}
	}
	if err := q.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(q.Stats().Dropped)/float64(b.N), "dropped/op")
}
