package printer

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/record"
)

// hostileNames answer every question for a name with the same text, as a
// resolver or a table that an attacker writes may.
func hostileNames(text string) *record.Names {
	return &record.Names{
		Proto: func(record.Proto) string { return text }, EtherType: func(uint16) string { return text },
		Port: func(record.Proto, uint16) string { return text }, SAP: func(uint8) string { return text },
		ICMPType: func(uint8) string { return text }, ICMPCode: func(uint8, uint8) string { return text },
		DSCode: func(uint8) string { return text }, Vendor: func(record.MAC) string { return text },
		Host: func(netip.Addr) string { return text }, Node: func([]byte) string { return text }, Country: func(netip.Addr) string { return text },
	}
}

// hostileRecords have the text in every place of a record that holds any: SSID,
// source id, interface, country, groups in the label, user data.
func hostileRecords(text []byte) (rs []*record.Record) {
	fixed := func(n int) []byte { return append(append([]byte{}, text...), make([]byte, n)...)[:n] }
	keys := []record.Flow{
		{Class: record.ClassFiveTuple, Type: record.KeyIPv4, Proto: record.ProtoTCP, Src: record.EndpointFrom4([4]byte{10, 0, 0, 1}), Dst: record.EndpointFrom4([4]byte{10, 0, 0, 2}), SrcPort: 1, DstPort: 2},
		{Class: record.ClassFiveTuple, Type: record.KeyIPv4, Proto: record.ProtoICMP, Src: record.EndpointFrom4([4]byte{10, 0, 0, 1}), Dst: record.EndpointFrom4([4]byte{10, 0, 0, 2}), ICMPType: 3, ICMPCode: 3},
		{Class: record.ClassFiveTuple, Type: record.KeyWLAN, Src: record.EndpointFromMAC(record.MAC{2}), Dst: record.EndpointFromMAC(record.MAC{3}), WLAN: record.WLANKey{SSID: [32]byte(fixed(32))}},
		{Class: record.ClassFiveTuple, Type: record.KeyEthernet, Src: record.EndpointFromMAC(record.MAC{2}), Dst: record.EndpointFromMAC(record.MAC{3}), EtherType: 7, SrcSAP: 4},
	}
	for _, f := range keys {
		for _, kind := range []record.IDKind{record.IDString, record.IDIPv4} {
			r := record.New(record.FlowRecord, record.Version5, record.Start)
			r.SetFlow(f)
			r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 1, Bytes: 60}, Dst: record.Counters{Packets: 1, Bytes: 60}})
			r.SetTransport(record.Transport{ID: record.SourceID{Kind: kind, Bytes: [16]byte(fixed(16))}, Interface: [4]byte(fixed(4)), HasInf: true})
			r.SetCountry(record.Country{Src: [2]byte(fixed(2)), Dst: [2]byte(fixed(2))})
			r.SetMAC(record.MACPair{Src: record.MAC{2}, Dst: record.MAC{3}})
			r.SetLabel(record.Label{Text: append([]byte("sgrp="), text...)})
			r.SetSrcData(record.UserData{Data: text})
			r.SetDstData(record.UserData{Data: text})
			rs = append(rs, r)
		}
	}
	return rs
}

// checkEverywhere prints all attributes of hostile records in every form.
func checkEverywhere(t rapid.TB, tb testing.TB, text []byte, records ...*record.Record) {
	fields := fieldsOf(tb, record.Attributes(), allNames())
	for _, names := range []*record.Names{nil, hostileNames(string(text))} {
		for _, r := range records {
			o := record.TextOptions{Names: names, VendorMAC: names != nil}
			line := print1(tb, Config{Fields: fields, Titles: NoTitles, Text: o}, r)
			harmless(t, "text", line)
			if strings.Count(line, "\n") != 1 {
				t.Errorf("text: not one line: %q", line)
			}
			out := print1(tb, Config{Fields: fields, Titles: NoTitles, Form: Separated, Text: o}, r)
			harmless(t, "csv", out)
			rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
			if err != nil || len(rows) != 1 || len(rows[0]) != len(fields) {
				t.Errorf("csv: %d rows, %v of %q", len(rows), err, out)
			}
			for _, form := range []Form{JSON, TypedJSON} {
				out := print1(tb, Config{Fields: fields, Form: form, Text: o}, r)
				harmless(t, "json", out)
				if !json.Valid([]byte(out)) || strings.Count(out, "\n") != 1 {
					t.Errorf("form %d: no line of JSON: %q", form, out)
				}
			}
			out = print1(tb, Config{Fields: fields, Form: XML, Text: o}, r)
			harmless(t, "xml", out)
			flows := 0
			for d := xml.NewDecoder(strings.NewReader(out)); ; {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Errorf("xml: %v of %q", err, out)
					break
				}
				if e, ok := token.(xml.StartElement); ok && e.Name.Local == "ArgusFlowRecord" {
					flows++
				}
			}
			if flows != 1 {
				t.Errorf("xml: %d flows in %q", flows, out)
			}
		}
	}
}

// TestHostileEverywhere puts hostile text where a record, a resolver or a table
// has any.
func TestHostileEverywhere(t *testing.T) {
	for _, text := range append(nasty, []byte(`"><x a="`), []byte("</ArgusFlowRecord><ArgusFlowRecord>"), []byte("]]>&#x1b;")) {
		checkEverywhere(t, t, text, hostileRecords(text)...)
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(rt, "text")
		checkEverywhere(rt, t, text, rapid.SampledFrom(hostileRecords(text)).Draw(rt, "record"))
	})
}

// TestHostileTitles adds attributes whose names and titles a user gave, and
// asks for names that do not exist.
func TestHostileTitles(t *testing.T) {
	for _, text := range nasty {
		reg := new(record.Registry)
		err := reg.Add(record.Attribute{Name: "mine", Title: string(text), Width: 30, Kind: record.TextValue,
			Text: func(dst []byte, _ *record.Record, _ *record.TextOptions) []byte { return append(dst, text...) }})
		if err != nil {
			harmless(t, "error", err.Error())
			continue
		}
		for _, form := range []Form{Text, Separated, JSON, TypedJSON, XML} {
			out := print1(t, Config{Registry: reg, Fields: fieldsOf(t, reg, "mine"), Form: form}, hostile(text))
			harmless(t, "titles", out)
			if form == Text && strings.Count(out, "\n") != 2 {
				t.Errorf("not a title and a row: %q", out)
			}
		}
		if err := new(record.Registry).Add(record.Attribute{Name: string(text) + `"`, Title: "x", Width: 5, Text: func(dst []byte, _ *record.Record, _ *record.TextOptions) []byte { return dst }}); err == nil {
			t.Errorf("a name with quotes is accepted: %q", text)
		}
		if _, err := ParseFields(nil, nil, string(text)); err != nil && utf8.Valid(text) {
			harmless(t, "error", err.Error())
		}
	}
}
