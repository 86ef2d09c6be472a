// Command spill aggregates a long stream of made-up records by a key of many
// values under a memory limit, checks the sums of every group and of all, and
// reports time and peak memory.
//
//	go run ./internal/perf/spill -records 100000000 -keys 10000000 -limit 600M
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/argus/aggregate"
	"github.com/seed-6ae541b3/goargus/fuzz"
	"github.com/seed-6ae541b3/goargus/record"
)

func main() {
	records := flag.Uint64("records", 100_000_000, "records of the stream")
	keys := flag.Uint64("keys", 10_000_000, "flows in it")
	limit := flag.String("limit", "600M", "memory that groups may take, 0 for no limit")
	key := flag.String("key", "", "key, which must tell all flows apart")
	workers := flag.Int("workers", 0, "goroutines that merge, 0 for one a processor")
	dir := flag.String("tmp", "", "directory of the temporary file")
	flag.Parse()
	bytes, err := parseSize(*limit)
	if err == nil {
		err = run(fuzz.Flows{Records: *records, Keys: *keys}, *key, aggregate.Config{MemoryLimit: bytes, Workers: *workers, TempDir: *dir})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "spill:", err)
		os.Exit(1)
	}
}

func parseSize(text string) (int64, error) {
	number := strings.TrimRight(text, "kMG")
	n, err := strconv.ParseInt(number, 10, 64)
	switch text[len(number):] {
	case "k":
		n *= 1e3
	case "M":
		n *= 1e6
	case "G":
		n *= 1e9
	}
	return n, err
}

func run(f fuzz.Flows, key string, c aggregate.Config) error {
	a, err := aggregate.New(key, c)
	if err != nil {
		return err
	}
	start := time.Now()
	groups := uint64(0)
	var src, dst record.Counters
	for r, err := range a.Stage()(f.Stream()) {
		if err != nil {
			return err
		}
		groups++
		m := r.Metrics()
		add(&src, m.Src)
		add(&dst, m.Dst)
		if err := check(f, r); err != nil {
			return err
		}
	}
	s := a.Stats()
	cpu, peak := used()
	fmt.Printf("%d records, %d groups, %d bytes spilled, %.1f s, %.1f s cpu, peak %d MiB\n",
		s.Records, groups, s.Spilled, time.Since(start).Seconds(), cpu.Seconds(), peak>>20)
	if want, wantDst := f.Total(); src != want || dst != wantDst {
		return fmt.Errorf("sums of all: %+v %+v, want %+v %+v", src, dst, want, wantDst)
	}
	if want := min(f.Keys, f.Records); groups != want {
		return fmt.Errorf("%d groups, want %d", groups, want)
	}
	fmt.Println("every group and all sums are exact")
	return nil
}

func add(to *record.Counters, c record.Counters) {
	to.Packets += c.Packets
	to.Bytes += c.Bytes
}

var errGroup = errors.New("sums of a group are wrong")

// check compares the sums of a group with those of the records of its flow.
func check(f fuzz.Flows, r *record.Record) error {
	b := r.Flow().Src
	addr := b.Bytes()
	key := uint64(addr[0])<<24 | uint64(addr[1])<<16 | uint64(addr[2])<<8 | uint64(addr[3])
	src, dst, n := f.Sums(key - 0x0A000000)
	m := r.Metrics()
	count := uint64(1)
	if r.Has(record.DSRAggregate) {
		count = uint64(r.Aggregate().Count)
	}
	if m.Src != src || m.Dst != dst || count != n {
		return fmt.Errorf("%w: %v has %+v and %d records, want %+v %+v and %d", errGroup, b, *m, count, src, dst, n)
	}
	return nil
}
