package bins

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/seed-6ae541b3/goargus/argus/aggregate"
	"github.com/seed-6ae541b3/goargus/record"
)

// Config says how records are put into bins. The zero value cuts records at the
// borders, merges by the flow, and reports all bins at the end of the input.
type Config struct {
	// Key is the key by which the records of a bin are merged (see
	// [aggregate.Key]); empty is the flow, "none" merges nothing.
	Key string
	// Aggregate says more of the merging. An empty Order is by start time.
	// Timers cannot be set.
	Aggregate aggregate.Config
	// Zone is where days and longer bins begin at midnight; nil is UTC.
	Zone *time.Location
	// Whole puts each record uncut into the bin that it starts in.
	Whole bool
	// Hard gives each result the borders of its bin as times, so that rates are
	// those of the bin.
	Hard bool
	// Zero reports an empty record for each bin between the first and the last
	// that has no other.
	Zero bool
	// Management puts management records into bins too, those of a bin merged
	// into one; without it they are ignored and counted. Those of files made
	// from captures have the time of the run.
	Management bool
	// Stream reports a bin when a record starts this long, Lateness, after its
	// end, rather than at the end of the input. What comes later for it is
	// reported as a bin of its own, and counted.
	Stream   bool
	Lateness time.Duration
}

// Bins puts records into bins. It is for one goroutine.
type Bins struct {
	config   Config
	groups   *aggregate.Aggregator
	calendar calendar
	splitter record.Splitter
	merger   record.Merger
	count    int64 // records to a bin, or
	size     int64 // bytes to a bin
	filled   int64
	current  int64 // bin of records without a time, and of those by count or size
	closed   int64 // bins before it are reported
	last     int64 // the last bin that was reported, for zero bins
	any      bool  // a bin was reported
	manage   map[int64]*record.Record
	version  record.Version
	hard     record.Record
	stats    Stats
}

// Stats counts what went into bins.
type Stats struct {
	Records int64 // that were put into bins
	Pieces  int64 // that they were cut into
	Whole   int64 // records that would be cut into too many pieces, and were not
	Late    int64 // pieces that came after their bin was reported
	Ignored int64 // management records and events
	Bins    int64 // that were reported
}

// New makes bins of a length of time such as "10s", "1h" or "1M" (see
// [ParseLength]).
func New(length string, c Config) (*Bins, error) {
	l, err := ParseLength(length)
	if err != nil {
		return nil, err
	}
	return newBins(l, c)
}

// ByCount makes bins that close after so many records.
func ByCount(records int64, c Config) (*Bins, error) {
	if records < 1 {
		return nil, fmt.Errorf("bins: count %d: want a positive number", records)
	}
	b, err := newBins(Length{}, c)
	if err == nil {
		b.count = records
	}
	return b, err
}

// BySize makes bins that close when the bytes of their records reach a number.
func BySize(bytes int64, c Config) (*Bins, error) {
	if bytes < 1 {
		return nil, fmt.Errorf("bins: size %d: want a positive number", bytes)
	}
	b, err := newBins(Length{}, c)
	if err == nil {
		b.size = bytes
	}
	return b, err
}

func newBins(l Length, c Config) (*Bins, error) {
	if c.Aggregate.Status != 0 || c.Aggregate.Idle != 0 {
		return nil, errors.New("bins: timers cannot be set")
	}
	if l == (Length{}) && (c.Hard || c.Zero) {
		return nil, errors.New("bins: only bins of time can be hard or zero")
	}
	k, err := aggregate.ParseKey(c.Key, c.Aggregate.Registry)
	if err != nil {
		return nil, err
	}
	if c.Aggregate.Order == "" {
		c.Aggregate.Order = "stime"
	}
	a, err := aggregate.NewBins(k, c.Aggregate)
	if err != nil {
		return nil, err
	}
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	b := &Bins{config: c, groups: a, calendar: calendar{length: l, zone: zone}, closed: math.MinInt64}
	b.manage = map[int64]*record.Record{}
	return b, nil
}

// Stats returns what was counted.
func (b *Bins) Stats() Stats {
	s := b.stats
	s.Ignored += b.groups.Stats().Ignored
	return s
}

// Add puts one record into its bins. emit is called with the results of bins
// that are complete, if bins are streamed; a record that it gets is valid until
// it returns.
func (b *Bins) Add(rec *record.Record, emit func(*record.Record) error) error {
	if !rec.IsFlow() {
		return b.addOther(rec)
	}
	b.stats.Records++
	b.version = rec.Version()
	if b.count > 0 || b.size > 0 {
		return b.addCounted(rec, emit)
	}
	start := rec.Times().Start()
	if err := b.split(rec, start); err != nil {
		return err
	}
	if !b.config.Stream || start == 0 {
		return nil
	}
	return b.Tick(time.Unix(0, start), emit)
}

// Tick reports the bins that ended longer ago than the lateness. Streams call
// it with the start of each record; live programs call it with the time of the
// wall clock too, since a bin is complete even if nothing more comes.
func (b *Bins) Tick(now time.Time, emit func(*record.Record) error) error {
	if b.count > 0 || b.size > 0 {
		return nil
	}
	start, _ := b.peek(now.UnixNano() - int64(b.config.Lateness))
	if start <= b.closed {
		return nil
	}
	return b.flush(start, emit)
}

// peek returns the bin of a moment and leaves the one that records fall into.
func (b *Bins) peek(t int64) (start, end int64) {
	c := b.calendar
	return c.borders(t)
}

func (b *Bins) split(rec *record.Record, start int64) error {
	switch {
	case start == 0: // no time: with the record before
		return b.put(b.current, rec)
	case b.config.Whole:
		b.current, _ = b.calendar.borders(start)
		return b.put(b.current, rec)
	}
	err := b.splitter.Split(rec, b.calendar.borders, func(p *record.Record) error {
		b.current, _ = b.calendar.borders(p.Times().Start())
		return b.put(b.current, p)
	})
	if errors.Is(err, record.ErrPieces) {
		b.stats.Whole++
		b.current, _ = b.calendar.borders(start)
		return b.put(b.current, rec)
	}
	return err
}

func (b *Bins) put(bin int64, p *record.Record) error {
	b.stats.Pieces++
	if bin < b.closed {
		b.stats.Late++
	}
	if b.config.Hard && bin != 0 {
		_, end := b.peek(bin)
		p = b.hardened(p, bin, end)
	}
	return b.groups.AddTo(bin, p)
}

// hardened is a piece with the borders of its bin as times.
func (b *Bins) hardened(p *record.Record, start, end int64) *record.Record {
	p.CloneInto(&b.hard)
	b.merger.Single(&b.hard)
	m := b.hard.Metrics()
	s := record.Span{Start: start, End: end}
	t := record.Times{Src: s, Dst: s}
	if m.Src.Packets == 0 && m.Dst.Packets > 0 {
		t.Src = record.Span{}
	} else if m.Dst.Packets == 0 {
		t.Dst = record.Span{}
	}
	b.hard.SetTimes(t)
	return &b.hard
}

// addCounted puts a record into the bin that is being filled.
func (b *Bins) addCounted(rec *record.Record, emit func(*record.Record) error) error {
	if err := b.put(b.current, rec); err != nil {
		return err
	}
	b.filled++
	full := b.count > 0 && b.filled >= b.count
	if b.size > 0 {
		b.filled += int64(min(rec.Metrics().Bytes(), math.MaxInt64/2)) - 1
		full = b.filled >= b.size
	}
	if !full {
		return nil
	}
	b.filled = 0
	b.current++
	if !b.config.Stream {
		return nil
	}
	return b.flush(b.current, emit)
}

// addOther puts a management record into its bin, if that is wanted.
func (b *Bins) addOther(rec *record.Record) error {
	if !b.config.Management || rec.Kind() != record.Management || rec.Cause() == record.Start {
		b.stats.Ignored++
		return nil
	}
	bin := b.current
	if b.count == 0 && b.size == 0 {
		bin, _ = b.peek(rec.Management().Now)
	}
	have, ok := b.manage[bin]
	if !ok {
		b.manage[bin] = rec.Clone()
		return nil
	}
	return record.Merge(have, rec)
}

// Flush reports all bins that are left.
func (b *Bins) Flush(emit func(*record.Record) error) error {
	return b.flush(math.MaxInt64, emit)
}

// Close gives everything back. It is needed only if Flush was not called or
// failed.
func (b *Bins) Close() error { return b.groups.Close() }

// errStop says that the consumer of a stream wants no more.
var errStop = errors.New("stopped")

// Stage returns a stage that yields the results. Errors of the input are passed
// on as they come. Runs of the stage must not overlap.
func (b *Bins) Stage() record.Stage {
	return func(in record.Stream) record.Stream {
		return func(yield func(*record.Record, error) bool) {
			defer b.Close()
			emit := func(r *record.Record) error {
				if !yield(r, nil) {
					return errStop
				}
				return nil
			}
			for rec, err := range in {
				if err != nil {
					if !yield(nil, err) {
						return
					}
					continue
				}
				if err := b.Add(rec, emit); err != nil {
					if !errors.Is(err, errStop) {
						yield(nil, err)
					}
					return
				}
			}
			if err := b.Flush(emit); err != nil && !errors.Is(err, errStop) {
				yield(nil, err)
			}
		}
	}
}
