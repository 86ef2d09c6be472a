package main

import (
	"bytes"
	"fmt"
	"net"
	"sync"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/capture"
)

// monitor knows the counters of a service, for whoever asks.
type monitor struct {
	mu     sync.Mutex
	feeds  []*feed
	now    []capture.Stats // of the sensors that run, by feed
	out    *outputs
	before capture.Stats // of the sensors that ran before
}

// begin tells of a new generation.
func (m *monitor) begin(feeds []*feed, out *outputs) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.feeds, m.out, m.now = feeds, out, make([]capture.Stats, len(feeds))
}

// end keeps the counters of a generation.
func (m *monitor) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before = m.total()
	m.before.Active, m.before.Pending = 0, 0
	clear(m.now)
}

// tell takes the counters of one sensor.
func (m *monitor) tell(feed int, s capture.Stats) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now[feed] = s
}

// total adds up all sensors. The lock is held.
func (m *monitor) total() capture.Stats {
	t := m.before
	for _, s := range m.now {
		t.Packets += s.Packets
		t.Bytes += s.Bytes + s.LostBytes
		t.Undecoded += s.Undecoded
		t.Flows += s.Flows
		t.Records += s.Records
		t.Evicted += s.Evicted
		t.Active += s.Active
		t.Pending += s.Pending
	}
	return t
}

// status is a line of counters, for the log.
func (m *monitor) status() []any {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.total()
	line := []any{
		"packets", t.Packets, "bytes", t.Bytes, "undecoded", t.Undecoded, "flows", t.Flows, "active", t.Active,
		"evicted", t.Evicted, "records", t.Records,
	}
	dropped, lost, waiting := uint64(0), uint64(0), 0
	for _, f := range m.feeds {
		dropped += f.live.Dropped()
	}
	for _, s := range m.out.all {
		if q, ok := s.Writer.(*argus.Queue); ok {
			lost += q.Stats().Dropped
			waiting += q.Stats().Waiting
		}
	}
	return append(line, "dropped_packets", dropped, "dropped_records", lost, "waiting_records", waiting)
}

// metrics is the counters in the text format of Prometheus.
func (m *monitor) metrics() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b bytes.Buffer
	family := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	single := func(name, kind, help string, value any) {
		family(name, kind, help)
		fmt.Fprintf(&b, "%s %d\n", name, value)
	}
	t := m.total()
	single("argus_packets_total", "counter", "Packets that the sensors saw.", t.Packets)
	single("argus_bytes_total", "counter", "Bytes of these packets.", t.Bytes)
	single("argus_undecoded_packets_total", "counter", "Packets that belong to no flow.", t.Undecoded)
	single("argus_flows_total", "counter", "Flows that began.", t.Flows)
	single("argus_records_total", "counter", "Flow records made.", t.Records)
	single("argus_evicted_flows_total", "counter", "Flows that had to make room for others.", t.Evicted)
	single("argus_active_flows", "gauge", "Flows in the table.", t.Active)
	m.interfaceMetrics(&b, family)
	m.outputMetrics(&b, family)
	return b.Bytes()
}

func (m *monitor) interfaceMetrics(b *bytes.Buffer, family func(name, kind, help string)) {
	type row struct {
		name              string
		received, dropped uint64
		up                int
	}
	var rows []row
	for _, f := range m.feeds {
		for _, s := range f.live.Stats() {
			r := row{s.Interface, s.Received, s.Dropped, 0}
			if s.Up {
				r.up = 1
			}
			rows = append(rows, r)
		}
	}
	family("argus_interface_received_packets_total", "counter", "Packets that the kernel received, dropped ones included.")
	for _, r := range rows {
		fmt.Fprintf(b, "argus_interface_received_packets_total{interface=%q} %d\n", r.name, r.received)
	}
	family("argus_interface_dropped_packets_total", "counter", "Packets that the kernel dropped because the ring was full.")
	for _, r := range rows {
		fmt.Fprintf(b, "argus_interface_dropped_packets_total{interface=%q} %d\n", r.name, r.dropped)
	}
	family("argus_interface_up", "gauge", "Whether the interface is up.")
	for _, r := range rows {
		fmt.Fprintf(b, "argus_interface_up{interface=%q} %d\n", r.name, r.up)
	}
}

func (m *monitor) outputMetrics(b *bytes.Buffer, family func(name, kind, help string)) {
	for _, of := range []struct {
		name, kind, help string
		value            func(argus.QueueStats) uint64
	}{
		{"argus_output_records_total", "counter", "Records written.", func(s argus.QueueStats) uint64 { return s.Written }},
		{"argus_output_dropped_records_total", "counter", "Records lost because the output was slow or failed.", func(s argus.QueueStats) uint64 { return s.Dropped }},
		{"argus_output_waiting_records", "gauge", "Records that wait for the output.", func(s argus.QueueStats) uint64 { return uint64(s.Waiting) }},
	} {
		family(of.name, of.kind, of.help)
		for _, s := range m.out.all {
			if q, ok := s.Writer.(*argus.Queue); ok {
				fmt.Fprintf(b, "%s{output=%q} %d\n", of.name, s.name, of.value(q.Stats()))
			}
		}
	}
}

// setHTTP reads the address of counters and profiles, which must be one of this
// machine alone.
func (o *options) setHTTP(value string) error {
	if value == "" {
		o.http = ""
		return nil
	}
	host, _, err := net.SplitHostPort(value)
	if err != nil {
		return fmt.Errorf("expected an address and a port, found %q", value)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("expected a loopback address such as 127.0.0.1:9410, found %q", value)
	}
	o.http = value
	return nil
}
