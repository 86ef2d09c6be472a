// Package packetfilter compiles expressions of the pcap-filter language, the
// one that tcpdump and libpcap speak, into BPF programs, without cgo.
//
//	p, err := packetfilter.Compile("tcp port 80 and not net 10.0.0.0/8", capture.Ethernet, 0)
//	if p.Match(pkt.Data, pkt.Length) { ... }
//
// Program.Match runs the program on captured bytes; Program.Instructions is
// the same program for a kernel to run.
//
// # Language
//
// What is offered means what it means to libpcap 1.10, packet for packet:
//
//	[proto] [src|dst|src or dst|src and dst] host ADDRESS
//	[proto] [dir] net ADDRESS | ADDRESS/BITS | ADDRESS mask MASK
//	[tcp|udp|sctp] [dir] port NUMBER|NAME
//	[tcp|udp|sctp] [dir] portrange FIRST-LAST
//	ether [dir] host MAC
//	[ether|ip|ip6|iso] proto NUMBER|\NAME
//	ip ip6 arp rarp tcp udp sctp icmp icmp6 igmp igrp pim vrrp carp ah esp
//	atalk aarp decnet lat sca moprc mopdl iso clnp esis isis stp ipx netbeui
//	[ether|ip] broadcast, [ether|ip|ip6] multicast
//	less LENGTH, greater LENGTH
//	vlan [ID], mpls [LABEL], pppoed, pppoes [SESSION]
//	inbound, outbound (Linux cooked captures)
//	EXPRESSION relation EXPRESSION
//
// and, or (also && and ||) have equal precedence and associate to the left; not
// (also !) binds tightest; parentheses group. A value without qualifiers takes
// those of the value before it: "port 80 or 443". EXPRESSION is made of
// numbers, len, PROTO[OFFSET] and PROTO[OFFSET:SIZE] with a size of 1, 2 or 4,
// the operators + - * / % & | ^ << >>, and the names that stand for numbers,
// such as tcpflags, tcp-syn or icmptype. vlan, mpls and pppoes move the place
// where everything that follows them in the text looks.
//
// Host and network names are not resolved; port names are those of the system.
// What libpcap knows beyond this (protochain, gateway, geneve, the 802.11 and
// ATM words, ...) is refused with an error that says so.
package packetfilter
