// Command gen writes a set of small packet captures, each of which shows one situation that a flow sensor has to get right.
//
//	go run . -o ../pcap            write all captures
//	go run . -o /somewhere tcp     write those whose name starts with "tcp"
//	go run . -list                 print name, link type, packets and purpose, tab separated
//
// The output is the same bytes at every run: times start at 2024-01-15 00:00:00 UTC, addresses come from the documentation
// ranges, MAC addresses are locally administered, and the only randomness is a generator with a fixed seed.
package main
