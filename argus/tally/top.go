package tally

import (
	"cmp"
	"container/heap"
	"slices"
)

// Top finds the keys with the largest sums of weights. Exact, it keeps every
// key; bounded, it keeps a fixed number of them by the space-saving algorithm:
// a new key takes the place of the one with the smallest sum, and that sum as
// its possible error. A key whose true sum is above the sum of all weights
// divided by the bound is always among those kept.
type Top[K cmp.Ordered] struct {
	bound int
	index map[K]*item[K]
	heap  minHeap[K] // of a bounded one: the smallest sum first
	total uint64
}

// Item is a key and what it sums up to. The true sum is at most Sum and at
// least Sum - Error.
type Item[K cmp.Ordered] struct {
	Key   K
	Sum   uint64
	Error uint64
}

type item[K cmp.Ordered] struct {
	Item[K]
	at int // in the heap
}

// NewTop returns an exact Top for a bound of 0, else one that keeps so many
// keys.
func NewTop[K cmp.Ordered](bound int) *Top[K] {
	return &Top[K]{bound: max(bound, 0), index: map[K]*item[K]{}}
}

// Add adds weight to a key.
func (t *Top[K]) Add(key K, weight uint64) {
	t.total += weight
	it := t.index[key]
	switch {
	case it != nil:
		it.Sum += weight
	case t.bound == 0:
		t.index[key] = &item[K]{Item: Item[K]{Key: key, Sum: weight}}
		return
	case len(t.heap) < t.bound:
		it = &item[K]{Item: Item[K]{Key: key, Sum: weight}}
		heap.Push(&t.heap, it)
		t.index[key] = it
		return
	default:
		it = t.heap[0]
		delete(t.index, it.Key)
		it.Item = Item[K]{Key: key, Sum: it.Sum + weight, Error: it.Sum}
		t.index[key] = it
	}
	if t.bound > 0 {
		heap.Fix(&t.heap, it.at)
	}
}

// Total is the sum of all weights.
func (t *Top[K]) Total() uint64 { return t.total }

// Len is the number of keys that are kept.
func (t *Top[K]) Len() int { return len(t.index) }

// Largest returns the n keys with the largest sums, the largest first, and of
// equal ones the smaller key first; all that are kept if n is negative.
func (t *Top[K]) Largest(n int) []Item[K] {
	list := make([]Item[K], 0, len(t.index))
	for _, it := range t.index {
		list = append(list, it.Item)
	}
	slices.SortFunc(list, func(a, b Item[K]) int {
		return cmp.Or(cmp.Compare(b.Sum, a.Sum), cmp.Compare(a.Key, b.Key))
	})
	if n >= 0 && n < len(list) {
		list = list[:n]
	}
	return list
}

type minHeap[K cmp.Ordered] []*item[K]

func (h minHeap[K]) Len() int           { return len(h) }
func (h minHeap[K]) Less(i, j int) bool { return h[i].Sum < h[j].Sum }
func (h minHeap[K]) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}
func (h *minHeap[K]) Push(x any) {
	it := x.(*item[K])
	it.at = len(*h)
	*h = append(*h, it)
}
func (h *minHeap[K]) Pop() any { // never used: nothing leaves
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
