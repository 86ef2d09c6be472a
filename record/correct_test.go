package record

import "testing"

// flowRecord is an indexed record of a TCP or UDP flow from 10.0.0.1:sport to
// 10.0.0.2:dport.
func flowRecord(t *testing.T, p Proto, sport, dport uint16, status TCPStatus) *Record {
	t.Helper()
	b := AppendHeader(nil, FlowRecord, Version5, Start)
	b = AppendFlow(b, &Flow{
		Src: EndpointFrom4([4]byte{10, 0, 0, 1}), Dst: EndpointFrom4([4]byte{10, 0, 0, 2}), SrcPort: sport, DstPort: dport,
		Proto: p, Class: ClassFiveTuple, Type: KeyIPv4,
	})
	b = AppendTimePair(b, 2, 5e9, 7e9)
	b = AppendMetrics(b, Counters{3, 300, 0}, Counters{1, 50, 0}, false)
	if p == ProtoTCP {
		b = AppendTCP(b, NetworkTCP, &TCP{Status: status, Src: TCPSide{Flags: 0x12}, Dst: TCPSide{Flags: 0x10}})
	}
	b = AppendUserData(b, &UserData{Data: []byte("from source")}, false)
	PutLength(b)
	r := new(Record)
	if err := r.Load(b); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCorrect(t *testing.T) {
	ports := CorrectOptions{WellKnown: true, Service: func(_ Proto, port uint16) bool { return port == 8080 }}
	evidence := CorrectOptions{Evidence: true}
	local := CorrectOptions{Local: func(e Endpoint) bool { return e.Bytes()[3] == 2 }, LocalSide: LocalSource}
	first, source, registered := local, local, ports
	first.LocalFirst, first.WellKnown = true, true
	source.LocalFirst, source.LocalSide, source.WellKnown = true, LocalSource, true
	source.Local = func(e Endpoint) bool { return e.Bytes()[3] == 1 }
	registered.Registered = true
	tests := []struct {
		name         string
		o            CorrectOptions
		p            Proto
		sport, dport uint16
		status       TCPStatus
		want         bool
	}{
		{"nothing asked", CorrectOptions{}, ProtoTCP, 80, 40000, 0, false},
		{"from a server", ports, ProtoTCP, 80, 40000, TCPEstablished, true},
		{"from a service", ports, ProtoTCP, 8080, 40000, 0, true},
		{"to a server", ports, ProtoTCP, 40000, 80, 0, false},
		{"both, from the lower", ports, ProtoTCP, 22, 80, 0, true},
		{"both, from the higher", ports, ProtoTCP, 80, 22, 0, false},
		{"SYN seen", ports, ProtoTCP, 80, 40000, TCPSyn, false},
		{"SYN-ACK seen", ports, ProtoTCP, 80, 40000, TCPSynAck, false},
		{"UDP, not asked", ports, ProtoUDP, 53, 40000, 0, false},
		{"UDP", CorrectOptions{WellKnown: true, UDP: true}, ProtoUDP, 546, 547, 0, true},
		{"UDP to port 0", CorrectOptions{WellKnown: true, UDP: true}, ProtoUDP, 512, 0, 0, true},
		{"SYN-ACK alone", evidence, ProtoTCP, 80, 40000, TCPSynAck, false},
		{"SYN-ACK and more", evidence, ProtoTCP, 80, 40000, TCPSynAck | TCPEstablished, true},
		{"SYN and SYN-ACK", evidence, ProtoTCP, 80, 40000, TCPSyn | TCPSynAck | TCPEstablished, false},
		{"local destination", local, ProtoUDP, 5000, 5001, 0, true},
		{"local destination, SYN seen", local, ProtoTCP, 5000, 5001, TCPSyn, false},
		{"local first, SYN seen", first, ProtoTCP, 5000, 5001, TCPSyn, true},
		{"local first, to a server", first, ProtoTCP, 5000, 80, 0, true},
		{"local source", source, ProtoTCP, 80, 5000, 0, false},
		{"from a registered port", registered, ProtoTCP, 5000, 60000, 0, true},
		{"to a registered port", registered, ProtoTCP, 60000, 5000, 0, false},
		{"the last registered port", registered, ProtoTCP, 49151, 49152, 0, true},
		{"behind the last registered port", registered, ProtoTCP, 49152, 49153, 0, false},
		{"both registered, from the lower", registered, ProtoTCP, 5000, 6001, 0, true},
		{"both registered, from the higher", registered, ProtoTCP, 6001, 5000, 0, false},
		{"registered, but to a server", registered, ProtoTCP, 5000, 8080, 0, false},
		{"registered, but from a server", registered, ProtoTCP, 8080, 5000, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := flowRecord(t, tt.p, tt.sport, tt.dport, tt.status)
			if got := r.Correct(&tt.o); got != tt.want || r.Reversed() != tt.want {
				t.Fatalf("got %v, want %v", got, tt.want)
			}
			src, pkts, end, data := tt.sport, uint64(3), int64(7e9), "from source"
			if tt.want {
				src, pkts, end, data = tt.dport, 1, 5e9, ""
			}
			if f := r.Flow(); f.SrcPort != src {
				t.Errorf("source port %d, want %d", f.SrcPort, src)
			}
			if got := r.Metrics().Src.Packets; got != pkts {
				t.Errorf("%d source packets, want %d", got, pkts)
			}
			if got := r.Times().Src.End; got != end && !tt.want {
				t.Errorf("source end %d, want %d", got, end)
			}
			if got := string(r.SrcData().Data); got != data {
				t.Errorf("source data %q, want %q", got, data)
			}
			if r.Has(DSRSrcData) != (data != "") {
				t.Errorf("Has(DSRSrcData) is %v", r.Has(DSRSrcData))
			}
			// Unchanged, it is written as it was read.
			if b, err := r.AppendTo(nil, Version5); err != nil || string(b) != string(r.Bytes()) {
				t.Errorf("written % x, %v", b, err)
			}
			// Changed, it is written as it is read.
			r.SetLabel(Label{Text: []byte("x=y")})
			b, err := r.AppendTo(nil, Version5)
			if err != nil {
				t.Fatal(err)
			}
			var again Record
			if err := again.Load(b); err != nil {
				t.Fatal(err)
			}
			if again.Flow().SrcPort != src || again.Metrics().Src.Packets != pkts || string(again.SrcData().Data) != data ||
				*again.Times() == (Times{}) || string(again.Label().Text) != "x=y" {
				t.Errorf("written % x", b)
			}
		})
	}
}

// TestReversedARP checks the keys whose mark turns all but the key round.
func TestReversedARP(t *testing.T) {
	b := AppendHeader(nil, FlowRecord, Version5, Start)
	b = AppendFlow(b, &Flow{
		Src: EndpointFrom4([4]byte{10, 0, 0, 1}), Dst: EndpointFrom4([4]byte{10, 0, 0, 2}), Class: ClassARP, Type: KeyARP,
		Stored: KeyReverse, ARP: ARPKey{Hardware: 1, Protocol: 0x800, HLen: 6, PLen: 4, Op: 1},
	})
	b = AppendTimePair(b, 1, 5e9, 5e9)
	b = AppendMetrics(b, Counters{1, 42, 0}, Counters{}, false)
	b = AppendUserData(b, &UserData{Data: []byte("reply")}, false)
	PutLength(b)
	check := func(name string, b []byte) {
		t.Helper()
		var r Record
		if err := r.Load(b); err != nil {
			t.Fatal(err)
		}
		if r.Flow().Src.String() != "10.0.0.1" || r.Metrics().Dst.Packets != 1 || r.Metrics().Src.Packets != 0 ||
			r.Times().Dst.Start != 5e9 || string(r.DstData().Data) != "reply" || !r.Has(DSRDstData) || r.Has(DSRSrcData) {
			t.Errorf("%s: %v, %+v, %+v, %q", name, r.Flow().Src, *r.Metrics(), *r.Times(), r.DstData().Data)
		}
	}
	check("as stored", b)
	for name, change := range map[string]func(*Record){
		"label": func(r *Record) { r.SetLabel(Label{Text: []byte("x=y")}) },
		"key":   func(r *Record) { r.SetFlow(*r.Flow()) },
		"data":  func(r *Record) { r.SetDstData(UserData{Data: []byte("reply")}) },
		"twice": func(r *Record) { r.Reverse(); r.SetLabel(Label{Text: []byte("x")}); r.Reverse() },
		"all":   (*Record).Rebuild,
		"client": func(r *Record) {
			r.Canonical()
		},
	} {
		var r Record
		if err := r.Load(b); err != nil {
			t.Fatal(err)
		}
		change(&r)
		out, err := r.AppendTo(nil, Version5)
		if err != nil {
			t.Fatal(err)
		}
		check(name, out)
	}
}

// A record that a client corrected before it wrote it, which its key says, is
// not turned round again.
func TestCorrectOnce(t *testing.T) {
	for _, corrected := range []bool{false, true} {
		r := flowRecord(t, ProtoTCP, 80, 40000, TCPSynAck|TCPEstablished)
		f := *r.Flow()
		f.Direction = corrected
		r.SetFlow(f)
		if got := r.Correct(&CorrectOptions{Evidence: true}); got == corrected {
			t.Errorf("corrected before: %v, turned round: %v", corrected, got)
		}
	}
}
