package record

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sensorRecord is a record of version 5 with every DSR that a sensor writes.
func sensorRecord(dst []byte) []byte {
	at := len(dst)
	dst = AppendHeader(dst, FlowRecord, Version5, Start)
	dst = AppendTransport(dst, &Transport{
		ID: SourceID{Kind: IDIPv4, Bytes: [16]byte{192, 168, 1, 5}}, Interface: [4]byte{'e', 't', 'h', '0'}, HasInf: true, Seq: 7, HasSeq: true,
	})
	flow := Flow{
		Src: EndpointFrom4([4]byte{10, 0, 0, 9}), Dst: EndpointFrom4([4]byte{10, 0, 0, 1}), SrcPort: 40000, DstPort: 443,
		Proto: ProtoTCP, Class: ClassFiveTuple, Type: KeyIPv4, Stored: KeyReverse,
	}
	dst = AppendFlow(dst, &flow)
	dst = AppendTimes(dst, 2, &Times{Src: Span{1_000_000_001, 5_000_000_000}, Dst: Span{2_000_000_000, 4_000_000_004}})
	dst = AppendMetrics(dst, Counters{10, 1000, 460}, Counters{9, 90000, 89000}, true)
	dst = AppendTCP(dst, NetworkTCPPerf, &TCP{
		Status: TCPSyn | TCPSynAck | TCPEstablished, State: 4, Options: TCPOptMSS, SynAck: 20_000_000, AckData: 1_000,
		Src: TCPSide{LastTime: 5_000_000_000, Base: 1, Top: 461, Window: 100, Flags: 0x1A, MSS: 1460},
		Dst: TCPSide{LastTime: 4_000_000_004, Base: 7, Top: 89007, Window: 200, Flags: 0x1A, Retrans: 2},
	})
	dst = AppendVLAN(dst, &VLAN{Src: 12, HasSrc: true})
	dst = AppendMPLS(dst, &MPLS{Src: 0x1ddff, SrcLabels: 1})
	dst = AppendJitter(dst, &Jitter{Src: JitterSide{Idle: Stat{N: 9, Min: 1, Mean: 2, StdDev: 0.5, Max: 3, Has: true}}})
	dst = AppendIPAttr(dst, &IPAttr{Src: IPSide{TTL: 64, TOS: 2, ID: 0x1234, Has: true}, Dst: IPSide{TTL: 55, Has: true, Options: 0x40, HasOptions: true}})
	dst = AppendSizes(dst, &Sizes{
		Src: SizeRange{Min: 60, Max: 1500, Has: true, Histogram: [8]uint8{1, 0, 15}}, Dst: SizeRange{Min: 61, Max: 1501, Has: true}, HasHistogram: true,
	})
	dst = AppendUserData(dst, &UserData{Data: []byte("GET /"), Limit: 64}, false)
	dst = AppendUserData(dst, &UserData{Data: []byte("HTTP/1.1"), Limit: 64}, true)
	dst = AppendMAC(dst, &MACPair{Src: MAC{1, 2, 3, 4, 5, 6}, Dst: MAC{7, 8, 9, 10, 11, 12}, EtherType: 0x0800, Qualifier: 1})
	dst = AppendICMPMapped(dst, &ICMPMapped{Qualifier: 1, ICMP: ICMP{Type: 3, Code: 1, OuterSrc: [4]byte{1, 2, 3, 4}, Gateway: [4]byte{4, 3, 2, 1}}})
	dst = AppendEncaps(dst, &Encaps{Src: EncapsEthernet, Dst: EncapsEthernet | Encaps8021Q, SrcHeaders: []byte{1, 2, 3}, DstHeaders: []byte{4}, Qualifier: 8})
	dst = AppendBehavior(dst, &Behavior{Kind: 2, Src: 5})
	dst = AppendHash(dst, &Hash{Hash: 0x01020304, Index: 17})
	dst = AppendVXLAN(dst, &VXLAN{Src: 5, Dst: 6, HasSrc: true, HasDst: true})
	outer := Flow{Src: EndpointFrom4([4]byte{1, 0, 0, 2}), Dst: EndpointFrom4([4]byte{3, 0, 0, 4}), Proto: ProtoGRE, Class: ClassFiveTuple, Type: KeyIPv4}
	dst = AppendGRE(dst, &GRE{Flags: 0x2000, Protocol: 0x0800, Outer: outer})
	dst = AppendGeneve(dst, &Geneve{Flags: 0x40, Protocol: 0x6558, VNI: 10, Outer: outer})
	if !PutLength(dst[at:]) {
		panic("not whole words")
	}
	return dst
}

func TestAppendSensorForms(t *testing.T) {
	b := sensorRecord(nil)
	var r Record
	if err := r.Load(b); err != nil {
		t.Fatal(err)
	}
	if err := r.Resolve(); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { b = sensorRecord(b[:0]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	f := r.Flow()
	if f.Src.String() != "10.0.0.9" || f.DstPort != 443 || f.Stored != KeyReverse {
		t.Errorf("flow %v:%d -> %v:%d stored %#x", f.Src, f.SrcPort, f.Dst, f.DstPort, f.Stored)
	}
	// On the wire the lower end comes first.
	if got := [4]byte(r.Raw(DSRFlow)[4:8]); got != [4]byte{10, 0, 0, 1} {
		t.Errorf("stored first %v", got)
	}
	want := Times{Src: Span{1_000_000_001, 5_000_000_000}, Dst: Span{2_000_000_000, 4_000_000_004}}
	if d := cmp.Diff(&want, r.Times(), cmpopts.IgnoreUnexported(Times{})); d != "" {
		t.Error(d)
	}
	if got := r.Network().TCP; got.SynAck != 20_000_000 || got.Src.MSS != 1460 || got.Dst.LastTime != 4_000_000_004 {
		t.Errorf("tcp %+v", got)
	}
	if got := r.Jitter().Src.Idle; got.N != 9 || got.Mean != 2 || r.Jitter().Dst.Idle.Has {
		t.Errorf("jitter %+v", r.Jitter())
	}
	if got := r.Sizes(); got.Src.Histogram != [8]uint8{1, 0, 15} || got.Dst.Max != 1501 {
		t.Errorf("sizes %+v", got)
	}
	if s, d := string(r.SrcData().Data), string(r.DstData().Data); s != "GET /" || d != "HTTP/1.1" {
		t.Errorf("user data %q %q", s, d)
	}
	if got := r.Encaps(); string(got.SrcHeaders) != "\x01\x02\x03" || string(got.DstHeaders) != "\x04" || got.Qualifier != 8 {
		t.Errorf("encaps %+v", got)
	}
	if got := r.GRE().Outer; got.Src.String() != "1.0.0.2" || got.Dst.String() != "3.0.0.4" || got.Proto != ProtoGRE {
		t.Errorf("gre outer %+v", got)
	}
	if r.Geneve().VNI != 10 || r.VXLAN().Dst != 6 || r.Behavior().Src != 5 || r.Hash().Index != 17 || r.MPLS().Src != 0x1ddff {
		t.Error("tunnel, behavior, hash or mpls")
	}
	if got := r.ICMPMapped(); got.OuterSrc != [4]byte{1, 2, 3, 4} || got.Gateway != [4]byte{4, 3, 2, 1} {
		t.Errorf("icmp %+v", got)
	}
	r.Rebuild()
	if again, err := r.AppendTo(nil, Version5); err != nil {
		t.Error(err)
	} else if d := cmp.Diff(b, again); d != "" {
		t.Error(d)
	}
}

func TestAppendKeys(t *testing.T) {
	mac := func(n byte) Endpoint { return EndpointFromMAC(MAC{n, 2, 3, 4, 5, 6}) }
	ip4 := func(n byte) Endpoint { return EndpointFrom4([4]byte{10, 0, 0, n}) }
	ip6 := func(n byte) Endpoint { return EndpointFrom16([16]byte{0x20, 1, 15: n}) }
	keys := map[string]Flow{
		"udp dns":        {Src: ip4(1), Dst: ip4(2), SrcPort: 5, DstPort: 53, Proto: ProtoUDP, Class: ClassFiveTuple, Type: KeyIPv4, DNSID: 0x1234},
		"icmp":           {Src: ip4(1), Dst: ip4(2), Proto: ProtoICMP, Class: ClassFiveTuple, Type: KeyIPv4, ICMPType: 8, ICMPID: 7, ICMPSeq: 9, DNSID: 9},
		"esp reversed":   {Src: ip4(1), Dst: ip4(2), Proto: ProtoESP, Class: ClassFiveTuple, Type: KeyIPv4, SPI: 0x12345678, DNSID: 0x5678, Stored: KeyReverse},
		"fragment":       {Src: ip4(1), Dst: ip4(2), Proto: ProtoUDP, Class: ClassFiveTuple, Type: KeyIPv4, Fragment: true, FragID: 0x1122, DNSID: 0x1122},
		"matrix":         {Src: ip4(1), Dst: ip4(2), Class: ClassLayer3, Type: KeyIPv4},
		"tcp6 reversed":  {Src: ip6(1), Dst: ip6(2), SrcPort: 80, DstPort: 81, Proto: ProtoTCP, Class: ClassFiveTuple, Type: KeyIPv6, Stored: KeyReverse},
		"icmp6":          {Src: ip6(1), Dst: ip6(2), Proto: ProtoICMP6, Class: ClassFiveTuple, Type: KeyIPv6, ICMPType: 128},
		"ethernet":       {Src: mac(1), Dst: mac(2), Class: ClassFiveTuple, Type: KeyEthernet, EtherType: 0x88cc, SrcSAP: 3, DstSAP: 4},
		"arp":            {Src: ip4(1), Dst: ip4(2), Class: ClassARP, Type: KeyARP, ARP: ARPKey{Hardware: 1, Protocol: 0x800, HLen: 6, PLen: 4, Op: 1, Addr: [32]byte{1, 2, 3, 4}}},
		"rarp":           {Dst: ip4(2), Class: ClassARP, Type: KeyRARP, ARP: ARPKey{Hardware: 1, Protocol: 0x800, HLen: 6, PLen: 4, Op: 3, Addr: [32]byte{1, 2, 3, 4, 5, 6}, Addr2: [32]byte{6, 5, 4, 3, 2, 1}}},
		"wlan":           {Src: mac(1), Dst: mac(2), Class: ClassFiveTuple, Type: KeyWLAN, WLAN: WLANKey{BSSID: MAC{9}, SSID: [32]byte{'x'}}},
		"isis":           {Src: mac(1), Dst: mac(2), Class: ClassFiveTuple, Type: KeyISIS, ISIS: ISISKey{PDU: 24, Version: 1, ID: [14]byte{5}, Checksum: 6}},
		"layer 3 of ip6": {Src: ip6(1), Dst: ip6(2), Class: ClassLayer3, Type: KeyIPv6},
	}
	for name, f := range keys {
		t.Run(name, func(t *testing.T) {
			b := AppendFlow(AppendHeader(nil, FlowRecord, Version5, Start), &f)
			PutLength(b)
			var r Record
			if err := r.Load(b); err != nil {
				t.Fatal(err)
			}
			if err := r.Resolve(); err != nil {
				t.Fatal(err)
			}
			want := f
			switch {
			case f.Class == ClassARP && f.Type == KeyARP, f.Type == KeyIPv4:
				want.SrcBits, want.DstBits = 32, 32
			case f.Type == KeyIPv6:
				want.SrcBits, want.DstBits = 128, 128
			}
			ignore := []cmp.Option{
				cmpopts.IgnoreUnexported(Flow{}, ARPKey{}, WLANKey{}, ISISKey{}), cmp.Comparer(func(a, b Endpoint) bool { return a == b }),
			}
			if d := cmp.Diff(&want, r.Flow(), ignore...); d != "" {
				t.Error(d)
			}
		})
	}
}
