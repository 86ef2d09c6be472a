package order

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/seed-6ae541b3/goargus/record"
)

// Config says with what means records are sorted. The zero value sorts 1 GiB
// in memory, on all cores.
type Config struct {
	// Memory is how many bytes records and what they are sorted by may take
	// before they go to a temporary file; 0 is 1 GiB, and the least is 16 MiB.
	Memory int64
	// TempDir is the directory of temporary files; empty is that of the system.
	// They have no name once they are open, so nothing is ever left behind.
	TempDir string
	// Workers is how many runs are sorted at a time; 0 is the number of cores.
	Workers int
	// Registry has the attributes; nil is the built-in one.
	Registry *record.Registry
	// Reverse turns the direction of every key round.
	Reverse bool
}

// Limits of the memory.
const (
	defaultMemory = 1 << 30
	leastMemory   = 16 << 20
	maxRunSize    = 16 << 20
)

// Sorter sorts streams. It never changes and is safe for concurrent use.
type Sorter struct {
	keys    *Keys // nil: no order
	memory  int64
	dir     string
	workers int

	runBytes int // of a run, before it is sorted
}

// New returns a sorter by the attributes that keys names: see [ParseKeys].
func New(keys string, cfg Config) (*Sorter, error) {
	k, err := ParseKeys(keys, cfg.Registry)
	if err != nil {
		return nil, err
	}
	if cfg.Reverse {
		k = k.Reversed()
	}
	if cfg.Memory < 0 || cfg.Workers < 0 {
		return nil, errors.New("order: memory and workers must not be negative")
	}
	s := &Sorter{keys: k, memory: cfg.Memory, dir: cfg.TempDir, workers: cfg.Workers}
	if s.memory == 0 {
		s.memory = defaultMemory
	}
	s.memory = max(s.memory, leastMemory)
	if s.workers == 0 {
		s.workers = runtime.GOMAXPROCS(0)
	}
	s.runBytes = int(min(maxRunSize, s.memory/8))
	return s, nil
}

// By returns a sorter with the default configuration.
func By(keys string) (*Sorter, error) { return New(keys, Config{}) }

// MustBy is By for keys that are known to be right. It panics if they are not.
func MustBy(keys string) *Sorter {
	s, err := By(keys)
	if err != nil {
		panic(err)
	}
	return s
}

// Keys are what the sorter sorts by.
func (s *Sorter) Keys() *Keys { return s.keys }

// Stage returns a stage that takes all records and passes them on in order. An
// error of the input is passed on at once; if the consumer goes on, so does the
// sort. An error of a temporary file ends the stream.
func (s *Sorter) Stage() record.Stage {
	return func(src record.Stream) record.Stream {
		return func(yield func(*record.Record, error) bool) {
			j := s.begin()
			defer j.close()
			for rec, err := range src {
				if err == nil {
					err = j.add(rec)
				}
				if err != nil && (!yield(nil, err) || j.failed) {
					return
				}
			}
			j.emit(yield)
		}
	}
}

// job is one sort.
type job struct {
	*Sorter
	run      *run         // that is filled
	runs     []*run       // that are full: sorted, or being sorted
	resident int          // bytes of runs
	spare    chan []entry // memory for sorting, one for each worker
	free     [][]byte     // slabs to be used again
	empty    []*run       // runs to be filled again
	segments []*segment
	failed   bool
}

func (s *Sorter) begin() *job {
	j := &job{
		Sorter: s, run: new(run), spare: make(chan []entry, s.workers),
	}
	for range s.workers {
		j.spare <- nil
	}
	return j
}

// add takes a record.
func (j *job) add(rec *record.Record) error {
	if j.run.full(j.runBytes) {
		j.seal()
		if int64(j.resident+j.runBytes) > j.memory {
			if err := j.spill(); err != nil {
				j.failed = true
				return err
			}
		}
	}
	if err := j.run.add(rec, &j.free); err != nil {
		return fmt.Errorf("order: %w", err)
	}
	return nil
}

// seal gives the run that is full to a worker and begins another.
func (j *job) seal() {
	r := j.run
	if r.n == 0 {
		return
	}
	spare := <-j.spare // waits for a worker
	j.runs = append(j.runs, r)
	j.resident += r.memory(j.keys) // the worker owns the run from here on
	go func() {
		j.spare <- r.sort(j.keys, spare)
	}()
	if n := len(j.empty); n > 0 {
		j.run, j.empty = j.empty[n-1], j.empty[:n-1]
		return
	}
	j.run = new(run)
}

// wait waits until no run is being sorted.
func (j *job) wait() error {
	held := make([][]entry, 0, j.workers)
	for range j.workers {
		held = append(held, <-j.spare)
	}
	for _, s := range held {
		j.spare <- s
	}
	for _, r := range j.runs {
		if r.err != nil {
			return fmt.Errorf("order: %w", r.err)
		}
	}
	return nil
}

// emit passes all records on, in order.
func (j *job) emit(yield func(*record.Record, error) bool) {
	j.seal()
	if err := j.wait(); err != nil {
		yield(nil, err)
		return
	}
	var rec record.Record
	var shapes record.Shapes
	load := func(b []byte) (bool, error) {
		if err := loadLike(&rec, b, &shapes); err != nil {
			return false, err
		}
		return yield(&rec, nil), nil
	}
	if err := j.merge(j.segments, j.runs, load); err != nil {
		yield(nil, err)
	}
}

// close ends the workers and gives temporary files back.
func (j *job) close() {
	_ = j.wait() // the error was told
	for _, s := range j.segments {
		s.file.Close() // has no name: nothing is lost
	}
}
