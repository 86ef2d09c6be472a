package fuzz_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/seed-6ae541b3/goargus/capture"
)

// drainCapture reads all of an input and checks what must hold for any: it
// ends, packets are within limits and name an interface that is listed, and
// what goes wrong is a ReadError.
func drainCapture(t *testing.T, input []byte) {
	r, err := capture.NewReader(bytes.NewReader(input))
	var re *capture.ReadError
	if err != nil {
		if !errors.As(err, &re) {
			t.Fatalf("error of type %T: %v", err, err)
		}
		return
	}
	defer r.Close()
	// No packet takes less than 16 bytes of input, unless that is compressed.
	limit := 1 << 20
	block := make([]capture.Packet, 16)
	for packets := 0; ; {
		n, err := r.ReadPackets(block)
		for _, p := range block[:n] {
			if len(p.Data) > capture.MaxPacketSize || p.Length < len(p.Data) || int(p.Interface) >= len(r.Interfaces()) {
				t.Fatalf("packet of %d bytes, wire length %d, interface %d of %d", len(p.Data), p.Length, p.Interface, len(r.Interfaces()))
			}
		}
		if packets += n; err == io.EOF || packets > limit {
			return
		}
		if err != nil {
			if !errors.As(err, &re) || re.Packet != int64(packets+1) || re.Offset < 0 {
				t.Fatalf("after %d packets: %#v", packets, err)
			}
			return
		}
		if n == 0 {
			t.Fatal("a reader of a file gives neither packets nor an error")
		}
	}
}

func FuzzPcap(f *testing.F) {
	for _, nanos := range []bool{false, true} {
		var b bytes.Buffer
		w := pcapgo.NewWriter(&b)
		if nanos {
			w = pcapgo.NewWriterNanos(&b)
		}
		if err := w.WriteFileHeader(100, layers.LinkTypeEthernet); err != nil {
			f.Fatal(err)
		}
		for i := range 3 {
			info := gopacket.CaptureInfo{Timestamp: time.Unix(int64(i), 0), CaptureLength: 20 * i, Length: 1500}
			if err := w.WritePacket(info, make([]byte, 20*i)); err != nil {
				f.Fatal(err)
			}
		}
		f.Add(b.Bytes())
		f.Add(b.Bytes()[:b.Len()-7])
		swapped := bytes.Clone(b.Bytes())
		binary.BigEndian.PutUint32(swapped, binary.LittleEndian.Uint32(swapped))
		f.Add(swapped)
	}
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd, 4, 0})
	f.Fuzz(drainCapture)
}

func FuzzPcapng(f *testing.F) {
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriterInterface(&b, pcapgo.NgInterface{Name: "eth0", LinkType: layers.LinkTypeEthernet, SnapLength: 96, TimestampOffset: 3}, pcapgo.DefaultNgWriterOptions)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := w.AddInterface(pcapgo.NgInterface{Name: "any", LinkType: layers.LinkTypeLinuxSLL}); err != nil {
		f.Fatal(err)
	}
	for i := range 3 {
		info := gopacket.CaptureInfo{Timestamp: time.Unix(int64(i), 0), CaptureLength: 19 * i, Length: 1500, InterfaceIndex: i % 2}
		if err := w.WritePacket(info, make([]byte, 19*i)); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(append(bytes.Clone(b.Bytes()), b.Bytes()...))
	f.Add(b.Bytes()[:b.Len()-9])
	f.Fuzz(drainCapture)
}
