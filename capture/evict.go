package capture

// When the table is nearly full, flows that no one would miss much make room:
// those of which only one side was heard, and TCP connections that are not open
// yet or no more. That is what scans and floods are made of. They are searched
// for in the order of the lists, some steps for each flow that begins, so that
// a flood costs little more than what it brings. Only if a search of the whole
// table finds none the oldest flow goes, whatever it is.

// searchSteps is how many flows are looked at for each one that begins. An
// eighth of the table, where the search starts, is room enough to pass over all
// flows that stay.
const searchSteps = 64

// search is where the search for flows that can go has come to.
type search struct {
	list listID
	next ref // of the list, noFlow at its end
	vain int // steps since one was found
}

// makeRoom lets a flow go if one is found, and one in any case if the table is
// full. The flow of the packet in hand stays.
func (e *engine) makeRoom(now int64) error {
	r := e.expendable()
	switch {
	case r != noFlow:
	case e.flows < e.limit:
		return nil
	default:
		r = e.oldestFlow()
	}
	if r == noFlow {
		return nil
	}
	f := e.flow(r)
	if f.list == listStatus {
		if err := e.report(r, f, now); err != nil {
			return err
		}
		if f.list == listNone {
			return nil // it ended with the report
		}
	}
	e.evicted++
	e.forget(r, f)
	return nil
}

// expendable goes on with the search. noFlow is that none was found yet.
func (e *engine) expendable() ref {
	s := &e.search
	steps := searchSteps
	if s.vain > e.flows+int(numLists) {
		steps = 1 // all of the table was looked at in vain
	}
	for range steps {
		s.vain++
		r := s.next
		if r == noFlow {
			e.searchNextList()
			continue
		}
		f := e.flow(r)
		s.next = f.next
		if r != e.keep && e.canGo(r, f) {
			s.vain = 0
			return r
		}
	}
	return noFlow
}

// searchNextList begins with the next list. The status list is the last one of
// a round.
func (e *engine) searchNextList() {
	s := &e.search
	s.list++
	if s.list >= numLists {
		s.list = listStatus
	}
	s.next = e.lists[s.list].head
}

// canGo reports whether a flow would be missed little.
func (e *engine) canGo(r ref, f *flow) bool {
	const both = flagSrcAttr | flagDstAttr
	if f.flags&both != both {
		return true
	}
	if r&tcpFlow == 0 {
		return false
	}
	switch e.connection(r).tcp.state {
	case stateClosed, stateListen, stateSynSent, stateSynReceived, stateTimeWait:
		return true
	}
	return false
}

// oldestFlow is the oldest idle flow; if none is idle, the oldest one.
func (e *engine) oldestFlow() ref {
	var oldest ref
	var at int64
	for l := listTCP; l < numLists; l++ {
		if r := e.oldest(l); r != noFlow && (oldest == noFlow || e.flow(r).queued < at) {
			oldest, at = r, e.flow(r).queued
		}
	}
	if oldest == noFlow {
		oldest = e.oldest(listStatus)
	}
	return oldest
}

// oldest is the first flow of a list but the one of the packet in hand.
func (e *engine) oldest(l listID) ref {
	r := e.lists[l].head
	if r != noFlow && r == e.keep {
		r = e.flow(r).next
	}
	return r
}
