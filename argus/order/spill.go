package order

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// segment is a file of sorted records in their stored form. It has no name in
// the directory as soon as it is open, so nothing is left behind.
type segment struct {
	file  *os.File
	size  int64
	level int // of merging: 0 has come from memory
}

// Buffers for writing and reading back. A reader's holds any record.
const (
	writeBuffer = 1 << 20
	readBuffer  = maxRecord + flagsSize
	maxFanIn    = 64
)

// fanIn is how many segments of a level are merged into one of the next.
func (j *job) fanIn() int {
	return int(min(maxFanIn, max(2, j.memory/4/readBuffer)))
}

// spill writes all full runs to a segment and forgets them.
func (j *job) spill() error {
	if err := j.wait(); err != nil {
		return err
	}
	s, err := j.write(nil, j.runs, 0)
	if err != nil {
		return err
	}
	for _, r := range j.runs {
		j.free = append(j.free, r.slabs...)
		j.empty = append(j.empty, &run{entries: r.entries[:0], keys: r.keys})
	}
	j.runs, j.resident = nil, 0
	j.segments = append(j.segments, s)
	return j.compact()
}

// compact merges segments of one level while there are too many.
func (j *job) compact() error {
	for {
		n := len(j.segments)
		first := n - 1
		for first > 0 && j.segments[first-1].level == j.segments[n-1].level {
			first--
		}
		if n-first < j.fanIn() {
			return nil
		}
		old := j.segments[first:]
		s, err := j.write(old, nil, old[0].level+1)
		if err != nil {
			return err
		}
		for _, o := range old {
			o.file.Close() // has no name
		}
		j.segments = append(j.segments[:first], s)
	}
}

// write merges into a new segment.
func (j *job) write(segments []*segment, runs []*run, level int) (*segment, error) {
	f, err := os.CreateTemp(j.dir, "goargus-sort-*")
	if err != nil {
		return nil, fmt.Errorf("order: a temporary file: %w", err)
	}
	s := &segment{file: f, level: level}
	out := bufio.NewWriterSize(f, writeBuffer)
	err = os.Remove(f.Name())
	if err == nil {
		err = j.merge(segments, runs, func(b []byte) (bool, error) {
			n := recordSize(b)
			s.size += int64(n)
			_, err := out.Write(b[:n])
			return true, err
		})
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("order: sorting through a temporary file: %w", err), f.Close())
	}
	return s, nil
}

// reader reads the records of a segment.
type reader struct {
	in    *bufio.Reader
	taken int
}

func (s *segment) reader() *reader {
	return &reader{in: bufio.NewReaderSize(io.NewSectionReader(s.file, 0, s.size), readBuffer)}
}

// next returns the next record, valid until the next call, or nil at the end.
func (r *reader) next() ([]byte, error) {
	if _, err := r.in.Discard(r.taken); err != nil {
		return nil, fmt.Errorf("order: reading a temporary file: %w", err)
	}
	r.taken = 0
	head, err := r.in.Peek(flagsSize + 4)
	if err == io.EOF && len(head) == 0 {
		return nil, nil
	}
	if err == nil {
		r.taken = recordSize(head)
		head, err = r.in.Peek(r.taken)
	}
	if err != nil {
		return nil, fmt.Errorf("order: reading a temporary file: %w", err)
	}
	return head, nil
}
