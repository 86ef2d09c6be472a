package capture

// lookAhead is the number of packets that are worked on together: while one
// waits for memory, so do the others.
const lookAhead = 32

// task is what an engine has to do with a frame of a block.
type task struct {
	frame uint16
	role  role
	guess ref // the flow that the frame seems to belong to
}

// work takes the frames of a block that concern the engine through the model.
func (e *engine) work(frames []frame, tasks []task) error {
	for len(tasks) > 0 {
		n := min(len(tasks), lookAhead)
		e.ahead(frames, tasks[:n])
		for _, t := range tasks[:n] {
			if err := e.frame(&frames[t.frame], t.role, t.guess); err != nil {
				return err
			}
		}
		tasks = tasks[n:]
	}
	return nil
}

// ahead loads what a block of frames needs of the table and of the flows. The
// loads do not depend on each other, so they wait for memory together.
func (e *engine) ahead(frames []frame, work []task) {
	t := &e.table
	sum := uint64(0)
	if e.ordered { // the frames were made on another core
		for _, w := range work {
			f := &frames[w.frame]
			sum += uint64(f.Network.Proto) + uint64(f.Bytes) + uint64(f.Encaps) + f.key[0] + f.hash + uint64(f.shard)
		}
	}
	for _, w := range work {
		sum += t.slots[t.home(frames[w.frame].hash)]
	}
	for i := range work {
		w := &work[i]
		w.guess = t.likely(frames[w.frame].hash)
		if w.guess == noFlow {
			continue
		}
		sum += e.glance(w.guess)
		if e.withExtras {
			x := e.extrasOf(w.guess, false)
			sum += x.app[0] + uint64(x.active[1].n) + uint64(x.idle[1].n) + uint64(x.etherIs)
		}
	}
	e.sum += sum
}

// glance loads the cache lines of a flow.
func (e *engine) glance(r ref) uint64 {
	if r&tcpFlow == 0 {
		f := e.others.at(uint32(r))
		return f.key[0] + f.bytes[0]
	}
	c := e.connection(r)
	return c.key[0] + c.bytes[0] + uint64(c.tcp.side[0].top) + uint64(c.tcp.side[1].window)
}
