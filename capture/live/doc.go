// Package live captures packets from network interfaces.
//
// On Linux, Open reads AF_PACKET rings (TPACKET_V3) without cgo: frames stay
// where the kernel wrote them, time stamps are the kernel's, in nanoseconds,
// and VLAN tags that the kernel took out are put back. Several interfaces are
// merged by time. A packet filter runs in the kernel. An interface that goes
// down or away is waited for.
//
// Elsewhere Open fails with [ErrUnsupported]. With the build tag pcap, OpenPcap
// captures through libpcap, on every system that has it.
package live
