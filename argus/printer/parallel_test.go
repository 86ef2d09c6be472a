package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

// TestWorkers compares what several workers print with what one does, in every
// form: of records as they are, turned round and changed, of management records,
// and with what depends on the lines before.
func TestWorkers(t *testing.T) {
	files, err := filepath.Glob("../../testdata/v[35]/*.arg")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files of records: %v", len(files), err)
	}
	var list []Field
	for a := range record.Attributes().All() {
		list = append(list, Field{Attribute: a})
	}
	for form := Text; form <= XML; form++ {
		for name, set := range map[string]func(*Config){
			"default": func(*Config) {},
			"all":     func(c *Config) { c.Fields = list },
			"rmon":    func(c *Config) { c.Rmon, c.Titles = true, 7 },
			"variable colour": func(c *Config) {
				c.Variable, c.Color = true, true
			},
		} {
			t.Run(fmt.Sprint(form, " ", name), func(t *testing.T) {
				cfg := Config{Form: form, Management: true, Events: true}
				set(&cfg)
				want := printFiles(t, cfg, 4*len(files), files)
				for workers, flush := range map[int]int{2: 100, 3: 4 * len(files), 4: 1} {
					cfg.Workers = workers
					if got := printFiles(t, cfg, flush, files); !bytes.Equal(got, want) {
						t.Fatalf("%d workers, flushed every %d files: %s", workers, flush, firstDifference(got, want))
					}
				}
			})
		}
	}
}

// printFiles prints all files, some of the records turned round or changed, and
// flushes every so many files.
func printFiles(t *testing.T, cfg Config, flush int, files []string) []byte {
	t.Helper()
	var out bytes.Buffer
	p, err := New(&out, cfg)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, name := range files {
		src, err := argus.Open(context.Background(), name)
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range src.Records() {
			if err != nil {
				t.Fatal(err)
			}
			switch n++; {
			case n%7 == 0:
				r.Reverse()
			case n%1001 == 0:
				r.SetLabel(record.Label{Text: fmt.Appendf(nil, "number=%d", n)})
			}
			if err := p.PrintAt(r, src.Offset()); err != nil {
				t.Fatal(err)
			}
		}
		src.Close()
		if i%flush == flush-1 {
			if err := p.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func firstDifference(got, want []byte) string {
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			return fmt.Sprintf("line %d is\n%s\nwant\n%s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// failing takes some bytes and then no more.
type failing struct{ room int }

var errFull = errors.New("full")

func (f *failing) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// TestWorkersFail has the writer fail: the error comes back, once and for all,
// and Close ends.
func TestWorkersFail(t *testing.T) {
	p, err := New(&failing{room: 1 << 20}, Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	r := hostile([]byte("a label")).Clone()
	var failed error
	for range 1_000_000 {
		if failed = p.Print(r); failed != nil {
			break
		}
	}
	if !errors.Is(failed, errFull) || !errors.Is(p.Print(r), errFull) || !errors.Is(p.Close(), errFull) {
		t.Errorf("the error of the writer is %v, then %v", failed, p.Close())
	}
}
