package argus

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
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

// xzHead is how much of an xz stream tells the size of its dictionary.
const xzHead = 12 + 6

// decompress recognises a compressed stream by its first bytes; streams that
// follow each other are one. What is not compressed comes back as a reader of
// the same bytes. The function returned ends the decompressor.
func decompress(r io.Reader) (io.Reader, func() error, error) {
	var head [xzHead]byte
	n, err := io.ReadAtLeast(r, head[:], len(xzMagic))
	if n == len(xzMagic) && err == nil && bytes.Equal(head[:n], xzMagic) || n > len(xzMagic) && n < xzHead {
		var more int
		more, err = io.ReadFull(r, head[n:])
		n += more
	}
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, nil, err
	}
	none := func() error { return nil }
	magic := head[:n]
	whole := &rest{magic, r}
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		z, err := gzip.NewReader(bufio.NewReaderSize(whole, 64<<10))
		if err != nil {
			return nil, nil, fmt.Errorf("gzip: %w", cut(err))
		}
		return named{z, "gzip"}, z.Close, nil
	case bytes.HasPrefix(magic, bzip2Magic):
		return named{bzip2.NewReader(bufio.NewReaderSize(whole, 64<<10)), "bzip2"}, none, nil
	case bytes.HasPrefix(magic, xzMagic):
		if err := checkXZ(magic); err != nil {
			return nil, nil, err
		}
		z, err := xz.NewReader(bufio.NewReaderSize(whole, 64<<10))
		if err != nil {
			return nil, nil, fmt.Errorf("xz: %w", cut(err))
		}
		return named{z, "xz"}, none, nil
	case bytes.HasPrefix(magic, zstdMagic):
		z, err := zstd.NewReader(whole, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, fmt.Errorf("zstd: %w", cut(err))
		}
		return named{z, "zstd"}, func() error { z.Close(); return nil }, nil
	case bytes.HasPrefix(magic, compressMagic):
		return nil, nil, errors.New("files of compress (.Z) are not supported")
	}
	return whole, none, nil
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

// Skip passes over n bytes of a file at once, or none of what is no file or has
// no more as many.
func (r *rest) Skip(n int64) int64 {
	c, ok := r.r.(contextReader)
	if !ok || len(r.head) > 0 {
		return 0
	}
	f, ok := c.r.(*os.File)
	if !ok {
		return 0
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil || at+n > info.Size() {
		return 0
	}
	if _, err := f.Seek(n, io.SeekCurrent); err != nil {
		return 0
	}
	return n
}

// checkXZ refuses dictionaries that would take too much memory. The header of a
// block with the one filter that xz writes is: size, flags, id 0x21, length 1,
// size of the dictionary.
func checkXZ(head []byte) error {
	const flags, id, length, dict = 13, 14, 15, 16
	if len(head) < xzHead || head[flags]&0xC3 != 0 || head[id] != 0x21 || head[length] != 1 {
		return nil // as large as the decoder makes it
	}
	if size, err := lzma.DecodeDictCap(head[dict]); err == nil && size > maxWindow {
		return fmt.Errorf("xz: a dictionary of at most %d bytes, found %d", maxWindow, size)
	}
	return nil
}

// cut turns the end of input, where there must be more, into
// io.ErrUnexpectedEOF.
func cut(err error) error {
	if err == io.EOF {
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
		err = fmt.Errorf("%s: %w", d.format, err)
	}
	return n, err
}
