package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
)

// progress says on a terminal how far reading is, once it takes longer than a
// second.
type progress struct {
	on      bool
	out     io.Writer
	now     func() time.Time
	shown   bool
	start   time.Time
	next    time.Time
	records int64
	name    string
	size    int64 // of the file that is read, 0 if not known

	opened time.Time // when that was opened
}

func newProgress(c *Client) *progress {
	return &progress{
		on:  isTerminal(os.Stderr) && !isTerminal(os.Stdout) && !c.Follow && c.Pace == 0,
		out: os.Stderr, now: time.Now, start: time.Now(),
	}
}

func (p *progress) file(name string) {
	p.name, p.size, p.opened = name, 0, p.now()
	switch filepath.Ext(name) {
	case ".gz", ".zst", ".bz2", ".xz", ".lz4": // its size is not that of the records
		return
	}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		p.size = info.Size()
	}
}

// record counts a record and, a few times a second, shows the count.
func (p *progress) record(src interface{ Stats() argus.Stats }) {
	const clockEvery = 4096 // looking at the clock costs more than counting
	if p.records++; p.records%clockEvery != 0 {
		return
	}
	now := p.now()
	if now.Sub(p.start) < time.Second || now.Before(p.next) {
		return
	}
	p.next = now.Add(flushEvery)
	p.shown = true
	fmt.Fprintf(p.out, "\r\x1b[K%s: %s", printable(p.name), p.line(now, src.Stats().Bytes))
}

// line is what is shown: bytes, records a second, and what is left to do if the
// file tells how much there is.
func (p *progress) line(now time.Time, bytes int64) string {
	rate := float64(p.records) / now.Sub(p.start).Seconds()
	text := fmt.Sprintf("%s, %d records, %.0f a second", megabytes(bytes), p.records, rate)
	if p.size < bytes || bytes == 0 {
		return text
	}
	left := time.Duration(float64(now.Sub(p.opened)) / float64(bytes) * float64(p.size-bytes))
	return fmt.Sprintf("%d %% of %s, %s left", 100*bytes/p.size, text, left.Round(time.Second))
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// printable makes the name of a file fit for a terminal.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '.'
		}
		return r
	}, name)
}

// end takes the line away.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
