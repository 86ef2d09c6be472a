package live

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/live/livetest"
)

// udp is an Ethernet frame with a UDP datagram, perhaps with VLAN tags.
func udp(port uint16, payload string, tags ...uint16) []byte {
	be := binary.BigEndian
	b := []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}
	for _, tag := range tags {
		b = be.AppendUint16(be.AppendUint16(b, 0x8100), tag)
	}
	b = be.AppendUint16(b, 0x0800)
	b = append(b, 0x45, 0)
	b = be.AppendUint16(b, uint16(28+len(payload)))
	b = append(b, 0, 1, 0, 0, 64, 17, 0, 0)
	src, dst := netip.MustParseAddr("192.0.2.1").As4(), netip.MustParseAddr("198.51.100.2").As4()
	b = append(append(b, src[:]...), dst[:]...)
	b = be.AppendUint16(be.AppendUint16(b, 4000), port)
	b = be.AppendUint16(be.AppendUint16(b, uint16(8+len(payload))), 0)
	b = append(b, payload...)
	for len(b) < 60 {
		b = append(b, 0)
	}
	return b
}

// open opens a source for the length of the test.
func open(t *testing.T, cfg Config) *Source {
	t.Helper()
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// seen is a packet that was read, with a copy of its data.
type seen struct {
	Data      []byte
	Length    int
	Link      capture.LinkType
	Interface string
	time      int64
}

// read reads until it has n packets, or the end, or for three seconds.
func read(t *testing.T, s *Source, n int) []seen {
	t.Helper()
	var all []seen
	buf := make([]capture.Packet, 16)
	for end := time.Now().Add(3 * time.Second); len(all) < n && time.Now().Before(end); {
		got, err := s.ReadPackets(buf)
		for _, p := range buf[:got] {
			all = append(all, seen{bytes.Clone(p.Data), p.Length, p.Link, s.Interfaces()[p.Interface].Name, p.Time})
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// dataOf are the frames of packets.
func dataOf(packets []seen) (data [][]byte) {
	for _, p := range packets {
		data = append(data, p.Data)
	}
	return data
}

func TestFramesComeAsSent(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.Pair(t, "va", "vb")
	s, to := open(t, Config{Interfaces: []string{"vb"}}), newSender(t, "va")
	frames := [][]byte{udp(1, "plain"), udp(2, "tagged", 0x6007), udp(3, "twice", 0x0008, 0x0009), udp(4, strings.Repeat("long", 200))}
	before := time.Now()
	for _, f := range frames {
		to.send(f)
	}
	got := read(t, s, len(frames))
	want := append([][]byte{}, frames...)
	want[3] = want[3][:DefaultSnapLen]
	if d := cmp.Diff(want, dataOf(got)); d != "" {
		t.Fatalf("frames (-sent +captured):\n%s", d)
	}
	last := before.UnixNano()
	for i, p := range got {
		if p.Length != len(frames[i]) || p.Interface != "vb" || p.Link != capture.Ethernet {
			t.Errorf("packet %d is %d bytes of %v from %s", i, p.Length, p.Link, p.Interface)
		}
		if p.time < last || p.time > time.Now().UnixNano() {
			t.Errorf("packet %d has the time %d, expected from %d to now", i, p.time, last)
		}
		last = p.time
	}
	if n, err := s.ReadPackets(make([]capture.Packet, 1)); n != 0 || err != nil {
		t.Errorf("in a pause: %d, %v", n, err)
	}
	if d := cmp.Diff([]Stats{{Interface: "vb", Up: true, Received: 4}}, s.Stats()); d != "" {
		t.Errorf("counters (-want +got):\n%s", d)
	}
}

// A filter lets the same packets pass whether it runs in the kernel, which does
// not see VLAN tags, or here.
func TestFilter(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.Pair(t, "va", "vb")
	to := newSender(t, "va")
	frames := [][]byte{udp(53, "a"), udp(80, "b"), udp(53, "c", 7), udp(80, "d", 8), udp(53, strings.Repeat("e", 300), 7, 9)}
	long := "udp port 53" + strings.Repeat(" or ip[4]=77", 5000) // too long for the kernel
	for _, name := range []string{"vb", Any} {
		for expr, want := range map[string][]int{
			"udp port 53":                  {0},
			"vlan and udp port 53":         {2},
			"vlan":                         {2, 3, 4},
			"not vlan":                     {0, 1},
			"vlan 8 or udp port 80":        {3},
			"less 64":                      {0, 1, 2, 3},
			"vlan 7 and vlan and port 53":  {4},
			"udp port 80 or (vlan and ip)": {1, 2, 3},
			long:                           {0},
		} {
			s := open(t, Config{Interfaces: []string{name}, Filter: expr})
			if s.devices[0].filtered == (expr == long) {
				t.Errorf("%s: %.60s: the kernel filters: %v", name, expr, s.devices[0].filtered)
			}
			for _, f := range frames {
				to.send(f)
			}
			s.Stop()
			var expected [][]byte
			for _, i := range want {
				expected = append(expected, frames[i][:min(len(frames[i]), DefaultSnapLen)])
			}
			var got [][]byte
			for _, p := range read(t, s, 100) {
				if p.Interface == "vb" {
					got = append(got, p.Data)
				}
			}
			if len(got) > 0 && len(got[len(got)-1]) > DefaultSnapLen {
				got[len(got)-1] = got[len(got)-1][:DefaultSnapLen] // the tag that was put back
			}
			if d := cmp.Diff(expected, got); d != "" {
				t.Errorf("%s: %.60s (-want +got):\n%s", name, expr, d)
			}
			s.Close()
		}
	}
}

func TestInterfacesAreMergedByTime(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.Pair(t, "va", "vb")
	livetest.Pair(t, "wa", "wb")
	for _, cfg := range []Config{{Interfaces: []string{"vb", "wb"}}, {Interfaces: []string{"vb", "wb"}, Rings: 2}} {
		s := open(t, cfg)
		to := []*sender{newSender(t, "va"), newSender(t, "wa")}
		const n = 2000
		for i := range n {
			to[i%2].send(udp(uint16(i), "x"))
		}
		s.Stop()
		got := read(t, s, n+1)
		if len(got) != n {
			t.Fatalf("%d packets of %d", len(got), n)
		}
		for i, p := range got {
			if port := int(binary.BigEndian.Uint16(p.Data[36:])); port != i || p.Interface != []string{"vb", "wb"}[i%2] {
				t.Fatalf("packet %d is number %d from %s", i, port, p.Interface)
			}
		}
		s.Close()
	}
}

func TestAny(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.IP(t, "link set lo up")
	livetest.Pair(t, "va", "vb")
	s := open(t, Config{Interfaces: []string{Any}})
	newSender(t, "va").send(udp(1, "x"))
	newSender(t, "lo").send(udp(2, "y"))
	s.Stop()
	var got []string
	for _, p := range read(t, s, 100) {
		got = append(got, p.Interface+" "+string(p.Data[42:43]))
	}
	if d := cmp.Diff([]string{"va x", "vb x", "lo y"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// Sources that share a group share the packets, by flow.
func TestFanout(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.Pair(t, "va", "vb")
	cfg := Config{Interfaces: []string{"vb"}, Fanout: 77}
	a, b := open(t, cfg), open(t, cfg)
	to := newSender(t, "va")
	for i := range 200 {
		to.send(udp(uint16(i/2), "x"))
	}
	a.Stop()
	b.Stop()
	ports := map[uint16]int{}
	counts := []int{}
	for i, s := range []*Source{a, b} {
		got := read(t, s, 1000)
		counts = append(counts, len(got))
		for _, p := range got {
			port := binary.BigEndian.Uint16(p.Data[36:])
			if owner, known := ports[port]; known && owner != i {
				t.Errorf("both have packets of port %d", port)
			}
			ports[port] = i
		}
	}
	if counts[0]+counts[1] != 200 || counts[0] == 0 || counts[1] == 0 {
		t.Errorf("the sources got %v packets of 200", counts)
	}
}

// An interface that goes down, or away and comes back as another one, is waited
// for.
func TestInterfaceComesBack(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	for _, rings := range []int{1, 2} {
		var messages bytes.Buffer
		livetest.Pair(t, "va", "vb")
		s := open(t, Config{Interfaces: []string{"vb"}, Rings: rings, Promiscuous: true, Log: slog.NewTextHandler(&messages, nil)})
		step := func(what string, port uint16) {
			t.Helper()
			newSender(t, "va").send(udp(port, "x"))
			if got := read(t, s, 1); len(got) != 1 || binary.BigEndian.Uint16(got[0].Data[36:]) != port {
				t.Fatalf("%d rings, %s: got %d packets\n%s", rings, what, len(got), &messages)
			}
		}
		// wait reads until the interface is as told.
		wait := func(up bool) {
			t.Helper()
			for end := time.Now().Add(5 * time.Second); s.Stats()[0].Up != up && time.Now().Before(end); {
				if n, err := s.ReadPackets(make([]capture.Packet, 4)); n != 0 || err != nil {
					t.Fatalf("%d packets, %v", n, err)
				}
			}
			if s.Stats()[0].Up != up {
				t.Fatalf("%d rings: the interface is up: %v, expected %v\n%s", rings, !up, up, &messages)
			}
		}
		step("at first", 1)
		livetest.IP(t, "link set vb down")
		wait(false)
		livetest.IP(t, "link set vb up")
		for !strings.Contains(livetest.IP(t, "link show vb"), "state UP") {
			time.Sleep(time.Millisecond)
		}
		wait(true)
		step("after it was down", 2)
		livetest.IP(t, "link del va")
		wait(false)
		livetest.Pair(t, "va", "vb")
		wait(true)
		step("after it was away", 3)
		for _, want := range []string{"interface went down", "interface is up"} {
			if n := strings.Count(messages.String(), want); n != 2 {
				t.Errorf("%q was said %d times, expected twice:\n%s", want, n, &messages)
			}
		}
		s.Close()
		livetest.IP(t, "link del va")
	}
}

func TestOpenErrors(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	if _, err := Open(Config{Interfaces: []string{"nosuch"}}); !errors.Is(err, ErrInterface) || !strings.Contains(err.Error(), "there are lo") {
		t.Errorf("error %v", err)
	}
	if _, err := Open(Config{}); !errors.Is(err, ErrInterface) {
		t.Errorf("without a default route: %v", err)
	}
	livetest.Pair(t, "va", "vb")
	livetest.IP(t, "addr add 192.0.2.1/24 dev vb")
	livetest.IP(t, "route add default via 192.0.2.2 dev vb metric 7")
	if name, err := DefaultInterface(); name != "vb" || err != nil {
		t.Errorf("default interface %q, %v", name, err)
	}
	if _, err := Open(Config{Interfaces: []string{"vb"}, Filter: "port and"}); err == nil {
		t.Error("a bad filter is no error")
	}
	if os.Getuid() != 0 {
		return
	}
	for _, cfg := range []Config{{Interfaces: []string{"a", "a"}}, {Interfaces: []string{Any, "a"}}, {RingSize: 1}, {Rings: 65}, {SnapLen: -1}} {
		if len(cfg.Interfaces) == 0 {
			cfg.Interfaces = []string{"vb"}
		}
		if _, err := Open(cfg); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: error %v", cfg, err)
		}
	}
}
