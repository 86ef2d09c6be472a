package filter

import (
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// Clock is what relative and partial times count from. The zero value is the
// time now, in the local time zone.
type Clock struct {
	Now      time.Time      // zero is the time of the call
	Location *time.Location // nil is the local time zone
}

func (c Clock) now() time.Time {
	now := c.Now
	if now.IsZero() {
		now = time.Now()
	}
	return now.In(c.location())
}

func (c Clock) location() *time.Location {
	if c.Location == nil {
		return time.Local
	}
	return c.Location
}

// TimeMode says how the times of a record relate to a window.
type TimeMode byte

// The modes, by the letter in front of a range.
const (
	Intersects TimeMode = 'i' // some of the record is in the window; the default
	Contained  TimeMode = 'c' // all of the record is in the window
	Spans      TimeMode = 'n' // the record begins before the window and ends after it; also 's'
)

// TimeRange is a window of time that records are matched with, as option -t
// gives it. It never changes and is safe for concurrent use.
type TimeRange struct {
	mode       TimeMode
	negated    bool
	start, end int64    // microseconds since the epoch
	wild       calendar // fields of the calendar that do not count
	location   *time.Location
	text       string
}

// Window returns the beginning and the end of the window. Both belong to it.
// Fields that are wildcards have the value that stands for any: 1970, January,
// the first, or zero.
func (t *TimeRange) Window() (start, end time.Time) {
	return time.UnixMicro(t.start).In(t.location), time.UnixMicro(t.end).In(t.location)
}

// Mode returns the mode, and whether the answer is negated.
func (t *TimeRange) Mode() (mode TimeMode, negated bool) { return t.mode, t.negated }

// String is the text of the range.
func (t *TimeRange) String() string { return t.text }

// Match reports whether a record is in the range. The times of a flow or event
// are its earliest start and latest end; a management record has one time, when
// it was written. A record without times matches the negation only.
func (t *TimeRange) Match(r *record.Record) bool {
	return t.inside(r) != t.negated
}

func (t *TimeRange) inside(r *record.Record) bool {
	if r.Kind() == record.Management {
		now := t.mask(r.Management().Now / 1e9 * 1e6)
		return t.start <= now && now <= t.end
	}
	first, last, ok := extremes(r.Times())
	if !ok {
		return false
	}
	first, last = t.mask(first), t.mask(last)
	switch t.mode {
	case Contained:
		return t.start <= first && last <= t.end
	case Spans:
		return first <= t.start && last >= t.end
	}
	return first <= t.end && last >= t.start
}

// extremes are the smallest and the largest of the times that a record has, in
// microseconds.
func extremes(t *record.Times) (first, last int64, ok bool) {
	for _, v := range [...]int64{t.Src.Start, t.Src.End, t.Dst.Start, t.Dst.End} {
		if v == 0 {
			continue
		}
		if !ok || v < first {
			first = v
		}
		last, ok = max(last, v), true
	}
	return first / 1000, last / 1000, ok
}

// mask replaces the fields that do not count by the values that stand for any.
func (t *TimeRange) mask(us int64) int64 {
	if t.wild == (calendar{}) {
		return us
	}
	when := time.UnixMicro(us).In(t.location)
	values := fieldsOf(when)
	for i := range values {
		if t.wild[i] != 0 {
			values[i] = neutral[i]
		}
	}
	return values.time(when.Nanosecond(), t.location).UnixMicro()
}

// Stage returns a stage that passes on the records that match.
func (t *TimeRange) Stage() record.Stage {
	return func(in record.Stream) record.Stream {
		return func(yield func(*record.Record, error) bool) {
			for r, err := range in {
				if err == nil && !t.Match(r) {
					continue
				}
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// calendar is year, month, day, hour, minute and second.
type calendar [6]int

// Places in a calendar; each is a unit of time too.
const (
	yearField = iota
	monthField
	dayField
	hourField
	minuteField
	secondField
	noField
)

// unitLetters are the letters of the units, in their order.
const unitLetters = "yMdhms"

// neutral are the values of fields that are not given, or wildcards.
var neutral = calendar{1970, 1, 1, 0, 0, 0}

func fieldsOf(t time.Time) calendar {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	return calendar{year, int(month), day, hour, minute, second}
}

// time puts the fields together; those out of range roll over.
func (f calendar) time(ns int, loc *time.Location) time.Time {
	return time.Date(f[yearField], time.Month(f[monthField]), f[dayField], f[hourField], f[minuteField], f[secondField], ns, loc)
}

// add moves a time by n units.
func add(t time.Time, unit, n int) time.Time {
	switch unit {
	case yearField:
		return t.AddDate(n, 0, 0)
	case monthField:
		return t.AddDate(0, n, 0)
	case dayField:
		return t.AddDate(0, 0, n)
	case hourField:
		return t.Add(time.Duration(n) * time.Hour)
	case minuteField:
		return t.Add(time.Duration(n) * time.Minute)
	}
	return t.Add(time.Duration(n) * time.Second)
}

// truncate sets the fields below a unit to their first values.
func truncate(t time.Time, unit int) time.Time {
	f := fieldsOf(t)
	for i := unit + 1; i < noField; i++ {
		f[i] = neutral[i]
	}
	return f.time(0, t.Location())
}
