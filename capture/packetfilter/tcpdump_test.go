package packetfilter_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/packetfilter"
)

// The judge of these tests is libpcap's compiler, by way of tcpdump: all
// captures at hand are put into one file for each link type, each packet with
// its number for a time, and both filters say which packets they let through.

// traffic is packets of one link type.
type traffic struct {
	link    capture.LinkType
	packets []capture.Packet
	file    []byte // pcap
}

func (tr *traffic) add(p capture.Packet) {
	tr.file = pcapRecord(tr.file, len(tr.packets), p)
	tr.packets = append(tr.packets, p)
}

// pcapRecord appends a record that has a number for a time.
func pcapRecord(b []byte, number int, p capture.Packet) []byte {
	for _, v := range []int{number, 0, len(p.Data), p.Length} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return append(b, p.Data...)
}

func pcapHeader(link capture.LinkType) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = binary.LittleEndian.AppendUint32(b, 4<<16|2)
	for _, v := range []uint32{0, 0, capture.MaxPacketSize, uint32(link)} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// allTraffic reads the captures of the project, and the ones beside it.
func allTraffic(t testing.TB) map[capture.LinkType]*traffic {
	all := map[capture.LinkType]*traffic{}
	for _, pattern := range []string{"../../testdata/pcap/*", "../../../shared/data/sensor/pcap/*", "../../../shared/data/sweep/pcap/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			r, err := capture.OpenFile(file)
			if err != nil {
				t.Fatal(err)
			}
			add(t, all, r)
			r.Close()
		}
	}
	if len(all) == 0 {
		t.Fatal("no captures in testdata/pcap")
	}
	return all
}

func add(t testing.TB, all map[capture.LinkType]*traffic, r capture.Source) {
	block := make([]capture.Packet, 64)
	for {
		n, err := r.ReadPackets(block)
		for _, p := range block[:n] {
			to := all[p.Link]
			if to == nil {
				to = &traffic{link: p.Link, file: pcapHeader(p.Link)}
				all[p.Link] = to
			}
			p.Data = bytes.Clone(p.Data)
			if p.Link == capture.Null && len(p.Data) >= 4 && binary.BigEndian.Uint32(p.Data) < 0x10000 {
				binary.LittleEndian.PutUint32(p.Data, binary.BigEndian.Uint32(p.Data)) // as if captured by this host
			}
			to.add(p)
		}
		if err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// withTcpdump returns the numbers of the packets that tcpdump lets through, or
// why it refuses the expression.
func withTcpdump(t testing.TB, tr *traffic, expr string, options ...string) ([]int, error) {
	cmd := exec.Command("tcpdump", append(options, "-r", "-", "-w", "-", "--", expr)...)
	cmd.Stdin = bytes.NewReader(tr.file)
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil {
		text := messages.String()
		if strings.Contains(text, "expression rejects all packets") {
			return nil, nil
		}
		return nil, fmt.Errorf("%s", text)
	}
	r, err := capture.NewReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	var passed []int
	block := make([]capture.Packet, 64)
	for {
		n, err := r.ReadPackets(block)
		for _, p := range block[:n] {
			passed = append(passed, int(p.Time/1e9))
		}
		if err == io.EOF {
			return passed, nil
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func withPackage(p *packetfilter.Program, tr *traffic) []int {
	var passed []int
	for i, packet := range tr.packets {
		if p.Match(packet.Data, packet.Length) {
			passed = append(passed, i)
		}
	}
	return passed
}

// compareWithTcpdump returns the number of packets let through, or -1 if both
// refuse the expression.
func compareWithTcpdump(t testing.TB, tr *traffic, expr string) int {
	t.Helper()
	p, ours := packetfilter.Compile(expr, tr.link, 0)
	want, theirs := withTcpdump(t, tr, expr)
	switch {
	case ours != nil && theirs != nil:
		return -1
	case ours != nil && (strings.Contains(ours.Error(), "division by zero") || strings.Contains(ours.Error(), "shift by")):
		return -1 // libpcap sees these only in numbers that are written out
	case ours != nil:
		t.Errorf("%s: %q is refused: %v", tr.link, expr, ours)
		return 0
	case theirs != nil:
		t.Errorf("%s: %q is accepted, but by tcpdump: %v", tr.link, expr, theirs)
		return 0
	}
	got := withPackage(p, tr)
	if cmp.Equal(want, got, cmpopts.EquateEmpty()) {
		return len(got)
	}
	// The optimiser of libpcap moves and removes tests, and so answers otherwise
	// for packets that end before such a test would read. On those, and only
	// there, its plain program is right too.
	plain, err := withTcpdump(t, tr, expr, "-O")
	if err != nil {
		t.Fatal(err)
	}
	var wrong []int
	for i := range tr.packets {
		ours := slices.Contains(got, i)
		if ours != slices.Contains(want, i) && ours != slices.Contains(plain, i) {
			wrong = append(wrong, i)
		}
	}
	if len(wrong) > 0 {
		t.Errorf("%s: %q lets %d packets through, tcpdump %d; they differ on %v", tr.link, expr, len(got), len(want), wrong[:min(10, len(wrong))])
	}
	return len(got)
}

func needTcpdump(t testing.TB) {
	if _, err := exec.LookPath("tcpdump"); err != nil {
		t.Skip("tcpdump not installed")
	}
}

var filterable = []capture.LinkType{capture.Ethernet, capture.Null, capture.Loop, capture.PPP, capture.PPPSerial,
	capture.CiscoHDLC, capture.Raw, capture.IPv4, capture.IPv6, capture.LinuxSLL, capture.LinuxSLL2}

// TestAgainstTcpdump compares each form of the language packet for packet, on
// captured and on made-up packets: all of them on Ethernet, each on a third of
// the other link types.
func TestAgainstTcpdump(t *testing.T) {
	needTcpdump(t)
	all := allTraffic(t)
	r := rand.New(rand.NewPCG(9, 10))
	for _, link := range filterable {
		if all[link] == nil {
			all[link] = &traffic{link: link, file: pcapHeader(link)}
		}
		for _, p := range madeUp(r, link, 1000).packets {
			all[link].add(p)
		}
	}
	hits := map[string]int{}
	var lock sync.Mutex
	t.Run("links", func(t *testing.T) {
		for l, link := range filterable {
			t.Run(link.String(), func(t *testing.T) {
				t.Parallel()
				for e, expr := range expressions {
					if every := 3; link != capture.Ethernet && (e+l)%every != 0 {
						continue
					}
					n := compareWithTcpdump(t, all[link], expr)
					lock.Lock()
					hits[expr] += max(n, 0)
					lock.Unlock()
				}
			})
		}
	})
	var silent []string
	for expr, n := range hits {
		if n == 0 {
			silent = append(silent, expr)
		}
	}
	sort.Strings(silent)
	t.Logf("%d of %d expressions match nothing: %q", len(silent), len(expressions), silent)
	if len(silent) > len(expressions)/10 {
		t.Error("too many of the expressions match no packet")
	}
}
