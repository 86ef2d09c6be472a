package zeek

import (
	"math"
	"net/netip"
	"strconv"

	"github.com/seed-6ae541b3/goargus/record"
)

const (
	microsecond = 1000
	second      = 1_000_000_000

	// maxSeconds bounds times and intervals so that nanoseconds fit 64 bits.
	maxSeconds = 1 << 33
)

// parseCount reads a whole number without a sign.
func parseCount(b []byte) (n uint64, ok bool) {
	if len(b) == 0 || len(b) > 20 {
		return 0, false
	}
	for _, c := range b {
		d := uint64(c - '0')
		if d > 9 || n > (math.MaxUint64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// parseInt reads a whole number.
func parseInt(b []byte) (int64, bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	n, ok := parseCount(b)
	if !ok || n > math.MaxInt64 {
		return 0, false
	}
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}

func parsePort(b []byte) (uint16, bool) {
	n, ok := parseCount(b)
	return uint16(n), ok && n <= 0xFFFF
}

// parseBool reads the words of TSV and of JSON.
func parseBool(b []byte) (value, ok bool) {
	switch string(b) {
	case "T", "true":
		return true, true
	case "F", "false":
		return false, true
	}
	return false, false
}

// parseSeconds reads decimal seconds as nanoseconds. Up to six and exactly nine
// digits behind the point are taken as they stand; any other number of digits
// is how a double prints, and is rounded to microseconds, which is Zeek's own
// precision.
func parseSeconds(b []byte) (int64, bool) {
	at := 0
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		at++
	}
	whole, first := int64(0), at
	for ; at < len(b) && b[at]-'0' <= 9; at++ {
		if whole = whole*10 + int64(b[at]-'0'); whole > maxSeconds {
			return 0, false
		}
	}
	if at == first {
		return 0, false
	}
	if at < len(b) && b[at] == '.' {
		at++
	}
	frac, digits := int64(0), 0
	for ; at < len(b) && b[at]-'0' <= 9; at++ {
		if digits < 9 {
			frac = frac*10 + int64(b[at]-'0')
		}
		digits++
	}
	if at < len(b) {
		return parseExponent(b)
	}
	for d := digits; d < 9; d++ {
		frac *= 10
	}
	n := whole*second + frac
	if digits > 6 && digits != 9 {
		n = (n + microsecond/2) / microsecond * microsecond
	}
	if negative {
		n = -n
	}
	return n, true
}

// parseExponent reads seconds in scientific notation.
func parseExponent(b []byte) (int64, bool) {
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil || !(math.Abs(f) < maxSeconds) {
		return 0, false
	}
	return int64(math.Round(f*1e6)) * microsecond, true
}

// leastMillis is the smallest number that is taken as milliseconds since the
// epoch; as seconds it would be in the year 5138.
const leastMillis = 1e11

// parseTime reads a time: seconds or milliseconds since the epoch, or ISO 8601.
func parseTime(b []byte) (int64, bool) {
	if len(b) > 4 && b[4] == '-' {
		return parseISO(b)
	}
	if len(b) >= 12 {
		if ms, ok := parseCount(b); ok && ms >= leastMillis {
			return int64(ms) * 1_000_000, ms < maxSeconds*1000
		}
	}
	return parseSeconds(b)
}

// parseISO reads YYYY-MM-DDThh:mm:ss[.f][Z|+hh:mm|-hh:mm]; without a zone it is
// UTC.
func parseISO(b []byte) (int64, bool) {
	const form = "0000-00-00T00:00:00"
	if len(b) < len(form) {
		return 0, false
	}
	for i := range len(form) {
		switch {
		case form[i] == '0' && b[i]-'0' > 9:
			return 0, false
		case form[i] == 'T' && b[i] != 'T' && b[i] != ' ':
			return 0, false
		case (form[i] == '-' || form[i] == ':') && b[i] != form[i]:
			return 0, false
		}
	}
	two := func(at int) int64 { return int64(b[at]-'0')*10 + int64(b[at+1]-'0') }
	year, month, day := two(0)*100+two(2), two(5), two(8)
	hour, minute, sec := two(11), two(14), two(17)
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || sec > 60 {
		return 0, false
	}
	n := ((daysFromCivil(year, month, day)*24+hour)*60+minute)*60 + sec
	rest := b[len(form):]
	frac := int64(0)
	if len(rest) > 0 && rest[0] == '.' {
		scale := int64(second)
		at := 1
		for ; at < len(rest) && rest[at]-'0' <= 9; at++ {
			scale /= 10
			frac += int64(rest[at]-'0') * scale
		}
		if at == 1 {
			return 0, false
		}
		rest = rest[at:]
	}
	zone, ok := parseZone(rest)
	return (n-zone)*second + frac, ok
}

// parseZone reads a time zone as seconds east of UTC.
func parseZone(b []byte) (int64, bool) {
	switch {
	case len(b) == 0 || string(b) == "Z":
		return 0, true
	case len(b) != 6 && len(b) != 5 || b[0] != '+' && b[0] != '-':
		return 0, false
	}
	minutes := b[len(b)-2:]
	hours, ok1 := parseCount(b[1:3])
	mins, ok2 := parseCount(minutes)
	if !ok1 || !ok2 || len(b) == 6 && b[3] != ':' {
		return 0, false
	}
	zone := int64(hours*3600 + mins*60)
	if b[0] == '-' {
		zone = -zone
	}
	return zone, true
}

// daysFromCivil counts the days from 1970-01-01 to a date of the Gregorian
// calendar.
func daysFromCivil(y, m, d int64) int64 {
	if m <= 2 { // years begin in March
		y--
		m += 12
	}
	era := y / 400
	yearOfEra := y - era*400
	dayOfYear := (153*(m-3)+2)/5 + d - 1
	return era*146097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 719468
}

// parseAddr reads an IPv4 or IPv6 address without a zone.
func parseAddr(b []byte) (record.Endpoint, bool) {
	if a, ok := parseIPv4(b); ok {
		return record.EndpointFrom4(a), true
	}
	if a, ok := parseIPv6(b); ok {
		return record.EndpointFrom16(a), true
	}
	if len(b) > 45 { // longer than any address
		return record.Endpoint{}, false
	}
	a, err := netip.ParseAddr(string(b)) // IPv4 within IPv6
	if err != nil || a.Zone() != "" {
		return record.Endpoint{}, false
	}
	return record.EndpointFromAddr(a), true
}

// parseIPv4 reads four decimal numbers without leading zeros.
func parseIPv4(b []byte) (a [4]byte, ok bool) {
	part, n, digits := 0, 0, 0
	for _, c := range b {
		switch {
		case c-'0' <= 9 && digits < 3 && (digits == 0 || n > 0):
			n = n*10 + int(c-'0')
			digits++
			if n > 0xFF {
				return a, false
			}
		case c == '.' && digits > 0 && part < 3:
			a[part] = byte(n)
			part, n, digits = part+1, 0, 0
		default:
			return a, false
		}
	}
	a[part] = byte(n)
	return a, part == 3 && digits > 0
}

// parseIPv6 reads groups of hexadecimal digits, of which one run of zeros may
// be left out. The forms that end in an IPv4 address are not read.
func parseIPv6(b []byte) (a [16]byte, ok bool) {
	gap, at := -1, 0
	if len(b) >= 2 && b[0] == ':' && b[1] == ':' {
		gap, b = 0, b[2:]
		if len(b) == 0 {
			return a, true
		}
	}
	for {
		n, digits := 0, 0
		for ; digits < len(b); digits++ {
			d := hexDigit(b[digits])
			if d > 15 {
				break
			}
			if digits == 4 {
				return a, false
			}
			n = n<<4 | int(d)
		}
		if digits == 0 || at == 16 {
			return a, false
		}
		a[at], a[at+1] = byte(n>>8), byte(n)
		at += 2
		b = b[digits:]
		if len(b) == 0 {
			break
		}
		if b[0] != ':' || len(b) == 1 {
			return a, false
		}
		if b = b[1:]; b[0] == ':' {
			if gap >= 0 {
				return a, false
			}
			if gap, b = at, b[1:]; len(b) == 0 {
				break
			}
		}
	}
	if gap < 0 {
		return a, at == 16
	}
	if at == 16 {
		return a, false
	}
	tail := at - gap
	copy(a[16-tail:], a[gap:at])
	clear(a[gap : 16-tail])
	return a, true
}

// hexDigit is the value of a hexadecimal digit, above 15 for other bytes.
func hexDigit(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case c-'a' <= 5:
		return c - 'a' + 10
	case c-'A' <= 5:
		return c - 'A' + 10
	}
	return 0xFF
}

// appendSeconds appends nanoseconds as seconds with six digits behind the
// point, nine if they are needed.
func appendSeconds(dst []byte, n int64) []byte {
	if n < 0 {
		dst = append(dst, '-')
		n = -n
	}
	dst = strconv.AppendInt(dst, n/second, 10)
	dst = append(dst, '.')
	frac, digits := n%second/microsecond, 6
	if n%microsecond != 0 {
		frac, digits = n%second, 9
	}
	dst = append(dst, "000000000"[:digits]...)
	for at := len(dst) - 1; frac > 0; at-- {
		dst[at] = '0' + byte(frac%10)
		frac /= 10
	}
	return dst
}
