// Package capture turns packets into flow records.
//
// A Source hands out packets in blocks: OpenFile and NewReader read pcap and
// pcapng, plain or compressed, FromGopacket adapts any packet source of
// gopacket. Package packetfilter selects among them with expressions of the
// pcap-filter language.
package capture
