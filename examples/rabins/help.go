package main

const usage = `usage: rabins -M time LENGTH [options] -r FILE... [- filter expression]

Cuts flow records at borders in time, merges what falls between two of them by a
key, and prints the results or writes them to a file.

bins
  -M time N     N with us, ms, s, m, h; d, w, M, y by the calendar: 10s 0.5s 1h 1w 1M
  -M count N    a bin after every N records;  -M size N  after so many bytes
  -M hard       results have the borders of their bin as times
  -M zero       an empty record for each bin without any
  -M nomodify   records are not cut: each is in the bin that it starts in
  -M bman       bins of management records too
  -B TIME       report a bin when a record comes this long after its end (live input);
                without it all are reported at the end

key
  -m WORD...    as for racluster: see racluster --help; -m none cuts and merges nothing
  -M rmon, -M correct, -M norep, -M nopreserve  as for racluster
  -P WORD...    the order within a bin, which is that of start times

size
  --memory SIZE spill to a file above it: 500M, 2G    --tmp DIR  where
  --workers N   goroutines that merge (1)

All options of ra for input, columns, values and files: see ra --help. A file of
-w is complete or not there; one that is appended to is left as it was if not all
can be written. With -B results are appended as they come.

examples
  rabins -r flows.arg -M time 10s -m proto -s stime proto spkts dpkts bytes
  rabins -r flows.arg -M hard zero time 1h -m none -s stime bytes -c ,
  rabins -r flows.arg -M time 1M -m saddr/16 -w months.arg
  tail -c +0 -f live.arg | rabins -r - -M time 5s -B 2s -m srcid
`
