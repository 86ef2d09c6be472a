package main

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/seed-6ae541b3/goargus/capture"
)

// packetCopy copies the packets that a source hands out to a pcapng file.
type packetCopy struct{ name string }

// open returns a source that copies what it hands on, and what closes the file.
// A file that is there gets another section.
func (c packetCopy) open(src capture.Source) (capture.Source, func() error, error) {
	if c.name == "" {
		return src, func() error { return nil }, nil
	}
	f, err := os.OpenFile(c.name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, nil, err
	}
	copied := &copied{Source: src, name: c.name, file: f, buf: bufio.NewWriterSize(f, 1<<20)}
	return copied, copied.closeFile, nil
}

type copied struct {
	capture.Source
	name    string
	file    *os.File
	buf     *bufio.Writer
	writer  *pcapgo.NgWriter
	numbers map[place]int // interface numbers in the file
}

// place is what an interface of the file stands for: packets of one interface may
// differ in their link type.
type place struct {
	iface uint16
	link  capture.LinkType
}

func (c *copied) ReadPackets(buf []capture.Packet) (int, error) {
	n, err := c.Source.ReadPackets(buf)
	for i := range buf[:n] {
		if e := c.write(&buf[i]); e != nil {
			return n, errors.Join(fmt.Errorf("%s: %w", c.name, e), err)
		}
	}
	if n == 0 {
		if e := c.buf.Flush(); e != nil && err == nil {
			err = fmt.Errorf("%s: %w", c.name, e)
		}
	}
	return n, err
}

func (c *copied) write(p *capture.Packet) error {
	at := place{p.Interface, p.Link}
	number, known := c.numbers[at]
	if !known && p.Link > math.MaxUint8 {
		return fmt.Errorf("packets of link type %v can not be copied", p.Link)
	}
	if !known {
		name := ""
		if all := c.Interfaces(); int(p.Interface) < len(all) {
			name = all[p.Interface].Name
		}
		iface := pcapgo.NgInterface{Name: name, LinkType: layers.LinkType(p.Link), TimestampResolution: 9, SnapLength: capture.MaxPacketSize}
		var err error
		if c.writer == nil {
			c.numbers = map[place]int{}
			c.writer, err = pcapgo.NewNgWriterInterface(c.buf, iface, pcapgo.DefaultNgWriterOptions)
		} else {
			number, err = c.writer.AddInterface(iface)
		}
		if err != nil {
			return err
		}
		c.numbers[at] = number
	}
	return c.writer.WritePacket(gopacket.CaptureInfo{
		Timestamp: time.Unix(0, p.Time), CaptureLength: len(p.Data), Length: p.Length, InterfaceIndex: number,
	}, p.Data)
}

// Unwrap returns the source that packets come from.
func (c *copied) Unwrap() capture.Source { return c.Source }

// closeFile writes what is held back.
func (c *copied) closeFile() error {
	var err error
	if c.writer != nil {
		err = c.writer.Flush()
	}
	return errors.Join(err, c.buf.Flush(), c.file.Close())
}
