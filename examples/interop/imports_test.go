package interop_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/record"
)

// flowsIn are the flows of a file, by direction: the real program turns some
// round.
func flowsIn(t *testing.T, name string) (rows []string, durations map[string]int64) {
	t.Helper()
	src, err := argus.Open(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	durations = map[string]int64{}
	for r, err := range src.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if r.Kind() != record.NetFlow {
			continue
		}
		f, m := r.Flow(), r.Metrics()
		src, dst := fmt.Sprintf("%v:%d", f.Src, f.SrcPort), fmt.Sprintf("%v:%d", f.Dst, f.DstPort)
		sent := m.Src
		if sent.Packets == 0 {
			src, dst, sent = dst, src, m.Dst
		}
		row := fmt.Sprintf("%v %v %d %s %s %d.%d %d %d tos %d", r.Kind(), r.Cause(), f.Proto, src, dst, f.ICMPType, f.ICMPCode, sent.Packets, sent.Bytes, r.IPAttr().Src.TOS)
		rows = append(rows, row)
		durations[row] = r.Times().Duration()
	}
	slices.Sort(rows)
	return rows, durations
}

// datagramsOf are the UDP payloads of a capture of Ethernet and IPv4.
func datagramsOf(t *testing.T, name string) (out [][]byte) {
	t.Helper()
	in, err := capture.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for {
		var p [1]capture.Packet
		n, err := in.ReadPackets(p[:])
		if n == 1 {
			out = append(out, append([]byte(nil), p[0].Data[14+20+8:]...))
		}
		if err == io.EOF {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// collect has a program write what it receives of datagrams to a file.
func collect(t *testing.T, program, file string, datagrams [][]byte) {
	t.Helper()
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.LocalAddr().String()
	free.Close()
	cmd := exec.Command(program, "-X", "-n", "-C", address, "-w", file)
	cmd.Dir = t.TempDir()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waiting := make(chan struct{})
	go func() {
		defer close(waiting)
		_ = cmd.Wait() // interrupted, as it must be
	}()
	time.Sleep(time.Second) // the real program tells nobody that it listens
	conn, err := net.Dial("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, b := range datagrams {
		if _, err := conn.Write(b); err != nil {
			t.Errorf("%s does not listen: %v", filepath.Base(program), err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) {
		if info, err := os.Stat(file); err == nil && info.Size() > 128 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(200 * time.Millisecond)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-waiting:
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		t.Errorf("%s does not end", program)
	}
}

// TestInteropNetFlow sends the same datagrams to both programs.
func TestInteropNetFlow(t *testing.T) {
	theirs := real(t, "ra")
	ours := filepath.Join(tools(t, "ra"), "ra")
	for _, version := range []string{"netflow5", "netflow9"} {
		t.Run(version, func(t *testing.T) {
			datagrams := datagramsOf(t, "../../argus/flowimport/testdata/office-"+version+".pcap")
			dir := t.TempDir()
			collect(t, theirs, filepath.Join(dir, "theirs"), datagrams)
			collect(t, ours, filepath.Join(dir, "ours"), datagrams)
			want, theirDurations := flowsIn(t, filepath.Join(dir, "theirs"))
			got, durations := flowsIn(t, filepath.Join(dir, "ours"))
			if version == "netflow9" { // ICMP is always an echo reply there
				without := func(rows []string) []string {
					return slices.DeleteFunc(rows, func(row string) bool { return strings.Contains(row, "Status 1 ") })
				}
				want, got = without(want), without(got)
			}
			if len(want) == 0 {
				t.Fatal("the real program wrote no flows")
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			for row, d := range theirDurations {
				if off := d - durations[row]; d != 0 && off%1e9 != 0 { // whole seconds are those that it does not borrow
					t.Errorf("%s: %d long, theirs %d", row, durations[row], d)
				}
			}
		})
	}
}
