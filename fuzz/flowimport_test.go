package fuzz_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-6ae541b3/goargus/argus/flowimport"
	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/record"
)

// sflowSeed is a datagram with a sample of a packet, of addresses and ports, and
// of counters.
func sflowSeed() []byte {
	words := func(n ...uint32) (b []byte) {
		for _, w := range n {
			b = binary.BigEndian.AppendUint32(b, w)
		}
		return b
	}
	frame := append(words(1, 64, 4, 54), append([]byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 4, 1, 0, 80}, make([]byte, 18)...)...)
	header := append(words(1, uint32(len(frame))), frame...)
	ip4 := words(3, 32, 1000, 6, 0x0A000001, 0x0A000002, 1234, 80, 0x12, 0)
	gateway := words(1003, 48, 1, 0x0A000009, 65000, 65001, 65002, 1, 2, 2, 65003, 65004, 0, 0)
	one := append(words(1, 7, 100, 100, 0, 3, 4, 2), append(header, gateway...)...)
	two := append(words(2, 0, 7, 100, 200, 0, 0, 3, 0, 4, 1), ip4...)
	b := append(words(5, 1, 0xC0000201, 0, 1, 1000, 3, 2, 12, 1, 7, 0), words(1, uint32(len(one)))...)
	b = append(append(b, one...), words(3, uint32(len(two)))...)
	return append(b, two...)
}

// FuzzFlowImport decodes anything as datagrams: two bytes of length, then so
// many of a datagram. Records are sound, and few for their bytes.
func FuzzFlowImport(f *testing.F) {
	f.Add(append(binary.BigEndian.AppendUint16(nil, uint16(len(sflowSeed()))), sflowSeed()...))
	names, err := filepath.Glob("../argus/flowimport/testdata/*.pcap")
	if err != nil || len(names) == 0 {
		f.Fatal("no captures of datagrams: ", err)
	}
	for _, name := range names {
		r, err := capture.OpenFile(name)
		if err != nil {
			f.Fatal(err)
		}
		var p [8]capture.Packet
		n, err := r.ReadPackets(p[:])
		if n == 0 {
			f.Fatal(err)
		}
		var seed []byte
		for _, p := range p[:n] {
			const headers = 14 + 20 + 8
			seed = binary.BigEndian.AppendUint16(seed, uint16(len(p.Data)-headers))
			seed = append(seed, p.Data[headers:]...)
		}
		f.Add(seed)
		r.Close()
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		faults := uint64(0)
		d := flowimport.NewDecoder(flowimport.Config{Exporters: 4, Templates: 8, Fields: 1000, Fault: func(*flowimport.Fault) { faults++ }})
		records, datagrams := uint64(0), uint64(0)
		for rest := input; len(rest) >= 2; {
			n := min(int(binary.BigEndian.Uint16(rest)), len(rest)-2)
			dg := flowimport.Datagram{From: netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}), Time: 1e18 + int64(datagrams), Data: rest[2 : 2+n]}
			rest = rest[2+n:]
			datagrams++
			err := d.Decode(dg, func(r *record.Record) error {
				records++
				if err := r.Resolve(); err != nil {
					t.Fatalf("%v\n% x", err, r.Bytes())
				}
				if r.Kind() != record.NetFlow || !r.Flow().Src.IsValid() || !r.Flow().Dst.IsValid() {
					t.Fatalf("record of %v to %v", r.Flow().Src, r.Flow().Dst)
				}
				if m := r.Times(); m.End() < m.Start() {
					t.Fatalf("from %d to %d", m.Start(), m.End())
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		s := d.Stats()
		if s.Records != records || s.Datagrams != datagrams || s.Malformed+s.Unsupported != faults {
			t.Fatalf("%d records, %d datagrams, %d faults: %+v", records, datagrams, faults, s)
		}
		if records > uint64(len(input)) {
			t.Fatalf("%d records of %d bytes", records, len(input))
		}
	})
}

// FuzzFlowFile reads anything as a file of datagrams or a capture of them.
func FuzzFlowFile(f *testing.F) {
	names, _ := filepath.Glob("../argus/flowimport/testdata/*.pcap")
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[24+16+42:])
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		if len(input) >= 2 && (input[0] == 0x1f || input[0] == 'B' || input[0] == 0x28) {
			return // what a decompressor makes of it is tried elsewhere
		}
		src := flowimport.NewSource(context.Background(), io.NopCloser(&blocks{input, 7}), "input", flowimport.Config{})
		defer src.Close()
		var err error
		for {
			if _, err = src.Next(); err != nil {
				break
			}
		}
		s := src.Stats()
		if s.Bytes > uint64(len(input)) {
			t.Fatalf("%d bytes of datagrams in %d", s.Bytes, len(input))
		}
		if _, again := src.Next(); !errors.Is(again, err) {
			t.Fatalf("%v, then %v", err, again)
		}
	})
}

// blocks reads a few bytes at a time.
type blocks struct {
	b []byte
	n int
}

func (r *blocks) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.n)], r.b)
	r.b = r.b[n:]
	return n, nil
}
