package argus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// MergeConfig says how Merge reads.
type MergeConfig struct {
	// Open opens an input by its name; nil is [Open]. It is called by several
	// goroutines at once.
	Open func(ctx context.Context, name string) (*Source, error)

	// OnError is told, one call at a time, of an input that could not be opened or
	// read to its end. The same error of an input many times in a row is told of
	// once. nil is nobody.
	OnError func(name string, err error)

	// Again, if not nil, is asked what to do when an input is at its end, or has
	// failed with err: after how long to open it again, or to let it be. Reconnect
	// is for servers.
	Again func(name string, err error) (after time.Duration, again bool)

	// Size bounds the bytes that wait to be read, for each input: one that is
	// ahead of the others waits. 0 is DefaultMergeSize.
	Size int
}

// DefaultMergeSize is the number of bytes of records that wait for each input.
const DefaultMergeSize = 1 << 20

// Merge reads several inputs as one: their records come as they are there, those
// of each input in its own order. One that fails ends alone. When all have ended,
// an error of the stream says how many failed, if any did.
//
// Each input has a goroutine; Close and the context end them. Records that were
// read before the context ended are still in the stream.
func Merge(ctx context.Context, cfg MergeConfig, names ...string) *Source {
	if cfg.Open == nil {
		cfg.Open = func(ctx context.Context, name string) (*Source, error) { return Open(ctx, name) }
	}
	if cfg.Size == 0 {
		cfg.Size = DefaultMergeSize
	}
	inner, cancel := context.WithCancel(ctx)
	m := &merger{cfg: cfg, outer: ctx, ctx: inner, cancel: cancel, left: len(names), inputs: make([]mergeInput, len(names))}
	m.changed.L = &m.mu
	context.AfterFunc(inner, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.changed.Broadcast()
	})
	for i, name := range names {
		in := &m.inputs[i]
		in.m, in.name = m, name
		m.running.Go(in.run)
	}
	return NewSource(context.WithoutCancel(ctx), m, "inputs", NoStart)
}

// merger is what several inputs have to say, as the bytes of one stream.
type merger struct {
	cfg     MergeConfig
	outer   context.Context
	ctx     context.Context // of the inputs
	cancel  context.CancelFunc
	running sync.WaitGroup
	telling sync.Mutex // OnError

	mu      sync.Mutex
	changed sync.Cond // something waits, or there is room, or an end
	inputs  []mergeInput
	next    int // input whose turn it is
	left    int // inputs that run
	failed  int
	why     error // of the first that failed

	at    []byte // being read
	spare []byte // to be filled
}

// mergeInput is one input; its goroutine fills waiting.
type mergeInput struct {
	m       *merger
	name    string
	waiting []byte // whole records
	told    string // the error that was told last
}

// run reads an input as often as it is to be opened.
func (in *mergeInput) run() {
	m := in.m
	var err error
	for {
		err = in.read()
		if m.ctx.Err() != nil {
			err = nil // that is no failure
			break
		}
		in.tell(err)
		if m.cfg.Again == nil {
			break
		}
		after, again := m.cfg.Again(in.name, err)
		if !again || !wait(m.ctx, after) {
			break
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left--
	if err != nil {
		m.failed++
		if m.why == nil {
			m.why = fmt.Errorf("%s: %w", in.name, err)
		}
	}
	m.changed.Broadcast()
}

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (in *mergeInput) tell(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if err != nil && text != in.told && in.m.cfg.OnError != nil {
		in.m.telling.Lock()
		in.m.cfg.OnError(in.name, err)
		in.m.telling.Unlock()
	}
	in.told = text
}

func (in *mergeInput) read() error {
	src, err := in.m.cfg.Open(in.m.ctx, in.name)
	if err != nil {
		return err
	}
	defer src.Close()
	for {
		rec, err := src.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		in.told = "" // it works again
		if err := in.put(rec); err != nil {
			return err
		}
	}
}

// put appends a record, once there is room.
func (in *mergeInput) put(rec *record.Record) error {
	m := in.m
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(in.waiting) >= m.cfg.Size && m.ctx.Err() == nil {
		m.changed.Wait()
	}
	if len(in.waiting) >= m.cfg.Size {
		return m.ctx.Err()
	}
	idle := len(in.waiting) == 0
	var err error
	in.waiting, err = rec.AppendTo(in.waiting, rec.Version())
	if idle {
		m.changed.Broadcast()
	}
	return err
}

// Read gives out what waits, of one input after the other.
func (m *merger) Read(b []byte) (int, error) {
	if len(m.at) == 0 {
		if err := m.take(); err != nil {
			return 0, err
		}
	}
	n := copy(b, m.at)
	m.at = m.at[n:]
	return n, nil
}

// take waits for records of any input.
func (m *merger) take() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for {
		for range m.inputs {
			in := &m.inputs[m.next]
			m.next = (m.next + 1) % len(m.inputs)
			if len(in.waiting) == 0 {
				continue
			}
			full := len(in.waiting) >= m.cfg.Size
			m.at, in.waiting, m.spare = in.waiting, m.spare[:0], in.waiting
			if full {
				m.changed.Broadcast()
			}
			return nil
		}
		switch {
		case m.left > 0:
			m.changed.Wait()
		case m.outer.Err() != nil:
			return m.outer.Err()
		case m.failed > 0:
			return fmt.Errorf("%d of %d inputs failed, the first: %w", m.failed, len(m.inputs), m.why)
		default:
			return io.EOF
		}
	}
}

// Close ends the inputs.
func (m *merger) Close() error {
	m.cancel()
	m.running.Wait()
	return nil
}

// Reconnect is for MergeConfig.Again: inputs are opened again after that time,
// whether they ended or failed, but not if their server refuses login or filter.
func Reconnect(after time.Duration) func(name string, err error) (time.Duration, bool) {
	return func(_ string, err error) (time.Duration, bool) {
		return after, !errors.Is(err, ErrLogin) && !errors.Is(err, ErrFilter)
	}
}
