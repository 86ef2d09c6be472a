package cli

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"

	"github.com/seed-6ae541b3/goargus/record"
)

// EachFile yields what a stage makes of each file by itself, in their order.
func (c *Client) EachFile(ctx context.Context, stage record.Stage) record.Stream {
	return func(yield func(*record.Record, error) bool) {
		for _, name := range c.Files {
			one := *c
			one.Files = []string{name}
			for r, err := range stage(one.Input().Records(ctx)) {
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// compressedAs makes what is written to f compressed by gzip if a file is.
func compressedAs(name string, f *os.File) (io.WriteCloser, error) {
	old, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer old.Close()
	var b [2]byte
	_, err = io.ReadFull(old, b[:])
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, err
	case b == [2]byte{0x1F, 0x8B}:
		return zipped{gzip.NewWriter(f), f}, nil
	}
	return f, nil
}

// zipped closes the file under a compressor, too.
type zipped struct {
	*gzip.Writer
	file *os.File
}

func (z zipped) Close() error {
	return errors.Join(z.Writer.Close(), z.file.Sync(), z.file.Close())
}
