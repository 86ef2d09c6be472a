package record

import "encoding/binary"

// IPAttr are attributes of the IP headers (DSR 0x48), by side.
//
//	byte 2  which words follow; 0x10, 0x20: fragments of the source, of the destination were seen
//	byte 3  1 to 5 words
//	then    in this order, a word for each bit of byte 2:
//	        0x01 source ttl u8, tos u8, IP id u16
//	        0x04 source options u32
//	        0x02 destination ttl, tos, IP id
//	        0x08 destination options
//
// Sensors store the IP id in host order; ID is the big-endian reading, as
// readers print it.
type IPAttr struct {
	Src, Dst IPSide
}

// IPSide are the attributes of one side.
type IPSide struct {
	TTL, TOS   uint8
	ID         uint16 // bytes of the wire, big-endian: the id of the packet, swapped
	Options    uint32
	Has        bool // TTL, TOS and ID are known
	HasOptions bool
	Fragments  bool
}

// IP options of IPSide.Options.
const (
	IPOptRecordRoute  = 0x01
	IPOptTimestamp    = 0x02
	IPOptSecurity     = 0x04
	IPOptLooseRoute   = 0x08
	IPOptSatelliteID  = 0x10
	IPOptStrictRoute  = 0x20
	IPOptRouterAlert  = 0x40
	ipAttrSrc         = 0x01
	ipAttrDst         = 0x02
	ipAttrSrcOptions  = 0x04
	ipAttrDstOptions  = 0x08
	ipAttrSrcFragment = 0x10
	ipAttrDstFragment = 0x20
)

func (a *IPAttr) flip() { a.Src, a.Dst = a.Dst, a.Src }

func (a *IPAttr) decode(b []byte, _ Version) bool {
	q := b[2]
	a.Src = IPSide{Has: q&ipAttrSrc != 0, HasOptions: q&ipAttrSrcOptions != 0, Fragments: q&ipAttrSrcFragment != 0}
	a.Dst = IPSide{Has: q&ipAttrDst != 0, HasOptions: q&ipAttrDstOptions != 0, Fragments: q&ipAttrDstFragment != 0}
	rest, ok := a.Src.decode(b[4:])
	if ok {
		_, ok = a.Dst.decode(rest)
	}
	return ok
}

func (s *IPSide) decode(b []byte) ([]byte, bool) {
	if s.Has {
		if len(b) < 4 {
			return nil, false
		}
		s.TTL, s.TOS, s.ID = b[0], b[1], binary.BigEndian.Uint16(b[2:])
		b = b[4:]
	}
	if s.HasOptions {
		if len(b) < 4 {
			return nil, false
		}
		s.Options = binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	return b, true
}

// AppendIPAttr appends the DSR of a.
func AppendIPAttr(dst []byte, a *IPAttr) []byte {
	at := len(dst)
	q := bit(a.Src.Has, ipAttrSrc) | bit(a.Src.HasOptions, ipAttrSrcOptions) | bit(a.Src.Fragments, ipAttrSrcFragment) |
		bit(a.Dst.Has, ipAttrDst) | bit(a.Dst.HasOptions, ipAttrDstOptions) | bit(a.Dst.Fragments, ipAttrDstFragment)
	dst = append(dst, DSRIPAttr.Type(), 0, q, 0)
	dst = a.Src.append(dst)
	dst = a.Dst.append(dst)
	return closeDSR(dst, at)
}

// size is the number of bytes that the DSR takes.
func (a *IPAttr) size() int {
	n := 4
	for _, s := range [...]*IPSide{&a.Src, &a.Dst} {
		if s.Has {
			n += 4
		}
		if s.HasOptions {
			n += 4
		}
	}
	return n
}

func (s *IPSide) append(dst []byte) []byte {
	if s.Has {
		dst = append(dst, s.TTL, s.TOS, byte(s.ID>>8), byte(s.ID))
	}
	if s.HasOptions {
		dst = binary.BigEndian.AppendUint32(dst, s.Options)
	}
	return dst
}

func (a *Record) mergeIPAttr(b *Record) {
	if b.have&(1<<DSRIPAttr) == 0 {
		return
	}
	x, y := a.IPAttr(), b.IPAttr()
	if a.have&(1<<DSRIPAttr) == 0 { // only one has it: as if the other had both sides empty
		*x = *y
		a.set(DSRIPAttr)
		return
	}
	was := *x
	x.Src.merge(&y.Src)
	x.Dst.merge(&y.Dst)
	if *x != was {
		a.set(DSRIPAttr)
	}
}

func (s *IPSide) merge(o *IPSide) {
	switch {
	case !o.Has:
	case !s.Has:
		s.TTL, s.TOS, s.ID, s.Has = o.TTL, o.TOS, o.ID, true
	default:
		s.TTL, s.TOS = mergeTTL(s.TTL, o.TTL), mergeTOS(s.TOS, o.TOS)
	}
	s.Options |= o.Options
	s.HasOptions = s.HasOptions || o.HasOptions
	s.Fragments = s.Fragments || o.Fragments
}

// mergeTTL is the smaller of those that are known.
func mergeTTL(a, b uint8) uint8 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

func mergeTOS(a, b uint8) uint8 {
	if a != b {
		return 0
	}
	return a
}
