package main

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/relay"
	"github.com/seed-6ae541b3/goargus/record"
)

// TestServer asks a server for records: all, those of a filter, and those of a
// filter that is kept from it.
func TestServer(t *testing.T) {
	ra := program(t)
	server, err := relay.Listen(relay.Config{Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	var all []*record.Record
	src, err := argus.Open(t.Context(), mixed)
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range src.Records() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rec.Clone())
	}
	if err := src.Close(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			for _, rec := range all {
				if server.Write(rec) != nil {
					return
				}
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	}()
	for _, filter := range [][]string{nil, {"-", "tcp", "or", "icmp"}, {"-", "local", "pkts", "gt", "0"}} {
		args := append([]string{"-n", "-S", server.Addr().String(), "-N", "4", "-T", "20", "-L", "-1", "-s", "proto"}, filter...)
		out, errs, code := run(t, ra, args...)
		if code != 0 || strings.Count(out, "\n") != 4 {
			t.Errorf("%v: exit code %d, %q, %s", filter, code, out, errs)
		}
	}
	if _, errs, code := run(t, ra, "-S", "127.0.0.1:1"); code != 1 || !strings.Contains(errs, "refused") {
		t.Errorf("no server: exit code %d, %s", code, errs)
	}
}
