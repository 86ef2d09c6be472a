package fuzz

import (
	"encoding/binary"

	"github.com/seed-6ae541b3/goargus/record"
)

// Flows is a stream of version 3 TCP and UDP records of any length, made as it
// is read: record i is of flow i*step mod Keys, so that each flow comes again
// after Keys records, and its counters follow from i alone. Sums over a flow or
// over all are known without keeping anything.
type Flows struct {
	Records, Keys uint64
	Start         int64 // of the first record, nanoseconds since the epoch; 0 is 2024
}

// step spreads the flows over the stream; it is prime, so that no multiple of
// it meets a number of keys below it twice.
const step = 1_000_000_007

// At returns the flow of record i and what it counts.
func (f Flows) At(i uint64) (key uint64, src, dst record.Counters) {
	key = i * (step % f.Keys) % f.Keys
	p := 1 + (i*2654435761>>7)%9
	src = record.Counters{Packets: p, Bytes: 60*p + i%1400}
	dst = record.Counters{Packets: i % 4, Bytes: 70 * (i % 4)}
	return key, src, dst
}

// Total returns the sums over all records.
func (f Flows) Total() (src, dst record.Counters) {
	for i := range f.Records {
		_, s, d := f.At(i)
		src.Packets, src.Bytes = src.Packets+s.Packets, src.Bytes+s.Bytes
		dst.Packets, dst.Bytes = dst.Packets+d.Packets, dst.Bytes+d.Bytes
	}
	return src, dst
}

// Sums returns what the records of a flow count together, and how many there
// are.
func (f Flows) Sums(key uint64) (src, dst record.Counters, n uint64) {
	// Record i is of flow i*s mod Keys; with the inverse of s the records of a
	// flow are the first one and every Keys after it.
	for i := key * f.inverse() % f.Keys; i < f.Records; i += f.Keys {
		_, s, d := f.At(i)
		src.Packets, src.Bytes = src.Packets+s.Packets, src.Bytes+s.Bytes
		dst.Packets, dst.Bytes = dst.Packets+d.Packets, dst.Bytes+d.Bytes
		n++
	}
	return src, dst, n
}

// inverse is the number that step is undone by, modulo Keys.
func (f Flows) inverse() uint64 {
	a, b := int64(step%f.Keys), int64(f.Keys)
	x, y := int64(1), int64(0)
	for b != 0 {
		q := a / b
		a, b = b, a-q*b
		x, y = y, x-q*y
	}
	k := int64(f.Keys)
	return uint64((x%k + k) % k)
}

// Address returns the source of the records of a flow: one for each flow.
func (f Flows) Address(key uint64) record.Endpoint {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], 0x0A000000+uint32(key))
	return record.EndpointFrom4(a)
}

// Stream yields the records. Each is valid until the next.
func (f Flows) Stream() record.Stream {
	return func(yield func(*record.Record, error) bool) {
		start := f.Start
		if start == 0 {
			start = 1_704_067_200 * 1e9
		}
		var rec record.Record
		var b []byte
		for i := range f.Records {
			b = f.appendRecord(b[:0], i, start)
			if err := rec.Load(b); err != nil {
				yield(nil, err)
				return
			}
			if !yield(&rec, nil) {
				return
			}
		}
	}
}

func (f Flows) appendRecord(b []byte, i uint64, start int64) []byte {
	key, src, dst := f.At(i)
	proto := record.ProtoTCP
	if key%4 == 0 {
		proto = record.ProtoUDP
	}
	b = record.AppendHeader(b, record.FlowRecord, record.Version3, record.Status)
	b = record.AppendTransport(b, &record.Transport{ID: record.SourceID{Kind: record.IDIPv4, Bytes: [16]byte{192, 0, 2, 1}}, Seq: uint32(i), HasSeq: true})
	b = record.AppendFlow(b, &record.Flow{
		Src: f.Address(key), Dst: record.EndpointFrom4([4]byte{198, 51, 100, byte(key)}),
		SrcPort: uint16(1024 + key%60000), DstPort: 443, Proto: proto, Class: record.ClassFiveTuple, Type: record.KeyIPv4,
	})
	at := start + int64(i)*1e5
	b = record.AppendTimePair(b, 2, at, at+int64(i%7)*1e6)
	b = record.AppendMetrics(b, src, dst, false)
	if proto == record.ProtoTCP {
		b = record.AppendTCP(b, record.NetworkTCP, &record.TCP{Status: record.TCPEstablished})
	}
	record.PutLength(b)
	return b
}
