package aggregate

import (
	"fmt"

	"github.com/seed-6ae541b3/goargus/record"
)

// group is the table of one shard: it finds the block of a key and merges
// records into it.
type group struct {
	rules   *rules
	arena   *arena
	table   table
	merger  record.Merger
	order   order // with options of its own, which remember what they formatted
	correct corrector
	timers  *timers // nil if there are none

	list    []entry // of inOrder, which the next call uses again
	spare   []entry
	keys    []byte
	a, b    record.Record // the group's record, and the one that is added
	shapes  record.Shapes
	held    []byte
	search  []byte // key that match compares with
	match   func(ref uint32) bool
	touched uint64 // keeps the loads of touch alive
}

func newGroup(r *rules, a *arena) *group {
	g := &group{rules: r, arena: a, merger: r.merger}
	g.order = order{by: r.order.by, options: new(record.TextOptions)}
	g.correct.key = r.key
	g.match = func(ref uint32) bool {
		b := block(g.arena.at(ref))
		return b.keyLen() == len(g.search) && string(b[blockHeader:blockHeader+len(g.search)]) == string(g.search)
	}
	if r.status > 0 || r.idle > 0 {
		g.timers = newTimers()
	}
	return g
}

func (g *group) at(ref uint32) block { return g.arena.at(ref) }

// window is how many records are looked up together: their cache misses overlap.
const window = 32

// addAll adds the records of a batch. emit gets what timers report.
func (g *group) addAll(b *batch, emit func(*record.Record) error) error {
	for items := b.items; len(items) > 0; {
		some := items[:min(window, len(items))]
		items = items[len(some):]
		g.touch(some)
		for i := range some {
			if err := g.add(b, &some[i], emit); err != nil {
				return err
			}
		}
	}
	return nil
}

// touch loads what the look-ups of some records will need: first the slots, then
// the blocks that they point to. None of the loads waits for another.
func (g *group) touch(items []item) {
	sum := uint64(0)
	for i := range items {
		sum += g.table.touch(items[i].hash)
	}
	for i := range items {
		if ref := g.table.likely(items[i].hash); ref != noBlock {
			sum += g.glance(ref, touched)
		}
	}
	g.touched += sum
}

// touched is how much of a block merging looks at, more or less.
const touched = 384

// glance loads the first bytes of a block.
func (g *group) glance(ref uint32, size int) (sum uint64) {
	b := g.at(ref)
	for line := 0; line < min(size, len(b)); line += 64 {
		sum += uint64(b[line])
	}
	return sum
}

// each calls f with every group, in no order. Of several groups at a time the
// first bytes are loaded before: one after the other would wait for memory.
func (g *group) each(size int, f func(ref uint32, b block)) {
	var refs [window]uint32
	n := 0
	visit := func() {
		for _, ref := range refs[:n] {
			g.touched += g.glance(ref, size)
		}
		for _, ref := range refs[:n] {
			f(ref, g.at(ref))
		}
		n = 0
	}
	for _, s := range g.table.slots {
		if s == 0 {
			continue
		}
		if n == window {
			visit()
		}
		refs[n] = uint32(s & refMask)
		n++
	}
	visit()
}

// add merges a record into the group of its key, or makes it a new one.
func (g *group) add(b *batch, i *item, emit func(*record.Record) error) error {
	if g.timers != nil {
		if err := g.expire(b, i, emit); err != nil {
			return err
		}
	}
	g.search = b.keyOf(i)
	at, found := g.table.find(i.hash, g.match)
	if !found {
		if g.rules.correct {
			if done, err := g.addReversed(b, i, emit); done || err != nil {
				return err
			}
		}
		g.insert(b, i)
		return nil
	}
	if err := b.load(i, &g.b, &g.shapes); err != nil {
		return err
	}
	return g.merge(at, i.seq, emit)
}

// insert makes a record a group of its own.
func (g *group) insert(b *batch, i *item) uint32 {
	n := blockUnits(i.key, i.body)
	ref := g.arena.alloc(n)
	g.at(ref).fill(n, i.head, b.keyOf(i), b.bodyOf(i))
	g.table.insert(i.hash, ref)
	if g.timers != nil {
		g.timers.push(ref)
	}
	return ref
}

// merge adds the record in g.b to the group in a slot.
func (g *group) merge(at uint, seq uint64, emit func(*record.Record) error) error {
	ref := uint32(g.table.slots[at] & refMask)
	t := g.at(ref)
	t.setSeq(seq)
	if g.timers != nil {
		return g.mergeTimed(at, emit)
	}
	if !t.held() {
		if err := t.load(&g.a, &g.shapes); err != nil {
			return err
		}
		var err error
		if ref, err = g.store(at, &g.a); err != nil {
			return err
		}
		t = g.at(ref)
	}
	if g.merger.MergeHeld(t.body(), &g.b) {
		return nil
	}
	if err := t.load(&g.a, &g.shapes); err != nil {
		return err
	}
	if err := g.merger.Merge(&g.a, &g.b); err != nil {
		return err
	}
	_, err := g.store(at, &g.a)
	return err
}

// mergeTimed is merge for groups with timers, which may report the group before.
func (g *group) mergeTimed(at uint, emit func(*record.Record) error) error {
	ref := uint32(g.table.slots[at] & refMask)
	if err := g.at(ref).load(&g.a, &g.shapes); err != nil {
		return err
	}
	if err := g.report(emit); err != nil {
		return err
	}
	if err := g.merger.Merge(&g.a, &g.b); err != nil {
		return err
	}
	moved, err := g.store(at, &g.a)
	if err == nil {
		g.timers.move(ref, moved)
	}
	return err
}

// store writes what the record of the block in a slot has become, in place if it
// fits.
func (g *group) store(at uint, r *record.Record) (uint32, error) {
	ref := uint32(g.table.slots[at] & refMask)
	t := g.at(ref)
	var err error
	if g.held, err = g.merger.AppendHeld(g.held[:0], r); err != nil {
		return ref, err
	}
	h := t.head()
	h.flags = flagHeld
	to, n := ref, blockUnits(t.keyLen(), len(g.held))
	if n != t.units() {
		to = g.arena.alloc(n)
		g.table.set(at, to)
	}
	g.at(to).fill(n, h, t.key(), g.held)
	if to != ref {
		g.arena.release(ref)
	}
	return to, nil
}

// load makes g.a what the group of a block is to be reported as.
func (g *group) load(b block) (*record.Record, error) {
	if err := b.load(&g.a, &g.shapes); err != nil {
		return nil, fmt.Errorf("aggregate: %w", err)
	}
	g.rules.finish(&g.a)
	return &g.a, nil
}
