package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/seed-6ae541b3/goargus/capture"
)

// fromFiles reads captures: one source, one sensor, its outputs.
func fromFiles(ctx context.Context, o *options) error {
	for _, w := range o.warnings {
		fmt.Fprintln(os.Stderr, "argus:", w)
	}
	src, err := o.openFiles(ctx)
	if err != nil {
		return err
	}
	defer src.Close()
	packets, err := o.filterPackets(o.pick(src))
	if err != nil {
		return err
	}
	packets, tell := o.leaveOutCopies(packets)
	if o.speed > 0 {
		packets = capture.Replay(ctx, packets, o.speed)
	}
	packets, closeCopy, err := o.packets.open(packets, &o.sensor)
	if err != nil {
		return err
	}
	out, err := openOutputs(o)
	if err != nil {
		return errors.Join(err, closeCopy())
	}
	port, err := o.portBesideFiles()
	if err != nil {
		return errors.Join(err, out.close(), closeCopy())
	}
	out.serve(port)
	var stats capture.Stats
	o.sensor.OnStats = func(s capture.Stats) { stats = s }
	write, stopEvents := o.withEvents(ctx, out.write)
	var failed []error
	for rec, err := range capture.Flows(ctx, packets, o.sensor) {
		if err == nil {
			err = write(rec)
		}
		if err != nil {
			failed = append(failed, err)
			break
		}
	}
	stopEvents()
	tell()
	if stats.Evicted > 0 {
		fmt.Fprintf(os.Stderr, "argus: %d of %d flows had to make room for others: the table is limited to %d\n", stats.Evicted, stats.Flows, o.sensor.TableLimit)
	}
	return errors.Join(append(failed, out.close(), closeCopy(), port.end(nil))...)
}

// portBesideFiles opens the port for clients of a capture that takes its time:
// nobody could ask for records of one that is read as fast as can be.
func (o *options) portBesideFiles() (*port, error) {
	if o.port != 0 && o.speed == 0 && !o.follow {
		fmt.Fprintln(os.Stderr, "argus: clients are served live, or with -T or -f: no port is opened")
		return nil, nil
	}
	return openPort(o, nil, newLogger(o))
}

// openFiles opens the captures: one after the other, or a single one that grows.
func (o *options) openFiles(ctx context.Context) (capture.Source, error) {
	switch {
	case !o.follow:
		return capture.OpenFiles(o.files...), nil
	case len(o.files) != 1 || o.files[0] == "-":
		return nil, usagef("-f follows one file: name it with -r")
	}
	r, err := capture.Follow(ctx, o.files[0])
	if err != nil {
		return nil, err
	}
	return r, nil
}

// pick leaves out the packets that -N does not ask for.
func (o *options) pick(src capture.Source) capture.Source {
	if o.limit > 0 {
		src = capture.Range(src, o.skip, o.limit)
	}
	return src
}

// leaveOutCopies leaves out frames that were captured twice, if asked to. What
// it returns second says how many.
func (o *options) leaveOutCopies(src capture.Source) (capture.Source, func()) {
	if !o.dedup {
		return src, func() {}
	}
	d := capture.NewDuplicates(0)
	return capture.Select(src, d.Fresh), func() {
		if n := d.Count(); n > 0 {
			fmt.Fprintf(os.Stderr, "argus: %d packets left out, which had come already\n", n)
		}
	}
}
