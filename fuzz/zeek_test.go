package fuzz_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

const zeekHeader = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" +
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\tip_proto\tvlan\torig_l2_addr\tnote\n" +
	"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]\tcount\tint\tstring\tdouble\n"

func seedZeek(f *testing.F) {
	for _, row := range []string{
		"1.5\tCa\t10.0.0.1\t1\t10.0.0.2\t2\ttcp\tssl,http\t1.5\t1\t2\tSF\tT\t3\tShADadFfg\t3\t200\t4\t300\tCb,Cc\t6\t12\t00:01:02:03:04:05\t1e5\n#close\tx\n",
		"1.5\tCa\t::1\t128\tfe80::2\t129\ticmp\t-\t-\t-\t-\tOTH\t-\t-\t-\t1\t64\t0\t0\t(empty)\t58\t-\t-\tnan\n",
		"1.5\t\\x2d\t10.0.0.1\t0\t10.0.0.2\t0\tunknown_transport\t(empty)\t-0.1\t0\t0\tOTH\tF\t0\t^\\xff\\x5cx\t0\t0\t0\t0\t,\t89\t4097\tzz\t-\n",
	} {
		f.Add([]byte(zeekHeader + row))
	}
	f.Add([]byte(`{"ts":1.5,"uid":"C\u0041\udc80","id.orig_h":"1.2.3.4","id.orig_p":8,"id.resp_h":"1.2.3.5","id.resp_p":0,"proto":"icmp","x":[1,null,{"a":[true]}],"service":["a","b"]}`))
	f.Add([]byte(`[{"conn":{"ts":"2020-06-05T14:39:59.305988Z","id_orig_h":"::1","id_resp_h":"::2","proto":"udp"}},{"ts":1591367999305,"id.orig_h":"::1","id.resp_h":"::2","proto":"sctp","duration":1e-3}]`))
}

// FuzzZeekReader reads anything as a log. Rows go through records and come back
// the same, unless a label had no room for them.
func FuzzZeekReader(f *testing.F) {
	seedZeek(f)
	f.Fuzz(func(t *testing.T, input []byte) {
		if len(input) >= 2 && (input[0] == 0x1f || input[0] == 'B' || input[0] == 0x28) {
			return // what a decompressor makes of it is tried elsewhere
		}
		var direct, through, tsv bytes.Buffer
		rows := zeek.WriterConfig{Format: zeek.JSON}.NewWriter(&direct)
		recs := zeek.WriterConfig{Format: zeek.JSON}.NewWriter(&through)
		lines := zeek.NewWriter(&tsv)
		r := zeek.NewReader(bytes.NewReader(input))
		var convert zeek.Converter
		var rec record.Record
		for c, err := range r.Conns() {
			if err != nil {
				var pe *zeek.ParseError
				if !errors.As(err, &pe) || pe.Line < 1 {
					t.Fatalf("%#v", err)
				}
				break
			}
			made, err := convert.Record(c)
			if err != nil {
				t.Fatal(err)
			}
			if err := rec.Load(bytes.Clone(made.Bytes())); err != nil {
				t.Fatal(err)
			}
			if err := rec.Resolve(); err != nil {
				t.Fatal(err)
			}
			for _, err := range []error{rows.WriteConn(c), lines.WriteConn(c), recs.Write(&rec)} {
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, w := range []io.Closer{rows, recs, lines} {
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if recs.Skipped() > 0 {
			t.Fatalf("%d records have no row", recs.Skipped())
		}
		if convert.Truncated() == 0 && !bytes.Equal(direct.Bytes(), through.Bytes()) {
			t.Fatalf("rows:\n%s\nthrough records:\n%s", &direct, &through)
		}
		checkZeekLog(t, tsv.Bytes(), r.Rows())
	})
}

// checkZeekLog reads a log that a Writer wrote, and writes it again: the same.
func checkZeekLog(t *testing.T, log []byte, rows int64) {
	var again bytes.Buffer
	w := zeek.NewWriter(&again)
	r := zeek.ReaderConfig{Strict: true}.NewReader(bytes.NewReader(log))
	for c, err := range r.Conns() {
		if err != nil {
			t.Fatalf("%v in\n%s", err, log)
		}
		if err := w.WriteConn(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if r.Rows() != rows {
		t.Fatalf("%d rows of %d in\n%s", r.Rows(), rows, log)
	}
}

// FuzzZeekWriter writes any record as a row, which a Reader must be able to read.
func FuzzZeekWriter(f *testing.F) {
	for rec, err := range zeek.NewReader(bytes.NewReader([]byte(zeekHeader + "1.5\tCa\t10.0.0.1\t1\t10.0.0.2\t2\ttcp\tssl,http\t1.5\t1\t2\tSF\tT\t3\tShADadFfg\t3\t200\t4\t300\tCb,Cc\t6\t12\t00:01:02:03:04:05\t1e5\n"))).Records() {
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(rec.Bytes()))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		var rec record.Record
		if rec.Load(input) != nil {
			return
		}
		for _, format := range []zeek.Format{zeek.TSV, zeek.JSON} {
			var out bytes.Buffer
			w := zeek.WriterConfig{Format: format, CommunityID: true, PolicyFields: true}.NewWriter(&out)
			if err := w.Write(&rec); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if format == zeek.JSON && w.Rows() > 0 && !json.Valid(out.Bytes()) {
				t.Fatalf("no JSON: %s", &out)
			}
			checkZeekLog(t, out.Bytes(), w.Rows())
		}
	})
}
