// Package packet walks the headers of a captured frame, from the link layer to
// the innermost network header, and says what a flow sensor needs to know of
// it: addresses, ports, lengths, tags, tunnels and where the payload starts.
//
// [Headers.Walk] allocates nothing, reads nothing beyond the captured bytes
// and never fails: a frame that it can not follow is described as far as it
// got, at worst as [None]. Lengths for counting come from the declared lengths
// (the frame was longer than what was captured), contents only from bytes that
// are there.
//
// One file per layer: link.go (what a capture's link type adds), ethernet.go
// (Ethernet, 802.3, VLAN, MPLS), ppp.go, wlan.go (802.11), ip.go, ipv6.go and
// tunnel.go.
package packet
