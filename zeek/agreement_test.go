package zeek_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

// ends is the key of a connection whatever its direction.
type ends struct {
	a, b   record.Endpoint
	ap, bp uint16
	proto  uint8
}

func endsOf(c *zeek.Conn) ends {
	e := ends{c.Orig, c.Resp, c.OrigPort, c.RespPort, c.IPProto}
	if string(c.Proto) == "icmp" {
		e.ap, e.bp = min(e.ap, e.bp), max(e.ap, e.bp)
	}
	if o := e.a.Compare(e.b); o > 0 || o == 0 && e.ap > e.bp {
		e.a, e.b = e.b, e.a
		if string(c.Proto) != "icmp" {
			e.ap, e.bp = e.bp, e.ap
		}
	}
	return e
}

// sum is what a log says of one pair of ends.
type sum struct {
	rows       int
	orig       record.Endpoint
	port       uint16
	packets    [2]uint64
	bytes      [2]uint64
	start, end int64
	state      string
}

func (s *sum) add(c *zeek.Conn) {
	if s.rows == 0 {
		s.orig, s.port, s.start = c.Orig, c.OrigPort, c.Time
	}
	s.rows++
	src, dst := 0, 1
	if c.Orig != s.orig {
		src, dst = 1, 0
	}
	s.packets[src] += c.OrigPackets
	s.packets[dst] += c.RespPackets
	s.bytes[src] += c.OrigIPBytes
	s.bytes[dst] += c.RespIPBytes
	s.start = min(s.start, c.Time)
	end := c.Time
	if c.Has(zeek.Duration) {
		end += c.Duration
	}
	s.end = max(s.end, end)
	s.state = string(c.State)
}

// agreement counts in how many connections a log and sensor records agree.
type agreement struct{ both, ends, packets, bytes, duration, state, one int }

// sensorConns merges the records of a sensor by connection and gives their rows.
func sensorConns(t *testing.T, name string) map[ends]*sum {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	merged := map[ends]*record.Record{}
	var v zeek.Converter
	for len(data) >= record.HeaderSize {
		var rec record.Record
		if err := rec.Load(data); err != nil {
			t.Fatal(err)
		}
		data = data[len(rec.Bytes()):]
		c, err := v.Conn(&rec)
		if err != nil {
			continue
		}
		key := endsOf(c)
		if m := merged[key]; m == nil {
			merged[key] = rec.Clone()
		} else if err := record.Merge(m, &rec); err != nil {
			t.Fatal(err)
		}
	}
	sums := map[ends]*sum{}
	for key, rec := range merged {
		c, err := v.Conn(rec)
		if err != nil {
			t.Fatal(err)
		}
		s := &sum{}
		s.add(c)
		sums[key] = s
	}
	return sums
}

func logConns(t *testing.T, name string) map[ends]*sum {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sums := map[ends]*sum{}
	for c, err := range zeek.NewReader(f).Conns() {
		if err != nil {
			t.Fatal(err)
		}
		key := endsOf(c)
		if sums[key] == nil {
			sums[key] = &sum{}
		}
		sums[key].add(c)
	}
	return sums
}

// TestAgreement compares logs with the records of the sensor of version 5 over
// the same packets. docs/zeek.md has the table and explains what differs; -v
// prints both.
func TestAgreement(t *testing.T) {
	var all agreement
	var table bytes.Buffer
	for _, name := range logs(t, ".argus.arg") {
		set := strings.TrimSuffix(filepath.Base(name), ".argus.arg")
		sensor, log := sensorConns(t, name), logConns(t, strings.TrimSuffix(name, ".argus.arg")+".conn.log")
		var a agreement
		for _, key := range slices.SortedFunc(maps.Keys(log), func(x, y ends) int { return strings.Compare(fmt.Sprint(x), fmt.Sprint(y)) }) {
			z, s := log[key], sensor[key]
			if s == nil {
				t.Logf("%s: %v: no record", set, key)
				continue
			}
			a.compare(t, set, key, z, s)
		}
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %d | %d | %d | %d of %d |\n", set, len(log), a.both, a.ends, a.packets, a.bytes, a.duration, a.state, a.one)
		all.both += a.both
		all.ends += a.ends
		all.packets += a.packets
		all.bytes += a.bytes
		all.duration += a.duration
		all.state += a.state
		all.one += a.one
	}
	t.Logf("\n%s%+v", &table, all)
	if want := (agreement{both: 114, ends: 110, packets: 86, bytes: 74, duration: 97, state: 102, one: 106}); all != want {
		t.Errorf("agreement %+v, documented %+v", all, want)
	}
}

func (a *agreement) compare(t *testing.T, set string, key ends, z, s *sum) {
	a.both++
	var differs []string
	check := func(n *int, same bool, what string, x, y any) {
		if same {
			*n++
		} else {
			differs = append(differs, fmt.Sprintf("%s %v / %v", what, x, y))
		}
	}
	turned := z.orig != s.orig || key.a == key.b && z.port != s.port
	check(&a.ends, !turned, "originator", z.orig, s.orig)
	if turned {
		s.packets[0], s.packets[1] = s.packets[1], s.packets[0]
		s.bytes[0], s.bytes[1] = s.bytes[1], s.bytes[0]
	}
	check(&a.packets, z.packets == s.packets, "packets", z.packets, s.packets)
	check(&a.bytes, z.bytes == s.bytes, "bytes", z.bytes, s.bytes)
	zd, sd := z.end-z.start, s.end-s.start
	check(&a.duration, zd-sd <= 2000 && sd-zd <= 2000, "duration", zd, sd)
	if z.rows == 1 {
		a.one++
		check(&a.state, z.state == s.state, "state", z.state, s.state)
	}
	if len(differs) > 0 {
		t.Logf("%s: %v: %d rows: %s", set, key, z.rows, strings.Join(differs, ", "))
	}
}
