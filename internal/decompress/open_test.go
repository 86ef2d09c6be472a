package decompress

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	ulikunitz "github.com/ulikunitz/xz"
	"github.com/xi2/xz"
)

var writers = map[string]func(io.Writer) (io.WriteCloser, error){
	"plain": func(w io.Writer) (io.WriteCloser, error) { return nopCloser{w}, nil },
	"gzip":  func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
	"zstd":  func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
	"xz":    func(w io.Writer) (io.WriteCloser, error) { return ulikunitz.NewWriter(w) },
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func compress(t *testing.T, format string, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := writers[format](&out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestOpen reads two streams of each format, one behind the other, and what is
// left of them when the end is missing.
func TestOpen(t *testing.T) {
	text := bytes.Repeat([]byte("flow records "), 10000)
	for format := range writers {
		t.Run(format, func(t *testing.T) {
			all := append(compress(t, format, text), compress(t, format, text)...)
			r, release, err := Open(bytes.NewReader(all))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			release()
			if diff := cmp.Diff(append(bytes.Clone(text), text...), got); diff != "" {
				t.Error(diff)
			}
			if format == "plain" {
				return
			}
			for _, n := range []int{7, 12, len(all) / 4, len(all) - 3} {
				r, release, err := Open(bytes.NewReader(all[:n]))
				if err == nil {
					_, err = io.Copy(io.Discard, r)
					release()
				}
				if !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("%d of %d bytes: %v, want io.ErrUnexpectedEOF", n, len(all), err)
				}
			}
		})
	}
}

// TestOpenHugeDictionary refuses the second of two xz streams, which claims a
// dictionary of 4 GiB.
func TestOpenHugeDictionary(t *testing.T) {
	const blockHeader, dictionary = 12, 12 + 4
	first := compress(t, "xz", []byte("flow records"))
	second := bytes.Clone(first)
	size := 4 * (int(second[blockHeader]) + 1)
	if second[blockHeader+2] != 0x21 || second[blockHeader+3] != 1 {
		t.Fatalf("block header % x", second[blockHeader:blockHeader+size])
	}
	second[dictionary] = 40
	sum := crc32.ChecksumIEEE(second[blockHeader : blockHeader+size-4])
	second[blockHeader+size-4], second[blockHeader+size-3] = byte(sum), byte(sum>>8)
	second[blockHeader+size-2], second[blockHeader+size-1] = byte(sum>>16), byte(sum>>24)
	r, release, err := Open(bytes.NewReader(append(first, second...)))
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if got, err := io.ReadAll(r); !errors.Is(err, xz.ErrMemlimit) || string(got) != "flow records" {
		t.Errorf("%q, %v; want the first stream and %v", got, err, xz.ErrMemlimit)
	}
}
