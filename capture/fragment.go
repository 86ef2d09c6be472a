package capture

// Fragments of a datagram but the first have no ports. A fragment flow, keyed
// by addresses, protocol and identification, leads from them to the flow of the
// first fragment, its parent: there they are counted. Before the first fragment
// comes the fragment flow counts for itself, and what it has counted is added
// to the parent then; if the first one never comes it is reported like any flow.

// fragments is the state of a fragment flow.
type fragments struct {
	parent  ref // noFlow while the first fragment has not been seen
	sibling ref // next fragment flow of the same parent
	created int64
	side    uint8 // of the parent
	marks   uint8 // bits of the qualifier

	count    uint32 // fragments
	bytes    uint32 // payload bytes
	longest  uint32
	total    uint32 // length of the datagram, once the last fragment was seen
	ranges   [maxRanges]byteRange
	used     uint8
	overflow bool // there were more ranges than fit: never complete
}

// byteRange is a part of a datagram: from the first byte to before the last.
type byteRange struct{ from, to uint32 }

// maxRanges bounds the parts of a datagram that are kept apart. A datagram
// whose fragments come so much out of order is counted like any other but not
// known to be complete.
const maxRanges = 16

// Bits of the fragment qualifier.
const (
	fragSeen       = 0x01
	fragOverlap    = 0x02
	fragInit       = 0x10
	fragOutOfOrder = 0x20
	fragBlock      = 0 // word of the protoState: the block of the fragments
)

// Bit of the IP attributes: the source sent fragments; the destination's is next.
const attrSrcFragment = 0x10

// firstFragment hangs the fragment flow of a datagram on the flow that its
// first fragment belongs to.
func (e *engine) firstFragment(r ref, parent *flow, p *frame) error {
	side := parent.side(p.swapped)
	e.aux(parent).frag |= attrSrcFragment << side
	q := fragmentKey(p, e.cfg)
	q.hash = e.hash.frame(&q)
	e.keep = r
	child, f, err := e.fragmentFlow(&q)
	e.keep = noFlow
	if err != nil {
		return err
	}
	s := e.frags.at(e.auxes.at(f.aux).proto.words[fragBlock])
	if s.count > 0 && s.parent == noFlow {
		s.marks |= fragOutOfOrder
		adopt(parent, f, side)
		e.adoptExtras(r, side, child)
	}
	e.leave(child, f, s)
	a := e.aux(parent)
	s.parent, s.side, s.sibling = r, uint8(side), a.fragments
	a.fragments = child
	e.pull(f)
	s.marks |= fragSeen
	s.add(0, uint32(max(p.Length, 0)), false)
	if s.complete() {
		e.leave(child, f, s)
		e.forget(child, f)
	}
	return nil
}

// adopt adds what a fragment flow counted before the first fragment came.
func adopt(parent, f *flow, side int) {
	parent.packets[side] += f.packets[0] + f.packets[1]
	parent.bytes[side] += f.bytes[0] + f.bytes[1]
	for i := range 2 {
		if t := f.first[i]; t != 0 && (parent.first[side] == 0 || t < parent.first[side]) {
			parent.first[side] = t
		}
	}
	parent.flags |= flagRange
	f.packets, f.bytes = [2]uint32{}, [2]uint64{}
	f.first, f.last = [2]int64{}, [2]int64{}
}

// fragmentKey makes the frame of a first fragment one of its datagram's
// fragment flow.
func fragmentKey(p *frame, cfg *Config) frame {
	q := *p
	q.FragAt = 1
	q.identify(cfg)
	q.FragAt = 0
	return q
}

// fragmentFlow finds or makes a fragment flow.
func (e *engine) fragmentFlow(p *frame) (ref, *flow, error) {
	if r := e.find(&p.key, &p.ext, p.hash); r != noFlow {
		return r, e.flow(r), nil
	}
	r, f, err := e.create(p)
	if err != nil {
		return r, f, err
	}
	a := e.aux(f)
	a.proto.kind = protoFragment
	a.proto.words[fragBlock] = e.frags.take()
	*e.frags.at(a.proto.words[fragBlock]) = fragments{created: p.clock, marks: fragInit}
	return r, f, nil
}

// fragment handles a fragment that is not the first of its datagram.
func (e *engine) fragment(p *frame) error {
	r, f, err := e.fragmentFlow(p)
	if err != nil {
		return err
	}
	s := e.frags.at(e.auxes.at(f.aux).proto.words[fragBlock])
	p.length, p.start = p.Length, p.Transport
	s.marks |= fragSeen
	s.add(uint32(p.FragAt), uint32(max(p.Length, 0)), !p.FragMore)
	if s.parent != noFlow {
		return e.countFragment(r, f, s, p)
	}
	if err := e.touch(r, f, p); err != nil {
		return err
	}
	e.begin(r, f, p)
	e.attributes(f, p)
	e.count(r, f, p, true)
	return nil
}

// countFragment counts a fragment at its parent.
func (e *engine) countFragment(child ref, f *flow, s *fragments, p *frame) error {
	r, side := s.parent, s.side
	parent := e.flow(r)
	if err := e.touch(r, parent, p); err != nil {
		return err
	}
	p.swapped = (side == 1) != (parent.flags&flagReverse != 0)
	e.begin(r, parent, p)
	e.attributes(parent, p)
	e.aux(parent).frag |= attrSrcFragment << side
	e.count(r, parent, p, true)
	if s.parent == r && s.complete() { // a report of the parent may have released it
		e.leave(child, f, s)
		e.forget(child, f)
	}
	return nil
}

// leave takes a fragment flow off its parent.
func (e *engine) leave(child ref, f *flow, s *fragments) {
	if s.parent == noFlow {
		return
	}
	a := e.aux(e.flow(s.parent))
	for at := &a.fragments; *at != noFlow; {
		next := e.fragmentsOf(*at)
		if *at == child {
			*at = next.sibling
			break
		}
		at = &next.sibling
	}
	s.parent, s.sibling = noFlow, noFlow
}

// fragmentsOf returns the state of a fragment flow.
func (e *engine) fragmentsOf(r ref) *fragments {
	return e.frags.at(e.auxes.at(e.flow(r).aux).proto.words[fragBlock])
}

// release forgets the fragment flows of a parent that have waited for long
// enough, at its report.
func (e *engine) release(a *aux, now int64) {
	for at := &a.fragments; *at != noFlow; {
		child := *at
		s := e.fragmentsOf(child)
		if now-s.created < int64(parentWait) {
			at = &s.sibling
			continue
		}
		*at = s.sibling
		s.parent, s.sibling = noFlow, noFlow
		e.forget(child, e.flow(child))
	}
}

// orphan forgets all fragment flows of a parent that is forgotten itself.
func (e *engine) orphan(a *aux) {
	for a.fragments != noFlow {
		child := a.fragments
		s := e.fragmentsOf(child)
		a.fragments = s.sibling
		s.parent, s.sibling = noFlow, noFlow
		e.forget(child, e.flow(child))
	}
}

// add notes a part of the datagram.
func (s *fragments) add(from, length uint32, final bool) {
	to := from + length
	s.count++
	s.bytes += length
	s.longest = max(s.longest, length)
	if final {
		s.total = to
	}
	merged := byteRange{from, to}
	keep := s.ranges[:0]
	for _, r := range s.ranges[:s.used] {
		if r.to < merged.from || merged.to < r.from {
			keep = append(keep, r)
			continue
		}
		if r.to > merged.from && merged.to > r.from {
			s.marks |= fragOverlap
		}
		merged = byteRange{min(r.from, merged.from), max(r.to, merged.to)}
	}
	if len(keep) == maxRanges {
		s.overflow = true
		return
	}
	s.used = uint8(len(append(keep, merged)))
}

// complete reports whether every byte of the datagram was seen.
func (s *fragments) complete() bool {
	return !s.overflow && s.total > 0 && s.used == 1 && s.ranges[0].from == 0 && s.ranges[0].to >= s.total
}
