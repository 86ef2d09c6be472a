package printer

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// fields41 are the fields that a comparison of CSV speaks of.
const fields41 = "stime ltime dur flgs proto saddr sport dir daddr dport pkts spkts dpkts bytes sbytes dbytes state stos dtos sttl dttl sipid dipid " +
	"svlan dvlan smac dmac rate srate drate load sload dload loss sloss dloss swin dwin stcpb dtcpb tcprtt"

// benchRecords are the bytes of the flow records of the project's test data.
func benchRecords(b *testing.B) [][]byte {
	b.Helper()
	files, _ := filepath.Glob("../../testdata/v3/*.arg")
	var records [][]byte
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		for at := 0; at < len(data); at += 4 * int(binary.BigEndian.Uint16(data[at+2:])) {
			var r record.Record
			if err := r.Load(data[at:]); err != nil {
				b.Fatal(err)
			}
			if r.IsFlow() {
				records = append(records, r.Bytes())
			}
		}
	}
	if len(records) == 0 {
		b.Skip("testdata/v3 not found")
	}
	return records
}

func BenchmarkPrint(b *testing.B) {
	records := benchRecords(b)
	for _, form := range []struct {
		name string
		cfg  Config
	}{
		{"text", Config{Names: ProtoNames}},
		{"csv41", Config{Names: ProtoNames, Form: Separated}},
		{"json", Config{Names: ProtoNames, Form: JSON}},
		{"json-typed", Config{Names: ProtoNames, Form: TypedJSON}},
		{"xml", Config{Names: ProtoNames, Form: XML}},
	} {
		b.Run(form.name, func(b *testing.B) {
			cfg := form.cfg
			if form.name == "csv41" {
				cfg.Fields = fieldsOf(b, record.Attributes(), fields41)
			}
			p, err := New(io.Discard, cfg)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			var r record.Record
			i := 0
			for b.Loop() {
				if err := r.Load(records[i]); err != nil { // decoding is part of the work
					b.Fatal(err)
				}
				if err := p.Print(&r); err != nil {
					b.Fatal(err)
				}
				if i++; i == len(records) {
					i = 0
				}
			}
		})
	}
}
