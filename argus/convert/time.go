package convert

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseMoment reads a time as nanoseconds since the epoch: by the format if
// there is one, else seconds since the epoch, RFC 3339, YYYY/MM/DD[.T ]hh:mm:ss
// or hh:mm:ss on the base date, each with a fraction of one to nine digits.
func (r *Reader) parseMoment(text string) (int64, error) {
	if r.cfg.TimeFormat != "" {
		if t, err := r.parseFormat(text); err == nil {
			return t, nil
		} else if r.formatOnly {
			return 0, err
		}
	}
	if n, err := parseSeconds(text); err == nil {
		return n, nil
	}
	whole, frac, err := splitFraction(text)
	if err != nil {
		return 0, err
	}
	for _, layout := range [...]string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006/01/02.15:04:05", "2006/01/02T15:04:05", "2006/01/02 15:04:05",
	} {
		if t, err := time.ParseInLocation(layout, whole, r.location()); err == nil {
			return t.Unix()*second + frac, nil
		}
	}
	if t, err := time.ParseInLocation("15:04:05", whole, time.UTC); err == nil {
		y, m, d := r.cfg.Date.Date()
		if r.cfg.Date.IsZero() {
			y, m, d = 1970, time.January, 1
		}
		at := time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, r.location())
		return at.Unix()*second + frac, nil
	}
	return 0, fmt.Errorf("expected a time, found %q", text)
}

const second = 1_000_000_000

func (r *Reader) location() *time.Location {
	if r.cfg.Location != nil {
		return r.cfg.Location
	}
	return time.UTC
}

// parseSeconds reads decimal seconds. Digits behind the ninth are cut.
func parseSeconds(text string) (int64, error) {
	whole, frac, err := splitFraction(text)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(whole, 10, 34)
	if err != nil {
		return 0, fmt.Errorf("expected seconds, found %q", text)
	}
	if strings.HasPrefix(whole, "-") {
		frac = -frac
	}
	return n*second + frac, nil
}

// splitFraction takes the digits behind the last point out of a text, as
// nanoseconds. A point that no digit follows stays, and so does what stands
// between date and time.
func splitFraction(text string) (rest string, nanos int64, err error) {
	i := strings.LastIndexByte(text, '.')
	if i < 0 {
		return text, 0, nil
	}
	end := i + 1
	for scale := int64(second / 10); end < len(text) && text[end]-'0' <= 9; end++ {
		nanos += int64(text[end]-'0') * scale
		scale /= 10
	}
	if end == i+1 {
		return "", 0, fmt.Errorf("expected digits behind the point, found %q", text)
	}
	if end < len(text) && text[end] == ':' { // YYYY/MM/DD.hh:mm:ss
		return text, 0, nil
	}
	return text[:i] + text[end:], nanos, nil
}

// parseFormat reads a time by the format of the conversion file.
func (r *Reader) parseFormat(text string) (int64, error) {
	p := formatParser{text: text, month: 1, day: 1, year: 1970, zone: r.location()}
	if err := p.parse(r.cfg.TimeFormat); err != nil {
		return 0, err
	}
	if p.epoch {
		return p.seconds*second + p.nanos, nil
	}
	t := time.Date(p.year, time.Month(p.month), p.day, p.hour, p.minute, p.sec, 0, p.zone)
	if t.Day() != p.day {
		return 0, fmt.Errorf("expected a day of the month, found %q", text)
	}
	return t.Unix()*second + p.nanos, nil
}

// formatParser reads a text by a strftime format.
type formatParser struct {
	text                                string
	year, month, day, hour, minute, sec int
	nanos, seconds                      int64
	epoch, fraction                     bool
	zone                                *time.Location
}

func (p *formatParser) parse(format string) error {
	full := p.text
	for i := 0; i < len(format); i++ {
		c := format[i]
		if c == '%' && i+1 < len(format) {
			i++
			if !p.directive(format[i]) {
				return fmt.Errorf("expected a time like %s, found %q", format, full)
			}
			continue
		}
		if p.text == "" || p.text[0] != c {
			return fmt.Errorf("expected a time like %s, found %q", format, full)
		}
		p.text = p.text[1:]
	}
	if !p.fraction { // one that the format does not name
		p.optionalFraction()
	}
	if p.text == "Z" {
		p.text, p.zone = "", time.UTC
	}
	if p.text != "" {
		return fmt.Errorf("expected a time like %s, found %q", format, full)
	}
	return nil
}

// optionalFraction reads a fraction that may be there.
func (p *formatParser) optionalFraction() {
	if strings.HasPrefix(p.text, ".") {
		p.text = p.text[1:]
		p.digits(&p.nanos)
	}
}

// digits reads a fraction as nanoseconds.
func (p *formatParser) digits(n *int64) bool {
	scale := int64(second / 10)
	i := 0
	for ; i < len(p.text) && p.text[i]-'0' <= 9; i++ {
		*n += int64(p.text[i]-'0') * scale
		scale /= 10
	}
	p.text = p.text[i:]
	return i > 0
}

// number reads a whole number of at most n digits within bounds.
func (p *formatParser) number(n, low, high int, to *int) bool {
	i := 0
	for i < len(p.text) && i < n && p.text[i]-'0' <= 9 {
		i++
	}
	v, err := strconv.Atoi(p.text[:i])
	if err != nil || v < low || v > high {
		return false
	}
	*to, p.text = v, p.text[i:]
	return true
}

func (p *formatParser) directive(c byte) bool {
	switch c {
	case 'Y':
		return p.number(4, 0, 9999, &p.year)
	case 'y':
		ok := p.number(2, 0, 99, &p.year)
		if p.year += 1900; p.year < 1969 {
			p.year += 100
		}
		return ok
	case 'm':
		return p.number(2, 1, 12, &p.month)
	case 'd', 'e':
		p.text = strings.TrimLeft(p.text, " ")
		return p.number(2, 1, 31, &p.day)
	case 'b', 'B', 'h':
		return p.monthName()
	case 'H':
		return p.number(2, 0, 23, &p.hour)
	case 'M':
		return p.number(2, 0, 59, &p.minute)
	case 'S':
		if !p.number(2, 0, 60, &p.sec) {
			return false
		}
		return true
	case 'f':
		p.fraction = true
		return p.digits(&p.nanos)
	case 's':
		p.epoch = true
		i := 0
		for i < len(p.text) && p.text[i]-'0' <= 9 {
			i++
		}
		n, err := strconv.ParseInt(p.text[:i], 10, 34)
		p.seconds, p.text = n, p.text[i:]
		return err == nil
	case 'z':
		return p.offset()
	case 'T':
		return p.parse1("%H:%M:%S")
	case 'D':
		return p.parse1("%m/%d/%y")
	case 'F':
		return p.parse1("%Y-%m-%d")
	case '%':
		ok := strings.HasPrefix(p.text, "%")
		p.text = strings.TrimPrefix(p.text, "%")
		return ok
	}
	return false
}

// parse1 reads a format within a format.
func (p *formatParser) parse1(format string) bool {
	for i := 0; i < len(format); i++ {
		if format[i] == '%' {
			i++
			if !p.directive(format[i]) {
				return false
			}
		} else if p.text == "" || p.text[0] != format[i] {
			return false
		} else {
			p.text = p.text[1:]
		}
	}
	return true
}

func (p *formatParser) monthName() bool {
	for m := time.January; m <= time.December; m++ {
		for _, name := range [...]string{m.String(), m.String()[:3]} {
			if len(p.text) >= len(name) && strings.EqualFold(p.text[:len(name)], name) {
				p.month, p.text = int(m), p.text[len(name):]
				return true
			}
		}
	}
	return false
}

// offset reads a time zone: Z, +hhmm, +hh:mm.
func (p *formatParser) offset() bool {
	if strings.HasPrefix(p.text, "Z") {
		p.text, p.zone = p.text[1:], time.UTC
		return true
	}
	for _, layout := range [...]string{"-07:00", "-0700"} {
		if len(p.text) >= len(layout) {
			if t, err := time.Parse(layout, p.text[:len(layout)]); err == nil {
				_, seconds := t.Zone()
				p.zone, p.text = time.FixedZone("", seconds), p.text[len(layout):]
				return true
			}
		}
	}
	return false
}
