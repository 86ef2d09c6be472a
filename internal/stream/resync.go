package stream

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/internal/wire"
	"github.com/seed-6ae541b3/goargus/record"
)

// resync passes over bytes until the next ones look like a record. What it
// finds must be a header of a known kind and version with DSRs that fill the
// record, some of them known, and behind it the end or another header.
func (d *Decoder) resync() {
	for {
		d.r.Take(1)
		d.stats.Skipped++
		b, err := d.r.Peek(wire.WordSize)
		if err != nil {
			d.r.Take(len(b))
			d.stats.Skipped += int64(len(b))
			return // Next meets the end
		}
		if plausible(b, d.cfg.Versions) && d.isRecord(int(binary.BigEndian.Uint16(b[2:]))*wire.WordSize) {
			return
		}
	}
}

// plausible reports whether b begins with a record header.
func plausible(b []byte, versions Versions) bool {
	if !versions.has(record.Version(b[0]&0x0F)) || !known[b[0]>>4] || b[1] == 0 || b[1]>>4 > 8 {
		return false
	}
	n := int(binary.BigEndian.Uint16(b[2:])) * wire.WordSize
	if b[0]&byte(record.Management) != 0 {
		return n == record.ManagementSize
	}
	return n > record.HeaderSize
}

// isRecord reports whether the next n bytes are a record.
func (d *Decoder) isRecord(n int) bool {
	b, err := d.r.Peek(min(n+wire.WordSize, wire.MaxRecord))
	if len(b) < n {
		return false
	}
	if err == nil && len(b) == n+wire.WordSize && b[n+2]|b[n+3] != 0 && !plausible(b[n:], d.cfg.Versions) {
		return false
	}
	b = b[:n]
	if b[0]&byte(record.Management) != 0 {
		return binary.BigEndian.Uint32(b[124:]) == 0xFFFFFFFF
	}
	if !wire.IsChain(b[record.HeaderSize:]) || d.rec.Load(b) != nil {
		return false
	}
	return d.rec.Has(record.DSRFlow) || d.rec.Has(record.DSRSrcData)
}
