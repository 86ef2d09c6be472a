package record

import "errors"

// Borders says where bins begin and end: t lies in [start, end).
type Borders func(t int64) (start, end int64)

// Splitter cuts records at borders in time. It holds the scratch that a cut
// needs, so one is to be kept for many records; it is for one goroutine.
type Splitter struct {
	piece  Record
	rates  [2]rates
	merger Merger
}

// MaxPieces is the most pieces that one record is cut into.
const MaxPieces = 1 << 20

// ErrPieces is the error of a record that would be cut into more than MaxPieces.
var ErrPieces = errors.New("record: too many pieces of one record")

// Split cuts r at every border that lies within it and yields the pieces in the
// order of time. Packets, bytes and application bytes are shared out by the time
// that each side spends between two borders: their sums over the pieces are
// exactly those of r, and no piece is without packets. The count of merged
// records is shared out likewise. All else is the same in every piece.
//
// A record that ends exactly at a border is not cut there, and one that is not
// cut, a management record or one without packets or times is yielded as it is:
// the very r. A piece is valid until yield returns. Split stops at the first
// error of yield and returns it; its own is ErrPieces, before any piece.
func (s *Splitter) Split(r *Record, borders Borders, yield func(*Record) error) error {
	t, m := r.Times(), r.Metrics()
	if !r.IsFlow() || m.Packets() < 2 || t.Start() == 0 {
		return yield(r)
	}
	rest := [2]share{{t.Src, m.Src}, {t.Dst, m.Dst}}
	var stray [2]Counters // bytes of a side without packets: they stay with the first piece
	for i := range rest {
		if rest[i].n.Packets == 0 {
			stray[i], rest[i] = rest[i].n, share{}
		}
	}
	first, last := startOf(&rest), endOf(&rest)
	start, end := borders(first)
	if first == 0 || last <= end {
		return yield(r)
	}
	if pieces := uint64(last-start) / uint64(max(end-start, 1)); min(pieces, m.Packets()) > MaxPieces {
		return ErrPieces
	}
	return s.cut(r, rest, stray, start, end, borders, yield)
}

// Split cuts one record. See [Splitter.Split].
func Split(r *Record, borders Borders, yield func(*Record) error) error {
	return new(Splitter).Split(r, borders, yield)
}

// share is what one side still has to give away.
type share struct {
	span Span
	n    Counters
}

// rates are what a side has in one bin on average, and the fraction of a packet
// that rounding left over.
type rates struct {
	packets, bytes, app float64
	length              float64 // of the bin that they are of
	carry               float64
}

func newRates(s *share, length int64) rates {
	bins := max(float64(s.span.Duration())/float64(length), 1)
	return rates{
		length:  float64(length),
		packets: float64(s.n.Packets) / bins,
		bytes:   float64(s.n.Bytes) / bins,
		app:     float64(s.n.AppBytes) / bins,
	}
}

func (s *Splitter) cut(r *Record, rest [2]share, stray [2]Counters, start, end int64, borders Borders, yield func(*Record) error) error {
	stat := s.merger.statistics(r)
	count := stat.Count
	for first := true; ; first = false {
		if first {
			s.rates = [2]rates{newRates(&rest[0], end-start), newRates(&rest[1], end-start)}
		}
		piece := s.next(&rest, end, end-start)
		stat.Count = shareCount(count, &piece, &rest)
		count -= min(stat.Count, count)
		if first {
			piece[0].n.add(&stray[0])
			piece[1].n.add(&stray[1])
		}
		if err := s.emit(r, &piece, &stat, yield); err != nil {
			return err
		}
		if rest[0].n.Packets+rest[1].n.Packets == 0 {
			return nil
		}
		start, end = borders(startOf(&rest))
	}
}

// next takes what lies before a border off the rest, which is all of it at the
// end.
func (s *Splitter) next(rest *[2]share, border, length int64) (piece [2]share) {
	switch packets := rest[0].n.Packets + rest[1].n.Packets; {
	case packets == 1 || endOf(rest) <= border:
		piece, *rest = *rest, piece
		for i := range piece {
			if packets == 1 && piece[i].span.End > border {
				piece[i].span.End = piece[i].span.Start
			}
		}
	case packets == 2:
		piece = halve(rest)
		for i := range piece {
			if piece[i].span.End > border { // one packet is at one time
				piece[i].span.End = piece[i].span.Start
			}
		}
	default:
		for i := range rest {
			piece[i] = rest[i].take(border, length, &s.rates[i])
		}
		if piece[0].n.Packets+piece[1].n.Packets == 1 {
			for i := range piece {
				piece[i].span.End = piece[i].span.Start
			}
		}
	}
	return piece
}

func startOf(s *[2]share) int64 {
	t := Times{Src: s[0].span, Dst: s[1].span}
	return t.Start()
}

func endOf(s *[2]share) int64 { return max(s[0].span.End, s[1].span.End) }

// halve takes the first of two packets: that of the source if each side has
// one.
func halve(rest *[2]share) (piece [2]share) {
	if rest[0].n.Packets == 1 {
		first := 0
		if rest[1].span.Start < rest[0].span.Start {
			first = 1
		}
		piece[first], rest[first] = rest[first], share{}
		return piece
	}
	i := 0
	if rest[1].n.Packets == 2 {
		i = 1
	}
	r := &rest[i]
	piece[i] = share{
		span: Span{r.span.Start, r.span.Start},
		n:    Counters{1, r.n.Bytes - r.n.Bytes/2, r.n.AppBytes - r.n.AppBytes/2},
	}
	*r = share{span: Span{r.span.End, r.span.End}, n: Counters{1, r.n.Bytes / 2, r.n.AppBytes / 2}}
	return piece
}

// take takes what lies before a border off one side. length is that of the bin
// that ends there.
func (r *share) take(border, length int64, rate *rates) share {
	if r.n.Packets == 0 || r.span.Start >= border {
		return share{}
	}
	if r.span.End <= border {
		p := *r
		*r = share{}
		return p
	}
	whole := float64(min(r.span.Duration(), length))
	p := share{span: Span{r.span.Start, border}}
	r.span.Start = border
	n := uint64(1)
	if whole > 0 {
		part := float64(min(p.span.Duration(), length)) / whole
		packets := rate.packets * float64(length) / rate.length // bins of the calendar differ
		exact := (packets + rate.carry) * part
		n = max(min(uint64(max(exact, 0)), r.n.Packets), 1)
		rate.carry += packets*part - float64(n)
	}
	portion := 0.0
	if rate.packets > 0 {
		portion = float64(n) / rate.packets
	}
	p.n = Counters{
		Packets:  n,
		Bytes:    min(uint64(rate.bytes*portion), r.n.Bytes),
		AppBytes: min(uint64(rate.app*portion), r.n.AppBytes),
	}
	r.n.subtract(&p.n)
	r.settle(&p)
	return p
}

// settle sees to it that no side is left with bytes and no packet, and that one
// packet that is left has one time.
func (r *share) settle(p *share) {
	if r.n.Packets == 0 {
		if p.n.Packets > 1 && r.n.Bytes > 0 {
			p.n.Packets--
			r.n.Packets++
		} else {
			p.n.Bytes += r.n.Bytes
			p.n.AppBytes += r.n.AppBytes
			*r = share{}
		}
	}
	if r.n.Packets == 1 {
		r.span.Start = r.span.End
	}
}

// shareCount is the part of the merged records that a piece stands for: at
// least one, and all that is left in the last.
func shareCount(count uint32, piece, rest *[2]share) uint32 {
	p := piece[0].n.Packets + piece[1].n.Packets
	all := p + rest[0].n.Packets + rest[1].n.Packets
	if count <= 1 || p == all {
		return max(count, 1)
	}
	return max(uint32(float64(count)*float64(p)/float64(all)), 1)
}

// emit yields a copy of r with the times and counters of a piece.
func (s *Splitter) emit(r *Record, p *[2]share, stat *Aggregate, yield func(*Record) error) error {
	q := &s.piece
	if err := r.CloneInto(q); err != nil {
		return err
	}
	q.state = r.state
	q.have &^= r.bad
	unit := r.times.wire.unit
	q.SetMetrics(Metrics{Src: p[0].n, Dst: p[1].n})
	q.SetTimes(Times{Src: p[0].span, Dst: p[1].span})
	q.times.wire.unit = unit
	q.agr = *stat
	q.set(DSRAggregate)
	return yield(q)
}
