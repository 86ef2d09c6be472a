package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/record"
)

func TestAddEvent(t *testing.T) {
	o := new(options)
	for _, v := range []string{"file:/proc/loadavg:30s", "prog:/usr/bin/a:b:5m:compress", "file:/etc/hosts:2M"} {
		if err := o.addEvent(v); err != nil {
			t.Errorf("%s: %v", v, err)
		}
	}
	want := []event{
		{path: "/proc/loadavg", every: 30 * time.Second},
		{program: true, path: "/usr/bin/a:b", every: 5 * time.Minute, compress: true},
		{path: "/etc/hosts", every: 60 * 24 * time.Hour},
	}
	if !slices.Equal(o.events, want) {
		t.Errorf("got %+v, want %+v", o.events, want)
	}
	for _, v := range []string{"", "file", "file:/a", "pipe:/a:5s", "file:a:5s", "file:/a:0s", "file:/a:-1", "file:/a:5q", "file:/a:5s:zip"} {
		if err := o.addEvent(v); err == nil {
			t.Errorf("%q is accepted", v)
		}
	}
}

// TestEventRecords records a file and a program until both have come twice.
func TestEventRecords(t *testing.T) {
	dir := t.TempDir()
	file, program := filepath.Join(dir, "load"), filepath.Join(dir, "say")
	long := strings.Repeat("0.5 ", 20000)
	for name, text := range map[string]string{file: long, program: "#!/bin/sh\necho up\n"} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	events := []event{{path: file, every: 20 * time.Millisecond, compress: true}, {program: true, path: program, every: time.Second}}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	got := map[string]int{}
	texts := make(chan string)
	id := record.SourceID{Kind: record.IDIPv4, Bytes: [16]byte{192, 0, 2, 9}}
	go runEvents(ctx, events, id, func(rec *record.Record) error {
		b, err := rec.AppendTo(nil, record.Version5)
		var again record.Record
		if err == nil {
			err = again.Load(b)
		}
		if err == nil {
			err = again.Resolve()
		}
		if err != nil || again.Kind() != record.Event || again.Transport().ID != id {
			texts <- "broken record"
			return err
		}
		text, err := again.SrcData().Text()
		select {
		case texts <- string(text):
		case <-ctx.Done():
		}
		return err
	}, slog.New(slog.DiscardHandler))
	for len(got) < 2 || slices.Min([]int{got["file="+file+"\n"+long[:maxEventText]], got["prog="+program+"\nup\n"]}) < 2 {
		select {
		case text := <-texts:
			got[text]++
		case <-ctx.Done():
			t.Fatal("the events do not come")
		}
		if len(got) > 2 {
			t.Fatal(cmp.Diff("", slices.Collect(func(yield func(string) bool) {
				for k := range got {
					yield(k[:min(len(k), 80)])
				}
			})))
		}
	}
}
