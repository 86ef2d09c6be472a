package record

import (
	"encoding/binary"
	"iter"

	"github.com/seed-6ae541b3/goargus/internal/wire"
)

// Record is one record of any kind. The zero value is an empty record that
// Load fills. See the package comment for how long it is valid and who may
// read it.
type Record struct {
	buf    []byte // the whole record, header included; aliases what Load got
	have   uint32 // DSRs that are present, one bit each
	found  uint32 // DSRs that Load found in buf: those that off tells of
	cached uint32 // DSRs that are decoded into the fields below
	bad    uint32 // DSRs whose content was found malformed when decoded
	dirty  uint32 // DSRs set since Load: encoded from the fields below
	state  viewState

	off [32]uint16 // where each DSR starts, in words: 16 bits reach all

	// Decoded DSRs. They are never cleared as a whole: cached says which of
	// them mean something.
	transport Transport
	flow      Flow
	times     Times
	metrics   Metrics
	agr       Aggregate
	network   Network
	vlan      VLAN
	mpls      MPLS
	jitter    Jitter
	ipattr    IPAttr
	sizes     Sizes
	srcData   UserData
	dstData   UserData
	mac       MACPair
	icmp      ICMPMapped
	encaps    Encaps
	behavior  Behavior
	cor       Correlation
	country   Country
	label     Label
	asn       ASN
	geo       Geo
	local     Local
	hash      Hash
	vxlan     VXLAN
	gre       GRE
	geneve    Geneve
	score     Score
	mar       ManagementInfo
}

// viewState says how the sides of the stored record are to be read.
type viewState uint8

const (
	viewDecided   viewState = 1 << iota // the bits below are valid
	viewFlipped                         // everything but the flow key is exchanged
	viewCorrect                         // direction correction turned the record round
	viewCanonical                       // padding is not written
)

// bit is the place of a DSR in the sets of a Record. The mark for the
// management body shares the type.
func (d DSR) bit() uint32 { return 1 << d }

const marBit = 1 << 31

// Load makes r the record that starts at b[0]: exactly the bytes of its header
// length. It finds the DSRs and checks that each lies within the record; their
// contents are checked as they are decoded, or by Resolve. r aliases b.
//
// The error is an [*OffsetError] with an offset from the start of the record.
// After an error r holds the DSRs before the damage.
func (r *Record) Load(b []byte) error {
	r.have, r.found, r.cached, r.bad, r.dirty, r.state = 0, 0, 0, 0, 0, 0
	r.buf = nil
	if len(b) < HeaderSize {
		return malformed(0, "a record header of 4 bytes, found %d", len(b))
	}
	n := int(binary.BigEndian.Uint16(b[2:])) * wire.WordSize
	if n < HeaderSize || n > len(b) {
		return malformed(2, "a record of %d bytes, found %d", n, len(b))
	}
	b = b[:n]
	r.buf = b
	if !Kind(b[0] & 0xF0).hasDSRs() {
		return nil
	}
	return r.index(b)
}

// index finds the DSRs. It is the hot loop of everything that reads.
func (r *Record) index(b []byte) error {
	have := uint32(0)
	at := HeaderSize
	for at+wire.WordSize <= len(b) {
		h := binary.BigEndian.Uint32(b[at:])
		form, n := dsrForms[h>>24], int(h&0xFF)
		if wire.IsUnusual(h) || h>>24 == typeUserData {
			form, n = unusual(b[at:], form)
		}
		next := at + n*wire.WordSize
		if n == 0 || next > len(b) {
			break
		}
		if n >= int(form>>8) {
			have |= 1 << (form & 31)
			r.off[form&31] = uint16(at / wire.WordSize)
		}
		at = next
	}
	have &= 1<<numDSR - 1
	r.have, r.found = have, have
	if at+wire.WordSize <= len(b) {
		return malformed(at, "a DSR (type 0x%02x) of 1 to %d words, found length %d",
			b[at], (len(b)-at)/wire.WordSize, wire.DSRLen(b[at:]))
	}
	return nil
}

// unusual tells the form and length in words of a DSR whose header says more
// than type and length.
func unusual(b []byte, form dsrForm) (dsrForm, int) {
	if b[0] == typeUserData && isDstData(b) {
		form += dsrForm(DSRDstData - DSRSrcData)
	}
	return form, wire.DSRLen(b)
}

// raw returns the bytes of a DSR, header included, and nil if the record has
// none on the wire.
func (r *Record) raw(d DSR) []byte {
	if r.have&d.bit() == 0 || r.dirty&d.bit() != 0 {
		return nil
	}
	return dsrAt(r.buf, int(r.off[d])*wire.WordSize)
}

// dsrAt returns the DSR at a place of a record, nil if there is none.
func dsrAt(rec []byte, at int) []byte {
	if at == 0 || at+wire.WordSize > len(rec) {
		return nil
	}
	b := rec[at:]
	h := binary.BigEndian.Uint32(b)
	n := int(h&0xFF) * wire.WordSize
	if wire.IsUnusual(h) {
		n = wire.DSRLen(b) * wire.WordSize
	}
	if n > len(b) {
		return nil
	}
	return b[:n]
}

// Raw returns the bytes of a DSR as they were read, header included, or nil if
// the record has none or it was set since. The bytes alias the record.
func (r *Record) Raw(d DSR) []byte {
	if d >= numDSR {
		return nil
	}
	return r.raw(d)
}

// DSRs yields every DSR of the record as it stands on the wire, unknown types
// and padding included, in wire order. The DSR of an unknown type is 0xFF.
func (r *Record) DSRs() iter.Seq2[DSR, []byte] {
	return func(yield func(DSR, []byte) bool) {
		if !r.Kind().hasDSRs() {
			return
		}
		for at := HeaderSize; at < len(r.buf); {
			b := r.buf[at:]
			n := wire.DSRLen(b) * wire.WordSize
			if n == 0 || n > len(b) {
				return
			}
			d := dsrOfType[b[0]]
			if d == DSRSrcData && isDstData(b) {
				d = DSRDstData
			}
			if !yield(d, b[:n]) {
				return
			}
			at += n
		}
	}
}

// Bytes returns the record as it was loaded. They alias the record and do not
// reflect what was set since.
func (r *Record) Bytes() []byte { return r.buf }

// Kind is the kind of record. A management record that imports of NetFlow
// write with a second bit set (0xB0) is Management.
func (r *Record) Kind() Kind {
	if len(r.buf) == 0 {
		return 0
	}
	k := Kind(r.buf[0] & 0xF0)
	if k&Management != 0 {
		return Management
	}
	return k
}

// IsFlow reports whether the record tells of a flow: FAR, NetFlow or AFlow.
func (r *Record) IsFlow() bool {
	k := r.Kind()
	return k == FlowRecord || k == NetFlow || k == AFlow
}

// Version is the version nibble of the record.
func (r *Record) Version() Version {
	if len(r.buf) == 0 {
		return 0
	}
	return Version(r.buf[0] & 0x0F)
}

// Cause says why the record was written.
func (r *Record) Cause() Cause {
	if len(r.buf) < 2 {
		return 0
	}
	return Cause(r.buf[1] & 0xF0)
}

// Option is the low nibble of the second byte.
func (r *Record) Option() uint8 {
	if len(r.buf) < 2 {
		return 0
	}
	return r.buf[1] & 0x0F
}

// Has reports whether the record has a DSR.
func (r *Record) Has(d DSR) bool {
	if d-DSRSrcData <= 1 {
		d = r.stored(d)
	}
	return r.have&(1<<d) != 0
}

// Changed reports whether anything was set since Load.
func (r *Record) Changed() bool { return r.dirty != 0 }

// Clone returns a copy that shares nothing with r or the buffer that r
// aliases. Only bytes are copied; what was set since Load is encoded first.
func (r *Record) Clone() *Record {
	c := new(Record)
	r.CloneTo(c)
	return c
}

// CloneTo makes dst a copy of r, reusing the memory of an earlier copy in dst.
// dst must not have been Loaded from a buffer that its owner still uses.
func (r *Record) CloneTo(dst *Record) {
	buf := dst.buf[:0]
	if r.dirty != 0 {
		if b, err := r.AppendTo(buf, r.Version()); err == nil {
			buf = b
		}
	} else {
		buf = append(buf, r.buf...)
	}
	_ = dst.Load(buf) // as sound as r
	dst.state = r.state & (viewCorrect)
}

// fail notes that the content of a DSR is malformed: it reads as absent.
func (r *Record) fail(d DSR) {
	r.have &^= d.bit()
	r.bad |= d.bit()
}

// set notes that the field of a DSR was given a new value.
func (r *Record) set(d DSR) {
	r.have |= d.bit()
	r.cached |= d.bit()
	r.dirty |= d.bit()
	r.bad &^= d.bit()
}

// Drop removes a DSR from the record.
func (r *Record) Drop(d DSR) {
	r.decodeField(d)
	d = r.stored(d)
	r.flipped() // decided while the key is there
	r.have &^= d.bit()
	r.cached &^= d.bit() // to be read as absent
	r.dirty |= d.bit()
	switch {
	case d-DSRSrcData > 1:
	case (d == DSRDstData) != r.flipped():
		r.dstData = UserData{}
	default:
		r.srcData = UserData{}
	}
}

// SetCause changes why the record was written. It writes into the record's
// bytes, so a record that aliases a buffer of somebody else is to be cloned
// first.
func (r *Record) SetCause(c Cause) { r.buf[1] = byte(c) | r.buf[1]&0x0F }

// New returns an empty record of a kind, to be filled by setters.
func New(k Kind, v Version, c Cause) *Record {
	b := AppendHeader(make([]byte, 0, HeaderSize), k, v, c)
	PutLength(b)
	return &Record{buf: b}
}
