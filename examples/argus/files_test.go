package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
)

// frames writes a capture of UDP frames, each twice, and one that is a runt.
func frames(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "twice.pcapng")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := capture.NewWriter(f)
	faces := []capture.Interface{{Name: "e0", Link: capture.Ethernet}}
	write := func(ms int64, data []byte) {
		p := capture.Packet{Link: capture.Ethernet, Time: 1e18 + ms*1e6, Data: data, Length: len(data)}
		if err := w.Write(&p, faces); err != nil {
			t.Fatal(err)
		}
	}
	frame := []byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00" +
		"\x45\x00\x00\x20\x00\x01\x00\x00\x40\x11\x00\x00\xc0\x00\x02\x01\xc6\x33\x64\x02\x30\x39\x1f\x90\x00\x0c\x00\x00ping")
	for i := range int64(5) {
		frame[19] = byte(i) // the identification
		write(10*i, frame)
		write(10*i+1, frame)
	}
	write(60, []byte("a runt"))
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return name
}

// packetsIn counts the packets of a capture.
func packetsIn(t *testing.T, name string) (n int) {
	t.Helper()
	src, err := capture.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	buf := make([]capture.Packet, 16)
	for {
		k, err := src.ReadPackets(buf)
		n += k
		if err != nil {
			return n
		}
	}
}

// Copies of frames are left out; the copy of packets has what belongs to no flow.
func TestPacketsOfFiles(t *testing.T) {
	in, dir := frames(t), t.TempDir()
	all, lost := filepath.Join(dir, "all.pcapng"), filepath.Join(dir, "lost.pcapng")
	for _, c := range []struct {
		conf, out string
		want      int
	}{
		{"ARGUS_DEDUP=yes\nARGUS_PACKET_CAPTURE_FILE=" + all, all, 6},
		{"ARGUS_PACKET_CAPTURE_ON_ERROR=yes\nARGUS_PACKET_CAPTURE_FILE=" + lost, lost, 1},
	} {
		conf := filepath.Join(dir, "argus.conf")
		if err := os.WriteFile(conf, []byte(c.conf+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if code := run([]string{"-F", conf, "-T", "100", "-r", in, "-w", filepath.Join(dir, "out.arg")}); code != 0 {
			t.Fatalf("%s: exit code %d", c.conf, code)
		}
		if got := packetsIn(t, c.out); got != c.want {
			t.Errorf("%s: %d packets copied, want %d", c.conf, got, c.want)
		}
	}
}
