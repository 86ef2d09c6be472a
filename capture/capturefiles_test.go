package capture_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/gopacket"
	"github.com/google/gopacket/pcapgo"
	"github.com/klauspost/compress/gzip"

	"github.com/seed-6ae541b3/goargus/capture"
)

// seen is a packet that outlives the next read.
type seen struct {
	Data      string
	Time      int64
	Length    int
	Link      capture.LinkType
	Interface uint16
}

// drain reads all packets in blocks of n.
func drain(src capture.Source, n int) ([]seen, error) {
	var all []seen
	block := make([]capture.Packet, n)
	for {
		k, err := src.ReadPackets(block)
		for _, p := range block[:k] {
			all = append(all, seen{string(p.Data), p.Time, p.Length, p.Link, p.Interface})
		}
		if err == io.EOF {
			return all, nil
		} else if err != nil {
			return all, err
		}
	}
}

// captures lists the capture files of the project, and those beside it.
func captures(t *testing.T) []string {
	var all []string
	for _, pattern := range []string{"../testdata/pcap/*", "../../shared/data/sensor/pcap/*", "../../shared/data/sweep/pcap/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, files...)
	}
	if len(all) == 0 {
		t.Fatal("no captures in testdata/pcap")
	}
	return all
}

// contents reads a file, uncompressed.
func contents(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

// withPcapgo reads a capture with gopacket's reader. It tells false for files
// that this reader refuses for their snapshot length alone.
func withPcapgo(t *testing.T, file string) ([]seen, bool) {
	data := contents(t, file)
	var read func() ([]byte, gopacket.CaptureInfo, error)
	var link func(gopacket.CaptureInfo) capture.LinkType
	if bytes.HasPrefix(data, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
		r, err := pcapgo.NewNgReader(bytes.NewReader(data), pcapgo.NgReaderOptions{WantMixedLinkType: true})
		if err != nil {
			t.Fatal(err)
		}
		read = r.ReadPacketData
		link = func(info gopacket.CaptureInfo) capture.LinkType {
			i, err := r.Interface(info.InterfaceIndex)
			if err != nil {
				t.Fatal(err)
			}
			return capture.LinkType(i.LinkType)
		}
	} else {
		r, err := pcapgo.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		r.SetSnaplen(math.MaxUint32 / 2)
		read = r.ReadPacketData
		number := capture.LinkType(r.LinkType()) // eight bits wide in gopacket
		link = func(gopacket.CaptureInfo) capture.LinkType { return number }
	}
	var all []seen
	for {
		data, info, err := read()
		if err == io.EOF {
			return all, true
		}
		if err != nil {
			t.Logf("%s: gopacket: %v", filepath.Base(file), err)
			return all, false
		}
		all = append(all, seen{string(data), info.Timestamp.UnixNano(), info.Length, link(info), uint16(info.InterfaceIndex)})
	}
}

// TestAgainstPcapgo compares every packet of every capture with what gopacket's
// own readers deliver.
func TestAgainstPcapgo(t *testing.T) {
	compared := 0
	for _, file := range captures(t) {
		want, whole := withPcapgo(t, file)
		r, err := capture.OpenFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := drain(r, 7)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		snap := r.Interfaces()[0].SnapLen
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if !whole {
			got = got[:min(len(want), len(got))]
		}
		for i := range want {
			if len(want[i].Data) > want[i].Length { // no frame is shorter than its capture
				want[i].Length = len(want[i].Data)
			}
			want[i].Data = want[i].Data[:min(snap, len(want[i].Data))]
			if i < len(got) {
				got[i].Link &= 0xff
				if i == 1 && filepath.Base(file) == "tcpdump_rx_serviceid_oobr.pcap" {
					got[i].Time = want[i].Time // 3841916976 microseconds: gopacket's overflow
				}
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: (-pcapgo +capture)\n%.2000s", file, diff)
		}
		compared += len(got)
	}
	if compared == 0 {
		t.Error("no packets compared")
	}
	t.Logf("%d packets compared", compared)
}

// TestAgainstCapinfos compares the number of packets with another program's.
func TestAgainstCapinfos(t *testing.T) {
	if _, err := exec.LookPath("capinfos"); err != nil {
		t.Skip("capinfos not installed")
	}
	files := captures(t)
	compared := 0
	out, err := exec.Command("capinfos", append([]string{"-T", "-r", "-M", "-c"}, files...)...).Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, line := range bytes.Split(bytes.TrimSpace(out), []byte("\n")) {
		name, figures, _ := bytes.Cut(line, []byte("\t"))
		want[string(name)] = string(figures)
	}
	for _, file := range files {
		r, err := capture.OpenFile(file)
		if err != nil {
			t.Fatal(err)
		}
		packets, err := drain(r, 64)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		r.Close()
		if want[file] == "" {
			t.Logf("%s: refused by capinfos", file)
			continue
		}
		if got, want := strconv.Itoa(len(packets)), want[file]; got != want {
			t.Errorf("%s: %s packets, capinfos counts %q", file, got, want)
		}
		compared++
	}
	if compared < len(files)*9/10 {
		t.Errorf("capinfos counts %d files of %d", compared, len(files))
	}
}
