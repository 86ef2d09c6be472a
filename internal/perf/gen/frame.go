package main

import (
	"encoding/binary"
)

var buf [2048]byte

func csum(b []byte) uint16 {
	var s uint32
	for i := 0; i+1 < len(b); i += 2 {
		s += uint32(b[i])<<8 | uint32(b[i+1])
	}
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return ^uint16(s)
}

func mac(b []byte, ip uint32, gw bool) {
	b[0], b[1] = 2, 0
	if gw {
		ip = 0x0a0000fe
	}
	binary.BigEndian.PutUint32(b[2:], ip)
}

var ipid uint16

// head writes Ethernet, optional VLAN and IP headers; returns the offset of the transport header.
func (f *flow) head(fwd bool, proto byte, l4 int) int {
	s, d := f.src, f.dst
	if !fwd {
		s, d = d, s
	}
	mac(buf[0:], d, d>>24 != 10)
	mac(buf[6:], s, s>>24 != 10)
	o := 12
	if f.vlan != 0 {
		binary.BigEndian.PutUint16(buf[o:], 0x8100)
		binary.BigEndian.PutUint16(buf[o+2:], f.vlan)
		o += 4
	}
	if f.v6 {
		binary.BigEndian.PutUint16(buf[o:], 0x86dd)
		o += 2
		binary.BigEndian.PutUint32(buf[o:], 0x60000000)
		binary.BigEndian.PutUint16(buf[o+4:], uint16(l4))
		buf[o+6], buf[o+7] = proto, 60
		for i := 8; i < 40; i++ {
			buf[o+i] = 0
		}
		binary.BigEndian.PutUint32(buf[o+8:], 0x20010db8)
		binary.BigEndian.PutUint32(buf[o+24:], 0x20010db8)
		binary.BigEndian.PutUint32(buf[o+20:], s)
		binary.BigEndian.PutUint32(buf[o+36:], d)
		return o + 40
	}
	binary.BigEndian.PutUint16(buf[o:], 0x0800)
	o += 2
	ipid++
	b := buf[o : o+20]
	b[0], b[1] = 0x45, 0
	binary.BigEndian.PutUint16(b[2:], uint16(20+l4))
	binary.BigEndian.PutUint16(b[4:], ipid)
	b[6], b[7], b[8], b[9] = 0x40, 0, 60, proto
	if !fwd {
		b[8] = 52
	}
	b[10], b[11] = 0, 0
	binary.BigEndian.PutUint32(b[12:], s)
	binary.BigEndian.PutUint32(b[16:], d)
	binary.BigEndian.PutUint16(b[10:], csum(b))
	return o + 20
}

func (f *flow) payload(o, n int) {
	x := f.seed*2654435761 + uint32(f.step)
	for i := o; i < o+n && i < len(buf); i++ {
		x = x*1664525 + 1013904223
		buf[i] = byte(x >> 24)
	}
}

func pad(n int) int {
	if n < 60 {
		return 60
	}
	return n
}

func (f *flow) tcp(w *writer, fwd bool, flags byte, n int, seq, ack uint32) {
	h := 32
	if flags&2 != 0 {
		h = 40
	}
	o := f.head(fwd, 6, h+n)
	sp, dp := f.sp, f.dp
	if !fwd {
		sp, dp = dp, sp
	}
	b := buf[o:]
	binary.BigEndian.PutUint16(b[0:], sp)
	binary.BigEndian.PutUint16(b[2:], dp)
	binary.BigEndian.PutUint32(b[4:], seq)
	binary.BigEndian.PutUint32(b[8:], ack)
	b[12], b[13] = byte(h/4)<<4, flags
	binary.BigEndian.PutUint16(b[14:], 64000)
	b[16], b[17], b[18], b[19] = 0, 0, 0, 0
	ts := uint32(f.at / 1000)
	if flags&2 != 0 {
		copy(b[20:], []byte{2, 4, 5, 0xb4, 4, 2, 8, 10})
		binary.BigEndian.PutUint32(b[28:], ts)
		binary.BigEndian.PutUint32(b[32:], 0)
		copy(b[36:], []byte{1, 3, 3, 7})
	} else {
		copy(b[20:], []byte{1, 1, 8, 10})
		binary.BigEndian.PutUint32(b[24:], ts)
		binary.BigEndian.PutUint32(b[28:], ts-5)
	}
	m := n
	if m > 128 {
		m = 128
	}
	f.payload(o+h, m)
	w.put(f.at, buf[:], pad(o+h+n))
}

func (f *flow) udp(w *writer, fwd bool, n int) {
	o := f.head(fwd, 17, 8+n)
	sp, dp := f.sp, f.dp
	if !fwd {
		sp, dp = dp, sp
	}
	b := buf[o:]
	binary.BigEndian.PutUint16(b[0:], sp)
	binary.BigEndian.PutUint16(b[2:], dp)
	binary.BigEndian.PutUint16(b[4:], uint16(8+n))
	b[6], b[7] = 0, 0
	m := n
	if m > 128 {
		m = 128
	}
	f.payload(o+8, m)
	if f.k == kDNS && n >= 12 {
		copy(b[8:], []byte{byte(f.seed >> 8), byte(f.seed), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		if !fwd {
			b[10], b[11], b[15] = 0x81, 0x80, 1
		}
		copy(b[20:], "\x03www\x07example\x03net\x00\x00\x01\x00\x01")
	}
	w.put(f.at, buf[:], pad(o+8+n))
}

func (f *flow) icmp(w *writer, fwd bool) {
	p, t := byte(1), byte(8)
	if f.v6 {
		p, t = 58, 128
	}
	if !fwd {
		if f.v6 {
			t = 129
		} else {
			t = 0
		}
	}
	o := f.head(fwd, p, 64)
	b := buf[o:]
	b[0], b[1], b[2], b[3] = t, 0, 0, 0
	binary.BigEndian.PutUint16(b[4:], f.sp)
	binary.BigEndian.PutUint16(b[6:], uint16(f.step/2))
	f.payload(o+8, 56)
	w.put(f.at, buf[:], o+64)
}

func (f *flow) arp(w *writer, fwd bool) {
	for i := range buf[:64] {
		buf[i] = 0
	}
	op := byte(1)
	s, d := f.src, f.dst
	if fwd {
		for i := 0; i < 6; i++ {
			buf[i] = 0xff
		}
	} else {
		op = 2
		s, d = d, s
		mac(buf[0:], d, false)
	}
	mac(buf[6:], s, false)
	copy(buf[12:], []byte{8, 6, 0, 1, 8, 0, 6, 4, 0, op})
	mac(buf[22:], s, false)
	binary.BigEndian.PutUint32(buf[28:], s)
	binary.BigEndian.PutUint32(buf[38:], d)
	w.put(f.at, buf[:], 60)
}
