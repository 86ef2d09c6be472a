package capture

import (
	"encoding/binary"
	"math"

	"github.com/seed-6ae541b3/goargus/record"
)

// appendJitter writes the inter-packet times of each side, active before idle.
func (e *engine) appendJitter(x *extras) {
	if !e.cfg.Jitter {
		return
	}
	const words = 7 // the last two are for a histogram that no sensor fills in
	at := len(e.buf)
	e.dsr(record.DSRJitter, 0, 0, 1)
	for i, v := range [4]*interval{&x.active[0], &x.idle[0], &x.active[1], &x.idle[1]} {
		if v.n == 0 {
			continue
		}
		e.buf[at+2] |= 1 << i
		e.buf[at+3] += words
		e.put32(v.n)
		for _, s := range [4]float32{v.least, float32(v.mean()), float32(v.deviation()), v.most} {
			e.put32(math.Float32bits(s))
		}
		e.put32(0)
		e.put32(0)
	}
	if e.buf[at+2] == 0 {
		e.buf = e.buf[:at]
	}
}

// appendSizes writes the packet sizes of the sides that sent.
func (e *engine) appendSizes(x *extras) {
	if !e.cfg.PacketSizes || x.sizes[0].most == 0 && x.sizes[1].most == 0 {
		return
	}
	const both, source, destination, histogram = 2, 6, 10, 4
	at := len(e.buf)
	e.dsr(record.DSRSizes, 0, both, 1)
	sides, form := x.sizes[:], uint8(both)
	switch {
	case !x.sizes[1].seen:
		sides, form = x.sizes[:1], source
	case !x.sizes[0].seen:
		sides, form = x.sizes[1:], destination
	}
	e.buf[at+2] = form
	for i := range x.sizes {
		if x.sizes[i].seen {
			e.buf[at+1] |= 1 << i
		}
	}
	for i := range sides {
		e.put16(sides[i].least)
		e.put16(sides[i].most)
	}
	if e.cfg.SizeHistogram {
		e.buf[at+1] |= histogram
		for i := range sides {
			e.put32(sides[i].histogram())
		}
	}
	e.buf[at+3] = uint8((len(e.buf) - at) / 4)
}

// appendData writes the user data of the sides that had any.
func (e *engine) appendData(x *extras) {
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
		at := len(e.buf)
		e.buf = append(e.buf, d.Type(), subtype, 0, 0)
		e.put16(u.limit)
		e.put16(u.count)
		if u.count > 0 {
			e.buf = append(e.buf, e.data.at(u.class, u.block)[:u.count]...)
		}
		for len(e.buf)%4 != 0 {
			e.buf = append(e.buf, 0)
		}
		binary.BigEndian.PutUint16(e.buf[at+2:], uint16((len(e.buf)-at)/4))
	}
}

// appendMAC writes the Ethernet addresses of the first packet.
func (e *engine) appendMAC(x *extras) {
	if !e.cfg.MAC || x.etherIs&etherKnown == 0 {
		return
	}
	e.dsr(record.DSRMAC, 0, uint8(x.etherIs&(etherSrcMany|etherDstMany)), 5)
	e.buf = append(e.buf, x.ether[:2*macSize]...)
	e.putLE16(binary.BigEndian.Uint16(x.ether[2*macSize:]))
	e.put16(0)
}
