package capture

import "encoding/binary"

// ESP state: word 0 status, 1 SPI, 2 last sequence number, 3 packets lost.
const (
	espStatus = 0
	espSPI    = 1
	espSeq    = 2
	espLost   = 3
)

// Bits of the ESP status.
const (
	espDrop       = 0x00000010
	espRollover   = 0x00001000
	espFailure    = 0x00002000
	espOutOfOrder = 0x00010000
)

// esp follows the sequence numbers of a security association. Each direction
// is a flow of its own.
func (e *engine) esp(f *flow, p *frame) {
	d := p.Payload()
	if len(d) < 8 {
		return
	}
	a := e.aux(f)
	w := &a.proto.words
	seq := binary.BigEndian.Uint32(d[4:])
	if a.proto.kind != protoESP {
		a.proto.kind = protoESP
		w[espSPI], w[espSeq] = binary.BigEndian.Uint32(d), seq
		return
	}
	if w[espStatus]&espFailure != 0 {
		return
	}
	const far = 65536
	ahead := int32(seq - w[espSeq])
	if seq < w[espSeq] && ahead > 0 {
		w[espStatus] |= espRollover
	}
	switch {
	case ahead == 1:
		w[espSeq] = seq
	case ahead == 0:
		w[espStatus] |= espFailure
	case ahead > far || ahead < -far:
		w[espStatus] |= espFailure
		w[espSeq] = seq
	case ahead > 1:
		w[espStatus] |= espDrop
		w[espLost] += uint32(ahead - 1)
		w[espSeq] = seq
	default:
		w[espLost]--
		w[espStatus] |= espOutOfOrder
	}
}
