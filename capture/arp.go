package capture

import "encoding/binary"

// ARP packet: hardware u16, protocol u16, hardware length u8, protocol length
// u8, operation u16, then sender hardware and protocol address, target hardware
// and protocol address.
const (
	arpFixed      = 8
	arpRequest    = 1
	arpAnswer     = 2
	rarpRequest   = 3
	rarpAnswer    = 4
	maxHardware   = 32 // longest hardware address that is one
	arpOverhead   = 28 // what application bytes leave out
	macSize       = 6
	extraHardware = 16 // what fits into the words of a key
)

// arpParts cuts an ARP packet into its addresses.
func (f *frame) arpParts() (sha, spa, tha, tpa []byte, op uint16, ok bool) {
	d := f.Data[f.Net:]
	if len(d) < arpFixed {
		return
	}
	hln, pln := int(d[4]), int(d[5])
	op = binary.BigEndian.Uint16(d[6:])
	if hln > maxHardware || len(d) < arpFixed+2*(hln+pln) {
		return
	}
	d = d[arpFixed:]
	return d[:hln], d[hln : hln+pln], d[hln+pln : 2*hln+pln], d[2*hln+pln : 2*hln+2*pln], op, true
}

// arpKey builds the key of an ARP request or its answer: the asker comes first.
func (f *frame) arpKey() bool {
	sha, spa, tha, tpa, op, ok := f.arpParts()
	if !ok || op != arpRequest && op != arpAnswer {
		return false
	}
	if op == arpAnswer {
		f.swapped = true
		sha, spa, tpa = tha, tpa, spa
	}
	if len(spa) == 4 {
		f.key[0] = uint64(binary.BigEndian.Uint32(spa))<<32 | uint64(binary.BigEndian.Uint32(tpa))
	}
	f.hardwareKey(keyARP)
	f.key[2], f.key[3] = packBytes(sha)
	if len(sha) > extraHardware {
		f.ext.add(sha[extraHardware:])
	}
	return true
}

// hardwareKey stores the fixed part of an ARP packet.
func (f *frame) hardwareKey(kind keyKind) {
	f.key[1] = uint64(binary.BigEndian.Uint32(f.Data[f.Net:]))<<32 | uint64(f.Data[f.Net+4])<<24 | uint64(f.Data[f.Net+5])<<16
	f.key[4] = last(kind, 0, 0, 0, 0)
}

// packBytes packs up to 16 bytes into two words, from the left.
func packBytes(b []byte) (hi, lo uint64) {
	var w [16]byte
	copy(w[:], b)
	return binary.BigEndian.Uint64(w[:]), binary.BigEndian.Uint64(w[8:])
}

// rarpKey builds the key of a reverse ARP request or its answer: whose address
// is sought and who asks. An answer goes to the asker's Ethernet address.
func (f *frame) rarpKey() bool {
	sha, _, tha, tpa, op, ok := f.arpParts()
	if !ok || op != rarpRequest && op != rarpAnswer || len(sha) > extraHardware/2 {
		return false
	}
	asker := sha
	if op == rarpAnswer {
		f.swapped = true
		asker = tha
		if h := f.EtherHeader(); h != nil && len(tha) == macSize && h[0]&1 == 0 {
			asker = h[:macSize]
		}
		_ = tpa
	}
	f.hardwareKey(keyRARP)
	f.key[2], _ = packBytes(tha)
	f.key[3], _ = packBytes(asker)
	return true
}

// ARP state: words 0 and 1 are the hardware address that answered, word 2 the
// protocol address that an answer to a reverse request told.
func (e *engine) arp(f *flow, p *frame) {
	p.length, p.start = p.Bytes-arpOverhead, p.Net+arpOverhead
	if len(p.Data)-p.Net < arpOverhead {
		p.length = 0
		return
	}
	sha, _, _, tpa, op, ok := p.arpParts()
	if !ok {
		return
	}
	switch op {
	case arpAnswer:
		a := e.aux(f)
		a.proto.kind = protoARP
		hi, _ := packBytes(sha)
		a.proto.words[0], a.proto.words[1] = uint32(hi>>32), uint32(hi)
	case rarpAnswer:
		if len(tpa) == 4 {
			e.aux(f).proto.words[2] = binary.BigEndian.Uint32(tpa)
		}
	}
}
