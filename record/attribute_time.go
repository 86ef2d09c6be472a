package record

import (
	"encoding/binary"
	"fmt"
	"time"
)

// TimeFormat is a parsed time format: that of strftime in the C locale, and %f
// for the fraction of a second in as many digits as the precision says.
type TimeFormat struct {
	parts []timePart
	text  string
	date  bool // it shows more than the time of day
}

// timePart is literal text, or a conversion.
type timePart struct {
	text string
	verb byte
}

// timeVerbs are the conversions that stand for others.
var timeVerbs = map[byte]string{
	'R': "%H:%M", 'D': "%m/%d/%y", 'F': "%Y-%m-%d", 'r': "%I:%M:%S %p",
	'c': "%a %b %e %T %Y", 'x': "%m/%d/%y", 'X': "%T", 'h': "%b",
	'n': "\n", 't': "\t", '%': "%",
}

const simpleTimeVerbs = "aAbBCdeHIjklmMpPsSTuUwWyYzZgGVf"

// ParseTimeFormat reads a time format. "%u" and "%f" alone are seconds since
// the epoch with a fraction, "%d" alone without.
func ParseTimeFormat(s string) (*TimeFormat, error) {
	f := &TimeFormat{text: s}
	switch s {
	case "%u", "%f":
		f.parts = []timePart{{verb: 's'}, {text: "."}, {verb: 'f'}}
		return f, nil
	case "%d":
		f.parts = []timePart{{verb: 's'}}
		return f, nil
	}
	if err := f.parse(s, 0); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *TimeFormat) parse(s string, depth int) error {
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			f.literal(s[i : i+1])
			continue
		}
		i++
		if i < len(s) && (s[i] == 'E' || s[i] == 'O') {
			i++
		}
		if i >= len(s) {
			return fmt.Errorf("record: time format %q ends in the middle of a conversion", f.text)
		}
		v := s[i]
		if long, ok := timeVerbs[v]; ok {
			if v == 'n' || v == 't' || v == '%' {
				f.literal(long)
			} else if err := f.parse(long, depth+1); err != nil {
				return err
			}
			continue
		}
		if !contains(simpleTimeVerbs, v) {
			return fmt.Errorf("record: time format %q: unknown conversion %%%c", f.text, v)
		}
		f.date = f.date || !contains("HIklMpPSTfszZ", v)
		f.parts = append(f.parts, timePart{verb: v})
	}
	return nil
}

func contains(s string, c byte) bool {
	for i := range len(s) {
		if s[i] == c {
			return true
		}
	}
	return false
}

// literal adds text, joined to text before it.
func (f *TimeFormat) literal(s string) {
	if n := len(f.parts); n > 0 && f.parts[n-1].verb == 0 {
		f.parts[n-1].text += s
		return
	}
	f.parts = append(f.parts, timePart{text: s})
}

// String is the format as it was given.
func (f *TimeFormat) String() string { return f.text }

var defaultTime, _ = ParseTimeFormat("%T.%f")

// clock remembers what it takes to print times of one second after another:
// the text of the last second, and how far the zone is from UTC until when.
type clock struct {
	set      bool
	sec      int64
	head     [64]byte // text of the second up to the fraction
	n        int      // bytes in head, 0 if the text does not fit
	zoneSet  bool
	from, to int64 // seconds between which offset holds
	offset   int64
	zone     string
}

// AppendTime appends a moment, in nanoseconds since the epoch, as the options
// say.
func (o *TextOptions) AppendTime(dst []byte, ns int64) []byte { return o.appendTime(dst, ns) }

func (o *TextOptions) appendTime(dst []byte, ns int64) []byte {
	sec, frac := ns/second, ns%second
	if frac < 0 {
		sec, frac = sec-1, frac+second
	}
	if o.UnixTime {
		return appendFraction(append(appendInt(dst, sec), '.'), len(dst), frac, o.digits())
	}
	f := o.Time
	if f == nil {
		f = defaultTime
	}
	last := len(f.parts) - 1
	if last < 0 || f.parts[last].verb != 'f' {
		return o.appendParts(dst, f.parts, f.date, sec, frac)
	}
	// All but the fraction is the same for every time within the second.
	c := &o.clock
	if c.set && c.sec == sec {
		return appendFraction(append(dst, c.head[:c.n]...), len(dst), frac, o.digits())
	}
	at := len(dst)
	dst = o.appendParts(dst, f.parts[:last], f.date, sec, frac)
	if len(dst)-at <= len(c.head) {
		c.n = copy(c.head[:], dst[at:])
		c.sec, c.set = sec, true
	}
	return appendFraction(dst, at, frac, o.digits())
}

// appendFraction appends the first digits of a fraction, cut, not rounded, to a
// time that starts at dst[at]. Without digits it takes away a point before it,
// with digits blanks.
func appendFraction(dst []byte, at int, ns int64, digits int) []byte {
	if digits == 0 {
		if n := len(dst); n > at && dst[n-1] == '.' {
			return dst[:n-1]
		}
		return dst
	}
	for n := len(dst); n > at && dst[n-1] == ' '; n-- {
		dst = dst[:n-1]
	}
	if digits == 6 { // by far the most common: a division by a constant
		return appendPadded(dst, uint64(ns)/1000, 6)
	}
	return appendPadded(dst, uint64(ns)/pow10[9-digits], digits)
}

func (o *TextOptions) appendParts(dst []byte, parts []timePart, date bool, sec, frac int64) []byte {
	at := len(dst)
	t := o.civil(sec, date)
	for _, p := range parts {
		switch p.verb {
		case 0:
			dst = append(dst, p.text...)
		case 'f':
			dst = appendFraction(dst, at, frac, o.digits())
		default:
			dst = t.append(dst, p.verb)
		}
	}
	return dst
}

// civil is a moment as a calendar and clock show it.
type civil struct {
	unix, offset          int64
	zone                  string
	year, day             int64 // day of the year, from 0
	month, mday           int64 // from 1
	hour, minute, seconds int64
	weekday               int64 // 0 is Sunday
}

// civil converts seconds since the epoch to the clock of the zone and, if asked,
// its calendar.
func (o *TextOptions) civil(sec int64, date bool) civil {
	c := &o.clock
	if o.Location != nil && (!c.zoneSet || sec < c.from || sec >= c.to) {
		c.lookup(o.Location, sec)
	}
	t := civil{unix: sec, offset: c.offset, zone: c.zone}
	if o.Location == nil {
		t.zone = "UTC"
	}
	local := sec + c.offset
	days, rest := local/86400, local%86400
	if rest < 0 {
		days, rest = days-1, rest+86400
	}
	t.hour, t.minute, t.seconds = rest/3600, rest/60%60, rest%60
	if date {
		t.weekday = ((days+4)%7 + 7) % 7
		t.date(days)
	}
	return t
}

// lookup finds the offset of a zone and how long it holds.
func (c *clock) lookup(loc *time.Location, sec int64) {
	t := time.Unix(sec, 0).In(loc)
	name, offset := t.Zone()
	from, to := t.ZoneBounds()
	c.zoneSet, c.zone, c.offset = true, name, int64(offset)
	c.from, c.to = -1<<62, 1<<62
	if !from.IsZero() {
		c.from = from.Unix()
	}
	if !to.IsZero() {
		c.to = to.Unix()
	}
}

// date finds year, month and day of the days since the epoch, in the Gregorian
// calendar with years that start in March.
func (t *civil) date(days int64) {
	z := days + 719468
	era := z / 146097
	if z < 0 {
		era = (z - 146096) / 146097
	}
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	t.mday = doy - (153*mp+2)/5 + 1
	t.month = mp + 3
	t.year = yoe + era*400
	if t.month > 12 {
		t.month -= 12
		t.year++
	}
	leap := t.year%4 == 0 && (t.year%100 != 0 || t.year%400 == 0)
	t.day = daysBefore[t.month-1] + t.mday - 1
	if leap && t.month > 2 {
		t.day++
	}
}

var daysBefore = [12]int64{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}

func (t *civil) append(dst []byte, verb byte) []byte {
	two := func(v int64) []byte { return appendPadded(dst, uint64(v), 2) }
	blank := func(v int64) []byte {
		if v < 10 {
			dst = append(dst, ' ')
		}
		return appendInt(dst, v)
	}
	hour12 := (t.hour+11)%12 + 1
	switch verb {
	case 'T':
		return t.appendClock(dst)
	case 'H':
		return two(t.hour)
	case 'M':
		return two(t.minute)
	case 'S':
		return two(t.seconds)
	case 'Y':
		return appendInt(dst, t.year)
	case 'm':
		return two(t.month)
	case 'd':
		return two(t.mday)
	case 'e':
		return blank(t.mday)
	case 'y':
		return two(((t.year % 100) + 100) % 100)
	case 'C':
		return two(t.year / 100)
	case 'I':
		return two(hour12)
	case 'l':
		return blank(hour12)
	case 'k':
		return blank(t.hour)
	case 'j':
		return appendPadded(dst, uint64(t.day+1), 3)
	case 'p':
		return append(dst, [...]string{"AM", "PM"}[t.hour/12]...)
	case 'P':
		return append(dst, [...]string{"am", "pm"}[t.hour/12]...)
	case 's':
		return appendInt(dst, t.unix)
	case 'a':
		return append(dst, time.Weekday(t.weekday).String()[:3]...)
	case 'A':
		return append(dst, time.Weekday(t.weekday).String()...)
	case 'b':
		return append(dst, time.Month(t.month).String()[:3]...)
	case 'B':
		return append(dst, time.Month(t.month).String()...)
	case 'u':
		return appendInt(dst, (t.weekday+6)%7+1)
	case 'w':
		return appendInt(dst, t.weekday)
	case 'U':
		return two((t.day + 7 - t.weekday) / 7)
	case 'W':
		return two((t.day + 7 - (t.weekday+6)%7) / 7)
	case 'G', 'g', 'V':
		return t.appendISO(dst, verb)
	case 'z':
		return t.appendOffset(dst)
	case 'Z':
		return append(dst, t.zone...)
	}
	return dst
}

// appendClock appends hour, minute and second with colons between them.
func (t *civil) appendClock(dst []byte) []byte {
	two := func(v int64) uint64 { return uint64(thousand[v] >> 8 & 0xFFFF) }
	return binary.LittleEndian.AppendUint64(dst, two(t.hour)|':'<<16|two(t.minute)<<24|':'<<40|two(t.seconds)<<48)
}

// appendISO appends year and week of ISO 8601.
func (t *civil) appendISO(dst []byte, verb byte) []byte {
	year, week := time.Date(int(t.year), time.Month(t.month), int(t.mday), 0, 0, 0, 0, time.UTC).ISOWeek()
	switch verb {
	case 'V':
		return appendPadded(dst, uint64(week), 2)
	case 'g':
		return appendPadded(dst, uint64(year%100), 2)
	}
	return appendInt(dst, int64(year))
}

func (t *civil) appendOffset(dst []byte) []byte {
	sign, off := byte('+'), t.offset
	if off < 0 {
		sign, off = '-', -off
	}
	dst = appendPadded(append(dst, sign), uint64(off/3600), 2)
	return appendPadded(dst, uint64(off/60%60), 2)
}
