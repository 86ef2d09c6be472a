package tally

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// ParseHistogram reads "[abs] attribute bins[L][:low-high|:width]", such as
// "dur 10:0-5", "bytes 8L:1-10000" or "spkts 10:1". L makes the classes
// logarithmic. A suffix scales a range: u, m, s, M, H, D for durations (M is a
// minute), u, m, K, M, G for other numbers. It reports false if there is no
// range: [Histogram.SetRange] is to be called. reg may be nil for the built-in
// attributes.
func ParseHistogram(text string, reg *record.Registry) (h *Histogram, ranged bool, err error) {
	if reg == nil {
		reg = record.Attributes()
	}
	fail := func(why string) (*Histogram, bool, error) {
		return nil, false, fmt.Errorf("tally: histogram %q: %s", text, why)
	}
	words := strings.Fields(text)
	h = &Histogram{}
	if len(words) == 3 && words[0] == "abs" {
		h.Abs, words = true, words[1:]
	}
	if len(words) != 2 {
		return fail("want [abs] FIELD BINS[L][:LOW-HIGH|:WIDTH]")
	}
	a, ok := reg.Lookup(words[0])
	if !ok {
		return fail("there is no attribute " + strconv.Quote(words[0]))
	}
	h.Attribute = a
	bins, span, ranged := strings.Cut(words[1], ":")
	if strings.HasSuffix(bins, "L") {
		h.Log, bins = true, bins[:len(bins)-1]
	}
	if h.Bins, err = strconv.Atoi(bins); err != nil || h.Bins < 1 || h.Bins > MaxBins {
		return fail(fmt.Sprintf("want 1 to %d classes", MaxBins))
	}
	if !ranged {
		h.High = 1 // until there is a range
		err = h.Check()
		h.High = 0
		return h, false, err
	}
	if h.Low, h.High, err = parseRange(span, h.Bins, a.Kind == record.DurationValue); err != nil {
		return fail(err.Error())
	}
	return h, true, h.Check()
}

// parseRange reads low-high, or a width, which begins at 0.
func parseRange(text string, bins int, time bool) (low, high float64, err error) {
	scale := 1.0
	if n := len(text); n > 0 && strings.IndexByte("umsMHDKG", text[n-1]) >= 0 {
		scale, text = suffix(text[n-1], time), text[:n-1]
	}
	cut := -1
	if len(text) > 1 {
		cut = strings.IndexByte(text[1:], '-') + 1 // a sign may come first
		for cut > 0 && strings.IndexByte("eE", text[cut-1]) >= 0 {
			next := strings.IndexByte(text[cut+1:], '-')
			if cut += 1 + next; next < 0 {
				cut = 0
			}
		}
	}
	if cut <= 0 {
		w, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("%q: want a range LOW-HIGH or a width", text)
		}
		return 0, w * scale * float64(bins), nil
	}
	if low, err = strconv.ParseFloat(text[:cut], 64); err == nil {
		high, err = strconv.ParseFloat(text[cut+1:], 64)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%q: want a range LOW-HIGH or a width", text)
	}
	return low * scale, high * scale, nil
}

func suffix(c byte, time bool) float64 {
	switch c {
	case 'u':
		return 1e-6
	case 'm':
		return 1e-3
	case 'M':
		if time {
			return 60
		}
		return 1e6
	case 'H':
		return 3600
	case 'D':
		return 86400
	case 'K':
		return 1e3
	case 'G':
		return 1e9
	}
	return 1
}
