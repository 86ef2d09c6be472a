package live

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/live/livetest"
	"github.com/seed-6ae541b3/goargus/record"
)

// flowsOf are the flow records that a sensor makes of a source, without times,
// and how many packets they count.
func flowsOf(t *testing.T, s *Source, workers int) (flows []string, packets uint64) {
	t.Helper()
	for rec, err := range capture.Flows(context.Background(), s, capture.Config{Workers: workers, AppBytes: true, MAC: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if rec.Kind() == record.Management {
			continue
		}
		m := rec.Metrics()
		packets += m.Src.Packets + m.Dst.Packets
		var line []byte
		for _, name := range strings.Fields("proto saddr sport dir daddr dport spkts dpkts sbytes dbytes sappbytes dappbytes state svlan") {
			a, ok := record.Lookup(name)
			if !ok {
				t.Fatalf("no attribute %s", name)
			}
			line = a.AppendText(append(line, ' '), rec, nil)
		}
		flows = append(flows, string(line))
	}
	slices.Sort(flows)
	return flows, packets
}

// turned is the frame of the answer.
func turned(frame []byte) []byte {
	b := bytes.Clone(frame)
	copy(b, frame[6:12])
	copy(b[6:], frame[:6])
	copy(b[26:], frame[30:34])
	copy(b[30:], frame[26:30])
	copy(b[34:], frame[36:38])
	copy(b[36:], frame[34:36])
	return b
}

// The rings of an interface lose no packet, get none twice, and with any number
// of rings and workers the same flows come of it.
func TestRingsTogetherAreOne(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.Pair(t, "va", "vb")
	const flows, rounds = 500, 6
	setups := []struct{ rings, workers int }{{1, 1}, {1, 4}, {2, 1}, {2, 2}, {4, 1}, {4, 3}}
	var sources []*Source
	for _, c := range setups {
		sources = append(sources, open(t, Config{Interfaces: []string{"vb"}, Rings: c.rings}))
	}
	sendOnAllCores(t, flows, rounds)
	var want []string
	for i, c := range setups {
		s := sources[i]
		s.Stop()
		got, packets := flowsOf(t, s, c.workers)
		if packets != flows*rounds {
			t.Errorf("%+v: %d packets of %d", c, packets, flows*rounds)
		}
		if i == 0 {
			want = got
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%+v: flows (-one ring, one worker +these):\n%s", c, d)
		}
		used, taken := 0, uint64(0)
		for _, r := range s.rings {
			if taken += r.taken; r.taken > 0 {
				used++
			}
		}
		if expect := min(c.rings, runtime.NumCPU()); used < expect || taken != flows*rounds {
			t.Errorf("%+v: %d rings had %d packets, expected %d with %d", c, used, taken, expect, flows*rounds)
		}
		if d := s.Dropped(); d != 0 {
			t.Errorf("%+v: %d packets dropped", c, d)
		}
	}
	if len(want) != flows {
		t.Errorf("%d flows of %d", len(want), flows)
	}
}

// sendOnAllCores sends flows of datagrams and their answers on va, each flow
// from a core of its own.
func sendOnAllCores(t *testing.T, flows, rounds int) {
	t.Helper()
	runtime.LockOSThread() // for the rest of the process, which is this test
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		t.Fatal(err)
	}
	var cores []int
	for core := range 1024 {
		if all.IsSet(core) {
			cores = append(cores, core)
		}
	}
	to := newSender(t, "va")
	for round := range rounds {
		for part, core := range cores {
			var one unix.CPUSet
			one.Set(core)
			if err := unix.SchedSetaffinity(0, &one); err != nil {
				t.Fatal(err)
			}
			for i := part; i < flows; i += len(cores) {
				frame := udp(uint16(5000+i), fmt.Sprint("round ", round))
				if round%2 == 1 {
					frame = turned(frame)
				}
				to.send(frame)
			}
		}
	}
	if err := unix.SchedSetaffinity(0, &all); err != nil {
		t.Fatal(err)
	}
}

// Promiscuous mode shows frames to others and ends with the source.
func TestPromiscuous(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.Pair(t, "va", "vb")
	expect := func(n int) {
		t.Helper()
		if out := livetest.IP(t, "-d link show vb"); !strings.Contains(out, fmt.Sprintf(" promiscuity %d ", n)) {
			t.Errorf("expected promiscuity %d, found %s", n, out)
		}
	}
	for _, c := range []struct {
		cfg  Config
		want int
	}{
		{Config{Interfaces: []string{"vb"}}, 0},
		{Config{Interfaces: []string{"vb"}, Promiscuous: true}, 1},
		{Config{Interfaces: []string{"vb"}, Promiscuous: true, Rings: 2}, 2}, // each ring asks for it
		{Config{Interfaces: []string{Any}, Promiscuous: true}, 0},
	} {
		expect(0)
		s := open(t, c.cfg)
		expect(c.want)
		foreign := udp(7, "to another")
		copy(foreign, []byte{2, 0xff, 0xff, 0xff, 0xff, 1})
		newSender(t, "va").send(foreign)
		s.Stop()
		seenThere := 0
		for _, p := range read(t, s, 10) {
			if p.Interface == "vb" && bytes.Equal(p.Data, foreign) {
				seenThere++
			}
		}
		if seenThere != 1 {
			t.Errorf("%+v: the frame to another was seen %d times", c.cfg, seenThere)
		}
		s.Close()
	}
	expect(0)
}

// tunnel is the program's end of a TUN or TAP device, which stands for devices
// of other kinds by its hardware type.
func tunnel(t *testing.T, name string, mode uint16, hardware int) int {
	t.Helper()
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal("a TUN device: ", err)
	}
	req, err := unix.NewIfreq(name)
	if err != nil {
		t.Fatal(err)
	}
	req.SetUint16(mode | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, req); err != nil {
		t.Fatal(err)
	}
	if hardware != 0 {
		if err := unix.IoctlSetInt(fd, unix.TUNSETLINK, hardware); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("/proc/sys/net/ipv6/conf/"+name+"/disable_ipv6", []byte("1"), 0o644); err != nil && !errors.Is(err, os.ErrNotExist) {
		livetest.IP(t, "link set "+name+" addrgenmode none")
	}
	livetest.IP(t, "link set "+name+" up")
	return fd
}

// Each kind of device has the link type that its frames have, in both
// directions.
func TestKindsOfDevices(t *testing.T) {
	livetest.Root(t)
	if !livetest.Namespace(t) {
		return
	}
	ethernet := udp(2000, strings.Repeat("payload.", 4))
	ip := ethernet[14:]
	ip6 := append([]byte{0x60, 0, 0, 0, 0, 16, 17, 64, 0x20, 1, 0xd, 0xb8, 15: 0, 23: 1, 24: 0x20, 25: 1, 26: 0xd, 27: 0xb8, 39: 2},
		0x0f, 0xa0, 0x07, 0xd0, 0, 16, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8)
	for _, c := range []struct {
		name     string
		mode     uint16
		hardware int
		link     capture.LinkType
		in       [][]byte
	}{
		{"tun", unix.IFF_TUN, 0, capture.Raw, [][]byte{ip, ip6}},
		{"none", unix.IFF_TUN, unix.ARPHRD_NONE, capture.Raw, [][]byte{ip, ip6}},
		{"rawip", unix.IFF_TUN, unix.ARPHRD_RAWIP, capture.Raw, [][]byte{ip, ip6}},
		{"ipip", unix.IFF_TUN, unix.ARPHRD_TUNNEL, capture.Raw, [][]byte{ip}},
		{"ip6tnl", unix.IFF_TUN, unix.ARPHRD_TUNNEL6, capture.Raw, [][]byte{ip, ip6}},
		{"sit", unix.IFF_TUN, unix.ARPHRD_SIT, capture.Raw, [][]byte{ip6}},
		{"gre", unix.IFF_TUN, unix.ARPHRD_IPGRE, capture.LinuxSLL2, [][]byte{ip, ip6}},
		{"ip6gre", unix.IFF_TUN, unix.ARPHRD_IP6GRE, capture.LinuxSLL2, [][]byte{ip, ip6}},
		{"ppp", unix.IFF_TUN, unix.ARPHRD_PPP, capture.LinuxSLL2, [][]byte{ip, ip6}},
		{"slip", unix.IFF_TUN, unix.ARPHRD_SLIP, capture.LinuxSLL2, [][]byte{ip}},
		{"tap", unix.IFF_TAP, 0, capture.Ethernet, [][]byte{ethernet}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fd := tunnel(t, c.name, c.mode, c.hardware)
			defer unix.Close(fd)
			for _, from := range []string{c.name, Any} {
				s, flowing := open(t, Config{Interfaces: []string{from}}), open(t, Config{Interfaces: []string{from}})
				to := newSender(t, c.name)
				for _, frame := range c.in {
					if _, err := unix.Write(fd, frame); err != nil {
						t.Fatal(err)
					}
					to.send(frame)
				}
				s.Stop()
				flowing.Stop()
				got := read(t, s, 100)
				if len(got) != 2*len(c.in) {
					t.Fatalf("%s: %d packets of %d", from, len(got), 2*len(c.in))
				}
				for i, p := range got {
					data, length := c.in[i/2], len(c.in[i/2])
					if c.link == capture.LinuxSLL2 {
						length += cookedSize
						version, proto := data[0]>>4, binary.BigEndian.Uint16(p.Data)
						if version == 4 && proto != 0x0800 || version == 6 && proto != 0x86dd {
							t.Errorf("%s: packet %d: IP version %d with the protocol %#x", from, i, version, proto)
						}
						p.Data = p.Data[cookedSize:]
					}
					if p.Link != c.link || p.Length != length || !bytes.Equal(p.Data, data) || p.Interface != c.name {
						t.Errorf("%s: packet %d is %d bytes of %v from %s: %x\nexpected %d bytes of %v: %x", from, i, p.Length, p.Link, p.Interface, p.Data, length, c.link, data)
					}
				}
				flows, packets := flowsOf(t, flowing, 1)
				if len(flows) != len(c.in) || packets != uint64(2*len(c.in)) {
					t.Errorf("%s: %d packets in flows %q", from, packets, flows)
				}
				for _, f := range flows {
					if !strings.Contains(f, " udp ") || !strings.Contains(f, " 4000 ") || !strings.Contains(f, " 2000 ") {
						t.Errorf("%s: flow %s", from, f)
					}
				}
			}
		})
	}
}

// What a machine sends to itself counts once.
func TestLoopback(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.IP(t, "link set lo up")
	for _, name := range []string{"lo", Any} {
		for _, rings := range []int{1, 2} {
			s := open(t, Config{Interfaces: []string{name}, Rings: rings})
			for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
				exchange(t, address)
			}
			s.Stop()
			flows, packets := flowsOf(t, s, 1)
			if len(flows) != 2 || packets != 4 {
				t.Errorf("%s, %d rings: %d packets in flows %q, expected 4 in 2", name, rings, packets, flows)
			}
		}
	}
}

// exchange sends a datagram and an answer.
func exchange(t *testing.T, address string) {
	t.Helper()
	server, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client, err := net.Dial("udp", server.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	buf := make([]byte, 16)
	if _, err := client.Write([]byte("ask")); err != nil {
		t.Fatal(err)
	}
	_, from, err := server.ReadFrom(buf)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.WriteTo([]byte("answer"), from); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(buf); err != nil {
		t.Fatal(err)
	}
}

// Tags come as they were on the wire, of service providers too, whether the
// frame is sent or received.
func TestTags(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.Pair(t, "va", "vb")
	tagged := udp(1, "customer", 0x2005)
	provider := udp(2, "provider", 0x0064, 0x6005)
	binary.BigEndian.PutUint16(provider[12:], 0x88a8)
	zero := udp(3, "priority", 0xe000)
	frames := [][]byte{tagged, provider, zero}
	for _, name := range []string{"va", "vb"} {
		s := open(t, Config{Interfaces: []string{name}})
		for _, f := range frames {
			newSender(t, "va").send(f)
		}
		s.Stop()
		got := read(t, s, 100)
		if d := cmp.Diff(frames, dataOf(got)); d != "" {
			t.Errorf("%s (-sent +captured):\n%s", name, d)
		}
		for i, p := range got {
			if p.Length != len(frames[i]) {
				t.Errorf("%s: packet %d has the length %d, expected %d", name, i, p.Length, len(frames[i]))
			}
		}
	}
}
