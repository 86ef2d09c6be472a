package aggregate

import (
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"runtime"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// Config says how records are aggregated. The zero value is the usual way.
type Config struct {
	// Registry is where the names of a key are looked up; nil is the built-in.
	Registry *record.Registry
	// Correct merges a record with the group of its reverse if there is none of
	// its own: one of the two is turned round. Off, as in the programs.
	Correct bool
	// RMON counts every record twice: as it is and turned round, so that keys of
	// the source tell of both ends. The words addr, mac and port of a key set it.
	RMON bool
	// ClearUnkeyed clears addresses, ports and protocol that are not in the key,
	// even where all records of a group agree in them.
	ClearUnkeyed bool
	// NoStatistics leaves the aggregation statistics out of the results.
	NoStatistics bool
	// Metric is the attribute that the statistics are about; empty is the
	// duration. See [Metrics].
	Metric string
	// Order is by what the results are sorted: names of attributes, "-" before
	// those that descend. Empty is the order of the last change.
	Order string
	// Status reports a group that has lasted this long, and begins it anew; Idle
	// one that had no record for this long. Both are times of records. Zero is
	// never.
	Status, Idle time.Duration
	// MemoryLimit is the memory in bytes that groups may take before they are
	// spilled to a file; zero is no limit. Aggregators with timers cannot spill.
	MemoryLimit int64
	// TempDir is where the file is made; empty is the system's place.
	TempDir string
	// Workers is the number of goroutines that merge, each its share of the
	// groups; 1 leaves merging to the caller's, 0 is one for each processor that
	// Go uses, 8 at most. The result does not depend on it. Aggregators with
	// timers, and those that correct directions by a key that tells not both
	// addresses apart, use one.
	Workers int
}

// Aggregator merges records by a key. It is for one goroutine. After Flush it
// is empty and may be used again.
type Aggregator struct {
	config Config
	rules  rules
	shards []*shard
	front  record.Record
	merger record.Merger
	quick  quickKey
	key    []byte
	held   []byte
	seq    uint64
	bin    int64
	stats  Stats
	err    error
}

// Stats counts what an aggregator saw.
type Stats struct {
	Records int64 // that were aggregated
	Ignored int64 // management records and events, which no key applies to
	Groups  int64 // that were reported
	Spilled int64 // bytes written to the temporary file
}

// New makes an aggregator by the text of a key (see [Key]). With RMON an empty
// key is of the source alone.
func New(key string, c Config) (*Aggregator, error) {
	if c.RMON && strings.TrimSpace(key) == "" {
		key = "srcid proto saddr sport"
	}
	k, err := ParseKey(key, c.Registry)
	if err != nil {
		return nil, err
	}
	return NewByKey(k, c)
}

// NewByKey makes an aggregator by a key.
func NewByKey(k *Key, c Config) (*Aggregator, error) {
	r, err := newRules(k, c)
	if err != nil {
		return nil, err
	}
	a := &Aggregator{config: c, rules: r, quick: newQuickKey(r.key)}
	if c.Workers < 0 {
		return nil, fmt.Errorf("aggregate: %d workers: want 0 or more", c.Workers)
	}
	n := c.Workers
	if n == 0 {
		n = min(runtime.GOMAXPROCS(0), defaultWorkers)
	}
	if c.Status > 0 || c.Idle > 0 || r.correct && !k.symmetric() {
		n = 1
	}
	for range n {
		a.shards = append(a.shards, newShard(&a.rules, a, n))
	}
	return a, nil
}

// defaultWorkers is the most goroutines that are used without being asked for:
// one that reads cannot feed more.
const defaultWorkers = 8

func newRules(k *Key, c Config) (rules, error) {
	reg := c.Registry
	if reg == nil {
		reg = record.Attributes()
	}
	r := rules{key: k, correct: c.Correct && !k.none, single: k.none, bare: c.NoStatistics, seed: maphash.MakeSeed()}
	r.status, r.idle = c.Status, c.Idle
	if c.RMON && !k.rmon {
		copied := *k
		copied.rmon = true
		r.key = &copied
	}
	r.correct = r.correct && !r.key.rmon
	r.clear = c.ClearUnkeyed && !k.none
	r.cut = r.clear || k.srcMask.set || k.dstMask.set
	if c.Metric != "" && c.Metric != "dur" {
		a, index, err := metric(c.Metric, reg)
		if err != nil {
			return r, err
		}
		r.merger = record.Merger{Metric: a, MetricIndex: index}
	}
	var err error
	r.order, err = parseOrder(c.Order, reg)
	return r, err
}

// symmetric reports whether a record and its reverse have the same addresses in
// the key, so that they can be shared out by those.
func (k *Key) symmetric() bool { return k.BothEnds() && !k.srcMask.set && !k.dstMask.set }

// Stats returns what the aggregator has counted.
func (a *Aggregator) Stats() Stats { return a.stats }

// Add aggregates one record. emit is called with what timers report, and, if the
// key is none, with every record; a record that it gets is valid until it
// returns. Management records and events are ignored and counted.
func (a *Aggregator) Add(rec *record.Record, emit func(*record.Record) error) error {
	if a.err != nil {
		return a.err
	}
	if !rec.IsFlow() {
		a.stats.Ignored++
		return nil
	}
	a.stats.Records++
	if a.rules.single && len(a.rules.order.by) == 0 && !a.rules.key.rmon && !a.rules.bins {
		return a.pass(rec, emit)
	}
	if err := a.put(rec, emit); err != nil {
		return a.fail(err)
	}
	if a.rules.key.rmon {
		rec.Reverse()
		err := a.put(rec, emit)
		rec.Reverse()
		if err != nil {
			return a.fail(err)
		}
	}
	return nil
}

// pass reports a record by itself.
func (a *Aggregator) pass(rec *record.Record, emit func(*record.Record) error) error {
	a.stats.Groups++
	if !a.rules.bare {
		return emit(rec)
	}
	if err := rec.CloneInto(&a.front); err != nil {
		return a.fail(err)
	}
	a.front.Drop(record.DSRAggregate)
	return emit(&a.front)
}

func (a *Aggregator) fail(err error) error {
	if errors.Is(err, errStop) {
		return err
	}
	a.err = fmt.Errorf("aggregate: record %d: %w", a.stats.Records, err)
	return a.err
}

// put makes a block of a record and gives it to its shard.
func (a *Aggregator) put(rec *record.Record, emit func(*record.Record) error) error {
	r := &a.rules
	if r.cut || r.key.matrix != noMatrix || r.key.rmon {
		if err := rec.CloneInto(&a.front); err != nil {
			return err
		}
		rec = &a.front
		r.prepare(rec)
	}
	a.seq++
	a.key = a.key[:0]
	if r.bins {
		a.key = appendBin(a.key, a.bin)
	}
	if r.single {
		a.key = le.AppendUint64(a.key, a.seq)
	} else {
		a.key = a.appendKey(a.key, rec)
	}
	if len(a.key) > maxKey {
		return fmt.Errorf("a key of %d bytes, %d at most", len(a.key), maxKey)
	}
	hash := maphash.Bytes(r.seed, a.key)
	share := uint32(hash)
	if r.correct {
		share = a.symmetricShare(rec)
	}
	s := a.shards[0]
	if n := uint64(len(a.shards)); n > 1 {
		s = a.shards[uint64(share)*n>>32]
	}
	h := head{seq: a.seq, share: share, hash: hash}
	switch {
	case rec.Changed():
		var err error
		if a.held, err = a.merger.AppendHeld(a.held[:0], rec); err != nil {
			return err
		}
		h.flags = flagHeld
		s.batch.add(h, a.key, a.held)
	case rec.Reversed():
		h.flags = flagTurned
		rec.Places(&s.batch.add(h, a.key, rec.Bytes()).places)
	default:
		rec.Places(&s.batch.add(h, a.key, rec.Bytes()).places)
	}
	return s.full(emit)
}

// appendKey appends the key of a record.
func (a *Aggregator) appendKey(dst []byte, rec *record.Record) []byte {
	if dst, ok := a.quick.append(dst, rec); ok {
		return dst
	}
	return a.rules.key.Append(dst, rec)
}

// symmetricShare is the hash of both addresses without regard to direction, or
// the same for all records if the key has them not.
func (a *Aggregator) symmetricShare(rec *record.Record) uint32 {
	if !a.rules.key.symmetric() {
		return 0
	}
	f := rec.Flow()
	return uint32(maphash.Bytes(a.rules.seed, f.Src.Bytes()) + maphash.Bytes(a.rules.seed, f.Dst.Bytes()))
}

// Flush calls emit with every group, in order, and empties the aggregator.
func (a *Aggregator) Flush(emit func(*record.Record) error) error {
	return a.FlushBins(math.MaxInt64, func(_ int64, r *record.Record) error { return emit(r) })
}

// Close ends the workers and removes the temporary file. An aggregator that was
// flushed to the end needs no Close.
func (a *Aggregator) Close() error {
	var errs []error
	for _, s := range a.shards {
		errs = append(errs, s.close())
	}
	return errors.Join(errs...)
}

// errStop says that the consumer of a stream wants no more.
var errStop = errors.New("stopped")

// Stage returns a stage that yields the groups when its input ends, and what
// timers report before. Errors of the input are passed on as they come; what was
// read before and after is aggregated all the same, for who goes on reading.
// Each run of the stage starts with an empty aggregator; runs must not overlap.
func (a *Aggregator) Stage() record.Stage { return stage(a) }

// stage makes a stage of an aggregator.
func stage(a interface {
	Add(*record.Record, func(*record.Record) error) error
	Flush(func(*record.Record) error) error
	Close() error
}) record.Stage {
	return func(in record.Stream) record.Stream {
		return func(yield func(*record.Record, error) bool) {
			defer a.Close()
			emit := func(r *record.Record) error {
				if !yield(r, nil) {
					return errStop
				}
				return nil
			}
			fail := func(err error) {
				if !errors.Is(err, errStop) {
					yield(nil, err)
				}
			}
			for rec, err := range in {
				if err == nil {
					if err := a.Add(rec, emit); err != nil {
						fail(err)
						return
					}
				} else if !yield(nil, err) {
					return
				}
			}
			if err := a.Flush(emit); err != nil {
				fail(err)
			}
		}
	}
}
