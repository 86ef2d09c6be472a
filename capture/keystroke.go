package capture

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/record"
)

// KeystrokeMode says in which connections keystrokes are looked for.
type KeystrokeMode uint8

// The modes of keystroke detection.
const (
	KeystrokesOff KeystrokeMode = iota
	KeystrokesTCP               // any TCP connection
	KeystrokesSSH               // those whose payloads are multiples of four bytes
)

// Keystrokes configures the detection of keystrokes: small packets of a client
// that the server echoes at once. Limits of zero are the defaults; times are in
// microseconds.
type Keystrokes struct {
	Mode       KeystrokeMode
	MinPackets int     // packets of a connection before it is looked at: 23
	ClientMin  int     // payload bytes of a keystroke: 48 to 128
	ClientMax  int     //
	ServerMin  int     // payload bytes of an echo: 24 to 256
	ServerMax  int     //
	EchoGap    int     // packets between a keystroke and its echo at most: 3
	StrokeGap  int     // packets between keystrokes at most: 3
	Interval   int64   // microseconds between keystrokes at least: 50000
	RatioMin   float64 // client interval over server interval: 0.892 to 1.122
	RatioMax   float64 //
}

// fill replaces zero limits by the defaults.
func (k *Keystrokes) fill() {
	for v, d := range map[*int]int{&k.MinPackets: 23, &k.ClientMin: 48, &k.ClientMax: 128, &k.ServerMin: 24, &k.ServerMax: 256, &k.EchoGap: 3, &k.StrokeGap: 3} {
		if *v == 0 {
			*v = d
		}
	}
	if k.Interval == 0 {
		k.Interval = 50000
	}
	if k.RatioMin == 0 {
		k.RatioMin = 0.892
	}
	if k.RatioMax == 0 {
		k.RatioMax = 1.122
	}
}

// keystrokes is the state of the detector of a connection.
type keystrokes struct {
	slots    [8]keySlot
	client   int64 // last accepted client packet
	server   int64 // last accepted server packet
	packet   int32 // number of the last accepted client packet
	packets  int32 // TCP packets of the connection
	count    uint32
	examined bool // a data packet was looked at in this record
	ended    bool
}

// keySlot is a client packet that may be a keystroke.
type keySlot struct {
	time, interval int64
	ack            uint32
	packet         int32
	used           bool
	tentative      bool
}

// renew empties what counts for one record.
func (k *keystrokes) renew() { k.count, k.examined = 0, false }

// keystroke runs the detector on a packet.
func (e *engine) keystroke(f *flow, p *frame) {
	cfg := &e.cfg.Keystrokes
	a := e.aux(f)
	if a.keys == 0 {
		a.keys = e.keys.take()
		*e.keys.at(a.keys) = keystrokes{packet: -int32(cfg.StrokeGap)}
	}
	k := e.keys.at(a.keys)
	k.packets++
	d := p.Payload()
	n := p.length
	if k.ended || int(k.packets) < cfg.MinPackets || n <= 0 || len(d) < tcpHeader {
		return
	}
	if cfg.Mode == KeystrokesSSH && n%4 != 0 {
		k.ended = true
		return
	}
	k.examined = true
	if f.side(p.swapped) == 0 {
		if n >= cfg.ClientMin && n <= cfg.ClientMax {
			k.sent(binary.BigEndian.Uint32(d[4:])+uint32(n), p.now)
		}
		return
	}
	k.echoed(cfg, binary.BigEndian.Uint32(d[8:]), n, p.now)
}

// sent notes a client packet in a free slot, or over the oldest one that is
// not tentative.
func (k *keystrokes) sent(ack uint32, now int64) {
	at, found := 0, false
	for i := range k.slots {
		s := &k.slots[i]
		if !s.used {
			at, found = i, true
			break
		}
		if !s.tentative && (!found || s.time < k.slots[at].time) {
			at, found = i, true
		}
	}
	k.slots[at] = keySlot{time: now, interval: now - k.client, ack: ack, packet: k.packets, used: true}
}

// echoed looks for the client packet that a server packet answers.
func (k *keystrokes) echoed(cfg *Keystrokes, ack uint32, n int, now int64) {
	at := -1
	for i := range k.slots {
		if s := &k.slots[i]; s.used && !s.tentative && s.ack == ack {
			at = i
			break
		}
	}
	if at < 0 {
		return
	}
	s := k.slots[at]
	ratio := float64(s.interval) / float64(now-k.server)
	if int(k.packets-s.packet) > cfg.EchoGap || n < cfg.ServerMin || n > cfg.ServerMax ||
		s.interval < cfg.Interval*1000 || !(ratio >= cfg.RatioMin && ratio <= cfg.RatioMax) {
		k.clearTentative()
		k.slots[at] = keySlot{}
		return
	}
	near := int(s.packet-k.packet) <= cfg.StrokeGap
	tentative := k.clearTentative()
	if near {
		k.count += 1 + tentative
		k.slots[at] = keySlot{}
	} else {
		k.slots[at].tentative = true
	}
	k.client, k.server, k.packet = s.time, now, s.packet
}

func (k *keystrokes) clearTentative() (n uint32) {
	for i := range k.slots {
		if k.slots[i].tentative {
			k.slots[i] = keySlot{}
			n++
		}
	}
	return n
}

// appendKeystrokes writes the keystrokes of the record.
func (e *engine) appendKeystrokes(b []byte, a *aux) []byte {
	k := e.keys.at(a.keys)
	if int(k.packets) < e.cfg.Keystrokes.MinPackets || !k.examined {
		return b
	}
	b = dsr(b, record.DSRBehavior, uint8(e.cfg.Keystrokes.Mode), 0, 3)
	b = put32(b, k.count)
	return put32(b, 0)
}
