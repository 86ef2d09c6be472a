package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/seed-6ae541b3/goargus/capture"
)

// packetCopy copies the packets that a source hands out to a pcapng file.
type packetCopy struct {
	name string
	lost bool // only those that belong to no flow
}

// open returns a source that copies what it hands on, and what closes the file.
// A file that is there gets another section.
func (c packetCopy) open(src capture.Source, sensor *capture.Config) (capture.Source, func() error, error) {
	if c.name == "" {
		return src, func() error { return nil }, nil
	}
	f, err := os.OpenFile(c.name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, nil, err
	}
	w := capture.NewWriter(f)
	want := func(*capture.Packet) bool { return true }
	if c.lost {
		want = func(p *capture.Packet) bool { return !sensor.Counts(p) }
	}
	return &copied{src, c.name, w, want}, func() error { return errors.Join(w.Flush(), f.Close()) }, nil
}

type copied struct {
	capture.Source
	name string
	out  *capture.Writer
	want func(*capture.Packet) bool
}

func (c *copied) ReadPackets(buf []capture.Packet) (int, error) {
	n, err := c.Source.ReadPackets(buf)
	var failed error
	for i := range buf[:n] {
		if !c.want(&buf[i]) {
			continue
		}
		if e := c.out.Write(&buf[i], c.Interfaces()); e != nil {
			failed = e
		}
	}
	if n == 0 {
		failed = c.out.Flush()
	}
	if failed != nil {
		err = errors.Join(fmt.Errorf("%s: %w", c.name, failed), err)
	}
	return n, err
}

// Unwrap returns the source that packets come from.
func (c *copied) Unwrap() capture.Source { return c.Source }
