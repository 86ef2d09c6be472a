package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus/archive"
)

// piece is a file, or a stretch of one.
type piece struct {
	name string
	rest bool     // not the first of the file
	live []string // servers and ports that are read at once, instead
}

// pieces are what is to be read: of files with an index, for a range of time,
// only the stretches in which there may be records of it.
func (c *Client) pieces() (out []piece) {
	live := slices.IndexFunc(c.Files, func(name string) bool { _, ok := endless(name); return ok }) // they are the last
	if live < 0 || !c.together(c.Files[live:]) {
		live = len(c.Files)
	}
	defer func() {
		if names := c.Files[live:]; len(names) > 0 {
			out = append(out, piece{name: strings.Join(names, ", "), live: names})
		}
	}()
	for _, name := range c.Files[:live] {
		blocks, ok := c.indexed(name)
		if !ok {
			out = append(out, piece{name: name})
			continue
		}
		for i, b := range blocks {
			out = append(out, piece{name: fmt.Sprintf("%s::%d:%d", name, b.Offset, b.End), rest: i > 0})
		}
	}
	return out
}

// indexed returns the stretches of a file, and false if all of it is to be read.
func (c *Client) indexed(name string) ([]archive.Block, bool) {
	if c.Range == nil || c.Follow || c.Open != nil || c.Rejected != "" || strings.Contains(c.Range.String(), "*") {
		return nil, false
	}
	if _, negated := c.Range.Mode(); negated {
		return nil, false
	}
	x, err := archive.ReadIndex(name)
	if err != nil {
		return nil, false // none, or not of the file as it is
	}
	start, end := c.Range.Window()
	return x.Between(start.UnixNano(), end.UnixNano()+999), true
}
