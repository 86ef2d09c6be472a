package record

import "encoding/binary"

// Metrics are the counters of a record (DSR 0x10), both sides.
//
//	byte 1  subtype 0x01 packets and bytes, 0x04 and application bytes
//	byte 2  bits 0..3 encoding: 1..4 both sides as u8, u16, u32, u64;
//	        5..8 source alone; 9..12 destination alone
//	then    packets, bytes[, application bytes] of each side, big-endian
type Metrics struct {
	Src, Dst Counters

	enc     uint8 // encoding on the wire, 0 if set by a user
	withApp bool  // the wire form has application bytes
}

// Counters are what was counted in one direction.
type Counters struct {
	Packets  uint64
	Bytes    uint64 // as the link layer counts them (format, "Metric")
	AppBytes uint64 // above the transport header; 0 where not recorded
}

// Encodings of the metric DSR: the size of an element and which sides there are.
const (
	metricByte = 1 + iota
	metricShort
	metricInt
	metricLong
	metricSides    = 4 // added for source alone, twice for destination alone
	metricPackets  = 0x01
	metricWithApp  = 0x04
	metricEncoding = 0x0F
)

// Metrics returns the counters.
func (r *Record) Metrics() *Metrics {
	if r.cached&(1<<DSRMetrics) == 0 {
		r.fillMetrics()
	}
	return &r.metrics
}

// SetMetrics gives the record counters.
func (r *Record) SetMetrics(m Metrics) {
	m.enc = 0
	r.metrics = m
	r.set(DSRMetrics)
}

//go:noinline
func (r *Record) fillMetrics() {
	r.cached |= DSRMetrics.bit()
	b := r.raw(DSRMetrics)
	if b == nil {
		r.metrics = Metrics{}
		return
	}
	if !r.metrics.decode(b) {
		r.metrics = Metrics{}
		r.fail(DSRMetrics)
		return
	}
	if r.flipped() {
		r.metrics.flip()
	}
}

func (m *Metrics) flip() {
	m.Src, m.Dst = m.Dst, m.Src
	switch {
	case m.enc > 2*metricSides:
		m.enc -= metricSides
	case m.enc > metricSides:
		m.enc += metricSides
	}
}

// Packets is the sum of both sides.
func (m *Metrics) Packets() uint64 { return m.Src.Packets + m.Dst.Packets }

// Bytes is the sum of both sides.
func (m *Metrics) Bytes() uint64 { return m.Src.Bytes + m.Dst.Bytes }

// AppBytes is the sum of both sides.
func (m *Metrics) AppBytes() uint64 { return m.Src.AppBytes + m.Dst.AppBytes }

func (m *Metrics) decode(b []byte) bool {
	*m = Metrics{enc: b[2] & metricEncoding}
	// Subtype 0x01 wins over 0x04, as readers test them in this order.
	m.withApp = b[1]&metricPackets == 0 && b[1]&metricWithApp != 0
	if m.enc < 1 || m.enc > 3*metricSides {
		return false
	}
	size := 1 << ((m.enc - 1) % metricSides)
	per := 2
	if m.withApp {
		per = 3
	}
	sides := 1
	if m.enc <= metricSides {
		sides = 2
	}
	v := b[4:]
	if len(v) < sides*per*size {
		return false
	}
	first := &m.Src
	if m.enc > 2*metricSides {
		first = &m.Dst
	}
	v = first.decode(v, size, m.withApp)
	if sides == 2 {
		m.Dst.decode(v, size, m.withApp)
	}
	return true
}

// decode reads the elements of a side, which v is known to hold, and returns
// what is behind them.
func (c *Counters) decode(v []byte, size int, withApp bool) []byte {
	per := 2
	if withApp {
		per = 3
	}
	switch size {
	case 1:
		c.Packets, c.Bytes = uint64(v[0]), uint64(v[1])
		if withApp {
			c.AppBytes = uint64(v[2])
		}
	case 2:
		c.Packets, c.Bytes = uint64(binary.BigEndian.Uint16(v)), uint64(binary.BigEndian.Uint16(v[2:]))
		if withApp {
			c.AppBytes = uint64(binary.BigEndian.Uint16(v[4:]))
		}
	case 4:
		c.Packets, c.Bytes = uint64(binary.BigEndian.Uint32(v)), uint64(binary.BigEndian.Uint32(v[4:]))
		if withApp {
			c.AppBytes = uint64(binary.BigEndian.Uint32(v[8:]))
		}
	default:
		c.Packets, c.Bytes = binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[8:])
		if withApp {
			c.AppBytes = binary.BigEndian.Uint64(v[16:])
		}
	}
	return v[per*size:]
}

// append writes the DSR in the wire form it was read in, if the values still
// fit, else by the rules of the clients.
func (m *Metrics) append(dst []byte) []byte {
	if !m.fits() {
		return AppendMetrics(dst, m.Src, m.Dst, true)
	}
	return appendMetrics(dst, m.Src, m.Dst, m.enc, m.withApp)
}

// fits reports whether the form that was read holds the values.
func (m *Metrics) fits() bool {
	if m.enc < 1 || m.enc > 3*metricSides ||
		m.enc > 2*metricSides && m.Src != (Counters{}) ||
		m.enc > metricSides && m.enc <= 2*metricSides && m.Dst != (Counters{}) {
		return false
	}
	if !m.withApp && m.Src.AppBytes|m.Dst.AppBytes != 0 {
		return false
	}
	all := m.Src.Packets | m.Src.Bytes | m.Src.AppBytes | m.Dst.Packets | m.Dst.Bytes | m.Dst.AppBytes
	size := 1 << ((m.enc - 1) % metricSides) // bytes
	return size == 8 || all>>(8*size) == 0
}

// AppendMetrics appends the metric DSR of two sides in the smallest encoding
// that holds them (format, "Choosing the metric encoding"). The form with
// application bytes is used if app is true and there are any.
func AppendMetrics(dst []byte, src, d Counters, app bool) []byte {
	withApp := app && (src.AppBytes != 0 || d.AppBytes != 0)
	// A size is chosen by bytes and application bytes. Packets decide only
	// between one byte and two, since no packet is without bytes for long.
	widest := max(src.Bytes, d.Bytes)
	if withApp {
		widest = max(widest, src.AppBytes, d.AppBytes)
	}
	packets := max(src.Packets, d.Packets)
	srcUsed, dstUsed := src.Packets > 0 || src.Bytes > 0, d.Packets > 0 || d.Bytes > 0
	both := src.Packets > 0 && d.Packets > 0 || src.Bytes > 0 && d.Bytes > 0
	var enc uint8
	switch {
	case !srcUsed && !dstUsed && !withApp:
		enc = metricByte
	case (both || srcUsed == dstUsed) && max(widest, packets) <= 0xFF:
		enc = metricByte
	case max(widest, packets) <= 0xFFFF:
		enc = metricShort
	case max(widest, packets) <= 0xFFFFFFFF:
		enc = metricInt
	default:
		enc = metricLong
	}
	if !both && srcUsed != dstUsed {
		enc += metricSides
		if dstUsed {
			enc += metricSides
		}
	}
	return appendMetrics(dst, src, d, enc, withApp)
}

func appendMetrics(dst []byte, src, d Counters, enc uint8, withApp bool) []byte {
	subtype := byte(metricPackets)
	if withApp {
		subtype = metricWithApp
	}
	at := len(dst)
	dst = append(dst, DSRMetrics.Type(), subtype, enc, 0)
	size := 1 << ((enc - 1) % metricSides)
	if enc <= 2*metricSides {
		dst = appendCounters(dst, src, size, withApp)
	}
	if enc <= metricSides || enc > 2*metricSides {
		dst = appendCounters(dst, d, size, withApp)
	}
	return closeDSR(dst, at)
}

func appendCounters(dst []byte, c Counters, size int, withApp bool) []byte {
	dst = appendElement(dst, c.Packets, size)
	dst = appendElement(dst, c.Bytes, size)
	if withApp {
		dst = appendElement(dst, c.AppBytes, size)
	}
	return dst
}

func appendElement(dst []byte, v uint64, size int) []byte {
	switch size {
	case 1:
		return append(dst, byte(v))
	case 2:
		return binary.BigEndian.AppendUint16(dst, uint16(v))
	case 4:
		return binary.BigEndian.AppendUint32(dst, uint32(v))
	}
	return binary.BigEndian.AppendUint64(dst, v)
}

// bit is mask if set, else 0.
func bit(set bool, mask uint8) uint8 {
	if set {
		return mask
	}
	return 0
}

// closeDSR pads the DSR that starts at dst[at] with zeros to whole words and
// writes its length.
func closeDSR(dst []byte, at int) []byte {
	for (len(dst)-at)%4 != 0 {
		dst = append(dst, 0)
	}
	dst[at+3] = byte((len(dst) - at) / 4)
	return dst
}

func (a *Record) mergeMetrics(b *Record) {
	m, o := a.Metrics(), b.Metrics()
	if b.have&(1<<DSRMetrics) == 0 {
		return
	}
	m.Src.add(&o.Src)
	m.Dst.add(&o.Dst)
	m.enc, m.withApp = 0, m.withApp || o.withApp
	a.set(DSRMetrics)
}

// add sums counters; they wrap, as the wire does.
func (c *Counters) add(o *Counters) {
	c.Packets += o.Packets
	c.Bytes += o.Bytes
	c.AppBytes += o.AppBytes
}

func (c *Counters) subtract(o *Counters) {
	c.Packets -= o.Packets
	c.Bytes -= o.Bytes
	c.AppBytes -= o.AppBytes
}
