package main

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-6ae541b3/goargus/capture"
)

func main() {
	name := flag.String("i", "", "interface")
	rate := flag.Int("rate", 0, "frames a second; 0 is as many as can be")
	length := flag.Duration("for", time.Minute, "how long, an hour at most")
	flag.Parse()
	if flag.NArg() != 1 || *rate < 0 || *length <= 0 || *length > time.Hour {
		flag.Usage()
		os.Exit(2)
	}
	sent, took, err := flood(*name, flag.Arg(0), *rate, *length)
	if err != nil {
		fmt.Fprintln(os.Stderr, "flood:", err)
		os.Exit(1)
	}
	fmt.Printf("sent %d in %.2f s: %.0f a second\n", sent, took.Seconds(), float64(sent)/took.Seconds())
}

func flood(name, file string, rate int, length time.Duration) (sent int, took time.Duration, err error) {
	frames, err := load(file)
	if err != nil {
		return 0, 0, err
	}
	r, err := newRing(name)
	if err != nil {
		return 0, 0, err
	}
	defer unix.Close(r.fd)
	start := time.Now()
	for {
		took = time.Since(start)
		if took >= length {
			return sent, took, nil
		}
		n := batch
		if rate > 0 {
			if n = min(n, int(float64(rate)*took.Seconds())-sent); n <= 0 {
				time.Sleep(200 * time.Microsecond)
				continue
			}
		}
		for i := range n {
			if err := r.put(frames[(sent+i)%len(frames)]); err != nil {
				return sent, took, err
			}
		}
		if err := r.flush(); err != nil {
			return sent, took, err
		}
		sent += n
	}
}

// load reads the frames of a capture that fit.
func load(file string) ([][]byte, error) {
	src, err := capture.OpenFile(file)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	var frames [][]byte
	buf := make([]capture.Packet, 256)
	for {
		n, err := src.ReadPackets(buf)
		for _, p := range buf[:n] {
			if p.Link == capture.Ethernet && len(p.Data) >= 14 && len(p.Data) <= longest {
				frames = append(frames, append([]byte(nil), p.Data...))
			}
		}
		switch {
		case err == io.EOF && len(frames) == 0:
			return nil, errors.New("the capture has no Ethernet frames")
		case err == io.EOF:
			return frames, nil
		case err != nil:
			return nil, err
		}
	}
}

// The layout of a frame in a ring of TPACKET_V3 that is sent from: its header
// (length at 12 and 16, status at 20), then the data.
const (
	batch     = 64 // frames that the kernel is told of at a time
	blocks    = 16
	blockSize = 64 << 10
	frameSize = 2048
	header    = 48
	longest   = 1514
)

// ring is memory that the kernel sends from.
type ring struct {
	fd   int
	mem  []byte
	next int // offset of the next frame
}

func newRing(name string) (*ring, error) {
	iface, err := net.InterfaceByName(name)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	r := &ring{fd: fd}
	set := func(opt, value int) { err = errors.Join(err, unix.SetsockoptInt(fd, unix.SOL_PACKET, opt, value)) }
	set(unix.PACKET_VERSION, unix.TPACKET_V3)
	set(unix.PACKET_QDISC_BYPASS, 1)
	err = errors.Join(err, unix.SetsockoptTpacketReq3(fd, unix.SOL_PACKET, unix.PACKET_TX_RING, &unix.TpacketReq3{
		Block_size: blockSize, Block_nr: blocks, Frame_size: frameSize, Frame_nr: blocks * blockSize / frameSize,
	}))
	if err == nil {
		r.mem, err = unix.Mmap(fd, 0, blocks*blockSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: iface.Index})
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return r, nil
}

// put gives a frame to the kernel.
func (r *ring) put(data []byte) error {
	f := r.mem[r.next : r.next+frameSize]
	native := binary.NativeEndian
	for native.Uint32(f[20:]) != unix.TP_STATUS_AVAILABLE {
		if native.Uint32(f[20:])&unix.TP_STATUS_WRONG_FORMAT != 0 {
			return errors.New("the kernel refuses a frame")
		}
		if err := r.flush(); err != nil { // all is on its way still
			return err
		}
	}
	native.PutUint32(f[12:], uint32(len(data)))
	native.PutUint32(f[16:], uint32(len(data)))
	copy(f[header:], data)
	native.PutUint32(f[20:], unix.TP_STATUS_SEND_REQUEST)
	r.next = (r.next + frameSize) % len(r.mem)
	return nil
}

// flush has the kernel send what it was given.
func (r *ring) flush() error {
	for {
		err := unix.Send(r.fd, nil, 0)
		switch {
		case errors.Is(err, unix.EINTR), errors.Is(err, unix.ENOBUFS), errors.Is(err, unix.EAGAIN):
		default:
			return err
		}
	}
}
