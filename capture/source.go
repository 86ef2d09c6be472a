package capture

import (
	"github.com/google/gopacket"
)

// Source hands out packets in blocks. It is read by one goroutine at a time.
//
// Anything can be a Source: files through OpenFile and NewReader, the packet
// sources of gopacket through FromGopacket, or an appliance's own ring.
type Source interface {
	// ReadPackets fills buf from its front and returns the number of packets.
	// Their Data is valid until the next call of ReadPackets or Close. It may
	// return fewer packets than buf holds. As with io.Reader, the n packets
	// count even when err is not nil, and io.EOF is the regular end. (0, nil)
	// means that nothing has come for a while, which lets the reader look at
	// its clock; it calls again.
	ReadPackets(buf []Packet) (n int, err error)

	// Interfaces describes the interfaces that packets refer to by index. The
	// list may grow while packets are read (pcapng declares interfaces as it
	// goes); every index of a packet handed out is in the list.
	Interfaces() []Interface

	// Close releases the source. It must not run at the same time as
	// ReadPackets.
	Close() error
}

// Dropper is a Source that knows how many packets were lost before it could
// read them; the number goes into management records.
type Dropper interface {
	Dropped() uint64
}

// Stopper is a Source that can be asked, by any goroutine, to end in good
// order: ReadPackets returns the packets that came before and then io.EOF.
type Stopper interface {
	Stop()
}

// find looks for an ability of a source, or of the one that it hands packets on
// from: sources made of others have a method Unwrap.
func find[T any](src Source) (ability T, ok bool) {
	for {
		if ability, ok = src.(T); ok {
			return ability, true
		}
		wrapper, wraps := src.(interface{ Unwrap() Source })
		if !wraps {
			return ability, false
		}
		src = wrapper.Unwrap()
	}
}

// Interface is one place where packets were captured.
type Interface struct {
	Name    string   // "eth0"; empty where the capture does not tell
	Link    LinkType // framing of its packets
	SnapLen int      // bytes kept of a frame at most; 0 where there is no limit
}

// FromGopacket turns a packet source of gopacket (pcap, afpacket, pcapgo, ...)
// into a Source of one interface. Each call of ReadPackets reads one packet,
// because such a source may block. Errors are passed on as they are; Close
// calls the Close method of src if it has one.
func FromGopacket(src gopacket.PacketDataSource, iface Interface) Source {
	iface.Link = iface.Link.Canonical()
	s := &gopacketSource{read: src.ReadPacketData, src: src, interfaces: []Interface{iface}}
	if zero, ok := src.(gopacket.ZeroCopyPacketDataSource); ok {
		s.read = zero.ZeroCopyReadPacketData
	}
	return s
}

type gopacketSource struct {
	src        gopacket.PacketDataSource
	read       func() ([]byte, gopacket.CaptureInfo, error)
	interfaces []Interface
}

func (s *gopacketSource) ReadPackets(buf []Packet) (int, error) {
	if len(buf) == 0 {
		return 0, nil
	}
	data, info, err := s.read()
	if err != nil {
		return 0, err
	}
	buf[0] = Packet{
		Data:   data,
		Time:   info.Timestamp.UnixNano(),
		Length: max(info.Length, len(data)),
		Link:   s.interfaces[0].Link,
	}
	return 1, nil
}

func (s *gopacketSource) Interfaces() []Interface { return s.interfaces }

func (s *gopacketSource) Close() error {
	switch c := s.src.(type) {
	case interface{ Close() error }:
		return c.Close()
	case interface{ Close() }:
		c.Close()
	}
	return nil
}
