package decompress

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/xi2/xz"
)

// maxWindow bounds the memory that a compressed stream can claim: the most that
// the zstd program accepts and the xz program makes, unless told otherwise.
const maxWindow = 128 << 20

// Magics of compressed streams.
var (
	gzipMagic     = []byte{0x1f, 0x8b}
	compressMagic = []byte{0x1f, 0x9d}
	bzip2Magic    = []byte("BZh")
	xzMagic       = []byte{0xfd, '7', 'z', 'X', 'Z', 0}
	zstdMagic     = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// Open recognises gzip, bzip2, xz and zstd by the first bytes; streams that
// follow each other are one. What is not compressed comes back as a reader of
// the same bytes, which has a method Skip(int64) int64 that asks r to pass over
// bytes if r has such a method. The function returned releases what a
// decompressor holds.
func Open(r io.Reader) (io.Reader, func(), error) {
	var head [6]byte
	n, err := io.ReadFull(r, head[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, nil, err
	}
	magic := head[:n]
	plain := &rest{magic, r}
	none := func() {}
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		z, err := gzip.NewReader(bufio.NewReaderSize(plain, 64<<10))
		if err != nil {
			return nil, nil, fmt.Errorf("gzip: %w", cut(err))
		}
		return named{z, "gzip"}, func() { z.Close() }, nil
	case bytes.HasPrefix(magic, bzip2Magic):
		return named{bzip2.NewReader(bufio.NewReaderSize(plain, 64<<10)), "bzip2"}, none, nil
	case bytes.HasPrefix(magic, xzMagic):
		z, err := xz.NewReader(plain, maxWindow)
		if err != nil {
			return nil, nil, fmt.Errorf("xz: %w", cut(err))
		}
		return named{z, "xz"}, none, nil
	case bytes.HasPrefix(magic, zstdMagic):
		z, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, fmt.Errorf("zstd: %w", cut(err))
		}
		return named{z, "zstd"}, z.Close, nil
	case bytes.HasPrefix(magic, compressMagic):
		return nil, nil, errors.New("files of compress (.Z) are not supported")
	}
	return plain, none, nil
}

// rest reads what was looked at already and then the reader that it came from.
type rest struct {
	head []byte
	r    io.Reader
}

func (r *rest) Read(b []byte) (int, error) {
	if len(r.head) > 0 {
		n := copy(b, r.head)
		r.head = r.head[n:]
		return n, nil
	}
	return r.r.Read(b)
}

// Skip passes over at most n bytes without reading them, and returns how many.
func (r *rest) Skip(n int64) int64 {
	if s, ok := r.r.(interface{ Skip(int64) int64 }); ok && len(r.head) == 0 {
		return s.Skip(n)
	}
	return 0
}

// cut turns the end of input, where there must be more, into
// io.ErrUnexpectedEOF.
func cut(err error) error {
	if err == io.EOF || err == xz.ErrBuf {
		return io.ErrUnexpectedEOF
	}
	return err
}

// named gives errors of a decompressor its name.
type named struct {
	io.Reader
	format string
}

func (d named) Read(b []byte) (int, error) {
	n, err := d.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%s: %w", d.format, cut(err))
	}
	return n, err
}
