package fuzz

import (
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/record"
)

// flowRecord is the bytes of a flow record of version 5.
func flowRecord(t *rapid.T) []byte {
	kind := rapid.SampledFrom([]record.Kind{record.FlowRecord, record.FlowRecord, record.FlowRecord, record.NetFlow, record.AFlow}).Draw(t, "kind")
	cause := rapid.SampledFrom([]record.Cause{record.Start, record.Status, record.Stop, record.Timeout}).Draw(t, "cause")
	b := record.AppendHeader(nil, kind, record.Version5, cause)
	if yes(t) {
		b = record.AppendTransport(b, &record.Transport{
			ID: sourceID(t), Interface: [4]byte{'e', 't', 'h', '0'}, HasInf: yes(t), Seq: u32(t), HasSeq: true,
		})
	}
	key := flowKey(t)
	b = record.AppendFlow(b, &key)
	src, dst := counters(t), counters(t)
	b = times(t, b)
	b = record.AppendMetrics(b, src, dst, yes(t))
	b = network(t, b, &key)
	for _, d := range options {
		if rapid.IntRange(0, 3).Draw(t, "has") == 0 {
			b = d(t, b)
		}
	}
	if !record.PutLength(b) {
		panic("a record that is not whole words or too long")
	}
	return b
}

func flowKey(t *rapid.T) record.Flow {
	f := record.Flow{Class: record.ClassFiveTuple, Type: record.KeyIPv4}
	if yes(t) {
		f.Stored = record.KeyReverse
	}
	switch rapid.IntRange(0, 9).Draw(t, "key") {
	case 0:
		f.Type, f.EtherType = record.KeyEthernet, u16(t)
		f.Src, f.Dst = record.EndpointFromMAC(mac(t)), record.EndpointFromMAC(mac(t))
		return f
	case 1:
		f.Class, f.Type = record.ClassARP, record.KeyARP
		f.Src, f.Dst = record.EndpointFrom4(ip4(t)), record.EndpointFrom4(ip4(t))
		f.ARP = record.ARPKey{Hardware: 1, Protocol: 0x0800, HLen: 6, PLen: 4, Op: 1, Addr: [32]byte{2, 0, u8(t), u8(t)}}
		return f
	case 2, 3:
		f.Type = record.KeyIPv6
		f.Src = record.EndpointFrom16([16]byte{0x20, 1, 0x0d, 0xb8, 15: u8(t)})
		f.Dst = record.EndpointFrom16([16]byte{0x20, 1, 0x0d, 0xb8, 14: 1, 15: u8(t)})
	default:
		f.Src, f.Dst = record.EndpointFrom4(ip4(t)), record.EndpointFrom4(ip4(t))
	}
	f.Proto = rapid.SampledFrom([]record.Proto{
		record.ProtoTCP, record.ProtoTCP, record.ProtoUDP, record.ProtoUDP, record.ProtoICMP, record.ProtoICMP6, record.ProtoESP, record.ProtoGRE,
	}).Draw(t, "proto")
	switch f.Proto {
	case record.ProtoICMP, record.ProtoICMP6:
		f.ICMPType, f.ICMPCode, f.ICMPID, f.ICMPSeq = u8(t), u8(t), u16(t), u16(t)
	case record.ProtoESP:
		f.SPI = u32(t)
	default:
		f.SrcPort, f.DstPort = u16(t), u16(t)
	}
	return f
}

func counters(t *rapid.T) record.Counters {
	limit := rapid.SampledFrom([]uint64{0, 0xFF, 0xFFFF, 0xFFFFFFFF, 1 << 50}).Draw(t, "size")
	p := rapid.Uint64Range(0, limit/64).Draw(t, "packets")
	return record.Counters{
		Packets: p, Bytes: p * rapid.Uint64Range(40, 64).Draw(t, "bytes"), AppBytes: p * rapid.Uint64Range(0, 30).Draw(t, "app bytes"),
	}
}

func times(t *rapid.T, b []byte) []byte {
	start := micros(t)
	span := func() record.Span {
		s := start + rapid.Int64Range(0, 60e6).Draw(t, "after")*1000
		return record.Span{Start: s, End: s + rapid.Int64Range(0, 60e6).Draw(t, "length")*1000}
	}
	if yes(t) {
		return record.AppendTimes(b, 2, &record.Times{Src: span(), Dst: span()})
	}
	s := span()
	return record.AppendTimePair(b, 1, s.Start, s.End)
}

func network(t *rapid.T, b []byte, key *record.Flow) []byte {
	switch {
	case key.Proto == record.ProtoTCP:
		side := func() record.TCPSide {
			return record.TCPSide{
				LastTime: micros(t), Status: record.TCPStatus(u32(t)), Base: u32(t), Top: u32(t), Ack: u32(t), WinUpdates: u32(t),
				Bytes: u32(t), Retrans: u32(t), WinBytes: u32(t), Window: u16(t), Flags: u8(t), Shift: u8(t) & 15, MSS: u16(t),
			}
		}
		kind := rapid.SampledFrom([]record.NetworkKind{
			record.NetworkTCPPerf, record.NetworkTCPInit, record.NetworkTCP,
		}).Draw(t, "tcp")
		return record.AppendTCP(b, kind, &record.TCP{
			Status: record.TCPStatus(u32(t)), State: uint32(u8(t)) % 11, Options: record.TCPOptions(u32(t)),
			SynAck: int64(u16(t)) * 1000, AckData: int64(u16(t)) * 1000, Src: side(), Dst: side(),
		})
	case key.Proto == record.ProtoICMP:
		return record.AppendICMP(b, &record.ICMP{Type: u8(t), Code: u8(t), Seq: u16(t), OuterSrc: ip4(t), InnerDst: ip4(t)})
	case key.Proto == record.ProtoESP:
		return record.AppendESP(b, &record.ESP{SPI: key.SPI, Seq: u32(t), Lost: int32(u8(t))})
	case key.Class == record.ClassARP && yes(t):
		return record.AppendARPResponse(b, &record.ARPResponse{Addr: mac(t)})
	case key.Proto == record.ProtoUDP && yes(t):
		return record.AppendRTCP(b, &record.RTCP{Src: record.RTCPSide{Header: [8]byte{0x80, 200, 0, 6, 1, 2, 3, u8(t)}, Drops: u16(t)}})
	}
	return record.AppendNoState(b)
}

// options are the DSRs that a record may have or not, in their order.
var options = [...]func(t *rapid.T, b []byte) []byte{
	func(t *rapid.T, b []byte) []byte {
		return record.AppendVLAN(b, &record.VLAN{Src: u16(t), Dst: u16(t), HasSrc: true, HasDst: yes(t)})
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendMPLS(b, &record.MPLS{Src: u32(t), Dst: u32(t), SrcLabels: 1, DstLabels: u8(t) & 1})
	},
	func(t *rapid.T, b []byte) []byte {
		stat := func() record.Stat {
			low, high := float64(u16(t)), float64(u32(t)>>1)
			return record.Stat{N: 1 + u32(t)>>8, Min: low, Mean: (low + high) / 2, StdDev: float64(u16(t)), Max: high, Has: yes(t)}
		}
		return record.AppendJitter(b, &record.Jitter{
			Src: record.JitterSide{Active: stat(), Idle: stat()}, Dst: record.JitterSide{Active: stat(), Idle: stat()},
		})
	},
	func(t *rapid.T, b []byte) []byte {
		side := func() record.IPSide {
			return record.IPSide{TTL: u8(t), TOS: u8(t), ID: u16(t), Options: u32(t), Has: true, HasOptions: yes(t), Fragments: yes(t)}
		}
		return record.AppendIPAttr(b, &record.IPAttr{Src: side(), Dst: side()})
	},
	func(t *rapid.T, b []byte) []byte {
		size := func() record.SizeRange {
			s := record.SizeRange{Min: u16(t), Max: u16(t), Has: true}
			for i := range s.Histogram {
				s.Histogram[i] = u8(t) & 15
			}
			return s
		}
		return record.AppendSizes(b, &record.Sizes{Src: size(), Dst: size(), HasHistogram: yes(t)})
	},
	func(t *rapid.T, b []byte) []byte { return record.AppendUserData(b, userData(t), false) },
	func(t *rapid.T, b []byte) []byte { return record.AppendUserData(b, userData(t), true) },
	func(t *rapid.T, b []byte) []byte {
		return record.AppendMAC(b, &record.MACPair{Src: mac(t), Dst: mac(t), EtherType: u16(t), Qualifier: u8(t) & 3})
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendICMPMapped(b, &record.ICMPMapped{
			Qualifier: 1, ICMP: record.ICMP{Type: 3, Code: u8(t) & 15, Seq: u16(t), OuterSrc: ip4(t), InnerSrc: ip4(t)},
		})
	},
	func(t *rapid.T, b []byte) []byte {
		e := record.Encaps{Src: u32(t), Dst: u32(t)}
		if yes(t) {
			e.SrcHeaders, e.DstHeaders = userData(t).Data, userData(t).Data
		}
		return record.AppendEncaps(b, &e)
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendBehavior(b, &record.Behavior{Kind: 1, Src: u32(t)})
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendCountry(b, &record.Country{Src: [2]byte{'D', 'E'}, Dst: [2]byte{'J', 'P'}})
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendLabel(b, &record.Label{Text: []byte(rapid.StringMatching(`[a-z]{1,9}=[a-z]{1,40}`).Draw(t, "label"))})
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendASN(b, &record.ASN{Src: u32(t), Dst: u32(t), Inode: u32(t)})
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendGeo(b, &record.Geo{Src: record.Coordinates{Lat: float32(u8(t)), Lon: -float32(u8(t)), Has: true}})
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendLocal(b, &record.Local{Src: int8(u8(t)), Dst: int8(u8(t)), HasSrc: true, HasDst: yes(t)})
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendHash(b, &record.Hash{Hash: u32(t), Index: u32(t)})
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendVXLAN(b, &record.VXLAN{Src: u32(t), Dst: u32(t), HasSrc: true, HasDst: yes(t)})
	},
	func(t *rapid.T, b []byte) []byte {
		outer := record.Flow{
			Src: record.EndpointFrom4(ip4(t)), Dst: record.EndpointFrom4(ip4(t)), Proto: record.ProtoGRE,
			Class: record.ClassFiveTuple, Type: record.KeyIPv4,
		}
		return record.AppendGRE(b, &record.GRE{Flags: u16(t), Protocol: 0x0800, Outer: outer})
	},
	func(t *rapid.T, b []byte) []byte {
		return record.AppendScore(b, &record.Score{Values: [8]uint8{u8(t)}})
	},
}

func userData(t *rapid.T) *record.UserData {
	return &record.UserData{Data: rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "data"), Limit: 100}
}
