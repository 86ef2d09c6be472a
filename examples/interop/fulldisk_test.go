package interop_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/capture/live/livetest"
)

// smallDisk is a file system of so many bytes, such as "64k".
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	livetest.Root(t)
	dir := t.TempDir()
	mount, err := exec.LookPath("mount")
	if err != nil {
		t.Skip("mount is not installed")
	}
	if out, err := exec.Command(mount, "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Fatalf("mount: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// TestDiskRunsFull: programs that write records say what is wrong and fail, and
// each file that they leave is a whole stream.
func TestDiskRunsFull(t *testing.T) {
	disk := smallDisk(t, "64k")
	ours := tools(t, "ra", "rasort", "rasplit", "rastream", "racluster", "rabins", "rastrip", "ranonymize")
	in := input(t, t.TempDir(), inputs[0])
	whole, err := os.Stat(in)
	if err != nil || whole.Size() < 200<<10 {
		t.Fatalf("an input of %d bytes is too small: %v", whole.Size(), err)
	}
	for _, words := range []string{
		"ra -w out", "rasort -m bytes -w out", "rastrip -w out", "ranonymize -w out", "racluster -m saddr daddr sport dport -w out",
		"rabins -M time 1s -w out", "rabins -B 1s -M time 1s -w out", "rasplit -M count 100 -w out.", "rasplit -w $sport.out", "rastream -M time 1s -w %S.out",
	} {
		t.Run(words, func(t *testing.T) {
			w := strings.Fields(words)
			cmd := exec.Command(filepath.Join(ours, w[0]), append([]string{"-X", "-r", in}, w[1:]...)...)
			cmd.Dir = disk
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "no space left") {
				t.Errorf("%v: %q", err, out)
			}
			if n := strings.Count(string(out), "\n"); n > 3 {
				t.Errorf("%d lines of complaint: %q", n, out)
			}
			left := below(t, disk)
			for _, name := range left {
				src, err := argus.Open(context.Background(), filepath.Join(disk, name))
				if err != nil {
					t.Fatal(err)
				}
				for _, err := range src.Records() {
					if err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
				src.Close()
				if err := os.RemoveAll(filepath.Join(disk, strings.Split(name, "/")[0])); err != nil {
					t.Fatal(err)
				}
			}
			if strings.HasPrefix(words, "racluster") && len(left) > 0 {
				t.Errorf("%v of a result that is not whole", left)
			}
		})
	}
}
