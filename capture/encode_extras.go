package capture

import (
	"encoding/binary"
	"math"

	"github.com/seed-6ae541b3/goargus/record"
)

// appendJitter writes the inter-packet times of each side, active before idle.
func (e *engine) appendJitter(b []byte, x *extras) []byte {
	if !e.cfg.Jitter {
		return b
	}
	const words = 7 // the last two are for a histogram that no sensor fills in
	at := len(b)
	b = dsr(b, record.DSRJitter, 0, 0, 1)
	for i, v := range [4]*interval{&x.active[0], &x.idle[0], &x.active[1], &x.idle[1]} {
		if v.n == 0 {
			continue
		}
		b[at+2] |= 1 << i
		b[at+3] += words
		b = put32(b, v.n)
		for _, s := range [4]float32{v.least, float32(v.mean()), float32(v.deviation()), v.most} {
			b = put32(b, math.Float32bits(s))
		}
		b = put32(b, 0)
		b = put32(b, 0)
	}
	if b[at+2] == 0 {
		b = b[:at]
	}
	return b
}

// appendSizes writes the packet sizes of the sides that sent.
func (e *engine) appendSizes(b []byte, x *extras) []byte {
	if !e.cfg.PacketSizes || x.sizes[0].most == 0 && x.sizes[1].most == 0 {
		return b
	}
	const both, source, destination, histogram = 2, 6, 10, 4
	at := len(b)
	b = dsr(b, record.DSRSizes, 0, both, 1)
	sides, form := x.sizes[:], uint8(both)
	switch {
	case !x.sizes[1].seen:
		sides, form = x.sizes[:1], source
	case !x.sizes[0].seen:
		sides, form = x.sizes[1:], destination
	}
	b[at+2] = form
	for i := range x.sizes {
		if x.sizes[i].seen {
			b[at+1] |= 1 << i
		}
	}
	for i := range sides {
		b = put16(b, sides[i].least)
		b = put16(b, sides[i].most)
	}
	if e.cfg.SizeHistogram {
		b[at+1] |= histogram
		for i := range sides {
			b = put32(b, sides[i].histogram())
		}
	}
	b[at+3] = uint8((len(b) - at) / 4)
	return b
}

// appendData writes the user data of the sides that had any.
func (e *engine) appendData(b []byte, x *extras) []byte {
	for i, d := range [2]record.DSR{record.DSRSrcData, record.DSRDstData} {
		u := &x.data[i]
		if !u.seen {
			continue
		}
		const long, source, destination = 0x80, 0x10, 0x20
		subtype := uint8(long | source)
		if d == record.DSRDstData {
			subtype = long | destination
		}
		at := len(b)
		b = append(b, d.Type(), subtype, 0, 0)
		b = put16(b, u.limit)
		b = put16(b, u.count)
		if u.count > 0 {
			b = append(b, e.data.at(u.class, u.block)[:u.count]...)
		}
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
		binary.BigEndian.PutUint16(b[at+2:], uint16((len(b)-at)/4))
	}
	return b
}

// appendMAC writes the Ethernet addresses of the first packet.
func (e *engine) appendMAC(b []byte, x *extras) []byte {
	if !e.cfg.MAC || x.etherIs&etherKnown == 0 {
		return b
	}
	b = dsr(b, record.DSRMAC, 0, uint8(x.etherIs&(etherSrcMany|etherDstMany)), 5)
	b = putMAC(putMAC(b, x.ether.mac[1]), x.ether.mac[0])
	b = putLE16(b, x.ether.kind)
	return put16(b, 0)
}
