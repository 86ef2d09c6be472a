// Package decompress opens streams that may be compressed, by their content.
package decompress

import (
	"bytes"
	"compress/bzip2"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxZstdWindow bounds the memory that a zstd stream can claim.
const maxZstdWindow = 128 << 20

// Open recognises gzip, zstd and bzip2 by the first bytes. Other input comes back
// as a reader of the same bytes. The function releases what the reader holds.
func Open(r io.Reader) (io.Reader, func(), error) {
	var magic [4]byte
	n, err := io.ReadFull(r, magic[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, nil, err
	}
	head := magic[:n]
	whole := io.MultiReader(bytes.NewReader(head), r)
	none := func() {}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(whole)
		if err != nil {
			return nil, nil, unexpected(err)
		}
		return z, func() { z.Close() }, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(whole, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return nil, nil, unexpected(err)
		}
		return z, z.Close, nil
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(whole), none, nil
	}
	return whole, none, nil
}

// unexpected turns the end of input, where there must be more, into
// io.ErrUnexpectedEOF.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
