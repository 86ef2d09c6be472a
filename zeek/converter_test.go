package zeek_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

// drawConn makes any row that can be.
func drawConn(t *rapid.T) *zeek.Conn {
	c := &zeek.Conn{}
	some := func(f zeek.Field) bool {
		set := rapid.Bool().Draw(t, f.String()+"?")
		c.Mark(f, set)
		return set
	}
	text := func(f zeek.Field, p *[]byte, words ...string) {
		if some(f) {
			*p = []byte(rapid.OneOf(rapid.SampledFrom(append(words, "", "-")), rapid.StringN(0, 8, 12)).Draw(t, f.String()))
		}
	}
	count := func(f zeek.Field, p *uint64) {
		if some(f) {
			*p = rapid.OneOf(rapid.Uint64Range(0, 3), rapid.Uint64()).Draw(t, f.String())
		}
	}
	for _, f := range []zeek.Field{zeek.Time, zeek.OrigHost, zeek.RespHost, zeek.Proto} {
		c.Mark(f, true)
	}
	if rapid.Bool().Draw(t, "v6") {
		a := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "addresses")
		c.Orig, c.Resp = record.EndpointFrom16([16]byte(a)), record.EndpointFrom16([16]byte(a[16:]))
	} else {
		a := rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "addresses")
		c.Orig, c.Resp = record.EndpointFrom4([4]byte(a)), record.EndpointFrom4([4]byte(a[4:]))
	}
	step := rapid.SampledFrom([]int64{1000, 1}).Draw(t, "unit")
	c.Time = step * rapid.OneOf(rapid.Int64Range(1_700_000_000e6, 1_700_000_001e6), rapid.Int64Range(-1e10, 8e15)).Draw(t, "ts") / step * step
	if some(zeek.Duration) {
		c.Duration = step * rapid.OneOf(rapid.Int64Range(0, 5e6), rapid.Int64Range(-1e7, 1e12)).Draw(t, "duration")
	}
	c.Proto = []byte(rapid.SampledFrom([]string{"tcp", "udp", "icmp", "unknown_transport", "sctp", "99", "x y"}).Draw(t, "proto"))
	port := rapid.OneOf(rapid.SampledFrom([]uint16{0, 8, 13, 14, 128, 129, 135, 136}), rapid.Uint16())
	if some(zeek.OrigPort) {
		c.OrigPort = port.Draw(t, "sport")
	}
	if some(zeek.RespPort) {
		c.RespPort = port.Draw(t, "dport")
	}
	if some(zeek.IPProto) {
		c.IPProto = rapid.OneOf(rapid.SampledFrom([]uint8{1, 2, 6, 17, 50, 58}), rapid.Uint8()).Draw(t, "ip_proto")
	}
	text(zeek.UID, &c.UID, "CHhAvVGS1DHFjwGM9")
	text(zeek.Service, &c.Service, "ssl", "ssl,http", "-ftp", ",")
	text(zeek.State, &c.State, "SF", "S0", "OTH")
	text(zeek.History, &c.History, "ShADadFf", "^d", "ShADadgGf", "ShADg")
	text(zeek.OrigMAC, &c.OrigMAC, "00:00:00:00:00:00", "00:01:02:03:04:05", "0A:01:02:03:04:05")
	text(zeek.RespMAC, &c.RespMAC, "00:00:00:00:00:00", "00:01:02:03:04:05", "00:01:02:03:04:05:06:07")
	text(zeek.OrigCountry, &c.OrigCountry, "DE", "\x00\x00", "USA")
	text(zeek.RespCountry, &c.RespCountry, "FR", "A\x00")
	count(zeek.OrigBytes, &c.OrigBytes)
	count(zeek.RespBytes, &c.RespBytes)
	count(zeek.OrigPackets, &c.OrigPackets)
	count(zeek.RespPackets, &c.RespPackets)
	count(zeek.OrigIPBytes, &c.OrigIPBytes)
	count(zeek.RespIPBytes, &c.RespIPBytes)
	count(zeek.MissedBytes, &c.MissedBytes)
	if some(zeek.LocalOrig) {
		c.LocalOrig = rapid.Bool().Draw(t, "local_orig")
	}
	if some(zeek.LocalResp) {
		c.LocalResp = rapid.Bool().Draw(t, "local_resp")
	}
	if some(zeek.VLAN) {
		c.VLAN = rapid.OneOf(rapid.Int64Range(0, 4096), rapid.Int64Range(-1, 1<<40)).Draw(t, "vlan")
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "extras") {
		c.Extra = append(c.Extra, zeek.Extra{Name: []byte(fmt.Sprint("x", i)), Value: []byte(rapid.SampledFrom([]string{`"a"`, "1.5", "[]", `["a",null]`, "true", "{}"}).Draw(t, "extra"))})
	}
	return c
}

// printed is a row as JSON: equal rows print the same.
func printed(c *zeek.Conn) string {
	var out bytes.Buffer
	w := zeek.WriterConfig{Format: zeek.JSON}.NewWriter(&out)
	_ = w.WriteConn(c)
	_ = w.Close()
	return out.String()
}

// Any row comes back from its record, whatever the options.
func TestRowsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConn(t)
		there := zeek.Converter{Conversion: zeek.Conversion{
			Kind:      rapid.SampledFrom([]record.Kind{0, record.FlowRecord, record.AFlow}).Draw(t, "kind"),
			BothSides: rapid.Bool().Draw(t, "both sides"), Infer: rapid.Bool().Draw(t, "infer"),
			Overhead: rapid.SampledFrom([]uint64{0, 14}).Draw(t, "overhead"),
		}}
		if rapid.Bool().Draw(t, "locality") {
			there.Locality = &zeek.Locality{Local: 4, Remote: 1}
		}
		rec, err := there.Record(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := rec.Clone().Resolve(); err != nil {
			t.Fatal(err)
		}
		if there.Truncated() > 0 {
			t.Fatalf("label has no room: %s", rec.Label().Text)
		}
		var back zeek.Converter
		got, err := back.Conn(rec)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(printed(c), printed(got)); d != "" {
			t.Fatalf("row differs (-in +out):\n%s", d)
		}
	})
}

func parseRow(t *testing.T, json string) *zeek.Conn {
	t.Helper()
	c, err := zeek.ReaderConfig{Strict: true}.NewReader(strings.NewReader(json)).Read()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRecordOfRow(t *testing.T) {
	const base = `{"ts":1700000000.5,"uid":"CHhAvVGS1DHFjwGM9","id.orig_h":"192.0.2.1","id.orig_p":%d,"id.resp_h":"192.0.2.2","id.resp_p":%d,"proto":"%s"%s}`
	cases := []struct {
		name string
		json string
		conv zeek.Conversion
		want string // attributes of the record
	}{
		{"both sides sent", fmt.Sprintf(base, 1, 2, "udp", `,"duration":1.5,"orig_pkts":2,"resp_pkts":3,"orig_ip_bytes":100,"resp_ip_bytes":200,"orig_bytes":44,"resp_bytes":116`), zeek.Conversion{},
			"type=aflo stime=22:13:20.500000 dur=1.500000 proto=udp sport=1 dport=2 spkts=2 dpkts=3 sbytes=100 dbytes=200 sappbytes=44 dappbytes=116"},
		{"only the responder sent", fmt.Sprintf(base, 1, 2, "udp", `,"duration":1.5,"orig_pkts":0,"resp_pkts":3`), zeek.Conversion{Kind: record.FlowRecord},
			"type=flow stime=22:13:20.500000 dur=1.500000 spkts=0 dpkts=3"},
		{"no packets", fmt.Sprintf(base, 1, 2, "udp", `,"orig_pkts":0,"resp_pkts":0,"history":"C"`), zeek.Conversion{}, "stime=22:13:20.500000 dur=0.000000 spkts=0 dpkts=0"},
		{"overhead", fmt.Sprintf(base, 1, 2, "udp", `,"orig_pkts":2,"resp_pkts":3,"orig_ip_bytes":100,"resp_ip_bytes":200`), zeek.Conversion{Overhead: 14}, "sbytes=128 dbytes=242"},
		{"proven packets", fmt.Sprintf(base, 1, 2, "tcp", `,"history":"ShADadFf"`), zeek.Conversion{Infer: true}, "spkts=4 dpkts=4"},
		{"echo", fmt.Sprintf(base, 8, 0, "icmp", `,"orig_pkts":1`), zeek.Conversion{}, "proto=icmp sport=0x0008 state=ECO"},
		{"other protocol", fmt.Sprintf(base, 0, 0, "unknown_transport", `,"ip_proto":89,"orig_pkts":1`), zeek.Conversion{}, "proto=89"},
		{"VLAN", fmt.Sprintf(base, 1, 2, "udp", `,"vlan":100,"orig_pkts":1,"resp_pkts":1`), zeek.Conversion{}, "svid=100 dvid=100"},
		{"MAC", fmt.Sprintf(base, 1, 2, "udp", `,"orig_l2_addr":"00:01:02:03:04:05","orig_pkts":1`), zeek.Conversion{}, "smac=00:01:02:03:04:05"},
		{"country", fmt.Sprintf(base, 1, 2, "udp", `,"orig_cc":"DE","resp_cc":"FR","orig_pkts":1`), zeek.Conversion{}, "sco=DE dco=FR"},
		{"locality", fmt.Sprintf(base, 1, 2, "udp", `,"local_orig":true,"local_resp":false,"orig_pkts":1`), zeek.Conversion{Locality: &zeek.Locality{Local: 4, Remote: 1}}, "sloc=4 dloc=1"},
		{"missed by one side", fmt.Sprintf(base, 1, 2, "tcp", `,"duration":1,"orig_pkts":2,"resp_pkts":3,"orig_bytes":1000,"resp_bytes":5000,"missed_bytes":700,"history":"ShADdg"`), zeek.Conversion{}, "sgap=0 dgap=700"},
		{"missed by the other", fmt.Sprintf(base, 1, 2, "tcp", `,"duration":1,"orig_pkts":2,"resp_pkts":3,"orig_bytes":1000,"resp_bytes":5000,"missed_bytes":700,"history":"ShADdG"`), zeek.Conversion{}, "sgap=700 dgap=0"},
		{"source id", fmt.Sprintf(base, 1, 2, "udp", ``), zeek.Conversion{Source: must(record.ParseSourceID("192.168.8.68"))}, "srcid=192.168.8.68"},
		{"node name", fmt.Sprintf(base, 1, 2, "udp", `,"_system_name":"zk1"`), zeek.Conversion{}, "srcid=zk1"},
		{"label", fmt.Sprintf(base, 1, 2, "udp", `,"history":"Dd","service":"dns","local_orig":true,"tunnel_parents":["Ca","Cb"],"ip_proto":17,"orig_pkts":1,"orig_ip_bytes":50,"resp_pkts":0,"resp_ip_bytes":0,"missed_bytes":0,"x":1.5`), zeek.Conversion{},
			`label={"uid":"CHhAvVGS1DHFjwGM9","conn_state":null,"history":"Dd","service":["dns"],"local_orig":true,"tunnel_parents":["Ca","Cb"],"x":1.5}`},
		{"least label", fmt.Sprintf(base, 1, 2, "udp", `,"conn_state":"SF","history":"Dd","x":1`), zeek.Conversion{Labels: zeek.MinLabels}, `label={"uid":"CHhAvVGS1DHFjwGM9","conn_state":"SF","history":"Dd"}`},
		{"no label", fmt.Sprintf(base, 1, 2, "udp", `,"x":1`), zeek.Conversion{Labels: zeek.NoLabels}, `label=`},
	}
	o := &record.TextOptions{}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := zeek.Converter{Conversion: c.conv}
			rec, err := v.Record(parseRow(t, c.json))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for pair := range strings.FieldsSeq(c.want) {
				name, _, _ := strings.Cut(pair, "=")
				a, ok := record.Lookup(name)
				if !ok {
					t.Fatalf("no attribute %s", name)
				}
				got = append(got, name+"="+strings.TrimSpace(string(a.AppendText(nil, rec, o))))
			}
			if d := cmp.Diff(c.want, strings.Join(got, " ")); d != "" {
				t.Errorf("attributes differ (-want +got):\n%s", d)
			}
		})
	}
}

// A label that is too long loses its last members, never one in part.
func TestLongLabels(t *testing.T) {
	c := row("SF", "ShADadFf", 5, 5)
	c.Extra = []zeek.Extra{
		{Name: []byte("a"), Value: []byte(`"` + strings.Repeat("a", 600) + `"`)},
		{Name: []byte("b"), Value: []byte(`"` + strings.Repeat("b", 600) + `"`)},
		{Name: []byte("c"), Value: []byte(`"c"`)},
	}
	var v, back zeek.Converter
	rec, err := v.Record(c)
	if err != nil {
		t.Fatal(err)
	}
	got, err := back.Conn(rec)
	if err != nil {
		t.Fatal(err)
	}
	c.Extra = append(c.Extra[:1], c.Extra[2])
	if d := cmp.Diff(printed(c), printed(got)); d != "" || v.Truncated() != 1 {
		t.Errorf("%d labels truncated, row differs (-want +got):\n%s", v.Truncated(), d)
	}
}

// The label of a merged record tells of one part only: what the record counts
// itself is the better.
func TestMergedRecords(t *testing.T) {
	var v, back zeek.Converter
	c := row("SF", "ShADadFf", 5, 5)
	rec, err := v.Record(c)
	if err != nil {
		t.Fatal(err)
	}
	merged := rec.Clone()
	merged.SetAggregate(record.Aggregate{Count: 2})
	merged.SetLabel(record.Label{Text: []byte(`{"uid":["C1","C2"],"conn_state":["S1","SF"],"history":["ShADad","Ff"],"service":["ssl","http"],"resp_pkts":null,"duration":7}`)})
	got, err := back.Conn(merged)
	if err != nil {
		t.Fatal(err)
	}
	if string(got.UID) != "C1" || string(got.State) != "SF" || string(got.History) != "ShAaFf" || string(got.Service) != "ssl,http" || !got.Has(zeek.RespPackets) || got.Duration != 2e9 {
		t.Errorf("row of the merged record: %s", printed(got))
	}
}

func TestRecordsWithoutRow(t *testing.T) {
	var out bytes.Buffer
	w := zeek.NewWriter(&out)
	arp := record.New(record.FlowRecord, record.Version5, record.Status)
	arp.SetFlow(record.Flow{Class: record.ClassARP, Type: record.KeyARP})
	for _, rec := range []*record.Record{
		record.NewManagement(record.Version5, record.Start, record.ManagementInfo{}),
		record.New(record.Event, record.Version5, record.Status), arp,
	} {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || w.Rows() != 0 || w.Skipped() != 3 {
		t.Errorf("%d rows, %d skipped, %v", w.Rows(), w.Skipped(), err)
	}
	if !bytes.HasPrefix(out.Bytes(), []byte("#separator \\x09\n")) || !bytes.HasSuffix(out.Bytes(), []byte("\n#close\t1970-01-01-00-00-00\n")) {
		t.Errorf("a log without rows:\n%s", &out)
	}
}
