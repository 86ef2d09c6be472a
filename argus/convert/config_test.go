package convert_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/argus/convert"
	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

const zeekConf = `
#  a conversion file for the logs of Zeek
RACONVERT_SOURCE=zeek
RACONVERT_TIME_FORMAT="%Y-%m-%dT%H:%M:%S.%fZ"
ARGUS_MONITOR_ID=192.168.8.68
! columns
RACONVERT_FIELD_SPECIFIER="ts uid id.orig_h id.orig_p src_ip"
RACONVERT_FIELD_SPECIFIER=proto,orig_cc
RACONVERT_FIELD_DELIMITER='\t'
RACONVERT_FIELD_EMPTY=''
RACONVERT_FIELD_UNDEFINED='-'
RACONVERT_FIELD_QUOTED=double
RACONVERT_CONVERSION_MAP=
   ts=StartTime, time
   uid=Label, string+
   src_ip=DstAddr, addr
   orig_bytes=SrcAppBytes, count
   orig_cc=sCo, string-
   vlan=sVlan, int
   missed_bytes=Loss, count
`

func TestParseConfig(t *testing.T) {
	got, err := convert.ParseConfig(strings.NewReader(zeekConf))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := record.ParseSourceID("192.168.8.68")
	want := convert.Config{
		Source: convert.Zeek, MonitorID: id, TimeFormat: "%Y-%m-%dT%H:%M:%S.%fZ",
		Fields:    []string{"ts", "uid", "id.orig_h", "id.orig_p", "src_ip", "proto", "orig_cc"},
		Delimiter: '\t', Undefined: "-", Quoted: '"',
		Map: []convert.Mapping{
			{"ts", "StartTime", "time", convert.Replace}, {"uid", "Label", "string", convert.Append}, {"src_ip", "DstAddr", "addr", convert.Replace},
			{"orig_bytes", "SrcAppBytes", "count", convert.Replace}, {"orig_cc", "sCo", "string", convert.Keep},
			{"vlan", "sVlan", "int", convert.Replace}, {"missed_bytes", "Loss", "count", convert.Replace},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("configuration differs (-want +got):\n%s", d)
	}
}

// A conversion file for Zeek reads logs without header lines, under other names.
func TestZeekReader(t *testing.T) {
	c, err := convert.ParseConfig(strings.NewReader(zeekConf))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := c.ZeekReader()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Strict = true
	for c, err := range cfg.NewReader(strings.NewReader("2024-01-31T10:20:30.5Z\tCa\t192.0.2.1\t7\t192.0.2.2\tudp\tDE\n")).Conns() {
		if err != nil {
			t.Fatal(err)
		}
		if c.Time != 1706696430_500000000 || c.Resp.String() != "192.0.2.2" || string(c.OrigCountry) != "DE" || !c.Has(zeek.UID) {
			t.Errorf("row %+v", c)
		}
	}
	if cfg.Source != c.MonitorID {
		t.Errorf("source id %v, want %v", cfg.Source, c.MonitorID)
	}
	c.TimeFormat = "%d/%m/%Y"
	if _, err := c.ZeekReader(); err == nil {
		t.Error("a time format that Zeek never has is accepted")
	}
}

func TestConfigErrors(t *testing.T) {
	for text, want := range map[string]string{
		"x":                                      "line 1: expected NAME=VALUE",
		"\nX=1":                                  "line 2: unknown variable X",
		"RACONVERT_SOURCE=snort":                 "line 1: RACONVERT_SOURCE: expected one of argus,",
		"RACONVERT_FIELD_DELIMITER='ab'":         "line 1: RACONVERT_FIELD_DELIMITER: expected one character",
		"ARGUS_MONITOR_ID=a.b":                   "line 1: ARGUS_MONITOR_ID: source id",
		"RACONVERT_CONVERSION_MAP=\nts=Nonsense": `line 2: ts: no attribute has the title or name "Nonsense"`,
		"RACONVERT_CONVERSION_MAP=\nts=":         "line 2: expected COLUMN=TITLE",
		"RACONVERT_FIELD_QUOTED=none":            "line 1: RACONVERT_FIELD_QUOTED: expected double or single",
		"RACONVERT_SUCH_A_THING=1":               "line 1: unknown variable RACONVERT_SUCH_A_THING",
		"RACONVERT_CONVERSION_MAP=x":             "line 1: expected nothing behind",
	} {
		if _, err := convert.ParseConfig(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"1329843175.736107":           "1329843175.736107",
		"1329843175.001234":           "1329843175.001234",
		"1329843175":                  "1329843175.000000",
		"2012-02-21T16:52:55.736107Z": "1329843175.736107",
		"2012-02-21T17:52:55.1+01:00": "1329843175.100000",
		"2012/02/21.16:52:55.736107":  "1329843175.736107",
		"2012/02/21.16:52:55":         "1329843175.000000",
		"2012-02-21 16:52:55":         "1329843175.000000",
		"16:52:55.736107":             "60775.736107",
	} {
		in := "stime,saddr,daddr,proto\n" + text + ",192.0.2.1,192.0.2.2,udp\n"
		rec, err := convert.ReaderConfig{Strict: true}.NewReader(strings.NewReader(in)).Read()
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := string(record.AppendFixed(nil, float64(rec.Times().Start())/1e9, 6)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
