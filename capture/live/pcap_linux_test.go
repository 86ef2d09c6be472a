//go:build pcap

package live

import (
	"bytes"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/live/livetest"
)

// libpcap hands out the frames that pass its filter.
func TestPcap(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.Pair(t, "va", "vb")
	s, err := OpenPcap(Config{Interfaces: []string{"vb"}, Filter: "udp port 53"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	to := newSender(t, "va")
	want := udp(53, "kept")
	to.send(udp(80, "left out"))
	to.send(want)
	buf := make([]capture.Packet, 4)
	for range 50 {
		n, err := s.ReadPackets(buf)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			if !bytes.Equal(buf[0].Data, want) || buf[0].Length != len(want) || buf[0].Link != capture.Ethernet {
				t.Errorf("packet %+v", buf[0])
			}
			return
		}
	}
	t.Error("no packet came")
}
