package fuzz_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/record"
)

// everyField are the fields of all attributes.
var everyField = func() (fields []printer.Field) {
	for a := range record.Attributes().All() {
		fields = append(fields, printer.Field{Attribute: a})
	}
	return fields
}()

// printOne prints one record.
func printOne(t *testing.T, cfg printer.Config, r *record.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	p, err := printer.New(&out, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Print(r); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// FuzzPrint prints every attribute of any record in every form: a line is a
// line, a row has its cells, JSON is JSON.
func FuzzPrint(f *testing.F) {
	f.Add([]byte("\x15\x10\x00\x03\x66\x01\x00\x02a=\"\x00"))
	f.Add([]byte("\x13\x10\x00\x06\x02\x01\x01\x05\x0a\x00\x00\x01\x0a\x00\x00\x02\x06\x00\x00\x50\x00\x51\x00\x00"))
	f.Add([]byte("\x85\x10\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r record.Record
		if r.Load(b) != nil {
			return
		}
		cfg := printer.Config{Fields: everyField, Titles: printer.NoTitles, Management: true, Events: true}
		if out := printOne(t, cfg, &r); bytes.Count(out, []byte("\n")) != 1 || bytes.ContainsAny(out, "\x1b\r") {
			t.Fatalf("text: %q", out)
		}
		cfg.Form = printer.Separated
		out := printOne(t, cfg, &r)
		rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != len(everyField) {
			t.Fatalf("CSV: %v, %d rows of %q", err, len(rows), out)
		}
		for _, cfg.Form = range []printer.Form{printer.JSON, printer.TypedJSON} {
			if out := printOne(t, cfg, &r); !json.Valid(out) || bytes.Count(out, []byte("\n")) != 1 {
				t.Fatalf("JSON: %q", out)
			}
		}
		cfg.Form = printer.XML
		printOne(t, cfg, &r)
	})
}

// FuzzFields reads any list of fields and any formats, and prints with them.
func FuzzFields(f *testing.F) {
	for _, s := range []string{"stime:20:%Y/%m/%d", "+dur:5,-flgs", "+2saddr:12:0x%08x daddr/24", "sport[1-3]:6:%5.3u", "-", "+", ":", "stime:9:%E"} {
		f.Add(s)
	}
	r := record.New(record.FlowRecord, record.Version5, record.Start)
	r.SetTimes(record.Times{Src: record.Span{Start: 1e18, End: 2e18}})
	f.Fuzz(func(t *testing.T, items string) {
		fields, err := printer.ParseFields(nil, printer.DefaultFields(), items)
		if err != nil || len(items) > 1<<12 {
			return
		}
		p, err := printer.New(io.Discard, printer.Config{Fields: fields})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "field ") {
				t.Fatalf("error without a field: %v", err)
			}
			return
		}
		if err := p.Print(r); err != nil {
			t.Fatal(err)
		}
	})
}
