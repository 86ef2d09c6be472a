package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/argus"
)

// half is a source of which half of a file of 4 MB is read.
type half struct{}

func (half) Stats() argus.Stats { return argus.Stats{Bytes: 2_000_000} }

func TestProgress(t *testing.T) {
	name := filepath.Join(t.TempDir(), "flows\x1b[2J.arg")
	if err := os.WriteFile(name, make([]byte, 4_000_000), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	clock := time.Unix(1000, 0)
	p := &progress{on: true, out: &out, now: func() time.Time { return clock }, start: clock}
	p.file(name)
	read := func(records int) {
		for range records {
			p.record(half{})
		}
	}
	read(10_000)
	if out.Len() > 0 {
		t.Errorf("within a second there is %q", out.String())
	}
	clock = clock.Add(2 * time.Second)
	read(4096)
	shown := printable(name) + ": 50 % of 2.0 MB, 12288 records, 6144 a second, 2s left"
	if diff := cmp.Diff("\r\x1b[K"+shown, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if strings.Contains(shown, "\x1b") {
		t.Error("the name of the file controls the terminal")
	}
	out.Reset()
	read(4096)
	if out.Len() > 0 {
		t.Errorf("at once there is %q again", out.String())
	}
	p.size = 0 // not known
	clock = clock.Add(time.Second)
	read(4096)
	p.end()
	if want := "\r\x1b[K" + printable(name) + ": 2.0 MB, 20480 records, 6827 a second\r\x1b[K"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestProgressOfShortWork(t *testing.T) {
	var out strings.Builder
	p := &progress{on: true, out: &out, now: time.Now, start: time.Now()}
	p.file("x.arg.gz")
	for range 5000 {
		p.record(half{})
	}
	p.end()
	if out.Len() > 0 {
		t.Errorf("got %q", out.String())
	}
}
