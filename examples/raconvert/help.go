package main

const usage = `usage: raconvert [options] -r FILE... [-w FILE] [- filter expression]

Turns text into flow records, and records into text. What a file is, is seen by
its content: text that ra printed (CSV with a line of titles, JSON objects),
conn logs of Zeek (TSV, JSON), or records; plain, gzip, zstd or bzip2.

conversion
  -f FILE       a conversion file (raconvert.conf): columns, map, source id
  --strict      stop at the first line or column that cannot be converted, instead of
                leaving it out and counting
  --date DAY    the day of times without a date (1970-01-01); their zone is -M TZ=ZONE
  --far         records of Zeek as plain flow records, not as AFLOW
  --labels=all|min|none   what of a Zeek log goes to labels: all that has no other place,
                uid, state, history and service, nothing
  --force       read Zeek logs of other paths than conn

output, and all other options, as of ra
  -w FILE [EXPR]  records to FILE; without it they are printed
  -M json | -c , | -s FIELD...   how they are printed
  -M zeek       a conn log of Zeek; zeek=json and zeek=iso in JSON
  -h, --help    this text                          --version

examples
  raconvert -r conn.log.gz -w conn.arg                     a Zeek log as records
  raconvert -r conn.arg -M zeek                            and back
  ra -r flows.arg -c , -u -s stime,dur,proto,saddr,sport,daddr,dport,spkts,dpkts | raconvert -r - -w again.arg
  raconvert -f zeek.conf -r conn.log -M json - port 443    through a conversion file
`
