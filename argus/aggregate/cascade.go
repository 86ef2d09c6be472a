package aggregate

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/record"
)

// Cascade is the aggregators of a Conf. It is for one goroutine.
type Cascade struct {
	lines   []cascadeLine
	labeled record.Record
}

type cascadeLine struct {
	filter *filter.Program // nil matches all
	grep   *regexp.Regexp  // nil matches all
	label  string
	goesOn bool
	groups *Aggregator
}

// NewCascade makes the aggregators of a configuration. key is that of the last
// aggregator, and of the lines that have none; c is what the lines do not say.
func NewCascade(conf *Conf, key string, c Config) (*Cascade, error) {
	s := new(Cascade)
	last := conf.Last
	last.Number = 0
	for _, l := range append(conf.Lines[:len(conf.Lines):len(conf.Lines)], last) {
		line, err := newCascadeLine(&l, key, c)
		if err != nil {
			if l.Number > 0 {
				err = fmt.Errorf("line %d: %w", l.Number, err)
			}
			return nil, errors.Join(err, s.Close())
		}
		s.lines = append(s.lines, line)
	}
	return s, nil
}

func newCascadeLine(l *ConfLine, key string, c Config) (cascadeLine, error) {
	out := cascadeLine{label: l.Label, goesOn: l.Continue}
	var err error
	if l.Filter != "" {
		if out.filter, err = filter.Compile(l.Filter); err != nil {
			return out, err
		}
	}
	if l.Grep != "" {
		if out.grep, err = regexp.CompilePOSIX(l.Grep); err != nil {
			return out, fmt.Errorf("grep: %w", err)
		}
	}
	if l.HasModel {
		key = l.Model
		if key == "" {
			key = "none"
		}
	}
	c.Status, c.Idle = l.Status, l.Idle
	if l.Preserve != Unset {
		c.ClearUnkeyed = l.Preserve == No
	}
	if l.Report != Unset {
		c.NoStatistics = l.Report == No
	}
	if l.Correct != Unset {
		c.Correct = l.Correct == Yes
	}
	if l.Metric != "" {
		c.Metric = l.Metric
	}
	out.groups, err = New(key, c)
	return out, err
}

// Add gives a record to the aggregators that take it. See [Aggregator.Add].
func (s *Cascade) Add(rec *record.Record, emit func(*record.Record) error) error {
	for i := range s.lines {
		l := &s.lines[i]
		if l.filter != nil && !l.filter.Match(rec) || l.grep != nil && !l.matches(rec) {
			continue
		}
		if err := l.groups.Add(s.withLabel(rec, l.label), emit); err != nil {
			return err
		}
		if !l.goesOn {
			return nil
		}
	}
	return nil
}

func (l *cascadeLine) matches(rec *record.Record) bool {
	label := rec.Label()
	return rec.Has(record.DSRLabel) && l.grep.Match(label.Text)
}

// withLabel is the record with a label added to its own.
func (s *Cascade) withLabel(rec *record.Record, label string) *record.Record {
	if label == "" || !rec.IsFlow() {
		return rec
	}
	rec.CloneInto(&s.labeled)
	s.labeled.AddLabel([]byte(label))
	return &s.labeled
}

// Flush reports the groups of each aggregator, in the order of the lines.
func (s *Cascade) Flush(emit func(*record.Record) error) error {
	for i := range s.lines {
		if err := s.lines[i].groups.Flush(emit); err != nil {
			return err
		}
	}
	return nil
}

// Close gives everything back. See [Aggregator.Close].
func (s *Cascade) Close() error {
	var errs []error
	for i := range s.lines {
		errs = append(errs, s.lines[i].groups.Close())
	}
	return errors.Join(errs...)
}

// Stage returns a stage as [Aggregator.Stage] does.
func (s *Cascade) Stage() record.Stage { return stage(s) }
