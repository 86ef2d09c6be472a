package capture

import (
	"encoding/binary"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// DefaultManagementInterval is the time between periodic management records.
const DefaultManagementInterval = 60 * time.Second

// management writes the management records of a sensor. They tell of the time
// by the wall clock, since they are about the sensor and not about the traffic.
type management struct {
	cfg      *Config
	begun    time.Time
	since    time.Time // of the management record before
	interval time.Duration
	last     Stats // at the management record before
	dropped  uint64
	buf      [record.ManagementSize]byte
	rec      record.Record
}

func newManagement(cfg *Config, now time.Time) *management {
	m := &management{cfg: cfg, begun: now, since: now, interval: cfg.ManagementInterval}
	if m.interval == 0 {
		m.interval = DefaultManagementInterval
	}
	return m
}

// due reports whether a periodic record is to be written.
func (m *management) due(now time.Time) bool {
	return m.interval > 0 && now.Sub(m.since) >= m.interval
}

// record makes a management record. Its counters are those since the record
// before; in the first one they are zero.
func (m *management) record(cause record.Cause, s Stats, dropped uint64, src Source, now time.Time) (*record.Record, error) {
	b := m.buf[:]
	clear(b)
	be := binary.BigEndian
	copy(b, record.AppendHeader(nil, record.Management, record.Version5, cause))
	record.PutLength(b)
	be.PutUint32(b[4:], idStatus(m.cfg.SourceID.Kind))
	be.PutUint32(b[8:], record.CookieV5)
	be.PutUint32(b[20:], uint32(s.Records)+1)
	putMicros(b[24:], m.since)
	putMicros(b[32:], now)
	b[40] = byte(record.Version5)
	be.PutUint16(b[44:], wholeSeconds(m.cfg.StatusInterval, DefaultStatusInterval))
	be.PutUint16(b[46:], wholeSeconds(m.interval, 0))
	if id := m.cfg.SourceID; id.Kind != record.IDNone {
		copy(b[108:], id.Bytes[:sourceIDSize(id.Kind)])
	}
	be.PutUint32(b[124:], 0xffffffff)
	if cause != record.Start {
		m.counters(b, s, dropped, src)
	}
	m.last, m.dropped, m.since = s, dropped, now
	err := m.rec.Load(b)
	return &m.rec, err
}

// counters writes what happened since the management record before.
func (m *management) counters(b []byte, s Stats, dropped uint64, src Source) {
	be := binary.BigEndian
	if list := src.Interfaces(); len(list) > 0 {
		b[42], b[43] = byte(list[0].Link), 1
		be.PutUint32(b[64:], uint32(len(list)))
	}
	be.PutUint64(b[48:], s.Packets-m.last.Packets)
	be.PutUint64(b[56:], s.Bytes+s.LostBytes-m.last.Bytes-m.last.LostBytes)
	be.PutUint32(b[72:], uint32(s.Records-m.last.Records))
	be.PutUint32(b[76:], uint32(s.Flows-m.last.Flows))
	be.PutUint32(b[80:], uint32(dropped-m.dropped))
	be.PutUint32(b[84:], uint32(s.Pending))
	be.PutUint32(b[92:], 1)
	limit := uint16(max(m.cfg.UserData, 0))
	binary.LittleEndian.PutUint16(b[104:], limit)
	binary.LittleEndian.PutUint16(b[106:], limit)
}

// idStatus is the status word of a management record: the kind of source id,
// and that flow records carry the name of the interface.
func idStatus(k record.IDKind) uint32 {
	const withInterface = 0x00100000
	switch k {
	case record.IDString:
		return withInterface | 0x00200000
	case record.IDInt:
		return withInterface | 0x00400000
	case record.IDIPv6:
		return withInterface | 0x00600000
	case record.IDIPv4:
		return withInterface | 0x00800000
	case record.IDUUID:
		return withInterface | 0x00A00000
	}
	return 0
}

func putMicros(b []byte, t time.Time) {
	binary.BigEndian.PutUint32(b, uint32(t.Unix()))
	binary.BigEndian.PutUint32(b[4:], uint32(t.Nanosecond()/1000))
}

// wholeSeconds is a duration of the configuration as records tell it.
func wholeSeconds(d, byDefault time.Duration) uint16 {
	if d == 0 {
		d = byDefault
	}
	return uint16(min(max(d, 0)/time.Second, 0xffff))
}
