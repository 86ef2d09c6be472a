package fuzz

import (
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/record"
)

// Record generates flow records of version 3 or 5 with a key, times, counters
// and any other DSRs, as sensors and clients write them.
func Record() *rapid.Generator[*record.Record] {
	return rapid.Custom(func(t *rapid.T) *record.Record {
		v := rapid.SampledFrom([]record.Version{record.Version3, record.Version5}).Draw(t, "version")
		return RecordOf(v).Draw(t, "record")
	})
}

// RecordOf generates flow records of one version.
func RecordOf(v record.Version) *rapid.Generator[*record.Record] {
	return rapid.Custom(func(t *rapid.T) *record.Record {
		b := flowRecord(t)
		rec := new(record.Record)
		must(rec.Load(b))
		if v == record.Version5 {
			return rec
		}
		b, err := rec.AppendTo(nil, v)
		must(err)
		must(rec.Load(b))
		return rec
	})
}

// Management generates management records.
func Management(v record.Version) *rapid.Generator[*record.Record] {
	return rapid.Custom(func(t *rapid.T) *record.Record {
		cause := rapid.SampledFrom([]record.Cause{record.Start, record.Status, record.Stop}).Draw(t, "cause")
		return record.NewManagement(v, cause, managementInfo(t))
	})
}

// Stream generates the bytes of a stream: a START management record and up to n
// others.
func Stream(v record.Version, n int) *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		b, err := record.NewManagement(v, record.Start, managementInfo(t)).AppendTo(nil, v)
		must(err)
		for range rapid.IntRange(0, n).Draw(t, "records") {
			rec := RecordOf(v).Draw(t, "record")
			if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
				rec = record.NewManagement(v, record.Status, managementInfo(t))
			}
			b, err = rec.AppendTo(b, v)
			must(err)
		}
		return b
	})
}

// must holds since what is built is sound: a failure is a fault of the builder.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func managementInfo(t *rapid.T) record.ManagementInfo {
	return record.ManagementInfo{
		LocalNet: u32(t), NetMask: u32(t), NextSeq: u32(t), StartTime: micros(t), Now: micros(t),
		InterfaceType: 1, InterfaceUp: yes(t), ReportInterval: 5, MARInterval: 60,
		Packets: uint64(u32(t)), Bytes: uint64(u32(t)) << 8, Records: u32(t), Flows: u32(t), Dropped: u32(t),
		Queue: u32(t), Output: u32(t), Clients: u32(t), Buffers: u32(t), Memory: u32(t),
		SrcLimit: u16(t), DstLimit: u16(t), ID: sourceID(t),
	}
}

func yes(t *rapid.T) bool   { return rapid.Bool().Draw(t, "yes") }
func u8(t *rapid.T) uint8   { return rapid.Uint8().Draw(t, "u8") }
func u16(t *rapid.T) uint16 { return rapid.Uint16().Draw(t, "u16") }
func u32(t *rapid.T) uint32 { return rapid.Uint32().Draw(t, "u32") }

// micros is a time in whole microseconds, from 1970 to 2106.
func micros(t *rapid.T) int64 {
	return rapid.Int64Range(1_000_000, 4_000_000_000_000_000).Draw(t, "us") * 1000
}

func sourceID(t *rapid.T) record.SourceID {
	kind := rapid.SampledFrom([]record.IDKind{
		record.IDIPv4, record.IDInt, record.IDString, record.IDIPv6, record.IDUUID,
	}).Draw(t, "id kind")
	id := record.SourceID{Kind: kind}
	n := 4
	if kind == record.IDIPv6 || kind == record.IDUUID {
		n = 16
	}
	for i := range n {
		id.Bytes[i] = u8(t)
	}
	return id
}

func mac(t *rapid.T) (m record.MAC) {
	for i := range m {
		m[i] = u8(t)
	}
	return m
}

func ip4(t *rapid.T) [4]byte { return [4]byte{10, 0, u8(t), u8(t)} }
