package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/live/livetest"
	"github.com/seed-6ae541b3/goargus/record"
)

// programVariable names, in the environment, the program that a test which runs
// in its own network namespace is to use.
const programVariable = "GOARGUS_TEST_PROGRAM"

// inNamespace builds argus and runs the test again in a network namespace of its
// own, with two pairs of interfaces: va and vb, wa and wb. It returns the program
// in that run, else the empty string.
func inNamespace(t *testing.T) string {
	t.Helper()
	if program := os.Getenv(programVariable); program != "" {
		livetest.Pair(t, "va", "vb")
		livetest.Pair(t, "wa", "wb")
		return program
	}
	if _, err := exec.LookPath("tcpreplay"); err != nil {
		t.Skip("tcpreplay is not installed")
	}
	program := filepath.Join(t.TempDir(), "argus")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	livetest.Namespace(t, programVariable+"="+program)
	return ""
}

// replay sends a capture.
func replay(t *testing.T, iface, file string, options ...string) {
	t.Helper()
	out, err := exec.Command("tcpreplay", append(append([]string{"-q", "-i", iface}, options...), file)...).CombinedOutput()
	if err != nil || regexp.MustCompile(`Failed packets:\s+[1-9]`).Match(out) {
		t.Fatalf("tcpreplay: %v\n%s", err, out)
	}
}

// running is an argus that captures.
type running struct {
	t   *testing.T
	cmd *exec.Cmd
	log *logBuffer
}

// logBuffer collects messages, a JSON object a line.
type logBuffer struct {
	buf  bytes.Buffer
	line chan string
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.buf.Write(b)
	for {
		line, err := l.buf.ReadString('\n')
		if err != nil {
			l.buf.Reset()
			l.buf.WriteString(line)
			return len(b), nil
		}
		l.line <- line
	}
}

// start starts argus and waits until it captures.
func start(t *testing.T, program string, options ...string) *running {
	t.Helper()
	return startAs(t, nil, program, options...)
}

// startAs is start with attributes of the process.
func startAs(t *testing.T, as *syscall.SysProcAttr, program string, options ...string) *running {
	t.Helper()
	r := &running{t: t, log: &logBuffer{line: make(chan string, 1000)}}
	r.cmd = exec.Command(program, append([]string{"-X", "--log=json"}, options...)...)
	r.cmd.Stderr = r.log
	r.cmd.SysProcAttr = as
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	r.await("capturing")
	return r
}

// await waits for a message and returns its attributes.
func (r *running) await(message string) map[string]any {
	r.t.Helper()
	timeout := time.After(10 * time.Second)
	for {
		select {
		case line := <-r.log.line:
			var m map[string]any
			if err := json.Unmarshal([]byte(line), &m); err != nil {
				r.t.Fatalf("message %q: %v", line, err)
			}
			if m["msg"] == message {
				return m
			}
		case <-timeout:
			r.t.Fatalf("the message %q did not come", message)
		}
	}
}

func (r *running) signal(s os.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

// stop ends argus in good order.
func (r *running) stop() {
	r.t.Helper()
	r.signal(syscall.SIGTERM)
	if err := r.cmd.Wait(); err != nil {
		r.t.Fatalf("argus: %v", err)
	}
}

// told is what the records of a file say.
type told struct {
	flows            []string // without times
	inf              map[string]int
	packets          uint64 // of flow records
	managed, dropped uint64 // of management records
	causes           []record.Cause
}

func readBack(t *testing.T, file string) told {
	t.Helper()
	src, err := argus.Open(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	all := told{inf: map[string]int{}}
	for rec, err := range src.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if rec.Kind() == record.Management {
			m := rec.Management()
			all.causes = append(all.causes, rec.Cause())
			all.managed += m.Packets
			all.dropped += uint64(m.Dropped)
			continue
		}
		m := rec.Metrics()
		all.packets += m.Src.Packets + m.Dst.Packets
		all.inf[strings.TrimRight(string(rec.Transport().Interface[:]), "\x00")]++
		all.flows = append(all.flows, describe(rec))
	}
	slices.Sort(all.flows)
	return all
}

// describe is a flow record without times and what depends on them.
func describe(rec *record.Record) string {
	var b []byte
	for _, name := range strings.Fields("flgs proto saddr sport dir daddr dport spkts dpkts sbytes dbytes sappbytes dappbytes state sttl dttl stos dtos smac dmac svlan dvlan swin dwin stcpb dtcpb tcpopt") {
		a, ok := record.Lookup(name)
		if !ok {
			panic(name)
		}
		b = a.AppendText(append(b, ' '), rec, nil)
	}
	return string(b)
}

// captures are what is replayed: their frames are whole and pass over Ethernet,
// and they are short enough that no timer runs out in them.
var captures = []string{"http-get", "tcp-full-life", "dns-over-tcp", "vlan-tagged", "vlan-qinq", "vlan-priority-change", "udp-bidirectional-port-order", "udp-dns", "icmp-echo", "arp-request-reply", "ipv6-ext-headers", "gre-ip", "tcp-ecn", "icmp-unreach-all-codes", "sctp"}

func TestLiveFlowsAreThoseOfTheFile(t *testing.T) {
	program := inNamespace(t)
	if program == "" {
		return
	}
	dir := t.TempDir()
	compared := 0
	for _, name := range captures {
		file := filepath.Join("..", "..", "testdata", "pcap", name+".pcap")
		if _, err := os.Stat(file); err != nil {
			continue
		}
		compared++
		live, read := filepath.Join(dir, name+".live"), filepath.Join(dir, name+".read")
		options := []string{"-S", "3600", "-A", "-m", "-e", "192.0.2.1"}
		r := start(t, program, append([]string{"-i", "vb", "-w", live}, options...)...)
		replay(t, "va", file, "--pps=500")
		r.stop()
		if out, err := exec.Command(program, append([]string{"-X", "-r", file, "-w", read}, options...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		got, want := readBack(t, live), readBack(t, read)
		if d := cmp.Diff(want.flows, got.flows); d != "" {
			t.Errorf("%s: flows (-file +live):\n%s", name, d)
		}
		if got.packets != got.managed || got.packets == 0 || got.dropped != 0 {
			t.Errorf("%s: %d packets in flows, %d in management records, %d dropped", name, got.packets, got.managed, got.dropped)
		}
		if d := cmp.Diff([]record.Cause{record.Start, record.Stop}, got.causes); d != "" {
			t.Errorf("%s: management records (-want +got):\n%s", name, d)
		}
	}
	if compared < 6 {
		t.Errorf("%d captures found", compared)
	}
}

// The end of the program loses nothing: all that was sent before is in the
// records, and all that the program saw.
func TestLiveEnd(t *testing.T) {
	program := inNamespace(t)
	if program == "" {
		return
	}
	file := filepath.Join(t.TempDir(), "many.pcap")
	packets := manyFlows(t, file, 3000)
	out := filepath.Join(t.TempDir(), "out.arg")
	r := start(t, program, "-i", "vb", "-w", out)
	replay(t, "va", file, "--pps=20000")
	r.stop() // at once: most of it is in the ring still
	if got := readBack(t, out); got.packets != packets || got.managed != packets || got.dropped != 0 {
		t.Errorf("%d packets sent: %d in flows, %d managed, %d dropped", packets, got.packets, got.managed, got.dropped)
	}

	middle := filepath.Join(t.TempDir(), "middle.arg")
	r = start(t, program, "-i", "vb", "-w", middle)
	replaying := exec.Command("tcpreplay", "-q", "-i", "va", "--pps=5000", "--loop=100", file)
	if err := replaying.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	r.stop()
	_ = replaying.Process.Kill()
	_ = replaying.Wait()
	got := readBack(t, middle)
	if got.packets != got.managed || got.packets < 1000 || got.causes[len(got.causes)-1] != record.Stop {
		t.Errorf("in the middle: %d packets in flows, %d managed, management records %v", got.packets, got.managed, got.causes)
	}
}

// manyFlows writes a capture of UDP datagrams, each a flow of its own.
func manyFlows(t *testing.T, name string, n int) uint64 {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := capture.NewWriter(f)
	for i := range n {
		frame := []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
			0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, byte(i >> 16), 198, 51, 100, 2, byte(i >> 8), byte(i), 0x1f, 0x90, 0, 12, 0, 0, 'p', 'i', 'n', 'g'}
		p := capture.Packet{Data: append(frame, make([]byte, 60-len(frame))...), Length: 60, Link: capture.Ethernet, Time: int64(i) * 1000}
		if err := w.Write(&p, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return uint64(n)
}

// Interfaces given one by one have sensors of their own, and records say where
// they come from.
func TestLiveInterfaces(t *testing.T) {
	program := inNamespace(t)
	if program == "" {
		return
	}
	file, out := filepath.Join(t.TempDir(), "f.pcap"), filepath.Join(t.TempDir(), "out.arg")
	manyFlows(t, file, 100)
	for _, c := range []struct {
		options []string
		want    map[string]int
	}{
		{[]string{"-i", "vb", "-i", "wb"}, map[string]int{"vb": 100, "wb": 100}},
		{[]string{"-i", "ind:vb,wb"}, map[string]int{"vb": 100, "wb": 100}},
		{[]string{"-i", "vb,wb"}, map[string]int{"vb": 100}}, // the same flows, seen at vb first
	} {
		r := start(t, program, append(c.options, "-w", out)...)
		replay(t, "va", file, "--pps=2000")
		replay(t, "wa", file, "--pps=2000")
		r.stop()
		got := readBack(t, out)
		if d := cmp.Diff(c.want, got.inf); d != "" {
			t.Errorf("%v: interfaces (-want +got):\n%s", c.options, d)
		}
		if got.packets != 200 || got.managed != 200 {
			t.Errorf("%v: %d packets in flows, %d in management records", c.options, got.packets, got.managed)
		}
		os.Remove(out)
	}
}

// An output that stands still stops nothing, and its records tell what it lost.
// Another one gets everything.
func TestLiveSlowOutput(t *testing.T) {
	program := inNamespace(t)
	if program == "" {
		return
	}
	dir := t.TempDir()
	file, pipe, whole, read := filepath.Join(dir, "f.pcap"), filepath.Join(dir, "pipe"), filepath.Join(dir, "whole.arg"), filepath.Join(dir, "read.arg")
	packets := manyFlows(t, file, 60000)
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	end, err := os.OpenFile(pipe, os.O_RDWR, 0) // so that opening does not wait
	if err != nil {
		t.Fatal(err)
	}
	defer end.Close()
	r := start(t, program, "-i", "vb", "-S", "1", "--queue=4M", "-w", pipe, "-w", whole, "--http=127.0.0.1:0")
	replay(t, "va", file, "--pps=20000")
	time.Sleep(2 * time.Second)
	r.signal(syscall.SIGUSR1)
	status := r.await("status")
	if lost := status["dropped_records"].(float64); lost == 0 || status["packets"].(float64) != float64(packets) {
		t.Errorf("status %v", status)
	}
	copied := make(chan error)
	go func() {
		f, err := os.Create(read)
		if err == nil {
			_, err = f.ReadFrom(end)
		}
		copied <- err
	}()
	r.stop()
	time.Sleep(100 * time.Millisecond)
	end.SetDeadline(time.Now())
	if err := <-copied; err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	if got := readBack(t, whole); got.packets != packets || got.dropped != 0 {
		t.Errorf("the other output: %d packets of %d, %d dropped", got.packets, packets, got.dropped)
	}
	if got := readBack(t, read); got.packets+got.dropped != packets || got.dropped == 0 {
		t.Errorf("%d packets in flows and %d dropped, of %d", got.packets, got.dropped, packets)
	}
}

// A file that is moved away is begun again; SIGHUP reads the configuration, if
// it is any good, without losing packets.
func TestLiveRotationAndReread(t *testing.T) {
	program := inNamespace(t)
	if program == "" {
		return
	}
	dir := t.TempDir()
	file, out, conf := filepath.Join(dir, "f.pcap"), filepath.Join(dir, "out.arg"), filepath.Join(dir, "argus.conf")
	packets := manyFlows(t, file, 500)
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := fmt.Sprintf("ARGUS_INTERFACE=vb\nARGUS_OUTPUT_FILE=%s\nARGUS_FLOW_STATUS_INTERVAL=1\n", out)
	write(text)
	r := start(t, program, "-F", conf)
	replay(t, "va", file, "--pps=2000")
	time.Sleep(2 * time.Second)
	if err := os.Rename(out, out+".1"); err != nil {
		t.Fatal(err)
	}
	write(text + "ARGUS_NONSENSE=1\n")
	r.signal(syscall.SIGHUP)
	if m := r.await("the configuration was read again and is not used"); !strings.Contains(m["error"].(string), "argus.conf:4: unknown variable") {
		t.Errorf("message %v", m)
	}
	write(text + fmt.Sprintf("ARGUS_OUTPUT_FILE=%s.tcp \"tcp\"\n", out))
	replaying := exec.Command("tcpreplay", "-q", "-i", "va", "--pps=400", file)
	if err := replaying.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	r.signal(syscall.SIGHUP)
	r.await("capturing")
	if err := replaying.Wait(); err != nil {
		t.Fatal(err)
	}
	r.stop()
	first, second, tcp := readBack(t, out+".1"), readBack(t, out), readBack(t, out+".tcp")
	if first.packets != packets || second.packets != packets {
		t.Errorf("%d packets before the file was moved, %d after, expected %d", first.packets, second.packets, packets)
	}
	for name, got := range map[string]told{"first": first, "second": second} {
		if got.causes[0] != record.Start {
			t.Errorf("the %s file begins with %v", name, got.causes)
		}
	}
	if tcp.packets != 0 || len(tcp.causes) < 2 {
		t.Errorf("the output for TCP has %d packets and the management records %v", tcp.packets, tcp.causes)
	}
}

// openToAll lets other users into a folder of a test.
func openToAll(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// What can not work is told, with what to do about it.
func TestLiveErrors(t *testing.T) {
	program := inNamespace(t)
	if program == "" {
		return
	}
	conf := filepath.Join(t.TempDir(), "argus.conf")
	if err := os.WriteFile(conf, []byte("ARGUS_INTERFACE=vb\nARGUS_TABLE_LIMIT=many\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	openToAll(t, filepath.Dir(program))
	for _, c := range []struct {
		options string
		uid     uint32
		code    int
		want    string
	}{
		{"-X -i nosuch", 0, 1, "nosuch: no such interface; there are"},
		{"-X", 0, 1, "there is no default route"},
		{"-F " + conf, 0, 2, "argus.conf:2: ARGUS_TABLE_LIMIT: value: expected a number"},
		{"-X -i vb - port and", 0, 2, "packet filter"},
		{"-X -i vb,vb", 0, 2, "named twice"},
		{"-X -i vb -w /nosuch/file", 0, 1, "/nosuch/file"},
		{"-X -i vb -u nosuch", 0, 2, "nosuch"},
		{"-X -i vb", 65534, 1, "capturing needs root or CAP_NET_RAW"},
	} {
		cmd := exec.Command(program, strings.Fields(c.options)...)
		if c.uid != 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: c.uid, Gid: c.uid}}
		}
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			if c.uid == 0 {
				t.Errorf("%s: %v", c.options, err)
			}
			continue // there is no other user in this namespace
		}
		if exit.ExitCode() != c.code || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: exit %d, %s\nexpected exit %d, %s", c.options, exit.ExitCode(), out, c.code, c.want)
		}
	}
}
