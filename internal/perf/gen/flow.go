package main

import (
	"math"
	"math/rand"
)

type kind uint8

const (
	kTCP kind = iota
	kDNS
	kUDP
	kICMP
	kARP
	kSYN
)

type flow struct {
	at         int64
	idx        int
	k          kind
	v6         bool
	vlan       uint16
	src, dst   uint32
	sp, dp     uint16
	step       int
	data       int // data segments left
	total      int
	cseq, sseq uint32
	gap        float64
	rtt        int64
	down       bool // data flows server to client
	pendAck    bool
	seed       uint32
}

type fheap []*flow

func (h fheap) Len() int           { return len(h) }
func (h fheap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h fheap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *fheap) Push(x any)        { *h = append(*h, x.(*flow)) }
func (h *fheap) Pop() any          { o := *h; x := o[len(o)-1]; *h = o[:len(o)-1]; return x }

var rng *rand.Rand

func expd(m float64) float64 { return rng.ExpFloat64() * m }

// pareto gives a heavy-tailed size with the given minimum, alpha and cap.
func pareto(min, alpha, max float64) int {
	x := min / math.Pow(1-rng.Float64(), 1/alpha)
	if x > max {
		x = max
	}
	return int(x)
}

var tcpPorts = []uint16{443, 443, 443, 443, 443, 443, 80, 80, 22, 25, 993, 8080, 3306, 445, 5222}

func (f *flow) reset(at int64, zipf, zs *rand.Zipf) {
	*f = flow{at: at, idx: f.idx}
	f.seed = rng.Uint32()
	r := rng.Float64()
	switch {
	case r < .35:
		f.k = kDNS
	case r < .80:
		f.k = kTCP
	case r < .90:
		f.k = kUDP
	case r < .93:
		f.k = kICMP
	case r < .94:
		f.k = kARP
	default:
		f.k = kSYN
	}
	f.src = 0x0a000000 | uint32(1+zs.Uint64())
	f.dst = 0xb0000000 + uint32(zipf.Uint64())*977
	f.sp = uint16(1024 + rng.Intn(64000))
	f.v6 = rng.Float64() < .2 && f.k != kARP
	if rng.Float64() < .12 {
		f.vlan = uint16(100 + rng.Intn(20))
	}
	f.rtt = int64(2000 + expd(30000))
	f.gap = math.Exp(rng.NormFloat64()*1.2) * 400e3 // microseconds
	f.down = rng.Float64() < .8
	f.cseq, f.sseq = rng.Uint32(), rng.Uint32()
	switch f.k {
	case kDNS:
		f.dp = 53
		f.dst = 0x0a000035
		f.total = 2
		if rng.Float64() < .02 {
			f.total = 1
		}
	case kTCP:
		f.dp = tcpPorts[rng.Intn(len(tcpPorts))]
		f.data = pareto(2.5, 1.05, 20000)
		if f.data > 100 {
			f.gap /= 2
		}
	case kUDP:
		f.dp = []uint16{443, 443, 123, 3478, 5060, 51820}[rng.Intn(6)]
		f.data = pareto(2, 1.1, 20000)
		if f.data > 100 {
			f.gap /= 2
		}
	case kICMP:
		f.total = 2 * (1 + rng.Intn(5))
	case kARP:
		f.dst = 0x0a000000 | uint32(1+rng.Intn(4000))
		f.total = 2
	case kSYN:
		f.dp = uint16(1 + rng.Intn(60000))
		f.total = 1 + rng.Intn(2)
	}
}

// emit writes the flow's next packet and sets the time of the one after it; false when the flow is over.
func (f *flow) emit(w *writer) bool {
	s := f.step
	f.step++
	switch f.k {
	case kDNS:
		if s%2 == 0 {
			f.udp(w, true, 33)
		} else {
			f.udp(w, false, 60+int(f.seed%180))
		}
		f.at += f.rtt
		return f.step < f.total
	case kICMP:
		f.icmp(w, s%2 == 0)
		if s%2 == 0 {
			f.at += f.rtt
		} else {
			f.at += 1e6 - f.rtt
		}
		return f.step < f.total
	case kARP:
		f.arp(w, s%2 == 0)
		f.at += 300
		return f.step < f.total
	case kSYN:
		if s == 0 {
			f.tcp(w, true, 2, 0, f.cseq, 0)
		} else {
			f.tcp(w, false, 0x14, 0, 0, f.cseq+1)
		}
		f.at += f.rtt
		return f.step < f.total
	case kUDP:
		if s%4 == 3 {
			f.udp(w, !f.down, 40)
		} else {
			f.udp(w, f.down == (s == 0), 300+int(f.seed+uint32(s)*131)%1000)
		}
		f.data--
		f.at += int64(expd(f.gap))
		return f.data > 0
	}
	// TCP
	switch s {
	case 0:
		f.tcp(w, true, 2, 0, f.cseq, 0)
		f.cseq++
		f.at += f.rtt
		return true
	case 1:
		f.tcp(w, false, 0x12, 0, f.sseq, f.cseq)
		f.sseq++
		f.at += 200
		return true
	case 2:
		f.tcp(w, true, 0x10, 0, f.cseq, f.sseq)
		f.at += 500
		return true
	case 3:
		n := 200 + int(f.seed%400)
		f.tcp(w, true, 0x18, n, f.cseq, f.sseq)
		f.cseq += uint32(n)
		f.at += f.rtt
		return true
	}
	if f.total > 0 { // closing
		f.total++
		switch f.total {
		case 2:
			if f.seed%20 == 0 { // reset instead of close
				f.tcp(w, true, 0x14, 0, f.cseq, f.sseq)
				return false
			}
			f.tcp(w, false, 0x11, 0, f.sseq, f.cseq)
			f.sseq++
			f.at += 300
		case 3:
			f.tcp(w, true, 0x11, 0, f.cseq, f.sseq)
			f.cseq++
			f.at += f.rtt
		case 4:
			f.tcp(w, false, 0x10, 0, f.sseq, f.cseq)
			return false
		}
		return true
	}
	fwd := !f.down
	if f.pendAck {
		f.pendAck = false
		f.tcp(w, !fwd, 0x10, 0, pick(fwd, f.sseq, f.cseq), pick(fwd, f.cseq, f.sseq))
		f.at += int64(expd(f.gap))
	} else {
		n := 1448
		if f.data == 1 || f.seed%5 == 0 {
			n = 100 + int((f.seed>>3+uint32(s)*77)%1100)
		}
		if f.seed%6 == 0 { // chatty session
			n = 20 + int((f.seed>>3+uint32(s)*77)%160)
		}
		p := &f.sseq
		if fwd {
			p = &f.cseq
		}
		seq := *p
		f.tcp(w, fwd, 0x18, n, seq, pick(fwd, f.sseq, f.cseq))
		if rng.Float64() < .01 { // send it again later
			f.at += 200000
			return true
		}
		*p += uint32(n)
		f.data--
		if s&1 == 0 || f.data == 0 {
			f.pendAck = true
			f.at += f.rtt / 2
		} else {
			f.at += int64(expd(f.gap / 4))
		}
	}
	if f.data <= 0 && !f.pendAck {
		f.total = 1
	}
	return true
}

func pick(c bool, a, b uint32) uint32 {
	if c {
		return a
	}
	return b
}
