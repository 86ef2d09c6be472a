package cli

import (
	"fmt"
	"os"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
)

// progress says on a terminal how far reading is, once it takes longer than a
// second.
type progress struct {
	on      bool
	shown   bool
	start   time.Time
	next    time.Time
	records int64
	name    string
	size    int64
}

func newProgress(c *Client) *progress {
	return &progress{on: isTerminal(os.Stderr) && !isTerminal(os.Stdout) && !c.Follow && c.Pace == 0, start: time.Now()}
}

func (p *progress) file(name string) {
	p.name, p.size = name, 0
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		p.size = info.Size()
	}
}

// record counts a record and, a few times a second, shows the count.
func (p *progress) record(src *argus.Source) {
	const clockEvery = 4096 // looking at the clock costs more than counting
	if p.records++; p.records%clockEvery != 0 {
		return
	}
	now := time.Now()
	if now.Sub(p.start) < time.Second || now.Before(p.next) {
		return
	}
	p.next = now.Add(flushEvery)
	p.shown = true
	rate := float64(p.records) / now.Sub(p.start).Seconds()
	done := ""
	if bytes := src.Stats().Bytes; p.size >= bytes && p.size > 0 {
		done = fmt.Sprintf(" %d %%,", 100*bytes/p.size)
	}
	fmt.Fprintf(os.Stderr, "\r\x1b[K%s:%s %d records, %.0f a second", p.name, done, p.records, rate)
}

// end takes the line away.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}
