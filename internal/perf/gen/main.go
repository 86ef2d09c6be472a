// Command gen writes deterministic pcap workloads for measuring flow sensors.
//
//	gen -mode mix      -packets 5000000 -conc 50000 -seed 1 -o mix.pcap
//	gen -mode scan     -flows   2000000             -seed 1 -o scan.pcap
//	gen -mode elephant -packets 5000000 -flows 4    -seed 1 -o elephant.pcap
//	gen -mode conc     -packets 4000000 -flows 200000 ...   (N flows all alive all the time, UDP)
//
// Frames are cut to -snap bytes (128) with the full length in the record header.
package main

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
)

func main() {
	mode := flag.String("mode", "mix", "mix, scan, elephant or conc")
	packets := flag.Int64("packets", 5000000, "packets to write")
	flows := flag.Int64("flows", 2000000, "flows to write")
	cc := flag.Int("conc", 50000, "mix: conversations at a time")
	pps := flag.Float64("pps", 100000, "packets per second")
	seed := flag.Int64("seed", 1, "of the random numbers")
	snap := flag.Int("snap", 128, "bytes kept of a frame")
	out := flag.String("o", "out.pcap", "file to write")
	flag.Parse()
	rng = rand.New(rand.NewSource(*seed))
	w := newWriter(*out, *snap)
	switch *mode {
	case "mix":
		w.mul = 3
		mix(w, *packets, *cc, *flows)
	case "scan":
		scan(w, *flows, *pps)
	case "elephant":
		elephant(w, *packets, int(*flows))
	case "conc":
		conc(w, *packets, int(*flows), *pps)
	default:
		fmt.Fprintf(os.Stderr, "gen: unknown mode %q\n", *mode)
		os.Exit(2)
	}
	w.close()
}
