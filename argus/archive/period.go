package archive

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Period is the stretch of time of one file: a number of seconds to days, weeks
// from Sunday on, months or years.
type Period struct {
	n    int64
	unit byte
}

var errPeriod = errors.New("want a whole number and s, m, h, d, w, M (months) or y, such as 30s, 5m, 1d, 1M")

// ParsePeriod reads a period such as "30s", "5m", "1h", "1d", "1w", "1M" or "1y";
// a number alone is seconds.
func ParsePeriod(text string) (Period, error) {
	number, unit := text, byte('s')
	if n := len(text); n > 0 && (text[n-1] < '0' || text[n-1] > '9') {
		number, unit = text[:n-1], text[n-1]
	}
	n, err := strconv.ParseInt(number, 10, 32)
	p := Period{n, unit}
	if err != nil || n < 1 || p.seconds() == 0 || p.seconds() > maxSeconds {
		return Period{}, fmt.Errorf("archive: period %q: %w", text, errPeriod)
	}
	return p, nil
}

const maxSeconds = 1000 * 366 * 86400

// MustPeriod is ParsePeriod for text that is known to be right. It panics if it
// is not.
func MustPeriod(text string) Period {
	p, err := ParsePeriod(text)
	if err != nil {
		panic(err)
	}
	return p
}

func (p Period) String() string { return strconv.FormatInt(p.n, 10) + string(p.unit) }

// seconds is how long the period is, about, and 0 for an unknown unit.
func (p Period) seconds() int64 {
	return p.n * map[byte]int64{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 7 * 86400, 'M': 31 * 86400, 'y': 366 * 86400}[p.unit]
}

// Borders returns the beginning and end of the period that a time lies in:
// [start, end), in nanoseconds since the epoch. Seconds to days are counted in
// local time from 1970 on, weeks from the Sunday before it, months and years by
// the calendar.
func (p Period) Borders(t int64, zone *time.Location) (start, end int64) {
	when := time.Unix(0, t).In(zone)
	year, month, day := when.Date()
	switch p.unit {
	case 'y':
		first := year - int(floorMod(int64(year-1970), p.n))
		return date(first, 1, 1, zone), date(first+int(p.n), 1, 1, zone)
	case 'M':
		months := int64(year-1970)*12 + int64(month) - 1
		first := int(months - floorMod(months, p.n))
		return date(1970, 1+first, 1, zone), date(1970, 1+first+int(p.n), 1, zone)
	case 'w', 'd':
		days := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400
		length, shift := p.n, int64(0)
		if p.unit == 'w' {
			length, shift = 7*p.n, 4 // 1 January 1970 was a Thursday
		}
		first := int(days - floorMod(days+shift, length))
		return date(1970, 1, 1+first, zone), date(1970, 1, 1+first+int(length), zone)
	}
	length := p.seconds() * 1e9
	_, offset := when.Zone()
	local := t + int64(offset)*1e9
	start = t - floorMod(local, length)
	return start, start + length
}

func date(y, m, d int, zone *time.Location) int64 {
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, zone).UnixNano()
}

func floorMod(a, n int64) int64 { return (a%n + n) % n }
