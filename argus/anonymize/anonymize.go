package anonymize

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/seed-6ae541b3/goargus/record"
)

// Config says how records are anonymised. What has no rule is removed.
type Config struct {
	Key   Key
	Rules Rules

	Hierarchy   Hierarchy
	TruncateTo4 int // bits kept by Truncate; 0 is 24
	TruncateTo6 int // likewise; 0 is 48
	KeepTop4    int // leading bits that Prefix leaves as they are
	KeepTop6    int
	SameKey     bool // IPv6 by the same key as IPv4; else one is derived
	// KeepSpecial leaves unspecified, loopback, link-local, multicast and
	// broadcast addresses as they are. An address that would be mapped to one of
	// them is mapped again, which costs its common prefixes.
	KeepSpecial bool
	// PassThrough are networks whose addresses are left as they are, with the
	// same care.
	PassThrough []netip.Prefix
	// Fixed are images of single addresses. They must not be in use otherwise:
	// an address that would be mapped to one of them is mapped again.
	Fixed map[netip.Addr]netip.Addr

	Ports     []uint16 // ports that are kept beside those of the rule
	TimeShift int64    // nanoseconds that are added if time is "offset"; 0 is a keyed one
	TimeGrain int64    // nanoseconds: start times are cut to multiples; 0 is off
	SeqOffset uint32   // added if seq is "offset"; 0 is a keyed one

	Map *AddressMap // of Numbered
}

// Anonymizer maps records. It belongs to one goroutine.
type Anonymizer struct {
	cfg   Config
	addrs *addresses
	perm  *permutation
	shift int64
	seq   uint32
	tcp   uint32
	ports [65536 / 64]uint64 // that are kept
	hash  Key

	made, out record.Record
	head      [record.HeaderSize]byte
	buf, text []byte
}

// New checks a configuration.
func New(cfg Config) (*Anonymizer, error) {
	if err := cfg.Rules.check(); err != nil {
		return nil, err
	}
	if cfg.Key == (Key{}) {
		return nil, errors.New("anonymize: there is no key")
	}
	if cfg.TimeGrain < 0 {
		return nil, errors.New("anonymize: the grain of times is negative")
	}
	a := &Anonymizer{cfg: cfg, perm: newPermutation(cfg.Key.derive("permutation")), hash: cfg.Key.derive("hash")}
	var err error
	if a.addrs, err = newAddresses(&a.cfg); err != nil {
		return nil, err
	}
	a.shift = cfg.TimeShift
	if a.shift == 0 { // up to 30 years back, in whole seconds
		a.shift = -int64(a.perm.apply(u128{0, 1}, 62, 1).lo%(30*365*86400)+1) * 1e9
	}
	if a.seq = cfg.SeqOffset; a.seq == 0 {
		a.seq = uint32(a.perm.apply(u128{0, 2}, 32, 2).lo)
	}
	a.tcp = uint32(a.perm.apply(u128{0, 3}, 32, 3).lo)
	for _, p := range cfg.Ports {
		a.ports[p/64] |= 1 << (p % 64)
	}
	a.ports[0] |= 1 // port 0 is no port
	if cfg.Rules["port"] == Known {
		for p := range 1024 {
			a.ports[p/64] |= 1 << (p % 64)
		}
	}
	return a, nil
}

// Stage returns a stage that passes on what Record makes of each record.
func (a *Anonymizer) Stage() record.Stage {
	return func(src record.Stream) record.Stream {
		return func(yield func(*record.Record, error) bool) {
			for r, err := range src {
				if err == nil {
					r, err = a.Record(r)
				}
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// Record returns a record made of what the rules leave of r, valid until the
// next call. It has the kind, the cause and the version of r.
func (a *Anonymizer) Record(r *record.Record) (*record.Record, error) {
	v := r.Version()
	if v != record.Version3 {
		v = record.Version5
	}
	if r.Kind() == record.Management {
		m, err := a.management(r.Management())
		if err != nil {
			return nil, err
		}
		a.buf = record.AppendManagement(a.buf[:0], v, r.Cause(), &m)
		return &a.out, a.out.Load(a.buf)
	}
	a.head = [record.HeaderSize]byte{byte(r.Kind()) | byte(v), byte(r.Cause()), 0, 1}
	if err := a.made.Load(a.head[:]); err != nil {
		return nil, err
	}
	if err := a.fill(&a.made, r); err != nil {
		return nil, fmt.Errorf("anonymize: %w", err)
	}
	var err error
	if a.buf, err = a.made.AppendTo(a.buf[:0], v); err != nil {
		return nil, err
	}
	return &a.out, a.out.Load(a.buf)
}

// time maps a moment. Zero is none.
func (a *Anonymizer) time(t int64) int64 {
	if t == 0 {
		return 0
	}
	switch a.cfg.Rules["time"] {
	case Keep:
	case Offset:
		t += a.shift
	default:
		return 0
	}
	return t
}

// span maps the times of a side, whose duration stays.
func (a *Anonymizer) span(s record.Span, cut int64) record.Span {
	s = record.Span{Start: a.time(s.Start), End: a.time(s.End)}
	if s.Start != 0 {
		s.Start -= cut
	}
	if s.End != 0 {
		s.End -= cut
	}
	return s
}

// cut is what is taken off the times of a record whose start is cut to the
// grain.
func (a *Anonymizer) cut(t *record.Times) int64 {
	if a.cfg.TimeGrain == 0 || t.Start() == 0 {
		return 0
	}
	return ((a.time(t.Start()) % a.cfg.TimeGrain) + a.cfg.TimeGrain) % a.cfg.TimeGrain
}

// number maps a number of n bits by a rule; zero stays.
func (a *Anonymizer) number(part Part, x uint64, n int) uint64 {
	switch a.cfg.Rules[part] {
	case Keep:
		return x
	case Map:
		return a.perm.within(x, n, isZero, tweak(part))
	}
	return 0
}

func isZero(x uint64) bool { return x == 0 }

// tweak makes the bijections of parts different.
func tweak(p Part) uint64 {
	t := uint64(14695981039346656037)
	for _, c := range []byte(p) {
		t = (t ^ uint64(c)) * 1099511628211
	}
	return t
}

// port maps a port.
func (a *Anonymizer) port(p uint16) uint16 {
	switch a.cfg.Rules["port"] {
	case Keep:
		return p
	case Map, Known:
		return uint16(a.perm.within(uint64(p), 16, a.keptPort, tweak("port")))
	}
	return 0
}

func (a *Anonymizer) keptPort(p uint64) bool { return a.ports[p/64]>>(p%64)&1 != 0 }

// mac maps an Ethernet address. Broadcast and zero stay, and so do the bits that
// tell groups and local addresses.
func (a *Anonymizer) mac(m record.MAC) record.MAC {
	rule := a.cfg.Rules["mac"]
	switch {
	case m == record.MAC{}, rule == Keep, m == broadcast && rule != Remove:
		return m
	case rule == Remove:
		return record.MAC{}
	}
	x := uint64(0)
	for _, b := range m {
		x = x<<8 | uint64(b)
	}
	if rule == Vendor {
		vendor := x >> 24
		low := a.perm.within(x&0xFFFFFF, 24, func(y uint64) bool { return vendor == 0 && y == 0 || vendor == 0xFFFFFF && y == 0xFFFFFF }, vendor)
		x = vendor<<24 | low
	} else {
		marks := x >> 40 & 3
		// Without the two marks there are 46 bits.
		y := x>>42<<40 | x&0xFFFFFFFFFF
		y = a.perm.within(y, 46, func(y uint64) bool { return y == 0 || y == 1<<46-1 }, tweak("mac")^marks)
		x = y>>40<<42 | marks<<40 | y&0xFFFFFFFFFF
	}
	for i := range m {
		m[i] = byte(x >> (40 - 8*i))
	}
	return m
}

var broadcast = record.MAC{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}

// endpoint maps an address of any family.
func (a *Anonymizer) endpoint(e record.Endpoint) (record.Endpoint, error) {
	switch e.Family() {
	case record.IPv4:
		b := e.Addr().As4()
		err := a.addrs.map4(&b)
		return record.EndpointFrom4(b), err
	case record.IPv6:
		b := e.Addr().As16()
		err := a.addrs.map6(&b)
		return record.EndpointFrom16(b), err
	case record.Ethernet:
		return record.EndpointFromMAC(a.mac(e.MAC())), nil
	}
	return e, nil
}
