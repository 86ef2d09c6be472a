package capture

// slab holds blocks of one type in large pieces. The types have no pointers,
// so the garbage collector has nothing to look at. Block 0 is never given out:
// 0 means "none" wherever a block number is stored.
type slab[T any] struct {
	pieces [][]T
	shift  uint     // binary logarithm of the blocks in a piece
	used   uint32   // blocks ever given out, block 0 included
	free   []uint32 // blocks given back
}

// makeSlab makes an empty slab whose pieces hold 1<<shift blocks; callers choose
// it so that a piece is a MiB or more.
func makeSlab[T any](shift uint) slab[T] { return slab[T]{shift: shift, used: 1} }

// at returns a block.
func (s *slab[T]) at(i uint32) *T {
	return &s.pieces[i>>s.shift][i&(1<<s.shift-1)]
}

// take gives out an empty block.
func (s *slab[T]) take() uint32 {
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		var empty T
		*s.at(i) = empty
		return i
	}
	i := s.used
	s.used++
	s.reach(i)
	return i
}

// reach makes sure that block i exists.
func (s *slab[T]) reach(i uint32) {
	for i>>s.shift >= uint32(len(s.pieces)) {
		s.pieces = append(s.pieces, make([]T, 1<<s.shift))
	}
}

// give takes a block back.
func (s *slab[T]) give(i uint32) { s.free = append(s.free, i) }
