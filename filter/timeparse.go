package filter

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxTimeRange is the longest text of a time range.
const maxTimeRange = 128

// firstUnix is the largest number that is not seconds since the epoch.
const firstUnix = 10_000_000

// ParseTimeRange reads a time range as option -t takes it: "2024/01/25.12",
// "12:30-13:00", "2024/01/25+2h", "-1d", "****/**/**.12", with "x" in front for
// the negation and a letter for the mode (see [TimeMode]). Errors are of type
// [*Error].
func ParseTimeRange(text string, clock Clock) (*TimeRange, error) {
	p := timeParser{text: text, now: clock.now()}
	if len(text) > maxTimeRange {
		return nil, p.fail(TooComplex, 0, len(text), fmt.Sprintf("the time range is longer than %d characters", maxTimeRange))
	}
	t := &TimeRange{mode: Intersects, location: clock.location(), text: text}
	rest := strings.TrimLeft(text, " ")
	if s, ok := strings.CutPrefix(rest, "x"); ok {
		t.negated, rest = true, s
	}
	if rest != "" && strings.Contains("icns", rest[:1]) {
		t.mode, rest = TimeMode(rest[0]), rest[1:]
	}
	if t.mode == 's' {
		t.mode = Spans
	}
	start, end, wild, err := p.window(rest)
	if err != nil {
		return nil, err
	}
	t.start, t.end, t.wild = start.UnixMicro(), end.UnixMicro(), wild
	if !start.Before(end) {
		return nil, p.fail(BadTime, len(text)-len(rest), len(rest), "the range ends before it begins")
	}
	return t, nil
}

type timeParser struct {
	text string
	now  time.Time
}

func (p *timeParser) fail(code Code, offset, length int, message string, expected ...string) error {
	return &Error{Code: code, Span: Span{offset, length}, Text: p.text, Message: message, Expected: expected}
}

// bad is the error for a piece of the text.
func (p *timeParser) bad(piece string, message string, expected ...string) error {
	offset := strings.Index(p.text, piece)
	if offset < 0 || piece == "" {
		return p.fail(BadTime, len(p.text), 0, message, expected...)
	}
	return p.fail(BadTime, offset, len(piece), message, expected...)
}

// window reads what follows the mode.
func (p *timeParser) window(s string) (start, end time.Time, wild calendar, err error) {
	if s, ok := strings.CutPrefix(s, "-"); ok {
		start, end, err = p.recent(s)
		return start, end, wild, err
	}
	left, right, sign := splitRangeText(s)
	a, err := p.point(left, p.now)
	if err != nil {
		return start, end, wild, err
	}
	switch sign {
	case '-':
		start, end, wild, err = p.until(a, right)
	case '+':
		start, end, wild, err = p.length(a, right)
	default:
		start, end, wild = a.time, add(a.time, a.unit, 1), a.wild
	}
	return start, end, wild, err
}

// splitRangeText splits at the first "-" that is not the first character, or
// else at the first "+".
func splitRangeText(s string) (left, right string, sign byte) {
	for _, sign := range []byte("-+") {
		if i := strings.IndexByte(s, sign); i > 0 {
			return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:]), sign
		}
	}
	return strings.TrimSpace(s), "", 0
}

// recent reads the last units up to the end of the current one: "1d", "2d+1d".
func (p *timeParser) recent(s string) (start, end time.Time, err error) {
	back, length, more := strings.Cut(s, "+")
	units, smallest, err := p.amounts(strings.TrimSpace(back))
	if err != nil {
		return start, end, err
	}
	current := truncate(p.now, smallest)
	start = addAll(add(current, smallest, 1), units, -1)
	end = add(current, smallest, 1)
	if more {
		units, _, err = p.amounts(strings.TrimSpace(length))
		end = addAll(start, units, 1)
	}
	return start, end, err
}

// addAll moves a time by an amount of every unit, in one direction.
func addAll(t time.Time, amounts calendar, sign int) time.Time {
	for unit, n := range amounts {
		t = add(t, unit, sign*n)
	}
	return t
}

// until reads the right side of "A-B": the window ends where B begins. Units
// count back from A.
func (p *timeParser) until(a point, right string) (start, end time.Time, wild calendar, err error) {
	if isUnits(right) && !strings.ContainsAny(right, "y*") {
		units, _, err := p.amounts(right)
		return addAll(a.time, units, -1), a.time, a.wild, err
	}
	b, err := p.point(right, a.time)
	if err != nil {
		return start, end, wild, err
	}
	for i := range wild {
		wild[i] = a.wild[i] | b.wild[i]
	}
	if wild != (calendar{}) { // wildcards count for both sides
		a.time, b.time = a.masked(wild), b.masked(wild)
	}
	return a.time, b.time, wild, nil
}

// length reads the right side of "A+units".
func (p *timeParser) length(a point, right string) (start, end time.Time, wild calendar, err error) {
	units, _, err := p.amounts(right)
	return a.time, addAll(a.time, units, 1), a.wild, err
}

// isUnits reports whether a text has the form of units: numbers with letters.
func isUnits(s string) bool {
	return s != "" && strings.IndexByte(unitLetters, s[len(s)-1]) >= 0
}

// amounts reads lengths of time: "90m", "1d12h". Smallest is the last unit.
func (p *timeParser) amounts(s string) (amounts calendar, smallest int, err error) {
	fields, err := p.units(s)
	if err != nil {
		return amounts, 0, err
	}
	for _, f := range fields {
		if f.wild {
			return amounts, 0, p.bad(s, "a length has no wildcards")
		}
		amounts[f.unit], smallest = f.value, f.unit
	}
	return amounts, smallest, nil
}

// unitField is a number with its unit.
type unitField struct {
	unit, value int
	wild        bool
}

// units reads numbers with units in descending order.
func (p *timeParser) units(s string) ([]unitField, error) {
	var fields []unitField
	last := -1
	for rest := s; rest != ""; {
		n := count(rest, isDigit)
		f := unitField{}
		if rest[0] == '*' {
			f.wild, n = true, 1
		}
		if n == 0 || n == len(rest) {
			return nil, p.bad(rest, "a number without its unit", "y, M, d, h, m or s")
		}
		f.unit = strings.IndexByte(unitLetters, rest[n])
		if f.unit <= last {
			return nil, p.bad(rest, "units go from the largest to the smallest", "y, M, d, h, m or s")
		}
		if !f.wild {
			v, err := strconv.Atoi(rest[:n])
			if err != nil || v > firstUnix {
				return nil, p.bad(rest[:n], "the number is too large")
			}
			f.value = v
		}
		fields, last, rest = append(fields, f), f.unit, rest[n+1:]
	}
	if fields == nil {
		return nil, p.bad(s, "the time is missing", "units")
	}
	return fields, nil
}

// point is a time, and the unit that it is exact to.
type point struct {
	time time.Time
	unit int
	wild calendar // 1 for each wildcard
}

// masked is the time of a point with the wildcards of the whole range.
func (a point) masked(wild calendar) time.Time {
	t := TimeRange{wild: wild, location: a.time.Location()}
	return time.UnixMicro(t.mask(a.time.UnixMicro())).In(a.time.Location())
}

// point reads one time. What it does not say comes from base.
func (p *timeParser) point(s string, base time.Time) (point, error) {
	switch {
	case s == "":
		return point{}, p.bad(s, "the time is missing", "time")
	case isUnits(s):
		return p.unitPoint(s, base)
	case strings.ContainsAny(s, "/:*"):
		return p.datePoint(s, base)
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || count(whole, isDigit) != len(whole) {
		return point{}, p.bad(s, "this is not a time", "date, time of day, seconds since 1970 or units")
	}
	if n > firstUnix {
		return p.unixPoint(s, n, fraction, dotted)
	}
	if dotted { // day and hour
		return p.datePoint(s, base)
	}
	if len(whole) == 4 && n > 1900 {
		return p.yearPoint(s, int(n), base)
	}
	return p.clockPoint(s, "", base, calendar{})
}

func (p *timeParser) unixPoint(s string, seconds int64, fraction string, dotted bool) (point, error) {
	ns := 0
	if dotted {
		v, ok := nanoseconds(fraction)
		if !ok {
			return point{}, p.bad(s, "this is not a time", "fraction of a second")
		}
		ns = v
	}
	if seconds > 1<<40 {
		return point{}, p.bad(s, "the time is too large")
	}
	return point{time: time.Unix(seconds, int64(ns)).In(p.now.Location()), unit: secondField}, nil
}

// nanoseconds reads the digits after the point of a second.
func nanoseconds(s string) (int, bool) {
	if s == "" || count(s, isDigit) != len(s) {
		return 0, false
	}
	v, err := strconv.Atoi((s + "000000000")[:9])
	return v, err == nil
}

func (p *timeParser) yearPoint(s string, year int, base time.Time) (point, error) {
	if year > p.now.Year() && base.Equal(p.now) {
		return point{}, p.bad(s, "the year is in the future")
	}
	return point{time: calendar{year, 1, 1}.time(0, p.now.Location()), unit: yearField}, nil
}

// unitPoint reads a time in units: "2024y1M25d12h".
func (p *timeParser) unitPoint(s string, base time.Time) (point, error) {
	fields, err := p.units(s)
	if err != nil {
		return point{}, err
	}
	values, wild := fieldsOf(base), calendar{}
	unit := fields[0].unit
	for _, f := range fields {
		if err := p.inRange(s, f.unit, f.value, f.wild); err != nil {
			return point{}, err
		}
		values[f.unit], unit = f.value, f.unit
		if f.wild {
			values[f.unit], wild[f.unit] = neutral[f.unit], 1
		}
	}
	if values[minuteField] == 60 {
		values[minuteField] = 0
	}
	for i := unit + 1; i < noField; i++ {
		values[i] = neutral[i]
	}
	// A unit between the first and the last that is not given is its first value.
	for i, next := fields[0].unit, 0; i <= unit; i++ {
		if next < len(fields) && fields[next].unit == i {
			next++
			continue
		}
		values[i] = neutral[i]
	}
	return point{time: values.time(0, p.now.Location()), unit: unit, wild: wild}, nil
}

// inRange checks a field of the calendar or clock.
func (p *timeParser) inRange(s string, unit, value int, wild bool) error {
	low := neutral[unit]
	high := [...]int{9999, 12, 31, 23, 60, 60}[unit]
	if !wild && (value < low || value > high) {
		return p.bad(s, fmt.Sprintf("the %s is out of range", unitNames[unit]), fmt.Sprintf("%d-%d", low, high))
	}
	return nil
}

var unitNames = [...]string{"year", "month", "day", "hour", "minute", "second"}

// datePoint reads a date, a date with a time of day, or a time of day:
// yyyy/mm, yyyy/mm/dd.hh:mm:ss.f, mm/dd, dd.hh, hh:mm.
func (p *timeParser) datePoint(s string, base time.Time) (point, error) {
	date, clock, dotted := s, "", false
	colon := strings.IndexByte(s, ':')
	if i := strings.IndexByte(s, '.'); i >= 0 && (colon < 0 || i < colon) {
		date, clock, dotted = s[:i], s[i+1:], true
	} else if colon >= 0 && !strings.Contains(s, "/") {
		return p.clockPoint(s, s, base, calendar{})
	}
	parts := strings.Split(date, "/")
	if len(parts) == 1 && s == "****" {
		return point{time: neutral.time(0, p.now.Location()), unit: yearField, wild: calendar{1}}, nil
	}
	first := [...]int{dayField, monthField, yearField}[min(len(parts), 3)-1]
	if len(parts) == 2 && len(parts[0]) == 4 {
		first = yearField
	}
	if len(parts) > 3 || dotted && first+len(parts)-1 != dayField || !dotted && first == dayField {
		return point{}, p.bad(s, "this is not a date", "yyyy/mm/dd.hh:mm:ss", "mm/dd", "dd.hh")
	}
	values, wild := fieldsOf(base), calendar{}
	for i := range parts {
		if err := p.dateField(s, parts[i], first+i, &values, &wild); err != nil {
			return point{}, err
		}
	}
	unit := first + len(parts) - 1
	if dotted {
		return p.clockPoint(s, clock, values.time(0, p.now.Location()), wild)
	}
	for i := unit + 1; i < noField; i++ {
		values[i] = neutral[i]
	}
	return point{time: values.time(0, p.now.Location()), unit: unit, wild: wild}, nil
}

// dateField reads a field of a date: four digits for a year, two for the
// others, or as many asterisks.
func (p *timeParser) dateField(s, part string, unit int, values, wild *calendar) error {
	width := 2
	if unit == yearField {
		width = 4
	}
	if part == strings.Repeat("*", width) {
		values[unit], wild[unit] = neutral[unit], 1
		return nil
	}
	v, err := strconv.Atoi(part)
	if err != nil || len(part) != width || count(part, isDigit) != width {
		return p.bad(s, fmt.Sprintf("the %s is not %d digits", unitNames[unit], width))
	}
	values[unit] = v
	if unit == yearField {
		return nil
	}
	return p.inRange(s, unit, v, false)
}

// clockPoint reads a time of day; base gives the date. Clock is empty for a
// text that is an hour alone.
func (p *timeParser) clockPoint(s, clock string, base time.Time, wild calendar) (point, error) {
	if clock == "" && count(s, isDigit) == len(s) {
		clock = s
	}
	clock, fraction, dotted := strings.Cut(clock, ".")
	parts := strings.Split(clock, ":")
	ns := 0
	if dotted {
		v, ok := nanoseconds(fraction)
		if !ok || len(parts) != 3 {
			return point{}, p.bad(s, "a fraction follows seconds only", "hh:mm:ss.f")
		}
		ns = v
	}
	if len(parts) > 3 {
		return point{}, p.bad(s, "this is not a time of day", "hh:mm:ss")
	}
	values := fieldsOf(base)
	for i := hourField; i < noField; i++ {
		values[i] = 0
	}
	for i, part := range parts {
		unit := hourField + i
		if part == "*" || part == "**" {
			values[unit], wild[unit] = neutral[unit], 1
			continue
		}
		v, err := strconv.Atoi(part)
		if err != nil || count(part, isDigit) != len(part) {
			return point{}, p.bad(s, "this is not a time", "date, time of day, seconds since 1970 or units")
		}
		if err := p.inRange(s, unit, v, false); err != nil {
			return point{}, err
		}
		values[unit] = v
	}
	if values[minuteField] == 60 { // the first minute of the same hour, as ever
		values[minuteField] = 0
	}
	return point{time: values.time(ns, p.now.Location()), unit: hourField + len(parts) - 1, wild: wild}, nil
}

// moment reads a time that an attribute is compared with: the span of one point.
func (c *checker) moment(k *Constant) (start, end int64, err error) {
	p := timeParser{text: k.Text, now: c.Clock.now()}
	a, err := p.point(strings.TrimSpace(k.Text), p.now)
	if err == nil && a.wild != (calendar{}) {
		err = p.bad(k.Text, "a single time has no wildcards")
	}
	if err != nil {
		return 0, 0, c.fail(BadTime, k.Span, fmt.Sprintf("%q is not a time", clip(k.Text)), "date, time of day or seconds since 1970")
	}
	return a.time.UnixNano(), add(a.time, a.unit, 1).UnixNano(), nil
}
