package capture

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// Flows reads src to its end and yields what a sensor makes of it: a START
// management record, flow records, a STATUS management record now and then, and
// at the end of src, or when ctx ends, a STOP management record with the last
// counters. A record is valid until the next step. An error ends the stream; the
// flows that were known are reported before it. The end of ctx stops a [Stopper]
// and the packets that it has are still worked on. Flows does not close src.
func Flows(ctx context.Context, src Source, cfg Config) iter.Seq2[*record.Record, error] {
	return func(yield func(*record.Record, error) bool) {
		r := runner{ctx: ctx, src: src, yield: yield}
		sensor, err := NewSensor(cfg, r.pass)
		if err != nil {
			yield(nil, err)
			return
		}
		r.sensor = sensor
		defer sensor.Close()
		if err := r.run(); err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// errEnough says that the reader of the stream wants no more.
var errEnough = errors.New("capture: enough")

// blockPackets is the number of packets that are read at a time, if one engine
// works on them; several take as many as they share.
const blockPackets = 256

// runner drives a sensor from a source.
type runner struct {
	ctx    context.Context
	src    Source
	yield  func(*record.Record, error) bool
	sensor *Sensor
	mar    *management
	told   time.Time // when OnStats was called last
}

func (r *runner) pass(rec *record.Record) error {
	if !r.yield(rec, nil) {
		return errEnough
	}
	return nil
}

// manage yields a management record.
func (r *runner) manage(cause record.Cause, now time.Time) error {
	var dropped uint64
	if d, ok := find[Dropper](r.src); ok {
		dropped = d.Dropped()
	}
	rec, err := r.mar.record(cause, r.sensor.Stats(), dropped, r.src, now)
	if err != nil {
		return err
	}
	return r.pass(rec)
}

func (r *runner) run() error {
	r.mar = newManagement(&r.sensor.cfg, time.Now())
	if err := r.manage(record.Start, time.Now()); err != nil {
		return err
	}
	stopper, stops := find[Stopper](r.src)
	if stops {
		defer context.AfterFunc(r.ctx, stopper.Stop)()
	}
	readErr := r.read(stops)
	if errors.Is(readErr, errEnough) {
		return readErr
	}
	if err := r.sensor.Close(); err != nil && readErr == nil {
		return err
	}
	if err := r.manage(record.Stop, time.Now()); err != nil {
		return err
	}
	r.tell(time.Now())
	return readErr
}

// tell hands the counters to who wants to know them.
func (r *runner) tell(now time.Time) {
	r.told = now
	if f := r.sensor.cfg.OnStats; f != nil {
		f(r.sensor.Stats())
	}
}

// read feeds the sensor until the source ends. The end of the context is the end
// of a source which does not stop by itself then.
func (r *runner) read(stops bool) error {
	packets := make([]Packet, max(blockPackets, r.sensor.crew.block))
	for stops || r.ctx.Err() == nil {
		n, err := r.src.ReadPackets(packets)
		r.sensor.SetInterfaces(r.src.Interfaces())
		if e := r.sensor.Packets(packets[:n]); e != nil {
			return e
		}
		now := time.Now()
		if n == 0 && err == nil {
			if e := r.sensor.Tick(now.UnixNano()); e != nil {
				return e
			}
		}
		if now.Sub(r.told) >= queueStep {
			r.tell(now)
		}
		if r.mar.due(now) {
			if e := r.manage(record.Status, now); e != nil {
				return e
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, ErrNextCapture):
			if e := r.sensor.Restart(); e != nil {
				return e
			}
		case err == io.EOF:
			return nil
		default:
			return err
		}
	}
	return nil
}
