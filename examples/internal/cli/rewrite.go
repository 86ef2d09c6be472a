package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

// Rewrite puts a file through stages and puts the result in its place. The file
// is not touched before the result is written in full beside it. A file that is
// compressed by gzip is compressed again.
func (c *Client) Rewrite(ctx context.Context, name string, stages ...record.Stage) (err error) {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return Usagef("-M replace: %s is no regular file", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	one := *c
	one.Files = []string{name}
	w, err := compressedAs(name, f)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	out := argus.NewSink(w, f.Name(), c.SinkOptions()...)
	for r, rerr := range argus.Pipe(one.Input().Records(ctx), stages...) {
		if err = rerr; err == nil {
			err = out.Write(r)
		}
		if err != nil {
			break
		}
	}
	if err == nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = errors.Join(out.Flush(), f.Sync())
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// ParseSize reads a number of bytes with a suffix k, M, G or T (powers of 1000)
// or none.
func ParseSize(text string) (int64, error) {
	number, scale := text, int64(1)
	if i := strings.IndexAny(text, "kKmMgGtT"); i >= 0 && i == len(text)-1 {
		number = text[:i]
		for range strings.IndexByte("kmgt", text[i]|0x20) + 1 {
			scale *= 1000
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/scale {
		return 0, Usagef("%q: want a size such as 4k, 512M, 2G", text)
	}
	return n * scale, nil
}
