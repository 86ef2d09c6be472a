package capture

import (
	"math"

	"github.com/seed-6ae541b3/goargus/internal/packet"
)

// engine turns frames into records: one goroutine, one table of flows. A
// Sensor has one or several.
type engine struct {
	sensor *Sensor
	cfg    *Config
	hash   hasher
	table  table
	lists  [numLists]queue
	others slab[flow]
	conns  slab[connection]
	extras [2]slab[extras] // beside others and conns, if options ask for them
	auxes  slab[aux]
	exts   slab[extension]
	tuns   slab[tunnelState]
	frags  slab[fragments]
	keys   slab[keystrokes]
	data   store

	encaps     [256]uint32 // encapsulation words by their number
	encapsUsed int

	pending int    // flows on the status list
	flows   int    // flows in all
	begun   uint64 // flows that ever were
	evicted uint64
	limit   int // of flows, 0 for none
	search  search
	sink    func(e *engine, stage outputStage, first uint64, record []byte) error
	names   *names
	buf     []byte
	number  uint64     // of the packet in hand
	keep    ref        // its flow, if that must not make room for another
	due     bool       // the queues run after it
	held    heldReport // waits for its place among the reports of the queues
	sum     uint64     // keeps the loads of the look-ahead alive
	frames  [lookAhead]frame
	counts  counts
	orders  [2]slab[uint64] // beside others and conns, if several engines share the work: first packet of the record

	withExtras   bool
	ordered      bool // orders are kept
	severalFaces bool // packets have come from an interface other than the first
}

// outputStage tells the records that the packet in hand leads to at once from
// those whose time has come.
type outputStage uint8

const (
	stageAtOnce outputStage = iota
	stageDue
)

func newEngine(s *Sensor) *engine {
	cfg := &s.cfg
	e := &engine{
		sensor: s,
		cfg:    cfg,
		hash:   s.hash,
		table:  makeTable(),
		others: makeSlab[flow](13),
		conns:  makeSlab[connection](12),
		extras: [2]slab[extras]{makeSlab[extras](12), makeSlab[extras](12)},
		auxes:  makeSlab[aux](13),
		exts:   makeSlab[extension](14),
		orders: [2]slab[uint64]{makeSlab[uint64](13), makeSlab[uint64](13)},
		tuns:   makeSlab[tunnelState](13),
		frags:  makeSlab[fragments](12),
		keys:   makeSlab[keystrokes](11),

		encaps:     [256]uint32{encapsInAux: ^uint32(0)}, // no word is that
		encapsUsed: 1,

		limit: cfg.TableLimit,
		names: &s.names,
	}
	t := &cfg.Timeouts
	for l, wait := range map[listID]int64{
		listStatus:   nanoseconds(cfg.StatusInterval, DefaultStatusInterval),
		listTCP:      nanoseconds(t.TCP, DefaultTCPTimeout),
		listClosed:   int64(closedTimeout),
		listIP:       nanoseconds(t.IP, DefaultIPTimeout),
		listBusyUDP:  int64(busyUDPTimeout),
		listICMP:     nanoseconds(t.ICMP, DefaultICMPTimeout),
		listIGMP:     nanoseconds(t.IGMP, DefaultIPTimeout),
		listFragment: nanoseconds(t.Fragment, DefaultIPTimeout),
		listARP:      nanoseconds(t.ARP, DefaultARPTimeout),
		listOther:    nanoseconds(t.Other, DefaultOtherTimeout),
		listFallow:   nanoseconds(t.TCPFallow, Never),
	} {
		e.lists[l].wait = wait
	}
	e.withExtras = cfg.AppBytes || cfg.Jitter || cfg.PacketSizes || cfg.MAC || cfg.UserData != 0 || cfg.ControlPlane
	return e
}

// flow returns a flow of either kind.
func (e *engine) flow(r ref) *flow {
	if r&tcpFlow != 0 {
		return &e.conns.at(uint32(r &^ tcpFlow)).flow
	}
	return e.others.at(uint32(r))
}

// connection returns a TCP flow.
func (e *engine) connection(r ref) *connection { return e.conns.at(uint32(r &^ tcpFlow)) }

// aux returns the aux block of a flow and makes one if it has none.
func (e *engine) aux(f *flow) *aux {
	if f.aux == 0 {
		f.aux = e.auxes.take()
	}
	return e.auxes.at(f.aux)
}

// find returns the flow of a key, noFlow if there is none.
func (e *engine) find(key *[keyWords]uint64, ext *extension, hash uint64) ref {
	t := &e.table
	mask := uint64(len(t.slots) - 1)
	for i := t.home(hash); ; i = (i + 1) & mask {
		slot := t.slots[i]
		if slot == 0 {
			return noFlow
		}
		if slot>>32 == hash>>32 {
			if r := ref(slot); e.has(e.flow(r), key, ext) {
				return r
			}
		}
	}
}

// has reports whether a flow has a key. A flow that was forgotten has none.
func (e *engine) has(f *flow, key *[keyWords]uint64, ext *extension) bool {
	return sameKey(&f.key, key) && (keyKind(key[4]>>56)&keyExtended == 0 || e.sameExtension(f, ext))
}

func sameKey(a, b *[keyWords]uint64) bool {
	return (a[0]^b[0])|(a[1]^b[1])|(a[2]^b[2])|(a[3]^b[3])|(a[4]^b[4]) == 0
}

func (e *engine) sameExtension(f *flow, ext *extension) bool {
	x := e.exts.at(e.auxes.at(f.aux).extension)
	return x.size == ext.size && x.bytes == ext.bytes
}

// hashOf hashes the key of a flow again.
func (e *engine) hashOf(f *flow) uint64 {
	if keyKind(f.key[4]>>56)&keyExtended == 0 {
		return e.hash.key(&f.key)
	}
	return e.hash.extended(&f.key, e.exts.at(e.auxes.at(f.aux).extension))
}

// create makes a flow for a frame that belongs to none and puts it on the
// status list.
func (e *engine) create(p *frame) (ref, *flow, error) {
	if e.limit > 0 && e.flows >= e.limit-e.limit/8 {
		if err := e.makeRoom(p.clock); err != nil {
			return noFlow, nil, err
		}
	}
	var r ref
	var f *flow
	if protoOf(&p.key) == packet.ProtoTCP && isTransport(kindOf(&p.key)) {
		i := e.conns.take()
		r, f = ref(i)|tcpFlow, &e.conns.at(i).flow
	} else {
		i := e.others.take()
		r, f = ref(i), e.others.at(i)
	}
	f.key = p.key
	if p.swapped {
		f.flags |= flagReverse
	}
	if p.answer {
		f.flags |= flagAnswer
	}
	if e.withExtras {
		e.extrasOf(r, true).reset()
	}
	if p.ext.size > 0 {
		a := e.aux(f)
		a.extension = e.exts.take()
		*e.exts.at(a.extension) = p.ext
	}
	if e.ordered {
		e.orderOf(r, true)
	}
	e.table.insert(p.hash, r)
	e.push(r, f, listStatus, p.clock)
	e.flows++
	e.begun++
	return r, f, nil
}

func isTransport(k keyKind) bool { return k == keyIPv4 || k == keyIPv6 }

// forget removes a flow which has nothing left to report.
func (e *engine) forget(r ref, f *flow) {
	e.pull(f)
	e.table.remove(e.hashOf(f), r)
	e.flows--
	if f.aux != 0 {
		e.forgetAux(f)
	}
	f.key[4] = 0
	if e.withExtras {
		e.dropData(e.extrasOf(r, false))
	}
	if r&tcpFlow != 0 {
		e.conns.give(uint32(r &^ tcpFlow))
	} else {
		e.others.give(uint32(r))
	}
}

func (e *engine) forgetAux(f *flow) {
	a := e.auxes.at(f.aux)
	e.orphan(a)
	if a.extension != 0 {
		e.exts.give(a.extension)
	}
	if a.tunnel != 0 {
		e.dropTunnel(a)
	}
	if a.keys != 0 {
		e.keys.give(a.keys)
	}
	if a.proto.kind == protoFragment {
		e.frags.give(a.proto.words[fragBlock])
	}
	e.auxes.give(f.aux)
	f.aux = 0
}

// frame takes one frame through the model: find or make its flow, tell it of
// the frame, let the queues run if it is time.
func (e *engine) frame(p *frame, role role, guess ref) error {
	e.number, e.due = p.number, p.tick
	if role&roleCount != 0 {
		if err := e.deliver(p, guess); err != nil {
			return err
		}
	}
	if role&roleMap != 0 && p.quoted.valid {
		e.mapError(p)
	}
	if p.tick {
		return e.expire(p.clock)
	}
	return nil
}

// role says what an engine has to do with a frame.
type role uint8

const (
	roleCount role = 1 << iota // the frame belongs to one of its flows
	roleMap                    // if it is an ICMP error it is about one of its flows
	roleTick                   // the queues are to run
)

// orderOf returns the place where the first packet of a flow's record is noted.
func (e *engine) orderOf(r ref, fresh bool) *uint64 {
	s, i := &e.orders[0], uint32(r&^tcpFlow)
	if r&tcpFlow != 0 {
		s = &e.orders[1]
	}
	if fresh {
		s.reach(i)
	}
	return s.at(i)
}

// deliver counts a frame in its flow, which is guess if that has its key.
func (e *engine) deliver(p *frame, guess ref) error {
	if k := kindOf(&p.key); k == keyFragment4 || k == keyFragment6 {
		return e.fragment(p)
	}
	r := guess
	if r == noFlow || !e.has(e.flow(r), &p.key, &p.ext) {
		r = e.find(&p.key, &p.ext, p.hash)
	}
	fresh := r == noFlow
	var f *flow
	var err error
	if fresh {
		r, f, err = e.create(p)
	} else {
		f = e.flow(r)
		err = e.touch(r, f, p)
	}
	if err != nil {
		return err
	}
	if err := e.update(r, f, p, fresh); err != nil {
		return err
	}
	if fresh && e.cfg.StartRecords {
		return e.retireStart(r, f, p.clock)
	}
	return nil
}

// flush reports everything, the oldest first.
func (e *engine) flush(now int64) error {
	_, err := e.flushSome(now, math.MaxInt)
	return err
}

// flushSome reports so many of the oldest flows. It tells whether there are more.
func (e *engine) flushSome(now int64, n int) (more bool, err error) {
	for ; n > 0 && e.lists[listStatus].head != noFlow; n-- {
		r := e.lists[listStatus].head
		if err := e.retire(r, e.flow(r), now); err != nil {
			return false, err
		}
	}
	return e.lists[listStatus].head != noFlow, nil
}

// minTime and maxTime bound the clock, so that differences never overflow.
const (
	minTime = -1 << 62
	maxTime = 1 << 62
)
