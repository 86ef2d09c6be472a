package record

import "encoding/binary"

// KeyReverse is the REVERSE mark of Flow.Stored: the key is stored with its
// ends exchanged or, for ARP, all but the key is.
const KeyReverse = flowReverse

// AppendFlow appends the key of a flow as a sensor does: without prefix lengths
// unless f is Masked. f is in flow order; with the REVERSE mark in f.Stored its
// ends are stored exchanged (those of ARP keys stand as they are).
func AppendFlow(dst []byte, f *Flow) []byte {
	return f.append(dst, f.Masked, false)
}

// appendKey writes the key as it was read, or by the rules of the clients if it
// was set: with prefix lengths and without the mark.
func (f *Flow) appendKey(dst []byte) []byte {
	if f.words != 0 {
		return f.append(dst, f.Masked, f.Masked)
	}
	return f.append(dst, f.writesMasks(), true)
}

// writesMasks reports whether clients give the key prefix lengths. The keys of
// ICMP, ESP and fragments over IPv4 have numbers in their place, and lose them
// only for lengths that say something.
func (f *Flow) writesMasks() bool {
	switch {
	case f.Type == KeyIPv6:
		return true
	case f.Type != KeyIPv4 || f.Class == ClassARP:
		return false
	case f.Proto == ProtoICMP || f.Proto == ProtoESP || f.Fragment:
		return f.Masked && (f.SrcBits != 32 || f.DstBits != 32)
	}
	return true
}

// append writes the key with or without prefix lengths; client says whether the
// lengths of keys are those of the clients.
func (f *Flow) append(dst []byte, masked, client bool) []byte {
	at := len(dst)
	turn := f.Stored != 0 && f.Class != ClassARP
	if turn {
		f.flip()
		defer f.flip()
	}
	q := uint8(f.Type) | bit(f.Direction, keyDirection) | bit(masked, keyMasked) | bit(f.Fragment, keyFragment)
	dst = append(dst, DSRFlow.Type(), uint8(f.Class)|f.Stored, q, 0)
	switch {
	case f.Type == KeyIPv4 && f.Class != ClassARP:
		dst = f.append4(dst, masked)
	case f.Type == KeyIPv6:
		dst = f.append6(dst, masked)
	default:
		dst = f.appendLink(dst, client)
	}
	return closeDSR(dst, at)
}

func (f *Flow) append4(dst []byte, masked bool) []byte {
	be := binary.BigEndian
	dst = append(append(dst, f.Src.b[:4]...), f.Dst.b[:4]...)
	if f.Class == ClassLayer3 || f.words != 0 && f.words < 5 {
		return dst
	}
	src, d := f.SrcPort, f.DstPort
	tail := f.DNSID // bytes 18 and 19
	switch {
	case f.Fragment:
		src, d, tail = 0, 0, uint16(f.FragID)
	case f.Proto == ProtoICMP || f.Proto == ProtoIGMP:
		src, d, tail = uint16(f.ICMPType)<<8|uint16(f.ICMPCode), f.ICMPID, f.ICMPSeq
	case f.Proto == ProtoESP:
		dst = append(dst, byte(f.Proto), f.TP, byte(src>>8), byte(src))
		if !masked {
			return be.AppendUint32(dst, f.SPI)
		}
		dst = be.AppendUint16(dst, uint16(f.SPI>>16))
		return append(dst, f.SrcBits, f.DstBits)
	}
	if masked {
		tail = uint16(f.SrcBits)<<8 | uint16(f.DstBits)
		if !f.Masked {
			tail = 32<<8 | 32
		}
	}
	dst = append(dst, byte(f.Proto), f.TP)
	dst = be.AppendUint16(dst, src)
	dst = be.AppendUint16(dst, d)
	return be.AppendUint16(dst, tail)
}

func (f *Flow) append6(dst []byte, masked bool) []byte {
	be := binary.BigEndian
	dst = append(append(dst, f.Src.b[:]...), f.Dst.b[:]...)
	if f.Class == ClassLayer3 || f.words != 0 && f.words < 11 {
		return dst
	}
	dst = be.AppendUint32(dst, uint32(f.Proto)<<24|f.label)
	switch {
	case f.Fragment:
		dst = be.AppendUint32(dst, f.FragID)
	case f.Proto == ProtoICMP6:
		dst = append(dst, f.ICMPType, f.ICMPCode)
		dst = be.AppendUint16(dst, f.ICMPID)
	case f.Proto == ProtoESP:
		dst = be.AppendUint32(dst, f.SPI)
	default:
		dst = be.AppendUint16(dst, f.SrcPort)
		dst = be.AppendUint16(dst, f.DstPort)
	}
	switch {
	case masked && f.words != 11:
		src, d := f.SrcBits, f.DstBits
		if !f.Masked {
			src, d = 128, 128
		}
		dst = append(dst, src, 0, d, 0)
	case f.words == 12:
		dst = be.AppendUint32(dst, f.tail6)
	}
	return dst
}
