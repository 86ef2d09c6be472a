package capture

import (
	"bytes"
	"fmt"
	"io"
	"math/bits"
)

// Block types of pcapng.
const (
	blockSection   = 0x0a0d0d0a // reads the same in both byte orders
	blockInterface = 1
	blockObsolete  = 2 // the first kind of packet block
	blockSimple    = 3
	blockEnhanced  = 6
)

// Options of an interface description block.
const (
	optionEnd      = 0
	optionName     = 2
	optionTsresol  = 9
	optionTsoffset = 14
)

const (
	sectionMagic  = 0x1a2b3c4d
	minBlock      = 12        // type, length, length again
	packetHeader  = 28        // of enhanced and obsolete packet blocks
	simpleHeader  = 12        // of simple packet blocks
	maxInterfaces = 1 << 16   // in a file: Packet.Interface is 16 bits wide
	maxNameLength = 255       // of an interface; longer names are cut
	maxKnownBlock = 512 << 10 // of block types that are read and not skipped
)

// pcapngFile reads blocks of
//
//	type u32 | length u32 | body, padded to 4 | length u32
type pcapngFile struct {
	byteOrder                    // of the section at hand
	section   []ngInterface      // its interfaces
	list      []Interface        // of all sections
	known     map[ngPlace]uint16 // what is in list
}

// ngInterface is what packets of a section need of their interface.
type ngInterface struct {
	clock   ngClock
	link    LinkType
	snapLen uint32 // as stated; 0 is no limit
	global  uint16 // index into pcapngFile.list
}

// ngPlace finds the interface again when another section declares the same at
// the same place, as files do that were put together of several.
type ngPlace struct {
	Interface
	local int
}

func openPcapNG(w *window) (format, error) {
	f := &pcapngFile{known: map[ngPlace]uint16{}}
	if err := f.nextBlock(w); err != nil { // the section header
		return nil, err
	}
	// Make the interfaces known that precede the first packet, as far as that
	// needs no waiting for input but for the first of them.
	for {
		b := w.bytes()
		have := len(b) >= 8
		kind, length := uint32(0), uint32(0)
		if have {
			kind, length = f.u32(b), f.u32(b[4:])
			if isPacket(kind) {
				return f, nil
			}
		}
		if len(f.list) > 0 && (!have || uint64(len(b)) < uint64(length)) {
			return f, nil
		}
		if err := f.nextBlock(w); err == io.EOF {
			return f, nil
		} else if err != nil {
			return nil, err
		}
	}
}

func isPacket(kind uint32) bool {
	return kind == blockEnhanced || kind == blockSimple || kind == blockObsolete
}

func (f *pcapngFile) interfaces() []Interface { return f.list }

func (f *pcapngFile) readPackets(w *window, buf []Packet) (n int, err error) {
	for n < len(buf) {
		b := w.bytes()
		if len(b) >= 8 && isPacket(f.u32(b)) {
			length := f.u32(b[4:])
			if uint64(length) <= uint64(len(b)) && checkLength(f.u32(b), length) == nil {
				if err := f.packet(b[:length], &buf[n]); err != nil {
					if n > 0 {
						return n, nil // and come back to it
					}
					return 0, err
				}
				w.pos += int(length)
				n++
				continue
			}
		}
		if n > 0 {
			return n, nil
		}
		if err := f.nextBlock(w); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// nextBlock brings the next packet block into the window whole, or consumes
// the next block of another type.
func (f *pcapngFile) nextBlock(w *window) error {
	if err := w.fill(minBlock); err == io.EOF {
		return err
	} else if err != nil {
		return cut("block header", err)
	}
	b := w.bytes()
	if f.u32(b) == blockSection {
		return f.readSection(w)
	}
	kind, length := f.u32(b), f.u32(b[4:])
	if err := checkLength(kind, length); err != nil {
		return err
	}
	if kind != blockInterface && !isPacket(kind) {
		return f.passOver(w, length)
	}
	if err := w.fill(int(length)); err != nil {
		return cut("block", err)
	}
	if kind != blockInterface {
		return nil
	}
	b = w.bytes()[:length]
	if err := f.checkEnd(b, length); err != nil {
		return err
	}
	if err := f.readInterface(b); err != nil {
		return err
	}
	w.pos += int(length)
	return nil
}

func checkLength(kind, length uint32) error {
	if length < minBlock || length%4 != 0 {
		return damaged("block of type %d has length %d, expected a multiple of 4 of at least %d", kind, length, minBlock)
	}
	if length > maxKnownBlock && (kind == blockInterface || isPacket(kind)) {
		return damaged("block of type %d has length %d, expected at most %d", kind, length, maxKnownBlock)
	}
	return nil
}

// passOver consumes a block of which only the length counts. It may be longer
// than the window.
func (f *pcapngFile) passOver(w *window, length uint32) error {
	start := w.offset()
	err := w.skip(int64(length) - 4)
	if err == nil {
		err = w.fill(4)
	}
	if err != nil {
		return cut(fmt.Sprintf("block of length %d at byte %d", length, start), err)
	}
	if err := f.checkEnd(w.bytes()[:4], length); err != nil {
		return err
	}
	w.pos += 4
	return nil
}

// checkEnd compares the two lengths of a block.
func (f *pcapngFile) checkEnd(block []byte, length uint32) error {
	if end := f.u32(block[len(block)-4:]); end != length {
		return damaged("block of length %d ends with length %d", length, end)
	}
	return nil
}

// readSection starts a section: order magic, version, section length, options.
func (f *pcapngFile) readSection(w *window) error {
	const fixed = 28
	if err := w.fill(fixed); err != nil {
		return cut("section header", err)
	}
	b := w.bytes()
	switch le32(b[8:]) {
	case sectionMagic:
		f.swapped = false
	case bits.ReverseBytes32(sectionMagic):
		f.swapped = true
	default:
		return damaged("section header has byte order mark % x, expected 1a 2b 3c 4d or its reverse", b[8:12])
	}
	length := f.u32(b[4:])
	if length < fixed || length%4 != 0 {
		return damaged("section header has length %d, expected a multiple of 4 of at least %d", length, fixed)
	}
	if major, minor := f.u16(b[12:]), f.u16(b[14:]); major != 1 || minor != 0 && minor != 2 {
		return damaged("pcapng version %d.%d, expected 1.0", major, minor)
	}
	f.section = f.section[:0]
	return f.passOver(w, length)
}

// readInterface takes up an interface description: link type u16, reserved
// u16, snapshot length u32, options.
func (f *pcapngFile) readInterface(block []byte) error {
	const fixed = 16
	if len(block) < fixed+4 {
		return damaged("interface description has length %d, expected at least %d", len(block), fixed+4)
	}
	snapLen := f.u32(block[12:])
	iface := Interface{Link: LinkType(f.u16(block[8:])).Canonical()}
	iface.SnapLen = MaxPacketSize
	if snapLen > 0 && snapLen < MaxPacketSize {
		iface.SnapLen = int(snapLen)
	}
	resolution, offset := byte(6), int64(0)
	options := block[fixed : len(block)-4]
	for len(options) >= 4 {
		code, length := f.u16(options), int(f.u16(options[2:]))
		if code == optionEnd {
			break
		}
		padded := 4 + (length+3)&^3
		if padded > len(options) {
			return damaged("option %d of the interface description has length %d, of which %d bytes are there", code, length, len(options)-4)
		}
		value := options[4 : 4+length]
		options = options[padded:]
		switch {
		case code == optionName:
			name, _, _ := bytes.Cut(value, []byte{0})
			iface.Name = string(name[:min(len(name), maxNameLength)])
		case code == optionTsresol && length == 1:
			resolution = value[0]
		case code == optionTsoffset && length == 8:
			offset = int64(f.u64(value))
		case code == optionTsresol, code == optionTsoffset:
			return damaged("time option %d of the interface description has length %d", code, length)
		}
	}
	return f.addInterface(iface, newClock(resolution, offset), snapLen)
}

func (f *pcapngFile) addInterface(iface Interface, clock ngClock, snapLen uint32) error {
	place := ngPlace{iface, len(f.section)}
	global, ok := f.known[place]
	if !ok {
		if len(f.list) == maxInterfaces {
			return damaged("more than %d interfaces", maxInterfaces)
		}
		global = uint16(len(f.list))
		f.list = append(f.list, iface)
		f.known[place] = global
	}
	f.section = append(f.section, ngInterface{clock: clock, link: iface.Link, snapLen: snapLen, global: global})
	return nil
}

// packet decodes a packet block of any of the three types, its length checked.
func (f *pcapngFile) packet(block []byte, p *Packet) error {
	if err := f.checkEnd(block, uint32(len(block))); err != nil {
		return err
	}
	kind, header := f.u32(block), packetHeader
	if kind == blockSimple {
		header = simpleHeader
	}
	room := len(block) - 4 - header
	if room < 0 {
		return damaged("packet block has length %d, expected at least %d", len(block), header+4)
	}
	index := uint32(0)
	switch kind {
	case blockEnhanced:
		index = f.u32(block[8:])
	case blockObsolete:
		index = uint32(f.u16(block[8:]))
	}
	if uint64(index) >= uint64(len(f.section)) {
		return damaged("packet of interface %d, of which there are %d", index, len(f.section))
	}
	iface := &f.section[index]
	var captured, wire uint32
	time := int64(0)
	if kind == blockSimple {
		wire = f.u32(block[8:])
		captured = wire
		if iface.snapLen > 0 {
			captured = min(captured, iface.snapLen)
		}
	} else {
		time = iface.clock.nanoseconds(uint64(f.u32(block[12:]))<<32 | uint64(f.u32(block[16:])))
		captured, wire = f.u32(block[20:]), f.u32(block[24:])
	}
	if captured > MaxPacketSize {
		return damaged("captured length %d, expected at most %d", captured, MaxPacketSize)
	}
	if int(captured) > room {
		return damaged("captured length %d in a block with room for %d", captured, room)
	}
	end := header + int(captured)
	*p = Packet{
		Data:      block[header:end:end],
		Time:      time,
		Length:    wireLength(captured, wire),
		Link:      iface.link,
		Interface: iface.global,
	}
	return nil
}
