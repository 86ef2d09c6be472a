// Command flood sends the frames of a capture over and over on an interface, at
// a rate, through a ring that the kernel reads: some 400,000 a second and more
// from one core. It is for a virtual pair of a network namespace, with a sensor
// at the other end, and always ends. It runs on Linux.
//
//	ip netns exec lab flood -i va -rate 400000 -for 60s traffic.pcap
package main
