package main

const help = `usage: argus [options] [-i INTERFACE | -r FILE...] [-w FILE ["record filter"]]... [- packet filter]

Turns packets into Argus flow records: of interfaces, until it is interrupted, or
of captures. Without -i and -r it listens at the interface of the default route.
Without -w it prints the flows.

input
  -i NAME      interface; may be repeated. a,b joins interfaces to one sensor, any is
               all of them, NAME/ID gives the sensor an identifier of its own
  -p           promiscuous: all packets on the wire, not just those for this machine
  -s BYTES     how much of a packet to capture (256 and what -U asks for)
  -l           list the interfaces
  -r FILE...   captures (pcap, pcapng; plain or compressed), "-" is standard input
  -f           wait for more at the end of a capture that grows
  -T SPEED     as they were captured (1), or so many times as fast
  -N N | A-B   the first N packets, or packets A+1 to B
  - EXPR       packets that match a pcap-filter expression, such as: - tcp port 443

output
  -w FILE      append records to FILE, "-" is standard output; may be repeated, each
               with a record filter in one word: -w web.arg "port 80 or port 443"
  -P PORT      serve clients such as ra -S (561 is usual); -B ADDRESS: at that address
  -3           write version 3 of the format instead of 5
  -S SECONDS   report flows that go on every so often (5)
  -M SECONDS   write management records every so often (60)
  -e ID        identifier of the sensor: address, number, UUID or '"text"'; for
               interfaces the default is that of the machine

what is told of flows
  -A           application bytes              -J   inter-packet times
  -m           Ethernet addresses             -Z   packet sizes
  -U BYTES     user data of each side         -C   all of the control plane's

configuration
  -F FILE      read an argus.conf (/etc/argus.conf is read without -F and -X)
  -X           forget all options before
  -b           print the compiled packet filter and exit
  -h, --help   this text                      --version

as a service
  -u USER, -g GROUP      become them when the interfaces are open
  --log=text|json        messages on standard error (text)
  --http=127.0.0.1:PORT  counters at /metrics, profiles at /debug/pprof/
  --table=N              flows that are known at a time (1048576)
  --queue=BYTES          records that wait for a slow output (64M)
  --ring=BYTES           packets that wait for argus, for each ring (8M)
  --rings=N              rings for each interface, for as many receiving cores (1)
  --workers=N            goroutines that work on flows (1)
  SIGHUP reads the configuration again, SIGUSR1 logs a line of counters.

examples
  argus                                        print the flows of this machine
  argus -i eth0 -p -w /var/log/argus.arg       record those of a wire
  argus -r trace.pcap                          print the flows of a capture
  argus -r trace.pcap -w - | ra -r - -n        records through a pipe
  argus -AJZm -U 64 -r *.pcap.gz -w flows.arg  everything, of many captures
  argus -3 -r trace.pcap -w v3.arg - udp       version 3, of UDP alone
`
