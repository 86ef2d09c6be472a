package fuzz_test

import (
	"bytes"
	"errors"
	"testing"

	textconvert "github.com/seed-6ae541b3/goargus/argus/convert"
	"github.com/seed-6ae541b3/goargus/record"
)

// FuzzText reads anything as text of ra, through any conversion file: records
// are sound, and errors tell the line.
func FuzzText(f *testing.F) {
	const titles = "StartTime,LastTime,Dur,Flgs,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,TotPkts,SrcPkts,DstPkts,State,sTtl,SrcMac,Label,SrcId\n"
	f.Add([]byte(""), []byte(titles+"1700000000.5,1700000001.5,1.0, e s      ,tcp,10.0.0.1,40000,   ->,10.0.0.2,http,3,2,1,FSPA_SA,64,00:01:02:03:04:05,\"a=b:c\",10.0.0.9/eth0\n"))
	f.Add([]byte(""), []byte(titles+"2024/01/31.10:20:30.25,,0.1,eU    F O ,icmp,::1,0x0103,who,::2,0x4242,1,,,INT,,,,\n"))
	f.Add([]byte(""), []byte(`{ "type":"flow","stime":"22:13:20.000000","flgs":" e        ","proto":"esp","saddr":"10.0.0.1","daddr":"10.0.0.2","dport":0x0102,"label":{"a":[1]},"sttl":00 }`))
	f.Add([]byte("RACONVERT_TIME_FORMAT=\"%d.%b.%Y %T.%f %z\"\nRACONVERT_FIELD_SPECIFIER=a b c d\nRACONVERT_FIELD_DELIMITER='\\t'\nRACONVERT_CONVERSION_MAP=\na=stime, time\nb=SrcAddr, addr\nc=DstAddr, addr\nd=Label, string+\n"),
		[]byte("31.Jan.2024 10:20:30.5 +01:00\t10.0.0.1\t10.0.0.2\tx\n"))
	f.Fuzz(func(t *testing.T, conf, text []byte) {
		var cfg textconvert.ReaderConfig
		var err error
		if cfg.Config, err = textconvert.ParseConfig(bytes.NewReader(conf)); err != nil {
			return
		}
		r := cfg.NewReader(bytes.NewReader(text))
		var rec record.Record
		for made, err := range r.Records() {
			if err != nil {
				var le *textconvert.LineError
				if !errors.As(err, &le) || le.Line < 1 {
					t.Fatalf("%#v", err)
				}
				return
			}
			if err := rec.Load(bytes.Clone(made.Bytes())); err != nil {
				t.Fatal(err)
			}
			if err := rec.Resolve(); err != nil {
				t.Fatalf("%v: %x", err, rec.Bytes())
			}
			if _, err := rec.AppendTo(nil, record.Version3); err != nil {
				t.Fatal(err)
			}
		}
	})
}
