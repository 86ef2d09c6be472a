package flowimport

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/internal/decompress"
	"github.com/seed-6ae541b3/goargus/internal/packet"
)

// Open reads a file; "-" is standard input. That is a capture (pcap or pcapng)
// of the traffic of exporters, or datagrams of NetFlow and IPFIX one after the
// other, as a collector stores what it receives. Either may be compressed.
// Exporters are known in captures only. sFlow, which tells no time, is read from
// captures.
//
// What is neither is reported by the first record.
func Open(ctx context.Context, name string, cfg Config) (*Source, error) {
	if name == "-" {
		return NewSource(ctx, io.NopCloser(os.Stdin), "stdin", cfg), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return NewSource(ctx, f, name, cfg), nil
}

// NewSource is Open for what r delivers. The name is for errors. Closing the
// source closes r.
func NewSource(ctx context.Context, r io.ReadCloser, name string, cfg Config) *Source {
	return newSource(ctx, name, &file{name: name, raw: r}, cfg)
}

// file finds out at the first datagram what it is.
type file struct {
	name string
	raw  io.ReadCloser
	in   func() (Datagram, error)
	done []func()
}

func (f *file) next() (Datagram, error) {
	if f.in == nil {
		if err := f.begin(); err != nil {
			return Datagram{}, f.fail(err)
		}
	}
	dg, err := f.in()
	return dg, f.fail(err)
}

func (f *file) fail(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return fmt.Errorf("%s: %w", f.name, err)
}

func (f *file) Close() error { return f.raw.Close() }

func (f *file) release() {
	for _, done := range f.done {
		done()
	}
	f.done = nil
}

func (f *file) begin() error {
	in, release, err := decompress.Open(f.raw)
	if err != nil {
		return err
	}
	f.done = append(f.done, release)
	b := bufio.NewReaderSize(in, 2*maxDatagram)
	head, err := b.Peek(4)
	switch {
	case len(head) == 0 && err == io.EOF:
		return io.EOF
	case kindOf(head) == sflow5:
		return errors.New("datagrams of sFlow tell no time: want a capture of them (pcap, pcapng)")
	case kindOf(head) != unknown:
		f.in = (&stored{in: b}).next
		return nil
	}
	r, err := capture.NewReader(b)
	if err != nil {
		return fmt.Errorf("neither a capture nor datagrams of NetFlow or IPFIX: %w", err)
	}
	f.done = append(f.done, func() { r.Close() })
	f.in = (&captured{src: r}).next
	return nil
}

// captured takes the datagrams out of a capture: what UDP carries.
type captured struct {
	src     capture.Source
	packets [64]capture.Packet
	got     []capture.Packet
	err     error
	headers packet.Headers
}

func (c *captured) next() (Datagram, error) {
	for {
		for len(c.got) > 0 {
			p := &c.got[0]
			c.got = c.got[1:]
			if dg, ok := c.datagram(p); ok {
				return dg, nil
			}
		}
		if c.err != nil {
			return Datagram{}, c.err
		}
		n, err := c.src.ReadPackets(c.packets[:])
		c.got, c.err = c.packets[:n], err
	}
}

// datagram is what a packet carries, if it is one of an exporter, whole and not
// in fragments, or cut by the capture.
func (c *captured) datagram(p *capture.Packet) (Datagram, bool) {
	const udpHeader = 8
	h := &c.headers
	h.Walk(uint32(p.Link), p.Data, p.Length, &packet.Options{Shut: true})
	if h.Kind != packet.IPv4 && h.Kind != packet.IPv6 || h.Proto != packet.ProtoUDP || h.Fragment {
		return Datagram{}, false
	}
	b := h.Payload()
	if len(b) < udpHeader {
		return Datagram{}, false
	}
	length := int(binary.BigEndian.Uint16(b[4:]))
	if length < udpHeader {
		return Datagram{}, false
	}
	b = b[udpHeader:min(len(b), length)]
	switch kind := kindOf(b); kind {
	case unknown:
		return Datagram{}, false // other traffic that was captured, too
	case netflow1, netflow6, netflow7:
		if !layouts[kind].whole(b) {
			return Datagram{}, false
		}
	}
	from := netip.AddrFrom16(endpoint6(h.Src).Addr().As16())
	if h.Kind == packet.IPv4 {
		from = endpoint4(h.Src).Addr()
	}
	return Datagram{From: from, Time: p.Time, Data: b}, true
}

// stored takes datagrams from where they stand one after the other.
type stored struct {
	in   *bufio.Reader
	last int
	at   int64
}

func (s *stored) next() (Datagram, error) {
	if _, err := s.in.Discard(s.last); err != nil {
		return Datagram{}, err
	}
	s.at += int64(s.last)
	b, err := s.in.Peek(maxDatagram)
	if err != nil && err != io.EOF {
		return Datagram{}, err
	}
	if len(b) == 0 {
		return Datagram{}, io.EOF
	}
	n := datagramLength(b)
	if n == 0 {
		return Datagram{}, fmt.Errorf("byte %d: no datagram of NetFlow or IPFIX begins here", s.at)
	}
	s.last = n
	return Datagram{Data: b[:n]}, nil
}

// datagramLength is the length of the datagram that b begins with, as far as it
// is there; 0 if it is none. Version 9 does not tell: its sets are followed until
// the number of the next is that of a version, which no set has.
func datagramLength(b []byte) int {
	be := binary.BigEndian
	n := 0
	switch kind := kindOf(b); {
	case kind == unknown, kind == sflow5:
		return 0
	case layouts[kind] != nil:
		n = layouts[kind].length(b)
	case kind == ipfix:
		n = max(int(be.Uint16(b[2:])), header10)
	default:
		for n = header9; n+setHeader <= len(b); {
			id, length := be.Uint16(b[n:]), int(be.Uint16(b[n+2:]))
			if length < setHeader || id > 1 && id < 256 {
				break
			}
			n += length
		}
	}
	return min(n, len(b))
}
