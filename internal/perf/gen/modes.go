package main

import (
	"container/heap"
	"fmt"
	"math"
	"math/rand"
)

func mix(w *writer, packets int64, conc int, flows int64) {
	zipf := rand.NewZipf(rng, 1.2, 40, 200000)
	zs := rand.NewZipf(rng, 1.1, 200, 60000)
	h := make(fheap, conc)
	for i := range h {
		f := &flow{idx: i}
		f.reset(epoch+int64(rng.Float64()*5e6), zipf, zs)
		h[i] = f
	}
	heap.Init(&h)
	var started int64 = int64(conc)
	for w.n < packets {
		f := h[0]
		if !f.emit(w) {
			f.reset(f.at+int64(expd(3e5)), zipf, zs)
			started++
		}
		heap.Fix(&h, 0)
	}
	fmt.Printf("%d flows started, span %.1f s\n", started, float64(h[0].at-epoch)/1e6)
}

func scan(w *writer, flows int64, pps float64) {
	f := flow{k: kSYN}
	t := float64(epoch)
	for i := int64(0); i < flows; i++ {
		f.src = 0xc6120000 + uint32(i>>16)
		f.dst = 0x0a000000 | uint32(i&0xffff)
		f.sp = uint16(40000 + i>>16%1000)
		f.dp = uint16(1 + (i*7919)%1024)
		f.cseq = rng.Uint32()
		f.seed = uint32(i)
		f.at = int64(t)
		f.tcp(w, true, 2, 0, f.cseq, 0)
		t += 1e6 / pps
		if i%3 == 0 {
			f.at = int64(t)
			f.tcp(w, false, 0x14, 0, 0, f.cseq+1)
			t += 1e6 / pps
		}
	}
}

func elephant(w *writer, packets int64, flows int) {
	fs := make([]flow, flows)
	for i := range fs {
		fs[i] = flow{k: kTCP, src: 0x0a000001 + uint32(i), dst: 0xb0000001 + uint32(i)*977, sp: uint16(50000 + i), dp: 443,
			cseq: rng.Uint32(), sseq: rng.Uint32(), down: true, rtt: 100, gap: 40, seed: 7, data: math.MaxInt32}
	}
	t := epoch
	for w.n < packets {
		f := &fs[int(w.n)%flows]
		f.at = t
		f.emit(w)
		t += 12
	}
}

// conc: a fixed set of UDP flows, each touched in a fixed pseudo-random order, all alive all the time.
func conc(w *writer, packets int64, flows int, pps float64) {
	f := flow{k: kUDP}
	t := float64(epoch)
	for w.n < packets {
		i := uint32(rng.Intn(flows))
		if w.n < int64(flows) {
			i = uint32(w.n)
		}
		f.src = 0x0a000000 + i
		f.dst = 0xb0000000 + i%5000
		f.sp = uint16(1024 + i%50000)
		f.dp = 443
		f.seed = i
		f.at = int64(t)
		f.udp(w, w.n&3 != 3, 450)
		t += 1e6 / pps
	}
}
