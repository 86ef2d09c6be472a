package capture

import (
	"io"
)

// pcapKind is what the magic number of a pcap file tells.
type pcapKind struct {
	byteOrder
	unit   int64 // nanoseconds per unit of the second time field
	header int   // length of a record header
}

// The three magic numbers as they read in either byte order.
var pcapKinds = map[uint32]pcapKind{
	0xa1b2c3d4: {unit: 1000, header: 16},
	0xd4c3b2a1: {unit: 1000, header: 16, byteOrder: bigEndian},
	0xa1b23c4d: {unit: 1, header: 16},
	0x4d3cb2a1: {unit: 1, header: 16, byteOrder: bigEndian},
	0xa1b2cd34: {unit: 1000, header: 24},
	0x34cdb2a1: {unit: 1000, header: 24, byteOrder: bigEndian},
}

const (
	pcapFileHeader = 24
	pcapLinkMask   = 0x03ffffff // the rest of the word tells of the FCS
)

// pcapFile reads records of
//
//	seconds u32 | fraction u32 | captured length u32 | wire length u32 | data
//
// with 8 more bytes before the data in the modified format. As in libpcap, of a
// record that is longer than the snapshot length of the file header only that
// much is handed out.
type pcapFile struct {
	pcapKind
	lengths lengthOrder
	snapLen int // bytes handed out of a record
	iface   [1]Interface
}

// lengthOrder says which of the two lengths comes first, which old versions of
// the format disagree about.
type lengthOrder int

const (
	capturedFirst lengthOrder = iota
	wireFirst
	smallerIsCaptured
)

func openPcap(w *window, kind pcapKind) (format, error) {
	if err := w.fill(pcapFileHeader); err != nil {
		return nil, cut("file header", err)
	}
	f := &pcapFile{pcapKind: kind}
	h := w.bytes()
	major, minor := f.u16(h[4:]), f.u16(h[6:])
	switch {
	case major == 543, major == 2 && minor < 3:
		f.lengths = wireFirst
	case major == 2 && minor == 3:
		f.lengths = smallerIsCaptured
	case major != 2 || minor > 4:
		return nil, damaged("pcap version %d.%d, expected 2.0 to 2.4", major, minor)
	}
	f.iface[0].Link = LinkType(f.u32(h[20:]) & pcapLinkMask).Canonical()
	f.snapLen = MaxPacketSize
	if snap := f.u32(h[16:]); snap > 0 && snap < MaxPacketSize {
		f.snapLen = int(snap)
	}
	f.iface[0].SnapLen = f.snapLen
	w.pos += pcapFileHeader
	return f, nil
}

func (f *pcapFile) interfaces() []Interface { return f.iface[:] }

func (f *pcapFile) readPackets(w *window, buf []Packet) (n int, err error) {
	for n < len(buf) {
		b := w.bytes()
		need := f.header
		if len(b) >= need {
			captured, wire := f.u32(b[8:]), f.u32(b[12:])
			if f.lengths == wireFirst || f.lengths == smallerIsCaptured && captured > wire {
				captured, wire = wire, captured
			}
			if captured > MaxPacketSize {
				if n > 0 {
					return n, nil
				}
				return 0, damaged("captured length %d, expected at most %d", captured, MaxPacketSize)
			}
			need += int(captured)
			if len(b) >= need {
				end := f.header + min(int(captured), f.snapLen)
				p := &buf[n] // field by field: a structure would be built aside and copied
				p.Data = b[f.header:end:end]
				p.Time = int64(f.u32(b))*1e9 + int64(f.u32(b[4:]))*f.unit
				p.Length = wireLength(captured, wire)
				p.Link, p.Interface = f.iface[0].Link, 0
				w.pos += need
				n++
				continue
			}
		}
		if n > 0 {
			return n, nil
		}
		if err := w.fill(need); err == io.EOF {
			return 0, err
		} else if err != nil {
			return 0, cut("record", err)
		}
	}
	return n, nil
}
