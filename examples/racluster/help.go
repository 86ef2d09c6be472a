package main

const usage = `usage: racluster [options] -r FILE... [- filter expression]

Merges flow records by a key, and prints the results or writes them to a file.

key
  -m WORD...    names of attributes; without -m: srcid proto saddr sport daddr dport
                saddr/24, daddr/255.255.0.0, saddr/64: parts of addresses
                matrix[/24]   pairs of addresses, whichever is the source
                macmatrix     pairs of Ethernet addresses
                addr mac port every address or port, as source and as destination
                none all      no merging, or all into one
                +WORD -WORD   change the usual key: -m -sport

merging
  -M correct    join a record with the group of its reverse
  -M rmon       count each record for both of its ends
  -M nopreserve clear what is not in the key, even where all agree in it
  -M norep      results without statistics of what was merged
  -M ind        each file by itself;  -M replace  and its result in its place
  -f FILE       several keys, with filters, labels and timers: racluster.conf

results
  -v            reverse the order; it is that of the words of -m, or of the last change
  -N N          the first N records of the input; oA-B results A to B

size
  --memory SIZE spill to a file above it: 500M, 2G    --tmp DIR  where
  --workers N   goroutines that merge; one a processor if not given

All options of ra for input, columns, values and files: see ra --help. A file of
-w is complete or not there; one that is appended to is left as it was if not all
can be written.

examples
  racluster -r flows.arg                           one record a flow
  racluster -r flows.arg -m saddr/24 dport -s saddr dport trans bytes - tcp
  racluster -r flows.arg -m matrix/24 -M json
  racluster -r a.arg b.arg -M correct -w both.arg  halves of two sensors joined
`
