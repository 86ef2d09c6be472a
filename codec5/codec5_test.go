package codec5_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/seed-6ae541b3/goargus/codec5"
	"github.com/seed-6ae541b3/goargus/record"
)

// Example reads the records of a buffer, changes one and writes it.
func Example() {
	rec := codec5.Start(record.ManagementInfo{ID: record.SourceID{Kind: record.IDInt, Bytes: [16]byte{0, 0, 0, 7}}})
	buf, err := codec5.Append(nil, rec)
	if err != nil {
		fmt.Println(err)
	}

	var got record.Record
	n, err := codec5.Decode(&got, buf)
	fmt.Println(n, err, got.Kind(), got.Cause(), got.Management().ID.Bytes[3])
	// Output: 128 <nil> management Start 7
}

func TestDecodeErrors(t *testing.T) {
	whole, err := codec5.Append(nil, codec5.Stop(record.ManagementInfo{}))
	if err != nil {
		t.Fatal(err)
	}
	other := bytes.Clone(whole)
	other[0] ^= 6
	zero := bytes.Clone(whole)
	zero[2], zero[3] = 0, 0
	odd := bytes.Clone(whole)
	odd[3] = 31
	for name, b := range map[string][]byte{
		"empty": nil, "cut header": whole[:3], "cut": whole[:100], "other version": other, "length 0": zero, "management of 31 words": odd,
	} {
		var rec record.Record
		var e *record.OffsetError
		if n, err := codec5.Decode(&rec, b); n != 0 || !errors.As(err, &e) {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
}

func TestStream(t *testing.T) {
	var b bytes.Buffer
	enc := codec5.NewEncoder(&b)
	info := record.ManagementInfo{Now: 1e18, Records: 5}
	for _, rec := range []*record.Record{
		codec5.Start(info), record.New(record.FlowRecord, record.Version5, record.Status), codec5.Status(info), codec5.Stop(info),
	} {
		if err := enc.Encode(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Flush(); err != nil {
		t.Fatal(err)
	}
	dec := codec5.NewDecoder(&b, codec5.WithName("memory"))
	var causes []record.Cause
	for {
		rec, err := dec.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		causes = append(causes, rec.Cause())
	}
	if fmt.Sprint(causes) != "[Start Status Status Stop]" || dec.Offset() != 3*128+4 || dec.Stats().Records != 4 {
		t.Errorf("%v, offset %d, %+v", causes, dec.Offset(), dec.Stats())
	}
}
