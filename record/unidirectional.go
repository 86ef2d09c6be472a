package record

// Unidirectional is a stage that makes two records of each flow: what the source
// sent, and what the destination sent with the ends exchanged. A direction
// without packets gives none; records of other kinds pass.
func Unidirectional(s Stream) Stream {
	return func(yield func(*Record, error) bool) {
		var half Record
		for r, err := range s {
			if err != nil || !r.IsFlow() {
				if !yield(r, err) {
					return
				}
				continue
			}
			m, t := *r.Metrics(), *r.Times()
			if m.Src.Packets > 0 {
				r.CloneTo(&half)
				half.SetMetrics(Metrics{Src: m.Src})
				half.SetTimes(Times{Src: t.Src})
				if !yield(&half, nil) {
					return
				}
			}
			if m.Dst.Packets > 0 {
				r.CloneTo(&half)
				half.SetMetrics(Metrics{Dst: m.Dst})
				half.SetTimes(Times{Dst: t.Dst})
				half.Reverse()
				if !yield(&half, nil) {
					return
				}
			}
		}
	}
}
