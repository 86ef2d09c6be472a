package record

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
)

const protoSCTP Proto = 132

// AppendCommunityID appends the community id of a flow (version 1): "1:" and the
// SHA-1 in base64 of seed, addresses, protocol and ports, the smaller end first,
// so that both directions have the same. ICMP types take the place of ports. ok
// is false, and nothing is appended, for records that are no IP flows.
func (r *Record) AppendCommunityID(dst []byte, seed uint16) (id []byte, ok bool) {
	f := r.Flow()
	if !r.IsFlow() || !f.IsIP() || f.Class != ClassFiveTuple || f.Src.family != f.Dst.family {
		return dst, false
	}
	src, d := f.Src, f.Dst
	sport, dport, hasPorts, oneWay := f.communityPorts()
	if order := src.Compare(d); !oneWay && (order > 0 || order == 0 && sport > dport) {
		src, d, sport, dport = d, src, dport, sport
	}
	var space [2 + 16 + 16 + 2 + 4]byte
	b := binary.BigEndian.AppendUint16(space[:0], seed)
	b = append(append(b, src.Bytes()...), d.Bytes()...)
	b = append(b, byte(f.Proto), 0)
	if hasPorts {
		b = binary.BigEndian.AppendUint16(b, sport)
		b = binary.BigEndian.AppendUint16(b, dport)
	}
	sum := sha1.Sum(b)
	return base64.StdEncoding.AppendEncode(append(dst, "1:"...), sum[:]), true
}

// appendCommunityID is the attribute.
func appendCommunityID(dst []byte, r *Record, _ *TextOptions) []byte {
	dst, _ = r.AppendCommunityID(dst, 0)
	return dst
}

// communityPorts are the ports of a flow; for ICMP the type and that of its
// counterpart or, of messages that have none, type and code.
func (f *Flow) communityPorts() (src, dst uint16, has, oneWay bool) {
	switch {
	case f.Fragment:
		return 0, 0, false, false
	case f.Proto == ProtoTCP || f.Proto == ProtoUDP || f.Proto == protoSCTP:
		return f.SrcPort, f.DstPort, true, false
	case f.Proto == ProtoICMP && f.Src.family == IPv4, f.Proto == ProtoICMP6 && f.Src.family == IPv6:
		if other, ok := ICMPCounterpart(f.Src.family, f.ICMPType); ok {
			return uint16(f.ICMPType), uint16(other), true, false
		}
		return uint16(f.ICMPType), uint16(f.ICMPCode), true, true
	}
	return 0, 0, false, false
}

// ICMPCounterpart is the type of the ICMP or ICMPv6 message that answers a type,
// or that a type answers; ok is false for messages that have none.
func ICMPCounterpart(family Family, typ uint8) (other uint8, ok bool) {
	pairs := icmp4Pairs
	if family == IPv6 {
		pairs = icmp6Pairs
	}
	for _, p := range pairs {
		switch typ {
		case p[0]:
			return p[1], true
		case p[1]:
			return p[0], true
		}
	}
	return 0, false
}

var (
	icmp4Pairs = [][2]uint8{{8, 0}, {13, 14}, {15, 16}, {17, 18}, {10, 9}}
	icmp6Pairs = [][2]uint8{{128, 129}, {130, 131}, {133, 134}, {135, 136}, {139, 140}, {144, 145}}
)
