package bins

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Length is how long bins are: a fixed time, or days, weeks, months or years of
// the calendar.
type Length struct {
	fixed  time.Duration // 0 for the calendar
	unit   byte          // 'd', 'w', 'M', 'y'
	number int
}

var errLength = errors.New(`want a number and one of the units us, ms, s, m, h, d, w, M (months), y, such as 10s, 0.5s, 1h, 1M`)

// ParseLength reads a length such as "10s", "0.5s", "5m", "1h", "1d", "1w",
// "1M" or "1y"; a number alone is seconds. Days and longer units are whole.
func ParseLength(text string) (Length, error) {
	number := strings.TrimRight(text, "usmhdwMy")
	suffix := text[len(number):]
	fail := func(err error) (Length, error) {
		return Length{}, fmt.Errorf("bins: length %q: %w", text, err)
	}
	switch suffix {
	case "d", "w", "M", "y":
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > maxCalendar {
			return fail(fmt.Errorf("want a whole number of 1 to %d with %s", maxCalendar, suffix))
		}
		return Length{unit: suffix[0], number: n}, nil
	}
	scale, ok := scales[suffix]
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case !ok || err != nil:
		return fail(errLength)
	case !(v > 0) || v*float64(scale) < float64(minLength) || v*float64(scale) > float64(maxLength):
		return fail(fmt.Errorf("want %v to %v", minLength, maxLength))
	}
	return Length{fixed: time.Duration(math.Round(v * float64(scale)))}, nil
}

var scales = map[string]time.Duration{
	"": time.Second, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour,
}

const (
	minLength   = time.Microsecond
	maxLength   = 100 * 365 * 24 * time.Hour
	maxCalendar = 10_000
)

func (l Length) String() string {
	if l.fixed > 0 {
		return l.fixed.String()
	}
	return strconv.Itoa(l.number) + string(l.unit)
}

// calendar finds the bin of a moment. It remembers the last one, since
// neighbours are mostly asked for.
type calendar struct {
	length     Length
	zone       *time.Location
	start, end int64
}

// borders returns the bin that t lies in: [start, end).
func (c *calendar) borders(t int64) (start, end int64) {
	if t >= c.start && t < c.end {
		return c.start, c.end
	}
	if f := int64(c.length.fixed); f > 0 {
		c.start = t - mod(t, f)
		c.end = c.start + f
	} else {
		c.start, c.end = c.period(time.Unix(0, t).In(c.zone))
	}
	return c.start, c.end
}

func mod(t, n int64) int64 {
	if m := t % n; m < 0 {
		return m + n
	} else {
		return m
	}
}

// Calendar days are counted from Thursday, 1 January 1970, weeks from the Monday
// before it.
const mondayBefore = -3

// period returns the bin of the calendar that t lies in. Bins of several days,
// weeks, months or years are counted from 1970.
func (c *calendar) period(t time.Time) (start, end int64) {
	y, m, d := t.Date()
	day := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	n := c.length.number
	at := func(y int, m time.Month, d int) int64 { return time.Date(y, m, d, 0, 0, 0, 0, c.zone).UnixNano() }
	switch c.length.unit {
	case 'd':
		first := day - modInt(day, n)
		return at(1970, 1, 1+first), at(1970, 1, 1+first+n)
	case 'w':
		first := day - modInt(day-mondayBefore, 7*n)
		return at(1970, 1, 1+first), at(1970, 1, 1+first+7*n)
	case 'M':
		month := (y-1970)*12 + int(m) - 1
		first := month - modInt(month, n)
		return at(1970, time.Month(1+first), 1), at(1970, time.Month(1+first+n), 1)
	}
	first := y - modInt(y-1970, n)
	return at(first, 1, 1), at(first+n, 1, 1)
}

func modInt(a, n int) int { return (a%n + n) % n }
