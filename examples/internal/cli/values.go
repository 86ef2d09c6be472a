package cli

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// ParseCount reads a small positive number.
func ParseCount(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1024 {
		return 0, Usagef("%q: want a number of 1 to 1024", text)
	}
	return n, nil
}

// ParseDuration reads a time such as 5, 0.5s, 10m, 1h or 2d.
func ParseDuration(text string) (time.Duration, error) {
	number := strings.TrimRight(text, "smhd")
	scale, ok := map[string]time.Duration{"": time.Second, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "ms": time.Millisecond}[text[len(number):]]
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !ok || v < 0 || v*float64(scale) > math.MaxInt64/2 {
		return 0, Usagef("%q: want a number and one of the units ms, s, m, h, d", text)
	}
	return time.Duration(v * float64(scale)), nil
}

// InRange lets through what the time range of -t selects, of results that were
// cut from records which it selected.
func (c *Client) InRange(s record.Stream) record.Stream {
	if c.Range == nil {
		return s
	}
	return func(yield func(*record.Record, error) bool) {
		for r, err := range s {
			if err == nil && !c.Range.Match(r) {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
