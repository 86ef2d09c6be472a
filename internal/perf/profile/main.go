// Command profile runs the sensor over the workloads of make bench and writes
// where its time goes, for the compiler: a program whose folder holds the file
// default.pgo is built with the calls that matter inlined.
//
//	go run ./internal/perf/profile -o examples/argus/default.pgo bench-data/*.pcap
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/capture"
)

func main() {
	out := flag.String("o", "default.pgo", "file for the profile")
	rounds := flag.Int("n", 2, "times that each capture is read in each way")
	flag.Parse()
	if err := profile(*out, *rounds, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "profile:", err)
		os.Exit(1)
	}
}

func profile(out string, rounds int, captures []string) (err error) {
	if len(captures) == 0 {
		return errors.New("no captures named")
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	full := capture.Config{Jitter: true, AppBytes: true, PacketSizes: true, MAC: true, UserData: 64}
	for _, name := range captures {
		for _, cfg := range []capture.Config{{}, {Workers: 2}, full} {
			for range rounds {
				if err := sense(name, cfg); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// sense does what the program argus does with a capture.
func sense(name string, cfg capture.Config) error {
	src, err := capture.OpenFile(name)
	if err != nil {
		return err
	}
	defer src.Close()
	sink, err := argus.Create(os.DevNull, argus.Version5)
	if err != nil {
		return err
	}
	for rec, err := range capture.Flows(context.Background(), src, cfg) {
		if err == nil {
			err = sink.Write(rec)
		}
		if err != nil {
			return errors.Join(err, sink.Close())
		}
	}
	return sink.Close()
}
