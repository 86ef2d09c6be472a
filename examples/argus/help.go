package main

const help = `usage: argus [options] -r FILE... [-w FILE ["record filter"]]... [- packet filter]

Turns packets into Argus flow records. Without -w it prints the flows.

input
  -r FILE...   captures (pcap, pcapng; plain, gzip or zstd), "-" is standard input
  -f           wait for more at the end of a capture that grows
  -T SPEED     as they were captured (1), or so many times as fast
  -N N | A-B   the first N packets, or packets A+1 to B
  - EXPR       packets that match a pcap-filter expression, such as: - tcp port 443

output
  -w FILE      append records to FILE, "-" is standard output; may be repeated, each
               with a record filter in one word: -w web.arg "port 80 or port 443"
  -3           write version 3 of the format instead of 5
  -S SECONDS   report flows that go on every so often (5)
  -M SECONDS   write management records every so often (60)
  -e ID        identifier of the sensor: address, number, UUID or '"text"'

what is told of flows
  -A           application bytes              -J   inter-packet times
  -m           Ethernet addresses             -Z   packet sizes
  -U BYTES     user data of each side         -C   all of the control plane's

configuration
  -F FILE      read an argus.conf             -X   forget all options before
  -b           print the compiled packet filter and exit
  -h, --help   this text                      --version

examples
  argus -r trace.pcap                          print its flows
  argus -r trace.pcap -w - | ra -r - -n        records through a pipe
  argus -AJZm -U 64 -r *.pcap.gz -w flows.arg  everything, of many captures
  argus -3 -r trace.pcap -w v3.arg - udp       version 3, of UDP alone
`
