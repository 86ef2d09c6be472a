package record

// canonical gives each side its times by the rules of the readers (format,
// "Canonical times"): which side a pair belongs to follows from the packets.
func (t *Times) canonical(src, dst uint64, metrics, srcMapped, dstMapped bool) {
	t.Src.known()
	t.Dst.known()
	t.Src.order()
	t.Dst.order()
	if !metrics {
		return
	}
	switch {
	case src == 1 && dst == 1:
		if t.Src.Start == 0 && t.Dst.Start != 0 {
			t.Src = Span{t.Dst.End, t.Dst.End}
			t.Dst.End = t.Dst.Start
		} else if t.Dst.Start == 0 && t.Src.Start != 0 {
			t.Dst = Span{t.Src.End, t.Src.End}
			t.Src.End = t.Src.Start
		}
	case src > 0 && dst > 0:
		if t.Src.Start == 0 {
			t.Src = t.Dst
		} else if t.Dst.Start == 0 {
			t.Dst = t.Src
		}
		t.Src.single(src)
		t.Dst.single(dst)
	case src > 0:
		if t.Src.Start == 0 || t.Src.Duration() == 0 && t.Dst.Duration() > 0 {
			t.Src = t.Dst
		}
		t.Dst = Span{}
	case dst > 0:
		if t.Dst.Start == 0 || t.Dst.Duration() == 0 && t.Src.Duration() > 0 {
			t.Dst = t.Src
		}
		t.Src = Span{}
	}
	t.Src.order()
	t.Dst.order()
	if src+dst == 1 { // the one packet was seen at the end
		if src == 1 && !srcMapped {
			t.Src.Start = t.Src.End
		}
		if dst == 1 && !dstMapped {
			t.Dst.Start = t.Dst.End
		}
	}
}

// known makes a start that says "no earliest time yet", as that of a flow after
// it does, the end.
func (s *Span) known() {
	if s.Start == noSecond*second && s.End > s.Start {
		s.Start = s.End
	}
}

// order makes a missing end the start, and a start after the end the end.
func (s *Span) order() {
	if s.End == 0 {
		s.End = s.Start
	}
	if s.Start > s.End {
		s.Start, s.End = s.End, s.Start
	}
}

// single ends the span of one packet where it starts if they differ in seconds.
func (s *Span) single(packets uint64) {
	if packets == 1 && s.Start/second != s.End/second {
		s.End = s.Start
	}
}
