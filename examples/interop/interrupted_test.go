package interop_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
)

// aggregating are runs whose results mean something as a whole alone.
var aggregating = []string{"racluster -m saddr daddr", "racluster", "rabins -M time 1s -m proto"}

// started is a program that reads from a pipe, which stays open.
type started struct {
	cmd *exec.Cmd
	in  interface {
		Write([]byte) (int, error)
		Close() error
	}
	errs bytes.Buffer
	done chan error
}

// start runs a program in a folder and gives it the first bytes of its input.
func start(t *testing.T, dir, program string, args []string, input []byte) *started {
	t.Helper()
	s := &started{cmd: exec.Command(program, args...), done: make(chan error, 1)}
	s.cmd.Dir = dir
	s.cmd.Stderr = &s.errs
	in, err := s.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.in = in
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill() })
	if _, err := s.in.Write(input); err != nil {
		t.Fatal(err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	return s
}

// wait returns how the program ended.
func (s *started) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-s.done:
		return err
	case <-time.After(time.Minute):
		s.cmd.Process.Kill()
		t.Fatal("the program does not end")
		return nil
	}
}

// waitForOutput waits until the program has opened its output: it has then set
// itself up for signals.
func waitForOutput(t *testing.T, dir string) {
	t.Helper()
	for range 600 {
		if len(below(t, dir)) > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the program opens no output")
}

// TestInterrupted stops programs by signals: what is new is not there, what was
// there is as it was, and they say so.
func TestInterrupted(t *testing.T) {
	ours := tools(t, "racluster", "rabins")
	data, err := os.ReadFile(input(t, t.TempDir(), inputs[0]))
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range aggregating {
		for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			for _, before := range [][]byte{nil, data[:0:0], data} {
				name := words + " " + signal.String()
				if before != nil {
					name += map[bool]string{true: " appending", false: " appending to nothing"}[len(before) > 0]
				}
				t.Run(name, func(t *testing.T) {
					dir := t.TempDir()
					out := filepath.Join(dir, "out")
					if before != nil {
						if err := os.WriteFile(out, before, 0o644); err != nil {
							t.Fatal(err)
						}
					}
					w := strings.Fields(words)
					s := start(t, dir, filepath.Join(ours, w[0]), append([]string{"-X", "-r", "-", "-w", "out"}, w[1:]...), data[:len(data)/2])
					waitForOutput(t, dir)
					if before != nil {
						time.Sleep(500 * time.Millisecond) // there is nothing to be seen of its start
					}
					if err := s.cmd.Process.Signal(signal); err != nil {
						t.Fatal(err)
					}
					if err := s.wait(t); err == nil {
						t.Error("it ended as if all were well")
					}
					checkUntouched(t, dir, before, s.errs.String())
				})
			}
		}
	}
}

// checkUntouched checks that a folder has what it had before and that the
// program told of it.
func checkUntouched(t *testing.T, dir string, before []byte, said string) {
	t.Helper()
	want := "out is not written"
	if before != nil {
		want = "out is as it was"
	}
	if !strings.Contains(said, want) {
		t.Errorf("said %q, want %q in it", said, want)
	}
	left := below(t, dir)
	if before == nil {
		if len(left) > 0 {
			t.Errorf("%v is left", left)
		}
		return
	}
	if after, err := os.ReadFile(filepath.Join(dir, "out")); err != nil || !bytes.Equal(after, before) || len(left) != 1 {
		t.Errorf("%v is left, out has %d bytes, not %d: %v", left, len(after), len(before), err)
	}
}

// TestInputVanishes cuts the input off within a record, or gives a file that is
// not there behind one that is.
func TestInputVanishes(t *testing.T) {
	ours := tools(t, "racluster", "rabins")
	in := input(t, t.TempDir(), inputs[0])
	data, err := os.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range aggregating {
		w := strings.Fields(words)
		t.Run(words, func(t *testing.T) {
			dir := t.TempDir()
			s := start(t, dir, filepath.Join(ours, w[0]), append([]string{"-X", "-r", "-", "-w", "out"}, w[1:]...), data[:len(data)-10])
			s.in.Close()
			if err := s.wait(t); err == nil {
				t.Error("it ended as if all were well")
			}
			checkUntouched(t, dir, nil, s.errs.String())

			args := append([]string{"-X", "-r", in, "nowhere", "-w", "out"}, w[1:]...)
			cmd := exec.Command(filepath.Join(ours, w[0]), args...)
			cmd.Dir = dir
			said, err := cmd.CombinedOutput()
			if err == nil {
				t.Error("a file that is not there is no failure")
			}
			checkUntouched(t, dir, nil, string(said))
		})
	}
}

// TestFullTemporaryDisk spills to a disk that is too small.
func TestFullTemporaryDisk(t *testing.T) {
	disk := smallDisk(t, "64k")
	ours := tools(t, "racluster", "rabins")
	big := filepath.Join(t.TempDir(), "big")
	data, err := os.ReadFile(input(t, t.TempDir(), inputs[0]))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(big, bytes.Repeat(data, 10), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"racluster -M rmon -m saddr sport daddr dport stime", "rabins -M time 1s -m none"} {
		t.Run(words, func(t *testing.T) {
			dir := t.TempDir()
			w := strings.Fields(words)
			cmd := exec.Command(filepath.Join(ours, w[0]), append([]string{"-X", "-r", big, "-w", "out", "--memory", "1M", "--tmp", disk}, w[1:]...)...)
			cmd.Dir = dir
			said, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(said), "no space left") || !strings.Contains(string(said), "spilling groups") {
				t.Errorf("%v: %q", err, said)
			}
			checkUntouched(t, dir, nil, string(said))
			if left := below(t, disk); len(left) > 0 {
				t.Errorf("%v is left of what was spilled", left)
			}
		})
	}
}

// TestAppended appends results to a file that has some: it is one stream then.
func TestAppended(t *testing.T) {
	ours := tools(t, "racluster")
	in := input(t, t.TempDir(), inputs[0])
	out := filepath.Join(t.TempDir(), "out")
	counts := [2]int64{}
	for i := range counts {
		if said, err := exec.Command(filepath.Join(ours, "racluster"), "-X", "-r", in, "-w", out).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		src, err := argus.Open(context.Background(), out)
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range src.Records() {
			if err != nil {
				t.Fatal(err)
			}
			if r.IsFlow() {
				counts[i]++
			}
		}
		src.Close()
	}
	if counts[0] == 0 || counts[1] != 2*counts[0] {
		t.Errorf("%v flows after one run and two", counts)
	}
}
