package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/live"
	"github.com/seed-6ae541b3/goargus/capture/packetfilter"
)

// feed is an open capture from a group of interfaces.
type feed struct {
	group group
	live  *live.Source
}

// service is a live sensor: captures, outputs, and what tells of them.
type service struct {
	args    []string
	log     *slog.Logger
	opts    *options
	feeds   []*feed
	out     *outputs
	port    *port // nil if no clients are served
	monitor *monitor
}

// serve runs a live sensor until ctx ends.
func serve(ctx context.Context, args []string, o *options) error {
	s := &service{args: args, opts: o, log: newLogger(o), monitor: new(monitor)}
	for _, w := range o.warnings {
		s.log.Warn(w)
	}
	if err := s.identify(o); err != nil {
		return err
	}
	feeds, err := s.openFeeds(o)
	if err != nil {
		return err
	}
	s.feeds = feeds
	defer func() { closeFeeds(s.feeds) }()
	if s.port, err = openPort(o, nil, s.log); err != nil {
		return err
	}
	defer func() { s.port.end(nil) }()
	if err := dropPrivileges(o); err != nil {
		return err
	}
	if s.out, err = openQueues(o, s.log); err != nil {
		return err
	}
	s.out.serve(s.port)
	if o.http == "" {
		runtime.MemProfileRate = 0 // no one can ask
	} else {
		stop, err := s.monitor.listen(o.http)
		if err != nil {
			return errors.Join(err, s.out.close())
		}
		defer stop()
	}
	return s.loop(ctx)
}

// loop runs one generation of sensors after the other: a new one begins when the
// configuration is read again.
func (s *service) loop(ctx context.Context) error {
	hup, usr1 := serviceSignals()
	for {
		s.monitor.begin(s.feeds, s.out)
		s.log.Info("capturing", "interfaces", s.names())
		next, err := s.generation(ctx, hup, usr1)
		s.monitor.end()
		s.log.Info("stopped", s.monitor.status()...)
		err = errors.Join(err, s.out.closeSoon())
		if next == nil || err != nil {
			return err
		}
		s.adopt(next)
	}
}

// names lists the interfaces.
func (s *service) names() (names []string) {
	for _, f := range s.feeds {
		names = append(names, f.group.String())
	}
	return names
}

// identify gives a sensor without an id that of the machine.
func (s *service) identify(o *options) error {
	if o.sensor.SourceID.Kind != 0 {
		return nil
	}
	id, err := machineID()
	o.sensor.SourceID = id
	return err
}

// openFeeds opens the interfaces that options ask for: without any, that of the
// default route.
func (s *service) openFeeds(o *options) ([]*feed, error) {
	if len(o.groups) == 0 {
		name, err := live.DefaultInterface()
		if err != nil {
			return nil, fmt.Errorf("%w (-i names an interface, -r a file)", err)
		}
		o.groups = []group{{interfaces: []string{name}}}
	}
	if o.packets.name != "" && len(o.groups) > 1 {
		return nil, usagef("ARGUS_PACKET_CAPTURE_FILE: packets of several sensors can not be copied to one file: join the interfaces with commas")
	}
	var feeds []*feed
	for _, g := range o.groups {
		cfg := o.liveConfig(g)
		cfg.Log = s.log.Handler()
		src, err := live.Open(cfg)
		if err != nil {
			closeFeeds(feeds)
			return nil, adviseOpen(err)
		}
		feeds = append(feeds, &feed{g, src})
	}
	return feeds, nil
}

func closeFeeds(feeds []*feed) {
	for _, f := range feeds {
		f.live.Close()
	}
}

// adviseOpen says what to do about an interface that can not be opened.
func adviseOpen(err error) error {
	var expr *packetfilter.Error
	switch {
	case errors.Is(err, live.ErrUnsupported):
		return fmt.Errorf("%w: here argus reads captures, with -r FILE, or -r - from a pipe", err)
	case errors.Is(err, live.ErrConfig), errors.As(err, &expr):
		return usagef("%v", err)
	case !errors.Is(err, os.ErrPermission):
		return err
	}
	self, e := os.Executable()
	if e != nil {
		self = "argus"
	}
	return fmt.Errorf("%w\ncapturing needs root or CAP_NET_RAW: run it as root, or grant that once with: setcap cap_net_raw=ep %s", err, self)
}

// plan is what another generation is to run with.
type plan struct {
	opts  *options
	feeds []*feed // nil: those that are open
	out   *outputs
	port  *port
}

// generation runs the sensors until ctx ends, one of them fails, or there is a
// plan for the next generation.
func (s *service) generation(ctx context.Context, hup, usr1 <-chan os.Signal) (*plan, error) {
	results := make(chan error, len(s.feeds))
	parts := make([]*part, len(s.feeds))
	var running sync.WaitGroup
	for i, f := range s.feeds {
		parts[i] = &part{Source: f.live}
		running.Go(func() { results <- s.sense(i, parts[i]) })
	}
	events, stopEvents := context.WithCancel(ctx)
	running.Go(func() { runEvents(events, s.opts.events, s.opts.sensor.SourceID, s.out.write, s.log) })
	var next *plan
	var err error
	for waiting := true; waiting; {
		select {
		case <-ctx.Done():
			s.log.Info("asked to end")
			waiting = false
		case err = <-results:
			waiting = false
		case <-usr1:
			s.log.Info("status", s.monitor.status()...)
		case <-hup:
			next = s.reread()
			waiting = next == nil
		}
	}
	stopEvents()
	for i, f := range s.feeds {
		if next != nil && next.feeds == nil {
			parts[i].over.Store(true) // the capture itself goes on
		} else {
			f.live.Stop()
		}
	}
	running.Wait()
	close(results)
	for e := range results {
		err = errors.Join(err, e)
	}
	return next, err
}

// sense makes flows of what one feed captures.
func (s *service) sense(i int, src capture.Source) error {
	cfg := s.opts.sensor
	if id := s.feeds[i].group.id; id != nil {
		cfg.SourceID = *id
	}
	cfg.OnStats = func(stats capture.Stats) { s.monitor.tell(i, stats) }
	src, tell := s.opts.leaveOutCopies(s.opts.pick(src))
	defer tell()
	src, closeCopy, err := s.opts.packets.open(src, &cfg)
	if err != nil {
		return err
	}
	for rec, err := range capture.Flows(context.Background(), src, cfg) {
		if err == nil {
			err = s.out.write(rec)
		}
		if err != nil {
			return errors.Join(err, closeCopy())
		}
	}
	return closeCopy()
}

// part is what one generation reads of a capture that goes on.
type part struct {
	capture.Source
	over atomic.Bool
}

func (p *part) ReadPackets(buf []capture.Packet) (int, error) {
	if p.over.Load() {
		return 0, io.EOF
	}
	return p.Source.ReadPackets(buf)
}

// Unwrap returns the capture.
func (p *part) Unwrap() capture.Source { return p.Source }

// reread reads the options again and opens what they ask for. Nothing changes
// if anything is wrong with them.
func (s *service) reread() *plan {
	o, err := parse(s.args)
	if err == nil && len(o.files) > 0 {
		err = usagef("a live sensor can not go on with files")
	}
	if err == nil {
		err = s.identify(o)
	}
	var next *plan
	if err == nil {
		next, err = s.prepare(o)
	}
	if err != nil {
		s.log.Error("the configuration was read again and is not used", "error", err)
		return nil
	}
	s.log.Info("the configuration was read again")
	return next
}

func (s *service) prepare(o *options) (*plan, error) {
	next := &plan{opts: o}
	if len(o.groups) == 0 {
		o.groups = s.opts.groups
	}
	if !o.capturesLike(s.opts) {
		feeds, err := s.openFeeds(o)
		if err != nil {
			return nil, err
		}
		next.feeds = feeds
	}
	var err error
	if next.port, err = openPort(o, s.port, s.log); err == nil {
		next.out, err = openQueues(o, s.log)
	}
	if err != nil {
		closeFeeds(next.feeds)
		return nil, errors.Join(err, next.port.end(s.port))
	}
	next.out.serve(next.port)
	return next, nil
}

// adopt makes a plan what is run.
func (s *service) adopt(next *plan) {
	if next.feeds != nil {
		closeFeeds(s.feeds)
		s.feeds = next.feeds
	} else {
		for i, g := range next.opts.groups {
			s.feeds[i].group = g
		}
	}
	if err := s.port.end(next.port); err != nil {
		s.log.Warn("the port is not closed", "error", err)
	}
	s.opts, s.out, s.port = next.opts, next.out, next.port
}
