package record

import "encoding/binary"

// Transport says which sensor wrote the record and gives it a number (DSR 0x01).
//
//	byte 1  0x01 there is a source id, 0x02 there is a sequence number
//	byte 2  kind of id; 0x10: an interface name follows the id
//	then    id 4 or 16 bytes, [interface name 4], [sequence number u32]
type Transport struct {
	ID        SourceID
	Interface [4]byte // name of the capture interface, zero filled
	Seq       uint32  // first flow record 1; version 3 repeats it in later reports of a flow
	HasSeq    bool
	HasInf    bool

	subtype uint8 // as read, for its stray bits
	read    bool  // the DSR stood on the wire, with hasID
	hasID   bool
}

// SourceID identifies a sensor. It is a comparable value.
type SourceID struct {
	Kind  IDKind
	Bytes [16]byte // from the left; 4 or 16 are used
}

// IDKind is the kind of a source id.
type IDKind uint8

// The kinds of source id.
const (
	IDNone     IDKind = 0x00 // none configured, or no id in the record
	IDIPv4     IDKind = 0x01
	IDIPv6     IDKind = 0x02
	IDEthernet IDKind = 0x03
	IDInt      IDKind = 0x20
	IDString   IDKind = 0x21 // up to four characters
	IDUUID     IDKind = 0x22

	transportID  = 0x01
	transportSeq = 0x02
	transportInf = 0x10
)

// size is the number of bytes that an id takes on the wire.
func (k IDKind) size() int {
	switch k {
	case IDIPv6, IDUUID:
		return 16
	case IDEthernet:
		return 8
	}
	return 4
}

func (t *Transport) flip() {}

func (t *Transport) decode(b []byte, v Version) bool {
	*t = Transport{subtype: b[1], read: true}
	sub := b[1]
	if v == Version3 && len(b) >= 12 {
		sub |= transportID | transportSeq
	}
	at := 4
	if sub&transportID != 0 {
		t.hasID = true
		t.ID.Kind = IDKind(b[2] &^ transportInf)
		n := t.ID.Kind.size()
		if at+n > len(b) {
			return false
		}
		copy(t.ID.Bytes[:], b[at:at+n])
		at += n
		if b[2]&transportInf != 0 && at+4 <= len(b) {
			t.HasInf = true
			copy(t.Interface[:], b[at:])
			at += 4
		}
	}
	if sub&transportSeq != 0 && at+4 <= len(b) {
		t.HasSeq = true
		t.Seq = binary.BigEndian.Uint32(b[at:])
	}
	return true
}

// AppendTransport appends the DSR of t. Without an id of any kind the DSR holds
// the sequence number alone.
func AppendTransport(dst []byte, t *Transport) []byte {
	hasID := t.ID.Kind != IDNone || t.read && t.hasID
	return t.appendForm(dst, t.ID, hasID, t.HasInf)
}

// append writes the DSR in version v; from is the version of the record. Version
// 3 has ids of four bytes, always one of them, since its readers take whatever
// stands there for one; it has no interface names.
func (t *Transport) append(dst []byte, v, from Version) []byte {
	if v != Version3 {
		return AppendTransport(dst, t)
	}
	return t.appendForm(dst, t.ID.short(), !t.read || t.hasID || from != Version3, false)
}

// short is the id as version 3 can have it: the first four bytes of a longer
// one, an IPv6 address as IPv4, others as a number.
func (id SourceID) short() SourceID {
	switch id.Kind {
	case IDIPv6:
		id.Kind = IDIPv4
	case IDUUID, IDEthernet:
		id.Kind = IDInt
	default:
		return id
	}
	clear(id.Bytes[4:])
	return id
}

func (t *Transport) appendForm(dst []byte, id SourceID, hasID, hasInf bool) []byte {
	at := len(dst)
	subtype := t.subtype | bit(hasID, transportID) | bit(t.HasSeq, transportSeq)
	q := uint8(0)
	if hasID {
		q = uint8(id.Kind) | bit(hasInf, transportInf)
	}
	dst = append(dst, DSRTransport.Type(), subtype, q, 0)
	if hasID {
		dst = append(dst, id.Bytes[:id.Kind.size()]...)
		if hasInf {
			dst = append(dst, t.Interface[:]...)
		}
	}
	if t.HasSeq {
		dst = binary.BigEndian.AppendUint32(dst, t.Seq)
	}
	return closeDSR(dst, at)
}

// sameSource reports whether two DSRs differ in the sequence number alone.
func sameSource(x, y []byte) bool {
	return len(x) == len(y) && len(x) > 8 && string(x[:len(x)-4]) == string(y[:len(y)-4])
}

// mergeTransport keeps the source of both if it is one, else removes it.
func (a *Record) mergeTransport(b *Record) {
	if a.have&(1<<DSRTransport) == 0 {
		return
	}
	x, y := a.raw(DSRTransport), b.raw(DSRTransport)
	if sameSource(x, y) {
		return
	}
	s, t := a.Transport(), b.Transport()
	if b.have&(1<<DSRTransport) == 0 || s.ID != t.ID {
		a.Drop(DSRTransport)
		return
	}
	if s.HasInf && s.Interface != t.Interface {
		s.Interface = [4]byte{}
		a.set(DSRTransport)
	}
}
