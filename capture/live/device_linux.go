package live

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/seed-6ae541b3/goargus/capture"
)

// device is an interface that was asked for, or all of them.
type device struct {
	name  string
	index int // 0 of Any
	link  capture.LinkType
	iface uint16 // in Source.Interfaces
	up    bool

	rings   []*ring
	group   uint16 // fanout group of its own
	trouble string // that was told of

	filtered bool // the kernel decides about untagged Ethernet frames

	mu       sync.Mutex // over what the kernel counted
	received uint64
	dropped  uint64
}

// find looks up what the name means now.
func (d *device) find(fd int) (index int, up bool, link capture.LinkType, err error) {
	if d.name == Any {
		return 0, true, capture.Ethernet, nil
	}
	ask := func(request uint) (*unix.Ifreq, error) {
		req, err := unix.NewIfreq(d.name)
		if err != nil {
			return nil, err
		}
		return req, unix.IoctlIfreq(fd, request, req)
	}
	req, err := ask(unix.SIOCGIFINDEX)
	if err != nil {
		return 0, false, 0, d.missing(err)
	}
	index = int(req.Uint32())
	if req, err = ask(unix.SIOCGIFFLAGS); err != nil {
		return 0, false, 0, d.missing(err)
	}
	up = req.Uint16()&unix.IFF_UP != 0
	if req, err = ask(unix.SIOCGIFHWADDR); err != nil {
		return 0, false, 0, d.missing(err)
	}
	return index, up, linkOf(req.Uint16()), nil
}

// missing says which interfaces there are.
func (d *device) missing(err error) error {
	if !errors.Is(err, unix.ENODEV) && !errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("live: %s: %w", d.name, err)
	}
	known := "none is visible"
	if all, err := net.Interfaces(); err == nil && len(all) > 0 {
		known = "there are"
		for _, i := range all {
			known += " " + i.Name
		}
	}
	return fmt.Errorf("live: %s: %w; %s", d.name, ErrInterface, known)
}

// count adds what the kernel counted for a ring since the last time.
func (d *device) count(r *ring) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s, err := unix.GetsockoptTpacketStatsV3(r.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
		d.received += uint64(s.Packets)
		d.dropped += uint64(s.Drops)
		r.placed += uint64(s.Packets - s.Drops)
	}
}

// nameOf is the name of an interface by its number.
func nameOf(index int) string {
	if i, err := net.InterfaceByIndex(index); err == nil {
		return i.Name
	}
	return "if" + strconv.Itoa(index)
}
