package cli

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/record"
)

const exported = "../../../argus/flowimport/testdata/"

// flowsOf counts the records that the options read.
func flowsOf(t *testing.T, args ...string) (flows int, packets uint64, err error) {
	t.Helper()
	c, err := testProgram.Parse(append([]string{"-X"}, args...))
	if err != nil {
		return 0, 0, err
	}
	for r, err := range c.Input().Records(context.Background()) {
		if err != nil {
			return flows, packets, err
		}
		if r.IsFlow() {
			flows++
			packets += r.Metrics().Packets()
		}
	}
	return flows, packets, nil
}

func TestImports(t *testing.T) {
	for _, c := range []struct {
		name    string
		flows   int
		packets uint64
	}{
		{"cisco:" + exported + "office-netflow5.pcap", 21, 64},
		{"netflow:" + exported + "office-netflow9.pcap", 23, 66},
		{"ipfix:" + exported + "office-biflow.pcap", 15, 66},
	} {
		flows, packets, err := flowsOf(t, "-r", c.name)
		if err != nil || flows != c.flows || packets != c.packets {
			t.Errorf("%s: %d flows, %d packets, %v, want %d and %d", c.name, flows, packets, err, c.flows, c.packets)
		}
	}
	for want, args := range map[string][]string{
		"reading ft":            {"-r", "ft:flows"},
		"no such file":          {"-r", "cisco:none"},
		"neither a capture nor": {"-r", "cisco:imports_test.go"},
		"ranges of bytes":       {"-r", "cisco:flows::100"},
		"listen at :nine":       {"-C", ":nine"},
	} {
		if _, _, err := flowsOf(t, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", args, err, want)
		}
	}
}

func TestImportsFollow(t *testing.T) {
	c := newClient("test")
	c.Follow = true
	if _, err := c.openInput(context.Background(), "cisco:"+exported+"office-netflow5.pcap"); err == nil || !strings.Contains(err.Error(), "can be followed") {
		t.Error(err)
	}
}

// TestListen reads what comes to a port until the time of -T is over.
func TestListen(t *testing.T) {
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.LocalAddr().String()
	free.Close()
	file := filepath.Join(t.TempDir(), "out.arg")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c, err := testProgram.Parse([]string{"-X", "-C", address, "-w", file})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- c.Run(ctx) }()
	conn, err := net.Dial("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	b, err := os.ReadFile(exported + "office-netflow5.pcap")
	if err != nil {
		t.Fatal(err)
	}
	datagram := b[24+16+42:]
	read := func() int {
		flows, _, _ := flowsOf(t, "-r", file)
		return flows
	}
	deadline := time.Now().Add(20 * time.Second)
	for read() == 0 && time.Now().Before(deadline) {
		_, _ = conn.Write(datagram) // refused until the other side listens
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("an interruption is the end: %v", err)
	}
	if n := read(); n == 0 || n%21 != 0 {
		t.Errorf("%d flows", n)
	}
}

func TestReportImports(t *testing.T) {
	b, err := os.ReadFile(exported + "office-netflow9.pcap")
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut")
	if err := os.WriteFile(cut, bytes.Clone(b[24+16+42:len(b)-100]), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := testProgram.Parse([]string{"-X", "-r", "cisco:" + cut})
	if err != nil {
		t.Fatal(err)
	}
	flows := 0
	for r, err := range c.Input().Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Kind() == record.NetFlow {
			flows++
		}
	}
	if flows == 0 {
		t.Error("what is whole was not read")
	}
	var lines []string
	for line := range c.importLosses {
		lines = append(lines, line)
	}
	if d := cmp.Diff([]string{cut + ": 1 malformed datagrams"}, lines); d != "" {
		t.Error(d)
	}
}

func TestReadOnce(t *testing.T) {
	for want, files := range map[string][]string{
		"": {"a", "cisco:b"}, "standard input": {"a", "-"}, ":9995": {"a", "cisco://:9995"},
	} {
		if got := (&Client{Files: files}).ReadOnce(); got != want {
			t.Errorf("%v: %q, want %q", files, got, want)
		}
	}
}
