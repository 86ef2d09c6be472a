package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
)

const epoch = int64(1700000000) * 1e6 // microseconds

type writer struct {
	w    *bufio.Writer
	f    *os.File
	snap int
	n    int64
	wire int64
	mul  int64 // stretches time
}

func newWriter(path string, snap int) *writer {
	f, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	w := &writer{w: bufio.NewWriterSize(f, 1<<20), f: f, snap: snap}
	var h [24]byte
	binary.LittleEndian.PutUint32(h[0:], 0xa1b2c3d4)
	binary.LittleEndian.PutUint16(h[4:], 2)
	binary.LittleEndian.PutUint16(h[6:], 4)
	binary.LittleEndian.PutUint32(h[16:], uint32(snap))
	binary.LittleEndian.PutUint32(h[20:], 1)
	w.w.Write(h[:])
	return w
}

// put writes one frame; b holds at least min(snap, wire) bytes.
func (w *writer) put(us int64, b []byte, wire int) {
	var h [16]byte
	if w.mul > 1 {
		us = epoch + (us-epoch)*w.mul
	}
	binary.LittleEndian.PutUint32(h[0:], uint32(us/1e6))
	binary.LittleEndian.PutUint32(h[4:], uint32(us%1e6))
	n := wire
	if n > w.snap {
		n = w.snap
	}
	if n > len(b) {
		n = len(b)
	}
	binary.LittleEndian.PutUint32(h[8:], uint32(n))
	binary.LittleEndian.PutUint32(h[12:], uint32(wire))
	w.w.Write(h[:])
	w.w.Write(b[:n])
	w.n++
	w.wire += int64(wire)
}

func (w *writer) close() {
	w.w.Flush()
	w.f.Close()
	fmt.Printf("%d packets, %d wire bytes, mean %.1f\n", w.n, w.wire, float64(w.wire)/float64(w.n))
}
