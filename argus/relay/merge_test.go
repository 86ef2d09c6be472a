package relay_test

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/relay"
	"github.com/seed-6ae541b3/goargus/record"
)

// station is a server that sends status records with its number until it is
// closed.
type station struct {
	*relay.Server
	ended chan struct{}
}

func newStation(t *testing.T, address string, number uint32) *station {
	t.Helper()
	s, err := relay.Listen(relay.Config{Address: address})
	if err != nil {
		t.Fatal(err)
	}
	st := &station{s, make(chan struct{})}
	info := record.ManagementInfo{StartTime: 1e18, Now: 1e18, NextSeq: number}
	go func() {
		defer close(st.ended)
		cause := record.Start
		for s.Write(record.NewManagement(record.Version5, cause, info)) == nil {
			cause = record.Status
			time.Sleep(time.Millisecond)
		}
	}()
	t.Cleanup(st.end)
	return st
}

func (s *station) name() string { return "argus://" + s.Addr().String() }

func (s *station) end() {
	s.Close()
	<-s.ended
}

// heard collects errors that Merge tells of.
type heard struct {
	sync.Mutex
	lines []string
}

func (h *heard) add(name string, err error) {
	h.Lock()
	defer h.Unlock()
	h.lines = append(h.lines, name+": "+err.Error())
}

func (h *heard) all() []string {
	h.Lock()
	defer h.Unlock()
	return slices.Clone(h.lines)
}

// TestMerge reads two servers, of which one ends, and one that there is not.
func TestMerge(t *testing.T) {
	a, b := newStation(t, "127.0.0.1:0", 1), newStation(t, "127.0.0.1:0", 2)
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	none := "argus://" + gone.Addr().String()
	gone.Close()
	var errs heard
	src := argus.Merge(t.Context(), argus.MergeConfig{OnError: errs.add}, a.name(), none, b.name())
	defer src.Close()
	seen := map[uint32]int{}
	count := func(n int) {
		t.Helper()
		for clear(seen); seen[1] < n || seen[2] < n; {
			rec, err := src.Next()
			if err != nil {
				t.Fatal(err)
			}
			seen[rec.Management().NextSeq]++
		}
	}
	count(5)
	a.end()
	for clear(seen); seen[2] < 5; {
		rec, err := src.Next()
		if err != nil {
			t.Fatal(err)
		}
		seen[rec.Management().NextSeq]++
	}
	b.end()
	for err = error(nil); err == nil; {
		_, err = src.Next()
	}
	if err == io.EOF || !strings.Contains(err.Error(), "1 of 3 inputs failed") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("the end is %v", err)
	}
	if lines := errs.all(); len(lines) != 1 || !strings.HasPrefix(lines[0], none) {
		t.Errorf("told %q", lines)
	}
}

// TestMergeAgain goes back to a server that was away.
func TestMergeAgain(t *testing.T) {
	a := newStation(t, "127.0.0.1:0", 1)
	var errs heard
	src := argus.Merge(t.Context(), argus.MergeConfig{OnError: errs.add, Again: argus.Reconnect(5 * time.Millisecond)}, a.name())
	defer src.Close()
	next := func(number uint32) {
		t.Helper()
		for {
			rec, err := src.Next()
			if err != nil {
				t.Fatal(err)
			}
			if rec.Management().NextSeq == number {
				return
			}
		}
	}
	next(1)
	address := a.Addr().String()
	a.end()
	for deadline := time.Now().Add(20 * time.Second); len(errs.all()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no error is told while the server is away")
		}
	}
	newStation(t, address, 2)
	next(2)
	if lines := errs.all(); len(lines) > 3 {
		t.Errorf("the same is told again and again: %q", lines)
	}
	again := argus.Reconnect(time.Second)
	for _, err := range []error{argus.ErrLogin, argus.ErrFilter} {
		if _, ok := again("", errors.Join(err)); ok {
			t.Errorf("%v is tried again", err)
		}
	}
}

// TestMergeBounded reads a server that is far ahead: little waits, nothing is
// lost that was read, and neither context nor Close hangs.
func TestMergeBounded(t *testing.T) {
	const size = 4 * record.ManagementSize
	var made atomic.Int64
	open := func(ctx context.Context, name string) (*argus.Source, error) {
		return argus.NewSource(ctx, &endless{made: &made}, name), nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	src := argus.Merge(ctx, argus.MergeConfig{Open: open, Size: size}, "a", "b")
	if _, err := src.Next(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	// Two inputs, what waits of each, what is being read, and what the readers
	// between them hold.
	if n := made.Load(); n > 8000 {
		t.Errorf("%d records were read ahead", n)
	}
	cancel()
	n := 0
	var err error
	for ; err == nil; n++ {
		_, err = src.Next()
	}
	if !errors.Is(err, context.Canceled) || n < 4 {
		t.Errorf("after %d records %v, want what waits and then context.Canceled", n, err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	src = argus.Merge(t.Context(), argus.MergeConfig{Open: open, Size: size}, "a", "b") // never read
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	src = argus.Merge(t.Context(), argus.MergeConfig{})
	if _, err := src.Next(); err != io.EOF {
		t.Errorf("no inputs: %v", err)
	}
}

// endless makes management records, and notes how many.
type endless struct {
	made *atomic.Int64
	left []byte
}

func (e *endless) Read(b []byte) (int, error) {
	if len(e.left) == 0 {
		e.made.Add(1)
		e.left = record.NewManagement(record.Version5, record.Start, record.ManagementInfo{StartTime: 1e18, Now: 1e18}).Bytes()
	}
	n := copy(b, e.left)
	e.left = e.left[n:]
	return n, nil
}
