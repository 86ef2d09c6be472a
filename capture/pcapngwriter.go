package capture

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// Writer writes packets as a section of a pcapng file, with times in
// nanoseconds and the names of their interfaces. A file may hold any number of
// sections one after the other.
type Writer struct {
	out    *bufio.Writer
	buf    []byte
	ifaces map[writtenInterface]uint32 // their numbers in the section
	err    error
}

// writtenInterface is what an interface of the file stands for: packets of one
// interface may differ in their link type.
type writtenInterface struct {
	iface uint16
	link  LinkType
}

// NewWriter begins a section. Nothing is written before Flush, or before there
// is a lot.
func NewWriter(out io.Writer) *Writer {
	w := &Writer{out: bufio.NewWriterSize(out, 256<<10), ifaces: map[writtenInterface]uint32{}}
	le := binary.LittleEndian
	body := le.AppendUint32(nil, 0x1a2b3c4d)                 // byte order
	body = le.AppendUint16(le.AppendUint16(body, 1), 0)      // version 1.0
	w.block(0x0a0d0d0a, le.AppendUint64(body, 1<<64-1), nil) // of unknown length
	return w
}

// Write adds a packet. interfaces are those of its Source; an index beyond them
// is an interface without a name.
func (w *Writer) Write(p *Packet, interfaces []Interface) error {
	at := writtenInterface{p.Interface, p.Link}
	number, known := w.ifaces[at]
	if !known {
		if p.Link > 0xffff {
			return fmt.Errorf("capture: a pcapng file can not hold link type %v", p.Link)
		}
		number = uint32(len(w.ifaces))
		w.ifaces[at] = number
		name := ""
		if int(p.Interface) < len(interfaces) {
			name = interfaces[p.Interface].Name
		}
		w.declare(p.Link, name)
	}
	le := binary.LittleEndian
	head := le.AppendUint32(w.buf[:0], number)
	head = le.AppendUint32(head, uint32(uint64(p.Time)>>32))
	head = le.AppendUint32(head, uint32(p.Time))
	head = le.AppendUint32(head, uint32(len(p.Data)))
	head = le.AppendUint32(head, uint32(max(p.Length, len(p.Data))))
	w.buf = head
	w.block(6, head, p.Data)
	return w.err
}

// declare writes the description of an interface: link type, no snapshot
// length, the options name and resolution of times.
func (w *Writer) declare(link LinkType, name string) {
	le := binary.LittleEndian
	body := le.AppendUint32(le.AppendUint32(nil, uint32(link)), 0)
	option := func(code uint16, value string) {
		if len(value) > 0 && len(value) < 1<<16 {
			body = le.AppendUint16(le.AppendUint16(body, code), uint16(len(value)))
			body = append(append(body, value...), make([]byte, -len(value)&3)...)
		}
	}
	option(2, name)
	option(9, "\x09") // nanoseconds
	w.block(1, le.AppendUint32(body, 0), nil)
}

// block writes a block of two parts, the second one padded.
func (w *Writer) block(kind uint32, a, b []byte) {
	var frame [8]byte
	le := binary.LittleEndian
	pad := -len(b) & 3
	size := uint32(12 + len(a) + len(b) + pad)
	le.PutUint32(frame[:], kind)
	le.PutUint32(frame[4:], size)
	w.write(frame[:])
	w.write(a)
	w.write(b)
	var end [8]byte
	le.PutUint32(end[pad:], size)
	w.write(end[:pad+4])
}

func (w *Writer) write(b []byte) {
	if w.err == nil {
		_, w.err = w.out.Write(b)
	}
}

// Flush writes what is held back. Errors stay.
func (w *Writer) Flush() error {
	if w.err == nil {
		w.err = w.out.Flush()
	}
	return w.err
}
