package main

const usage = `usage: ra [options] -r FILE... [- filter expression]

Prints flow records, or writes those that pass to files.

input
  -r FILE...    files of either version, plain or compressed; FILE::START[:STOP] is a
                range of bytes, "-" standard input; cisco:FILE, sflow:FILE a capture of
                NetFlow, IPFIX or sFlow
  -S HOST[:PORT]  what an argus or radium has from now on (port 561); it gets the filter
                  too, unless that begins with the word local. May be repeated: records
                  come as they are there. USER:PASSWORD@HOST logs in (SASL, CRAM-MD5), as do
                  -U USER and RA_AUTH_PASS; -M saslmech=PLAIN sends the password as it is
  -M poll       only ask whether the server is there
  -C [HOST]:PORT  what exporters of NetFlow, IPFIX or sFlow send to this UDP port
  -R DIR...     all files below a directory
  -f            wait for more at the end of a file
  -N N          the first N records that pass; A-B a range, A+N the N after A too
  -t RANGE      a time range: 2024/01/25.12, 12:30-13:00, -1h, 2024/01/25+2h
  -T SECONDS    end after a time
  -e REGEX      that match in their user data; s:REGEX, d:REGEX in that of one side
  - EXPR        that pass a filter: - tcp and dst port 443 and sbytes gt 10000

columns
  -s FIELD...   these: NAME[:WIDTH[:FORMAT]]; +NAME adds, +2NAME at a place, -NAME takes away
  --fields      list all fields
  -c CHAR       separate by CHAR instead, with quotes where needed (CSV: -c ,)
  -L N          titles before every N records; 0 once, -1 never
  -M json       an object a line; json=typed with clean types; json null|empty|omit
  -M xml        a document
  -M zeek       a conn log of Zeek; zeek=json and zeek=iso in JSON

values
  -n            numbers for ports; -nn for protocols too; -nnn names for hosts
  -p DIGITS     digits of fractions (6)            -u  times in seconds since 1970
  -H            12.345K for large numbers          -%  counters in percent of all
  -z            TCP states as letters              -Z s|d|b  TCP flags of a side, or both
  -M printer=ascii|obfuscate|hex|encode32|encode64 for user data
  -M TZ=ZONE    time zone                          -M oui  vendors of Ethernet addresses
  -M pzero      print port 0    -M hzero  hash 0   -M disa  code points by the DISA

records
  -w FILE [EXPR]  write records to FILE instead, those that pass EXPR; may be repeated
  -E FILE       write the records that do not pass to FILE
  -3            write version 3; -M strict3 makes it an error if that loses anything
  -M man        management records too             -M uni  one record a direction
  -M rmon       a line for each end                -M correct  turn records round that
  -M dsrs=-suser,-duser  without some parts                    are evidently reversed
  -M label=REGEX  by their label                   -M group=REGEX  by the group of an end
  -M rtime[:X]  as fast as they were recorded, or X times
  -q            print no records                   -A  a line of totals at the end

configuration
  -F FILE       read a configuration file          -o NAME=VALUE  one variable of it
  -X            forget options before, and read no configuration files but those of -F
  -b            explain the filter and exit        -D N  tell what was read
  -d            go on without the terminal
  --color=auto|always|never    -h, --help    --version    --completion bash|zsh|fish

examples
  ra -r flows.arg -n                               all flows, without names of ports
  ra -r flows.arg.gz -c , -s stime,saddr,daddr,bytes - tcp    some columns as CSV
  ra -r flows.arg -M json=typed -n -u | jq .saddr  for other programs
  ra -r *.arg -w web.arg "port 80" -w dns.arg "port 53"       split by service
  ra -r - -t -1h -s +dur -N 20 < flows.arg         the first twenty of the last hour
  ra -C :9995 -w flows.arg                         keep what routers export
`
