package stream

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/seed-6ae541b3/goargus/internal/wire"
	"github.com/seed-6ae541b3/goargus/record"
)

// startPrefix is how much of a START record tells what the stream is.
const startPrefix = 16

func malformed(offset int64, format string, args ...any) error {
	return &record.OffsetError{Offset: offset, Record: -1, Expect: fmt.Sprintf(format, args...)}
}

// checkStart looks at the first 16 bytes of a stream (format, "Recognising a
// stream").
func checkStart(b []byte) error {
	cookie := binary.BigEndian.Uint32(b[8:])
	swapped := binary.LittleEndian.Uint32(b[8:])
	switch {
	case b[0]&byte(record.Management) == 0:
	case cookie == record.CookieV2:
		return &record.OffsetError{Offset: 8, Expect: "the cookie of version 3 or 5", Err: ErrVersion2}
	case record.Cause(b[1]&0xF0) == record.Error:
		return nil // a peer that refuses
	case record.Cause(b[1]&0xF0) != record.Start:
	case cookie == record.CookieV3, cookie == record.CookieV5, swapped == record.CookieV3, swapped == record.CookieV5:
		return nil
	}
	return malformed(0, "an Argus stream, which begins with a START management record, found % x", b[:12])
}

// known says of the kinds of record which there are: the high nibble of the
// first byte. 0xB0 is the START record of NetFlow imports.
var known = [16]bool{0x1: true, 0x2: true, 0x3: true, 0x4: true, 0x5: true, 0x6: true, 0x7: true, 0x8: true, 0xB: true}

// reserved reports whether a record is of a kind without a defined content.
func reserved(b0 byte) bool {
	k := record.Kind(b0 & 0xF0)
	return k == record.Index || k == record.DataSup || k == record.Archival
}

// plain reports whether a record with the first byte b0 is of one of the
// versions and of a kind that has DSRs: check and reserved have nothing to say
// of it.
func plain(b0 byte, versions Versions) bool {
	return versions.has(record.Version(b0&0x0F)) && known[b0>>4] && b0&byte(record.Management) == 0 && !reserved(b0)
}

// check looks at the header of a record, whole or cut short.
func check(b []byte, versions Versions) error {
	if v := record.Version(b[0] & 0x0F); !versions.has(v) {
		return malformed(0, "a record of %s, found version %d", versions, v)
	}
	if !known[b[0]>>4] {
		return malformed(0, "a kind of record, found 0x%02x", b[0]&0xF0)
	}
	if n := int(binary.BigEndian.Uint16(b[2:])) * wire.WordSize; b[0]&byte(record.Management) != 0 &&
		n != record.ManagementSize && n != record.HeaderSize {
		return malformed(2, "a management record of 4 or %d bytes, found %d", record.ManagementSize, n)
	}
	return nil
}

// Decode makes rec the record at the start of b, of one of the versions, and
// returns its length in bytes.
func Decode(rec *record.Record, b []byte, versions Versions) (int, error) {
	if len(b) < record.HeaderSize {
		return 0, &record.OffsetError{
			Record: -1, Expect: fmt.Sprintf("a record header of 4 bytes, found %d", len(b)), Err: io.ErrUnexpectedEOF,
		}
	}
	n := int(binary.BigEndian.Uint16(b[2:])) * wire.WordSize
	switch {
	case n == 0:
		return 0, malformed(2, "a record of at least 4 bytes, found length 0")
	case n > len(b):
		return 0, &record.OffsetError{
			Offset: 2, Record: -1, Expect: fmt.Sprintf("a record of %d bytes, found %d", n, len(b)), Err: io.ErrUnexpectedEOF,
		}
	}
	if err := check(b[:n], versions); err != nil {
		return 0, err
	}
	if err := rec.Load(b[:n]); err != nil {
		return 0, err
	}
	return n, nil
}
