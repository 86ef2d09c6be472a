package flowimport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

// datagramsOf are the datagrams in a capture, one after the other.
func datagramsOf(t *testing.T, names ...string) (out []byte, n int) {
	t.Helper()
	for _, name := range names {
		f, err := os.Open("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		in := &file{raw: f}
		for {
			dg, err := in.next()
			if err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if dg.From != exporterAddr || dg.Time < 1_790_000_000e9 {
				t.Errorf("datagram of %v at %d", dg.From, dg.Time)
			}
			out = append(out, dg.Data...)
			n++
		}
	}
	return out, n
}

func sourceOf(b []byte) *Source {
	return NewSource(context.Background(), io.NopCloser(bytes.NewReader(b)), "test", Config{})
}

// TestStored reads datagrams that stand one after the other, of all versions,
// compressed or not.
func TestStored(t *testing.T) {
	all, n := datagramsOf(t, "office-netflow9.pcap", "office-netflow5.pcap", "office-netflow9.pcap", "office-ipfix.pcap", "office-netflow9-sampled.pcap", "office-netflow9.pcap")
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(all); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"plain": all, "gzip": zipped.Bytes()} {
		t.Run(name, func(t *testing.T) {
			src := sourceOf(b)
			defer src.Close()
			var kinds []record.Cause
			var last record.ManagementInfo
			flows := 0
			for r, err := range src.Records() {
				switch {
				case err != nil:
					t.Fatal(err)
				case r.Kind() == record.Management:
					kinds = append(kinds, r.Cause())
					last = *r.Management()
				default:
					flows++
					if r.Has(record.DSRTransport) {
						t.Error("an exporter that nobody knows")
					}
				}
			}
			if d := cmp.Diff([]record.Cause{record.Start, record.Stop}, kinds); d != "" {
				t.Error(d)
			}
			s := src.Stats()
			if s.Datagrams != uint64(n) || s.Bytes != uint64(len(all)) || s.Malformed+s.NoTemplate+s.Incomplete != 0 {
				t.Errorf("%d datagrams: %+v", n, s)
			}
			if last.Packets != s.Datagrams || last.Flows != uint32(flows) || uint64(flows) != s.Records {
				t.Errorf("%+v after %d flows", last, flows)
			}
		})
	}
}

// TestRead gives the same records as bytes of a stream.
func TestRead(t *testing.T) {
	all, _ := datagramsOf(t, "office-netflow5.pcap", "office-ipfix.pcap")
	collect := func(stream record.Stream) (out [][]byte) {
		for r, err := range stream {
			if err != nil {
				t.Fatal(err)
			}
			if r.Kind() != record.Management { // has the time of day
				out = append(out, append([]byte(nil), r.Bytes()...))
			}
		}
		return out
	}
	want := collect(sourceOf(all).Records())
	src := argus.NewSource(context.Background(), sourceOf(all), "test")
	defer src.Close()
	if d := cmp.Diff(want, collect(src.Records())); d != "" || len(want) == 0 {
		t.Error(d)
	}
}

func TestOpenErrors(t *testing.T) {
	all, _ := datagramsOf(t, "office-netflow5.pcap")
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":    {nil, ""},
		"text":     {[]byte("hello, world"), "neither a capture nor datagrams"},
		"sFlow":    {sflowDatagram(1), "tell no time"},
		"trailing": {append(all[:len(all):len(all)], 1, 2, 3, 4), "byte 1032: no datagram"},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			for _, err = range sourceOf(c.data).Records() {
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	if _, err := Open(context.Background(), "testdata/none", Config{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	for _, address := range []string{"nine", "127.0.0.1:nine", "256.0.0.1:1", ":"} {
		if src, err := Listen(context.Background(), address, Config{}); err == nil {
			src.Close()
			t.Errorf("listens at %q", address)
		}
	}
}

// TestListen takes datagrams as they come, and ends when it is closed.
func TestListen(t *testing.T) {
	src, err := Listen(context.Background(), "127.0.0.1:0", Config{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("udp", src.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for i := range uint32(3) {
		if _, err := conn.Write(v5(i, 0, flowBytes5(17, 0, 1, 2, 80))); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if r, err := src.Next(); err != nil || r.Cause() != record.Start {
				t.Fatal(r, err)
			}
		}
		r, err := src.Next()
		if err != nil {
			t.Fatal(err)
		}
		if r.Transport().ID.Bytes[0] != 127 || r.Flow().DstPort != 80 {
			t.Errorf("record %v", r)
		}
	}
	time.AfterFunc(20*time.Millisecond, func() { src.Close() })
	if _, err := src.Next(); err == nil {
		t.Error("a record of nothing")
	}
	if _, err := src.Next(); !errors.Is(err, errClosed) {
		t.Errorf("after Close: %v", err)
	}
}
