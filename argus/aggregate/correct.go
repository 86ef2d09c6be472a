package aggregate

import (
	"hash/maphash"

	"github.com/seed-6ae541b3/goargus/record"
)

// corrector finds the group of a record that was seen the other way round.
type corrector struct {
	key *Key
	buf []byte
}

// addReversed looks for a group of the reverse of the record, and merges the
// record with it: one of the two is turned round. It reports false if the record
// is to be a group of its own.
func (g *group) addReversed(b *batch, i *item, emit func(*record.Record) error) (bool, error) {
	if err := b.load(i, &g.b, &g.shapes); err != nil {
		return false, err
	}
	f := g.b.Flow()
	if !g.b.Has(record.DSRFlow) || !f.IsIP() || f.Class == record.ClassARP || f.Proto == record.ProtoESP {
		return false, nil
	}
	at, found := g.findOther(g.otherKey(b.keyOf(i)))
	if pair, ok := icmpPair(f); !found && ok {
		was := f.ICMPType
		f.ICMPType = pair
		at, found = g.findOther(g.otherKey(b.keyOf(i)))
		if !found {
			f.ICMPType = was
			return false, nil
		}
		g.b.SetFlow(*f)
	}
	if !found {
		return false, nil
	}
	ref := uint32(g.table.slots[at] & refMask)
	if err := g.at(ref).load(&g.a, &g.shapes); err != nil {
		return false, err
	}
	switch g.whoTurns(&g.a, &g.b) {
	case turnNone:
		return false, nil
	case turnGroup:
		return true, g.turnGroup(at, b, i, emit)
	}
	g.b.SetMetrics(*g.b.Metrics()) // a changed record is turned round for good
	g.b.Reverse()
	return true, g.merge(at, i.seq, emit)
}

// otherKey is the key of the record in g.b turned round, which has a key now. It
// is in the same bin.
func (g *group) otherKey(now []byte) []byte {
	key := g.correct.buf[:0]
	if g.rules.bins {
		key = append(key, now[:binSize]...)
	}
	return g.correct.key.appendOther(key, &g.b)
}

// findOther looks for the group of another key.
func (g *group) findOther(key []byte) (uint, bool) {
	g.correct.buf = key
	g.search = key
	return g.table.find(maphash.Bytes(g.rules.seed, key)&^refMask, g.match)
}

// turnGroup turns the group in a slot round, gives it the key of an item, and
// merges the record in g.b, which is that of the item, with it.
func (g *group) turnGroup(at uint, b *batch, i *item, emit func(*record.Record) error) error {
	ref := uint32(g.table.slots[at] & refMask)
	g.a.SetMetrics(*g.a.Metrics())
	g.a.Reverse()
	if f := g.a.Flow(); f.Direction {
		f.Direction = false
		g.a.SetFlow(*f)
	}
	var err error
	if g.held, err = g.merger.AppendHeld(g.held[:0], &g.a); err != nil {
		return err
	}
	h := i.head
	h.flags = flagHeld
	key := b.keyOf(i)
	n := blockUnits(len(key), len(g.held))
	to := g.arena.alloc(n)
	g.at(to).fill(n, h, key, g.held)
	g.table.remove(at)
	if g.timers != nil {
		g.timers.rename(ref, to)
	}
	g.arena.release(ref)
	g.table.insert(i.hash, to)
	g.search = key
	at, _ = g.table.find(i.hash, g.match)
	return g.merge(at, i.seq, emit)
}

// turning says which of a group and a record is turned round.
type turning uint8

const (
	turnNone turning = iota // they do not belong together
	turnRecord
	turnGroup
)

// whoTurns decides who saw the connection the wrong way round: for TCP by who
// saw its SYN, else by who started later.
func (g *group) whoTurns(t, n *record.Record) turning {
	f := n.Flow()
	if !f.IsIP() || f.Proto != record.ProtoTCP {
		if !g.rules.bins && t.Times().Start() > n.Times().Start() {
			return turnGroup
		}
		return turnRecord
	}
	x, y := t.Network(), n.Network()
	if !x.IsTCP() || !y.IsTCP() || !t.Has(record.DSRNetwork) || !n.Has(record.DSRNetwork) {
		return turnRecord
	}
	s := y.TCP.Status
	switch {
	case s&record.TCPSyn != 0 && x.TCP.Status&record.TCPSyn != 0:
		return turnNone
	case s&record.TCPSyn != 0, s&record.TCPSynAck != 0 && s&record.TCPEstablished != 0:
		return turnGroup
	}
	return turnRecord
}

// icmpPair is the type of the answer to an ICMP request, and the reverse.
func icmpPair(f *record.Flow) (uint8, bool) {
	if !f.IsIP() || f.Proto != record.ProtoICMP {
		return 0, false
	}
	switch f.ICMPType {
	case 0, 8:
		return 8 - f.ICMPType, true
	case 9, 10:
		return 19 - f.ICMPType, true
	case 13, 14:
		return 27 - f.ICMPType, true
	case 15, 16:
		return 31 - f.ICMPType, true
	case 17, 18:
		return 35 - f.ICMPType, true
	}
	return 0, false
}
