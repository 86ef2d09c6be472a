package aggregate

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// spill is a temporary file of groups. Each time memory is short, all groups are
// written to it, those of one partition side by side; at the end the partitions
// are read one after the other and merged. The file has no name in the
// directory as soon as it is open, so nothing is left behind.
type spill struct {
	file  *os.File
	out   *bufio.Writer
	at    int64
	parts [partitions][]segment
	depth uint
}

const (
	partitionBits = 6
	partitions    = 1 << partitionBits
	maxDepth      = 5 // 32 bits of hash
	spillBuffer   = 256 << 10
)

// segment is a stretch of the file.
type segment struct{ at, n int64 }

func newSpill(dir string) (*spill, error) {
	f, err := os.CreateTemp(dir, "goargus-aggregate-*")
	if err != nil {
		return nil, fmt.Errorf("spilling groups: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("spilling groups: %w", err), f.Close())
	}
	return &spill{file: f, out: bufio.NewWriterSize(f, spillBuffer)}, nil
}

func (s *spill) close() error { return s.file.Close() }

// partition is that of a block, by bits that no level above has used.
func (s *spill) partition(b block) int {
	return int(b.share()<<(partitionBits*s.depth)>>(32-partitionBits)) % partitions
}

// take writes all groups, in the order of their last change, and empties the
// table.
func (s *spill) take(g *group) error {
	if s.depth > maxDepth {
		return errors.New("the groups of one address pair are above the memory limit")
	}
	list := g.bySeq()
	var count [partitions + 1]int
	for i := range list {
		count[s.partition(g.at(list[i].ref))+1]++
	}
	for i := 1; i <= partitions; i++ {
		count[i] += count[i-1]
	}
	start := count
	sorted := g.spareFor(list)
	for i := range list {
		p := s.partition(g.at(list[i].ref))
		sorted[start[p]] = list[i]
		start[p]++
	}
	for p := range partitions {
		at := s.at
		for _, e := range sorted[count[p]:count[p+1]] {
			if err := s.write(g.at(e.ref)); err != nil {
				return err
			}
		}
		if s.at > at {
			s.parts[p] = append(s.parts[p], segment{at, s.at - at})
		}
	}
	g.reset()
	return s.flush()
}

func (s *spill) write(b []byte) error {
	n := block(b).size()
	if _, err := s.out.Write(b[:n]); err != nil {
		return fmt.Errorf("spilling groups: %w", err)
	}
	s.at += int64(n)
	return nil
}

func (s *spill) flush() error {
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("spilling groups: %w", err)
	}
	return nil
}

// section is what a segment has.
func (s *spill) section(seg segment) io.Reader { return io.NewSectionReader(s.file, seg.at, seg.n) }

// readBlock reads the next block into buf, which grows as needed.
func readBlock(r *bufio.Reader, buf []byte) ([]byte, error) {
	head, err := r.Peek(4)
	if err != nil {
		return buf, err // io.EOF between two blocks
	}
	n := block(head).size()
	buf = slices.Grow(buf[:0], n)[:n]
	if _, err := io.ReadFull(r, buf); err != nil {
		return buf, fmt.Errorf("reading back groups: %w", err)
	}
	return buf, nil
}
