package argus

import (
	"errors"
	"os"
	"sync"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// Writer takes records; a [*Sink] is one.
type Writer interface {
	Write(rec *record.Record) error
	Flush() error // what is held back goes out
	Close() error
}

// DefaultQueueSize is the number of bytes of records that wait at most.
const DefaultQueueSize = 64 << 20

// retryAfter is how long a queue waits before it opens a failed writer again.
const retryAfter = time.Second

// QueueConfig says how a Queue works.
type QueueConfig struct {
	// Open opens the writer: at once, and again a second after it failed.
	Open func() (Writer, error)

	// Size bounds the bytes of the records that wait; 0 is DefaultQueueSize.
	Size int

	// OnError is told of errors of the writer, by the goroutine of the queue.
	// The same error many times in a row is told of once. nil is nobody.
	OnError func(error)
}

// QueueStats counts what became of the records.
type QueueStats struct {
	Written        uint64 // records handed to the writer and on by it
	Waiting        int    // records in the queue
	WaitingBytes   int
	Dropped        uint64 // records lost, because the queue was full or the writer failed
	DroppedPackets uint64 // and the packets that they told of
}

// Queue stands between who makes records and must not wait, such as a live
// sensor, and a writer that may be slow. Write copies the record and never
// waits; when the queue is full, flow records are dropped and counted. A
// goroutine of the queue's own writes, and flushes whenever nothing waits.
//
// STATUS and STOP management records are never dropped, and say what was: their
// dropped packets include those of the records that this queue has dropped
// since the management record before, their output count is the records that
// wait. So the packets of all flow records and the dropped ones of all
// management records are what came over the wire, for each output.
//
// Any number of goroutines may use a Queue.
type Queue struct {
	cfg    QueueConfig
	writer Writer

	mu      sync.Mutex
	changed sync.Cond // there is work, or no more will come
	handled sync.Cond // a chunk was seen to
	stats   QueueStats
	ready   []*chunk // in their order; the last one takes what comes
	free    []*chunk
	added   uint64         // records ever
	left    uint64         // and those that were seen to
	told    uint64         // dropped packets that management records have told of
	start   *record.Record // of the stream, for a writer that is opened again
	closing bool

	done      chan struct{} // the goroutine has ended
	closeErr  error         // of the writer, once done
	unflushed tally
	lastError string
}

// tally counts records and the packets in them.
type tally struct{ records, packets uint64 }

// chunk is records one after the other.
type chunk struct {
	bytes []byte
	tally
}

const chunkSize = 256 << 10

// NewQueue opens the writer and starts a queue in front of it.
func NewQueue(cfg QueueConfig) (*Queue, error) {
	if cfg.Size == 0 {
		cfg.Size = DefaultQueueSize
	}
	w, err := cfg.Open()
	if err != nil {
		return nil, err
	}
	q := &Queue{cfg: cfg, writer: w, done: make(chan struct{})}
	q.changed.L, q.handled.L = &q.mu, &q.mu
	go q.run()
	return q, nil
}

// Write adds a record, or drops it. The error is of a record that can not be
// encoded, or of a queue that is closed.
func (q *Queue) Write(rec *record.Record) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closing {
		return os.ErrClosed
	}
	if rec.Kind() == record.Management {
		return q.manage(rec)
	}
	if q.stats.WaitingBytes+len(rec.Bytes()) > q.cfg.Size {
		q.drop(tally{1, packetsOf(rec)})
		return nil
	}
	return q.add(rec)
}

// manage adds a management record that says what this queue has dropped.
func (q *Queue) manage(rec *record.Record) error {
	if rec.Cause() == record.Start {
		if q.start == nil {
			q.start = rec.Clone()
		}
		return q.add(rec)
	}
	m := *rec.Management()
	m.Dropped += uint32(q.stats.DroppedPackets - q.told)
	m.Output = uint32(q.stats.Waiting)
	q.told = q.stats.DroppedPackets
	mine := rec.Clone()
	mine.SetManagement(m)
	return q.add(mine)
}

func (q *Queue) add(rec *record.Record) error {
	n := len(q.ready)
	if n == 0 || len(q.ready[n-1].bytes) >= chunkSize {
		q.ready = append(q.ready, q.fresh())
		n++
	}
	c := q.ready[n-1]
	before := len(c.bytes)
	b, err := rec.AppendTo(c.bytes, rec.Version())
	if err != nil {
		return err
	}
	c.bytes = b
	c.records++
	c.packets += packetsOf(rec)
	q.added++
	q.stats.Waiting++
	q.stats.WaitingBytes += len(b) - before
	q.changed.Signal()
	return nil
}

// packetsOf is the number of packets that a flow record tells of.
func packetsOf(rec *record.Record) uint64 {
	if rec.Kind() == record.Management {
		return 0
	}
	m := rec.Metrics()
	return m.Src.Packets + m.Dst.Packets
}

func (q *Queue) fresh() *chunk {
	if n := len(q.free); n > 0 {
		c := q.free[n-1]
		q.free = q.free[:n-1]
		return c
	}
	return new(chunk)
}

func (q *Queue) drop(t tally) {
	q.stats.Dropped += t.records
	q.stats.DroppedPackets += t.packets
}

// Stats returns the counters.
func (q *Queue) Stats() QueueStats {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.stats
}

// Flush waits until the records that were added so far are written, or lost.
func (q *Queue) Flush() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for all := q.added; q.left < all; {
		q.handled.Wait()
	}
	return nil
}

// Close waits until all records are written and closes the writer.
func (q *Queue) Close() error {
	q.mu.Lock()
	q.closing = true
	q.changed.Signal()
	q.mu.Unlock()
	<-q.done
	return q.closeErr
}

// run writes until the queue is closed and empty.
func (q *Queue) run() {
	defer close(q.done)
	for {
		c, idle := q.take()
		if c == nil {
			break
		}
		err := q.write(c)
		if err == nil && idle {
			err = q.flush()
		}
		q.giveBack(c)
		if err != nil {
			q.recover(err)
		}
	}
	if err := q.flush(); err != nil {
		q.fail(err)
	}
	if q.writer != nil {
		if err := q.writer.Close(); err != nil && q.closeErr == nil {
			q.closeErr = err
		}
	}
}

// take waits for records. idle says that no others wait. nil is the end.
func (q *Queue) take() (c *chunk, idle bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.ready) == 0 && !q.closing {
		q.changed.Wait()
	}
	if len(q.ready) == 0 {
		return nil, true
	}
	c = q.ready[0]
	copy(q.ready, q.ready[1:])
	q.ready = q.ready[:len(q.ready)-1]
	return c, len(q.ready) == 0
}

// giveBack frees a chunk whose records have been seen to.
func (q *Queue) giveBack(c *chunk) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stats.Waiting -= int(c.records)
	q.stats.WaitingBytes -= len(c.bytes)
	q.left += c.records
	q.handled.Broadcast()
	c.bytes, c.tally = c.bytes[:0], tally{}
	if len(q.free) < 2 {
		q.free = append(q.free, c)
	}
}

// write hands the records of a chunk to the writer. After an error that is not
// of one record alone the rest is dropped.
func (q *Queue) write(c *chunk) error {
	if q.writer == nil {
		q.lose(c.tally)
		return nil
	}
	var rec record.Record
	left := c.tally
	for b := c.bytes; len(b) > 0; {
		n, err := recordLength(b)
		if err == nil {
			err = rec.Load(b[:n])
		}
		if err != nil {
			q.lose(left)
			return err
		}
		b = b[n:]
		one := tally{1, packetsOf(&rec)}
		if err = q.writer.Write(&rec); err == nil {
			q.unflushed.add(one)
		} else {
			q.report(err)
			q.lose(one)
			err = q.flush()
		}
		left.records -= one.records
		left.packets -= one.packets
		if err != nil {
			q.lose(left)
			return err
		}
	}
	return nil
}

// recordLength is the length of the record that b, which holds whole ones,
// begins with.
func recordLength(b []byte) (int, error) {
	if len(b) < record.HeaderSize {
		return 0, errors.New("queue: cut record")
	}
	n := 4 * (int(b[2])<<8 | int(b[3]))
	if n == 0 || n > len(b) {
		return 0, errors.New("queue: cut record")
	}
	return n, nil
}

func (t *tally) add(o tally) {
	t.records += o.records
	t.packets += o.packets
}

// lose counts records that were taken and are lost.
func (q *Queue) lose(t tally) {
	q.mu.Lock()
	q.drop(t)
	q.mu.Unlock()
}

// flush flushes the writer. What it held back when that fails counts as lost,
// though some of it may be written.
func (q *Queue) flush() error {
	if q.writer == nil {
		return nil
	}
	err := q.writer.Flush()
	q.mu.Lock()
	if err == nil {
		q.stats.Written += q.unflushed.records
	} else {
		q.drop(q.unflushed)
	}
	q.mu.Unlock()
	q.unflushed = tally{}
	return err
}

// fail notes an error that the writer will not recover from in time.
func (q *Queue) fail(err error) {
	q.report(err)
	if q.closeErr == nil {
		q.closeErr = err
	}
}

func (q *Queue) report(err error) {
	if q.cfg.OnError != nil && err.Error() != q.lastError {
		q.cfg.OnError(err)
	}
	q.lastError = err.Error()
}

// recover opens the writer again, as often as it takes. In the meantime the
// queue fills. Once the queue is closed, it is tried once more.
func (q *Queue) recover(err error) {
	q.report(err)
	q.lose(q.unflushed)
	q.unflushed = tally{}
	_ = q.writer.Close() // it has failed already
	for {
		last := q.pause()
		if q.writer, err = q.cfg.Open(); err == nil {
			q.mu.Lock()
			start := q.start
			q.mu.Unlock()
			if start != nil {
				_ = q.writer.Write(start) // an error shows at the next record
			}
			return
		}
		q.writer = nil
		if last {
			q.fail(err)
			return
		}
		q.report(err)
	}
}

// pause waits a while, and reports whether the queue was closed.
func (q *Queue) pause() bool {
	for end := time.Now().Add(retryAfter); time.Now().Before(end); time.Sleep(retryAfter / 20) {
		q.mu.Lock()
		closing := q.closing
		q.mu.Unlock()
		if closing {
			return true
		}
	}
	return false
}
