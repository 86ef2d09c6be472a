package live

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/seed-6ae541b3/goargus/capture"
)

// Any is the name that stands for all interfaces, those that are yet to come
// included. Frames of interfaces without a link layer that the sensor knows
// come with a cooked header ([capture.LinuxSLL2]).
const Any = "any"

// DefaultRingSize is the memory of a ring. It holds 200 to 500 milliseconds of
// 100,000 packets a second with [DefaultSnapLen].
const DefaultRingSize = 8 << 20

// DefaultSnapLen keeps the headers of all but the deepest tunnels.
const DefaultSnapLen = 256

// Config says what to capture. The zero value captures from the interface of
// the default route.
type Config struct {
	// Interfaces are the names of interfaces, or Any alone. Each packet refers
	// to its own by index.
	Interfaces []string

	// SnapLen is how many bytes are kept of a frame; 0 is DefaultSnapLen,
	// capture.MaxPacketSize keeps all.
	SnapLen int

	// Promiscuous asks the interfaces for all frames on their wire, not just
	// those to this machine. It has no effect on Any.
	Promiscuous bool

	// Filter is an expression of the pcap-filter language. The kernel applies
	// it if its program is not too long, else Source does.
	Filter string

	// RingSize is the memory of each ring in bytes; 0 is DefaultRingSize.
	RingSize int

	// Rings is the number of rings of each interface, for the kernel to fill
	// at the same time: one for each core that receives packets. Packets of all
	// rings come in the order of their time. 0 is 1. With several rings an
	// interface that comes back is opened again, which needs the privileges
	// that opening it took.
	Rings int

	// Fanout joins the sources that have the same number, in any processes, to
	// share the packets of their one interface by flow: the two directions of a
	// flow go to the same source. 0 shares nothing.
	Fanout uint16

	// Log takes messages about interfaces that go and come. nil is none.
	Log slog.Handler
}

// Stats are the kernel's counters of an interface.
type Stats struct {
	Interface string
	Up        bool
	Received  uint64 // packets that passed the filter, lost ones included
	Dropped   uint64 // packets that found the ring full
}

var (
	// ErrUnsupported is the error of Open on systems other than Linux.
	ErrUnsupported = errors.New("live capture is for Linux")

	// ErrConfig is wrapped by errors about a Config that can not work.
	ErrConfig = errors.New("live: configuration")

	// ErrInterface is wrapped by errors about interfaces that do not exist.
	ErrInterface = errors.New("no such interface")
)

const (
	blockSize  = 256 << 10 // of a ring: what the kernel hands over at a time
	leastRing  = 4 * blockSize
	largestMem = 1 << 30
	maxRings   = 64
)

// check fills in defaults and reports what can not work.
func (c *Config) check() error {
	if c.SnapLen == 0 {
		c.SnapLen = DefaultSnapLen
	}
	if c.RingSize == 0 {
		c.RingSize = DefaultRingSize
	}
	if c.Rings == 0 {
		c.Rings = 1
	}
	switch {
	case c.SnapLen < 0 || c.SnapLen > capture.MaxPacketSize:
		return fmt.Errorf("%w: SnapLen is %d, expected 0 to %d", ErrConfig, c.SnapLen, capture.MaxPacketSize)
	case c.RingSize < leastRing || c.RingSize > largestMem:
		return fmt.Errorf("%w: RingSize is %d, expected %d to %d", ErrConfig, c.RingSize, leastRing, largestMem)
	case c.Rings < 1 || c.Rings > maxRings:
		return fmt.Errorf("%w: Rings is %d, expected 1 to %d", ErrConfig, c.Rings, maxRings)
	case c.Fanout != 0 && len(c.Interfaces) > 1:
		return fmt.Errorf("%w: Fanout shares the packets of one interface, found %d", ErrConfig, len(c.Interfaces))
	}
	seen := map[string]bool{}
	for _, name := range c.Interfaces {
		if seen[name] {
			return fmt.Errorf("%w: interface %s is named twice", ErrConfig, name)
		}
		seen[name] = true
	}
	if seen[Any] && len(seen) > 1 {
		return fmt.Errorf("%w: %s stands for all interfaces, others can not be named beside it", ErrConfig, Any)
	}
	return nil
}
