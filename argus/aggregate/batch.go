package aggregate

import "github.com/seed-6ae541b3/goargus/record"

// item is a record on its way to its group. Its key and its bytes stand one
// behind the other in the data of the batch.
type item struct {
	head
	at     int
	key    int // length
	body   int // length
	places record.Places
}

// batch is some records that go to a shard together: to have their look-ups
// overlap, and to be handed to another goroutine at once.
type batch struct {
	items []item
	data  []byte
	_     [80]byte // no two batches in one cache line: one is filled while another is read
}

// add appends a record and returns the item, whose places are to be filled in.
func (b *batch) add(h head, key, body []byte) *item {
	n := len(b.items)
	if n < cap(b.items) {
		b.items = b.items[:n+1]
	} else {
		b.items = append(b.items, item{})
	}
	i := &b.items[n]
	i.head, i.at, i.key, i.body = h, len(b.data), len(key), len(body)
	b.data = append(append(b.data, key...), body...)
	return i
}

// addBlock appends the record of a block.
func (b *batch) addBlock(from block) error {
	i := b.add(from.head(), from.key(), from.body())
	if i.held() {
		return nil
	}
	var r record.Record
	if err := r.Load(from.body()); err != nil {
		return err
	}
	r.Places(&i.places)
	return nil
}

func (b *batch) reset() { b.items, b.data = b.items[:0], b.data[:0] }

// keyOf is the key of an item.
func (b *batch) keyOf(i *item) []byte { return b.data[i.at : i.at+i.key] }

// bodyOf is the record of an item.
func (b *batch) bodyOf(i *item) []byte { return b.data[i.at+i.key:][:i.body] }

// load makes r the record of an item. It aliases the batch.
func (b *batch) load(i *item, r *record.Record, shapes *record.Shapes) error {
	body := b.bodyOf(i)
	if i.held() {
		return r.LoadHeld(body, shapes)
	}
	r.LoadPlaced(body, &i.places)
	if i.flags&flagTurned != 0 {
		r.Reverse()
	}
	return nil
}
