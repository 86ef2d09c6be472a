package capture

import "encoding/binary"

// extras holds what options of the configuration ask for, one block beside
// every flow.
type extras struct {
	app     [2]uint64
	latest  [2]int64 // latest packet of each side, over all records
	active  [2]interval
	idle    [2]interval
	sizes   [2]sizeRange
	data    [2]userData
	ether   etherPair // of the first packet
	etherIs etherBits
}

// etherBits says what is known of Ethernet addresses.
type etherBits uint8

const (
	etherSrcMany etherBits = 1 << iota // the source has had more than one pair
	etherDstMany
	etherKnown
)

// reset empties a block for a new flow.
func (x *extras) reset() { *x = extras{} }

// renew empties what counts for one record.
func (x *extras) renew() {
	x.app = [2]uint64{}
	x.active, x.idle = [2]interval{}, [2]interval{}
	x.sizes = [2]sizeRange{}
}

// turn exchanges the sides.
func (x *extras) turn() {
	x.app[0], x.app[1] = x.app[1], x.app[0]
	x.latest[0], x.latest[1] = x.latest[1], x.latest[0]
	x.active[0], x.active[1] = x.active[1], x.active[0]
	x.idle[0], x.idle[1] = x.idle[1], x.idle[0]
	x.sizes[0], x.sizes[1] = x.sizes[1], x.sizes[0]
	x.data[0], x.data[1] = x.data[1], x.data[0]
	x.ether.mac[0], x.ether.mac[1] = x.ether.mac[1], x.ether.mac[0]
	if many := x.etherIs & (etherSrcMany | etherDstMany); many == etherSrcMany || many == etherDstMany {
		x.etherIs ^= etherSrcMany | etherDstMany
	}
}

// extrasOf returns the extras of a flow; fresh makes sure that there is room.
func (e *engine) extrasOf(r ref, fresh bool) *extras {
	s, i := &e.extras[0], uint32(r&^tcpFlow)
	if r&tcpFlow != 0 {
		s = &e.extras[1]
	}
	if fresh {
		s.reach(i)
	}
	return s.at(i)
}

// countExtras counts a packet in the extras. The packet's own counts are in the
// flow already.
func (e *engine) countExtras(r ref, f *flow, p *frame, side int, active bool) {
	x := e.extrasOf(r, false)
	if p.length > 0 {
		x.app[side] += uint64(p.length)
		if e.cfg.UserData != 0 || e.cfg.ControlPlane {
			e.keepData(x, f, p, side)
		}
	}
	if e.cfg.PacketSizes {
		x.sizes[side].add(p.Bytes, e.cfg.SizeHistogram)
	}
	if e.cfg.Jitter {
		x.measure(p.now, side, active, e.lists[listStatus].wait)
	}
	if e.cfg.MAC {
		x.addresses(p, side)
	}
}

// addresses remembers the Ethernet header of the first packet and whether later
// ones differ.
func (x *extras) addresses(p *frame, side int) {
	h := p.EtherHeader()
	if h == nil {
		return
	}
	var seen etherPair
	seen.mac[1-side] = mac(h)
	last := binary.BigEndian.Uint64(h[macSize:])
	seen.mac[side], seen.kind = last>>16, uint16(last)
	switch {
	case x.etherIs&etherKnown == 0:
		x.ether = seen
		x.etherIs |= etherKnown
	case seen != x.ether:
		x.etherIs |= etherSrcMany << side
	}
}

// etherPair is what an Ethernet header says, by side.
type etherPair struct {
	mac  [2]uint64
	kind uint16
}

// adoptExtras adds what a fragment flow counted to a side of its parent.
func (e *engine) adoptExtras(parent ref, side int, child ref) {
	if !e.withExtras {
		return
	}
	to, from := e.extrasOf(parent, false), e.extrasOf(child, false)
	to.app[side] += from.app[0] + from.app[1]
	for i := range from.sizes {
		to.sizes[side].merge(&from.sizes[i])
	}
	e.dropData(from)
	from.renew()
}
