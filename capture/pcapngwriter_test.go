package capture_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/capture"
)

// What a Writer wrote is read as it was, in any number of sections.
func TestWriterRoundTrip(t *testing.T) {
	interfaces := []capture.Interface{{Name: "eth0"}, {Name: "wlan0.1"}}
	rapid.Check(t, func(t *rapid.T) {
		var file bytes.Buffer
		var want, got []string
		describe := func(p capture.Packet, name string) string {
			return cmp.Diff(nil, []any{p.Data, p.Time, p.Length, p.Link, name})
		}
		for range rapid.IntRange(1, 3).Draw(t, "sections") {
			w := capture.NewWriter(&file)
			for range rapid.IntRange(0, 20).Draw(t, "packets") {
				p := capture.Packet{
					Data:      rapid.SliceOfN(rapid.Byte(), 1, 100).Draw(t, "data"),
					Time:      rapid.Int64Range(0, 1<<62).Draw(t, "time"),
					Link:      rapid.SampledFrom([]capture.LinkType{capture.Ethernet, capture.Raw, capture.LinuxSLL2}).Draw(t, "link"),
					Interface: rapid.Uint16Range(0, 1).Draw(t, "interface"),
				}
				p.Length = len(p.Data) + rapid.IntRange(0, 2000).Draw(t, "cut")
				if err := w.Write(&p, interfaces); err != nil {
					t.Fatal(err)
				}
				want = append(want, describe(p, interfaces[p.Interface].Name))
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		src, err := capture.NewReader(&file)
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]capture.Packet, 8)
		for {
			n, err := src.ReadPackets(buf)
			for _, p := range buf[:n] {
				got = append(got, describe(p, src.Interfaces()[p.Interface].Name))
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-written +read):\n%s", d)
		}
	})
}
