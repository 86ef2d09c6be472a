//go:build pcap

package live

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/pcap"

	"github.com/seed-6ae541b3/goargus/capture"
)

// PcapSource captures from one interface through libpcap. It is a
// [capture.Source], [capture.Dropper] and [capture.Stopper].
type PcapSource struct {
	handle  *pcap.Handle
	link    capture.LinkType
	iface   []capture.Interface
	stopped atomic.Int64 // nanoseconds since the epoch, 0 is not yet
}

// OpenPcap begins to capture through libpcap from the one interface that cfg
// names. Promiscuous, SnapLen, RingSize and Filter are libpcap's; the other
// fields have no place here.
func OpenPcap(cfg Config) (*PcapSource, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if len(cfg.Interfaces) != 1 || cfg.Rings != 1 || cfg.Fanout != 0 {
		return nil, fmt.Errorf("%w: libpcap captures from one interface, without rings or a group", ErrConfig)
	}
	name := cfg.Interfaces[0]
	handle, err := activate(name, cfg)
	if err != nil {
		return nil, fmt.Errorf("live: %s: %w", name, err)
	}
	if cfg.Filter != "" {
		if err := handle.SetBPFFilter(cfg.Filter); err != nil {
			handle.Close()
			return nil, fmt.Errorf("live: %s: packet filter: %w", name, err)
		}
	}
	link := capture.LinkType(handle.LinkType()).Canonical()
	return &PcapSource{handle: handle, link: link, iface: []capture.Interface{{Name: name, Link: link, SnapLen: cfg.SnapLen}}}, nil
}

func activate(name string, cfg Config) (*pcap.Handle, error) {
	inactive, err := pcap.NewInactiveHandle(name)
	if err != nil {
		return nil, err
	}
	defer inactive.CleanUp()
	err = errors.Join(inactive.SetSnapLen(cfg.SnapLen), inactive.SetPromisc(cfg.Promiscuous),
		inactive.SetTimeout(100*time.Millisecond), inactive.SetBufferSize(cfg.RingSize))
	if err != nil {
		return nil, err
	}
	return inactive.Activate()
}

// ReadPackets reads one packet, and waits for it for a tenth of a second.
func (s *PcapSource) ReadPackets(buf []capture.Packet) (int, error) {
	if len(buf) == 0 {
		return 0, nil
	}
	stopped := s.stopped.Load()
	if stopped != 0 && time.Now().UnixNano()-stopped > int64(time.Second) {
		return 0, io.EOF // the traffic makes no pause
	}
	data, info, err := s.handle.ZeroCopyReadPacketData()
	switch {
	case err == nil:
	case errors.Is(err, pcap.NextErrorTimeoutExpired):
		if stopped != 0 {
			return 0, io.EOF
		}
		return 0, nil
	default:
		return 0, err
	}
	buf[0] = packetOf(data, info, s.link)
	return 1, nil
}

func packetOf(data []byte, info gopacket.CaptureInfo, link capture.LinkType) capture.Packet {
	return capture.Packet{Data: data, Time: info.Timestamp.UnixNano(), Length: max(info.Length, len(data)), Link: link}
}

// Interfaces is the one interface.
func (s *PcapSource) Interfaces() []capture.Interface { return s.iface }

// Dropped is the number of packets that the system lost.
func (s *PcapSource) Dropped() uint64 {
	stats, err := s.handle.Stats()
	if err != nil {
		return 0
	}
	return uint64(stats.PacketsDropped) + uint64(stats.PacketsIfDropped)
}

// Stop ends the capture at the next pause of the traffic, or in a second.
func (s *PcapSource) Stop() { s.stopped.CompareAndSwap(0, time.Now().UnixNano()) }

// Close releases the interface.
func (s *PcapSource) Close() error {
	s.handle.Close()
	return nil
}
