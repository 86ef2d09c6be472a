package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

// file is one file of an archive, open or not.
type file struct {
	key, name  string
	path       string // name, with the suffix of what is not complete
	start, end int64
	records    int64
	bytes      int64
	sink       *argus.Sink // nil while closed
	prev, next *file       // in the list of open files
}

// write appends a record to a file, which is opened if it is not.
func (w *Writer) write(f *file, r *record.Record) error {
	if f.sink == nil {
		if err := w.open(f); err != nil {
			return err
		}
	} else if w.recent.last != f {
		w.recent.remove(f)
		w.recent.push(f)
	}
	f.records++
	f.bytes += int64(len(r.Bytes()))
	return f.sink.Write(r)
}

// open opens a file and closes another if there are too many.
func (w *Writer) open(f *file) error {
	if w.recent.n >= w.cfg.MaxOpen {
		if err := w.closeFile(w.recent.first); err != nil {
			return err
		}
	}
	if f.path == "" {
		if err := mkdirFor(f.name); err != nil {
			return err
		}
		f.path = f.name
		if _, err := os.Stat(f.name); errors.Is(err, fs.ErrNotExist) {
			f.path += w.cfg.Suffix
		}
	}
	sink, err := argus.Create(f.path, w.cfg.Options...)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	f.sink = sink
	w.recent.push(f)
	if w.head != nil {
		return sink.Write(w.head)
	}
	return nil
}

// closeFile closes a file, which may be opened again.
func (w *Writer) closeFile(f *file) error {
	if f.sink == nil {
		return nil
	}
	w.recent.remove(f)
	err := f.sink.Close()
	f.sink = nil
	return err
}

// finish closes a file for good and gives it its name.
func (w *Writer) finish(f *file) error {
	if err := w.closeFile(f); err != nil {
		return err
	}
	if f.path == "" { // never written
		return nil
	}
	if f.path != f.name {
		if err := publish(f.path, f.name); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		f.path = f.name
	}
	if w.hook != nil {
		w.hook.run(f.name)
	}
	return nil
}

// publish gives a file its name. If a file of that name has come to be meanwhile,
// the records are appended to it.
func publish(from, to string) error {
	err := os.Link(from, to)
	switch {
	case errors.Is(err, fs.ErrExist):
		err = appendFile(from, to)
	case err != nil:
		return os.Rename(from, to) // a file system without links
	}
	if err != nil {
		return err
	}
	return os.Remove(from)
}

// appendFile appends the records of a file to another.
func appendFile(from, to string) error {
	src, err := argus.Open(context.Background(), from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := argus.Create(to)
	if err != nil {
		return err
	}
	_, err = argus.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// inOrder are all files that are not complete, by time and name.
func (w *Writer) inOrder() []*file {
	var all []*file
	for _, f := range w.files {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *file) int {
		if a.start != b.start {
			if a.start < b.start {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	return all
}

// list is the open files, the one that was not used for the longest time first.
type list struct {
	first, last *file
	n           int
}

func (l *list) push(f *file) {
	f.prev, f.next = l.last, nil
	if l.last != nil {
		l.last.next = f
	} else {
		l.first = f
	}
	l.last = f
	l.n++
}

func (l *list) remove(f *file) {
	if f.prev != nil {
		f.prev.next = f.next
	} else {
		l.first = f.next
	}
	if f.next != nil {
		f.next.prev = f.prev
	} else {
		l.last = f.prev
	}
	f.prev, f.next = nil, nil
	l.n--
}

// hook calls Done beside the stream.
type hook struct {
	mu     sync.Mutex
	more   *sync.Cond
	names  []string
	closed bool
	ended  chan struct{}
}

func startHook(done func(string) error, failed func(string, error)) *hook {
	h := &hook{ended: make(chan struct{})}
	h.more = sync.NewCond(&h.mu)
	go func() {
		defer close(h.ended)
		for {
			name, ok := h.next()
			if !ok {
				return
			}
			if err := done(name); err != nil {
				failed(name, err)
			}
		}
	}()
	return h
}

func (h *hook) next() (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.names) == 0 && !h.closed {
		h.more.Wait()
	}
	if len(h.names) == 0 {
		return "", false
	}
	name := h.names[0]
	h.names = h.names[1:]
	return name, true
}

func (h *hook) run(name string) {
	h.mu.Lock()
	h.names = append(h.names, name)
	h.mu.Unlock()
	h.more.Signal()
}

// close waits until all is done.
func (h *hook) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.more.Signal()
	<-h.ended
}
