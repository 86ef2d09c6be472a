package capture

// listID names a list of flows. A flow that has something to report is on the
// status list, one that has not is on the list of its idle time, and a fragment
// flow whose datagram belongs to a flow is on none.
type listID uint8

const (
	listNone listID = iota
	listStatus
	listTCP
	listClosed
	listIP
	listBusyUDP
	listICMP
	listIGMP
	listFragment
	listARP
	listOther
	listFallow
	numLists
)

// queue is a list of flows in the order in which they were put there, which is
// the order in which they fall due, since all of a list wait for the same time.
type queue struct {
	head, tail ref
	wait       int64 // nanoseconds
}

// push puts a flow at the young end of a list.
func (e *engine) push(r ref, f *flow, l listID, now int64) {
	q := &e.lists[l]
	f.list, f.queued = l, now
	f.prev, f.next = q.tail, noFlow
	if q.tail == noFlow {
		q.head = r
	} else {
		e.flow(q.tail).next = r
	}
	q.tail = r
	if l == listStatus {
		e.pending++
		if e.held.full && e.held.before == nil {
			e.held.before = f
		}
		if e.ordered {
			*e.orderOf(r, false) = e.number
		}
	}
}

// pull takes a flow off its list.
func (e *engine) pull(f *flow) {
	if f.list == listNone {
		return
	}
	q := &e.lists[f.list]
	if e.search.next != noFlow && f == e.flow(e.search.next) {
		e.search.next = f.next
	}
	if f == e.held.before && e.held.full {
		e.held.before = nil
		if f.next != noFlow {
			e.held.before = e.flow(f.next)
		}
	}
	if f.prev == noFlow {
		q.head = f.next
	} else {
		e.flow(f.prev).next = f.next
	}
	if f.next == noFlow {
		q.tail = f.prev
	} else {
		e.flow(f.next).prev = f.prev
	}
	if f.list == listStatus {
		e.pending--
	}
	f.list = listNone
}

// expireStatus reports the flows whose status interval is over.
func (e *engine) expireStatus(now int64) error {
	status := &e.lists[listStatus]
	for status.head != noFlow {
		r := status.head
		f := e.flow(r)
		if now-f.queued < status.wait {
			break
		}
		if f.next != noFlow {
			e.sum += e.glance(f.next) // its memory comes while this one is encoded
		}
		if e.held.before == f {
			if err := e.letGo(); err != nil {
				return err
			}
		}
		if err := e.retire(r, f, now); err != nil {
			return err
		}
	}
	return e.letGo()
}

// expire reports the flows whose status interval is over and forgets those
// whose idle time is.
func (e *engine) expire(now int64) error {
	if err := e.expireStatus(now); err != nil {
		return err
	}
	for l := listTCP; l < numLists; l++ {
		q := &e.lists[l]
		for q.head != noFlow {
			r := q.head
			f := e.flow(r)
			if now-f.queued < q.wait {
				break
			}
			if l == listTCP && e.fallow(r, f, now) {
				continue
			}
			e.forget(r, f)
		}
	}
	return nil
}

// retire reports a flow and moves it to the list of its idle time.
func (e *engine) retire(r ref, f *flow, now int64) error {
	if err := e.report(r, f, now); err != nil {
		return err
	}
	if f.list == listNone {
		return nil // it ended with the report
	}
	e.pull(f)
	e.push(r, f, e.idleList(r, f), now)
	return nil
}

// fallow keeps an open connection whose idle time is over, if asked to.
func (e *engine) fallow(r ref, f *flow, now int64) bool {
	if e.cfg.Timeouts.TCPFallow <= 0 {
		return false
	}
	switch e.connection(r).tcp.state {
	case stateListen, stateClosed, stateClosing:
		return false
	}
	e.pull(f)
	e.push(r, f, listFallow, now)
	return true
}

// touch prepares a known flow for a packet: an overdue one is reported first,
// an idle one begins a new record. Whether it is overdue hangs on the times of
// its own packets alone.
func (e *engine) touch(r ref, f *flow, p *frame) error {
	switch {
	case f.list == listStatus:
		if f.packetsOf() == 0 || p.now-f.begin() < e.lists[listStatus].wait {
			return nil
		}
		if e.due {
			e.hold(f)
		}
		if err := e.report(r, f, p.clock); err != nil {
			return err
		}
	case f.list == listNone:
		return nil
	}
	e.pull(f)
	e.push(r, f, listStatus, p.clock)
	return nil
}

// begin is the time of the first packet of the record.
func (f *flow) begin() int64 {
	switch {
	case f.first[0] == 0:
		return f.first[1]
	case f.first[1] == 0:
		return f.first[0]
	}
	return min(f.first[0], f.first[1])
}

// heldReport is the report of an overdue flow which a packet came for. If the
// queues run after that packet, the report takes the place among theirs that
// it would have had without the packet.
type heldReport struct {
	open   bool  // the next report is to be held
	full   bool  // one is held
	before *flow // the flow whose report comes next; nil while that is any new one
	first  uint64
	record []byte
}

// hold makes the report of a flow, which comes next, wait for its place.
func (e *engine) hold(f *flow) {
	e.held.open, e.held.before = true, nil
	if f.next != noFlow {
		e.held.before = e.flow(f.next)
	}
}

// letGo hands the held report on.
func (e *engine) letGo() error {
	h := &e.held
	h.open = false
	if !h.full {
		return nil
	}
	h.full = false
	return e.sink(e, stageDue, h.first, h.record)
}
