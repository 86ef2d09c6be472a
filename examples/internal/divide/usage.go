package divide

import "strings"

// help is the text of --help of a program.
func help(name string) string { return strings.ReplaceAll(usageText, "NAME", name) }

const usageText = `usage: NAME [options] -r FILE... [-w TEMPLATE] [- filter expression]

Divides records over files, by time, by number, by size, or by what is in them.

  -w TEMPLATE        names of files (x): %Y %m %d %H %M %S of the period of a file and
                     other conversions of strftime, and $FIELD for the value of a field:
                     each value has a file of its own. Directories are made
  -M time N[smhdwMy] a file for each period. Records are cut at the borders
  -M count N[kmb]    a file for each N records (10000, if nothing else divides)
  -M size N[kmb]     files of at most N bytes
  -M flow EXPR       each record that passes the filter EXPR begins a file
  -M nomodify        do not cut records
  -a N               letters behind the names of count, size and flow (2): aa, ab, ...
  -B SECONDS         close a file so long after its period, by the time of the records
  -f PROGRAM         run PROGRAM -r FILE for each file that is complete
  --timeout SECONDS  of the program (30), 0 for none
  --suffix .part     of the names of files that are not complete
  --max-open N       files open at a time (128)

Files that exist are appended to. The options of ra for input are there too.

examples
  NAME -r flows.arg -M time 5m -w 'archive/$srcid/%Y/%m/%d/argus.%Y.%m.%d.%H.%M.%S'
  NAME -r flows.arg -w '$proto.arg'           a file for each protocol
  NAME -r big.arg -M size 100m -w part.       part.aa, part.ab, ...
`
