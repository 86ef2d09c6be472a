package live

import (
	"fmt"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// retire is how long the kernel keeps a block that is not full, in milliseconds.
const retire = 20

// ring is a socket and the memory that it shares with the kernel: blocks of
// frames, which the kernel fills and we hand back, in turn.
type ring struct {
	dev *device
	fd  int
	mem []byte

	placed uint64 // frames that the kernel has put into it
	taken  uint64 // and those that were read

	next  int  // block that is read or waited for
	left  int  // frames in it that are still to come
	at    int  // where the next of them is
	spent bool // all its frames were handed out: it goes back when they are done with
}

// openRing makes a ring that receives nothing yet.
func openRing(dev *device, cfg *Config) (*ring, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("live: %s: opening a packet socket: %w", dev.name, err)
	}
	r := &ring{dev: dev, fd: fd}
	if err := r.share(cfg); err != nil {
		r.close()
		return nil, fmt.Errorf("live: %s: making a ring of %d bytes: %w", dev.name, cfg.RingSize, err)
	}
	return r, nil
}

// share sets up the memory.
func (r *ring) share(cfg *Config) error {
	if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_RESERVE, reserve); err != nil {
		return err
	}
	const frameSize = 2048 // of no importance: frames are as long as they are
	blocks := cfg.RingSize / blockSize
	req := unix.TpacketReq3{
		Block_size: blockSize, Block_nr: uint32(blocks),
		Frame_size: frameSize, Frame_nr: uint32(blocks * (blockSize / frameSize)),
		Retire_blk_tov: retire,
	}
	if err := unix.SetsockoptTpacketReq3(r.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &req); err != nil {
		return err
	}
	mem, err := unix.Mmap(r.fd, 0, blocks*blockSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	r.mem = mem
	return err
}

func (r *ring) close() {
	if r.mem != nil {
		_ = unix.Munmap(r.mem)
	}
	_ = unix.Close(r.fd)
	r.mem, r.fd, r.left, r.spent = nil, -1, 0, false
}

// filter gives the kernel the program that packets must pass.
func (r *ring) filter(code program) error {
	prog := make([]unix.SockFilter, len(code))
	for i, in := range code {
		prog[i] = unix.SockFilter{Code: in.Op, Jt: in.Jt, Jf: in.Jf, K: in.K}
	}
	return unix.SetsockoptSockFprog(r.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]})
}

// bind begins to receive from the interface that the device is now.
func (r *ring) bind(cfg *Config) error {
	address := &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL), Ifindex: r.dev.index}
	if err := unix.Bind(r.fd, address); err != nil {
		return err
	}
	if cfg.Promiscuous && r.dev.index != 0 {
		mreq := &unix.PacketMreq{Ifindex: int32(r.dev.index), Type: unix.PACKET_MR_PROMISC}
		return unix.SetsockoptPacketMreq(r.fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, mreq)
	}
	return nil
}

func networkOrder(v uint16) uint16 { return v<<8 | v>>8 }

// load reports whether there is a frame to be read.
func (r *ring) load() bool {
	if r.left > 0 {
		return true
	}
	if r.spent || r.mem == nil {
		return false
	}
	block := r.block()
	if native.Uint32(block[blockStatus:])&unix.TP_STATUS_USER == 0 {
		return false
	}
	fence() // what the kernel wrote before the status is seen from here on
	r.left, r.at = int(native.Uint32(block[blockFrames:])), int(native.Uint32(block[blockFirst:]))
	if r.left == 0 || !r.sound() {
		r.release()
		return r.load()
	}
	return true
}

func (r *ring) block() []byte { return r.mem[r.next*blockSize : (r.next+1)*blockSize] }

// sound reports whether the next frame lies in the block.
func (r *ring) sound() bool { return r.at >= blockHeader && r.at+frameHeader <= blockSize }

// frame is the next frame; load reported that there is one.
func (r *ring) frame() frame { return frame(r.block()[r.at:]) }

// advance leaves the frame behind. When it was the last of its block, no other
// block is begun before release.
func (r *ring) advance() {
	r.left--
	r.taken++
	r.at += int(native.Uint32(r.frame()))
	if r.left == 0 || !r.sound() {
		r.left, r.spent = 0, true
	}
}

// release hands a block back to the kernel.
func (r *ring) release() {
	fence() // reading ends before the kernel may write
	native.PutUint32(r.block()[blockStatus:], unix.TP_STATUS_KERNEL)
	r.left, r.spent = 0, false
	r.next = (r.next + 1) % (len(r.mem) / blockSize)
}

var barrier atomic.Uint32

// fence keeps memory accesses before it and after it in their order, on
// processors that would exchange them.
func fence() { barrier.Add(1) }

// failure is the pending error of the socket.
func (r *ring) failure() error {
	n, err := unix.GetsockoptInt(r.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil || n == 0 {
		return err
	}
	return unix.Errno(n)
}
