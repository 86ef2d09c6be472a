package capture_test

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/seed-6ae541b3/goargus/capture"
)

// Read a capture in blocks.
func ExampleNewReader() {
	var file bytes.Buffer
	w := pcapgo.NewWriterNanos(&file)
	if err := w.WriteFileHeader(65535, layers.LinkTypeEthernet); err != nil {
		panic(err)
	}
	info := gopacket.CaptureInfo{Timestamp: time.Unix(1700000000, 42), CaptureLength: 60, Length: 1514}
	if err := w.WritePacket(info, make([]byte, 60)); err != nil {
		panic(err)
	}

	r, err := capture.NewReader(&file)
	if err != nil {
		panic(err)
	}
	defer r.Close()
	block := make([]capture.Packet, 256)
	for {
		n, err := r.ReadPackets(block)
		for _, p := range block[:n] {
			fmt.Println(p.Link, p.Time, p.Length, len(p.Data))
		}
		if err == io.EOF {
			break
		} else if err != nil {
			panic(err)
		}
	}
	// Output: EN10MB 1700000000000000042 1514 60
}
