package capture

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/seed-6ae541b3/goargus/internal/decompress"
)

// MaxPacketSize is the longest packet that a Reader accepts, in captured bytes.
// It is libpcap's limit. A file that claims a longer one is damaged.
const MaxPacketSize = 262144

// ReadError says where and why a capture could not be read on. Everything
// before the place has been handed out.
type ReadError struct {
	Path   string // file name; "stdin"; empty for NewReader
	Offset int64  // byte in the uncompressed stream at which the damaged part begins
	Packet int64  // number of the packet, from 1, that could not be read; 0 if opening failed
	Reason string // what was found and what was expected
	Err    error  // cause: io.ErrUnexpectedEOF for a capture that is cut short; may be nil
}

// Error returns one line with all that is known.
func (e *ReadError) Error() string {
	var b strings.Builder
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	if e.Packet > 0 {
		fmt.Fprintf(&b, "packet %d ", e.Packet)
	}
	fmt.Fprintf(&b, "at byte %d: ", e.Offset)
	b.WriteString(e.Reason)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *ReadError) Unwrap() error { return e.Err }

// Reader reads a capture file or stream. It is a Source.
//
// It knows pcap (both byte orders, microseconds and nanoseconds, the variant
// with the longer record header of old Linux patches) and pcapng (both byte
// orders, any number of sections and interfaces, enhanced, simple and obsolete
// packet blocks, any time resolution), plain or compressed with gzip or zstd.
// All of it is recognised by content. Packets are handed out in place from a
// window of 1 MiB; reading them allocates nothing.
//
// Times that do not fit 64 bits of nanoseconds (before 1677 or after 2262) are
// set to the nearest that does. A simple packet block has no time; it gets 0.
type Reader struct {
	path    string
	window  *window
	format  format
	packets int64 // handed out
	err     error // sticky
	release func()
	file    io.Closer // nil if the caller owns the input
}

// format reads packets of one file format.
//
// readPackets may call fill or skip of the window, and may return an error,
// only before the first packet of a call: the Data of packets lies in the
// window.
type format interface {
	readPackets(w *window, buf []Packet) (int, error)
	interfaces() []Interface
}

// damage is the reason of a ReadError, without its place.
type damage struct {
	reason string
	err    error
}

func (d *damage) Error() string { return d.reason }

func damaged(format string, args ...any) error {
	return &damage{reason: fmt.Sprintf(format, args...)}
}

// cut is the damage of an input that ends, or fails, inside something.
func cut(what string, err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return &damage{reason: what + " is cut short", err: io.ErrUnexpectedEOF}
	}
	return &damage{reason: what + " can not be read", err: err}
}

// OpenFile opens a capture file; "-" is the standard input. A file that can
// not be opened gives the error of os.Open, one that is no capture or damaged
// at its very start a *ReadError. See Reader for what is read.
func OpenFile(name string) (*Reader, error) {
	if name == "-" {
		return newReader(os.Stdin, "stdin", nil)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r, err := newReader(f, name, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

// NewReader reads a capture from any reader. It reads ahead. Close leaves r
// open.
func NewReader(r io.Reader) (*Reader, error) { return newReader(r, "", nil) }

func newReader(in io.Reader, path string, file io.Closer) (*Reader, error) {
	r := &Reader{path: path, file: file, window: newWindow(nil)}
	plain, release, err := decompress.Open(in)
	if err != nil {
		return nil, r.place(cut("compressed data", err), 0)
	}
	r.window.r, r.release = plain, release
	r.format, err = recognise(r.window)
	if err != nil {
		release()
		return nil, r.place(err, 0)
	}
	return r, nil
}

// recognise reads the file header.
func recognise(w *window) (format, error) {
	if err := w.fill(4); err == io.EOF {
		return nil, damaged("empty input, expected a pcap or pcapng capture")
	} else if err != nil {
		return nil, cut("file header", err)
	}
	head := w.bytes()
	if kind, ok := pcapKinds[le32(head)]; ok {
		return openPcap(w, kind)
	}
	if le32(head) == blockSection {
		return openPcapNG(w)
	}
	return nil, damaged("no capture: begins with % x, expected pcap or pcapng, plain or compressed with gzip or zstd", head[:4])
}

// ReadPackets implements Source. After the last whole packet it returns io.EOF
// or a *ReadError, and goes on to do so.
func (r *Reader) ReadPackets(buf []Packet) (int, error) {
	if r.err != nil || len(buf) == 0 {
		return 0, r.err
	}
	n, err := r.format.readPackets(r.window, buf)
	if err != nil && err != io.EOF {
		err = r.place(err, r.packets+1)
	}
	r.packets += int64(n)
	r.err = err
	return n, err
}

// place makes a ReadError of what a format says.
func (r *Reader) place(err error, packet int64) error {
	e := &ReadError{Path: r.path, Offset: r.window.offset(), Packet: packet, Reason: "input can not be read", Err: err}
	var d *damage
	if errors.As(err, &d) {
		e.Reason, e.Err = d.reason, d.err
	}
	return e
}

// Interfaces implements Source. A pcap file has one interface without a name.
func (r *Reader) Interfaces() []Interface { return r.format.interfaces() }

// Close implements Source.
func (r *Reader) Close() error {
	r.release()
	r.release = func() {}
	r.err = os.ErrClosed
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	return f.Close()
}
