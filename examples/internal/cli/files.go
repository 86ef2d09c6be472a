package cli

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

// EachFile yields what a stage makes of each file by itself, in their order.
func (c *Client) EachFile(ctx context.Context, stage record.Stage) record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for _, name := range c.Files {
			for r, err := range stage(c.only(name).Records(ctx)) {
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// only is the input of one of the files.
func (c *Client) only(name string) *Input {
	one := *c
	one.Files = []string{name}
	return one.Input()
}

// ReplaceFiles replaces each file by what a stage makes of it. The result is
// written beside the file and renamed when it is complete, so that a file is
// always either what it was or what it is to become. Files that are compressed
// by gzip are compressed again; others that are compressed are refused.
func (c *Client) ReplaceFiles(ctx context.Context, stage record.Stage) error {
	if len(c.Outputs) > 0 {
		return Usagef("-M replace: not together with -w")
	}
	for _, name := range c.Files {
		if err := c.replaceFile(ctx, name, stage); err != nil {
			return fmt.Errorf("%w\n%s is as it was", err, name)
		}
	}
	return nil
}

func (c *Client) replaceFile(ctx context.Context, name string, stage record.Stage) (err error) {
	zip, err := isGzip(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	temp := fmt.Sprintf("%s.tmp%d", name, os.Getpid())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp))
		}
	}()
	var w io.WriteCloser = f
	if zip {
		w = zipped{gzip.NewWriter(f), f}
	}
	out := argus.NewSink(w, temp, c.sinkOptions()...)
	for r, rerr := range stage(c.only(name).Records(ctx)) {
		if rerr == nil {
			rerr = out.Write(r)
		}
		if rerr != nil {
			return errors.Join(rerr, out.Close())
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(temp, name)
}

// zipped closes the file under a compressor, too.
type zipped struct {
	*gzip.Writer
	file *os.File
}

func (z zipped) Close() error { return errors.Join(z.Writer.Close(), z.file.Close()) }

// isGzip reports whether a file is compressed by gzip. It refuses what is
// neither that nor plain.
func isGzip(name string) (bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	var b [4]byte
	n, err := io.ReadFull(f, b[:])
	switch {
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return false, err
	case n >= 2 && b[0] == 0x1F && b[1] == 0x8B:
		return true, nil
	case b[0]&0x80 != 0 && b[0]&0x0F >= 3 && b[0]&0x0F <= 7:
		return false, nil
	}
	return false, fmt.Errorf("%s: only files that are plain or compressed by gzip can be replaced", name)
}
