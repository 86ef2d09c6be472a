package capture

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/seed-6ae541b3/goargus/internal/packet"
	"github.com/seed-6ae541b3/goargus/record"
)

// Values of the durations in Config that are no durations. Zero is the default.
const (
	Never  time.Duration = math.MaxInt64 // the timer never fires
	AtOnce time.Duration = -1            // the timer fires whenever it is looked at
)

// Defaults of the sensor.
const (
	DefaultStatusInterval = 5 * time.Second
	DefaultTCPTimeout     = 60 * time.Second
	DefaultIPTimeout      = 30 * time.Second
	DefaultICMPTimeout    = 5 * time.Second
	DefaultARPTimeout     = 5 * time.Second
	DefaultOtherTimeout   = 30 * time.Second
	closedTimeout         = 10 * time.Second // of a TCP connection whose close is complete
	busyUDPTimeout        = 30 * time.Second // of a UDP flow with more than two packets in a record
	parentWait            = 2 * time.Second  // for the rest of a fragmented datagram after a report
	queueStep             = 500 * time.Millisecond
)

// Config says what the sensor tells of the flows. The zero value is a working
// configuration.
type Config struct {
	// SourceID identifies the sensor in its records. Without one records have
	// no transport DSR, and so no sequence number.
	SourceID record.SourceID

	// StatusInterval is the time after which a flow that goes on is reported.
	StatusInterval time.Duration
	// Timeouts are the times after their last report at which silent flows are
	// forgotten.
	Timeouts Timeouts

	AppBytes           bool // count application bytes
	Jitter             bool // inter-packet times
	PacketSizes        bool // smallest and largest packet
	SizeHistogram      bool // and how sizes are spread; needs PacketSizes
	MAC                bool // Ethernet addresses
	BidirectionalTimes bool // start and end of each side instead of the flow's
	FlowHash           bool // the hash of the flow key
	CaptureHeaders     bool // the bytes in front of the innermost network header

	// ManagementInterval is the time by the wall clock between the periodic
	// management records of Flows.
	ManagementInterval time.Duration
	// OnStats is told the counters by Flows, twice a second and at the end.
	OnStats func(Stats)

	// UserData is the number of application bytes kept of each side in each
	// record; -1 keeps those of the first packet that has any.
	UserData int
	// ControlPlane keeps all application bytes of ARP, RARP, IS-IS, LCP and of
	// the services in ControlPorts.
	ControlPlane bool
	ControlPorts []ControlPort

	StartRecords    bool // write a record at the first packet of a flow, too
	TrackDuplicates bool // mark TCP packets that were captured twice
	Keystrokes      Keystrokes

	Key             Key  // what tells flows apart beside addresses, protocol and ports
	Unidirectional  bool // each direction is a flow of its own
	TunnelDiscovery bool // look into UDP for VXLAN, Geneve, L2TP and Teredo
	KeepTunnels     bool // open no tunnel: packets belong to the outermost flow
	ProviderTags    bool // 0x88a8 and 0x9100 are VLAN tags, too

	// TableLimit bounds the number of flows. From seven eighths of it on, for
	// each flow that begins one goes of which only one side was heard, or a TCP
	// connection that is not open: floods and scans push themselves out. When
	// the table is full without any such flow, the one goes that has been idle
	// for longest or, if there is none, whose report is due first. A flow that
	// goes is reported; Stats.Evicted counts them. 0 is no limit.
	TableLimit int

	// Workers is the number of goroutines that work on flows. Up to 1 all work
	// is done by the caller. Records are the same for any number.
	Workers int
}

// Timeouts are the idle times by protocol.
type Timeouts struct {
	TCP      time.Duration // 60 s; 10 s once the connection is closed
	IP       time.Duration // 30 s; UDP, ESP and whatever has no line of its own
	ICMP     time.Duration // 5 s
	IGMP     time.Duration // 30 s
	Fragment time.Duration // 30 s; fragments whose first one was not seen
	ARP      time.Duration // 5 s; RARP, too
	Other    time.Duration // 30 s; flows without IP

	// TCPFallow keeps open TCP connections for so long after their idle time,
	// so that a sleeping connection keeps its identity. 0 is off.
	TCPFallow time.Duration
}

// Key is a set of what belongs to the identity of a flow.
type Key uint8

// What can be added to the key of a flow.
const (
	KeyVLAN   Key = 1 << iota // the id of the VLAN
	KeyMPLS                   // the outermost MPLS label
	KeyLayer2                 // both Ethernet addresses

	// KeyMatrix leaves protocol and ports out: one flow for all that passes
	// between two addresses.
	KeyMatrix
	// KeyEther makes every Ethernet frame part of a flow between two Ethernet
	// addresses.
	KeyEther
)

// ControlPort names a service whose data are control plane data.
type ControlPort struct {
	Proto uint8  // 6 or 17; 0 is both
	Port  uint16 // of either side
}

// ErrConfig is wrapped by the errors of NewSensor about its Config.
var ErrConfig = errors.New("capture: configuration")

// Counts reports whether a packet would be part of a flow. Those that are not
// are in Stats.Undecoded.
func (c *Config) Counts(p *Packet) bool {
	var f frame
	opt := c.walkOptions()
	f.Walk(uint32(p.Link), p.Data, max(p.Length, len(p.Data)), &opt)
	if f.Kind == packet.None {
		return false
	}
	f.identify(c)
	return f.key[4] != 0
}

func (c *Config) walkOptions() packet.Options {
	return packet.Options{Discover: c.TunnelDiscovery, Provider: c.ProviderTags, Shut: c.KeepTunnels}
}

// check reports what can not work.
func (c *Config) check() error {
	switch {
	case c.UserData < -1 || c.UserData > math.MaxUint16:
		return fmt.Errorf("%w: UserData is %d, expected -1 to %d", ErrConfig, c.UserData, math.MaxUint16)
	case c.SizeHistogram && !c.PacketSizes:
		return fmt.Errorf("%w: SizeHistogram needs PacketSizes", ErrConfig)
	case c.TableLimit < 0 || c.TableLimit > maxFlows:
		return fmt.Errorf("%w: TableLimit is %d, expected 0 to %d", ErrConfig, c.TableLimit, maxFlows)
	case c.Workers < 0 || c.Workers > maxWorkers:
		return fmt.Errorf("%w: Workers is %d, expected 0 to %d", ErrConfig, c.Workers, maxWorkers)
	case c.Key&KeyMatrix != 0 && c.Key&KeyEther != 0:
		return fmt.Errorf("%w: KeyMatrix and KeyEther exclude each other", ErrConfig)
	case c.Key&^(KeyVLAN|KeyMPLS|KeyLayer2|KeyMatrix|KeyEther) != 0:
		return fmt.Errorf("%w: unknown bits 0x%x in Key", ErrConfig, uint8(c.Key))
	}
	for _, p := range c.ControlPorts {
		if p.Proto != 0 && p.Proto != 6 && p.Proto != 17 {
			return fmt.Errorf("%w: control port %d has protocol %d, expected 6, 17 or 0", ErrConfig, p.Port, p.Proto)
		}
	}
	return nil
}

const (
	maxFlows   = 1<<31 - 2
	maxWorkers = 256
)

// nanoseconds resolves a duration of the configuration. The least duration
// stands for AtOnce, which no difference of times is below.
func nanoseconds(d, byDefault time.Duration) int64 {
	switch {
	case d == 0:
		return int64(byDefault)
	case d < 0:
		return math.MinInt64
	}
	return int64(d)
}
